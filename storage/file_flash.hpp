// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

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
    foreign,        ///< it holds something that is no record of ours, or one of a later version of this program
  };
  Kind kind;
  std::string message;  ///< a sentence for the user: which path, what is wrong, what to do
};

/// A record that is not what was written.
struct FlashDamage {
  std::filesystem::path file;
  std::string record;
  std::string what;  ///< `has a wrong checksum`
};

/// What the user of a directory knows of its records, and wants to know.
struct FlashRecords {
  /// Whether a file of this name is a record, whatever it holds; without it, only what begins as one is.
  std::function<bool(std::string_view record)> known{};
  /// Told once for each damage, also while the directory is opened.
  std::function<void(const FlashDamage&)> on_damage{};
};

/// A Flash in a directory, one file per record, for one process at a time.
///
/// A record file is a header of 16 bytes, all numbers big-endian, and the content: "QMFL", format version (u32), size
/// of the content (u32), CRC-32 (ISO-HDLC) of the twelve bytes before and the content. Version 1 had the same with a
/// CRC of the header alone; it is read, and written no more. A later version keeps this header. Killing the process at
/// any moment leaves each record as it was before or after the write.
class FileFlash final : public Flash {
 public:
  static constexpr std::size_t kLargest = 16 * 1024 * 1024;  ///< content of a record, in bytes

  /// Opens the directory, makes it (mode 0700) when it is not there, and locks it until the object is destroyed.
  /// Refuses a directory with files that are not ours. A damaged record is left as it is until it is written again, and
  /// does no harm to the others.
  static tl::expected<std::unique_ptr<FileFlash>, FileFlashProblem> open(const std::filesystem::path& directory,
                                                                         FileCalls& calls = FileCalls::system(),
                                                                         FlashRecords records = {});
  ~FileFlash() override;
  FileFlash(const FileFlash&) = delete;
  FileFlash& operator=(const FileFlash&) = delete;

  /// Letters, digits, `.`, `_` and `-`, at most 100 of them, no dot in front. Other names fail in every operation.
  static bool is_record_name(std::string_view name);

  tl::expected<std::optional<Bytes>, FlashError> read(std::string_view name) const override;
  Bytes remains_of(std::string_view name) const override;
  tl::expected<void, FlashError> write(std::string_view name, ByteSpan content) override;
  tl::expected<void, FlashError> erase(std::string_view name) override;
  tl::expected<std::vector<std::string>, FlashError> list() const override;

 private:
  using Opened = tl::expected<void, FileFlashProblem>;

  FileFlash(std::filesystem::path path, FileCalls& calls, FlashRecords records)
      : path_{std::move(path)}, calls_{calls}, records_{std::move(records)} {}

  Opened make_directory();
  Opened lock();
  Opened remove_leftovers();
  Opened check_records() const;
  void tell_damage(std::string_view record, std::string what) const;
  int open_at(const char* name, int flags) const;
  bool write_file(int file, ByteSpan content);
  bool write_all(int file, ByteSpan bytes);

  std::filesystem::path path_;
  FileCalls& calls_;
  FlashRecords records_;
  mutable std::set<std::string, std::less<>> told_;  ///< damaged records
  int directory_ = -1;
  int lock_ = -1;
};

}  // namespace quasimodem::storage
