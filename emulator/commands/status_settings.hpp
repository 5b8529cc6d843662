// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

namespace quasimodem::commands {

/// Settings of the status and hardware commands. Most are stored and said back, nothing more.
struct StatusSettings {
  int facsimile_class = 0;   ///< AT+FCLASS
  int operator_mode = 0;     ///< AT+COPS: 0 automatic, 1 manual, 2 deregistered
  int operator_format = 0;   ///< AT+COPS: 0 long, 1 short, 2 number
  int engineering_mode = 0;  ///< AT+QENG
  int engineering_dump = 0;
  int packet_events = 0;                   ///< AT+CGEREP
  int message_bearer = 1;                  ///< AT+CGSMS
  int call_end_report = 0;                 ///< AT+QCGTIND
  int multislot_class = 12;                ///< AT+QGPCLASS
  std::string packet_class = "B";          ///< AT+CGCLASS
  int network_time_report = 0;             ///< AT+QNITZ
  int zone_report = 0;                     ///< AT+CTZR
  int slow_clock = 0;                      ///< AT+QSCLK
  int led_mode = 0;                        ///< AT+QLEDMODE
  int audio_channel = 0;                   ///< AT+QAUDCH
  int loudspeaker = 50;                    ///< AT+CLVL
  int muted = 0;                           ///< AT+CMUT
  int ringer = 50;                         ///< AT+CRSL
  int alert_mode = 0;                      ///< AT+CALM
  std::array<int, 3> microphone{4, 9, 8};  ///< AT+QMIC. ASSUMED: the defaults
  int ring_line_mode = 0;                  ///< AT+QRIMODE
  int ring_line_report = 1;                ///< AT+QINDRI
  int preferred_format = 2;                ///< AT+CPOL
  int frequency_lock = 0;                  ///< AT+QLOCKF
  int extra_reports = 0;                   ///< AT+QEXTUNSOL, a bit for each kind
  int sim_report = 0;                      ///< AT+QSIMSTAT
  std::array<int, 2> sim_switch{0, 0};     ///< AT+QSIMDET
  /// AT+CMER: <mode>, <keyp>, <disp>, <ind>, <bfr>
  std::array<int, 5> event_reporting{0, 0, 0, 0, 0};
  int speaker_loudness = 0;  ///< ATL
  int speaker_mode = 0;      ///< ATM
  /// AT+QECHO. ASSUMED: the defaults of this and the next
  std::array<int, 5> echo_cancellation{253, 96, 16388, 57351, 0};
  int side_tone = 80;      ///< AT+QSIDET
  int tone_detection = 0;  ///< AT+QTONEDET
};

}  // namespace quasimodem::commands
