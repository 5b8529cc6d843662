// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quasimodem::device {

enum class Power { off, starting, on };
enum class Functionality { minimum = 0, full = 1, flight = 4 };
enum class SimStatus { not_inserted, not_ready, busy, pin_needed, puk_needed, blocked, ready };
enum class PinResult { accepted, wrong, not_asked_for, puk_asked_for, no_sim };
enum class RegistrationStatus { not_searching = 0, home = 1, searching = 2, denied = 3, unknown = 4, roaming = 5 };
enum class Domain { circuit_switched, packet_switched };

/// How the power goes: as the TE asked for it, or all at once (supply cut, watchdog).
enum class PowerLoss { orderly, sudden };

/// <sc>: a socket of AT+QIOPEN or one that came in through AT+QISERVER.
enum class Role { client = 1, server = 2 };

/// Without service the contexts go, unless the outage is short.
enum class Outage { brief, lasting };

/// Who ended a context that the TE did not end.
enum class EndedBy { network, module };

/// <connectcode> of +QSSLOPEN, SSL 2.2.2.
enum class ConnectCode { success = 0, error = -1, occupied = -2 };

}  // namespace quasimodem::device
