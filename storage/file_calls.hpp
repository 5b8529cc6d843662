// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <sys/types.h>

namespace quasimodem::storage {

/// The system calls by which FileFlash touches its records, as in the manual pages: -1 and errno on failure.
/// A test puts its own in between to fail, or to die, at each step.
class FileCalls {
 public:
  /// The operating system's.
  static FileCalls& system();

  virtual ~FileCalls() = default;
  virtual int open_at(int directory, const char* name, int flags, mode_t mode);
  virtual ssize_t read(int file, void* to, std::size_t size);
  virtual ssize_t write(int file, const void* from, std::size_t size);
  virtual int sync(int file);
  virtual int close(int file);
  virtual int rename_at(int directory, const char* from, const char* to);
  virtual int unlink_at(int directory, const char* name);
};

}  // namespace quasimodem::storage
