// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

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

/// Reads what stands after `quasimodem record`; the help instead, when that was asked for. Throws Problem.
tl::expected<RecordOptions, std::string> read_record_options(const std::vector<std::string>& arguments);
/// What the command takes.
Declaration declare_record();

/// `quasimodem record`: passes bytes between a host and a real module until it is told to end, and writes a trace of
/// them. Gives the exit code. Throws Problem.
int record(const RecordOptions& options);

}  // namespace quasimodem::app
