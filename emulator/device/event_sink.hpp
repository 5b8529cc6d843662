// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

// Enough for who only passes events on; what is in them is in events.hpp.
namespace quasimodem::device {

struct Started;
struct FunctionalityReached;
struct SimStatusChanged;
struct SimMoved;
struct CallReady;
struct RegistrationChanged;
struct Connected;
struct ConnectFailed;
struct RemoteClosed;
struct DataArrived;
struct PacketArrived;
struct SecureOpened;
struct SecureClosed;
struct SocketWritable;
struct ServerOpened;
struct ClientArrived;
struct NameLookedUp;
struct PingAnswered;
struct PingFinished;
struct TimeSynchronised;
struct HttpDownloaded;
struct MqttResult;
struct MqttReceived;
struct MqttEnded;
struct FtpFinished;
struct MailSent;
struct NetworkTime;
struct ContextLost;
struct PoweredOff;
struct AlarmRang;
struct AlarmModeEntered;
struct SupplyVoltage;
struct SignalChanged;
struct BearerEnded;
struct MessageStored;
struct MessageShown;
struct CallRings;
struct CallWaits;
struct CallAlerting;
struct CallAnswered;
struct CallEnded;
struct SupplementaryAnswer;

using Event =
    std::variant<Started, FunctionalityReached, SimStatusChanged, SimMoved, CallReady, RegistrationChanged, Connected,
                 ConnectFailed, RemoteClosed, DataArrived, PacketArrived, SecureOpened, SecureClosed, SocketWritable,
                 ServerOpened, ClientArrived, NameLookedUp, PingAnswered, PingFinished, TimeSynchronised,
                 HttpDownloaded, FtpFinished, MailSent, MqttResult, MqttReceived, MqttEnded, NetworkTime, ContextLost,
                 PoweredOff, AlarmRang, AlarmModeEntered, SupplyVoltage, SignalChanged, BearerEnded, MessageStored,
                 MessageShown, CallRings, CallWaits, CallAlerting, CallAnswered, CallEnded, SupplementaryAnswer>;

/// Hears the events of one ME, in their order.
class EventSink {
 public:
  virtual void on_event(const Event& event) = 0;

 protected:
  ~EventSink() = default;
};

}  // namespace quasimodem::device
