// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quasimodem {

using Bytes = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;

/// The same octets, seen as bytes or as text. No copy; the result lives as long as the argument.
inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteSpan bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }
inline std::string to_text(ByteSpan bytes) { return std::string{as_text(bytes)}; }

inline void append(Bytes& to, ByteSpan more) { to.insert(to.end(), more.begin(), more.end()); }
inline void append(Bytes& to, std::string_view more) { append(to, as_bytes(more)); }
/// Takes the first `count` octets away; there must be so many.
inline void drop_front(Bytes& bytes, std::size_t count) {
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
}

/// Printable form for logs and test failures: `\r`, `\n`, `\\`, and `\xNN` for everything outside ASCII 32–126.
std::string escaped(ByteSpan bytes);
inline std::string escaped(std::string_view text) { return escaped(as_bytes(text)); }

/// The inverse of `escaped`. A backslash that starts no known escape stands for itself.
Bytes unescaped(std::string_view text);

}  // namespace quasimodem
