// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

namespace quasimodem::app {
struct ModuleOptions;
}

namespace quasimodem::library {

/// What the text of a quasimodem.toml asks of a module in memory. Throws Refusal with QM_INVALID_CONFIGURATION: what
/// the program would refuse, and what only the real world has.
std::shared_ptr<const app::ModuleOptions> read_options(std::string_view text);

}  // namespace quasimodem::library
