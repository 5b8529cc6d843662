// SPDX-License-Identifier: Apache-2.0
// What happens around the module: SIM, network, and calls that arrive.
#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/core.h>

#include "emulator/app/control/method.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/locator.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/event_records.hpp"
#include "emulator/terminal/terminal.hpp"

namespace quasimodem::app::control {
namespace {

using device::Domain;
using device::MobileEquipment;
using device::RegistrationStatus;

// ---- sim ----

constexpr Param kSimParams[] = {
    {"insert", ParamType::boolean, "a SIM that asks for no PIN"},
    {"remove", ParamType::boolean, "pull it out"},
    {"lock", ParamType::text, "a SIM that asks for this PIN (4 to 8 digits)"},
    {"puk", ParamType::boolean, "a SIM whose PIN was forgotten; its PUK is 12345678"},
};

Outcome sim(Call& call) {
  const auto& wish = call.arguments;
  auto& me = call.target.modem().me();
  const auto pin = wish.get<std::string>("lock");
  if (wish.flags(kSimParams) + (pin ? 1 : 0) > 1) {
    return invalid("sim: one of insert, remove, lock, puk at a time");
  }
  const auto is_digit = [](unsigned char c) { return std::isdigit(c); };
  if (pin && (pin->size() < 4 || pin->size() > 8 || !std::all_of(pin->begin(), pin->end(), is_digit))) {
    return invalid(fmt::format("sim: lock=\"{}\": a PIN has 4 to 8 digits", *pin));
  }
  if (wish.flag("insert")) me.outside().change_sim(device::Sim::without_pin());
  if (wish.flag("remove")) me.outside().change_sim(device::Sim::none());
  if (wish.flag("puk")) me.outside().change_sim(device::Sim::with_puk());
  if (pin) me.outside().change_sim(device::Sim::with_pin(*pin));
  return JsonObject{{"sim", emulator::word_of(me.sim_status())}};
}

// ---- network ----

constexpr Param kNetworkParams[] = {
    {"register", ParamType::boolean, "the home network takes the module"},
    {"roam", ParamType::boolean, "a foreign network takes it"},
    {"deny", ParamType::boolean, "the network refuses it; the contexts are lost"},
    {"search", ParamType::boolean, "no cell for a short while; the contexts stay"},
    {"lost", ParamType::boolean, "no cell any more; the contexts are lost"},
    {"apn", ParamType::text, "the access points it knows, NAME[,NAME]; empty: any"},
};

Outcome network(Call& call) {
  const auto& wish = call.arguments;
  auto& me = call.target.modem().me();
  const auto access_points = device::AccessPoints::parse(wish.get<std::string>("apn").value_or(""));
  if (!access_points) return invalid(fmt::format("network: apn: {}", access_points.error()));
  if (wish.flags(kNetworkParams) > 1) return invalid("network: one of register, roam, deny, search, lost at a time");
  if (wish.has("apn")) me.access_points = *access_points;
  if (wish.flag("register")) me.outside().serve(RegistrationStatus::home);
  if (wish.flag("roam")) me.outside().serve(RegistrationStatus::roaming);
  if (wish.flag("deny")) me.outside().serve(RegistrationStatus::denied);
  // ASSUMED: contexts outlive a cell that is gone for a while, sockets with them.
  if (wish.flag("search")) me.outside().serve(RegistrationStatus::searching, device::Outage::brief);
  if (wish.flag("lost")) me.outside().serve(RegistrationStatus::searching);
  const auto& registration = me.registration();
  return JsonObject{{"registration", emulator::word_of(registration.status(Domain::circuit_switched))},
                    {"attachment", emulator::word_of(registration.status(Domain::packet_switched))},
                    {"apn", me.access_points.text()}};
}

// ---- signal ----

constexpr Param kSignalParams[] = {
    {"rssi", ParamType::integer, "strength as AT+CSQ shows it: 0 to 31, 99 unknown"},
    {"ber", ParamType::integer, "bit errors as AT+CSQ shows them: 0 to 7, 99 unknown"},
};

Outcome signal(Call& call) {
  constexpr int kUnknown = 99;
  auto& registration = call.target.modem().me().registration();
  const auto rssi = call.arguments.get<std::int64_t>("rssi").value_or(registration.signal_strength());
  const auto ber = call.arguments.get<std::int64_t>("ber").value_or(registration.bit_error_rate());
  if (rssi != kUnknown && (rssi < 0 || rssi > 31)) return invalid(fmt::format("signal: rssi={}: 0 to 31, or 99", rssi));
  if (ber != kUnknown && (ber < 0 || ber > 7)) return invalid(fmt::format("signal: ber={}: 0 to 7, or 99", ber));
  // ASSUMED: a weak signal alone does not end the registration; network lost=true does.
  registration.set_signal_strength(static_cast<int>(rssi));
  registration.set_bit_error_rate(static_cast<int>(ber));
  return JsonObject{{"rssi", rssi}, {"ber", ber}};
}

// ---- location ----

constexpr Param kLocationParams[] = {
    {"longitude", ParamType::number, "degrees east, -180 to 180"},
    {"latitude", ParamType::number, "degrees north, -90 to 90"},
};

Outcome location(Call& call) {
  constexpr double kFarthestEast = 180, kFarthestNorth = 90;
  auto& place = call.target.modem().me().locator().place;
  const auto longitude = call.arguments.get<double>("longitude").value_or(place.longitude);
  const auto latitude = call.arguments.get<double>("latitude").value_or(place.latitude);
  if (!(std::abs(longitude) <= kFarthestEast))
    return invalid(fmt::format("location: longitude={}: -180 to 180", longitude));
  if (!(std::abs(latitude) <= kFarthestNorth))
    return invalid(fmt::format("location: latitude={}: -90 to 90", latitude));
  place = {longitude, latitude};
  return JsonObject{{"longitude", longitude}, {"latitude", latitude}};
}

// ---- pdp ----

constexpr Param kPdpParams[] = {
    {"deactivate", ParamType::boolean, "the network takes the context away: +PDP DEACT", Need::required},
    {"context", ParamType::integer, "0 or 1; default: the foreground context"},
};

Outcome pdp(Call& call) {
  auto& modem = call.target.modem();
  auto& me = modem.me();
  const auto id = call.arguments.get<std::int64_t>("context").value_or(modem.terminal().session().foreground);
  if (id < 0 || id >= device::kContexts) return invalid(fmt::format("pdp: context={}: there are 0 and 1", id));
  auto& context = me.context(static_cast<int>(id));
  if (!call.arguments.flag("deactivate")) return invalid("pdp: deactivate=true is what it can do");
  if (!context.active()) return impossible(fmt::format("pdp: context {} is not active", id));
  me.outside().lose_context(static_cast<int>(id));
  return JsonObject{{"context", id}, {"state", device::name_of(context.state())}};
}

// ---- what arrives ----

constexpr Param kRingParams[] = {
    {"from", ParamType::text, "the caller's number; none: withheld"},
    {"hang_up", ParamType::boolean, "the caller gives up, or ends the call; of several the active one"},
};

Outcome ring(Call& call) {
  auto& me = call.target.modem().me();
  const auto from = call.arguments.get<std::string>("from").value_or("");
  if (!from.empty() && !device::sms::parse_number(from)) {
    return invalid(fmt::format("call.ring: from=\"{}\": a number of up to 20 digits, with or without +", from));
  }
  if (call.arguments.flag("hang_up")) {
    if (!me.calls().current()) return impossible("call.ring: there is no call to end");
    me.outside().far_end_hangs_up();
    return Json(true);
  }
  if (me.outside().ring(from)) return Json(true);
  return impossible("call.ring: the line is busy, or the module is off or not registered");
}

constexpr Param kUrcParams[] = {{"text", ParamType::text, "one line, without its CR LF", Need::required}};

Outcome urc(Call& call) {
  constexpr std::size_t kLongest = 1024;
  auto text = *call.arguments.get<std::string>("text");
  if (text.empty() || text.size() > kLongest) return invalid("urc: text must have 1 to 1024 octets");
  const auto ends_line = [](char c) { return c == '\r' || c == '\n'; };
  if (std::any_of(text.begin(), text.end(), ends_line)) return invalid("urc: text must be one line");
  auto& modem = call.target.modem();
  if (modem.me().power() != device::Power::on) return impossible("urc: the module is off");
  modem.terminal().channel().unsolicited(std::move(text));
  return Json(true);
}

constexpr Method kMethods[] = {
    {"sim", "puts a SIM in or out, or shows its state", kSimParams, &sim},
    {"network", "what the network grants from now on; shows the registration", kNetworkParams, &network},
    {"signal", "sets and shows signal strength and bit errors", kSignalParams, &signal},
    {"location", "sets and shows where AT+QCELLLOC and AT+QGSMLOC say that the module is", kLocationParams, &location},
    {"pdp", "the network ends a PDP context", kPdpParams, &pdp},
    {"call.ring", "somebody calls, or gives up", kRingParams, &ring},
    {"urc", "any line arrives as an unsolicited result code", kUrcParams, &urc, Effect::changes, "text"},
};

}  // namespace

std::span<const Method> network_methods() { return kMethods; }

}  // namespace quasimodem::app::control
