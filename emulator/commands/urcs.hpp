// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "atcmd/channel/channel.hpp"
#include "emulator/commands/session.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/states.hpp"

namespace quasimodem::device {
enum class CallEnd;
}

namespace quasimodem::commands {

/// Switching off, with PWRKEY as a URC.
inline constexpr std::string_view kPowerDownWords = "NORMAL POWER DOWN";

/// What the module says by itself and no command switches.
std::span<const atcmd::Line> urcs_of_no_command();

/// The words for what the ME reports; empty when the TE is not to hear of it with the present settings.
atcmd::Urc urc_for(const device::Event& event, Session& session);

/// What the TE hears when a call ends or does not come about.
atcmd::ResultCode call_result(device::CallEnd end, int call_progress);

/// `+QSIMSTAT: <n>,<inserted>`
std::string sim_holder_line(Session& session);
/// `+CPIN: READY`, as a URC and as an answer.
std::string sim_status_line(device::SimStatus status);

/// `<stat>[,"<lac>","<ci>"]` of AT+CREG and AT+CGREG with <n> = `report`.
std::string registration_fields(device::MobileEquipment& me, RegistrationReport report, device::Domain domain);

}  // namespace quasimodem::commands
