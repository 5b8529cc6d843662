// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/commands/error_texts.hpp"
#include "emulator/device/states.hpp"

namespace quasimodem::commands {

/// The +CME ERROR number that stands between a command and the SIM; 0 when it is ready.
constexpr int cme_of(device::SimStatus status) {
  using device::SimStatus;
  switch (status) {
    case SimStatus::not_inserted: return cme::kSimNotInserted;
    case SimStatus::busy: return cme::kSimBusy;  // OBSERVED: logs just after boot (quirk Q20, FR 2)
    case SimStatus::pin_needed: return cme::kSimPinRequired;
    case SimStatus::puk_needed: return cme::kSimPukRequired;
    case SimStatus::not_ready:
    case SimStatus::blocked: return cme::kSimFailure;  // ASSUMED: so is one that nothing unblocks any more
    case SimStatus::ready: break;
  }
  return 0;
}

/// The +CME ERROR number of what the SIM says to a PIN; 0 when it is accepted.
constexpr int cme_of(device::PinResult result) {
  using Result = device::PinResult;
  switch (result) {
    case Result::accepted: return 0;
    case Result::no_sim: return cme::kSimNotInserted;
    case Result::not_asked_for: return cme::kOperationNotAllowed;
    case Result::puk_asked_for: return cme::kSimPukRequired;
    case Result::wrong: return cme::kIncorrectPassword;
  }
  return 0;
}

}  // namespace quasimodem::commands
