// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/bytes.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::device {

/// What AT+QISCON keeps of one context (M66 11.22), and back. Unknown lines of a record are skipped.
Bytes tcpip_record(const TcpIpSettings& settings, const Access& access);
void recall_tcpip(ByteSpan record, TcpIpSettings& settings, Access& access);
std::string tcpip_record_name(int context);

}  // namespace quasimodem::device
