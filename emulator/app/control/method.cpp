// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/method.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"

namespace quasimodem::app::control {
namespace {

Failure unknown_param(const Method& method, std::string_view name) {
  auto message = fmt::format("{} has no parameter \"{}\"{}", method.name, name,
                             did_you_mean(std::string{name}, names_of(method.params)));
  if (method.params.empty())
    message += "; it takes none";
  else
    message += fmt::format("; it takes {}", fmt::join(names_of(method.params), ", "));
  return {ErrorCode::invalid_parameter, message};
}

Failure wrong_type(const Method& method, const Param& param, std::string_view got) {
  return {ErrorCode::invalid_parameter,
          fmt::format("{}: {} must be {}{}, not {}", method.name, param.name, name_of(param.type),
                      param.type == ParamType::duration ? fmt::format(" ({})", kDurationForm) : "", got)};
}

std::optional<Duration> duration_of(const Json& json) {
  if (const auto text = text_of(json)) return parse_duration(*text);
  if (const auto* number = json.if_int64()) return parse_duration(fmt::format("{}", *number));
  if (const auto* number = json.if_double()) return parse_duration(fmt::format("{:.9f}", *number));
  return std::nullopt;
}

std::optional<Arguments::Value> value_of(ParamType type, const Json& json) {
  switch (type) {
    case ParamType::boolean:
      if (const auto* flag = json.if_bool()) return *flag;
      return std::nullopt;
    case ParamType::integer:
      if (const auto* number = json.if_int64()) return *number;
      if (const auto* number = json.if_double(); number && *number == std::trunc(*number) && std::abs(*number) < 1e15) {
        return static_cast<std::int64_t>(*number);  // some libraries write 5 as 5.0
      }
      return std::nullopt;
    case ParamType::number:
      if (const auto* number = json.if_double()) return *number;
      if (const auto* number = json.if_uint64()) return static_cast<double>(*number);
      if (const auto* number = json.if_int64()) return static_cast<double>(*number);
      return std::nullopt;
    case ParamType::text:
      if (const auto text = text_of(json)) return std::string{*text};
      return std::nullopt;
    case ParamType::duration:
      if (const auto duration = duration_of(json)) return *duration;
      return std::nullopt;
    case ParamType::json: return json;
  }
  return std::nullopt;
}

/// A word of the command line as the JSON that the type wants.
std::optional<Json> json_of(ParamType type, const std::string& word) {
  switch (type) {
    case ParamType::boolean:
      if (const auto said = truth(word)) return Json(*said);
      return std::nullopt;
    case ParamType::integer:
      if (const auto number = whole_number<std::int64_t>(word)) return Json(*number);
      return std::nullopt;
    case ParamType::number:
      if (const auto number = whole_number<double>(word); number && std::isfinite(*number)) return Json(*number);
      return std::nullopt;
    case ParamType::json: {
      auto json = parse_json(word);
      return json ? std::optional{std::move(*json)} : std::nullopt;
    }
    case ParamType::text:
    case ParamType::duration: return Json(word);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(ParamType type) {
  switch (type) {
    case ParamType::boolean: return "true|false";
    case ParamType::integer: return "NUMBER";
    case ParamType::number: return "NUMBER";
    case ParamType::text: return "TEXT";
    case ParamType::duration: return "DURATION";
    case ParamType::json: return "JSON";
  }
  return {};
}

bool Arguments::flag(std::string_view name) const {
  const auto* value = find(name);
  return value && std::get<bool>(*value);
}

int Arguments::flags(std::span<const Param> params) const {
  return static_cast<int>(std::count_if(params.begin(), params.end(), [this](const Param& param) {
    return param.type == ParamType::boolean && flag(param.name);
  }));
}

const Arguments::Value* Arguments::find(std::string_view name) const {
  const auto found = std::find_if(values_.begin(), values_.end(), [&](const auto& each) { return each.first == name; });
  return found == values_.end() ? nullptr : &found->second;
}

const Method* find_method(std::string_view name) { return named(methods(), name); }

Failure unknown_method(std::string_view name) {
  return {ErrorCode::unknown_method, fmt::format("there is no method \"{}\"{}; \"help\" lists them all", name,
                                                 did_you_mean(std::string{name}, names_of(methods())))};
}

Failure given_twice(const Method& method, std::string_view name) {
  return {ErrorCode::invalid_parameter, fmt::format("{}: {} twice", method.name, name)};
}

tl::expected<Arguments, Failure> read_arguments(const Method& method, const Json& params) {
  Arguments arguments;
  const auto* object = params.if_object();
  if (!object && !params.is_null()) {
    return tl::unexpected{
        Failure{ErrorCode::invalid_parameter, fmt::format("{}: params must be an object", method.name)}};
  }
  const JsonObject none;
  for (const auto& each : object ? *object : none) {
    const auto* param = named(method.params, each.key());
    if (!param) return tl::unexpected{unknown_param(method, each.key())};
    auto value = value_of(param->type, each.value());
    if (!value) return tl::unexpected{wrong_type(method, *param, to_text(each.value()))};
    arguments.add(param->name, std::move(*value));
  }
  for (const auto& param : method.params) {
    if (param.need == Need::required && !arguments.has(param.name)) {
      return tl::unexpected{
          Failure{ErrorCode::invalid_parameter, fmt::format("{} needs {} ({})", method.name, param.name, param.help)}};
    }
  }
  return arguments;
}

namespace {

/// A word of a command line: which parameter it is about, and its value unless that is the next word.
struct Word {
  std::string name;
  std::optional<std::string> value;
};

Word read_word(const Method& method, const std::string& word, bool word_is_taken) {
  const bool option = word.starts_with("--");
  const auto equals = word.find('=');
  auto name = word.substr(option ? 2 : 0, equals == std::string::npos ? equals : equals - (option ? 2 : 0));
  if (option) std::replace(name.begin(), name.end(), '-', '_');
  const auto value = equals == std::string::npos ? std::nullopt : std::optional{word.substr(equals + 1)};
  if (option || named(method.params, name) || method.word.empty() || word_is_taken) return {name, value};
  // `AT+QSSLCFG="seclevel",0,2 = …` is text, `fro=6s` a mistake.
  const bool is_name = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
  return value && is_name ? Word{name, value} : Word{std::string{method.word}, word};
}

}  // namespace

tl::expected<Json, Failure> params_from_words(const Method& method, std::span<const std::string> words) {
  JsonObject object;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto word = read_word(method, words[i], object.contains(method.word));
    const auto* param = named(method.params, word.name);
    if (!param) return tl::unexpected{unknown_param(method, word.name)};
    if (!word.value && param->type == ParamType::boolean) word.value = "true";
    if (!word.value && words[i].starts_with("--") && i + 1 < words.size()) word.value = words[++i];
    if (!word.value) {
      return tl::unexpected{Failure{
          ErrorCode::invalid_parameter,
          fmt::format("{}: {} needs a value: {}={}", method.name, param->name, param->name, name_of(param->type))}};
    }
    auto json = json_of(param->type, *word.value);
    if (!json) return tl::unexpected{wrong_type(method, *param, *word.value)};
    if (!object.emplace(param->name, std::move(*json)).second) return tl::unexpected{given_twice(method, param->name)};
  }
  return Json(std::move(object));
}

}  // namespace quasimodem::app::control
