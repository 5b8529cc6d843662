// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "core/timeline.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/states.hpp"

namespace quasimodem::device {

/// The ME: radio, SIM, TCP/IP stack, SSL, certificate stores. It speaks typed values and knows no text. Power, SIM and
/// radio are its own affair; the rest is rooms that it plugs together.
class MobileEquipment final {
  struct Parts;
  std::unique_ptr<Parts> parts_;

 public:
  MobileEquipment(Configuration configuration, Surroundings surroundings, Sealer& sealer, EventSink& events);
  ~MobileEquipment();

  Power power() const { return power_; }
  /// PWRKEY or a restart: `Started` follows after the boot time.
  void power_on();
  /// Everything volatile is gone; `PoweredOff` follows.
  void power_off(PowerLoss loss = PowerLoss::orderly);
  void restart(PowerLoss loss = PowerLoss::orderly);
  /// Both in order, after the answer of the command that asked for it.
  void power_off_soon();
  void restart_soon();

  Functionality functionality() const { return functionality_; }
  /// AT+CFUN. Radio off takes the contexts away. `SimStatusChanged` follows when the SIM comes back from minimum
  /// functionality; that it went is for the command itself to say, before its OK (M66 2.19).
  void set_functionality(Functionality functionality);

  /// AT+QINISTAT: 0 nothing, 1 commands, 2 the phonebook, 3 messages and with them everything is initialised.
  int initialisation() const;
  SimStatus sim_status() const;
  PinResult enter_pin(std::string_view pin);
  PinResult unblock_pin(std::string_view puk, std::string_view new_pin);
  /// <rssi> of AT+CSQ, 99 while there is no cell. A module without a usable SIM camps on one as well.
  int signal_strength() const;
  /// The SIM is ready and a cell of the home network serves it.
  bool in_service() const;
  /// AT+COPS=2 and back.
  void leave_network();
  void rejoin_network();

  const ModelProfile& profile() const;
  const Configuration& configuration() const;
  const Firmware& firmware() const;
  const Logger& log() const;
  const Journal& journal() const;
  Timeline& timeline();
  storage::Flash& flash();

  Pace& pace();
  Outside& outside();
  const Sim& sim() const;
  Sim& sim();
  SimCard& sim_card();
  Rtc& rtc();
  Alarm& alarm();
  NetworkClock& network_clock();
  Registration& registration();
  RadioSettings& radio();
  Messaging& messaging();
  ServiceCentre& service_centre();
  VoiceCalls& calls();
  Ussd& ussd();  ///< AT+CUSD
  Phonebooks& phonebooks();
  FileStore& files();
  storage::SecurityFileStore& security_files();
  SslContexts& ssl();
  NameQuery& names();
  Ping& pinger();
  Locator& locator();
  TimeSync& time_sync();
  Http& http();      ///< AT+QHTTP*
  Ftp& ftp();        ///< AT+QFTP*
  Mailer& mailer();  ///< AT+QSMTP*
  Mqtt& mqtt();      ///< AT+QMT*

  TcpIpSettings& tcpip;
  PacketDomain& packet_domain;
  CallForwarding& forwarding;   ///< AT+CCFC. The network keeps it.
  AccessPoints& access_points;  ///< What the network lets contexts go to. A context that is up stays.

  net::IpAddress bearer_address() const;
  PdpContext& context(int id);
  /// The TCP/IP stack's context behind a <cid> of 27.007, or null. ASSUMED: 1 and 2 are 0 and 1 of AT+QIFGCNT.
  const PdpContext* stack_context(int cid) const;
  /// AT+CGATT=0 is done: every context ends. True when one of AT+CGACT did.
  bool end_bearers();

  /// AT+QISCON: the settings of a context that it names, into the flash. False when that fails.
  bool save_tcpip(int context);
  /// Another socket than this one is in transparent mode, or will be. There is one UART for them. ASSUMED: so the
  /// second is refused; no source tells of two.
  bool transparent_besides(int context, int index);

 private:
  friend class Outside;  // another SIM in the holder

  void start_up();
  void recall_saved();
  void start_sim();
  void sim_started();
  void radio_on();
  void radio_off();

  Power power_ = Power::off;
  Functionality functionality_ = Functionality::full;
  bool alarm_mode_ = false;
  bool call_ready_reported_ = false;
  Duration boot_time_{};
  Duration sim_time_{};
  Timer starting_;
  Timer sim_starting_;
  Timer switching_;
  Timer call_ready_;
  Timer alarm_mode_end_;
};

}  // namespace quasimodem::device
