// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/bench_play.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "atcmd/table/param.hpp"
#include "core/suggestion.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/pattern.hpp"
#include "emulator/workbench/peers.hpp"
#include "emulator/workbench/service_peers.hpp"
#include "emulator/workbench/time_server.hpp"
#include "emulator/workbench/transcript_player.hpp"
#include "storage/checksum.hpp"
#include "tls/server/throwaway_identity.hpp"

namespace quasimodem::workbench {
namespace {

constexpr auto kPatience = 1s;           // for bytes that the module owes
constexpr auto kLatency = 50ms;          // in transcripts that tell when a handshake is done
constexpr auto kCloseAfterSend = 500ms;  // "sends … and closes": the FIN comes a little after the data

constexpr std::string_view kPeerName = "peer.test";
constexpr std::string_view kTimeServer = "ntp.test";
constexpr std::string_view kHandshake = "TLS handshake done";
constexpr std::string_view kNoSim = "no SIM";

// A module that was just made is in these states.
constexpr std::string_view kFresh[] = {kNoSim,          "SIM without PIN",     "boot finished", "registered",
                                       "attached",      "no RAM file",         "RAM empty",     "RAM store empty",
                                       "no NVRAM file", "factory SSL settings"};

void add_file(std::map<std::string, std::string>& values, const std::string& name, const Bytes& content) {
  values.emplace(name + "_PEM", to_text(content));
  values.emplace(name + "_SIZE", std::to_string(content.size()));
  values.emplace(name + "_SUM", fmt::format("{:x}", storage::checksum(content)));
}

std::map<std::string, std::string> all_values(const Transcript& transcript, const World& world) {
  auto values = world.values;
  values.insert(transcript.needs.values.begin(), transcript.needs.values.end());
  values.insert({{"IP", "198.51.100.9"},
                 {"PORT", "8883"},
                 {"HOST", std::string{kPeerName}},
                 {"IP2", "198.51.100.10"},
                 {"PORT2", "8884"},
                 {"CLOSED_IP", "198.51.100.99"},
                 {"NTPHOST", std::string{kTimeServer}},
                 {"MS", "0"},
                 {"IMEI", device::Configuration{}.imei}});
  add_file(values, "CA_CERT", world.authority);
  add_file(values, "CLIENT_CERT", world.client_certificate);
  add_file(values, "CLIENT_KEY", world.client_key);
  return values;
}

Workbench::Options options_for(const Transcript& transcript, const World& world) {
  const auto& needs = transcript.needs;
  device::Configuration configuration{.model = world.model.value_or(needs.model.value_or(device::Model::m95)),
                                      .firmware = needs.firmware};
  const auto is_missing = [](const auto& state) { return state.text == kNoSim; };
  if (std::any_of(needs.states.begin(), needs.states.end(), is_missing)) configuration.sim = device::Sim::none();
  return {.configuration = configured(std::move(configuration)), .ready = Ready::attached, .echo = true};
}

tls::ServerConfig server_for(const Transcript& transcript, const World& world) {
  auto config = world.server;
  const auto demands = [](const NeededPeer& peer) { return peer.demands_certificate; };
  const auto& peers = transcript.needs.peers;
  if (peers && std::any_of(peers->begin(), peers->end(), demands)) {
    config.client_authentication = tls::ClientAuthentication::require;
    config.client_authorities = world.authority;
  }
  return config;
}

std::uint16_t port_of(const std::string& digits) {
  const auto value = atcmd::parse_integer(digits).value_or(0);
  if (value < 1 || value > 65535) throw Unplayable{0, "not a port: " + digits};
  return static_cast<std::uint16_t>(value);
}

/// As long as it takes until something happens; false when `limit` has come.
bool pass_time(Workbench& bench, Instant limit) {
  const auto now = bench.timeline().now();
  if (now >= limit) return false;
  bench.advance(std::min(bench.timeline().next_deadline().value_or(limit), limit) - now);
  return true;
}

/// A module in memory, its peers and its network.
class BenchStage final : public TranscriptStage {
 public:
  BenchStage(const Transcript& transcript, const World& world)
      : values_{all_values(transcript, world)},
        bench_{options_for(transcript, world)},
        peers_{bench_.network(), server_for(transcript, world)},
        services_{bench_.timeline(), bench_.network(), server_for(transcript, world), transcript.needs.contents} {}

  Workbench& bench() { return bench_; }
  const std::map<std::string, std::string>& values() const { return values_; }

  std::vector<PlayReport::Skipped> prepare(const Transcript& transcript) override {
    auto& network = bench_.network();
    const auto peer = net::IpAddress::parse(values_.at("IP"));
    if (!peer) throw Unplayable{0, "{IP} is no address: " + values_.at("IP")};
    network.add_name(kPeerName, {*peer});
    network.ignore(values_.at("CLOSED_IP"), port_of(values_.at("PORT")));
    serve_time(network, kTimeServer);
    make_peers(transcript);
    for (const auto& state : transcript.needs.states) bring_into(state);
    // Where the handshake is an event of its own there must be a moment before it.
    const auto& steps = transcript.steps;
    const auto is_handshake = [](const auto& step) { return step.text == kHandshake; };
    if (std::any_of(steps.begin(), steps.end(), is_handshake)) network.set_latency(kLatency);
    return {};
  }

  std::string happen(const Transcript::Step& event) override {
    for (const auto& phrase : phrases_of(event.text)) happen(event.line, phrase);
    bench_.advance({});
    return {};
  }

 private:
  /// A head that leaves somebody out would not help who plays it to a real module. Names and time are served to all.
  void make_peers(const Transcript& transcript) {
    const auto& named = transcript.needs.peers;
    std::set<std::string> places;
    for (const auto& peer : named.value_or(std::vector<NeededPeer>{})) {
      using Kind = NeededPeer::Kind;
      const auto host = bytes_of(peer.host, values_), digits = bytes_of(peer.port, values_);
      if (peer.kind == Kind::tls) peers_.secure(host, port_of(digits));
      if (peer.kind == Kind::tcp) peers_.plain(host, port_of(digits));
      if (!digits.empty()) services_.add(peer, host, port_of(digits));
      if (peer.kind == Kind::silent) bench_.network().ignore(host, port_of(digits));
      places.insert(host + ":" + digits);
    }
    for (const auto& step : transcript.steps) {
      const auto opened = step.from_host() ? opened_by(bytes_of(step.text, values_)) : std::nullopt;
      if (!opened) continue;
      const auto place = fmt::format("{}:{}", opened->host, opened->port);
      if (named && !places.contains(place)) throw Unplayable{step.line, "# peers: does not name " + place};
      if (named || opened->host == values_.at("CLOSED_IP")) continue;
      if (opened->secure) {
        peers_.secure(opened->host, opened->port);
      } else {
        peers_.plain(opened->host, opened->port);
      }
    }
  }

  void bring_into(const Needs::State& state) {
    static const Pattern kReference{"last message reference (\\d{1,3})"};
    if (const auto match = kReference.whole(state.text)) {
      bench_.me().messaging().set_last_reference(static_cast<int>(*atcmd::parse_integer((*match)[1])));
    } else if (std::find(std::begin(kFresh), std::end(kFresh), state.text) == std::end(kFresh)) {
      throw Unplayable{state.line, fmt::format("a module in memory cannot be made so: \"{}\"{}", state.text,
                                               did_you_mean(state.text, {std::begin(kFresh), std::end(kFresh)}))};
    }
  }

  // ---- events

  void happen(int line, const std::string& phrase) {
    constexpr std::pair<std::string_view, void (BenchStage::*)(int)> kEvents[] = {
        {kHandshake, &BenchStage::finish_handshake},
        {"power cycle", &BenchStage::power_cycle},
        {"network deactivates the context", &BenchStage::lose_context},
        {"SMS arrives", &BenchStage::deliver_sms},
        {"incoming call", &BenchStage::ring},
        {"far end hangs up", &BenchStage::hang_up},
        {"peer closes", &BenchStage::close}};
    static const Pattern kSends{
        "(?:(?:TCP )?peer )?sends (\\w+)(?: \\([0-9a-f]+\\))?( and closes| while in command state)?"};
    static const Pattern kReceived{R"(peer received (\w+) after (\d{1,6}) ms idle)"};
    for (const auto& [known, make] : kEvents) {
      if (phrase == known) return (this->*make)(line);
    }
    auto wrong = services_.check(phrase);
    if (!wrong) wrong = services_.happen(phrase);
    if (wrong) {
      if (!wrong->empty()) throw Unplayable{line, phrase + ": " + *wrong};
    } else if (const auto sends = kSends.whole(phrase)) {
      send(line, (*sends)[1]);
      if ((*sends)[2] == " and closes") bench_.timeline().after(kCloseAfterSend, [this, line] { close(line); });
    } else if (const auto receives = kReceived.whole(phrase)) {
      bench_.advance(std::chrono::milliseconds{*atcmd::parse_integer((*receives)[2])});
      const auto received = to_text(tcp_connection(line).received());
      if (received != (*receives)[1]) throw Unplayable{line, "the peer received \"" + escaped(received) + "\""};
    } else {
      throw Unplayable{line, "unknown event \"" + phrase + "\""};
    }
  }

  net::SimConnection& tcp_connection(int line) {
    if (auto* connection = peers_.open_plain()) return *connection;
    throw Unplayable{line, "no peer is connected"};
  }

  void send(int line, const std::string& data) {
    if (auto* peer = peers_.open_secure()) return peer->send(data);
    tcp_connection(line).send(data);
  }

  void close(int line) {
    if (auto* peer = peers_.open_secure()) return peer->close();
    tcp_connection(line).close();
  }

  void finish_handshake(int line) {
    const auto limit = bench_.timeline().now() + kPatience;
    while (!peers_.open_secure() || !peers_.open_secure()->connected()) {
      if (!pass_time(bench_, limit)) throw Unplayable{line, "there is no TLS handshake"};
    }
  }

  void power_cycle(int) {
    bench_.modem().power_key();
    bench_.advance({});
    bench_.take();
    bench_.modem().power_key();
  }

  /// The one of the manual's examples.
  void deliver_sms(int) {
    bench_.me().outside().deliver_sms("+8615021012496", "hi", device::sms::Timestamp{10, 9, 25, 15, 6, 37, 32});
  }

  void lose_context(int) { bench_.me().outside().lose_context(0); }
  void ring(int) { bench_.me().outside().ring("0383599999"); }
  void hang_up(int) { bench_.me().calls().far_end_hangs_up(); }

  std::map<std::string, std::string> values_;
  Workbench bench_;
  Peers peers_;
  ServicePeers services_;
};

}  // namespace

Bytes BenchLine::read(Duration patience) {
  const auto limit = bench_.timeline().now() + patience;
  for (;;) {
    if (const auto output = bench_.take(); !output.empty()) return to_bytes(output);
    if (!pass_time(bench_, limit)) return {};
  }
}

World World::throwaway() {
  const auto certificate = tls::throwaway_certificate();
  const auto key = tls::throwaway_key();
  World world;
  world.authority = world.client_certificate = Bytes{certificate.begin(), certificate.end()};
  world.client_key = Bytes{key.begin(), key.end()};
  world.server.certificate = world.authority;
  world.server.key = world.client_key;
  return world;
}

PlayReport play(const Transcript& transcript, const World& world) {
  BenchStage stage{transcript, world};
  BenchLine line{stage.bench()};
  return TranscriptPlayer{
      line, stage, {.values = stage.values(), .patience = kPatience, .event_patience = kPatience, .exact = true}}
      .play(transcript);
}

}  // namespace quasimodem::workbench
