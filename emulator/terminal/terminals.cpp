// SPDX-License-Identifier: Apache-2.0
#include "emulator/terminal/terminals.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "emulator/commands/all.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/terminal/socket_tunnel.hpp"

namespace quasimodem::emulator {
namespace {

using commands::Task;
using device::MobileEquipment;

/// The tunnel of transparent mode, if a socket is behind it.
SocketTunnel* socket_tunnel(const Terminal& terminal) { return dynamic_cast<SocketTunnel*>(terminal.tunnel()); }

template <class Event>
SocketId socket_of(const Event& event) {
  if constexpr (requires { event.role; }) {
    return {event.context, event.index, event.role};
  } else {
    return {event.context, event.index};
  }
}

/// Clients that came in belong to whoever opened the port.
Task task_of(const SocketId& socket) {
  if (socket.role == device::Role::server) return {Task::Kind::server, socket.context};
  return {Task::Kind::socket, socket.context, socket.index};
}

}  // namespace

Terminals::Terminals(MobileEquipment& me, Timeline& timeline, device::Model model, const commands::Catalogue& catalogue)
    : me_{me},
      catalogue_{catalogue},
      table_{catalogue.families, device::bits_of(device::profile_of(model))},
      ring_indicator_{timeline} {}

Terminal& Terminals::add() {
  const auto taken = [this](int number) {
    return std::any_of(terminals_.begin(), terminals_.end(),
                       [number](const auto& each) { return each->session().number == number; });
  };
  int number = 0;
  while (taken(number)) ++number;
  auto& added = *terminals_.emplace_back(std::make_unique<Terminal>(
      number, me_, owners_, catalogue_, [this](auto& call, const auto& typed) { return run(call, typed); }));
  if (me_.power() == device::Power::on) {
    added.start();
    added.line_recognised();  // the TE that asked for it is heard
  }
  return added;
}

void Terminals::remove(Terminal& terminal) {
  if (terminal.tunnel()) terminal.tunnel()->hang_up();
  owners_.forget(terminal.session().number);
  std::erase_if(terminals_, [&](const auto& each) { return each.get() == &terminal; });
}

atcmd::Reply Terminals::run(commands::Call& call, const atcmd::CommandCall& typed) {
  auto reply =
      around ? around(typed, call.channel(), [&] { return table_.run(call, typed); }) : table_.run(call, typed);
  // A command may have closed a socket, or changed an indicator, as ATH does; of any terminal.
  for (const auto& each : terminals_) {
    const auto* tunnel = socket_tunnel(*each);
    if (tunnel && tunnel->gone()) each->close_tunnel({});
  }
  report_indicators();
  return reply;
}

atcmd::ErrorClass Terminals::errors_of(const atcmd::CommandCall& typed) const {
  const auto* command = table_.find(typed.name);
  return command ? command->errors : atcmd::ErrorClass::equipment;
}

void Terminals::power_off() {
  std::vector<Terminal*> heard;
  for (const auto& each : terminals_) {
    if (each->rate_known()) heard.push_back(each.get());
  }
  me_.power_off();
  for (auto* each : heard) each->channel().unsolicited(std::string{commands::kPowerDownWords});
}

void Terminals::drop_output() {
  for (const auto& each : terminals_) each->channel().drop_output();
}

void Terminals::report_indicators() {
  for (const auto& each : terminals_) each->report_indicators();
}

// ---- what the ME reports ----

/// Which event goes to whom. What a terminal has started is its own, all else is everybody's: whether a TE hears of it
/// depends on what it has switched on. A socket in transparent mode speaks through its tunnel, without a word.
class Terminals::Route {
 public:
  Route(Terminals& terminals, const device::Event& event) : to_{terminals}, event_{event} {}

  void operator()(const device::Started&) const {
    for (const auto& each : to_.terminals_) each->start();
    tell_all();
  }
  void operator()(const device::PoweredOff&) const {
    for (const auto& each : to_.terminals_) each->stop();
    to_.owners_.clear();
    to_.ring_indicator_.reset();
  }

  void operator()(const device::Connected& event) const { connected(socket_of(event)); }
  void operator()(const device::ClientArrived& event) const {
    connected({event.context, event.index, device::Role::server});
  }
  void operator()(const device::SecureOpened& event) const {
    if (event.code == device::ConnectCode::success) return connected(socket_of(event));
    tell_owner(task_of(socket_of(event)), event.code == device::ConnectCode::occupied);
  }
  void operator()(const device::ConnectFailed& event) const {
    // The socket of one that failed is gone: another has this index.
    const bool occupied = to_.me_.context(event.context).socket(event.index);
    tell_owner(task_of(socket_of(event)), occupied);
  }
  void operator()(const device::PacketArrived& event) const {
    if (!tunnel_of(socket_of(event))) tell_owner(task_of(socket_of(event)));
  }
  void operator()(const device::DataArrived& event) const {
    if (auto* tunnel = tunnel_of(socket_of(event))) return tunnel->deliver();
    tell_owner(task_of(socket_of(event)));
  }
  void operator()(const device::SocketWritable& event) const {
    if (auto* tunnel = tunnel_of(socket_of(event))) tunnel->writable();
  }
  void operator()(const device::RemoteClosed& event) const { closed(socket_of(event)); }
  void operator()(const device::SecureClosed& event) const { closed(socket_of(event)); }
  void operator()(const device::ServerOpened& event) const { tell_owner({Task::Kind::server, event.context}); }

  void operator()(const device::NameLookedUp&) const { tell_owner({Task::Kind::name_query}); }
  void operator()(const device::PingAnswered&) const { tell_owner({Task::Kind::ping}); }
  void operator()(const device::PingFinished& event) const {
    tell_owner({Task::Kind::ping}, event.result == device::PingFinished::Result::busy);
  }
  void operator()(const device::TimeSynchronised& event) const {
    tell_owner({Task::Kind::time_sync}, event.result == device::TimeSynchronised::Result::busy);
  }

  void operator()(const device::HttpDownloaded&) const { tell_owner({Task::Kind::http}); }
  void operator()(const device::MqttResult& event) const {
    tell_owner({Task::Kind::mqtt_request, static_cast<int>(event.command), event.client});
  }
  void operator()(const device::MqttReceived& event) const { tell_owner({Task::Kind::mqtt, 0, event.client}); }
  void operator()(const device::MqttEnded& event) const { tell_owner({Task::Kind::mqtt, 0, event.client}); }
  void operator()(const device::FtpFinished&) const { tell_owner({Task::Kind::ftp}); }
  void operator()(const device::MailSent&) const { tell_owner({Task::Kind::mail}); }

  void operator()(const device::CallRings& event) const {
    to_.owners_.release(kCall);
    for (const auto& each : to_.terminals_) {
      const int rings = each->settings().auto_answer;
      if (rings <= 0 || event.rings <= rings) continue;
      to_.owners_.set(kCall, each->session().number);
      to_.me_.calls().answer();
      return;
    }
    tell_all();
  }
  void operator()(const device::CallAlerting&) const { tell_caller(); }
  void operator()(const device::CallAnswered&) const { tell_caller(); }
  void operator()(const device::CallEnded&) const { tell_caller(); }

  /// ASSUMED: messages are stored and shown as the first terminal's AT+CNMI and AT+CPMS say.
  void operator()(const device::MessageShown&) const { to_.tell(to_.first(), event_); }
  void operator()(const device::ContextLost& event) const {
    for (const auto& each : to_.terminals_) {
      const auto* tunnel = socket_tunnel(*each);
      if (tunnel && tunnel->socket_id().context == event.context) each->close_tunnel({});
    }
    tell_all();
  }
  template <class Other>
  void operator()(const Other&) const {
    tell_all();
  }

 private:
  static constexpr Task kCall{Task::Kind::call};

  void tell_all() const {
    for (const auto& each : to_.terminals_) to_.tell(*each, event_);
  }
  /// The first stands in for one that is not known, as after a restored snapshot.
  Terminal& owner(const Task& task) const {
    const auto number = to_.owners_.of(task);
    const auto found = std::find_if(to_.terminals_.begin(), to_.terminals_.end(),
                                    [number](const auto& each) { return each->session().number == number; });
    return found == to_.terminals_.end() ? to_.first() : **found;
  }
  void tell_owner(const Task& task, bool turned_down = false) const {
    auto& terminal = owner(task);
    if (turned_down) to_.owners_.turn_down(task);
    to_.tell(terminal, event_);
  }
  /// A call that nobody has dialled or answered rings everywhere, and ends everywhere.
  void tell_caller() const { to_.owners_.of(kCall) ? tell_owner(kCall) : tell_all(); }

  SocketTunnel* tunnel_of(const SocketId& socket) const {
    for (const auto& each : to_.terminals_) {
      auto* tunnel = socket_tunnel(*each);
      if (tunnel && tunnel->socket_id() == socket) return tunnel;
    }
    return nullptr;
  }
  void connected(const SocketId& socket) const {
    const auto& target = to_.me_.context(socket.context).socket(socket.index, socket.role)->target();
    if (target.delivery != device::Stream::Delivery::transparent) return tell_owner(task_of(socket));
    auto& terminal = owner(task_of(socket));
    terminal.connect_through(std::make_unique<SocketTunnel>(terminal, socket));
  }
  void closed(const SocketId& socket) const {
    if (auto* tunnel = tunnel_of(socket)) return tunnel->ended();
    tell_owner(task_of(socket));
  }

  Terminals& to_;
  const device::Event& event_;
};

void Terminals::on_event(const device::Event& event) {
  if (on_report) on_report(event);
  std::visit(Route{*this, event}, event);
  report_indicators();
}

void Terminals::tell(Terminal& terminal, const device::Event& event) {
  // The farewell was the last word: what ends with the power ends without one.
  if (me_.power() == device::Power::off) return;
  auto urc = terminal.words_for(event);
  indicate(event, terminal.settings(), static_cast<bool>(urc));
  if (urc) terminal.channel().unsolicited(std::move(urc));
}

/// At once, also while the words have to wait for a command or for the end of the data state: that is what RI is for.
void Terminals::indicate(const device::Event& event, const commands::Settings& settings, bool announced) {
  if (std::holds_alternative<device::CallRings>(event)) return ring_indicator_.ring();
  const auto* stored = std::get_if<device::MessageStored>(&event);
  const bool told = stored && (stored->report || settings.messages.show_messages != device::MessageReport::none);
  const bool message = told || std::holds_alternative<device::MessageShown>(event);
  // ASSUMED: "certain URCs" of the hardware design are all of them, if AT+QINDRI is not 0.
  if (message || (announced && settings.ring_line_report)) ring_indicator_.pulse();
}

bool Terminals::ring_indicator() {
  const auto* call = me_.calls().current();
  if (!call || call->state != device::VoiceCalls::State::incoming) ring_indicator_.rings_no_more();
  return ring_indicator_.active();
}

}  // namespace quasimodem::emulator
