// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator_tls/cut_peer.hpp"

#include <algorithm>
#include <utility>

#include "tests/emulator_tls/secure_bench.hpp"
#include "tests/support/catch.hpp"

namespace quasimodem::test {

CutPeer::CutPeer(net::SimNetwork& network, std::size_t limit, Then then, tls::ServerConfig config)
    : limit_{limit}, then_{std::move(then)}, config_{std::move(config)}, listener_{network.listen(kHost, kPort)} {
  listener_.on_accept = [this](net::SimConnection& wire) { accept(wire); };
}

void CutPeer::accept(net::SimConnection& wire) {
  auto session = tls::ServerSession::create(config_, random_, Logger{});
  if (!session) FAIL("TLS peer: " << session.error().reason);
  visits_.push_back(std::make_unique<Visit>(Visit{std::move(*session)}));
  wire.on_received = [this, visit = visits_.back().get(), &wire](ByteSpan ciphertext) {
    hear(*visit, wire, ciphertext);
  };
}

void CutPeer::hear(Visit& visit, net::SimConnection& wire, ByteSpan ciphertext) {
  visit.session->feed(ciphertext);
  append(visit.words, visit.session->take_outgoing());
  const auto sayable = std::min(limit_, visit.words.size());
  wire.send(ByteSpan{visit.words}.subspan(visit.said, sayable - visit.said));
  visit.said = sayable;
  if (visit.said == limit_ && !std::exchange(visit.over, true)) then_(wire);
}

std::vector<std::size_t> record_ends(ByteSpan stream) {
  std::vector<std::size_t> ends;
  for (std::size_t at = 0; at + 5 <= stream.size(); ends.push_back(at)) {
    at += 5 + stream[at + 3] * std::size_t{256} + stream[at + 4];
  }
  return ends;
}

}  // namespace quasimodem::test
