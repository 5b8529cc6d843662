// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/port_line.hpp"

#include <chrono>

namespace quasimodem::app {

Bytes PortLine::read(Duration patience) { return port_.read(std::chrono::ceil<std::chrono::milliseconds>(patience)); }

std::string PortLine::happen(const Trace& trace, std::size_t entry) {
  switch (trace.entries[entry].kind) {
    case RecordKind::fault: return "faults strike emulated modules only";
    case RecordKind::ctl: return "a request of the control socket; at a port there is none";
    case RecordKind::power: {
      const auto event = member_text(trace.entries[entry].record, "event");
      const bool cause = event == "key" || event == "supply cut" || event == "reset";
      return cause ? "nobody presses a key or cuts the supply here" : "";
    }
    default: return {};
  }
}

}  // namespace quasimodem::app
