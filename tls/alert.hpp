// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace quasimodem::tls {

/// One of the alerts a peer can end a connection with.
struct Alert {
  std::uint8_t description;
  std::string_view name;  ///< `handshake_failure`, as the RFC writes it
};

/// In order of the description.
std::span<const Alert> known_alerts();

}  // namespace quasimodem::tls
