// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "core/journal.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "core/timeline.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/alarm.hpp"
#include "emulator/device/call_forwarding.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/locator.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/name_query.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/packet_domain.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/phonebooks.hpp"
#include "emulator/device/ping.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/service_centre.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/sim_card.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/time_sync.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/device/ussd.hpp"
#include "emulator/device/voice_calls.hpp"
#include "net/bearer.hpp"
#include "storage/flash.hpp"
#include "storage/security_file_store.hpp"

namespace quasimodem::device {

inline constexpr int kPreferredOperators = 8;  ///< ASSUMED: places of AT+CPOL
inline constexpr int kContexts = 2;            ///< <cid> 0 and 1 (M66 11.28)

/// AT+QI* settings that say how the stack behaves. Volatile (at-reference 2.9); defaults: at-reference 0, rule 10.
struct TcpIpSettings {
  int multiple_sessions = 0;  ///< QIMUX
  int transparent = 0;        ///< QIMODE
  int notify = 0;             ///< QINDI: 0 push data to the UART, 1 tell and wait for QIRD, 2 tell of every packet
  int echo_data = 1;          ///< QISDE; counts with ATE1 only
  int host_is_name = 0;       ///< QIDNSIP
  int role = 1;               ///< QISRVC: 1 client, 2 server
  int head = 0;               ///< QIHEAD: `IPD<len>:`
  int show_remote = 0;        ///< QISHOWRA
  int show_protocol = 0;      ///< QISHOWPT
  int show_local = 0;         ///< QISHOWLA
  int prompt = 1;             ///< QIPROMPT: 0 no sign, 1 sign and SEND OK, 2 neither, 3 sign and `<id>, SEND OK`

  /// QITCFG: how transparent mode cuts its stream into packets. ASSUMED: the defaults (at-reference 8).
  int retries = 3;
  int wait = 2;  ///< flush after that many 100 ms without a byte
  int send_size = 1024;
  int escape = 1;

  int auto_send = 0;        ///< QIAUTOS
  int auto_send_time = 10;  ///< s. ASSUMED: the default
  int tcp_port = 0;         ///< QILPORT. ASSUMED: the defaults
  int udp_port = 0;
  // ASSUMED: unread data stays after a close unless the TE asks otherwise; older firmware lost it (quirk Q16).
  int keep_unread = 1;  ///< QCFG "TCP/BufferRemain"

  Sessions sessions() const { return multiple_sessions ? Sessions::multiple : Sessions::single; }
};

inline constexpr std::string_view kAllBands = "GSM850_EGSM_DCS_PCS_MODE";

/// AT+QNTP; kept over power-off.
struct TimeServer {
  std::string host = "210.72.145.44";
  std::uint16_t port = 123;
};

/// What one module is made of and plugged into.
struct Configuration {
  Model model = Model::m95;
  Timing timing{};
  std::uint64_t seed = 1;  ///< of the delays that are drawn
  std::string imei = "001010000000008";
  Sim sim = Sim::without_pin();
  LocalTime clock = Rtc::factory();
  /// What the network's clock says at power on; without it the network does not tell the time (NITZ).
  std::optional<LocalTime> network_clock{};
  AccessPoints access_points{};  ///< of the network
  /// What the firmware has; the rest is as in firmware of that date, which is the model's own unless given.
  FirmwareChoice firmware{};
  std::optional<FirmwareDate> firmware_date{};
  std::function<void(std::string_view)> key_log{};
  std::string own_number = "+447700900001";  ///< AT+CNUM; empty when the SIM does not say
  std::vector<UssdAnswer> ussd{};
};

struct Surroundings {
  Timeline& timeline;
  net::Bearer& bearer;
  storage::Flash& flash;
  RandomSource& random;
  Logger log;
  Journal journal{};
};

/// The ME: radio, SIM, TCP/IP stack, SSL, certificate stores. It speaks typed values and knows no text.
class MobileEquipment final : private Gateway {
 public:
  MobileEquipment(Configuration configuration, Surroundings surroundings, storage::Sealer& sealer, EventSink& events);

  enum class Power { off, starting, on };
  Power power() const { return power_; }
  /// PWRKEY or a restart: `Started` follows after the boot time.
  void power_on();
  /// Everything volatile is gone; `PoweredOff` follows.
  void power_off(PowerLoss loss = PowerLoss::orderly);
  void restart(PowerLoss loss = PowerLoss::orderly);
  /// The same two, after the answer of the command that asked for it.
  void power_off_soon() {
    switching_.start({}, [this] { power_off(); });
  }
  void restart_soon() {
    switching_.start({}, [this] { restart(); });
  }

  Functionality functionality() const { return functionality_; }
  /// AT+CFUN. Radio off takes the contexts away. `SimStatusChanged` follows when the SIM comes back from minimum
  /// functionality; that it went is for the command itself to say, before its OK (M66 2.19).
  void set_functionality(Functionality functionality);

  /// AT+QINISTAT: 0 nothing, 1 commands, 2 the phonebook, 3 messages and with them everything is initialised.
  int initialisation() const;
  SimStatus sim_status() const;
  Sim::PinResult enter_pin(std::string_view pin);
  Sim::PinResult unblock_pin(std::string_view puk, std::string_view new_pin);
  /// <rssi> of AT+CSQ, 99 while there is no cell. A module without a usable SIM camps on one as well.
  int signal_strength() const;

  const ModelProfile& profile() const { return profile_of(configuration_.model); }
  const Configuration& configuration() const { return configuration_; }
  const Firmware& firmware() const { return firmware_; }
  Pace& pace() { return pace_; }
  const Sim& sim() const { return configuration_.sim; }
  Sim& sim() { return configuration_.sim; }
  SimCard& sim_card() { return sim_card_; }
  Rtc& rtc() { return rtc_; }
  Registration& registration() { return registration_; }
  storage::SecurityFileStore& security_files() { return security_files_; }
  /// A name that this firmware takes for a certificate or key; nothing otherwise.
  std::optional<storage::SecurityFileName> security_file(std::string_view name) const {
    using storage::NvramNames;
    return storage::SecurityFileName::parse(name, firmware().nvram_names ? NvramNames::any : NvramNames::four);
  }
  storage::Flash& flash() { return surroundings_.flash; }
  const Logger& log() const { return surroundings_.log; }
  const Journal& journal() const { return surroundings_.journal; }
  Timeline& timeline() { return surroundings_.timeline; }

  Messaging& messaging() { return messaging_; }
  ServiceCentre& service_centre() { return service_centre_; }
  VoiceCalls& calls() { return calls_; }
  Phonebooks& phonebooks() { return phonebooks_; }
  FileStore& files() { return files_; }

  /// The SIM is ready and a cell of the home network serves it.
  bool in_service() const { return power_ == Power::on && registration_.registered(); }

  /// Somebody sends a message; UTF-8, in as many parts as it takes, which come one after the other. The time is the
  /// module's own unless given. `failed` while the module cannot be reached; otherwise what became of the first part.
  Messaging::Delivery deliver_sms(std::string_view from, std::string_view text,
                                  std::optional<sms::Timestamp> time = std::nullopt);
  /// The same for any PDU, service centre in front.
  Messaging::Delivery deliver_pdu(const Bytes& pdu);
  /// Somebody calls; an empty number is withheld. False when the line is busy or the module cannot be reached.
  bool ring(std::string_view number);

  /// AT+CUSD.
  Ussd& ussd() { return ussd_; }

  /// AT+QREFUSECS. ASSUMED: forgotten at power-off.
  bool refuses_messages = false;
  bool refuses_calls = false;
  /// AT+CCFC. The network keeps it.
  CallForwarding forwarding;
  /// AT+CPOL: MCC and MNC of each place, or nothing. The SIM keeps them.
  const std::array<std::string, kPreferredOperators>& preferred_operators() const { return preferred_operators_; }
  /// Places count from 1; an empty number frees one. False when the SIM cannot be written to.
  bool prefer_operator(int index, std::string_view number);

  TcpIpSettings tcpip;
  SslSettings ssl;

  /// The network's time, once it has told it since the last start.
  std::optional<LocalTime> network_time() const;
  /// AT+CTZU: 0 leaves the clock alone. Kept at once.
  int clock_update() const { return clock_update_; }
  void set_clock_update(int mode);
  /// AT+QALARM. Kept at once. False when the time has passed.
  const Alarm& alarm() const { return alarm_; }
  bool set_alarm(const Alarm::Setting& setting);
  void clear_alarm();
  /// AT+QBAND. Kept at once.
  const std::string& band() const { return band_; }
  void set_band(std::string_view band);

  /// What the network grants from now on. Without service the contexts go, unless the outage is short.
  enum class Outage { brief, lasting };
  void serve(RegistrationStatus granted, Outage outage = Outage::lasting);
  /// Another SIM in the holder, or none. ASSUMED: the module notices at once, as with a card switch (AT+QSIMDET).
  void change_sim(Sim sim);
  /// Has a hand in what a TLS session is made of; none: as AT+QSSLCFG says.
  std::function<void(std::string_view host, tls::ClientConfig&)> on_tls_config;
  /// Where the name of a secure server leads; none, or nothing said: to itself.
  std::function<std::string(std::string_view host)> on_secure_host;

  /// AT+COPS=2 and back.
  void leave_network();
  void rejoin_network();

  PacketDomain packet_domain;
  net::IpAddress bearer_address() const { return surroundings_.bearer.local_address(); }
  /// The TCP/IP stack's context behind a <cid> of 27.007, or null. ASSUMED: 1 and 2 are 0 and 1 of AT+QIFGCNT.
  const PdpContext* stack_context(int cid) const {
    return cid <= kContexts ? contexts_.at(static_cast<std::size_t>(cid - 1)).get() : nullptr;
  }
  /// What the network lets contexts go to. A context that is up stays.
  AccessPoints access_points;

  NameQuery& names() { return names_; }
  Ping& pinger() { return ping_; }
  Locator& locator() { return locator_; }
  TimeSync& time_sync() { return time_sync_; }
  const TimeServer& time_server() const { return time_server_; }
  void set_time_server(TimeServer server);

  /// AT+QISCON: the settings of a context that it names, into the flash. False when that fails.
  bool save_tcpip(int context);

  PdpContext& context(int id) { return *contexts_.at(static_cast<std::size_t>(id)); }

  /// Another socket than this one is in transparent mode, or will be. There is one UART for them. ASSUMED: so the
  /// second is refused; no source tells of two.
  bool transparent_besides(int context, int index) const;

  /// AT+QSSLOPEN, with the settings of `ssl_context` as they are now.
  PdpContext::Opening open_secure(int context, int index, int ssl_context, Connection::Target target);

  // ---- what happens around the module ----

  /// `SupplyVoltage` follows.
  void report_voltage(SupplyVoltage::Level level);

  /// The network takes a context away, as a cell change or a stingy operator does.
  void lose_context(int id) { context(id).lose(BearerEnded::By::network); }
  /// AT+CGATT=0 is done: every context ends. True when one of AT+CGACT did.
  bool end_bearers();

 private:
  std::optional<std::string> objection(const PdpContext& context) const override;
  void start_up();
  void recall_saved();
  void start_sim();
  void sim_started();
  void radio_on();
  void radio_off();
  tl::expected<tls::ClientConfig, std::string> tls_config(const SslContext& settings);

  Configuration configuration_;
  Firmware firmware_;
  SimCard sim_card_{configuration_.sim, configuration_.own_number};
  Surroundings surroundings_;
  EventSink& events_;
  Pace pace_;
  Rtc rtc_;
  Registration registration_;
  storage::SecurityFileStore security_files_;
  Messaging messaging_;
  ServiceCentre service_centre_;
  VoiceCalls calls_;
  Ussd ussd_;
  Phonebooks phonebooks_;
  FileStore files_;
  std::array<std::unique_ptr<PdpContext>, kContexts> contexts_;
  void network_tells_time();
  void alarm_rings(const Alarm::Setting& setting);
  void recall_preferred_operators();
  void keep(std::string_view record, std::string_view value);
  std::optional<std::string> kept(std::string_view record);

  Alarm alarm_;
  bool alarm_mode_ = false;
  std::optional<Rtc> network_clock_;
  bool time_told_ = false;
  int clock_update_ = 0;
  std::string band_{kAllBands};
  std::array<std::string, kPreferredOperators> preferred_operators_{};
  NameQuery names_;
  Ping ping_;
  Locator locator_;
  TimeSync time_sync_;
  TimeServer time_server_;
  Power power_ = Power::off;
  Functionality functionality_ = Functionality::full;
  Duration boot_time_{};
  Duration sim_time_{};
  Timer starting_;
  Timer sim_starting_;
  Timer switching_;
  Timer call_ready_;
  Timer alarm_mode_end_;
  std::uint8_t concatenations_ = 0;
  bool call_ready_reported_ = false;
};

}  // namespace quasimodem::device
