// SPDX-License-Identifier: Apache-2.0
#include "atcmd/syntax/response_writer.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>

#include "atcmd/syntax/meaning.hpp"

namespace quasimodem::atcmd {
namespace {

/// Result codes, each at its digit; behind them what else is written here.
constexpr Line kLines[] = {
    {"OK", Line::result, "the command was carried out; what takes longer reports later", "V.250"},
    {"CONNECT", Line::result, "data mode: the bytes that follow are no commands, until +++ or the announced size",
     "V.250"},
    {"RING", Line::urc, "somebody calls", "M66 7.16"},
    {"NO CARRIER", Line::result, "the call or the data connection ended, or did not come about", "V.250"},
    {"ERROR", Line::error, "unknown command, wrong form or value, or not possible now; AT+CMEE=1 may tell more",
     "V.250"},
    {},
    {"NO DIALTONE", Line::result, "no dial tone", "V.250"},
    {"BUSY", Line::result, "the far end is busy", "V.250"},
    {"NO ANSWER", Line::result, "the far end did not answer in time", "V.250"},
    {"PROCEEDING", Line::result, {}},  // never said
    {"+CME ERROR: <cme>", Line::error, "the command failed in the module, the SIM or the network", "M66 16.7"},
    {"+CMS ERROR: <cms>", Line::error, "a short message command failed", "M66 16.8"},
    {"> ", Line::prompt,
     "the module waits for data: Ctrl-Z sends, ESC gives up, a length given before ends it by itself"},
};

std::string_view words_of(ResultCode code) { return kLines[static_cast<std::size_t>(code)].pattern; }

}  // namespace

bool is_final_result(std::string_view line) {
  return std::any_of(std::begin(kLines), std::end(kLines), [line](const Line& known) {
    const bool final = known.kind == Line::result || known.kind == Line::error;
    if (!final || known.meaning.empty()) return false;
    const auto fixed = known.pattern.substr(0, known.pattern.find(" <"));
    const bool goes_on = fixed != known.pattern || known.pattern == words_of(ResultCode::connect);
    return goes_on ? line.starts_with(fixed) : line == fixed;
  });
}

void ResponseWriter::line_end() {
  out_.push_back(static_cast<std::uint8_t>(dialogue_.line_terminator));
  out_.push_back(static_cast<std::uint8_t>(dialogue_.line_feed));
}

void ResponseWriter::information(std::string_view line) {
  if (verbose()) line_end();
  append(out_, line);
  line_end();
}

void ResponseWriter::information(const std::vector<std::string>& lines) {
  if (verbose()) line_end();
  for (const auto& line : lines) {
    append(out_, line);
    line_end();
  }
}

void ResponseWriter::result(ResultCode code) {
  if (dialogue_.quiet) return;
  if (verbose()) {
    information(words_of(code));
  } else {
    append(out_, std::to_string(static_cast<int>(code)));
    out_.push_back(static_cast<std::uint8_t>(dialogue_.line_terminator));
  }
}

// ASSUMED: in ATV0 the maker's own result codes, which have no digit, keep their words; so do +CME ERROR lines
// (M66 2.16).
void ResponseWriter::result(std::string_view words) {
  if (!dialogue_.quiet) information(words);
}

void ResponseWriter::cme_error(int number) {
  if (dialogue_.error_format == 0) return result(ResultCode::error);
  result(cme_words(number));
}
void ResponseWriter::cms_error(int number) {
  if (dialogue_.error_format == 0) return result(ResultCode::error);
  result(cms_words(number));
}

std::string_view ResponseWriter::words(ResultCode code) { return words_of(code); }
std::span<const Line> ResponseWriter::lines() { return kLines; }

std::string ResponseWriter::error_words(std::string_view prefix, int number, std::string_view text) const {
  if (dialogue_.error_format == 0) return std::string{words_of(ResultCode::error)};
  if (dialogue_.error_format == 2 && !text.empty()) return fmt::format("{}: {}", prefix, text);
  return fmt::format("{}: {}", prefix, number);
}

void ResponseWriter::prompt() {
  line_end();
  append(out_, "> ");
}

void ResponseWriter::bare_line(std::string_view text) {
  append(out_, text);
  line_end();
}

void ResponseWriter::data(std::string_view header, ByteSpan data) {
  information(header);
  append(out_, data);
  // In ATV1 the result code that follows brings the line end that separates it from the data (at-reference 0, rule 4).
  if (!verbose()) line_end();
}

}  // namespace quasimodem::atcmd
