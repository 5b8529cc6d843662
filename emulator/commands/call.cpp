// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/call.hpp"

#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {

device::PdpContext& Call::context() { return me().context(session_.foreground); }

device::TcpIpSettings& Call::tcpip() { return me().tcpip; }

}  // namespace quasimodem::commands
