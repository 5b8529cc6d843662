// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "atcmd/channel/call.hpp"
#include "emulator/terminal_adapter.hpp"

namespace quasimodem::commands {

/// What a command handler of this family of modules can reach.
class Call : public atcmd::Call {
 public:
  Call(atcmd::Channel& channel, emulator::TerminalAdapter& ta) : atcmd::Call{channel}, ta_{ta} {}

  emulator::TerminalAdapter& ta() { return ta_; }
  emulator::Settings& settings() { return ta_.settings(); }
  device::MobileEquipment& me() { return ta_.me(); }
  /// The context that AT+QI* and AT+QSSL* commands act on (AT+QIFGCNT).
  device::PdpContext& context() { return me().foreground(); }

 private:
  emulator::TerminalAdapter& ta_;
};

}  // namespace quasimodem::commands
