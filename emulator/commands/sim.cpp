// SPDX-License-Identifier: Apache-2.0
// The SIM: locks, passwords, files (M66 5.2, 5.4, 5.5, 5.10, 5.11).
#include "emulator/device/sim.hpp"

#include <algorithm>

#include "emulator/commands/family.hpp"
#include "emulator/commands/sim_results.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/sim_card.hpp"
#include "emulator/device/sms/alphabet.hpp"

namespace quasimodem::commands {
namespace {

using device::SimStatus;

int unavailable(Call& call) { return cme_of(call.me().sim_status()); }

constexpr std::string_view kSimLock = "SC";
constexpr std::array<std::string_view, 13> kFacilities{"SC", "AO", "OI", "OX", "AI", "IR", "AB",
                                                       "AG", "AC", "FD", "PN", "PU", "PP"};
bool known_facility(std::string_view name) {
  return std::find(kFacilities.begin(), kFacilities.end(), name) != kFacilities.end();
}
bool valid_pin(std::string_view pin) {
  return pin.size() >= 4 && pin.size() <= 8 && pin.find_first_not_of("0123456789") == std::string_view::npos;
}

// AT+CLCK="<fac>",<mode>[,"<passwd>"[,<class>]] — 2 queries                                                  [M66 5.2]
struct Lock {
  std::string_view facility;
  int mode = 2;
  std::optional<std::string_view> password;
  int service_class = 7;
};
constexpr Meaning kLockFacilities[] = {{"SC", "PIN of the SIM"}};
constexpr Meaning kLockModes[] = {{0, "unlock"}, {1, "lock"}, {2, "query"}};
constexpr std::array kLock{
    atcmd::text<&Lock::facility>("fac", 2, 2).meaning(kLockFacilities),
    atcmd::choice<&Lock::mode>("mode", kLockModes),
    atcmd::text<&Lock::password>("passwd", 1, 8).optional(),
    atcmd::integer<&Lock::service_class>("class", 1, 255).optional(7),
};
Reply lock(Call& call, const Lock& args) {
  constexpr int kQuery = 2;
  if (!known_facility(args.facility)) return Reply::cme(cme::kOperationNotAllowed);
  if (const auto error = unavailable(call)) return Reply::cme(error);
  const bool sim_lock = args.facility == kSimLock;
  if (args.mode == kQuery) {
    call.respond(fmt::format("+CLCK: {}", sim_lock && call.me().sim().locked() ? 1 : 0));
    return Reply::ok();
  }
  if (!args.password) return Reply::cme(cme::kIncorrectPassword);
  // ASSUMED: call barring and network locks are none of this network's services.
  if (!sim_lock) return Reply::cme(cme::kOperationNotAllowed);
  const auto error = cme_of(call.me().sim().lock(args.mode == 1, *args.password));
  return error ? Reply::cme(error) : Reply::ok();
}

// AT+CPWD="<fac>","<old>","<new>"                                                                            [M66 5.4]
struct Password {
  std::string_view facility;
  std::string_view old_password;
  std::string_view new_password;
};
constexpr std::array kPassword{
    atcmd::text<&Password::facility>("fac", 2, 2),
    atcmd::text<&Password::old_password>("oldpwd", 1, 8),
    atcmd::text<&Password::new_password>("newpwd", 1, 8),
};
Reply change_password(Call& call, const Password& args) {
  if (args.facility != kSimLock) return Reply::cme(cme::kOperationNotAllowed);
  if (const auto error = unavailable(call)) return Reply::cme(error);
  if (!valid_pin(args.new_password)) return Reply::cme(cme::kIncorrectPassword);
  const auto error = cme_of(call.me().sim().change_pin(args.old_password, args.new_password));
  return error ? Reply::cme(error) : Reply::ok();
}

// AT+QTRPIN → tries left: <chv1>,<chv2>,<puk1>,<puk2>                                                       [M66 5.11]
Reply show_tries(Call& call) {
  // How many are left is known also to one that waits for its PIN.
  const auto status = call.me().sim_status();
  if (status == SimStatus::not_inserted || status == SimStatus::busy) return Reply::cme(cme_of(status));
  const auto& sim = call.me().sim();
  call.respond(fmt::format("+QTRPIN: {},{},{},{}", sim.pin_tries(), device::Sim::kPinTries, sim.puk_tries(),
                           device::Sim::kPukTries));
  return Reply::ok();
}

// AT+QSPN? → "<name>",<mode>                                                                                [M66 5.10]
Reply show_provider(Call& call) {
  if (const auto error = unavailable(call)) return Reply::cme(error);
  call.respond(fmt::format("+QSPN: \"{}\",0", call.me().sim().provider()));
  return Reply::ok();
}

// AT+CRSM=<command>[,<file>[,<P1>,<P2>,<P3>[,<data>[,<path>]]]] → <sw1>, <sw2>[, "<response>"]             [M66 5.5]
// ASSUMED: <path>, which is 27.007's, is taken and not needed: no two files here have the same number.
struct Restricted {
  int command = 0;
  int file = 0;
  int p1 = 0;
  int p2 = 0;
  int p3 = 0;
  std::string_view data;
  std::string_view path;
};
constexpr int kSimCommands[] = {176, 178, 192, 214, 220, 242};  // GSM 11.11 9.2
constexpr std::array kRestricted{
    atcmd::integer<&Restricted::command>("command", 176, 242).among(kSimCommands),
    atcmd::integer<&Restricted::file>("fileid", 0, 65535).optional(0),
    atcmd::integer<&Restricted::p1>("P1", 0, 255).optional(0),
    atcmd::integer<&Restricted::p2>("P2", 0, 255).optional(0),
    atcmd::integer<&Restricted::p3>("P3", 0, 255).optional(0),
    atcmd::text<&Restricted::data>("data", 0, 512).optional(),
    atcmd::text<&Restricted::path>("pathid", 0, 40).optional(),
};

Reply access_sim(Call& call, const Restricted& args) {
  if (const auto error = unavailable(call)) return Reply::cme(error);
  const auto answer = call.me().sim_card().access({args.command, args.file, args.p1, args.p2, args.p3});
  const auto words = fmt::format("+CRSM: {}, {}", answer.sw1, answer.sw2);
  const auto data = device::sms::to_hex(answer.data);
  call.respond(answer.data.empty() ? words : fmt::format("{}, \"{}\"", words, data));
  return Reply::ok();
}

// AT+CSIM=<length>,"<command>" → <length>,"<response>"; both count digits                               [27.007 8.17]
// Also while a PIN is missing: the card says itself what it guards, and how many tries are left.
struct Generic {
  int length = 0;
  std::string_view command;
};
constexpr std::array kGeneric{
    atcmd::integer<&Generic::length>("length", 8, 522),  // a header of 4 octets, to one with 255 of data and <Le>
    atcmd::text<&Generic::command>("command", 8, 522),
};

Reply transmit(Call& call, const Generic& args) {
  const auto status = call.me().sim_status();
  if (status == SimStatus::not_inserted || status == SimStatus::busy || status == SimStatus::not_ready)
    return Reply::cme(cme_of(status));
  const auto command = device::sms::from_hex(args.command);
  if (!command || args.command.size() != static_cast<std::size_t>(args.length))
    return Reply::cme(cme::kOperationNotAllowed);
  auto answer = call.me().sim_card().transmit(*command);
  answer.data.push_back(answer.sw1);
  answer.data.push_back(answer.sw2);
  const auto digits = device::sms::to_hex(answer.data);
  call.respond(fmt::format("+CSIM: {},\"{}\"", digits.size(), digits));
  return Reply::ok();
}

// AT+CUAD → the records of EF DIR: which applications the card has                                       [27.007 8.41]
// ASSUMED: the quotes.
Reply show_applications(Call& call) {
  if (const auto error = unavailable(call)) return Reply::cme(error);
  call.respond(fmt::format("+CUAD: \"{}\"", device::sms::to_hex(call.me().sim_card().applications())));
  return Reply::ok();
}

constexpr auto kCommands = with_cme(std::array{
    Command{
        .name = "+CLCK",
        .summary = "Locks",
        .manual = "M66 5.2",
        .write = atcmd::write<&lock>(kLock),
        .test_text = " (\"SC\",\"AO\",\"OI\",\"OX\",\"AI\",\"IR\",\"AB\",\"AG\",\"AC\",\"FD\",\"PN\",\"PU\",\"PP\")"},
    Command{.name = "+CPWD",
            .summary = "Passwords",
            .manual = "M66 5.4",
            .write = atcmd::write<&change_password>(kPassword),
            .test_text = " (\"SC\",8)"},
    Command{.name = "+CRSM",
            .summary = "Files of the SIM",
            .manual = "M66 5.5",
            .write = atcmd::write<&access_sim>(kRestricted),
            .test = atcmd::answers_ok()},
    // OBSERVED: CSIM is in a driver's table of the M10's commands; oFono sends CUAD.
    Command{.name = "+CSIM",
            .summary = "Commands of the SIM",
            .manual = "27.007 8.17",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&transmit>(kGeneric),
            .test = atcmd::answers_ok()},
    Command{.name = "+CUAD",
            .summary = "Applications of the SIM",
            .manual = "27.007 8.41",
            .confidence = Confidence::inferred,
            .execution = atcmd::plain<&show_applications>()},
    Command{
        .name = "+QSPN", .summary = "Service provider", .manual = "M66 5.10", .read = atcmd::plain<&show_provider>()},
    Command{.name = "+QTRPIN", .summary = "Tries left", .manual = "M66 5.11", .execution = atcmd::plain<&show_tries>()},
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSimFamily{"SIM", kCommands};

}  // namespace quasimodem::commands
