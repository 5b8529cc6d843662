// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "emulator/app/base/process/declaration.hpp"
#include "emulator/app/config/uart_url.hpp"
#include "emulator/app/desk/line/line_address.hpp"
#include "emulator/uart_journal.hpp"

namespace quasimodem::app {

/// What `quasimodem record` is asked to do.
struct RecordOptions {
  UartUrl host;                              ///< where the host comes to
  LineAddress module;                        ///< where the module is
  std::optional<std::filesystem::path> out;  ///< none: standard output
  std::string name = "module";               ///< `modem` in the records
  emulator::UartJournal::Payload payload = emulator::UartJournal::Payload::withheld;
  LogLevel log_level = LogLevel::warning;
};

struct RecordInvocation {
  std::optional<RecordOptions> record;
  std::string text;  ///< help, when there is nothing to record
};

/// Throws Problem.
RecordInvocation read_record_options(const std::vector<std::string>& arguments);
/// What the command takes.
Declaration declare_record();

}  // namespace quasimodem::app
