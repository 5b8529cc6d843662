// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "atcmd/channel/reply.hpp"
#include "atcmd/syntax/meaning.hpp"
#include "emulator/commands/call.hpp"
#include "emulator/device/stream.hpp"

namespace quasimodem::commands {

// Words that the TCP/IP and the SSL family share.

/// `<n>, CONNECT OK` with several sessions, `CONNECT OK` with one.
std::string of_socket(const device::TcpIpSettings& settings, int index, std::string_view words);

/// The result of AT+QICLOSE and AT+QSSLCLOSE.
std::string close_words(device::MobileEquipment& me, int index);

/// `IP STATUS`, `TCP CONNECTING`: M66 11.9.
std::string state_text(const device::PdpContext& context);
inline constexpr atcmd::Meaning kStackStates[] = {
    {"IP INITIAL", "nothing begun; AT+QIREGAPP comes next"},
    {"IP START", "registered; AT+QIACT comes next"},
    {"IP CONFIG", "configuring"},
    {"IP IND", "the PDP context is accepted"},
    {"IP GPRSACT", "the PDP context is active; AT+QILOCIP comes next"},
    {"IP STATUS", "the local address is known; connections can be opened"},
    {"TCP CONNECTING", "connecting"},
    {"UDP CONNECTING", "connecting"},
    {"CONNECT OK", "connected"},
    {"IP CLOSE", "the connection is closed"},
    {"IP PROCESSING", "sockets in use (AT+QIMUX=1)"},
    {"PDP DEACT", "the PDP context was lost; AT+QIDEACT comes next"},
};
std::string_view socket_state_text(device::SocketState state);
inline constexpr atcmd::Meaning kSocketStates[] = {
    {"INITIAL", "not in use"},  {"CONNECTING", "connecting"},
    {"CONNECTED", "connected"}, {"REMOTE CLOSING", "the peer has ended its side"},
    {"CLOSING", "closing"},     {"CLOSED", "closed"},
};
std::string_view transport_text(const device::Stream& socket);
std::optional<net::Transport> transport_named(std::string_view mode);
/// The numeric peer; before the name is resolved, the name.
std::string peer_text(const device::Stream& socket);

/// `<name>: <ip>:<port>,TCP,<n>` and the data, or just OK when nothing waits.
atcmd::Reply respond_received(Call& call, std::string_view name, device::Stream& socket, std::size_t most);

}  // namespace quasimodem::commands
