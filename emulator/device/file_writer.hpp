// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/secret_bytes.hpp"
#include "emulator/device/file_store.hpp"

namespace quasimodem::device {

/// A new file whose content comes bit by bit, from a server. What has come stays, however it ends.
class FileWriter {
 public:
  /// In the place of a file of that name. `open` while a handle has it.
  static FileStore::Result<FileWriter> begin(FileStore& files, FileName name);

  /// How many of the octets there was room for; fewer than there are: the volume is full.
  FileStore::Result<std::size_t> write(ByteSpan octets);
  /// All of it is in the store then.
  FileStore::Result<void> finish();

  const FileName& name() const { return name_; }
  /// Octets written so far.
  std::size_t size() const { return size_; }

 private:
  FileWriter(FileStore& files, FileName name) : files_{&files}, name_{std::move(name)} {}
  FileStore::Result<void> flush();

  FileStore* files_;
  FileName name_;
  SecretBytes waiting_;  ///< UFS writes a file whole each time: not for every packet
  std::size_t size_ = 0;
};

}  // namespace quasimodem::device
