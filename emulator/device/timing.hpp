// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace quasimodem::device {

/// How long one kind of thing takes: log-normal, told by its median and the time that 95 of 100 stay below. Constant
/// when they are equal.
struct Delay {
  Duration median{};
  Duration p95{};

  constexpr Delay() = default;
  template <class Rep, class Period>
  constexpr Delay(std::chrono::duration<Rep, Period> constant) : median{constant}, p95{constant} {}  // NOLINT
  constexpr Delay(Duration median_time, Duration p95_time) : median{median_time}, p95{p95_time} {}
  bool operator==(const Delay&) const = default;
};

/// What befalls a module now and then: on average once in `every` (never when that is zero), for a time anywhere
/// between the two.
struct Spell {
  Duration every{};
  Duration shortest{};
  Duration longest{};
  bool operator==(const Spell&) const = default;
};

/// How long the module and its network take, and what weather the network has. Figures: the files in profiles/.
/// All zero: every order of events stays, only the waiting goes.
struct Timing {
  std::string name = "instant";
  bool uart_paced = false;  ///< bytes take their time at the baud rate
  Delay command;            ///< before a command line is answered
  Delay boot;               ///< power on to RDY
  Delay sim_start;          ///< +CFUN: 1 to +CPIN: READY; the SIM is busy meanwhile
  Delay call_ready;         ///< power on to Call Ready
  Delay registration;
  Delay attach;
  Delay activate;    ///< QIACT
  Delay deactivate;  ///< QIDEACT
  Delay round_trip;
  Delay idle_penalty;      ///< more for the first packet after `idle_after` without one
  Duration idle_after{};   ///< how long the network keeps the radio channel for a silent module
  double down_kbit_s = 0;  ///< 0: unlimited
  double up_kbit_s = 0;
  Delay message_part;  ///< between two parts of a long message
  Delay report;        ///< from the message that the network took to the report on it
  Delay tls_plain;     ///< the module's own time for a handshake: no authentication, server, both
  Delay tls_server;
  Delay tls_mutual;
  Spell outage;    ///< nothing moves, nothing is lost
  Spell pdp_drop;  ///< the network takes the context away; its length means nothing
  bool operator==(const Timing&) const = default;
};

/// Every kind of delay, and its name in a profile.
struct DelayKind {
  std::string_view section;
  std::string_view key;
  Delay Timing::*value;
  std::string_view meaning;
};

inline constexpr std::array kDelayKinds{
    DelayKind{"module", "command", &Timing::command, "before a command line is answered"},
    DelayKind{"module", "boot", &Timing::boot, "power on to RDY"},
    DelayKind{"module", "sim_start", &Timing::sim_start, "from +CFUN: 1 to +CPIN: READY"},
    DelayKind{"module", "call_ready", &Timing::call_ready, "power on to Call Ready"},
    DelayKind{"network", "registration", &Timing::registration, "until the network has the module"},
    DelayKind{"network", "attach", &Timing::attach, "until the packet domain has it"},
    DelayKind{"network", "activate", &Timing::activate, "AT+QIACT"},
    DelayKind{"network", "deactivate", &Timing::deactivate, "AT+QIDEACT"},
    DelayKind{"network", "round_trip", &Timing::round_trip,
              "a look-up and a connection take one, data half of one each way"},
    DelayKind{"network", "idle_penalty", &Timing::idle_penalty,
              "more for the first packet after idle_after without one"},
    DelayKind{"tls", "no_authentication", &Timing::tls_plain,
              "the module's own time for a full handshake at seclevel 0"},
    DelayKind{"tls", "server_authentication", &Timing::tls_server, "the same at seclevel 1"},
    DelayKind{"tls", "mutual_authentication", &Timing::tls_mutual, "the same at seclevel 2"},
    // At the end, so that what a seed draws for the others stays.
    DelayKind{"network", "message_part", &Timing::message_part,
              "from one part of a long message that arrives to the next"},
    DelayKind{"network", "report", &Timing::report, "from a message that was sent to its status report"},
};

}  // namespace quasimodem::device
