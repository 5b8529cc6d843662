// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "emulator/app/desk/scenario/engine.hpp"

namespace quasimodem::app::scenario {

/// What failed, what the host did last and what was meant perhaps, in lines; `module` is empty when there is only one.
/// For an engine that has failed.
std::string failure_text(const Engine& engine, const Scenario& scenario, const std::string& module,
                         const std::optional<std::filesystem::path>& trace);

}  // namespace quasimodem::app::scenario
