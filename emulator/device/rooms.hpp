// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the ME is made of, by name. Who enters a room includes its header.

namespace quasimodem {
class Journal;
class Logger;
class Sealer;
}  // namespace quasimodem

namespace quasimodem::net {
struct IpAddress;
}

namespace quasimodem::storage {
class Flash;
class SecurityFileStore;
}  // namespace quasimodem::storage

namespace quasimodem::device {

class AccessPoints;
class Alarm;
class CallForwarding;
class EventSink;
class FileStore;
class Ftp;
class Http;
class Locator;
class Mailer;
class Messaging;
class MobileEquipment;
class Mqtt;
class NameQuery;
class NetworkClock;
class Outside;
class Pace;
class PacketDomain;
class PdpContext;
class Phonebooks;
class Ping;
class RadioSettings;
class Registration;
class Rtc;
class ServiceCentre;
class Sim;
class SimCard;
class SslContexts;
class TimeSync;
class Stream;
class Ussd;
class VoiceCalls;
struct Configuration;
struct ModelProfile;
struct Surroundings;
struct TcpIpSettings;
struct Timing;
template <class Value>
struct FirmwareSet;
using Firmware = FirmwareSet<bool>;

}  // namespace quasimodem::device
