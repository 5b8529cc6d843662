// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/open_file.hpp"

namespace quasimodem::app {

tl::expected<std::string, std::string> read_text_file(const std::filesystem::path& path, std::size_t largest) {
  constexpr std::size_t kMegabyte = 1024 * 1024;
  const auto reason = [] { return tl::unexpected{std::generic_category().message(errno)}; };
  const auto descriptor = open_to_read(path);
  if (!descriptor) return tl::unexpected{descriptor.error()};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{::fdopen(*descriptor, "rb"), &std::fclose};
  if (!file) return reason();
  std::string text;
  std::array<char, 16 * 1024> piece{};
  while (const auto size = std::fread(piece.data(), 1, piece.size(), file.get())) {
    text.append(piece.data(), size);
    if (text.size() > largest) return tl::unexpected{fmt::format("it is larger than {} MB", largest / kMegabyte)};
  }
  if (std::ferror(file.get()) != 0) return reason();  // a directory opens and does not read
  return text;
}

std::optional<std::string> read_text_line(std::istream& stream) {
  using Traits = std::istream::traits_type;
  std::string line;
  while (line.size() < kLargestHandwritten) {
    const auto next = stream.rdbuf()->sbumpc();
    if (Traits::eq_int_type(next, Traits::eof())) break;
    const auto c = Traits::to_char_type(next);
    if (c == '\n') return line;
    line += c;
  }
  return line.empty() ? std::nullopt : std::optional{std::move(line)};
}

}  // namespace quasimodem::app
