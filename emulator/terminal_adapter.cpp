// SPDX-License-Identifier: Apache-2.0
#include "emulator/terminal_adapter.hpp"

#include <utility>
#include <variant>

#include "emulator/commands/all.hpp"
#include "emulator/commands/call.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/event_records.hpp"

namespace quasimodem::emulator {
namespace {

constexpr std::string_view kProfileRecord = "profile";

}  // namespace

TerminalAdapter::TerminalAdapter(Timeline& timeline, const device::ModelProfile& profile, Journal journal)
    : table_{commands::all_families(), device::bit(profile.model)},
      channel_{timeline, settings_.dialogue, commands::kErrorTexts, *this},
      ring_indicator_{timeline} {
  channel_.keep_journal(journal);
}

void TerminalAdapter::attach(device::MobileEquipment& me) {
  me_ = &me;
  me.messaging().follow(settings_.messages);
  me.calls().on_progress = [this] { report_indicators(); };
}

void TerminalAdapter::receive(ByteSpan from_te) {
  // A module that is off, or has not got as far as RDY, does not hear its UART.
  if (me_->power() == device::MobileEquipment::Power::on) channel_.receive(from_te);
}

atcmd::Reply TerminalAdapter::run(const atcmd::CommandCall& typed, atcmd::Channel& channel) {
  commands::Call call{channel, *this};
  auto reply = around ? around(typed, channel, [&] { return table_.run(call, typed); }) : table_.run(call, typed);
  report_indicators();  // a command may have changed one, as ATH does
  return reply;
}

atcmd::ErrorClass TerminalAdapter::errors_of(const atcmd::CommandCall& typed) const {
  const auto* command = table_.find(typed.name);
  return command ? command->errors : atcmd::ErrorClass::equipment;
}

Duration TerminalAdapter::latency() { return me_->pace().next(&device::Timing::command); }

// ---- profile ----

bool TerminalAdapter::store_profile() {
  return me_->flash().write(kProfileRecord, commands::stored_profile(settings_)).has_value();
}

void TerminalAdapter::recall_profile(commands::Recall recall) {
  if (recall == commands::Recall::everything) {
    settings_ = {};
  } else {
    commands::restore_factory(settings_);
  }
  const auto record = me_->flash().read(kProfileRecord);
  if (record && *record) commands::recall_profile(settings_, **record, recall);
  me_->messaging().settings_changed();
}

// ---- lines and transparent mode ----

void TerminalAdapter::terminal_not_ready() {
  if (settings_.terminal_ready == 0) return;
  channel_.leave_data_state();
  if (settings_.terminal_ready == 2 && tunnel_) {
    auto& context = me_->context(tunnel_->context());
    if (tunnel_->role() == device::Role::server) {
      context.server().close_client(tunnel_->index());
    } else {
      context.close(me_->tcpip.sessions(), tunnel_->index());
    }
    close_tunnel("NO CARRIER");
  }
}

bool TerminalAdapter::carrier() const { return settings_.carrier_detect == 0 || channel_.in_data_state(); }

void TerminalAdapter::connect_through(int context, int index, device::Role role) {
  tunnel_ = std::make_unique<SocketTunnel>(channel_, *me_, settings_, context, index, role);
  channel_.connect_through(*tunnel_);
}

bool TerminalAdapter::is_tunnel(int context, int index, device::Role role) const {
  return tunnel_ && tunnel_->context() == context && tunnel_->index() == index && tunnel_->role() == role;
}

void TerminalAdapter::close_tunnel(std::string_view last_words) {
  if (!tunnel_) return;
  channel_.close_tunnel(last_words);
  tunnel_.reset();
}

void TerminalAdapter::close_tunnel_of(int context) {
  if (tunnel_ && tunnel_->context() == context) close_tunnel({});
}

// ---- what the ME reports ----

/// Routes one event: a socket in transparent mode speaks through its tunnel, everything else becomes a URC.
class Announcer {
 public:
  explicit Announcer(TerminalAdapter& ta) : ta_{ta} {}

  /// True when no words are needed any more.
  bool operator()(const device::Started&) {
    ta_.recall_profile(commands::Recall::everything);
    ta_.rate_known_ = ta_.settings_.baud != 0;
    return false;
  }
  bool operator()(const device::PoweredOff&) {
    ta_.close_tunnel({});
    ta_.channel_.reset();
    ta_.rate_known_ = false;
    ta_.ring_indicator_.reset();
    return true;
  }
  bool operator()(const device::Connected& event) {
    return connected(event.context, event.index, device::Role::client);
  }
  bool operator()(const device::SecureOpened& event) {
    return event.code == device::ConnectCode::success && connected(event.context, event.index, device::Role::client);
  }
  bool operator()(const device::ClientArrived& event) {
    return connected(event.context, event.index, device::Role::server);
  }
  bool operator()(const device::PacketArrived& event) { return ta_.is_tunnel(event.context, event.index, event.role); }
  bool operator()(const device::DataArrived& event) {
    if (!ta_.is_tunnel(event.context, event.index, event.role)) return false;
    ta_.tunnel_->deliver();
    return true;
  }
  bool operator()(const device::SocketWritable& event) {
    if (ta_.is_tunnel(event.context, event.index, event.role)) ta_.tunnel_->writable();
    return true;
  }
  bool operator()(const device::RemoteClosed& event) { return closed(event.context, event.index, event.role); }
  bool operator()(const device::SecureClosed& event) {
    return closed(event.context, event.index, device::Role::client);
  }
  bool operator()(const device::ContextLost& event) {
    ta_.close_tunnel_of(event.context);
    return false;
  }
  bool operator()(const device::CallRings& event) {
    const int rings = ta_.settings_.auto_answer;
    if (rings > 0 && event.rings > rings) {
      ta_.me_->calls().answer();
      return true;
    }
    return false;
  }
  template <class Other>
  bool operator()(const Other&) {
    return false;
  }

 private:
  bool connected(int context, int index, device::Role role) {
    if (ta_.me_->context(context).socket(index, role)->target().delivery != device::Connection::Delivery::transparent)
      return false;
    ta_.connect_through(context, index, role);
    return true;
  }
  bool closed(int context, int index, device::Role role) {
    if (!ta_.is_tunnel(context, index, role)) return false;
    // OBSERVED: the word of a peer's close in transparent mode, at-reference 2.7. Until the TE sees it it is in data
    // state, whatever it sends.
    const auto over = [&ta = ta_] { ta.close_tunnel("CLOSED"); };
    if (!ta_.channel_.transparent() || !ta_.tunnel_->drain(over)) over();
    return true;
  }

  TerminalAdapter& ta_;
};

void TerminalAdapter::on_event(const device::Event& event) {
  if (me_) note_event(me_->journal(), event, *me_);
  announce(event);
  report_indicators();
}

void TerminalAdapter::announce(const device::Event& event) {
  if (std::visit(Announcer{*this}, event)) return;
  // The farewell was the last word: what ends with the power ends without one.
  if (me_->power() == device::MobileEquipment::Power::off) return;
  auto urc = rate_known_ ? commands::urc_for(event, *this) : atcmd::Urc{};
  indicate(event, static_cast<bool>(urc));
  if (urc) channel_.unsolicited(std::move(urc));
}

/// +CIEV for what has changed since the last look: after each event and each command.
void TerminalAdapter::report_indicators() {
  const bool on = me_ && me_->power() != device::MobileEquipment::Power::off;
  if (!on || !rate_known_ || !commands::reports_indicators(*this)) {
    indicators_.reset();
    return;
  }
  const auto now = commands::indicators(*this);
  const auto before = indicators_.value_or(now);
  indicators_ = now;
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] != before[i]) channel_.unsolicited(commands::indicator_line(i, now[i]));
  }
}

/// At once, also while the words have to wait for a command or for the end of the data state: that is what RI is for.
void TerminalAdapter::indicate(const device::Event& event, bool announced) {
  if (std::holds_alternative<device::CallRings>(event)) return ring_indicator_.ring();
  const auto* stored = std::get_if<device::MessageStored>(&event);
  const bool told = stored && (stored->report || settings_.messages.show_messages != 0);
  const bool message = told || std::holds_alternative<device::MessageShown>(event);
  // ASSUMED: "certain URCs" of the hardware design are all of them, if AT+QINDRI is not 0.
  if (message || (announced && settings_.status.ring_line_report != 0)) ring_indicator_.pulse();
}

bool TerminalAdapter::ring_indicator() {
  const auto& call = me_->calls().current();
  if (!call || call->state != device::VoiceCalls::State::incoming) ring_indicator_.rings_no_more();
  return ring_indicator_.active();
}

}  // namespace quasimodem::emulator
