// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/base/json.hpp"

namespace quasimodem::app::schema {

/// What a fault is as a line of text; says nothing of what is no string.
JsonObject fault_line();
/// What it is as a map with `name`; says nothing of what is no object.
JsonObject fault_map();
/// All names, `all` first when that is wanted.
JsonArray fault_names(bool all = false);

}  // namespace quasimodem::app::schema
