// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "emulator/app/control/method.hpp"

namespace quasimodem::app::control {

// Each family of methods is a table in a file of its own; methods.cpp puts them together.
std::span<const Method> state_methods();
std::span<const Method> module_methods();
std::span<const Method> network_methods();
std::span<const Method> message_methods();
std::span<const Method> fault_methods();
std::span<const Method> journal_methods();
std::span<const Method> program_methods();

}  // namespace quasimodem::app::control
