// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "emulator/app/base/json.hpp"

namespace quasimodem::app::schema {

// JSON Schemas, draft 7: the newest that both taplo (TOML) and yaml-language-server know. They are made from the tables
// that the readers of these files go by. What they let pass the reader may still refuse: a p95 below its median, an
// address that does not exist, a state that no module has.

JsonObject configuration_schema();
JsonObject profile_schema();
JsonObject scenario_schema();

/// JSON to be read by people: two blanks for each level, short lists and objects on one line.
std::string pretty(const Json& json);

}  // namespace quasimodem::app::schema
