// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

#include "atcmd/syntax/dialogue.hpp"
#include "emulator/commands/status_settings.hpp"
#include "emulator/device/message_settings.hpp"

namespace quasimodem::commands {

/// How calls are shown. Defaults: M66 16.3.
struct CallSettings {
  int caller = 0;                                       ///< AT+CLIP
  int answerer = 0;                                     ///< AT+COLP
  int restriction = 0;                                  ///< AT+CLIR
  int extended = 0;                                     ///< AT+CRC
  int waiting = 0;                                      ///< AT+CCWA
  int services = 0;                                     ///< AT+CUSD <n>
  int progress = 0;                                     ///< AT+QMOSTAT
  int address_type = 129;                               ///< AT+CSTA
  int service_report = 0;                               ///< AT+CR
  int mode = 0;                                         ///< AT+CMOD
  int no_hang_up = 0;                                   ///< AT+QDISH
  int tone_length = 1;                                  ///< AT+VTD
  int second_caller = 0;                                ///< AT+QCLIP
  int second_answerer = 0;                              ///< AT+QCOLP
  int charge = 1;                                       ///< AT+CAOC. ASSUMED: the default
  int charge_warning = 0;                               ///< AT+CCWE
  int single_numbering = 0;                             ///< AT+CSNS
  std::array<int, 2> notifications{0, 0};               ///< AT+CSSN
  std::array<int, 3> closed_group{0, 0, 0};             ///< AT+CCUG
  std::array<int, 6> radio_link{61, 61, 128, 6, 0, 3};  ///< AT+CRLP
  std::array<int, 3> bearer{0, 0, 1};                   ///< AT+CBST. ASSUMED: the defaults
};

/// What the TE has set on the TA with V.250 and 27.007 commands. Defaults: M66 16.3.
struct Settings {
  atcmd::Dialogue dialogue;

  int auto_answer = 0;        ///< S0, rings
  int escape_character = 43;  ///< S2, shown only
  int blind_dial_pause = 2;   ///< S6, s
  int carrier_wait = 60;      ///< S7, s
  int comma_pause = 2;        ///< S8, s
  int carrier_loss = 15;      ///< S10, 100 ms

  int carrier_detect = 1;  ///< AT&C: 0 always on, 1 follows the carrier
  int terminal_ready = 0;  ///< AT&D: 0 ignored, 1 to command state, 2 hang up

  int baud = 0;  ///< AT+IPR, bit/s; 0 autobaud
  int character_format = 3;
  int parity = 3;  ///< AT+ICF
  int flow_to_te = 0;
  int flow_from_te = 0;  ///< AT+IFC
  int rate_report = 0;   ///< AT+ILRR

  int registration_report = 0;         ///< AT+CREG
  int packet_registration_report = 0;  ///< AT+CGREG
  int initialisation_report = 1;       ///< AT+QIURC: Call Ready
  StatusSettings status;
  int message_format = 0;             ///< AT+CMGF
  std::string character_set = "GSM";  ///< AT+CSCS
  device::MessageSettings messages;
  CallSettings calls;
  std::string phonebook = "SM";  ///< AT+CPBS
};

}  // namespace quasimodem::commands
