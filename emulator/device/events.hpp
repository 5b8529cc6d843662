// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/time.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/states.hpp"
#include "net/endpoint.hpp"

namespace quasimodem::net::mqtt {
struct Publish;
}

namespace quasimodem::device {

enum class FileProblem;
enum class FtpCommand;
enum class FtpError;
enum class HttpError;
enum class MailError;
enum class MessageMemory;
enum class MqttCommand;
enum class MqttEnding;

/// The network told the time (NITZ).
struct NetworkTime {};

struct PingAnswer {
  std::size_t size;
  Duration time;
  int ttl;
};
struct PingStatistics {
  int sent = 0;
  int received = 0;
  Duration shortest{};
  Duration longest{};
  Duration total{};
};

// What the ME reports by itself, in typed form. emulator/commands/urcs.cpp finds the words.
struct Started {};
struct FunctionalityReached {
  Functionality functionality;
};
struct SimStatusChanged {
  SimStatus status;
};
/// A card was put into the holder or taken out.
struct SimMoved {};
struct CallReady {};
struct RegistrationChanged {
  Domain domain;
};
struct Connected {
  int context;
  int index;
};
struct ConnectFailed {
  int context;
  int index;
};
struct RemoteClosed {
  int context;
  int index;
  Role role = Role::client;
};
/// The first data in an empty receive buffer.
struct DataArrived {
  int context;
  int index;
  Role role = Role::client;
};
/// Any data, for AT+QINDI=2: packets that wait, octets of this one, octets that wait.
struct PacketArrived {
  int context;
  int index;
  Role role;
  std::size_t waiting;
  std::size_t length;
  std::size_t octets;
};
struct SecureOpened {
  int context;
  int index;
  ConnectCode code;
};
struct SecureClosed {
  int context;
  int index;
};
/// A socket that took less than it was given has room again.
struct SocketWritable {
  int context;
  int index;
  Role role = Role::client;
};
/// AT+QISERVER: the port is open, or cannot be opened.
struct ServerOpened {
  int context;
  bool succeeded;
};
/// Someone connected to the server.
struct ClientArrived {
  int context;
  int index;
};
/// AT+QIDNSGIP. Without addresses the error counts.
struct NameLookedUp {
  enum class Error {
    none = 0,
    not_authorised = 1,
    invalid_parameter = 2,
    network = 3,
    no_server = 4,
    time_out = 5,
    no_configuration = 6,
    no_memory = 7,
    unknown = 8,
  };
  int context;
  std::vector<net::IpAddress> addresses;
  Error error = Error::none;
};
/// AT+QPING: one answer, or none in its time.
struct PingAnswered {
  net::IpAddress peer;
  std::optional<PingAnswer> answer;
};
/// AT+QPING: the end.
struct PingFinished {
  enum class Result { done = 2, busy = 3, not_found = 4, no_bearer = 5 };
  Result result;
  PingStatistics statistics;
};
/// AT+QNTP.
struct TimeSynchronised {
  enum class Result { done = 0, unknown = 1, no_response = 2, busy = 3, not_found = 4, no_bearer = 5 };
  Result result;
};
/// AT+QHTTPDL: the end.
struct HttpDownloaded {
  std::size_t stored = 0;
  std::optional<std::uint64_t> content_length{};  ///< none: the server did not say
  std::optional<HttpError> error{};
  std::optional<FileProblem> file{};
};
/// A command of AT+QMT* has come to its end, or its packet was sent again.
struct MqttResult {
  MqttCommand command;
  int client;
  std::optional<int> message;  ///< its identifier, where the command has one
  int result;                  ///< MqttOpening, MqttOutcome, or 0 and -1
  std::vector<int> values;     ///< CONNACK's code, granted QoS, or how often it was sent again
};
/// A message for the TE. The broker sends on when nobody holds it any more.
struct MqttReceived {
  int client;
  std::shared_ptr<const net::mqtt::Publish> message;
};
struct MqttEnded {
  int client;
  MqttEnding why;
};
/// A command of FTP that ends after its OK: octets of a transfer or a file, or why there are none.
struct FtpFinished {
  FtpCommand command;
  tl::expected<std::uint64_t, FtpError> result;
};
/// AT+QSMTPPUT: the end; without an error the server has the mail.
struct MailSent {
  std::optional<MailError> error{};
};
struct ContextLost {
  int context;
};
struct PoweredOff {};

/// The time of AT+QALARM has come.
struct AlarmRang {};
/// The module was switched on by its alarm: radio and SIM are off (AT+CFUN=0).
struct AlarmModeEntered {};

/// The supply leaves its range.
struct SupplyVoltage {
  enum class Level { under_warning, under_power_down, over_warning, over_power_down };
  Level level;
};

/// The cell is heard better or worse than before.
struct SignalChanged {};

/// A context that had an address ended without AT+QIDEACT or AT+CGACT: AT+CGEREP.
struct BearerEnded {
  using By = EndedBy;
  By by;
  int cid;
  std::string address;
};

/// A message or status report that arrived and is in the store now.
struct MessageStored {
  MessageMemory memory;
  int index;
  bool report;
};
/// One that goes to the TE without being stored; a PDU with its service centre.
struct MessageShown {
  Bytes pdu;
};
/// Comes again every five seconds.
struct CallRings {
  std::string number;
  int rings;
};
/// A second call, while another is there: AT+CCWA.
struct CallWaits {
  std::string number;
};
struct CallAlerting {};
struct CallAnswered {
  std::string number;
};
enum class CallEnd { no_carrier, busy, no_answer };
struct CallEnded {
  CallEnd end;
};
/// The network's answer to AT+CUSD.
struct SupplementaryAnswer {
  int mode;          ///< <m>: 0 done, 1 expects more, 2 ended by the network
  std::string text;  ///< UTF-8
};

}  // namespace quasimodem::device
