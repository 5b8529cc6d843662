// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "atcmd/channel/reply.hpp"
#include "emulator/commands/call.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/stream.hpp"

namespace quasimodem::commands {

// Words that the TCP/IP and the SSL family share.

/// `<n>, CONNECT OK` with several sessions, `CONNECT OK` with one.
std::string of_socket(const device::TcpIpSettings& settings, int index, std::string_view words);

/// The result of AT+QICLOSE and AT+QSSLCLOSE.
std::string close_words(device::MobileEquipment& me, int index);

/// `IP STATUS`, `TCP CONNECTING`: M66 11.9.
std::string state_text(const device::PdpContext& context);
std::string_view socket_state_text(device::SocketState state);
std::string_view transport_text(const device::Stream& socket);
std::optional<net::Transport> transport_named(std::string_view mode);
/// The numeric peer; before the name is resolved, the name.
std::string peer_text(const device::Stream& socket);

/// `<name>: <ip>:<port>,TCP,<n>` and the data, or just OK when nothing waits.
atcmd::Reply respond_received(Call& call, std::string_view name, device::Stream& socket, std::size_t most);

}  // namespace quasimodem::commands
