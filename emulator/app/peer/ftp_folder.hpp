// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "net/ftp/files.hpp"

namespace quasimodem::app {

/// A folder of this machine as an FTP server shows it. Nothing above it is reached, nor what a link leads to outside:
/// such a link is not even listed. Only ordinary files and directories are.
class FtpFolder final : public net::ftp::Files {
 public:
  /// No listing of more.
  static constexpr std::size_t kMostEntries = 10'000;

  /// Throws std::filesystem::filesystem_error when the folder is not there.
  FtpFolder(const std::filesystem::path& root, bool writable);

  bool is_directory(std::string_view path) const override;
  std::unique_ptr<net::ftp::OpenFile> open(std::string_view path) override;
  std::unique_ptr<net::ftp::OpenFile> open_for_writing(std::string_view path, std::size_t kept) override;
  bool remove(std::string_view path) override;
  bool make_directory(std::string_view path) override;
  bool remove_directory(std::string_view path) override;
  bool rename(std::string_view from, std::string_view to) override;
  std::optional<std::vector<Entry>> entries(std::string_view directory) const override;

 private:
  using Path = std::filesystem::path;

  bool within(const Path& resolved) const;
  /// Where it is, with all links followed; none when there is nothing, or not below the root.
  std::optional<Path> existing(std::string_view path) const;
  /// The name itself, no link, in a directory that is there and may be changed; none for the root.
  std::optional<Path> changeable(std::string_view path) const;
  std::optional<Entry> entry(const std::filesystem::directory_entry& found) const;

  Path root_;
  bool writable_;
};

}  // namespace quasimodem::app
