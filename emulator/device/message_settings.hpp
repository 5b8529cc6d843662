// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quasimodem::device {

/// <mem> of AT+CPMS. `both` ("MT") is SM and after it ME, under one numbering.
enum class MessageMemory { sim, equipment, both };

/// What the TE has chosen for messages. Defaults: M66 16.3, 8.
struct MessageSettings {
  /// AT+CNMI <mode>. ASSUMED: it changes nothing; a busy line makes URCs wait anyway, and 0 keeps none back.
  int buffering = 2;
  int show_messages = 1;
  int show_broadcasts = 0;
  int show_reports = 0;
  int flush = 0;

  int show_header = 0;  ///< AT+CSDH
  int service = 0;      ///< AT+CSMS: 0 phase 2, 1 phase 2+ with AT+CNMA, 128 the maker's own
  bool acknowledged() const { return service == 1; }
  int code_mode = 1;  ///< AT+QSMSCODE

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
