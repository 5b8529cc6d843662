// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "emulator/app/base/json.hpp"
#include "emulator/app/control/target.hpp"

namespace quasimodem::app::control {

/// What a test sets up and wants back: settings, clock, SIM, network, contexts. Of certificates and files only which
/// there are.
Json take_snapshot(Target& target);
/// Puts it back and answers with what could not be: certificates and files that are not there any more as they were.
/// Checks everything before it changes anything.
tl::expected<Json, std::string> restore_snapshot(Target& target, const Json& snapshot);

Json certificate_list(device::MobileEquipment& me);
Json file_list(device::MobileEquipment& me);

}  // namespace quasimodem::app::control
