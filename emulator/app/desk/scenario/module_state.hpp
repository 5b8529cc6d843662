// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "emulator/app/control/target.hpp"
#include "emulator/app/desk/scenario/document.hpp"

namespace quasimodem::app::scenario {

/// What is not as `wanted` in the module's state now.
std::optional<std::string> mismatch(control::Target& target, const Node& wanted);
/// What `wanted` asks for and no state of this module has, with its place.
struct NoSuchState {
  Place place;
  std::string message;
};
std::optional<NoSuchState> impossible_state(control::Target& target, const Node& wanted);

}  // namespace quasimodem::app::scenario
