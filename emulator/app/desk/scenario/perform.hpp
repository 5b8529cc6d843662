// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "emulator/app/control/target.hpp"
#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app::scenario {

/// Carries out a method as a request of the control socket does, into the journal too. The error is its message.
tl::expected<Json, std::string> perform(control::Target& target, const Act& act);
tl::expected<void, std::string> clear_faults(control::Target& target, const ClearFaults& faults);

}  // namespace quasimodem::app::scenario
