// SPDX-License-Identifier: Apache-2.0
// The packet domain of 27.007: contexts, quality, class (M66 10).
#include "emulator/device/packet_domain.hpp"

#include "emulator/commands/setting.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/registration.hpp"

namespace quasimodem::commands {
namespace {

using device::PacketDomain;

Reply not_allowed() { return Reply::cme(cme::kOperationNotAllowed); }

template <class Show>
Reply for_each_defined(Call& call, const Show& show) {
  std::vector<std::string> lines;
  for (int cid = 1; cid <= PacketDomain::kContexts; ++cid) {
    const auto& context = call.me().packet_domain.context(cid);
    if (context.defined) lines.push_back(show(cid, context));
  }
  if (!lines.empty()) call.respond(lines);
  return Reply::ok();
}

// AT+CGDCONT=<cid>[,"IP"[,"<apn>"[,"<address>"[,<d_comp>[,<h_comp>]]]]] — <cid> alone undefines             [M66 10.2]
struct Define {
  int cid = 1;
  std::optional<std::string_view> type;
  std::string_view access_point;
  std::string_view address;
  int data_compression = 0;
  int header_compression = 0;
};
constexpr std::array kDefine{
    atcmd::integer<&Define::cid>("cid", 1, PacketDomain::kContexts),
    atcmd::text<&Define::type>("PDP_type", 0, 10).optional(),
    atcmd::text<&Define::access_point>("APN", 0, 100).optional(),
    atcmd::text<&Define::address>("PDP_addr", 0, 15).optional(),
    atcmd::integer<&Define::data_compression>("d_comp", 0, 1).optional(0),
    atcmd::integer<&Define::header_compression>("h_comp", 0, 1).optional(0),
};
Reply define(Call& call, const Define& args) {
  auto& context = call.me().packet_domain.context(args.cid);
  // ASSUMED: a context in use stays as it is.
  if (context.active) return not_allowed();
  if (!args.type) {
    context = {};
    return Reply::ok();
  }
  if (*args.type != "IP") return not_allowed();
  context.defined = true;
  context.access_point = args.access_point;
  context.address = args.address;
  context.data_compression = args.data_compression;
  context.header_compression = args.header_compression;
  return Reply::ok();
}
Reply show_defined(Call& call) {
  return for_each_defined(call, [](int cid, const PacketDomain::Context& context) {
    return fmt::format("+CGDCONT: {},\"IP\",\"{}\",\"{}\",{},{}", cid, context.access_point, context.address,
                       context.data_compression, context.header_compression);
  });
}

// AT+CGACT=<state>[,<cid>…] — NO CARRIER after a deactivation (quirk Q29)                                   [M66 10.5]
struct Activate {
  int state = 1;
  std::optional<int> cid;
};
constexpr Meaning kActivations[] = {{0, "deactivate"}, {1, "activate"}};
constexpr std::array kActivate{
    atcmd::choice<&Activate::state>("state", kActivations).as_range(),
    atcmd::integer<&Activate::cid>("cid", 1, PacketDomain::kContexts).optional(),
};
Reply deactivate_contexts(Call& call, const Activate& args) {
  bool any = false;
  for (int cid = 1; cid <= PacketDomain::kContexts; ++cid) {
    auto& context = call.me().packet_domain.context(cid);
    if (args.cid && *args.cid != cid) continue;
    any = any || context.active;
    context.active = false;
  }
  // ASSUMED: just OK when nothing was active.
  return any ? Reply::code(ResultCode::no_carrier) : Reply::ok();
}
Reply activate_contexts(Call& call, const Activate& args) {
  if (args.state == 0) return deactivate_contexts(call, args);
  if (!call.me().registration().attached()) return Reply::cme(cme::kNoNetworkService);
  const int cid = args.cid.value_or(1);
  auto& context = call.me().packet_domain.context(cid);
  // MANUAL SSL 1.4.1 item 4 has it the other way round. ASSUMED: the number.
  if (const auto* stack = call.me().stack_context(cid); stack && stack->in_use()) {
    call.me().log().warning("CGACT: AT+QIACT has activated context {} already; AT+QIDEACT first", cid);
    return not_allowed();
  }
  if (!context.defined) return not_allowed();
  if (const auto& known = call.me().access_points; !known.has(context.access_point)) {
    call.me().log().warning("CGACT: {}", known.refusal(context.access_point));
    // ASSUMED: what cause 27 of 24.008, "missing or unknown APN", becomes here.
    return Reply::cme(cme::kServiceNotSubscribed);
  }
  context.active = true;
  return Reply::ok();
}
Reply show_active(Call& call) {
  return for_each_defined(call, [](int cid, const PacketDomain::Context& context) {
    return fmt::format("+CGACT: {},{}", cid, context.active ? 1 : 0);
  });
}

// AT+CGPADDR[=<cid>]                                                                                        [M66 10.7]
struct Cid {
  int cid = 1;
};
constexpr std::array kCid{atcmd::integer<&Cid::cid>("cid", 1, PacketDomain::kContexts)};

/// What AT+QIACT has brought up counts as well, defined or not (OBSERVED: a driver asks for its address here).
bool has_address_line(Call& call, int cid) {
  const auto* stack = call.me().stack_context(cid);
  return call.me().packet_domain.context(cid).defined || (stack && stack->active());
}
std::string address_line(Call& call, int cid) {
  const auto& context = call.me().packet_domain.context(cid);
  const auto* stack = call.me().stack_context(cid);
  auto address = context.address;
  // ASSUMED: every active context has the module's address; the network of this emulator gives it only one.
  if (context.active) address = call.me().bearer_address().text();
  if (stack && stack->active()) address = stack->address()->text();
  // 27.007 10.1.14: without an address there is none, not an empty text.
  return address.empty() ? fmt::format("+CGPADDR: {}", cid) : fmt::format("+CGPADDR: {},\"{}\"", cid, address);
}
Reply show_address(Call& call, const Cid& args) {
  if (!has_address_line(call, args.cid)) return not_allowed();
  call.respond(address_line(call, args.cid));
  return Reply::ok();
}
Reply show_addresses(Call& call) {
  std::vector<std::string> lines;
  for (int cid = 1; cid <= PacketDomain::kContexts; ++cid) {
    if (has_address_line(call, cid)) lines.push_back(address_line(call, cid));
  }
  if (!lines.empty()) call.respond(lines);
  return Reply::ok();
}

// AT+CGQREQ, AT+CGQMIN=<cid>[,<precedence>[,<delay>[,<reliability>[,<peak>[,<mean>]]]]]               [M66 10.3, 10.4]
struct QualityArgs {
  int cid = 1;
  int precedence = 0;
  int delay = 0;
  int reliability = 0;
  int peak = 0;
  int mean = 0;
};
constexpr std::array kQuality{
    atcmd::integer<&QualityArgs::cid>("cid", 1, PacketDomain::kContexts),
    atcmd::integer<&QualityArgs::precedence>("precedence", 0, 3).optional(0),
    atcmd::integer<&QualityArgs::delay>("delay", 0, 4).optional(0),
    atcmd::integer<&QualityArgs::reliability>("reliability", 0, 5).optional(0),
    atcmd::integer<&QualityArgs::peak>("peak", 0, 9).optional(0),
    atcmd::integer<&QualityArgs::mean>("mean", 0, 31).optional(0),
};
template <PacketDomain::Quality PacketDomain::Context::*Member>
Reply set_quality(Call& call, const QualityArgs& args) {
  auto& context = call.me().packet_domain.context(args.cid);
  if (!context.defined) return not_allowed();
  context.*Member = {args.precedence, args.delay, args.reliability, args.peak, args.mean};
  return Reply::ok();
}
template <PacketDomain::Quality PacketDomain::Context::*Member>
struct ShowQuality {
  static Reply run(const Command& command, atcmd::Call& call, const CommandCall&) {
    return for_each_defined(static_cast<Call&>(call), [&](int cid, const PacketDomain::Context& context) {
      const auto& q = context.*Member;
      return fmt::format("{}: {},{},{},{},{},{}", command.name, cid, q[0], q[1], q[2], q[3], q[4]);
    });
  }
};

// AT+CGCLASS="<class>"                                                                                      [M66 10.8]
struct Class {
  std::string_view name;
};
constexpr std::array kClass{atcmd::text<&Class::name>("class", 1, 2)};
Reply set_class(Call& call, const Class& args) {
  if (args.name != "B" && args.name != "CG" && args.name != "CC") return not_allowed();
  call.settings().packet_class = args.name;
  return Reply::ok();
}
Reply show_class(Call& call) {
  call.respond(fmt::format("+CGCLASS: \"{}\"", call.settings().packet_class));
  return Reply::ok();
}

// AT+QGPCLASS                                                                                              [M66 10.12]
using Multislot = Remembered<12>;
constexpr std::array kMultislot{atcmd::integer("class", 1, 12).as_range()};
Reply show_multislot(Call& call) {
  call.respond(fmt::format("MULTISLOT CLASS: {}", Multislot::get("+QGPCLASS", call).front()));
  return Reply::ok();
}

constexpr std::string_view kQualityRanges = " \"IP\",(0-3),(0-4),(0-5),(0-9),(0-18,31)";

constexpr Meaning kPacketEvents[] = {{0, "no URC"}, {1, "+CGEV"}};
constexpr Line kPacketEventLines[] = {{"+CGEV: <event>", Line::urc, "a packet domain event (AT+CGEREP)"}};

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+CGDCONT",
            .summary = "Define a context",
            .manual = "M66 10.2",
            .write = atcmd::write<&define>(kDefine).ignores_more(),
            .read = atcmd::plain<&show_defined>(),
            .test_text = " (1-10),\"IP\",,,(0,1),(0,1)"},
    Command{.name = "+CGQREQ",
            .summary = "Quality asked for",
            .manual = "M66 10.3",
            .write = atcmd::write<&set_quality<&PacketDomain::Context::requested>>(kQuality).ignores_more(),
            .read = {.run = &ShowQuality<&PacketDomain::Context::requested>::run},
            .test_text = kQualityRanges},
    Command{.name = "+CGQMIN",
            .summary = "Least quality",
            .manual = "M66 10.4",
            .write = atcmd::write<&set_quality<&PacketDomain::Context::least>>(kQuality).ignores_more(),
            .read = {.run = &ShowQuality<&PacketDomain::Context::least>::run},
            .test_text = kQualityRanges},
    Command{.name = "+CGACT",
            .summary = "Activate a context",
            .manual = "M66 10.5",
            // 27.007 has a list of <cid> here and in AT+CGPADDR, M66 one: a second is refused, not passed over.
            .write = atcmd::write<&activate_contexts>(kActivate),
            .read = atcmd::plain<&show_active>(),
            .test_text = " (0,1)"},
    Command{.name = "+CGPADDR",
            .summary = "Address of a context",
            .manual = "M66 10.7",
            .write = atcmd::write<&show_address>(kCid),
            .execution = atcmd::plain<&show_addresses>(),
            .test_text = " (1-10)"},
    Command{.name = "+CGCLASS",
            .summary = "Class of the mobile station",
            .manual = "M66 10.8",
            .write = atcmd::write<&set_class>(kClass).ignores_more(),
            .read = atcmd::plain<&show_class>(),
            .test_text = " (\"B\",\"CG\",\"CC\")"},
    saying(kPacketEventLines, atcmd::ignoring_more(setting<&Settings::packet_events, kPacketEvents>(
                                  "+CGEREP", "Report events of the packet domain", "M66 10.9"))),
    atcmd::ignoring_more(remembered_number<0, 3, 1>("+CGSMS", "Bearer of messages", "M66 10.11")),
    Command{.name = "+QGPCLASS",
            .summary = "Multislot class",
            .manual = "M66 10.12",
            .write = written<Multislot>(kMultislot).ignores_more(),
            .read = atcmd::plain<&show_multislot>()},
    atcmd::ignoring_more(remembered_number<0, 1, 0>("+QCGTIND", "Report the end of calls", "M66 4.11")),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kPacketDomainFamily{"Packet domain", kCommands};

}  // namespace quasimodem::commands
