// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/param.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/core.h>

namespace quasimodem::atcmd {
namespace {

bool store(const Param& param, const Argument& argument, void* target) {
  if (argument.omitted()) {
    if (!param.may_be_omitted) return false;
    if (param.default_value) param.store_integer(target, *param.default_value);
    return true;
  }
  if (param.kind == Param::Kind::text) {
    const auto length = static_cast<std::int64_t>(argument.text.size());
    if (length < param.lowest || length > param.highest) return false;
    param.store_text(target, argument.text);
    return true;
  }
  const auto value = parse_integer(argument.text);
  if (!value || *value < param.lowest || *value > param.highest) return false;
  const auto& allowed = param.allowed;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), *value) == allowed.end()) return false;
  param.store_integer(target, *value);
  return true;
}

std::string shown(const Param& param) {
  switch (param.shown) {
    case Param::Shown::by_name: return fmt::format("<{}>", param.name);
    case Param::Shown::literally: return std::string{param.literal};
    case Param::Shown::as_range: break;
  }
  if (!param.allowed.empty()) {
    std::string list;
    for (const auto value : param.allowed) list += fmt::format("{}{}", list.empty() ? "" : ",", value);
    return fmt::format("({})", list);
  }
  if (param.highest == param.lowest) return fmt::format("({})", param.lowest);
  return fmt::format("({}{}{})", param.lowest, param.highest == param.lowest + 1 ? "," : "-", param.highest);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with("+-")) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
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
