// SPDX-License-Identifier: Apache-2.0
// The only file that sees Boost.JSON, whole and from its headers: no library to link, and seconds to compile.
#include <cmath>
#include <limits>
#include <unordered_set>

#include <boost/json/src.hpp>
#include <fmt/core.h>

#include "emulator/app/json_value.hpp"

namespace quasimodem::app {
namespace {

/// Builds the value while it is parsed; Boost's own takes the last of several members of the same name without a word.
/// Its names are those that Boost's parser calls.
class Builder {
 public:
  using ErrorCode = boost::json::error_code;
  using Text = boost::json::string_view;

  // NOLINTBEGIN(readability-identifier-naming)
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;
  // NOLINTEND(readability-identifier-naming)

  Json take() { return std::move(root_); }
  /// What is wrong besides the syntax; empty when nothing is.
  const std::string& problem() const { return problem_; }

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }

  bool on_object_begin(ErrorCode&) {
    open_.push_back({.value = Json::Object{}});
    return true;
  }
  bool on_object_end(std::size_t, ErrorCode&) { return close(); }
  bool on_array_begin(ErrorCode&) {
    open_.push_back({.value = Json::Array{}});
    return true;
  }
  bool on_array_end(std::size_t, ErrorCode&) { return close(); }

  bool on_key_part(Text part, std::size_t, ErrorCode&) { return collect(part); }
  bool on_key(Text part, std::size_t, ErrorCode& error) {
    collect(part);
    auto& object = open_.back();
    if (!object.names.insert(text_).second) return fail(error, fmt::format("\"{}\" stands twice in an object", text_));
    object.name = std::exchange(text_, {});
    return true;
  }
  bool on_string_part(Text part, std::size_t, ErrorCode&) { return collect(part); }
  bool on_string(Text part, std::size_t, ErrorCode&) {
    collect(part);
    return add(std::exchange(text_, {}));
  }

  bool on_number_part(Text, ErrorCode&) { return true; }
  bool on_int64(std::int64_t number, Text, ErrorCode&) { return add(number); }
  bool on_uint64(std::uint64_t number, Text, ErrorCode&) { return add(static_cast<double>(number)); }
  bool on_double(double number, Text, ErrorCode& error) {
    // Boost reads 1e999 as infinity, which JSON has no word for.
    return std::isfinite(number) ? add(number) : fail(error, "a number is too large");
  }
  bool on_bool(bool flag, ErrorCode&) { return add(flag); }
  bool on_null(ErrorCode&) { return add(nullptr); }
  bool on_comment_part(Text, ErrorCode&) { return true; }
  bool on_comment(Text, ErrorCode&) { return true; }

 private:
  /// An array or object that has not ended yet.
  struct Open {
    Json value;
    std::string name{};  ///< of an object's member whose value comes next
    std::unordered_set<std::string> names{};
  };

  bool collect(Text part) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool fail(ErrorCode& error, std::string problem) {
    problem_ = std::move(problem);
    error = boost::json::error::syntax;
    return false;
  }

  bool close() {
    auto value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = std::get_if<Json::Array>(&open_.back().value.value)) {
      array->push_back(std::move(value));
    } else {
      std::get<Json::Object>(open_.back().value.value).emplace_back(std::move(open_.back().name), std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;
  std::string text_;  ///< of a name or string whose parts are coming
  std::string problem_;
  Json root_;
};

}  // namespace

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
