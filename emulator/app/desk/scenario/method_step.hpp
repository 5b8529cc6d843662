// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "emulator/app/control/target.hpp"
#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app::scenario {

/// The parameter that a value alone means, whatever it is: `urc: RING`; null when a word is wanted, `power: off`.
const control::Param* text_alone(const control::Method& method);

/// A method of the control socket as a step. `value` is nothing, one word as for `quasimodem ctl`, a list of them, or a
/// map; names and types are checked by the method's own table. Throws Problem.
Act read_method_step(const std::string& source, const control::Method& method, const Node& value);
/// `fault: SPEC`, or a map with `name`.
Act read_fault_step(const std::string& source, const Node& value);
/// `sms.deliver from=… text=…`, `fault bearer.outage for=6s`
std::string act_title(const Act& act);

/// Carries out a method as a request of the control socket does, into the journal too. The error is its message.
tl::expected<Json, std::string> perform(control::Target& target, const Act& act);
tl::expected<void, std::string> clear_faults(control::Target& target, const ClearFaults& faults);

}  // namespace quasimodem::app::scenario
