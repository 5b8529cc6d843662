// SPDX-License-Identifier: Apache-2.0
#include "core/random.hpp"

namespace quasimodem {

std::uint64_t SeededRandom::next() {
  state_ += 0x9E3779B97F4A7C15;
  auto z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  std::uint64_t word = 0;
  int left = 0;
  for (auto& byte : out) {
    if (left == 0) {
      word = next();
      left = 8;
    }
    byte = static_cast<std::uint8_t>(word);
    word >>= 8;
    --left;
  }
}

}  // namespace quasimodem
