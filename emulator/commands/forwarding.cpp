// SPDX-License-Identifier: Apache-2.0
// Call forwarding (27.007 7.11; names only: at-reference 5).

#include "emulator/commands/character_set.hpp"
#include "emulator/commands/family.hpp"
#include "emulator/device/call_forwarding.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {
namespace {

using device::CallForwarding;

// AT+CCFC=<reas>,<mode>[,<number>[,<type>[,<class>[,<subaddr>[,<satype>[,<time>]]]]]]
// → +CCFC: <status>,<class>[,<number>,<type>[,,,<time>]]                                               [27.007 7.11]
struct Forward {
  int reason = 0;
  int mode = 0;
  std::optional<std::string_view> number;
  std::optional<int> type;
  int service_class = 7;
  std::optional<std::string_view> subaddress;
  std::optional<int> subaddress_type;
  std::optional<int> time;
};
constexpr std::array kForward{
    atcmd::integer<&Forward::reason>("reas", 0, 5).as_range(),
    atcmd::integer<&Forward::mode>("mode", 0, 4),
    atcmd::text<&Forward::number>("number", 1, 84).optional(),
    atcmd::integer<&Forward::type>("type", 128, 255).optional(),
    atcmd::integer<&Forward::service_class>("class", 1, 255).optional(7),
    atcmd::text<&Forward::subaddress>("subaddr", 0, 40).optional(),
    atcmd::integer<&Forward::subaddress_type>("satype", 0, 255).optional(),
    atcmd::integer<&Forward::time>("time", 1, 30).optional(),
};
enum Mode { disable = 0, enable = 1, query = 2, registration = 3, erasure = 4 };
enum Reason { no_answer = 2, all = 4, all_conditional = 5 };

std::vector<int> reasons_of(int reason) {
  if (reason == all) return {0, 1, 2, 3};
  if (reason == all_conditional) return {1, 2, 3};
  return {reason};
}

template <class Do>
void for_each_service(int service_class, const Do& action) {
  for (int service = 0; service < CallForwarding::kServices; ++service) {
    if (service_class & 1 << service) action(service);
  }
}

/// One line for each service that is forwarded; ASSUMED: one for all of them when none is.
Reply show(Call& call, const Forward& args) {
  std::vector<std::string> lines;
  for_each_service(args.service_class, [&](int service) {
    const auto& forwarding = call.me().forwarding.of(args.reason, service);
    if (!forwarding.active) return;
    auto line = fmt::format("+CCFC: 1,{},\"{}\",{}", 1 << service, forwarding.number,
                            forwarding.number.starts_with('+') ? 145 : 129);
    if (args.reason == no_answer) line += fmt::format(",,,{}", forwarding.wait);
    lines.push_back(std::move(line));
  });
  if (lines.empty()) lines.push_back(fmt::format("+CCFC: 0,{}", args.service_class));
  call.respond(lines);
  return Reply::ok();
}

bool change(CallForwarding::Service& service, const Forward& args, const std::string& number) {
  switch (args.mode) {
    case registration:
      service.number = number;
      service.active = true;
      if (args.time) service.wait = *args.time;
      return true;
    case enable: return service.active = !service.number.empty();
    case erasure: service = {}; return true;
    default: service.active = false; return true;
  }
}

// ASSUMED: the network answers at once, takes every number and keeps no more than one for a reason and a service.
Reply forward(Call& call, const Forward& args) {
  if (!call.me().in_service()) return Reply::cme(cme::kNoNetworkService);
  if (args.mode == query) {
    return args.reason < all ? show(call, args) : Reply::cme(cme::kOperationNotAllowed);
  }
  std::string number{args.number ? typed_number(*args.number, call.settings().character_set) : ""};
  if (args.type == 145 && !number.empty() && !number.starts_with('+')) number.insert(0, 1, '+');
  const bool dialable = number.find_first_not_of("+0123456789*#") == std::string::npos;
  if (!dialable || (args.mode == registration && number.empty())) return Reply::cme(cme::kOperationNotAllowed);
  bool done = true;
  for (const int reason : reasons_of(args.reason)) {
    for_each_service(args.service_class, [&](int service) {
      if (!change(call.me().forwarding.of(reason, service), args, number)) done = false;
    });
  }
  return done ? Reply::ok() : Reply::cme(cme::kOperationNotAllowed);
}

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+CCFC",
            .summary = "Call forwarding",
            .manual = "27.007 7.11",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&forward>(kForward),
            .test_text = " (0-5)"},
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kForwardingFamily{"Call forwarding", kCommands};

}  // namespace quasimodem::commands
