// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/bytes.hpp"
#include "core/time.hpp"

// What the fuzz targets share. An input is text as far as possible, so that a seed is a small text file.
namespace quasimodem::fuzz {

/// A finding. libFuzzer keeps the input of whoever aborts.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

/// A script: bytes for the UART, and after a backslash a digit for time that passes or a letter for something else that
/// happens. A line feed is sent as the carriage return that ends a command line.
template <class OnByte, class OnTime, class OnEvent>
void play(ByteSpan script, const OnByte& on_byte, const OnTime& on_time, const OnEvent& on_event) {
  static constexpr std::array<Duration, 10> kTimes{0ms, 1ms, 20ms, 100ms, 500ms, 1s, 5s, 30s, 100s, 10min};
  for (std::size_t i = 0; i < script.size(); ++i) {
    const auto byte = script[i];
    if (byte == '\n') {
      on_byte('\r');
    } else if (byte != '\\' || i + 1 == script.size()) {
      on_byte(byte);
    } else if (const auto what = script[++i]; what >= '0' && what <= '9') {
      on_time(kTimes[what - std::size_t{'0'}]);
    } else {
      switch (what) {
        case '\\': on_byte('\\'); break;
        case 'n': on_byte('\n'); break;
        case 'z': on_byte(0x1A); break;
        case 'e': on_byte(0x1B); break;
        default: on_event(static_cast<char>(what));
      }
    }
  }
}

}  // namespace quasimodem::fuzz
