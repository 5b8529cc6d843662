// SPDX-License-Identifier: Apache-2.0
#include "emulator/library/flash_image.hpp"

#include "emulator/library/border.hpp"

namespace quasimodem::library {
namespace {

// The first line, then for each record its name and its content, each after its size in four octets, the least first.
constexpr std::string_view kFirstLine = "quasimodem flash 1\n";
constexpr std::size_t kOctetsOfSize = 4;

void append_part(Bytes& image, ByteSpan part) {
  for (std::size_t i = 0; i < kOctetsOfSize; ++i) image.push_back(static_cast<std::uint8_t>(part.size() >> (8 * i)));
  append(image, part);
}

[[noreturn]] void no_image() { invalid("the image is none of qm_save_flash"); }

ByteSpan take_part(ByteSpan& rest) {
  if (rest.size() < kOctetsOfSize) no_image();
  std::size_t size = 0;
  for (std::size_t i = 0; i < kOctetsOfSize; ++i) size |= static_cast<std::size_t>(rest[i]) << (8 * i);
  rest = rest.subspan(kOctetsOfSize);
  if (rest.size() < size) no_image();
  const auto part = rest.first(size);
  rest = rest.subspan(size);
  return part;
}

}  // namespace

Bytes image_of(const storage::MemoryFlash& flash) {
  auto image = to_bytes(kFirstLine);
  const auto names = flash.list().value();
  for (const auto& name : names) {
    append_part(image, as_bytes(name));
    append_part(image, flash.read(name).value().value());
  }
  return image;
}

storage::MemoryFlash flash_of(ByteSpan image) {
  if (!as_text(image).starts_with(kFirstLine)) no_image();
  storage::MemoryFlash flash;
  for (auto rest = image.subspan(kFirstLine.size()); !rest.empty();) {
    const auto name = take_part(rest);
    static_cast<void>(flash.write(as_text(name), take_part(rest)));  // never fails
  }
  return flash;
}

}  // namespace quasimodem::library
