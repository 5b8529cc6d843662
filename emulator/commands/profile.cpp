// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/profile.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/core.h>

#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "storage/flash.hpp"

namespace quasimodem::commands {
namespace {

constexpr std::string_view kProfileRecord = "profile";

constexpr std::array kRows{
    ProfileRow{"E", [](Settings& s) -> int& { return s.dialogue.echo; }, true, true},
    ProfileRow{"Q", [](Settings& s) -> int& { return s.dialogue.quiet; }, true, true},
    ProfileRow{"V", [](Settings& s) -> int& { return s.dialogue.verbose; }, true, true},
    ProfileRow{"X", [](Settings& s) -> int& { return s.dialogue.call_progress; }, true, true},
    ProfileRow{"S0", [](Settings& s) -> int& { return s.auto_answer; }, true, true},
    ProfileRow{"S2", [](Settings& s) -> int& { return s.escape_character; }, false, false},
    ProfileRow{"S3", [](Settings& s) -> int& { return s.dialogue.line_terminator; }, true, true},
    ProfileRow{"S4", [](Settings& s) -> int& { return s.dialogue.line_feed; }, true, true},
    ProfileRow{"S5", [](Settings& s) -> int& { return s.dialogue.backspace; }, true, true},
    ProfileRow{"S6", [](Settings& s) -> int& { return s.blind_dial_pause; }, true, true},
    ProfileRow{"S7", [](Settings& s) -> int& { return s.carrier_wait; }, true, true},
    ProfileRow{"S8", [](Settings& s) -> int& { return s.comma_pause; }, true, true},
    ProfileRow{"S10", [](Settings& s) -> int& { return s.carrier_loss; }, true, true},
    ProfileRow{"+CR", [](Settings& s) -> int& { return s.calls.service_report; }, true, true},
    ProfileRow{"+FCLASS", [](Settings& s) -> int& { return s.status.facsimile_class; }, false, false},
    ProfileRow{"+CMGF", [](Settings& s) -> int& { return s.message_format; }, true, true},
    ProfileRow{"+CSDH", [](Settings& s) -> int& { return s.messages.show_header; }, true, true},
    ProfileRow{"+ILRR", [](Settings& s) -> int& { return s.rate_report; }, true, true},
    ProfileRow{"+CMEE", [](Settings& s) -> int& { return s.dialogue.error_format; }, true, true},
    ProfileRow{"+CBST", [](Settings& s) -> int& { return s.calls.bearer[0]; }, false, false},
    ProfileRow{"+CBST,2", [](Settings& s) -> int& { return s.calls.bearer[1]; }, false, false},
    ProfileRow{"+CBST,3", [](Settings& s) -> int& { return s.calls.bearer[2]; }, false, false},
    ProfileRow{"+IFC", [](Settings& s) -> int& { return s.flow_to_te; }, false, true},
    ProfileRow{"+IFC,2", [](Settings& s) -> int& { return s.flow_from_te; }, false, true},
    ProfileRow{"+ICF", [](Settings& s) -> int& { return s.character_format; }, false, true},
    ProfileRow{"+ICF,2", [](Settings& s) -> int& { return s.parity; }, false, true},
    ProfileRow{"+CNMI", [](Settings& s) -> int& { return s.messages.buffering; }, true, true},
    ProfileRow{"+CNMI,2", [](Settings& s) -> int& { return s.messages.show_messages; }, true, true},
    ProfileRow{"+CNMI,3", [](Settings& s) -> int& { return s.messages.show_broadcasts; }, true, true},
    ProfileRow{"+CNMI,4", [](Settings& s) -> int& { return s.messages.show_reports; }, true, true},
    ProfileRow{"+CNMI,5", [](Settings& s) -> int& { return s.messages.flush; }, true, true},
    ProfileRow{"+IPR", [](Settings& s) -> int& { return s.baud; }, false, true},
    ProfileRow{"&C", [](Settings& s) -> int& { return s.carrier_detect; }, true, true},
    ProfileRow{"&D", [](Settings& s) -> int& { return s.terminal_ready; }, true, true},
    ProfileRow{"+CSTA", [](Settings& s) -> int& { return s.calls.address_type; }, true, true},
    ProfileRow{"+CRLP", [](Settings& s) -> int& { return s.calls.radio_link[0]; }, true, true},
    ProfileRow{"+CRLP,2", [](Settings& s) -> int& { return s.calls.radio_link[1]; }, true, true},
    ProfileRow{"+CRLP,3", [](Settings& s) -> int& { return s.calls.radio_link[2]; }, true, true},
    ProfileRow{"+CRLP,4", [](Settings& s) -> int& { return s.calls.radio_link[3]; }, true, true},
    ProfileRow{"+CRLP,5", [](Settings& s) -> int& { return s.calls.radio_link[4]; }, true, true},
    ProfileRow{"+CRLP,6", [](Settings& s) -> int& { return s.calls.radio_link[5]; }, true, true},
    ProfileRow{"+CCWE", [](Settings& s) -> int& { return s.calls.charge_warning; }, false, false},
    ProfileRow{"+QSIMSTAT", [](Settings& s) -> int& { return s.status.sim_report; }, false, false},
    ProfileRow{"+CCUG", [](Settings& s) -> int& { return s.calls.closed_group[0]; }, true, true},
    ProfileRow{"+CCUG,2", [](Settings& s) -> int& { return s.calls.closed_group[1]; }, true, true},
    ProfileRow{"+CCUG,3", [](Settings& s) -> int& { return s.calls.closed_group[2]; }, true, true},
    ProfileRow{"+CLIP", [](Settings& s) -> int& { return s.calls.caller; }, true, true},
    ProfileRow{"+COLP", [](Settings& s) -> int& { return s.calls.answerer; }, true, true},
    ProfileRow{"+CCWA", [](Settings& s) -> int& { return s.calls.waiting; }, true, true},
    ProfileRow{"+CAOC", [](Settings& s) -> int& { return s.calls.charge; }, false, false},
    ProfileRow{"+CLIR", [](Settings& s) -> int& { return s.calls.restriction; }, true, true},
    ProfileRow{"+CUSD", [](Settings& s) -> int& { return s.calls.services; }, true, true},
    ProfileRow{"+CREG", [](Settings& s) -> int& { return s.registration_report; }, true, true},
    ProfileRow{"+QSIMDET", [](Settings& s) -> int& { return s.status.sim_switch[0]; }, false, false},
    ProfileRow{"+QSIMDET,2", [](Settings& s) -> int& { return s.status.sim_switch[1]; }, false, false},
    ProfileRow{"+QMIC", [](Settings& s) -> int& { return s.status.microphone[0]; }, false, false},
    ProfileRow{"+QMIC,2", [](Settings& s) -> int& { return s.status.microphone[1]; }, false, false},
    ProfileRow{"+QMIC,3", [](Settings& s) -> int& { return s.status.microphone[2]; }, false, false},
    ProfileRow{"+QCLIP", [](Settings& s) -> int& { return s.calls.second_caller; }, true, true},
    ProfileRow{"+QCOLP", [](Settings& s) -> int& { return s.calls.second_answerer; }, true, true},
    ProfileRow{"+CSNS", [](Settings& s) -> int& { return s.calls.single_numbering; }, true, true},
    // Kept, and not shown.
    ProfileRow{"+QSCLK", [](Settings& s) -> int& { return s.status.slow_clock; }, true, true, false},
    ProfileRow{"+QRIMODE", [](Settings& s) -> int& { return s.status.ring_line_mode; }, true, true, false},
    ProfileRow{"+QIURC", [](Settings& s) -> int& { return s.initialisation_report; }, true, true, false},
    ProfileRow{"+QDISH", [](Settings& s) -> int& { return s.calls.no_hang_up; }, true, true, false},
    ProfileRow{"+QEXTUNSOL", [](Settings& s) -> int& { return s.status.extra_reports; }, true, true, false},
    ProfileRow{"+CSSN", [](Settings& s) -> int& { return s.calls.notifications[0]; }, true, false, false},
    ProfileRow{"+CSSN,2", [](Settings& s) -> int& { return s.calls.notifications[1]; }, true, false, false},
    ProfileRow{"+CMOD", [](Settings& s) -> int& { return s.calls.mode; }, true, false, false},
    ProfileRow{"+CSMS", [](Settings& s) -> int& { return s.messages.service; }, true, false, false},
};

}  // namespace

std::span<const ProfileRow> profile_rows() { return kRows; }

void restore_factory(Settings& settings) {
  Settings factory;
  for (const auto& row : kRows) {
    if (row.restored) row.value(settings) = row.value(factory);
  }
  settings.character_set = factory.character_set;
}

Bytes stored_profile(const Settings& settings) {
  Settings copy = settings;
  std::string record;
  for (const auto& row : kRows) {
    if (row.stored) record += fmt::format("{}={}\n", row.name, row.value(copy));
  }
  return to_bytes(record + fmt::format("+CSCS={}\n", settings.character_set));
}

void recall_profile(Settings& settings, ByteSpan record, Recall recall) {
  auto text = as_text(record);
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = line.substr(0, equals);
    const auto value = line.substr(equals + 1);
    if (name == "+CSCS") settings.character_set = value;
    for (const auto& row : kRows) {
      if (row.name != name || (recall == Recall::restored_only && !row.restored)) continue;
      std::from_chars(value.data(), value.data() + value.size(), row.value(settings));
    }
  }
}

bool store_profile(Session& session) {
  return session.me.flash().write(kProfileRecord, stored_profile(session.settings)).has_value();
}

void recall_profile(Session& session, Recall recall) {
  auto& settings = session.settings;
  if (recall == Recall::everything) {
    settings = {};
  } else {
    restore_factory(settings);
  }
  const auto record = session.me.flash().read(kProfileRecord);
  if (record && *record) recall_profile(settings, **record, recall);
  session.me.messaging().settings_changed();
}

}  // namespace quasimodem::commands
