// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "storage/file_calls.hpp"
#include "storage/flash.hpp"

namespace quasimodem::storage {

/// Why a directory cannot be used as NVRAM.
struct FileFlashProblem {
  enum class Kind {
    cannot_create,  ///< the directory is not there and could not be made
    not_writable,   ///< the directory is there but may not be used
    in_use,         ///< another process works with it
    damaged,        ///< it holds something that is not a whole record of ours
  };
  Kind kind;
  std::string message;  ///< a sentence for the user: which path, what is wrong, what to do
};

/// A Flash in a directory, one file per record, for one process at a time.
///
/// A record file is a header of 16 bytes, all numbers big-endian, and the content: "QMFL", format version (u32), size
/// of the content (u32), CRC-32 (ISO-HDLC) of the twelve bytes before. The content has no checksum here on purpose: a
/// flipped bit in a certificate is the module's to report (AT+QSECREAD, <good> 0).
/// Killing the process at any moment leaves each record as it was before or after the write.
class FileFlash final : public Flash {
 public:
  /// Opens the directory, makes it (mode 0700) when it is not there, and locks it until the object is destroyed.
  /// Refuses a directory in which any file is not a whole record; nothing is ever repaired silently.
  static tl::expected<std::unique_ptr<FileFlash>, FileFlashProblem> open(const std::filesystem::path& directory,
                                                                         FileCalls& calls = FileCalls::system());
  ~FileFlash() override;
  FileFlash(const FileFlash&) = delete;
  FileFlash& operator=(const FileFlash&) = delete;

  /// Letters, digits, `.`, `_` and `-`, at most 100 of them, no dot in front. Other names fail in every operation.
  static bool is_record_name(std::string_view name);

  tl::expected<std::optional<Bytes>, FlashError> read(std::string_view name) const override;
  tl::expected<void, FlashError> write(std::string_view name, ByteSpan content) override;
  tl::expected<void, FlashError> erase(std::string_view name) override;
  tl::expected<std::vector<std::string>, FlashError> list() const override;

 private:
  using Opened = tl::expected<void, FileFlashProblem>;

  FileFlash(std::filesystem::path path, FileCalls& calls) : path_{std::move(path)}, calls_{calls} {}

  Opened make_directory();
  Opened lock();
  Opened remove_leftovers();
  Opened check_records() const;
  int open_at(const char* name, int flags) const;
  bool write_file(int file, ByteSpan content);
  bool write_all(int file, ByteSpan bytes);

  std::filesystem::path path_;
  FileCalls& calls_;
  int directory_ = -1;
  int lock_ = -1;
};

}  // namespace quasimodem::storage
