// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/character_set.hpp"

#include <algorithm>
#include <array>

namespace quasimodem::commands {
namespace {

namespace sms = device::sms;
using sms::Text;

// Code page 437, from 0x80.
constexpr std::array<char16_t, 128> kCodePage437{
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF, 0x00EE,
    0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9, 0x00FF, 0x00D6,
    0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1, 0x00AA,
    0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB, 0x2591, 0x2592, 0x2593, 0x2502,
    0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255D, 0x255C, 0x255B, 0x2510, 0x2514,
    0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F, 0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550,
    0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C,
    0x2588, 0x2584, 0x258C, 0x2590, 0x2580, 0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4,
    0x03A6, 0x0398, 0x03A9, 0x03B4, 0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320,
    0x2321, 0x00F7, 0x2248, 0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};

/// Sets with one octet a character: the octet's character, 0 when there is none.
char16_t from_octet(std::uint8_t octet, std::string_view set) {
  if (octet < 0x80) return octet;
  if (set == "8859-1") return octet;
  return set == "PCCP437" ? kCodePage437[octet - 0x80u] : char16_t{0};
}

char to_octet(char16_t character, std::string_view set) {
  if (character < 0x80) return static_cast<char>(character);
  if (set == "8859-1" && character < 0x100) return static_cast<char>(character);
  if (set == "PCCP437") {
    const auto at = std::find(kCodePage437.begin(), kCodePage437.end(), character);
    if (at != kCodePage437.end()) return static_cast<char>(0x80 + (at - kCodePage437.begin()));
  }
  return '?';
}

}  // namespace

std::optional<Text> typed_text(std::string_view typed, std::string_view set) {
  if (set == "UCS2") {
    const auto octets = typed.size() % 4 == 0 ? sms::from_hex(typed) : std::nullopt;
    return octets ? std::optional{sms::from_ucs2(*octets)} : std::nullopt;
  }
  if (set == "GSM" || set == "HEX") {
    const auto septets = set == "HEX" ? sms::from_hex(typed) : std::optional{to_bytes(typed)};
    if (!septets || std::any_of(septets->begin(), septets->end(), [](auto septet) { return septet > 0x7F; }))
      return std::nullopt;
    return sms::from_septets(*septets);
  }
  Text text;
  for (const auto octet : as_bytes(typed)) {
    const auto character = from_octet(octet, set);
    if (character == 0 && octet != 0) return std::nullopt;
    text += character;
  }
  return text;
}

std::string shown_text(const Text& text, std::string_view set) {
  if (set == "UCS2") return sms::to_hex(sms::to_ucs2(text));
  if (set == "GSM") return to_text(sms::to_septets_or_question_marks(text));
  if (set == "HEX") return sms::to_hex(sms::to_septets_or_question_marks(text));
  std::string shown;
  for (const auto character : text) shown += to_octet(character, set);
  return shown;
}

std::string shown_name(std::string_view name, std::string_view set) { return shown_text(sms::from_utf8(name), set); }

std::string typed_number(std::string_view typed, std::string_view set) {
  constexpr std::string_view kDialled = "+0123456789*#abcABC";
  const auto text = set == "UCS2" ? typed_text(typed, set) : std::nullopt;
  const bool number =
      text && !text->empty() && std::all_of(text->begin(), text->end(), [&](char16_t character) {
        return character < 0x80 && kDialled.find(static_cast<char>(character)) != std::string_view::npos;
      });
  return number ? std::string{text->begin(), text->end()} : std::string{typed};
}

std::string shown_number(std::string_view number, std::string_view set) {
  return set == "UCS2" ? shown_text(sms::from_utf8(number), set) : std::string{number};
}

}  // namespace quasimodem::commands
