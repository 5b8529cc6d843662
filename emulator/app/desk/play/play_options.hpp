// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "emulator/app/base/process/declaration.hpp"
#include "emulator/app/desk/line/line_address.hpp"
#include "emulator/app/desk/play/mask.hpp"
#include "emulator/device/model.hpp"

namespace quasimodem::app {

/// What `quasimodem play` is asked to do.
struct PlayOptions {
  std::vector<std::string> files;              ///< or folders
  std::optional<LineAddress> port;             ///< none: a module in memory
  std::optional<device::Model> model;          ///< none: the one that a transcript needs, else the M95
  std::map<std::string, std::string> values;   ///< of `{NAME}` in transcripts
  std::map<std::string, std::string> uploads;  ///< content of what a trace withholds, by the name of the module's file
  std::vector<std::string> setup;              ///< command lines before a trace
  std::string modem;                           ///< of a trace of several
  Mask mask;
  bool attended = false;
  bool json = false;
};

/// Or the help that was asked for. Throws Problem.
tl::expected<PlayOptions, std::string> read_play_options(const std::vector<std::string>& arguments);
/// What the command takes.
Declaration declare_play();

/// The whole file. Throws Problem with ExitCode::usage.
std::string file_text(const std::string& path, std::size_t largest);

}  // namespace quasimodem::app
