// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "core/bytes.hpp"
#include "core/log.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::app {

/// Open descriptors of one TE; `in` and `out` may be the same. Whoever holds it closes them.
struct OpenEnd {
  int in = -1;
  int out = -1;
};

/// Bytes to and from an open socket, tty or pair of pipes, without ever blocking. Reads from `resume_reading` on.
class ByteStream {
 public:
  struct Events {
    std::function<void(ByteSpan)> received;
    std::function<void()> drained;      ///< everything that was written has gone out
    std::function<void()> input_ended;  ///< end of file
    std::function<void()> broken;       ///< neither direction works any more
  };

  ByteStream(boost::asio::io_context& io, OpenEnd end, Events events, Logger log);
  /// Closes the descriptors. No event comes any more.
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  void write(ByteSpan bytes);
  bool write_pending() const;
  /// Hands over what has come and was not read yet. Of an end it tells later.
  void look();
  void pause_reading();
  void resume_reading();
  int descriptor() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace quasimodem::app
