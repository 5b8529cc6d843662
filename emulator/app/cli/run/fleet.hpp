// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/cli/run/ready_lines.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/desk/trace_file.hpp"
#include "emulator/app/host/modem_host.hpp"

namespace quasimodem::app {

/// The modules of this program, with the files that are written of them: --trace, --keylog.
class Fleet {
 public:
  struct Events {
    std::function<void()> finished;  ///< nobody can ever reach one of them again
    std::function<void()> quit;      ///< a client of a control socket wants the program to end
    std::function<void(const std::string& what)> output_failed;
  };

  /// Starts them. Throws Problem when something that one needs cannot be had.
  Fleet(boost::asio::io_context& io, RunOptions options, LogSink& sink, const Events& events);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  const std::vector<std::unique_ptr<ModemHost>>& modules() const { return modules_; }
  /// All of them hear their UART.
  bool ready() const { return ready_ == modules_.size(); }
  std::vector<ModuleEndpoints> endpoints() const;
  /// Takes over what running modules can, of the options that have changed.
  void reconfigure(const RunOptions& options, const std::set<std::string_view>& changed);

 private:
  std::vector<std::vector<UartUrl>> uarts_;  ///< of each module
  std::vector<std::unique_ptr<ModemHost>> modules_;
  std::optional<TraceFile> trace_;
  std::size_t ready_ = 0;
};

}  // namespace quasimodem::app
