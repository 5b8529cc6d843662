// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/param.hpp"

#include <algorithm>
#include <vector>

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/whole_number.hpp"

namespace quasimodem::atcmd {
namespace {

bool store(const Param& param, const Argument& argument, void* target) {
  if (!takes(param, argument)) return false;
  if (argument.omitted()) {
    if (param.default_value) param.store_integer(target, *param.default_value);
  } else if (param.kind == Param::Kind::text) {
    param.store_text(target, argument.text);
  } else {
    param.store_integer(target, *parse_integer(argument.text));
  }
  return true;
}

/// The values one by one, when not all of the range are allowed.
std::vector<std::string> listed(const Param& param) {
  std::vector<std::string> list;
  for (const auto value : param.allowed) list.push_back(std::to_string(value));
  if (!param.only_these) return list;
  for (const auto& each : param.meanings) list.push_back(each.value());
  return list;
}

/// Of a number within the range.
bool is_allowed(const Param& param, std::int64_t value) {
  if (param.allowed.empty() && !param.only_these) return true;
  const auto means = [value](const Meaning& each) { return each.word.empty() && each.number == value; };
  return std::find(param.allowed.begin(), param.allowed.end(), value) != param.allowed.end() ||
         (param.only_these && std::any_of(param.meanings.begin(), param.meanings.end(), means));
}

std::string shown(const Param& param) {
  switch (param.shown) {
    case Param::Shown::by_name: return fmt::format("<{}>", param.name);
    case Param::Shown::literally: return std::string{param.literal};
    case Param::Shown::as_range: break;
  }
  if (const auto list = listed(param); !list.empty()) return fmt::format("({})", fmt::join(list, ","));
  if (param.highest == param.lowest) return fmt::format("({})", param.lowest);
  return fmt::format("({}{}{})", param.lowest, param.highest == param.lowest + 1 ? "," : "-", param.highest);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with("+-")) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  return whole_number<std::int64_t>(text);
}

bool takes(const Param& param, const Argument& argument) {
  if (argument.omitted()) return param.may_be_omitted;
  const bool is_text = param.kind == Param::Kind::text;
  const auto value =
      is_text ? std::optional{static_cast<std::int64_t>(argument.text.size())} : parse_integer(argument.text);
  if (!value || *value < param.lowest || *value > param.highest) return false;
  return is_text || is_allowed(param, *value);
}

std::string allowed_values(const Param& param, std::string_view dash) {
  if (!param.described.empty()) return std::string{param.described};
  if (const auto list = listed(param); !list.empty()) return fmt::format("{}", fmt::join(list, ", "));
  const auto unit = param.kind == Param::Kind::text ? " characters" : "";
  if (param.lowest == param.highest) return fmt::format("{}{}", param.lowest, unit);
  return fmt::format("{}{}{}{}", param.lowest, dash, param.highest, unit);
}

tl::expected<void, InvalidParameter> store_arguments(std::span<const Param> params, std::span<const Argument> arguments,
                                                     void* target, Surplus surplus) {
  if (arguments.size() > params.size() && surplus == Surplus::refused) return tl::unexpected{InvalidParameter{}};
  const Argument left_out;
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (!store(params[i], i < arguments.size() ? arguments[i] : left_out, target)) {
      return tl::unexpected{InvalidParameter{}};
    }
  }
  return {};
}

std::string shown(std::span<const Param> params) {
  std::string text;
  std::size_t open = 0;
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (params[i].may_be_omitted) {
      text += '[';
      ++open;
    }
    if (i > 0) text += ',';
    text += shown(params[i]);
  }
  return text + std::string(open, ']');
}

}  // namespace quasimodem::atcmd
