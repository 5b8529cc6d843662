// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "net/ftp/files.hpp"

namespace quasimodem::net::ftp {

/// The files of a server, in memory. Bounded: by octets, number of entries and length of their paths.
class FileTree final : public Files {
 public:
  static constexpr std::size_t kDefaultLimit = 64U * 1024 * 1024;
  static constexpr std::size_t kMostEntries = 10'000;
  static constexpr std::size_t kLongestPath = 1024;
  using File = std::shared_ptr<Bytes>;  ///< also after it is removed, while somebody reads or writes it

  /// Octets of all files, also of those that are removed and still read or written.
  explicit FileTree(std::size_t limit = kDefaultLimit) : limit_{limit} {}

  /// `path` as seen from the directory `from`; `..` of the root is the root.
  static std::string absolute(std::string_view from, std::string_view path);

  bool is_directory(std::string_view path) const override;
  /// Null when there is none.
  File find(std::string_view path) const;
  /// Empty, in the place of one that was there. Null without the directory, or when it is one itself.
  File create(std::string_view path);
  /// False, and nothing is added, when the limit does not allow it.
  bool append_to(Bytes& file, ByteSpan more);
  std::unique_ptr<OpenFile> open(std::string_view path) override;
  std::unique_ptr<OpenFile> open_for_writing(std::string_view path, std::size_t kept) override;
  bool remove(std::string_view path) override;
  bool make_directory(std::string_view path) override;
  bool remove_directory(std::string_view path) override;
  bool rename(std::string_view from, std::string_view to) override;
  /// In order of name.
  std::vector<Entry> list(std::string_view directory) const;
  std::optional<std::vector<Entry>> entries(std::string_view directory) const override { return list(directory); }

 private:
  class Opened;

  bool exists(std::string_view path) const { return entries_.contains(path); }
  bool has_directory_of(std::string_view path) const;
  bool has_room_for(std::string_view path) const;
  void retire(const File& file);
  std::size_t used() const;

  std::map<std::string, File, std::less<>> entries_{{"/", nullptr}};  ///< null: a directory
  std::vector<std::weak_ptr<Bytes>> retired_;                         ///< removed, and perhaps still in use
  std::size_t limit_;
};

}  // namespace quasimodem::net::ftp
