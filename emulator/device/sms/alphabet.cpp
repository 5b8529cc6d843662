// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/sms/alphabet.hpp"

#include <algorithm>
#include <array>

#include "core/big_endian.hpp"

namespace quasimodem::device::sms {
namespace {

constexpr std::uint8_t kEscape = 0x1B;

// 3GPP 23.038 6.2.1, by code.
constexpr std::array<char16_t, 128> kBasic{
    0x0040, 0x00A3, 0x0024, 0x00A5, 0x00E8, 0x00E9, 0x00F9, 0x00EC, 0x00F2, 0x00C7, 0x000A, 0x00D8, 0x00F8,
    0x000D, 0x00C5, 0x00E5, 0x0394, 0x005F, 0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, 0x03A3, 0x0398,
    0x039E, 0x001B, 0x00C6, 0x00E6, 0x00DF, 0x00C9, 0x0020, 0x0021, 0x0022, 0x0023, 0x00A4, 0x0025, 0x0026,
    0x0027, 0x0028, 0x0029, 0x002A, 0x002B, 0x002C, 0x002D, 0x002E, 0x002F, 0x0030, 0x0031, 0x0032, 0x0033,
    0x0034, 0x0035, 0x0036, 0x0037, 0x0038, 0x0039, 0x003A, 0x003B, 0x003C, 0x003D, 0x003E, 0x003F, 0x00A1,
    0x0041, 0x0042, 0x0043, 0x0044, 0x0045, 0x0046, 0x0047, 0x0048, 0x0049, 0x004A, 0x004B, 0x004C, 0x004D,
    0x004E, 0x004F, 0x0050, 0x0051, 0x0052, 0x0053, 0x0054, 0x0055, 0x0056, 0x0057, 0x0058, 0x0059, 0x005A,
    0x00C4, 0x00D6, 0x00D1, 0x00DC, 0x00A7, 0x00BF, 0x0061, 0x0062, 0x0063, 0x0064, 0x0065, 0x0066, 0x0067,
    0x0068, 0x0069, 0x006A, 0x006B, 0x006C, 0x006D, 0x006E, 0x006F, 0x0070, 0x0071, 0x0072, 0x0073, 0x0074,
    0x0075, 0x0076, 0x0077, 0x0078, 0x0079, 0x007A, 0x00E4, 0x00F6, 0x00F1, 0x00FC, 0x00E0,
};

// 3GPP 23.038 6.2.1.1, after the escape.
struct Extended {
  std::uint8_t code;
  char16_t character;
};
constexpr Extended kExtension[] = {
    {0x0A, 0x000C}, {0x14, u'^'}, {0x28, u'{'}, {0x29, u'}'}, {0x2F, u'\\'},
    {0x3C, u'['},   {0x3D, u'~'}, {0x3E, u']'}, {0x40, u'|'}, {0x65, 0x20AC},
};

bool append_septets(Bytes& to, char16_t character) {
  const auto basic = std::find(kBasic.begin(), kBasic.end(), character);
  if (basic != kBasic.end() && *basic != kEscape) {
    to.push_back(static_cast<std::uint8_t>(basic - kBasic.begin()));
    return true;
  }
  for (const auto& extended : kExtension) {
    if (extended.character != character) continue;
    to.push_back(kEscape);
    to.push_back(extended.code);
    return true;
  }
  return false;
}

char16_t after_escape(std::uint8_t code) {
  for (const auto& extended : kExtension) {
    if (extended.code == code) return extended.character;
  }
  return kBasic[code & 0x7F];  // 23.038: a receiver that does not know the code shows the basic character
}

constexpr char16_t kReplacement = 0xFFFD;

/// The number of octets of a UTF-8 sequence by its first one; 0 when it cannot start one.
std::size_t sequence_length(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

/// Takes one character off the front; a damaged one becomes the replacement character.
char32_t take_character(ByteSpan& utf8) {
  const auto length = sequence_length(utf8.front());
  bool whole = length > 0 && length <= utf8.size();
  char32_t character = length == 1 ? utf8.front() : utf8.front() & (0x7Fu >> length);
  for (std::size_t i = 1; whole && i < length; ++i) {
    whole = (utf8[i] & 0xC0) == 0x80;
    character = character << 6 | (utf8[i] & 0x3Fu);
  }
  utf8 = utf8.subspan(whole ? length : 1);
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  return whole && !surrogate && character < 0x110000 ? character : kReplacement;
}

void append_utf8(std::string& to, char32_t character) {
  if (character < 0x80) {
    to += static_cast<char>(character);
    return;
  }
  const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  to += static_cast<char>((0xFF00u >> (more + 1) & 0xFFu) | character >> (6 * more));
  for (int i = more - 1; i >= 0; --i) to += static_cast<char>(0x80u | (character >> (6 * i) & 0x3Fu));
}

}  // namespace

std::optional<Bytes> to_septets(const Text& text) {
  Bytes septets;
  for (const auto character : text) {
    if (!append_septets(septets, character)) return std::nullopt;
  }
  return septets;
}

Bytes to_septets_or_question_marks(const Text& text) {
  Bytes septets;
  for (const auto character : text) {
    if (!append_septets(septets, character)) append_septets(septets, u'?');
  }
  return septets;
}

Text from_septets(ByteSpan septets) {
  Text text;
  for (std::size_t i = 0; i < septets.size(); ++i) {
    if (septets[i] != kEscape) {
      text += kBasic[septets[i] & 0x7F];
    } else if (++i < septets.size()) {
      text += after_escape(septets[i]);
    } else {
      text += u' ';  // 23.038: an escape that stands alone
    }
  }
  return text;
}

Bytes pack(ByteSpan septets, int fill_bits) {
  const auto bits = septets.size() * 7 + static_cast<std::size_t>(fill_bits);
  Bytes octets((bits + 7) / 8);
  auto at = static_cast<std::size_t>(fill_bits);
  for (const auto septet : septets) {
    for (int bit = 0; bit < 7; ++bit, ++at) {
      if (septet >> bit & 1) octets[at / 8] = static_cast<std::uint8_t>(octets[at / 8] | 1u << at % 8);
    }
  }
  return octets;
}

Bytes unpack(ByteSpan octets, std::size_t count, int fill_bits) {
  const auto bits = octets.size() * 8;
  const auto start = std::min(static_cast<std::size_t>(fill_bits), bits);
  Bytes septets(std::min(count, (bits - start) / 7));
  auto at = start;
  for (auto& septet : septets) {
    for (int bit = 0; bit < 7; ++bit, ++at) {
      septet = static_cast<std::uint8_t>(septet | (octets[at / 8] >> at % 8 & 1u) << bit);
    }
  }
  return septets;
}

Bytes to_ucs2(const Text& text) {
  Bytes octets;
  for (const std::uint16_t unit : text) append(octets, to_be(unit));
  return octets;
}

Text from_ucs2(ByteSpan octets) {
  Text text;
  for (; octets.size() >= 2; octets = octets.subspan(2)) text += char16_t{get_be<std::uint16_t>(octets)};
  return text;
}

Text from_utf8(std::string_view utf8) {
  Text text;
  for (auto rest = as_bytes(utf8); !rest.empty();) {
    auto character = take_character(rest);
    if (character >= 0x10000) {
      character -= 0x10000;
      text += static_cast<char16_t>(0xD800 + (character >> 10));
      character = 0xDC00 + (character & 0x3FF);
    }
    text += static_cast<char16_t>(character);
  }
  return text;
}

std::string to_utf8(const Text& text) {
  std::string utf8;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t character = text[i];
    const bool high = character >= 0xD800 && character < 0xDC00;
    const bool low_follows = i + 1 < text.size() && text[i + 1] >= 0xDC00 && text[i + 1] < 0xE000;
    if (high && low_follows) {
      character = 0x10000 + ((character - 0xD800) << 10) + (text[++i] - 0xDC00u);
    } else if (character >= 0xD800 && character < 0xE000) {
      character = kReplacement;
    }
    append_utf8(utf8, character);
  }
  return utf8;
}

std::string to_hex(ByteSpan octets) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string hex;
  for (const auto octet : octets) {
    hex += kDigits[octet >> 4];
    hex += kDigits[octet & 15];
  }
  return hex;
}

std::optional<Bytes> from_hex(std::string_view hex) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
  };
  if (hex.size() % 2) return std::nullopt;
  Bytes octets;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    octets.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return octets;
}

}  // namespace quasimodem::device::sms
