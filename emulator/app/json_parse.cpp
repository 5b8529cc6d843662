// SPDX-License-Identifier: Apache-2.0
// The only file that sees Boost.JSON, whole and from its headers: no library to link, and seconds to compile.
#include <algorithm>
#include <cmath>

#include <boost/json/src.hpp>
#include <fmt/core.h>

#include "emulator/app/json_value.hpp"

namespace quasimodem::app {
namespace {

std::string text_of(const boost::json::string& text) { return {text.data(), text.size()}; }

Json converted(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return {};
    case boost::json::kind::bool_: return value.get_bool();
    case boost::json::kind::int64: return value.get_int64();
    case boost::json::kind::uint64: return static_cast<double>(value.get_uint64());
    case boost::json::kind::double_: return value.get_double();
    case boost::json::kind::string: return text_of(value.get_string());
    case boost::json::kind::array: {
      Json::Array array;
      for (const auto& each : value.get_array()) array.push_back(converted(each));
      return array;
    }
    case boost::json::kind::object: {
      Json::Object object;
      for (const auto& each : value.get_object()) object.emplace_back(std::string{each.key()}, converted(each.value()));
      return object;
    }
  }
  return {};
}

/// Boost reads 1e999 as infinity, which JSON has no word for.
bool is_finite(const Json& json) {
  if (const auto* number = json.as<double>()) return std::isfinite(*number);
  if (const auto* array = json.as<Json::Array>()) return std::all_of(array->begin(), array->end(), is_finite);
  const auto* object = json.as<Json::Object>();
  return !object ||
         std::all_of(object->begin(), object->end(), [](const auto& each) { return is_finite(each.second); });
}

}  // namespace

tl::expected<Json, std::string> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code error;
  const auto value = boost::json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return tl::unexpected{error.message()};
  auto json = converted(value);
  if (!is_finite(json)) return tl::unexpected{std::string{"a number is too large"}};
  return json;
}

}  // namespace quasimodem::app
