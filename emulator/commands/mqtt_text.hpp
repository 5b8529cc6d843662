// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "emulator/device/rooms.hpp"

namespace quasimodem::device {
struct MqttEnded;
struct MqttReceived;
struct MqttResult;
}  // namespace quasimodem::device

namespace quasimodem::commands {

/// `+QMTPUB: 0,3,0`, and so on.
std::string mqtt_result_line(const device::MqttResult& event);
/// `+QMTRECV: 0,1,"topic","payload"`; the payload's octets as they are.
std::string mqtt_message_line(const device::MqttReceived& event, device::MobileEquipment& me);
/// `+QMTSTAT: 0,1`
std::string mqtt_ending_line(const device::MqttEnded& event);

}  // namespace quasimodem::commands
