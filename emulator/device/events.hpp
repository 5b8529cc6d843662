// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

namespace quasimodem::device {

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
};
struct ContextLost {
  int context;
};
struct PoweredOff {};

using Event = std::variant<Started, FunctionalityReached, SimStatusChanged, CallReady, RegistrationChanged, Connected,
                           ConnectFailed, RemoteClosed, DataArrived, SecureOpened, SecureClosed, SocketWritable,
                           ContextLost, PoweredOff>;

/// Hears the events of one ME, in their order.
class EventSink {
 public:
  virtual void on_event(const Event& event) = 0;

 protected:
  ~EventSink() = default;
};

}  // namespace quasimodem::device
