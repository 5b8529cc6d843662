// SPDX-License-Identifier: Apache-2.0
// The SIM: locks, passwords, files (M66 5.2, 5.4, 5.5, 5.10, 5.11).
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/setting.hpp"
#include "emulator/commands/sim_results.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Command;
using atcmd::Confidence;
using atcmd::Reply;
using device::SimStatus;

/// The number that stands between a command and the SIM, or 0.
int unavailable(Call& call) {
  switch (call.me().sim_status()) {
    case SimStatus::not_inserted: return cme::kSimNotInserted;
    case SimStatus::pin_needed: return cme::kSimPinRequired;
    case SimStatus::puk_needed: return cme::kSimPukRequired;
    case SimStatus::not_ready:
    case SimStatus::blocked: return cme::kSimFailure;
    case SimStatus::ready: return 0;
  }
  return 0;
}

constexpr std::string_view kSimLock = "SC";
constexpr std::array<std::string_view, 13> kFacilities{"SC", "AO", "OI", "OX", "AI", "IR", "AB",
                                                       "AG", "AC", "FD", "PN", "PU", "PP"};
bool known_facility(std::string_view name) {
  for (const auto facility : kFacilities) {
    if (facility == name) return true;
  }
  return false;
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
constexpr std::array kLock{
    atcmd::text<&Lock::facility>("fac", 2, 2),
    atcmd::integer<&Lock::mode>("mode", 0, 2),
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
  if (!call.me().sim().inserted()) return Reply::cme(cme::kSimNotInserted);
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

// AT+CRSM=<command>[,<file>[,<P1>,<P2>,<P3>[,<data>]]] → <sw1>, <sw2>[, "<response>"]                        [M66 5.5]
struct Restricted {
  int command = 0;
  int file = 0;
  int p1 = 0;
  int p2 = 0;
  int p3 = 0;
  std::string_view data;
};
constexpr int kSimCommands[] = {176, 178, 192, 214, 220, 242};  // GSM 11.11 9.2
constexpr int kReadBinary = 176;
constexpr std::array kRestricted{
    atcmd::integer<&Restricted::command>("command", 176, 242).among(kSimCommands),
    atcmd::integer<&Restricted::file>("fileid", 0, 65535).optional(0),
    atcmd::integer<&Restricted::p1>("P1", 0, 255).optional(0),
    atcmd::integer<&Restricted::p2>("P2", 0, 255).optional(0),
    atcmd::integer<&Restricted::p3>("P3", 0, 255).optional(0),
    atcmd::text<&Restricted::data>("data", 0, 512).optional(),
};

/// Two digits an octet, the first one in the low half (GSM 11.11 10.1.1, 10.3.2).
std::string swapped(std::string_view digits) {
  std::string text{digits};
  if (text.size() % 2) text += 'F';
  for (std::size_t i = 0; i < text.size(); i += 2) std::swap(text[i], text[i + 1]);
  return text;
}

/// In hex; nothing when this SIM has no such file. ASSUMED: which files an ordinary SIM has.
std::optional<std::string> file_content(const device::Sim& sim, int file) {
  constexpr int kIccid = 0x2FE2, kImsi = 0x6F07, kProvider = 0x6F46, kAdministration = 0x6FAD;
  switch (file) {
    case kIccid: return swapped(sim.iccid());
    case kImsi: return "08" + swapped("9" + std::string{sim.imsi()});
    case kAdministration: return "00000002";  // normal operation, two digits of network code
    case kProvider: {
      std::string hex = "00";
      for (const char c : sim.provider()) hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
      return hex + std::string(2 * (16 - sim.provider().size()), 'F');
    }
    default: return std::nullopt;
  }
}

Reply access_sim(Call& call, const Restricted& args) {
  if (const auto error = unavailable(call)) return Reply::cme(error);
  const auto content = file_content(call.me().sim(), args.file);
  const auto answer = [&](int sw1, int sw2) {
    call.respond(fmt::format("+CRSM: {}, {}", sw1, sw2));
    return Reply::ok();
  };
  if (!content) return answer(0x94, 0x04);                     // file not found
  if (args.command != kReadBinary) return answer(0x6D, 0x00);  // ASSUMED: the emulated SIM is read only
  const auto length = content->size() / 2;
  const auto offset = static_cast<std::size_t>(args.p1) << 8 | static_cast<std::size_t>(args.p2);
  const auto count = args.p3 ? static_cast<std::size_t>(args.p3) : length - std::min(length, offset);
  if (offset + count > length) return answer(0x67, static_cast<int>(length));  // wrong length
  call.respond(fmt::format("+CRSM: 144, 0, \"{}\"", std::string_view{*content}.substr(2 * offset, 2 * count)));
  return Reply::ok();
}

constexpr std::array kCommands{
    Command{
        .name = "+CLCK",
        .summary = "Locks",
        .manual = "M66 5.2",
        .write = atcmd::write<&lock>(kLock),
        .test_text = " (\"SC\",\"AO\",\"OI\",\"OX\",\"AI\",\"IR\",\"AB\",\"AG\",\"AC\",\"FD\",\"PN\",\"PU\",\"PP\")",
        .invalid_parameter = cme::kOperationNotAllowed},
    Command{.name = "+CPWD",
            .summary = "Passwords",
            .manual = "M66 5.4",
            .write = atcmd::write<&change_password>(kPassword),
            .test_text = " (\"SC\",8)",
            .invalid_parameter = cme::kOperationNotAllowed},
    Command{.name = "+CRSM",
            .summary = "Files of the SIM",
            .manual = "M66 5.5",
            .write = atcmd::write<&access_sim>(kRestricted),
            .test = atcmd::answers_ok(),
            .invalid_parameter = cme::kOperationNotAllowed},
    Command{
        .name = "+QSPN", .summary = "Service provider", .manual = "M66 5.10", .read = atcmd::plain<&show_provider>()},
    Command{.name = "+QTRPIN", .summary = "Tries left", .manual = "M66 5.11", .execution = atcmd::plain<&show_tries>()},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSimFamily{"SIM", kCommands};

}  // namespace quasimodem::commands
