// SPDX-License-Identifier: Apache-2.0
#include "tests/secrets/memory_watch.hpp"

#include <cstdlib>
#include <new>
#include <string.h>

namespace {

using quasimodem::ByteSpan;

constexpr std::size_t kPiece = 16;
constexpr std::size_t kStep = 48;  // between the pieces that are looked for

/// Stands before every block.
struct alignas(std::max_align_t) Block {
  Block* previous;
  Block* next;
  std::size_t size;

  ByteSpan bytes() const { return {reinterpret_cast<const std::uint8_t*>(this + 1), size}; }
};

Block first{&first, &first, 0};  // of a ring; it has no bytes
ByteSpan watched;
std::size_t blocks_given_back = 0;

bool has_piece(ByteSpan bytes) {
  for (std::size_t at = 0; at + kPiece <= watched.size(); at += kStep) {
    if (memmem(bytes.data(), bytes.size(), watched.data() + at, kPiece)) return true;
  }
  return false;
}

void* allocate(std::size_t size) noexcept {
  auto* block = static_cast<Block*>(std::malloc(sizeof(Block) + size));
  if (!block) std::abort();
  *block = {first.previous, &first, size};
  first.previous->next = block;
  first.previous = block;
  return block + 1;
}

void give_back(void* memory) noexcept {
  if (!memory) return;
  auto* block = static_cast<Block*>(memory) - 1;
  if (!watched.empty() && has_piece(block->bytes())) ++blocks_given_back;
  block->previous->next = block->next;
  block->next->previous = block->previous;
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete[](void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete[](void* memory, std::size_t) noexcept { give_back(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { give_back(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { give_back(memory); }

namespace quasimodem::test {

MemoryWatch::MemoryWatch(ByteSpan secret) {
  blocks_given_back = 0;
  watched = secret;
}

MemoryWatch::~MemoryWatch() { watched = {}; }

std::size_t MemoryWatch::given_back() const { return blocks_given_back; }

std::size_t MemoryWatch::held() const {
  std::size_t count = 0;
  for (const auto* block = first.next; block != &first; block = block->next) count += has_piece(block->bytes()) ? 1 : 0;
  return count;
}

}  // namespace quasimodem::test
