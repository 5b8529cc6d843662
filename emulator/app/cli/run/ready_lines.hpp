// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/child.hpp"
#include "emulator/app/config/uart_url.hpp"

namespace quasimodem::app {

/// Where one module can be reached.
struct ModuleEndpoints {
  std::string name;
  std::vector<UartUrl> uarts;          ///< as they were asked for
  std::vector<std::string> addresses;  ///< as they are, in the same order
  std::string control;                 ///< path of the control socket; empty: there is none
};

enum class ReadyForm { line, json };

/// `ready NAME ADDRESS` for each module, with its first endpoint, or an object with all of them. To standard output;
/// where that is a UART itself, to standard error.
void print_ready_lines(const std::vector<ModuleEndpoints>& modules, ReadyForm form);

/// How to talk to the first module and how to watch it, for a person: a line each, or nothing of what cannot be done.
/// `program` is what to type for this program.
std::string first_steps(const std::vector<ModuleEndpoints>& modules, const std::string& program);

/// QUASIMODEM_TTY, QUASIMODEM_TCP and QUASIMODEM_RFC2217: the first of their kind; QUASIMODEM_CTL. With several modules
/// those of the first one, and QUASIMODEM_TTY_0, QUASIMODEM_TTY_1, … for each.
Environment variables_for(const std::vector<ModuleEndpoints>& modules);

}  // namespace quasimodem::app
