// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/file_writer.hpp"

#include <algorithm>
#include <utility>

namespace quasimodem::device {
namespace {

constexpr std::size_t kWritten = 8192;

}  // namespace

FileStore::Result<FileWriter> FileWriter::begin(FileStore& files, FileName name) {
  if (const auto free = files.make_way(name); !free) return tl::unexpected{free.error()};
  FileWriter writer{files, std::move(name)};
  if (const auto made = files.extend(writer.name_, {}); !made) return tl::unexpected{made.error()};
  return writer;
}

FileStore::Result<std::size_t> FileWriter::write(ByteSpan octets) {
  const auto free = files_->available(name_.volume) - std::min(files_->available(name_.volume), waiting_.size());
  const auto part = octets.first(std::min(octets.size(), free));
  append(waiting_, part);
  size_ += part.size();
  if (waiting_.size() < kWritten) return part.size();
  if (const auto flushed = flush(); !flushed) return tl::unexpected{flushed.error()};
  return part.size();
}

FileStore::Result<void> FileWriter::flush() {
  const auto taken = files_->extend(name_, waiting_);
  if (!taken) return tl::unexpected{taken.error()};
  const bool all = *taken == waiting_.size();
  size_ -= waiting_.size() - *taken;
  drop_front(waiting_, waiting_.size());
  return all ? FileStore::Result<void>{} : tl::unexpected{FileProblem::no_space};
}

FileStore::Result<void> FileWriter::finish() {
  if (const auto flushed = flush(); !flushed) return flushed;
  files_->note_stored(name_);
  return {};
}

}  // namespace quasimodem::device
