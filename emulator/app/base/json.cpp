// SPDX-License-Identifier: Apache-2.0
// The only file that compiles Boost.JSON, whole and from its headers: no library to link, and seconds to compile.
#include "emulator/app/base/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <boost/json/value_stack.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/format.h>

#include "emulator/app/base/printable.hpp"

namespace quasimodem::app {
namespace {

// ---- printing: Boost's own has 5E-1 for 0.5, and leaves what is not UTF-8 as it is ----

void print(const Json& json, std::string& out);

void print(const JsonArray& array, std::string& out) {
  out += '[';
  for (const auto& each : array) {
    if (&each != array.begin()) out += ',';
    print(each, out);
  }
  out += ']';
}

void print(const JsonObject& object, std::string& out) {
  out += '{';
  for (const auto& each : object) {
    if (&each != object.begin()) out += ',';
    out += json_string(each.key());
    out += ':';
    print(each.value(), out);
  }
  out += '}';
}

void print(const Json& json, std::string& out) {
  using boost::json::kind;
  switch (json.kind()) {
    case kind::null: out += "null"; break;
    case kind::bool_: out += json.get_bool() ? "true" : "false"; break;
    case kind::int64: out += std::to_string(json.get_int64()); break;
    case kind::uint64: out += std::to_string(json.get_uint64()); break;
    case kind::double_: out += fmt::format("{}", json.get_double()); break;
    case kind::string: out += json_string(json.get_string()); break;
    case kind::array: print(json.get_array(), out); break;
    case kind::object: print(json.get_object(), out); break;
  }
}

// ---- reading ----

/// Builds the value while it is parsed; Boost's own takes the last of several members of the same name without a word.
/// Its names are those that Boost's parser calls.
class Builder {
 public:
  using ErrorCode = boost::system::error_code;
  using Text = boost::json::string_view;

  // NOLINTBEGIN(readability-identifier-naming)
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;
  // NOLINTEND(readability-identifier-naming)

  /// Once, after the end of the document.
  Json take() { return values_.release(); }
  /// What is wrong besides the syntax; empty when nothing is.
  const std::string& problem() const { return problem_; }

  bool on_document_begin(ErrorCode&) {
    values_.reset();
    return true;
  }
  bool on_document_end(ErrorCode&) { return true; }

  bool on_object_begin(ErrorCode&) {
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t size, ErrorCode&) {
    names_.pop_back();
    values_.push_object(size);
    return true;
  }
  bool on_array_begin(ErrorCode&) { return true; }
  bool on_array_end(std::size_t size, ErrorCode&) {
    values_.push_array(size);
    return true;
  }

  bool on_key_part(Text part, std::size_t, ErrorCode&) {
    name_.append(part.data(), part.size());
    return true;
  }
  bool on_key(Text part, std::size_t, ErrorCode& error) {
    name_.append(part.data(), part.size());
    const auto [place, is_new] = names_.back().insert(std::exchange(name_, {}));
    if (!is_new) return fail(error, fmt::format("\"{}\" stands twice in an object", *place));
    values_.push_key(*place);
    return true;
  }
  bool on_string_part(Text part, std::size_t, ErrorCode&) {
    values_.push_chars(part);
    return true;
  }
  bool on_string(Text part, std::size_t, ErrorCode&) {
    values_.push_string(part);
    return true;
  }

  bool on_number_part(Text, ErrorCode&) { return true; }
  bool on_int64(std::int64_t number, Text, ErrorCode&) {
    values_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, Text, ErrorCode&) {
    values_.push_uint64(number);
    return true;
  }
  bool on_double(double number, Text, ErrorCode& error) {
    // Boost reads 1e999 as infinity, which JSON has no word for.
    if (!std::isfinite(number)) return fail(error, "a number is too large");
    values_.push_double(number);
    return true;
  }
  bool on_bool(bool flag, ErrorCode&) {
    values_.push_bool(flag);
    return true;
  }
  bool on_null(ErrorCode&) {
    values_.push_null();
    return true;
  }
  bool on_comment_part(Text, ErrorCode&) { return true; }
  bool on_comment(Text, ErrorCode&) { return true; }

 private:
  bool fail(ErrorCode& error, std::string problem) {
    problem_ = std::move(problem);
    error = boost::json::error::syntax;
    return false;
  }

  boost::json::value_stack values_;
  std::vector<std::set<std::string>> names_;  ///< of the objects that have not ended yet
  std::string name_;                          ///< whose parts are coming
  std::string problem_;
};

}  // namespace

const Json* find_member(const Json& json, std::string_view name) {
  const auto* object = json.if_object();
  return object ? object->if_contains(name) : nullptr;
}

std::optional<std::string_view> text_of(const Json& json) {
  const auto* text = json.if_string();
  return text ? std::optional{std::string_view{text->data(), text->size()}} : std::nullopt;
}

std::optional<std::string_view> member_text(const Json& json, std::string_view name) {
  const auto* member = find_member(json, name);
  return member ? text_of(*member) : std::nullopt;
}

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const char c = text.front();
    if (length == 0) {
      quoted += kNoUtf8;
    } else if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return quoted + "\"";
}

std::string to_text(const Json& json) {
  std::string text;
  print(json, text);
  return text;
}

tl::expected<Json, std::string> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::json::basic_parser<Builder> parser{options};
  boost::system::error_code error;
  const auto read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = boost::json::error::extra_data;
  if (!parser.handler().problem().empty()) return tl::unexpected{parser.handler().problem()};
  if (error) return tl::unexpected{error.message()};
  return parser.handler().take();
}

}  // namespace quasimodem::app
