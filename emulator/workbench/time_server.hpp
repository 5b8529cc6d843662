// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "net/sim/sim_network.hpp"

namespace quasimodem::workbench {

/// 2026-07-01 12:00:00 UTC in seconds since 1900.
inline constexpr std::uint32_t kServedTime = 3'991'896'000U;

/// An SNTP server (RFC 4330) that always says the same time.
inline net::SimListener& serve_time(net::SimNetwork& network, std::string_view host, std::uint32_t time = kServedTime,
                                    std::uint8_t stratum = 2) {
  auto& listener = network.listen(host, 123, net::Transport::udp);
  listener.on_accept = [time, stratum](net::SimConnection& peer) {
    peer.on_received = [&peer, time, stratum](ByteSpan request) {
      Bytes answer(48);
      answer[0] = 0x1C;  // version 3, server
      answer[1] = stratum;
      for (std::size_t i = 0; i < 8 && request.size() == 48; ++i) answer[24 + i] = request[40 + i];
      for (std::size_t i = 0; i < 4; ++i) answer[40 + i] = static_cast<std::uint8_t>(time >> (24 - 8 * i));
      peer.send(answer);
    };
  };
  return listener;
}

}  // namespace quasimodem::workbench
