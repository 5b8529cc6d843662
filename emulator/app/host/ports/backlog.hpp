// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/bytes.hpp"
#include "core/log.hpp"

namespace quasimodem::app {

/// What a TE has not taken yet. Bounded: a TE that lags behind others at the same module loses what is beyond, and the
/// log says so. (One that is alone never gets there: the module waits for it.)
class Backlog {
 public:
  explicit Backlog(Logger log) : log_{std::move(log)} {}

  void push(ByteSpan bytes);
  /// Keeps the first `size` bytes: nobody is there yet.
  void limit(std::size_t size);
  ByteSpan waiting() const { return ByteSpan{bytes_}.subspan(gone_); }
  bool empty() const { return gone_ == bytes_.size(); }
  /// These have gone out.
  void pop(std::size_t count);
  void clear();

 private:
  Logger log_;
  Bytes bytes_;
  std::size_t gone_ = 0;
  std::size_t lost_ = 0;
};

}  // namespace quasimodem::app
