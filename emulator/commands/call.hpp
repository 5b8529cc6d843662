// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "atcmd/channel/call.hpp"
#include "emulator/commands/session.hpp"

namespace quasimodem::commands {

/// What a command handler of this family of modules can reach. A copy is as good, as long as the terminal is there.
class Call : public atcmd::Call {
 public:
  explicit Call(Session& session) : atcmd::Call{session.channel}, session_{session} {}

  Session& session() { return session_; }
  Settings& settings() { return session_.settings; }
  device::MobileEquipment& me() { return session_.me; }
  /// The context that AT+QI* and AT+QSSL* commands act on (AT+QIFGCNT).
  device::PdpContext& context();
  device::TcpIpSettings& tcpip();
  /// What the ME tells of it later comes to this terminal.
  void own(const Task& task) { session_.owners.set(task, session_.number); }

  using Continuation = std::function<atcmd::Reply(Call&, const atcmd::IntakeOutcome&)>;
  atcmd::Reply prompt(const atcmd::PromptRequest& request, Continuation then) {
    return atcmd::Reply::intake(request, on_this_call(std::move(then)));
  }
  atcmd::Reply data_mode(const atcmd::DataRequest& request, Continuation then) {
    return atcmd::Reply::intake(request, on_this_call(std::move(then)));
  }

  using atcmd::Call::hold;
  /// The command's result comes later: whatever brings it calls what this returns, and `then` words it. Nothing happens
  /// when nobody waits for it any more.
  template <class Then>
  auto hold(Duration limit, Then then) {
    return [responder = hold(limit), call = *this, then = std::move(then)](auto&& outcome) mutable {
      if (responder.awaited()) responder.finish(then(call, outcome));
    };
  }

 private:
  atcmd::Continuation on_this_call(Continuation then) {
    return [call = *this, then = std::move(then)](atcmd::Call&, const atcmd::IntakeOutcome& outcome) mutable {
      return then(call, outcome);
    };
  }

  Session& session_;
};

}  // namespace quasimodem::commands
