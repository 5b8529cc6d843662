// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/safe_toml.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "emulator/app/base/printable.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t";

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_bare(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_quote(char c) { return c == '"' || c == '\''; }
bool is_in(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

/// Of the quoted text at the beginning, with its quotes; of everything when it does not end, as toml++ reads no
/// further.
std::size_t length_of_quoted(std::string_view text) {
  const char quote = text.front();
  const bool long_one = text.starts_with(std::string(3, quote));
  const auto mark = text.substr(0, long_one ? 3 : 1);
  for (auto i = mark.size(); i < text.size() && (long_one || text[i] != '\n'); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text.substr(i).starts_with(mark)) {
      // Up to two quotes may stand before the three at the end.
      const auto most = long_one ? i + 5 : i + 1;
      return std::min({text.find_first_not_of(quote, i), most, text.size()});
    }
  }
  return text.size();
}

/// Of what is at the beginning: a comment, a quoted text, or one character.
std::size_t length_of_token(std::string_view text) {
  if (text.front() == '#') return std::min(text.find('\n'), text.size());
  return is_quote(text.front()) ? length_of_quoted(text) : 1;
}

/// Whether the `[` at the beginning is that of `[section]` or `[[section]]`.
bool begins_header(std::string_view text) {
  const auto skip = [&](std::size_t length) {
    text.remove_prefix(length);
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  };
  skip(1);
  if (text.starts_with('[')) skip(1);
  return !text.empty() && (is_bare(text.front()) || is_quote(text.front()));
}

std::string escape_of(std::string_view utf8) {
  std::uint32_t code = static_cast<unsigned char>(utf8.front()) & (0x7FU >> utf8.size());
  for (const char c : utf8.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return fmt::format("\\U{:08X}", code);
}

/// A text between """. What stands after a `\` and the end of its line may be beyond ASCII, but toml++ asks whether it
/// is white space, to which it has no answer (its issue 190): an escape says the same.
std::string with_escapes(std::string_view quoted) {
  std::string text;
  const auto take = [&](std::size_t length) {
    text += quoted.substr(0, length);
    quoted.remove_prefix(std::min(length, quoted.size()));
  };
  while (!quoted.empty()) {
    const bool backslash = quoted.front() == '\\';
    const auto length = backslash ? std::min(quoted.find_first_not_of(" \t\r\n", 1), quoted.size()) : 1;
    take(length);
    if (!backslash || quoted.empty()) continue;
    const auto beyond = is_ascii(quoted.front()) ? 0 : utf8_length(quoted);
    // There is no such escape: toml++ says so of U+FFFD, too.
    if (beyond > 0) text += length > 1 ? escape_of(quoted.substr(0, beyond)) : std::string{kNoUtf8};
    quoted.remove_prefix(beyond);
    if (beyond == 0 && length == 1) take(1);
  }
  return text;
}

/// Goes over a text as toml++ will, but knows only what it takes to tell keys, values, quoted texts and comments apart.
class Walk {
 public:
  Walk(std::string_view text, std::size_t most_parts) : rest_{text}, most_parts_{most_parts} {}

  tl::expected<std::string, TomlFault> run() {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
    while (!rest_.empty()) {
      if (const auto what = fault(); !what.empty()) return tl::unexpected{TomlFault{line_, what}};
      const auto token = rest_.substr(0, length_of_token(rest_));
      count(token.front());
      follow(token.front());
      safe_ += token.starts_with(R"(""")") ? with_escapes(token) : std::string{token};
      line_ += static_cast<std::size_t>(std::count(token.begin(), token.end(), '\n'));
      before_last_ = std::exchange(last_, token.back());
      rest_.remove_prefix(token.size());
    }
    return std::move(safe_);
  }

 private:
  std::string_view fault() const {
    const char c = rest_.front();
    if (!is_ascii(c)) return "a character beyond ASCII, neither between quotes nor in a comment";
    if (c == '[' && first_of_line_ && !in_value_ && !begins_header(rest_)) return "a section without a name";
    if (c == '.' && parts_ >= most_parts_) return "a key of too many parts";
    if (c == '}' && open_.ends_with('[')) return "a } before the ] of its array";
    // toml++ looks for the end of a number behind them, and in quotes, too.
    if (in_value_ && is_in("\"'[{=", c) && !is_in(" \t\n=,[", last_))
      return "a value with quotes, a bracket or = within";
    if (in_value_ && is_half_time()) return "a time of day of one digit";
    return {};
  }

  /// As in `2015-04-08 1`, behind which toml++ wants another character of the time.
  bool is_half_time() const {
    return rest_.size() > 1 && is_digit(rest_[0]) && is_in(" \t\n\v\f\r]},#", rest_[1]) && last_ == ' ' &&
           (is_digit(before_last_) || before_last_ == '_');
  }

  void count(char c) {
    if (c == '.') {
      ++parts_;
    } else if (!is_bare(c) && !is_quote(c) && !is_in(kBlank, c)) {
      parts_ = 1;
    }
  }

  void follow(char c) {
    first_of_line_ = c == '\n' || (first_of_line_ && is_in(kBlank, c));
    switch (c) {
      case '=': in_value_ = true; break;
      case ',': in_value_ = open_.ends_with('['); break;
      case '\n': in_value_ = in_value_ && !open_.empty(); break;
      case '[':
        if (in_value_) open_ += c;
        break;
      case '{':
        open_ += c;
        in_value_ = false;
        break;
      case ']':
      case '}':
        if (!open_.empty()) open_.pop_back();
        break;
      default: break;
    }
  }

  std::string_view rest_;
  std::size_t most_parts_;
  std::string safe_;
  std::size_t line_ = 1;
  std::size_t parts_ = 1;      ///< of the key, so far
  std::string open_;           ///< the brackets of values
  bool in_value_ = false;      ///< else in a key or the header of a section
  bool first_of_line_ = true;  ///< but for white space
  char last_ = '\n', before_last_ = '\n';
};

}  // namespace

tl::expected<std::string, TomlFault> safe_toml(std::string_view text, std::size_t most_parts) {
  return Walk{text, most_parts}.run();
}

}  // namespace quasimodem::app
