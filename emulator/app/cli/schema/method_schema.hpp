// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/base/json.hpp"
#include "emulator/app/control/method.hpp"

namespace quasimodem::app::schema {

/// What stands behind a method of the control socket as a step of a scenario: nothing, a word as for `quasimodem ctl`,
/// a list of such words, or a map. Refers to the definition `flag`.
JsonObject method_schema(const control::Method& method);
/// A member of such a map that is true or false; null is a flag alone: `power: {key: }`.
JsonObject flag_schema();

}  // namespace quasimodem::app::schema
