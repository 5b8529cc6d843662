// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "atcmd/syntax/dialogue.hpp"
#include "emulator/device/message_settings.hpp"

namespace quasimodem::commands {

enum class DtrDrop { ignored = 0, to_command_state = 1, hangs_up = 2 };  ///< AT&D
enum class FlowControl { none = 0, xon_xoff = 1, lines = 2 };            ///< AT+IFC: RTS, CTS
/// AT+CREG, AT+CGREG: URCs when the registration changes, with location area and cell.
enum class RegistrationReport { none = 0, changes = 1, with_cell = 2 };
enum class ZoneReport { none = 0, zone = 1, zone_and_time = 2 };  ///< AT+CTZR: +CTZV, +CTZE

/// How calls are shown. Defaults: M66 16.3.
struct CallSettings {
  bool caller = false;      ///< AT+CLIP
  bool answerer = false;    ///< AT+COLP
  bool extended = false;    ///< AT+CRC
  bool waiting = false;     ///< AT+CCWA
  bool services = false;    ///< AT+CUSD <n>
  bool progress = false;    ///< AT+QMOSTAT
  bool no_hang_up = false;  ///< AT+QDISH
};

/// What the TE has set on the TA with V.250 and 27.007 commands, where more than the command itself looks at it.
/// Defaults: M66 16.3.
struct Settings {
  atcmd::Dialogue dialogue;

  int auto_answer = 0;  ///< S0, rings

  bool carrier_detect = true;  ///< AT&C: DCD follows the carrier; else it is always on
  DtrDrop terminal_ready = DtrDrop::ignored;

  int baud = 0;  ///< AT+IPR, bit/s; 0 autobaud
  int character_format = 3;
  int parity = 3;  ///< AT+ICF
  FlowControl flow_to_te = FlowControl::none;
  FlowControl flow_from_te = FlowControl::none;

  RegistrationReport registration_report = RegistrationReport::none;
  RegistrationReport packet_registration_report = RegistrationReport::none;
  bool initialisation_report = true;  ///< AT+QIURC: Call Ready
  bool packet_events = false;         ///< AT+CGEREP
  bool network_time_report = false;   ///< AT+QNITZ
  ZoneReport zone_report = ZoneReport::none;
  bool ring_line_report = true;  ///< AT+QINDRI
  bool sim_report = false;       ///< AT+QSIMSTAT
  int extra_reports = 0;         ///< AT+QEXTUNSOL, a bit for each kind

  int event_mode = 0;  ///< AT+CMER
  int event_keypad = 0;
  int event_display = 0;
  int event_indicators = 0;
  int event_buffering = 0;

  int operator_mode = 0;     ///< AT+COPS: 0 automatic, 1 manual, 2 deregistered
  int operator_format = 0;   ///< AT+COPS: 0 long, 1 short, 2 number
  int preferred_format = 2;  ///< AT+CPOL
  int engineering_mode = 0;  ///< AT+QENG
  int engineering_dump = 0;
  std::string packet_class = "B";  ///< AT+CGCLASS

  bool text_mode = false;             ///< AT+CMGF; else PDU mode
  std::string character_set = "GSM";  ///< AT+CSCS
  device::MessageSettings messages;
  CallSettings calls;
  std::string phonebook = "SM";  ///< AT+CPBS

  /// What nobody but its command needs, by its name (setting.hpp); what is not here is as at the factory.
  std::map<std::string_view, std::vector<int>> remembered;
};

}  // namespace quasimodem::commands
