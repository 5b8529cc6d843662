// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"
#include "emulator/app/cli/schema/documents.hpp"
#include "emulator/app/cli/schema/parts.hpp"
#include "emulator/app/config/option.hpp"
#include "emulator/app/config/profile.hpp"
#include "emulator/app/config/uart_url.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/service_errors.hpp"
#include "emulator/device/ussd_answer.hpp"

namespace quasimodem::app::schema {
namespace {

constexpr std::string_view kHost = R"([^:=\s]+)";
constexpr std::string_view kHostPort = R"([^:=\s]+:0*[1-9][0-9]{0,4})";

JsonObject like(std::string_view pattern) { return {{"pattern", whole(pattern)}}; }

JsonObject filled() { return {{"minLength", 1}}; }

JsonObject from_to(double least, double most) { return {{"minimum", least}, {"maximum", most}}; }

/// `m95` in the program's own case; it takes others too.
JsonObject model() {
  JsonObject known{{"enum", JsonArray{}}};
  std::vector<std::string> patterns;
  for (const auto& each : device::model_profiles()) {
    known["enum"].as_array().emplace_back(each.key);
    std::string any_case;
    for (const char c : each.key) {
      const auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      any_case += upper == c ? std::string{c} : fmt::format("[{}{}]", c, upper);
    }
    patterns.push_back(any_case);
  }
  return {{"anyOf", JsonArray{std::move(known), like(one_of(patterns))}}};
}

/// `tty:PATH[,BAUD]` as a pattern.
std::string pattern_of_form(std::string_view form) {
  std::string pattern;
  while (!form.empty()) {
    const auto capitals = static_cast<std::size_t>(
        std::find_if_not(form.begin(), form.end(), [](unsigned char c) { return std::isupper(c); }) - form.begin());
    if (capitals > 0) {
      const auto word = form.substr(0, capitals);
      pattern += word == "PORT" ? "[0-9]{1,5}" : word == "BAUD" ? "[0-9]+" : word == "HOST" ? ".*" : ".+";
      form.remove_prefix(capitals);
      continue;
    }
    pattern += form[0] == '[' ? "(?:" : form[0] == ']' ? ")?" : literal(form.substr(0, 1));
    form.remove_prefix(1);
  }
  return pattern;
}

JsonObject uart() {
  std::vector<std::string> forms;
  JsonArray examples;
  for (const auto& form : uart_forms()) {
    forms.push_back(pattern_of_form(form.form));
    examples.emplace_back(fmt::format("{}{}", form.name, form.form.find(':') == std::string_view::npos ? "" : ":"));
  }
  return with(like(one_of(forms)), {{"examples", std::move(examples)}});
}

JsonObject profile() {
  return with(like(fmt::format("{}|{}[./]{}", one_of(builtin_profile_names()), kAnyText, kAnyText)),
              {{"examples", strings(builtin_profile_names())}});
}

JsonObject moment() {
  return with(like("host|factory|[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}(?:T[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2})?"
                   "(?:Z|[+-][0-9]{1,2}:[0-9]{1,2})?"),
              {{"examples", JsonArray{"host", "factory", "2015-04-08T12:00:00Z"}}});
}

JsonObject firmware() {
  std::vector<std::string> names;
  JsonArray examples;
  for (const auto& row : device::firmware_switches()) {
    names.push_back(literal(row.name));
    examples.emplace_back(fmt::format("{}=on", row.name));
  }
  return with(like(one_of(names) + "=(?:on|off)"), {{"examples", std::move(examples)}});
}

JsonObject service_error() {
  std::vector<std::string> names;
  JsonArray examples;
  for (const auto& row : device::service_error_rows()) {
    names.push_back(literal(row.name));
    examples.emplace_back(fmt::format("{}={}", row.name, row.number));
  }
  return with(like(one_of(names) + "=-[0-9]{1,5}"), {{"examples", std::move(examples)}});
}

/// What a value is besides its kind, by option. One that is not here takes every value of its kind, or one of its
/// placeholder: `auto|always|never`.
const std::map<std::string_view, JsonObject>& values() {
  static const auto peer = one_of({std::string{kHostPort}, std::string{kHost}});
  static const std::map<std::string_view, JsonObject> all{
      {"model", model()},
      {"uart", uart()},
      {"name", like(R"([^\u0000- \u007f/.][^\u0000- \u007f/]*)")},
      {"count", from_to(1, kMostModules)},
      {"nvram", filled()},
      {"profile", profile()},
      {"seed", {{"minimum", 0}}},
      {"time-scale", from_to(kLeastTimeScale, kMostTimeScale)},
      {"fault", {{"allOf", JsonArray{reference("fault_line")}}}},
      {"rtc", moment()},
      {"network-time", moment()},
      {"firmware-date", like("[0-9]{4}-(?:0[1-9]|1[0-2])")},
      {"firmware", firmware()},
      {"service-error", service_error()},
      {"sim", with(like(fmt::format("none|ready|pin:[0-9]{{{},{}}}", kShortestPin, kLongestPin)),
                   {{"examples", JsonArray{"none", "ready", "pin:1234"}}})},
      {"imei", like(fmt::format("[0-9]{{{}}}", kDigitsOfImei))},
      {"apn-local", like(R"((?:[0-9]{1,3}\.){3}[0-9]{1,3})")},
      {"apn", like(R"([!#-+\--~]+(?:,[!#-+\--~]+)*)")},
      {"allow", like(peer)},
      {"map", like(fmt::format("{}={}", peer, kHostPort))},
      {"ussd", like(fmt::format("(?:[^=]*,[0-{}]|[^=,]*)={}", device::kHighestUssdMode, kAnyText))},
      {"expect", filled()},
      {"fail", filled()},
      {"scenario", filled()},
      {"junit", filled()},
      {"trace", filled()},
      {"keylog", filled()},
      {"verbose", from_to(0, kHighestVerbosity)},
  };
  return all;
}

JsonObject values_of(const Option& option) {
  if (const auto found = values().find(option.name); found != values().end()) return found->second;
  const auto is_choice = [](std::string_view placeholder) {
    return placeholder.find('|') != std::string_view::npos &&
           std::none_of(placeholder.begin(), placeholder.end(), [](unsigned char c) { return std::isupper(c); });
  };
  if (!is_choice(option.placeholder)) return {};
  return {{"enum", strings(split(std::string{option.placeholder}, '|'))}};
}

Json default_of(const Option& option) {
  const std::string text{option.standard};
  if (option.kind == OptionKind::text || option.kind == OptionKind::time) return Json(text);
  return parse_json(text).value();
}

JsonObject schema_of(const Option& option) {
  auto values = values_of(option);
  JsonObject schema;
  switch (option.kind) {
    case OptionKind::flag: schema["type"] = "boolean"; break;
    case OptionKind::list:
      schema = {{"type", JsonArray{"string", "array"}}, {"items", with({{"type", "string"}}, values)}};
      schema = with(std::move(schema), values);
      break;
    case OptionKind::number:
    case OptionKind::count: {
      const bool whole_number = option.name != "time-scale";
      // Quoted, too; its range is the program's to check then.
      schema = with({{"type", JsonArray{whole_number ? "integer" : "number", "string"}},
                     {"pattern", whole(whole_number ? "[0-9]+" : kPlainNumber)}},
                    values);
      break;
    }
    case OptionKind::duration: schema = with(time_or_seconds(), values); break;
    case OptionKind::text:
    case OptionKind::time: schema = with({{"type", "string"}}, values);
  }
  // A default that is a list is an empty one.
  if (!option.standard.empty() && option.kind != OptionKind::list) schema["default"] = default_of(option);
  return described(std::move(schema), option.meaning);
}

}  // namespace

JsonObject configuration_schema() {
  JsonObject sections;
  for (const auto section : option_sections(run_option_table())) {
    JsonObject keys;
    for (const auto& option : run_option_table()) {
      if (option.section == section) keys[key_of(option)] = schema_of(option);
    }
    sections[section] = closed(std::move(keys));
  }
  for (const auto& [option, schema] : values()) {
    if (!run_option(option)) throw std::logic_error{fmt::format("there is no option {}", option)};
  }
  auto schema = with(document("The configuration of quasimodem", "What `quasimodem run` does: docs/configuration.md."),
                     closed(std::move(sections)));
  schema["definitions"] = JsonObject{{"fault_line", fault_line()}};
  return schema;
}

}  // namespace quasimodem::app::schema
