// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace quasimodem::net::ftp {

/// The files of a server, in memory. Paths are absolute and in their shortest form, as `absolute` makes them.
class FileTree {
 public:
  static constexpr std::size_t kDefaultLimit = 64U * 1024 * 1024;
  using File = std::shared_ptr<Bytes>;  ///< also after it is removed, while somebody reads or writes it

  struct Entry {
    std::string name;
    std::size_t size = 0;
    bool directory = false;
  };

  /// Octets of all files.
  explicit FileTree(std::size_t limit = kDefaultLimit) : limit_{limit} {}

  /// `path` as seen from the directory `from`; `..` of the root is the root.
  static std::string absolute(std::string_view from, std::string_view path);

  bool is_directory(std::string_view path) const;
  /// Null when there is none.
  File find(std::string_view path) const;
  /// Empty, in the place of one that was there. Null without the directory, or when it is one itself.
  File create(std::string_view path);
  /// False, and nothing is added, when the limit does not allow it.
  bool append_to(Bytes& file, ByteSpan more);
  bool remove(std::string_view path);
  bool make_directory(std::string_view path);
  /// Only an empty one, and not the root.
  bool remove_directory(std::string_view path);
  /// A file, or a directory with all that is in it; not onto something.
  bool rename(std::string_view from, std::string_view to);
  /// In order of name.
  std::vector<Entry> list(std::string_view directory) const;

 private:
  bool exists(std::string_view path) const { return entries_.contains(path); }
  bool has_directory_of(std::string_view path) const;

  std::map<std::string, File, std::less<>> entries_{{"/", nullptr}};  ///< null: a directory
  std::size_t limit_;
};

}  // namespace quasimodem::net::ftp
