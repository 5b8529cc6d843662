// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/peers.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>

namespace quasimodem::workbench {

std::optional<OpenedBy> opened_by(const std::string& from_host) {
  static const std::regex kOpen{R"re(\+\s*(QSSLOPEN|QIOPEN)\s*=\s*(?:(\d+)\s*,)?.*?"([^"]*\.[^"]*)",\s*"?(\d+))re",
                                std::regex::icase};
  std::smatch match;
  if (!std::regex_search(from_host, match, kOpen)) return std::nullopt;
  return OpenedBy{.secure = match[1].str().size() == std::string_view{"QSSLOPEN"}.size(),
                  .index = match[2].matched ? std::atoi(match[2].str().c_str()) : 0,
                  .host = match[3].str(),
                  .port = static_cast<std::uint16_t>(std::atoi(match[4].str().c_str()))};
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
