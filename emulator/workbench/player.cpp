// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/player.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "core/duration_text.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/workbench/pattern.hpp"
#include "emulator/workbench/peers.hpp"
#include "emulator/workbench/time_server.hpp"
#include "emulator/workbench/workbench.hpp"
#include "storage/checksum.hpp"
#include "tls/server/throwaway_identity.hpp"

namespace quasimodem::workbench {
namespace {

constexpr auto kPatience = 1s;           // for bytes that the module owes
constexpr auto kLatency = 50ms;          // in transcripts that tell when a handshake is done
constexpr auto kCloseAfterSend = 500ms;  // "sends … and closes": the FIN comes a little after the data

/// What stops a transcript.
struct Stop {
  Difference difference;
};

// ---- the world of one transcript ----

constexpr std::string_view kPeerName = "peer.test";
constexpr std::string_view kTimeServer = "ntp.test";

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

class Player {
 public:
  Player(const Transcript& transcript, const World& world)
      : transcript_{transcript}, world_{world}, values_{all_values(transcript, world)} {
    const auto& needs = transcript.needs;
    options_.configuration.model = world.model.value_or(needs.model.value_or(device::Model::m95));
    options_.configuration.firmware = needs.firmware;
    options_.ready = Ready::attached;
  }

  std::vector<Difference> play() {
    try {
      prepare_all();
      perform_all();
    } catch (const Stop& stop) {
      differences_.push_back(stop.difference);
    }
    return std::move(differences_);
  }

 private:
  void prepare_all() {
    for (const auto& phrase : transcript_.start) choose_options(phrase);
    bench_ = std::make_unique<Workbench>(options_);
    const auto peer = net::IpAddress::parse(values_.at("IP"));
    if (!peer) fail(0, "{IP} is no address: " + values_.at("IP"));
    bench_->network().add_name(kPeerName, {*peer});
    bench_->network().ignore(values_.at("CLOSED_IP"), port(values_.at("PORT")));
    make_peers();
    serve_time(bench_->network(), kTimeServer);
    for (const auto& phrase : transcript_.start) prepare(phrase);
    // Where the handshake is an event of its own there must be a moment before it.
    if (mentions("TLS handshake done")) bench_->network().set_latency(kLatency);
    if (auto left = bench_->take(); !powers_on_ && !left.empty()) fail(0, "the start left output: " + escaped(left));
  }

  void perform_all() {
    for (std::size_t i = 0; i < transcript_.steps.size(); ++i) {
      const auto& step = transcript_.steps[i];
      output_ += bench_->take();
      if (step.kind != Transcript::Step::Kind::module) expect_nothing_more(i);
      perform(step);
    }
    output_ += bench_->take();
    expect_nothing_more(transcript_.steps.size());
  }

  [[noreturn]] static void fail(int line, const std::string& what) {
    throw Stop{{.line = line, .what = what, .after = {}, .expected = {}, .actual = {}}};
  }

  /// What comes until the host speaks again belongs to this difference and is not judged.
  void differ(int line, const std::string& what, const std::string& expected) {
    const auto limit = bench_->timeline().now() + kPatience;
    do output_ += bench_->take();
    while (pass_time(limit));
    differences_.push_back(
        {.line = line, .what = what, .after = last_said_, .expected = expected, .actual = std::exchange(output_, {})});
    lost_ = true;
  }

  bool mentions(std::string_view event) const {
    return std::any_of(transcript_.steps.begin(), transcript_.steps.end(), [&](const auto& step) {
      return step.kind == Transcript::Step::Kind::event && trimmed(step.text) == event;
    });
  }

  std::string substituted(const Transcript::Step& step) const { return substituted(step.line, step.text); }
  std::string substituted(int line, const std::string& escapes) const {
    static const Pattern kPlaceholder{R"(\{([A-Z][A-Z0-9_]*)\})"};
    std::string text = to_text(unescaped(escapes));
    std::string result;
    while (const auto match = kPlaceholder.find(text)) {
      const auto value = values_.find((*match)[1]);
      if (value == values_.end()) fail(line, "unknown placeholder " + (*match)[0]);
      result += text.substr(0, match->at) + value->second;
      text.erase(0, match->end());
    }
    return result + text;
  }

  /// Decimal digits as a number.
  int number(int line, const std::string& digits) const {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size())
      fail(line, "not a number, or too large: " + digits);
    return value;
  }

  std::uint16_t port(const std::string& digits) const {
    const int value = number(0, digits);
    if (value < 1 || value > 65535) fail(0, "not a port: " + digits);
    return static_cast<std::uint16_t>(value);
  }

  // ---- peers

  void make_peers() {
    peers_ = std::make_unique<Peers>(bench_->network(), server());
    if (transcript_.needs.peers) {
      for (const auto& peer : *transcript_.needs.peers) make_peer(peer);
      return check_peers();
    }
    for (const auto& step : transcript_.steps) {
      if (step.kind != Transcript::Step::Kind::host) continue;
      const auto opened = opened_by(substituted(step));
      if (!opened || opened->host == values_.at("CLOSED_IP")) continue;
      if (opened->secure) {
        peers_->secure(opened->host, opened->port);
      } else {
        peers_->plain(opened->host, opened->port);
      }
    }
  }

  /// Names and time are served to all.
  void make_peer(const NeededPeer& peer) {
    using Kind = NeededPeer::Kind;
    const auto host = substituted(0, peer.host), digits = substituted(0, peer.port);
    if (peer.kind == Kind::tls) peers_->secure(host, port(digits));
    if (peer.kind == Kind::tcp) peers_->plain(host, port(digits));
    if (peer.kind == Kind::silent) bench_->network().ignore(host, port(digits));
    places_.insert(host + ":" + digits);
  }

  /// A head that leaves somebody out would not help who plays it to a real module.
  void check_peers() const {
    for (const auto& step : transcript_.steps) {
      const auto opened =
          step.kind == Transcript::Step::Kind::host ? opened_by(substituted(step)) : std::optional<OpenedBy>{};
      if (!opened) continue;
      const auto place = fmt::format("{}:{}", opened->host, opened->port);
      if (!places_.contains(place)) fail(step.line, "# peers: does not name " + place);
    }
  }

  tls::ServerConfig server() const {
    auto config = world_.server;
    const auto demands = [](const NeededPeer& peer) { return peer.demands_certificate; };
    const auto& peers = transcript_.needs.peers;
    if (peers && std::any_of(peers->begin(), peers->end(), demands)) {
      config.client_authentication = tls::ClientAuthentication::require;
      config.client_authorities = world_.authority;
    }
    return config;
  }

  net::SimConnection& tcp_connection(int line) {
    if (auto* connection = peers_->open_plain()) return *connection;
    fail(line, "no peer is connected");
  }

  void peer_sends(int line, const std::string& data) {
    if (auto* peer = peers_->open_secure()) return peer->send(data);
    tcp_connection(line).send(data);
  }
  void peer_closes(int line) {
    if (auto* peer = peers_->open_secure()) return peer->close();
    tcp_connection(line).close();
  }

  // ---- the start

  /// Those phrases that say how the module is built and how far it has come.
  void choose_options(const std::string& phrase) {
    if (phrase == "no SIM") options_.configuration.sim = device::Sim::none();
    if (phrase.starts_with("ATE1")) options_.echo = true;
    if (phrase == "power on") options_.echo = powers_on_ = true;
    if (phrase.starts_with("IP GPRSACT")) options_.ready = Ready::ip_gprsact;
    if (phrase == "IP STATUS" || phrase == "SSL connected on 0") options_.ready = Ready::ip_status;
  }

  void command(const std::string& line) {
    const auto echo = options_.echo ? line + "\r" : std::string{};
    const auto answer = bench_->ask(line);
    if (answer != echo + "\r\nOK\r\n") fail(0, "start: " + line + " answered " + escaped(answer));
  }

  void upload(const std::string& name, const Bytes& content) {
    bench_->send(fmt::format("AT+QSECWRITE=\"{}\",{}", name, content.size()));
    bench_->send_raw(content);
    if (!bench_->take().ends_with("\r\nOK\r\n")) fail(0, "start: could not store " + name);
  }

  void prepare(const std::string& phrase) {
    static const std::vector<std::string> kTrueAnyway{
        "SIM without PIN", "ATE1", "ATE1 switched off below", "ATE0", "no SIM", "registered", "attached",
        "boot finished", "IP INITIAL", "power-up IP INITIAL", "IP GPRSACT (no QILOCIP sent)", "IP STATUS",
        "no RAM file", "RAM empty", "no NVRAM file", "factory SSL settings",
        // The second half of "IFC=0,0".
        "0",
        // What the first steps of 23 show.
        "ESC in command state must produce nothing"};
    static const Pattern kSetting{"[A-Z]+=[0-9]+"};
    static const Pattern kReference{"last message reference (\\d+)"};
    static const Pattern kClock{R"(clock (\d\d/\d\d/\d\d) (\d\d:\d\d:\d\d))"};
    if (kSetting.whole(phrase)) return command("AT+" + phrase);
    if (const auto match = kClock.whole(phrase)) {
      return command(fmt::format("AT+CCLK=\"{},{}+00\"", (*match)[1], (*match)[2]));
    }
    if (const auto match = kReference.whole(phrase)) {
      return bench_->me().messaging().set_last_reference(number(0, (*match)[1]));
    }
    if (phrase == "power on") return;  // comes last
    if (phrase == "IPR=115200 stored") {
      command("AT+IPR=115200&W");
      bench_->modem().power_key();
      bench_->advance({});
      bench_->take();
      return bench_->modem().power_key();
    }
    if (phrase == "certificates in RAM") {
      upload("RAM:ca_cert.pem", world_.authority);
      upload("RAM:client_cert.pem", world_.client_certificate);
      return upload("RAM:client_key.pem", world_.client_key);
    }
    if (phrase == "socket 1 is an open TCP connection") {
      peers_->plain("198.51.100.20", 80);
      bench_->send("AT+QIOPEN=1,\"TCP\",\"198.51.100.20\",80");
      return expect_start("\r\nOK\r\n\r\n1, CONNECT OK\r\n");
    }
    if (phrase == "TCP connected on 0") {
      peers_->plain(values_.at("IP"), port(values_.at("PORT")));
      bench_->send(fmt::format("AT+QIOPEN=0,\"TCP\",\"{}\",{}", values_.at("IP"), values_.at("PORT")));
      return expect_start("\r\nOK\r\n\r\n0, CONNECT OK\r\n");
    }
    if (phrase == "SSL connected on 0") {
      bench_->send(fmt::format("AT+QSSLOPEN=0,0,\"{}\",{},0", values_.at("IP"), values_.at("PORT")));
      return expect_start("\r\nOK\r\n\r\n+QSSLOPEN: 0,0\r\n");
    }
    if (std::find(kTrueAnyway.begin(), kTrueAnyway.end(), phrase) == kTrueAnyway.end()) {
      fail(0, "unknown start phrase \"" + phrase + "\"");
    }
  }

  void expect_start(std::string_view expected) {
    if (const auto actual = bench_->take(); actual != expected) fail(0, "start: got " + escaped(actual));
  }

  // ---- the steps

  void perform(const Transcript::Step& step) {
    using Kind = Transcript::Step::Kind;
    switch (step.kind) {
      case Kind::host: return say(step);
      case Kind::module: return lost_ ? void() : expect(step);
      case Kind::wait: return wait(step);
      case Kind::event:
        for (const auto& phrase : phrases_of(step.text)) happen(step.line, phrase);
        return bench_->advance({});
    }
  }

  void wait(const Transcript::Step& step) {
    const auto time = parse_duration(trimmed(step.text));
    if (!time || *time > kLongestWait)
      fail(step.line, fmt::format("a time is wanted, of a day at most: {}", kDurationForm));
    bench_->advance(*time);
  }

  void happen(int line, const std::string& phrase) {
    static const Pattern kSends{
        "(?:(?:TCP )?peer )?sends (\\w+)(?: \\([0-9a-f]+\\))?( and closes| while in command state)?"};
    static const Pattern kReceived{R"(peer received (\w+) after (\d+) ms idle)"};
    if (phrase == "TLS handshake done") {
      finish_handshake(line);
    } else if (phrase == "peer closes") {
      peer_closes(line);
    } else if (phrase == "SMS arrives") {
      // The one of the manual's examples.
      bench_->me().outside().deliver_sms("+8615021012496", "hi", device::sms::Timestamp{10, 9, 25, 15, 6, 37, 32});
    } else if (phrase == "incoming call") {
      bench_->me().outside().ring("0383599999");
    } else if (phrase == "far end hangs up") {
      bench_->me().calls().far_end_hangs_up();
    } else if (phrase == "network deactivates the context") {
      bench_->me().outside().lose_context(0);
    } else if (const auto sends = kSends.whole(phrase)) {
      peer_sends(line, (*sends)[1]);
      if ((*sends)[2] == " and closes") {
        bench_->timeline().after(kCloseAfterSend, [this, line] { peer_closes(line); });
      }
    } else if (const auto receives = kReceived.whole(phrase)) {
      bench_->advance(std::chrono::milliseconds{number(line, (*receives)[2])});
      const auto received = to_text(tcp_connection(line).received());
      if (received != (*receives)[1]) fail(line, "the peer received \"" + escaped(received) + "\"");
    } else {
      fail(line, "unknown event \"" + phrase + "\"");
    }
  }

  void finish_handshake(int line) {
    const auto limit = bench_->timeline().now() + kPatience;
    while (!peers_->open_secure() || !peers_->open_secure()->connected()) {
      if (!pass_time(limit)) fail(line, "there is no TLS handshake");
    }
  }

  /// As long as it takes until something happens; false when nothing does up to `limit`.
  bool pass_time(Instant limit) {
    const auto next = bench_->timeline().next_deadline();
    if (!next || *next > limit) return false;
    bench_->advance(*next - bench_->timeline().now());
    return true;
  }

  void say(const Transcript::Step& step) {
    if (std::exchange(lost_, false)) output_.clear();
    last_said_ = substituted(step);
    bench_->send_raw(last_said_);
  }

  void expect(const Transcript::Step& step) {
    const auto expected = substituted(step);
    wait_for(expected.size());
    if (output_.substr(0, expected.size()) != expected) return differ(step.line, "not the bytes expected", expected);
    output_.erase(0, expected.size());
  }

  void wait_for(std::size_t size) {
    const auto limit = bench_->timeline().now() + kPatience;
    do output_ += bench_->take();
    while (output_.size() < size && pass_time(limit));
  }

  void expect_nothing_more(std::size_t step) {
    if (output_.empty() || lost_) return;
    differ(step > 0 ? transcript_.steps[step - 1].line : 0, "more than expected follows", {});
  }

  const Transcript& transcript_;
  const World& world_;
  std::map<std::string, std::string> values_;
  Workbench::Options options_;
  bool powers_on_ = false;
  std::unique_ptr<Workbench> bench_;
  std::unique_ptr<Peers> peers_;
  std::set<std::string> places_;  ///< HOST:PORT of the peers that the head names
  std::string output_;
  std::string last_said_;  ///< by the host
  std::vector<Difference> differences_;
  bool lost_ = false;  ///< after a difference, until the host speaks again
};

}  // namespace

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

std::vector<Difference> differences(const Transcript& transcript, const World& world) {
  return Player{transcript, world}.play();
}

std::string play(const Transcript& transcript, const World& world) {
  const auto all = differences(transcript, world);
  return all.empty() ? std::string{} : all.front().text(transcript.name);
}

std::string Difference::text(const std::string& name) const {
  auto text = line ? fmt::format("{}:{}: {}", name, line, what) : fmt::format("{}: {}", name, what);
  if (!expected.empty() || !actual.empty()) {
    text += fmt::format("\n  expected  {}\n  actual    {}", escaped(expected), escaped(actual));
  }
  return text;
}

}  // namespace quasimodem::workbench
