// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace quasimodem::device::sms {

/// Text as this library holds it: UTF-16 code units, as UCS2 messages carry them.
using Text = std::u16string;

/// The GSM 7 bit default alphabet with its extension table (3GPP 23.038 6.2.1), one septet an octet. Nothing when a
/// character is not in it.
std::optional<Bytes> to_septets(const Text& text);
/// The same with `?` for every other character.
Bytes to_septets_or_question_marks(const Text& text);
Text from_septets(ByteSpan septets);

/// Eight septets in seven octets (23.038 6.1.2.1), after `fill_bits` zero bits (they follow a user data header).
Bytes pack(ByteSpan septets, int fill_bits = 0);
/// Up to `count` septets, fewer when there are not as many.
Bytes unpack(ByteSpan octets, std::size_t count, int fill_bits = 0);

/// Big-endian, as UCS2 messages are sent. An odd octet at the end is dropped.
Bytes to_ucs2(const Text& text);
Text from_ucs2(ByteSpan octets);

/// What is no UTF-8 becomes U+FFFD.
Text from_utf8(std::string_view utf8);
std::string to_utf8(const Text& text);

/// Upper case digits. Either case is read; nothing for anything else.
std::string to_hex(ByteSpan octets);
std::optional<Bytes> from_hex(std::string_view hex);

}  // namespace quasimodem::device::sms
