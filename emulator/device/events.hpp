// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "core/bytes.hpp"

namespace quasimodem::device {

enum class MessageMemory;

enum class Functionality { minimum = 0, full = 1, flight = 4 };
enum class SimStatus { not_inserted, not_ready, pin_needed, ready };
enum class RegistrationStatus { not_searching = 0, home = 1, searching = 2, denied = 3, unknown = 4, roaming = 5 };
enum class Domain { circuit_switched, packet_switched };

/// <connectcode> of +QSSLOPEN, SSL 2.2.2.
enum class ConnectCode { success = 0, error = -1, occupied = -2 };

// What the ME reports by itself, in typed form. emulator/commands/urcs.cpp finds the words.
struct Started {};
struct FunctionalityReached {
  Functionality functionality;
};
struct SimStatusChanged {
  SimStatus status;
};
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
};
/// The first data in an empty receive buffer.
struct DataArrived {
  int context;
  int index;
};
struct SecureOpened {
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
};
struct ContextLost {
  int context;
};
struct PoweredOff {};

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

using Event = std::variant<Started, FunctionalityReached, SimStatusChanged, CallReady, RegistrationChanged, Connected,
                           ConnectFailed, RemoteClosed, DataArrived, SecureOpened, SecureClosed, SocketWritable,
                           ContextLost, PoweredOff, MessageStored, MessageShown, CallRings, CallAlerting, CallAnswered,
                           CallEnded, SupplementaryAnswer>;

/// Hears the events of one ME, in their order.
class EventSink {
 public:
  virtual void on_event(const Event& event) = 0;

 protected:
  ~EventSink() = default;
};

}  // namespace quasimodem::device
