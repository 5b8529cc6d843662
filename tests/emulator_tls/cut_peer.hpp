// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/random.hpp"
#include "net/sim/sim_network.hpp"
#include "tests/support/tls_peer.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::test {

/// A TLS server whose words are cut off after so many bytes; then something else happens.
class CutPeer {
 public:
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  /// `then` runs once per connection, when `limit` bytes were sent; with 0 when the first bytes of the module arrive.
  using Then = std::function<void(net::SimConnection&)>;

  CutPeer(net::SimNetwork& network, std::size_t limit, Then then, tls::ServerConfig config = tls_server());
  ~CutPeer() { listener_.on_accept = nullptr; }
  CutPeer(const CutPeer&) = delete;
  CutPeer& operator=(const CutPeer&) = delete;

  /// What the server would have said on the newest connection, cut or not.
  const Bytes& words() const { return visits_.back()->words; }

 private:
  struct Visit {
    std::unique_ptr<tls::ServerSession> session;
    Bytes words;
    std::size_t said = 0;
    bool over = false;
  };

  void accept(net::SimConnection& wire);
  void hear(Visit& visit, net::SimConnection& wire, ByteSpan ciphertext);

  std::size_t limit_;
  Then then_;
  tls::ServerConfig config_;
  SeededRandom random_{3};
  net::SimListener& listener_;
  std::vector<std::unique_ptr<Visit>> visits_;
};

/// The ends of the records in a stream of them.
std::vector<std::size_t> record_ends(ByteSpan stream);

}  // namespace quasimodem::test
