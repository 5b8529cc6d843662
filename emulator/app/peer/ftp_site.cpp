// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/ftp_site.hpp"

#include "core/bytes.hpp"
#include "emulator/app/peer/ftp_folder.hpp"

namespace quasimodem::app {
namespace {

constexpr std::size_t kNumbers = 65'536, kDigits = 1'000'000;

void put(net::ftp::FileTree& files, std::string_view path, std::size_t size, std::uint8_t first, std::size_t period) {
  auto& content = *files.create(path);
  content.resize(size);
  for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<std::uint8_t>(first + i % period);
}

}  // namespace

std::shared_ptr<net::ftp::Site> ftp_site(const FtpOptions& options) {
  auto site = std::make_shared<net::ftp::Site>();
  site->greeting = "220 quasimodem";
  site->anybody = options.users.empty();
  for (const auto& [name, password] : options.users) site->users[name] = password;
  if (options.root) {
    site->folder = std::make_unique<FtpFolder>(*options.root, options.writable);
    return site;
  }
  append(*site->files.create("/hello.txt"), "hello");
  site->files.make_directory("/pub");
  site->files.make_directory("/upload");
  put(site->files, "/pub/numbers.bin", kNumbers, 0, 256);
  put(site->files, "/pub/digits.txt", kDigits, '0', 10);
  return site;
}

}  // namespace quasimodem::app
