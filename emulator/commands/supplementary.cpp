// SPDX-License-Identifier: Apache-2.0
// A second call, and the settings of supplementary services and data calls (M66 12, 16.3, table 2).

#include "emulator/commands/setting.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/voice_calls.hpp"

namespace quasimodem::commands {
namespace {

constexpr Param one_of(std::string_view name, std::int64_t lowest, std::int64_t highest) {
  return atcmd::integer(name, lowest, highest).as_range();
}

// AT+CCWA=[<n>[,<mode>[,<class>]]] — URC +CCWA: "<number>",<type>,<class>
// <mode> 2 → +CCWA: <status>,<class> for each class that waits, one with status 0 when none does  [M66 12, 27.007 7.12]
struct Waiting {
  std::optional<bool> show;
  std::optional<int> mode;
  int service_class = 7;
};
constexpr std::array kWaiting{
    atcmd::integer<&Waiting::show>("n", 0, 1).as_range().optional(),
    atcmd::integer<&Waiting::mode>("mode", 0, 2).optional(),
    atcmd::integer<&Waiting::service_class>("class", 1, 255).optional(7),
};

std::vector<std::string> waiting_classes(int active, int asked) {
  std::vector<std::string> lines;
  for (int service = 1; service <= asked; service <<= 1) {
    if (active & asked & service) lines.push_back(fmt::format("+CCWA: 1,{}", service));
  }
  if (lines.empty()) lines.push_back(fmt::format("+CCWA: 0,{}", asked));
  return lines;
}

Reply set_waiting(Call& call, const Waiting& args) {
  constexpr int kOff = 0, kQuery = 2;
  auto& active = call.me().calls().waiting_classes;
  // <n> alone is between TE and TA; <mode> is the network's business.
  if (args.mode && !call.me().in_service()) return Reply::cme(cme::kNoNetworkService);
  if (args.mode == kQuery) {
    call.respond(waiting_classes(active, args.service_class));
  } else if (args.mode) {
    active = *args.mode == kOff ? active & ~args.service_class : active | args.service_class;
  }
  if (args.show) call.settings().calls.waiting = *args.show;
  return Reply::ok();
}
using ShowWaiting = InMembers<&CallSettings::waiting>;

// AT+CHLD=<n> — 0, 1, 1x, 2, 2x, 3 of 22.030 6.5.5.1; x is the number of a call in AT+CLCC           [27.007 7.13]
struct HoldCommand {
  std::string_view what;
};
constexpr std::array kHoldCommand{atcmd::text<&HoldCommand::what>("n", 1, 2)};

bool change_calls(device::VoiceCalls& calls, std::string_view what) {
  const int id = what.size() == 2 ? what[1] - '0' : 0;
  if (what == "0") return calls.release_held();
  if (what == "1") return calls.release_active_and_take();
  if (what == "2") return calls.swap();
  if (what == "3") return calls.join();
  if (what[0] == '1') return calls.release(id);
  if (what[0] == '2') return calls.hold_all_but(id);
  return false;
}
Reply hold(Call& call, const HoldCommand& args) {
  return change_calls(call.me().calls(), args.what) ? Reply::ok() : Reply::cme(cme::kOperationNotAllowed);
}

constexpr std::array kNotifications{one_of("n", 0, 1), one_of("m", 0, 1).optional()};
constexpr std::array kClosedGroup{one_of("n", 0, 1), one_of("index", 0, 10).optional(),
                                  one_of("info", 0, 3).optional()};
constexpr std::array kRadioLink{one_of("iws", 0, 61),
                                one_of("mws", 0, 61).optional(),
                                one_of("T1", 39, 255).optional(),
                                one_of("N2", 1, 255).optional(),
                                one_of("ver", 0, 0).optional(),
                                one_of("T4", 3, 255).optional()};
constexpr std::array kBearerService{one_of("speed", 0, 71), one_of("name", 0, 0).optional(),
                                    one_of("ce", 0, 3).optional()};
constexpr std::array kMicrophone{one_of("normal", 0, 15), one_of("headset", 0, 15).optional(),
                                 one_of("loudspeaker", 0, 15).optional()};

// ASSUMED: the ranges of all that is only stored are those of 27.007, and what AT+CAOC, CBST and QMIC have at first.
constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+CCWA",
            .summary = "Call waiting",
            .manual = "M66 16.3",
            .write = atcmd::write<&set_waiting>(kWaiting),
            .read = said<ShowWaiting>(),
            .test_text = " (0,1)",
            .values = values_of<ShowWaiting>(),
            .profile = Profile{}},
    Command{.name = "+CHLD",
            .summary = "Hold, take, release and join calls",
            .manual = "27.007 7.13",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&hold>(kHoldCommand),
            .test_text = " (0,1,1x,2,2x,3)"},
    in_profile(remembered<kNotifications, 0, 0>("+CSSN", "Notifications of services", "M66 16.3"), {.stored = false}),
    in_profile(remembered<kClosedGroup, 0, 0, 0>("+CCUG", "Closed user group", "M66 16.3")),
    as_sure(in_profile(remembered_number<0, 2, 1>("+CAOC", "Advice of charge", "M66 table 2"), kNotKept),
            Confidence::inferred),
    as_sure(
        in_profile(remembered_number<0, 1, 0>("+CCWE", "Warn before the charge is used up", "M66 table 2"), kNotKept),
        Confidence::inferred),
    in_profile(remembered_number<0, 1, 0>("+QCLIP", "Name with the caller's number", "M66 16.3")),
    in_profile(remembered_number<0, 1, 0>("+QCOLP", "Name with the answering number", "M66 16.3")),
    in_profile(remembered_number<0, 7, 0>("+CSNS", "Single numbering scheme", "M66 16.3")),
    in_profile(remembered<kRadioLink, 61, 61, 128, 6, 0, 3>("+CRLP", "Radio link protocol", "M66 16.3")),
    as_sure(in_profile(remembered<kBearerService, 0, 0, 1>("+CBST", "Bearer service", "M66 table 2"), kNotKept),
            Confidence::inferred),
    in_profile(remembered<kMicrophone, 4, 9, 8>("+QMIC", "Microphone gain", "M66 13"), kNotKept),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSupplementaryFamily{"Supplementary services", kCommands};

}  // namespace quasimodem::commands
