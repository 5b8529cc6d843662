// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/bytes.hpp"

namespace quasimodem::test {

/// Looks for pieces of a secret in all memory that this program gets with `new`: what it gives back while the watch
/// lasts, and what it still has. The secret itself must lie elsewhere. One at a time, in one thread.
class MemoryWatch {
 public:
  explicit MemoryWatch(ByteSpan secret);
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  /// Blocks that were given back with a piece of it in them.
  std::size_t given_back() const;
  /// Blocks with a piece of it in them now, whether that part of the block is in use or not.
  std::size_t held() const;
};

}  // namespace quasimodem::test
