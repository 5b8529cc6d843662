// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/peers.hpp"

#include <algorithm>
#include <iterator>

#include "atcmd/listen/ear.hpp"
#include "atcmd/table/param.hpp"

namespace quasimodem::workbench {

namespace {

bool names_host(const atcmd::Argument& argument) {
  return argument.kind == atcmd::Argument::Kind::quoted && argument.text.find('.') != std::string::npos;
}

std::optional<OpenedBy> opened_by_call(const atcmd::CommandCall& call) {
  const bool secure = call.name == "+QSSLOPEN";
  if (!secure && call.name != "+QIOPEN") return std::nullopt;
  const auto& arguments = call.arguments;
  const auto host = std::find_if(arguments.begin(), arguments.end(), &names_host);
  if (host == arguments.end() || std::next(host) == arguments.end()) return std::nullopt;
  const auto index = atcmd::parse_integer(arguments.front().text);
  const auto port = atcmd::parse_integer(std::next(host)->text);
  return OpenedBy{.secure = secure,
                  .index = static_cast<int>(index.value_or(0)),
                  .host = host->text,
                  .port = static_cast<std::uint16_t>(port.value_or(0))};
}

}  // namespace

std::optional<OpenedBy> opened_by(const std::string& from_host) {
  std::optional<OpenedBy> opened;
  atcmd::Ear ear{{}, [&](const atcmd::Heard& heard) {
                   if (heard.kind != atcmd::Heard::Kind::command_line) return;
                   for (const auto& call : atcmd::calls_of(heard.text)) opened = opened ? opened : opened_by_call(call);
                 }};
  ear.from_te(as_bytes(from_host + '\r'), {});  // the end of the line may stand in a record of its own
  return opened;
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
