// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/same_word.hpp"

// A mail taken apart, by nothing of what put it together. It is strict: what breaks a rule of the message format
// throws.
namespace quasimodem::test {

inline std::string to_base64(ByteSpan octets) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto rest = octets.subspan(i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < rest.size() ? rest[k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= rest.size() ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

/// Of one line, without line ends.
inline std::optional<Bytes> from_base64(std::string_view text) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  while (text.ends_with('=')) text.remove_suffix(1);
  Bytes octets;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    octets.push_back(static_cast<std::uint8_t>(bits >> count));
    bits &= (1U << count) - 1;
  }
  return octets;
}

struct MimePart {
  std::vector<std::pair<std::string, std::string>> headers;  ///< unfolded, as they came
  std::string body;                                          ///< decoded
  std::vector<MimePart> parts;                               ///< of a multipart

  std::vector<std::string> all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [header, value] : headers) {
      if (same_word(header, name)) values.push_back(value);
    }
    return values;
  }
  /// The one header of this name; empty when there is none.
  std::string header(std::string_view name) const {
    const auto values = all(name);
    if (values.size() > 1) throw std::runtime_error("two headers " + std::string{name});
    return values.empty() ? "" : values.front();
  }
};

namespace mime {

inline void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("no good message: " + what);
}

/// The lines of a message; each must end with CR LF, and have nothing of that inside.
inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    require(end != std::string_view::npos, "a line without its end");
    const auto line = text.substr(0, end);
    require(line.find_first_of("\r\n") == std::string_view::npos, "a bare CR or LF");
    require(line.size() <= 998, "a line of more than 998");
    lines.emplace_back(line);
    text.remove_prefix(end + 2);
  }
  return lines;
}

inline std::string decoded(const std::string& encoded_body) {
  std::string body;
  const auto lines =
      lines_of(encoded_body.empty() || encoded_body.ends_with("\r\n") ? encoded_body : encoded_body + "\r\n");
  for (const auto& line : lines) {
    require(line.size() <= 76, "base64 in a line of more than 76");
    const auto octets = from_base64(line);
    require(octets.has_value(), "base64 that is none: " + line);
    body += to_text(*octets);
  }
  return body;
}

inline MimePart take_apart(std::string_view text);

inline void split(MimePart& part, std::string_view body, std::string_view boundary) {
  const auto delimiter = "\r\n--" + std::string{boundary};
  const auto all = "\r\n" + std::string{body};
  auto at = all.find(delimiter);
  require(at == 0, "a multipart that begins with something else");
  for (;;) {
    const auto begin = at + delimiter.size();
    if (all.compare(begin, std::string::npos, "--\r\n") == 0) return;
    require(all.compare(begin, 2, "\r\n") == 0, "a boundary that is not alone in its line");
    at = all.find(delimiter, begin);
    require(at != std::string::npos, "a part without end");
    part.parts.push_back(take_apart(std::string_view{all}.substr(begin + 2, at - begin - 2)));
  }
}

inline MimePart take_apart(std::string_view text) {
  MimePart part;
  const auto head_end = text.find("\r\n\r\n");
  require(head_end != std::string_view::npos, "a head without end");
  for (const auto& line : lines_of(text.substr(0, head_end + 2))) {
    for (const char c : line)
      require(static_cast<unsigned char>(c) < 0x7F && static_cast<unsigned char>(c) >= 0x20,
              "a head that is not ASCII");
    if (line.starts_with(' ')) {
      require(!part.headers.empty(), "a folded line at the beginning");
      part.headers.back().second += line;
      continue;
    }
    const auto colon = line.find(": ");
    require(colon != std::string::npos, "a header without a name: " + line);
    part.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  const std::string body{text.substr(head_end + 4)};
  static constexpr std::string_view kBoundary = "boundary=\"";
  const auto type = part.header("Content-Type");
  const auto encoding = part.header("Content-Transfer-Encoding");
  if (const auto at = type.find(kBoundary); at != std::string::npos) {
    const auto begin = at + kBoundary.size();
    split(part, body, std::string_view{type}.substr(begin, type.find('"', begin) - begin));
    return part;
  }
  part.body = encoding == "base64" ? decoded(body) : body;
  for (const char c : body)
    require(encoding == "8bit" || static_cast<unsigned char>(c) < 0x80, "eight bits that are not announced");
  return part;
}

}  // namespace mime

inline MimePart taken_apart(std::string_view message) {
  mime::lines_of(message);
  return mime::take_apart(message);
}

/// RFC 2047 words as (character set, octets) put together; other text stays. Blanks between words are none.
inline std::string decoded_words(std::string_view header, std::string* charset = nullptr) {
  std::string text;
  while (!header.empty()) {
    const auto begin = header.find("=?");
    if (begin == std::string_view::npos) return text + std::string{header};
    const auto set_end = header.find("?B?", begin);
    const auto end = header.find("?=", set_end + 3);
    mime::require(set_end != std::string_view::npos && end != std::string_view::npos, "a word without end");
    mime::require(end + 2 - begin <= 75, "a word of more than 75");
    if (header.substr(0, begin).find_first_not_of(' ') != std::string_view::npos || text.empty())
      text += header.substr(0, begin);
    if (charset) *charset = header.substr(begin + 2, set_end - begin - 2);
    const auto octets = from_base64(header.substr(set_end + 3, end - set_end - 3));
    mime::require(octets.has_value(), "a word that is no base64");
    text += to_text(*octets);
    header.remove_prefix(end + 2);
  }
  return text;
}

}  // namespace quasimodem::test
