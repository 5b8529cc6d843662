// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "emulator/app/base/process/child.hpp"
#include "emulator/app/base/process/signals.hpp"

namespace quasimodem::app {

/// The command after `--`.
class HostProgram {
 public:
  /// `ended` is told what a shell would call the outcome.
  HostProgram(boost::asio::io_context& io, std::function<void(int code)> ended);

  /// Throws Problem.
  void start(const std::vector<std::string>& command, const Environment& additions);
  bool runs() const { return process_.has_value(); }
  /// SIGCHLD. With `last_words` its end is told a little later: what it sent at last may still be on its way.
  enum class LastWords { ignored, heard };
  void reap(LastWords last_words);
  /// A signal that we got, while it runs.
  void hear(Signals::Signal signal);
  /// Tells it to end, and sees to it.
  void end();

 private:
  boost::asio::steady_timer timer_;
  std::function<void(int code)> ended_;
  std::optional<pid_t> process_;
  bool ending_ = false;
};

}  // namespace quasimodem::app
