// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/bytes.hpp"

namespace quasimodem {

/// Overwrites key material with zeros; the compiler may not leave it out.
inline void wipe(std::span<std::uint8_t> secret) {
  std::fill(secret.begin(), secret.end(), std::uint8_t{0});
  asm volatile("" : : "r"(secret.data()) : "memory");
}

/// Overwrites and empties, with what a longer, earlier content left between size and capacity.
inline void wipe(Bytes& secret) {
  secret.resize(secret.capacity());
  wipe(std::span{secret});
  secret.clear();
}

/// Overwrites memory before it is given back.
template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class Other>
  explicit WipingAllocator(const WipingAllocator<Other>&) {}

  T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    wipe({reinterpret_cast<std::uint8_t*>(memory), count * sizeof(T)});
    std::allocator<T>{}.deallocate(memory, count);
  }

  bool operator==(const WipingAllocator&) const = default;
};

/// Bytes among which certificates and keys may be, on their way to where they are sealed. Nothing of them stays in
/// memory, if what is no longer needed is taken away with `drop_front`.
using SecretBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

inline void append(SecretBytes& to, ByteSpan more) { to.insert(to.end(), more.begin(), more.end()); }

/// Takes the first `count` bytes away, at most all. The memory that is free then is overwritten.
inline void drop_front(SecretBytes& bytes, std::size_t count) {
  const auto rest = std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(count), bytes.end(), bytes.begin());
  wipe({rest, bytes.end()});
  bytes.erase(rest, bytes.end());
}

}  // namespace quasimodem
