// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

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
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quasimodem::app
