// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace quasimodem::app {

/// SIGINT, SIGTERM, SIGHUP and SIGCHLD as events of the loop. From the construction on they do nothing else in this
/// thread and those it starts, so it comes first of all. A SIGHUP that was ignored (nohup) stays so. One at a time.
class Signals {
 public:
  /// What a second SIGINT does. `ends` is for a program that hangs: it need not be in its loop.
  enum class SecondInterrupt { ends, is_told };

  struct Signal {
    int number = 0;
    bool from_terminal = false;  ///< Ctrl-C: every process of the foreground got it
  };

  /// Throws std::system_error.
  Signals(boost::asio::io_context& io, SecondInterrupt second, std::function<void(Signal)> on_signal);
  ~Signals();

 private:
  using Descriptor = boost::asio::posix::stream_descriptor;

  /// Hears what comes from a descriptor in messages of one kind, each of which `signal` reads.
  template <class Message>
  void wait(Descriptor& from, Signal (*signal)(const Message&));

  std::function<void(Signal)> on_signal_;
  Descriptor descriptor_;
  Descriptor interrupts_;
};

}  // namespace quasimodem::app
