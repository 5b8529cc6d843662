// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quasimodem::device {

/// <mem> of AT+CPMS. `both` ("MT") is SM and after it ME, under one numbering.
enum class MessageMemory { sim, equipment, both };

/// AT+CNMI <mt>: what becomes of a message that arrives.
enum class MessageReport { none = 0, stored = 1, shown = 2, class_3_shown = 3 };
/// AT+CNMI <ds>: what becomes of a status report.
enum class StatusReport { dropped = 0, shown = 1, stored = 2 };
/// AT+CSMS. Phase 2+ is with AT+CNMA.
enum class MessageService { phase_2 = 0, phase_2_plus = 1, makers_own = 128 };

/// What the TE has chosen for messages. Defaults: M66 16.3, 8.
struct MessageSettings {
  /// AT+CNMI <mode>. ASSUMED: it changes nothing; a busy line makes URCs wait anyway, and 0 keeps none back.
  int buffering = 2;
  MessageReport show_messages = MessageReport::stored;
  int show_broadcasts = 0;
  StatusReport show_reports = StatusReport::dropped;
  int flush = 0;

  bool show_header = false;  ///< AT+CSDH
  MessageService service = MessageService::phase_2;
  bool acknowledged() const { return service == MessageService::phase_2_plus; }

  int broadcast_mode = 0;  ///< AT+CSCB
  std::string broadcast_ids;
  std::string broadcast_codings;

  int first_octet = 17;  ///< AT+CSMP
  int validity = 167;
  int protocol = 0;
  int data_coding = 0;

  MessageMemory reading = MessageMemory::sim;  ///< AT+CPMS
  MessageMemory writing = MessageMemory::sim;
  MessageMemory receiving = MessageMemory::sim;
};

}  // namespace quasimodem::device
