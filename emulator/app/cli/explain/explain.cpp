// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/explain.hpp"

#include <algorithm>
#include <iostream>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/bytes.hpp"
#include "core/journal.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/json.hpp"
#include "emulator/app/base/text_file.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/explain/suggestions.hpp"

namespace quasimodem::app {
namespace {

using commands::Explanation;

constexpr const char* kUsage = R"(
Usage: quasimodem explain [OPTIONS] TEXT...     a command, response, URC or error code
       quasimodem explain [OPTIONS] <FILE       every line of standard input
)";

constexpr const char* kFooter = R"(Examples:
  quasimodem explain +CME ERROR: 3
  quasimodem explain 'AT+QSSLOPEN=1,0,"host",443,0'
  quasimodem explain '+QSSLURC: "recv",0,1'
  quasimodem explain 'AT+QSSLCFG="sslversion",0,3'
  quasimodem explain <m95.trace.jsonl              lines of traces and transcripts too

Exit codes: 0 explained, 1 not a line of these modules, 2 usage.)";

enum class Output { text, json };

std::string as_json(const Explanation& explanation) {
  JsonArray fields;
  for (const auto& [name, value, meaning] : explanation.fields) {
    fields.push_back(JsonObject{{"name", name}, {"value", value}, {"meaning", meaning}});
  }
  return to_text(JsonObject{{"line", explanation.line},
                            {"kind", explanation.kind},
                            {"meaning", explanation.meaning},
                            {"manual", explanation.manual},
                            {"fields", std::move(fields)}}) +
         "\n";
}

std::string as_text(const Explanation& explanation) {
  std::string text = fmt::format("{}\n  {}: {}\n", explanation.line, explanation.kind, explanation.meaning);
  std::size_t names = 0, values = 0;
  for (const auto& field : explanation.fields) {
    names = std::max(names, field.name.size());
    values = std::max(values, field.value.size());
  }
  for (const auto& field : explanation.fields) {
    const auto row = fmt::format("    {:{}}  {:{}}  {}", field.name, names, field.value, values, field.meaning);
    text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  if (!explanation.manual.empty()) text += fmt::format("  manual: {}\n", explanation.manual);
  return text;
}

/// Each line of what went over the UART.
void add_lines(std::vector<Explanation>& all, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find_first_of("\r\n");
    const auto line = std::string{bytes.substr(0, end)};
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    const auto more = line.empty() ? std::vector<Explanation>{} : commands::explain(line);
    all.insert(all.end(), more.begin(), more.end());
  }
}

std::string shown(const Json& value) {
  const auto text = text_of(value);
  return text ? std::string{*text} : to_text(value);
}

std::string_view meaning_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::uart_rx: return "the host sent this";
    case RecordKind::uart_tx: return "the module sent this";
    case RecordKind::at: return "a command and its final result";
    case RecordKind::urc: return "an unsolicited result code";
    case RecordKind::state: return "a state of the module changed";
    case RecordKind::bearer: return "a PDP context came up, went down or was lost";
    case RecordKind::socket: return "a connection";
    case RecordKind::tls: return "a TLS handshake";
    case RecordKind::http: return "a request over HTTP, its answer, or why there was none";
    case RecordKind::ftp: return "a command of FTP, or a transfer";
    case RecordKind::mail: return "a mail on its way, or why it did not go";
    case RecordKind::mqtt: return "a connection to an MQTT broker, or a packet";
    case RecordKind::file: return "a file or certificate";
    case RecordKind::sms: return "a message";
    case RecordKind::fault: return "a fault struck";
    case RecordKind::power: return "power";
    case RecordKind::ctl: return "a request of the control socket";
  }
  return {};
}

/// A line of a trace: the record, then what its bytes mean.
std::vector<Explanation> explain_record(const std::string& line) {
  const auto record = parse_json(line);
  const auto kind_name = record ? member_text(*record, "kind") : std::nullopt;
  const auto kind = kind_name ? record_kind(*kind_name) : std::nullopt;
  if (!kind) return {};
  Explanation head{
      .kind = "record", .line = line, .meaning = std::string{meaning_of(*kind)}, .manual = {}, .fields = {}};
  for (const auto& each : record->get_object()) head.fields.push_back({each.key(), shown(each.value()), {}});
  std::vector<Explanation> all{std::move(head)};
  for (const std::string_view field : {"text", "command"}) {
    const auto text = member_text(*record, field);
    const bool bytes = text && !find_member(*record, "withheld") && *kind != RecordKind::sms;
    if (bytes) add_lines(all, quasimodem::to_text(unescaped(*text)));
  }
  return all;
}

/// A line of a trace, of a transcript, or as it stands on the UART.
std::vector<Explanation> explanations_of(const std::string& line) {
  if (line.starts_with('{')) return explain_record(line);
  const bool of_transcript = line.starts_with("< ") || (line.starts_with("> ") && line.size() > 2);
  if (!of_transcript) return commands::explain(line);
  std::vector<Explanation> all;
  add_lines(all, quasimodem::to_text(unescaped(line.substr(2))));
  return all;
}

/// False when there is nothing to say.
bool explain_line(const std::string& line, Output output) {
  const auto explanations = explanations_of(line);
  for (const auto& explanation : explanations) {
    fmt::print("{}", output == Output::json ? as_json(explanation) : as_text(explanation));
  }
  return !explanations.empty();
}

constexpr std::string_view kUnknown = "these modules neither know nor say it";

std::string suggestion(const std::string& name) { return did_you_mean("AT" + name, commands::command_names()); }

struct ExplainWords {
  bool json = false;
  std::vector<std::string> words{};

  CommandLine line() {
    CommandLine line{{.name = "quasimodem explain",
                      .description = "Says what a line of an AT dialogue means, with its section of the manual.",
                      .usage = kUsage,
                      .footer = kFooter}};
    line.flag("--json", json, "one JSON object a line instead of text");
    line.rest("text", words, "TEXT", "the line; its words are joined by blanks");
    return line;
  }

  int run() const {
    const auto output = json ? Output::json : Output::text;
    Suggestions suggestions{suggestion};
    if (!words.empty()) {
      const auto line = fmt::format("{}", fmt::join(words, " "));
      if (explain_line(line, output)) return static_cast<int>(ExitCode::ok);
      throw Problem{ExitCode::expectation_failed, fmt::format("cannot explain \"{}\"", line),
                    std::string{kUnknown} + suggestions.for_text(line)};
    }
    if (::isatty(STDIN_FILENO)) usage("nothing to explain", "quasimodem explain +CME ERROR: 3");
    auto code = ExitCode::ok;
    while (const auto line = read_text_line(std::cin)) {
      if (line->find_first_not_of("\r\n") == std::string::npos || explain_line(*line, output)) continue;
      fmt::print(stderr, "cannot explain \"{}\": {}{}\n", *line, kUnknown, suggestions.for_log_line(*line));
      code = ExitCode::expectation_failed;
    }
    return static_cast<int>(code);
  }
};

}  // namespace

Verb explain_command() { return verb<ExplainWords>(); }

}  // namespace quasimodem::app
