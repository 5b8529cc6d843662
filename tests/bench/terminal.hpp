// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "tests/bench/process.hpp"

namespace quasimodem::bench {

/// A bare pty, raw.
struct Pty {
  Pty();
  Descriptor master;
  std::string device;
};

/// The host's end of a serial line, blocking. Everything throws Failure when the alarm of the measurement goes off.
class Terminal {
 public:
  explicit Terminal(const std::string& device);

  int descriptor() const { return line_.get(); }

  void write(std::string_view text) { write_all(line_.get(), as_bytes(text)); }
  void write(ByteSpan bytes) { write_all(line_.get(), bytes); }
  /// What is there now, up to `most`; waits for the first octet.
  ByteSpan read(std::size_t most = 65536);
  void read_exactly(std::span<std::uint8_t> into);
  std::string read_until(std::string_view end);
  /// The next octets are exactly these.
  void expect(std::string_view text);
  /// Writes while it reads: for output that does not fit into what the line can hold. `received` gets every piece.
  void exchange(ByteSpan bytes, std::size_t expected_size, const std::function<void(ByteSpan)>& received);

 private:
  Descriptor line_;
  std::array<std::uint8_t, 65536> buffer_{};
  std::size_t from_ = 0;
  std::size_t to_ = 0;
};

}  // namespace quasimodem::bench
