// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/time.hpp"

namespace quasimodem::device {

/// How long the module and its network take. Figures: ecosystem.md 4.2.
struct Timing {
  std::string_view name;
  bool uart_paced = false;  ///< bytes take their time at the baud rate
  Duration command{};       ///< before a command line is answered
  Duration boot{};          ///< power on to RDY
  Duration call_ready{};    ///< power on to Call Ready
  Duration registration{};
  Duration attach{};
  Duration activate{};    ///< QIACT
  Duration deactivate{};  ///< QIDEACT
  Duration round_trip{};
  Duration tls_plain{};  ///< the module's own time for a handshake: no authentication, server, both
  Duration tls_server{};
  Duration tls_mutual{};
};

/// Every order of events stays, only the waiting goes.
inline constexpr Timing kInstant{.name = "instant"};

inline constexpr Timing kLab{
    .name = "lab",
    .uart_paced = true,
    .command = 5ms,
    .boot = 300ms,
    .call_ready = 1s,
    .registration = 1s,
    .attach = 300ms,
    .activate = 500ms,
    .deactivate = 200ms,
    .round_trip = 100ms,
    .tls_plain = 200ms,
    .tls_server = 300ms,
    .tls_mutual = 500ms,
};

constexpr const Timing* timing_named(std::string_view name) {
  if (name == kInstant.name) return &kInstant;
  if (name == kLab.name) return &kLab;
  return nullptr;
}

}  // namespace quasimodem::device
