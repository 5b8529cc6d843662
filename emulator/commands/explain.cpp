// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/explain.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/explain_command.hpp"
#include "emulator/commands/not_emulated.hpp"
#include "emulator/commands/urcs.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Line;
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

/// A line and whose it is.
struct Known {
  const Line& line;
  std::string_view manual;
  std::span<const atcmd::Param> params;  ///< of its command
};

/// The first that fits counts. At the beginning the result codes, each at its digit.
const std::vector<Known>& known_lines() {
  static const auto kKnown = [] {
    std::vector<Known> all;
    const auto add = [&all](std::span<const Line> lines, std::string_view manual,
                            std::span<const atcmd::Param> params) {
      for (const auto& line : lines) all.push_back({line, line.manual.empty() ? manual : line.manual, params});
    };
    add(atcmd::ResponseWriter::lines(), {}, {});
    add(urcs_of_no_command(), {}, {});
    for (const auto& family : all_families()) {
      for (const auto& command : family.commands) add(command.lines, command.manual, command.write.params);
    }
    for (const auto& missing : not_emulated()) add(missing.lines, missing.manual, {});
    return all;
  }();
  return kKnown;
}

std::string meaning_of(const Known& known, const Field& field) {
  if (field.name == "cme") return error_meaning(kErrorTexts.cme, field.value);
  if (field.name == "cms") {
    const auto cause = network_cause(std::atoi(field.value.substr(0, 6).c_str()));
    return cause.empty() ? error_meaning(kErrorTexts.cms, field.value) : fmt::format("from the network: {}", cause);
  }
  auto meanings = field.name == known.line.field ? known.line.meanings : std::span<const atcmd::Meaning>{};
  for (const auto& param : known.params) {
    if (param.name == field.name) meanings = param.meanings;
  }
  return std::string{atcmd::meaning_of(meanings, unquoted(field.value))};
}

std::optional<Explanation> explain_as(const Known& known, const std::string& line) {
  Fields fields;
  if (known.line.meaning.empty() || !fits(known.line.pattern, line, fields)) return std::nullopt;
  for (auto& field : fields) field.meaning = meaning_of(known, field);
  constexpr const char* kKinds[] = {"result", "response", "URC", "error", "prompt"};
  return Explanation{.kind = kKinds[known.line.kind],
                     .line = line,
                     .meaning = std::string{known.line.meaning},
                     .manual = std::string{known.manual},
                     .fields = std::move(fields)};
}

std::optional<Explanation> explain_known_line(const std::string& line) {
  for (const auto& known : known_lines()) {
    if (auto explanation = explain_as(known, line)) return explanation;
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
    return response("ICCID of the SIM, answer of AT+QCCID", std::string{find_command("+QCCID")->manual});
  if (std::count(line.begin(), line.end(), '.') == 3 &&
      all([](unsigned char c) { return std::isdigit(c) || c == '.'; }))
    return response("an address: the module's own (AT+QILOCIP) or that of a name (AT+QIDNSGIP)",
                    std::string{find_command("+QILOCIP")->manual});
  if (line.size() != 1 || !all(digit)) return std::nullopt;
  const auto& code = known_lines()[static_cast<std::size_t>(line[0] - '0')];
  auto result = explain_as(code, std::string{code.line.pattern});
  if (!result) return std::nullopt;
  result->line = line;
  result->meaning = fmt::format("{} with ATV0: {}", code.line.pattern, code.line.meaning);
  return result;
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
