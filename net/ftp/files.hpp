// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace quasimodem::net::ftp {

/// A file while a server reads or writes it.
class OpenFile {
 public:
  OpenFile() = default;
  virtual ~OpenFile() = default;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  virtual std::size_t size() const = 0;
  /// At most `most` octets from `position` on; empty at the end, and when the file cannot be read.
  virtual Bytes read(std::size_t position, std::size_t most) = 0;
  /// False, when not all could be written.
  virtual bool append(ByteSpan more) = 0;
};

/// What a server shows: a tree of files. Paths are absolute and in their shortest form, as FileTree::absolute makes
/// them.
class Files {
 public:
  struct Entry {
    std::string name;
    std::size_t size = 0;
    bool directory = false;
  };

  virtual ~Files() = default;

  virtual bool is_directory(std::string_view path) const = 0;
  /// Null when there is no such file.
  virtual std::unique_ptr<OpenFile> open(std::string_view path) = 0;
  /// The file with its first `kept` octets only, made if need be. Null when it is shorter than that, when there is no
  /// directory for it, or when it may not be written.
  virtual std::unique_ptr<OpenFile> open_for_writing(std::string_view path, std::size_t kept) = 0;
  virtual bool remove(std::string_view path) = 0;
  virtual bool make_directory(std::string_view path) = 0;
  /// Only an empty one, and not the root.
  virtual bool remove_directory(std::string_view path) = 0;
  /// A file, or a directory with all that is in it; not onto something.
  virtual bool rename(std::string_view from, std::string_view to) = 0;
  /// What is in a directory, in order of name; nothing at all when that is more than a server lists.
  virtual std::optional<std::vector<Entry>> entries(std::string_view directory) const = 0;

 protected:
  Files() = default;
  Files(const Files&) = default;
  Files& operator=(const Files&) = default;
};

}  // namespace quasimodem::net::ftp
