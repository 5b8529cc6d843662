// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "core/bytes.hpp"

namespace quasimodem::app {

/// The host's end of a serial line, for programs that have nothing else to do: a terminal device, `tcp:HOST:PORT` or
/// `unix:PATH`.
class LinePort {
 public:
  /// Throws Problem. A terminal device is made raw; `baud` is its rate.
  LinePort(const std::string& where, int baud);
  ~LinePort();
  LinePort(const LinePort&) = delete;
  LinePort& operator=(const LinePort&) = delete;

  int descriptor() const { return fd_; }
  /// Throws Problem when the line is gone.
  void write(ByteSpan bytes);
  /// What comes within `patience`; empty when nothing does. Throws Problem when the line is gone.
  Bytes read(std::chrono::milliseconds patience);

 private:
  std::string where_;
  int fd_ = -1;
};

}  // namespace quasimodem::app
