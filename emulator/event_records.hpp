// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/journal.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/states.hpp"

namespace quasimodem::emulator {

/// Writes down what the ME reported, in the words of docs/control.md. Most of TCP/IP speaks for itself elsewhere.
void note_event(const Journal& journal, const device::Event& event, device::MobileEquipment& me);

// The same words are used for the module's state.
std::string_view word_of(device::SimStatus status);
std::string_view word_of(device::RegistrationStatus status);
std::string_view word_of(device::Functionality functionality);
std::string_view word_of(device::Power power);

}  // namespace quasimodem::emulator
