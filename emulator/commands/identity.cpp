// SPDX-License-Identifier: Apache-2.0
// Who the module and its SIM are (M66 2.1–2.11, 5.1, 5.7).

#include "emulator/commands/family.hpp"
#include "emulator/commands/sim_results.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/sim.hpp"

namespace quasimodem::commands {
namespace {

using device::Model;

constexpr std::string_view kMaker = "Quectel_Ltd";

std::string model_line(Call& call) { return fmt::format("Quectel_{}", call.me().profile().name); }
std::string revision_line(Call& call) { return fmt::format("Revision: {}", call.me().profile().revision); }

struct Page {
  int page = 0;
};
constexpr std::array kPage{atcmd::integer<&Page::page>("value", 0, 0).optional(0)};

// ATI — three lines                                                                                          [M66 2.1]
Reply identify(Call& call, const Page&) {
  call.respond({std::string{kMaker}, model_line(call), revision_line(call)});
  return Reply::ok();
}

// AT+GMI, AT+CGMI — three lines as well, with the platform's revision                                   [M66 2.2, 2.6]
Reply maker(Call& call) {
  call.respond({std::string{kMaker}, model_line(call), "Revision: MTK 0828"});
  return Reply::ok();
}

Reply model(Call& call) {
  call.respond(model_line(call));
  return Reply::ok();
}

Reply revision(Call& call) {
  call.respond(revision_line(call));
  return Reply::ok();
}

Reply object_id(Call& call) {
  call.respond(call.me().profile().name);
  return Reply::ok();
}

Reply imei(Call& call) {
  call.respond(call.me().configuration().imei);
  return Reply::ok();
}

Reply quoted_imei(Call& call) {
  call.respond(fmt::format("+QGSN: \"{}\"", call.me().configuration().imei));
  return Reply::ok();
}

Reply imsi(Call& call) {
  if (const auto error = cme_of(call.me().sim_status())) return Reply::cme(error);
  call.respond(call.me().sim().imsi());
  return Reply::ok();
}

// AT+QCCID — bare on some firmware, with a prefix on other                                        [M66 5.7, quirk Q19]
/// It is read before the PIN is asked for.
int iccid_unknown(Call& call) {
  const auto status = call.me().sim_status();
  return status == device::SimStatus::not_inserted || status == device::SimStatus::busy ? cme_of(status) : 0;
}
Reply iccid(Call& call) {
  if (const auto error = iccid_unknown(call)) return Reply::cme(error);
  const auto id = call.me().sim().iccid();
  call.respond(call.me().firmware().ccid_prefix ? fmt::format("+QCCID: {}", id) : std::string{id});
  return Reply::ok();
}

// AT+CCID                                                                                                  [MC60 5.8]
Reply quoted_iccid(Call& call) {
  if (const auto error = iccid_unknown(call)) return Reply::cme(error);
  call.respond(fmt::format("+CCID: \"{}\"", call.me().sim().iccid()));
  return Reply::ok();
}

// AT+QGMR — OBSERVED: a driver asks for it. ASSUMED: the part after the revision.
Reply full_revision(Call& call) {
  call.respond(fmt::format("{}_01.001.01.001", call.me().profile().revision));
  return Reply::ok();
}

// AT+GCAP                                                                                                   [M66 2.23]
Reply capabilities(Call& call) {
  call.respond("+GCAP: +CGSM,+FCLASS");
  return Reply::ok();
}

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "I",
            .summary = "Identification",
            .manual = "M66 2.1",
            .write = atcmd::write<&identify>(kPage),
            .test = atcmd::answers_ok()},
    Command{.name = "+GMI", .summary = "Manufacturer", .manual = "M66 2.2", .execution = atcmd::plain<&maker>()},
    Command{.name = "+GMM", .summary = "Model", .manual = "M66 2.3", .execution = atcmd::plain<&model>()},
    Command{.name = "+GMR", .summary = "Revision", .manual = "M66 2.4", .execution = atcmd::plain<&revision>()},
    Command{.name = "+GOI", .summary = "Object id", .manual = "M66 2.5", .execution = atcmd::plain<&object_id>()},
    Command{.name = "+CGMI", .summary = "Manufacturer", .manual = "M66 2.6", .execution = atcmd::plain<&maker>()},
    Command{.name = "+CGMM", .summary = "Model", .manual = "M66 2.7", .execution = atcmd::plain<&model>()},
    Command{.name = "+CGMR", .summary = "Revision", .manual = "M66 2.8", .execution = atcmd::plain<&revision>()},
    Command{.name = "+GSN", .summary = "IMEI", .manual = "M66 2.9", .execution = atcmd::plain<&imei>()},
    Command{.name = "+CGSN", .summary = "IMEI", .manual = "M66 2.10", .execution = atcmd::plain<&imei>()},
    Command{
        .name = "+QGSN", .summary = "IMEI in quotes", .manual = "M66 2.11", .execution = atcmd::plain<&quoted_imei>()},
    Command{.name = "+CIMI", .summary = "IMSI", .manual = "M66 5.1", .execution = atcmd::plain<&imsi>()},
    Command{.name = "+QCCID", .summary = "ICCID", .manual = "M66 5.7", .execution = atcmd::plain<&iccid>()},
    // MANUAL: M26, MC60. ASSUMED: M85 and M95 have it too; M66 V1.0 does not list it.
    Command{.name = "+CCID",
            .summary = "ICCID in quotes",
            .manual = "MC60 5.8",
            .confidence = Confidence::inferred,
            .execution = atcmd::plain<&quoted_iccid>(),
            .models = bit(Model::m85) | bit(Model::m95) | bit(Model::m26) | bit(Model::mc60)},
    Command{.name = "+QGMR",
            .summary = "Revision in full",
            .manual = "at-reference 1.5",
            .confidence = Confidence::seen,
            .execution = atcmd::plain<&full_revision>()},
    Command{.name = "+GCAP",
            .summary = "Capabilities",
            .manual = "M66 2.23",
            .confidence = Confidence::inferred,
            .execution = atcmd::plain<&capabilities>()},
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kIdentityFamily{"Identification", kCommands};

}  // namespace quasimodem::commands
