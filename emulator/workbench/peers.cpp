// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/peers.hpp"

#include <algorithm>
#include <cstdlib>

#include "emulator/workbench/pattern.hpp"

namespace quasimodem::workbench {

std::optional<OpenedBy> opened_by(const std::string& from_host) {
  static const Pattern kOpen{R"re(\+\s*(QSSLOPEN|QIOPEN)\s*=\s*(?:(\d+)\s*,)?.*?"([^"]*\.[^"]*)",\s*"?(\d+))re",
                             Pattern::Case::ignored};
  const auto match = kOpen.find(from_host);
  if (!match) return std::nullopt;
  return OpenedBy{.secure = (*match)[1].size() == std::string_view{"QSSLOPEN"}.size(),
                  .index = std::atoi((*match)[2].c_str()),
                  .host = (*match)[3],
                  .port = static_cast<std::uint16_t>(std::atoi((*match)[4].c_str()))};
}

TlsPeer& Peers::secure(const std::string& host, std::uint16_t port) {
  const auto address = network_.address_of(host);
  auto& peer = secure_[{address, port}];
  if (!peer) peer = std::make_unique<TlsPeer>(network_, address.text(), port, server_);
  return *peer;
}

net::SimListener& Peers::plain(const std::string& host, std::uint16_t port) {
  auto& listener = network_.listen(host, port);
  if (std::find(plain_.begin(), plain_.end(), &listener) == plain_.end()) plain_.push_back(&listener);
  return listener;
}

TlsPeer* Peers::open_secure() {
  for (auto& [where, peer] : secure_) {
    if (peer->connections() > 0 && peer->wire().open()) return peer.get();
  }
  return nullptr;
}

net::SimConnection* Peers::open_plain() {
  for (auto* listener : plain_) {
    if (!listener->connections.empty() && listener->last().open()) return &listener->last();
  }
  return nullptr;
}

}  // namespace quasimodem::workbench
