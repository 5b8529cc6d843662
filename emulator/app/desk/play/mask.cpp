// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/mask.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"

namespace quasimodem::app {
namespace {

struct Named {
  std::string_view name;
  std::string_view meaning;
  const char* expression;
};

constexpr Named kNamed[] = {
    {"clock", "date and time, as in +CCLK: \"15/06/15,12:00:00+08\"",
     R"(\d{2}/\d{2}/\d{2},\d{2}:\d{2}:\d{2}([+-]\d{2})?)"},
    {"signal", "+CSQ: 23,0", R"(\+CSQ: \d{1,2},\d{1,2})"},
    {"identity", "IMEI, IMSI and ICCID: 15 to 20 digits", R"(\b\d{15,19}[0-9A-F]?\b)"},
    {"address", "IPv4 addresses", R"(\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b)"},
    {"cell", "location area and cell: \"1878\",\"0873\"", R"("[0-9A-Fa-f]{4}","[0-9A-Fa-f]{4}")"},
    {"times", "lines of +QPING, with their round trip times", R"(\+QPING: [^\r]{1,60})"},
    {"voltage", "+CBC: 0,76,3963", R"(\+CBC: \d,\d{1,3},\d{1,5})"},
};

}  // namespace

bool Mask::add(std::string_view name) {
  const auto found = std::find_if(std::begin(kNamed), std::end(kNamed), [&](const Named& n) { return n.name == name; });
  if (found == std::end(kNamed)) return false;
  rules_.push_back({workbench::Pattern{found->expression}, found->expression, fmt::format("<{}>", name)});
  return true;
}

bool Mask::add_expression(const std::string& expression) {
  try {
    rules_.push_back({workbench::Pattern{expression}, expression, "<>"});
  } catch (const std::invalid_argument&) {
    return false;
  }
  return true;
}

std::vector<std::string> Mask::names() {
  std::vector<std::string> names;
  for (const auto& each : kNamed) names.emplace_back(each.name);
  return names;
}

std::string Mask::table() {
  std::string table;
  for (const auto& each : kNamed) table += fmt::format("  {:9} {}\n", each.name, each.meaning);
  return table;
}

std::string Mask::applied(std::string line) const {
  for (const auto& rule : rules_) {
    try {
      line = rule.pattern.replaced(line, rule.shown);
    } catch (const workbench::Pattern::TooComplex&) {
      throw Problem{ExitCode::usage, fmt::format("--ignore {}: to match this takes too long", rule.expression),
                    "a repetition within a repetition, like (a+)+, is slow: write it without"};
    }
  }
  return line;
}

namespace {

/// Up to and with the LF, or all there is.
std::string_view line_at(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return text.substr(at, end == std::string_view::npos ? std::string_view::npos : end + 1 - at);
}

// A longer line is data, which nobody masks.
constexpr std::size_t kLongestMasked = 512;

}  // namespace

workbench::Fit fit(const std::string& expected, const std::string& output, const Mask& mask) {
  using State = workbench::Fit::State;
  std::size_t used = 0;
  for (std::size_t at = 0; at < expected.size();) {
    const auto wanted = line_at(expected, at);
    const auto rest = std::string_view{output}.substr(used);
    at += wanted.size();
    if (rest.starts_with(wanted)) {
      used += wanted.size();
      continue;
    }
    if (wanted.starts_with(rest)) return {State::needs_more, 0};
    const auto line = line_at(rest, 0);
    if (mask.empty() || !wanted.ends_with('\n') || wanted.size() > kLongestMasked || line.size() > kLongestMasked)
      return {State::differs, 0};
    if (!line.ends_with('\n')) return {State::needs_more, 0};
    if (mask.applied(std::string{line}) != mask.applied(std::string{wanted})) return {State::differs, 0};
    used += line.size();
  }
  return {State::fits, used};
}

}  // namespace quasimodem::app
