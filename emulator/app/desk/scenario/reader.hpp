// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app::scenario {

/// Reads a scenario file. Everything wrong with it is a Problem with ExitCode::usage that names the place.
std::shared_ptr<const Scenario> read_scenario(const std::filesystem::path& file);
/// The same from text; `file` is for messages.
Scenario parse_scenario(const std::string& file, const std::string& text);

}  // namespace quasimodem::app::scenario
