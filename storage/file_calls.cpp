// SPDX-License-Identifier: Apache-2.0
#include "storage/file_calls.hpp"

#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace quasimodem::storage {

FileCalls& FileCalls::system() {
  static FileCalls calls;  // has no state
  return calls;
}

int FileCalls::open_at(int directory, const char* name, int flags, mode_t mode) {
  return ::openat(directory, name, flags, mode);
}
ssize_t FileCalls::read(int file, void* to, std::size_t size) { return ::read(file, to, size); }
ssize_t FileCalls::write(int file, const void* from, std::size_t size) { return ::write(file, from, size); }
int FileCalls::sync(int file) { return ::fsync(file); }
int FileCalls::close(int file) { return ::close(file); }
int FileCalls::rename_at(int directory, const char* from, const char* to) {
  return ::renameat(directory, from, directory, to);
}
int FileCalls::unlink_at(int directory, const char* name) { return ::unlinkat(directory, name, 0); }

}  // namespace quasimodem::storage
