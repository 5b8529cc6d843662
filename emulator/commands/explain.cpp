// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/explain.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/explain_command.hpp"
#include "emulator/commands/module_lines.hpp"

namespace quasimodem::commands {
namespace {

using Field = Explanation::Field;
using Fields = std::vector<Field>;

/// Without what frames a line.
std::string trimmed(std::string_view text) {
  const auto frames = [](unsigned char c) { return std::iscntrl(c) != 0; };
  while (!text.empty() && frames(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && frames(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return std::string{text};
}

// ---- lines of the module ----

/// How long the value at the beginning of `text` is, when `rest` of the pattern follows it.
std::size_t length_of_value(std::string_view text, std::string_view rest) {
  if (text.starts_with('"')) {
    const auto quote = text.find('"', 1);
    return quote == std::string_view::npos ? text.size() : quote + 1;
  }
  const auto next = rest.find_first_not_of('[');
  if (next == std::string_view::npos || rest[next] == '<') return text.size();
  return std::min(text.find(rest[next]), text.size());
}

/// Whether `text` has the form of `pattern`; what stands for `<name>` goes into `fields`.
bool fits(std::string_view pattern, std::string_view text, Fields& fields) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '[') {
    const auto end = pattern.find(']');
    const auto inner = std::string{pattern.substr(1, end - 1)} + std::string{pattern.substr(end + 1)};
    const auto before = fields;
    if (fits(inner, text, fields)) return true;
    fields = before;
    return fits(pattern.substr(end + 1), text, fields);
  }
  if (pattern.front() != '<') {
    return !text.empty() && text.front() == pattern.front() && fits(pattern.substr(1), text.substr(1), fields);
  }
  const auto name_ends = pattern.find('>');
  const auto rest = pattern.substr(name_ends + 1);
  const auto length = length_of_value(text, rest);
  if (length == 0) return false;
  fields.push_back({std::string{pattern.substr(1, name_ends - 1)}, std::string{text.substr(0, length)}, {}});
  return fits(rest, text.substr(length), fields);
}

std::string unquoted(std::string_view text) {
  return text.size() > 1 && text.front() == '"' && text.back() == '"' ? std::string{text.substr(1, text.size() - 2)}
                                                                      : std::string{text};
}

/// +CME ERROR: 3 and, with AT+CMEE=2, +CME ERROR: Operation not allowed.
std::string error_meaning(std::string_view (*texts)(int), const std::string& value) {
  constexpr std::size_t kLongest = 200;  // whatever stands behind the colon
  const bool number =
      !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) { return std::isdigit(c); });
  if (number) {
    const auto words = texts(std::atoi(value.substr(0, 6).c_str()));
    return words.empty() ? "not a number of this module" : std::string{words};
  }
  constexpr int kHighest = 5000;
  if (value.size() > kLongest) return "not the words of this module";
  for (int candidate = 0; candidate < kHighest; ++candidate) {
    if (texts(candidate) == value) return fmt::format("number {}", candidate);
  }
  return "not the words of this module";
}

std::string meaning_of(const Field& field) {
  if (field.name == "cme") return error_meaning(kErrorTexts.cme, field.value);
  if (field.name == "cms") {
    const auto cause = network_cause(std::atoi(field.value.substr(0, 6).c_str()));
    return cause.empty() ? error_meaning(kErrorTexts.cms, field.value) : fmt::format("from the network: {}", cause);
  }
  const auto value = unquoted(field.value);
  for (const auto& known : value_meanings()) {
    if (known.field == field.name && known.value == value) return std::string{known.meaning};
  }
  return {};
}

std::string manual_of(std::string_view source) {
  if (!source.starts_with('+')) return std::string{source};
  const auto* command = find_command(source);
  return command ? std::string{command->manual} : std::string{};
}

std::optional<Explanation> explain_known_line(const std::string& line) {
  for (const auto& known : module_lines()) {
    Fields fields;
    if (!fits(known.pattern, line, fields)) continue;
    for (auto& field : fields) field.meaning = meaning_of(field);
    return Explanation{.kind = std::string{known.kind},
                       .line = line,
                       .meaning = std::string{known.meaning},
                       .manual = manual_of(known.source),
                       .fields = std::move(fields)};
  }
  return std::nullopt;
}

/// `+QIMUX: 1`: what a command of that name says.
std::optional<Explanation> explain_response(const std::string& line) {
  const auto colon = line.find(':');
  const auto* command = colon == std::string::npos ? nullptr : find_command(line.substr(0, colon));
  if (!command) return std::nullopt;
  return Explanation{.kind = "response",
                     .line = line,
                     .meaning = fmt::format("answer of AT{}: {}", command->name, command->summary),
                     .manual = std::string{command->manual},
                     .fields = fields_of_response(*command, std::string_view{line}.substr(colon + 1))};
}

/// Lines that consist of a value alone.
std::optional<Explanation> explain_value(const std::string& line) {
  const auto all = [&](auto allowed) { return std::all_of(line.begin(), line.end(), allowed); };
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto response = [&](std::string meaning, std::string manual) {
    return Explanation{
        .kind = "response", .line = line, .meaning = std::move(meaning), .manual = std::move(manual), .fields = {}};
  };
  constexpr std::size_t kImei = 15, kIccid = 20;
  if (line.starts_with("Quectel_")) return response("maker or model, answer of ATI, AT+CGMI, AT+CGMM", "M66 2.1");
  if (line.starts_with("Revision: ")) return response("firmware, answer of ATI, AT+CGMR", "M66 2.1");
  if (line.size() == kImei && all(digit)) return response("IMEI (AT+GSN) or IMSI (AT+CIMI)", "M66 2.7");
  if ((line.size() == kIccid || line.size() == kIccid - 1) && line.starts_with("89") &&
      all([](unsigned char c) { return std::isxdigit(c) != 0; }))
    return response("ICCID of the SIM, answer of AT+QCCID", manual_of("+QCCID"));
  if (std::count(line.begin(), line.end(), '.') == 3 &&
      all([](unsigned char c) { return std::isdigit(c) || c == '.'; }))
    return response("an address: the module's own (AT+QILOCIP) or that of a name (AT+QIDNSGIP)", manual_of("+QILOCIP"));
  constexpr std::string_view kDigits[] = {"OK", "CONNECT",     "RING", "NO CARRIER", "ERROR",
                                          "",   "NO DIALTONE", "BUSY", "NO ANSWER"};
  const auto code = line.size() == 1 ? static_cast<std::size_t>(line[0] - '0') : std::size(kDigits);
  if (code < std::size(kDigits) && !kDigits[code].empty()) {
    auto result = explain_known_line(std::string{kDigits[code]});
    result->line = line;
    result->meaning = fmt::format("{} with ATV0: {}", kDigits[code], result->meaning);
    return result;
  }
  return std::nullopt;
}

bool is_command_line(std::string_view text) { return text.starts_with("AT") || text.starts_with("at"); }

}  // namespace

std::vector<Explanation> explain(std::string_view text) {
  const auto line = trimmed(text);
  if (is_command_line(line)) return explain_command_line(std::string_view{line}.substr(2));
  if (auto known = explain_known_line(line)) return {std::move(*known)};
  if (auto response = explain_response(line)) return {std::move(*response)};
  if (auto value = explain_value(line)) return {std::move(*value)};
  return {};
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& family : all_families()) {
    for (const auto& command : family.commands) names.push_back("AT" + std::string{command.name});
  }
  return names;
}

}  // namespace quasimodem::commands
