// SPDX-License-Identifier: Apache-2.0
// Bytes through a secure socket, with commands and in transparent mode.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/module.hpp"
#include "tests/bench/peers.hpp"

namespace quasimodem::bench {
namespace {

std::string megabytes_per_second(double rate) { return fmt::format("{:.2f} MB/s", rate / kMega); }

// ---- commands

constexpr std::size_t kEchoed = 1'000'000;
constexpr std::size_t kSend = 1460;
constexpr int kReceive = 1500;
constexpr int kEchoBlocks = 5;

/// A host that knows how many octets it is to get back, and reads until it has them.
class EchoingHost {
 public:
  EchoingHost(Host& host, std::uint16_t port) : line_{host.line()}, source_{fmt::format("127.0.0.1:{},TCP,", port)} {}

  void send(ByteSpan data) {
    line_.write(fmt::format("AT+QSSLSEND=0,{}\r", data.size()));
    expect("\r\n> ");
    line_.write(data);
    expect("\r\nSEND OK\r\n");
  }

  void receive(std::size_t size, Pattern& expected) {
    while (size > 0) {
      if (!announced_) expect_announcement();
      const auto count = receive_once(expected);
      if (count > size) throw Failure{"more came back than was sent"};
      size -= count;
      if (count == 0) announced_ = false;
    }
  }

 private:
  static constexpr std::string_view kAnnouncement = "\r\n+QSSLURC: \"recv\",0,0\r\n";

  /// Reads rows, of which some may be announcements, until the one that was expected.
  void expect(std::string_view text) {
    for (;;) {
      const auto row = next_row(text.size());
      if (row == text) return;
      if (row != kAnnouncement) throw Failure{fmt::format("\"{}\" instead of \"{}\"", escaped(row), escaped(text))};
      announced_ = true;
    }
  }
  void expect_announcement() {
    line_.expect(kAnnouncement);
    announced_ = true;
  }

  /// `\r\n…\r\n`, or the prompt.
  std::string next_row(std::size_t shortest) {
    std::string row;
    while (row.size() < std::min<std::size_t>(shortest, 4)) row += as_text(line_.read(1));
    while (row != "\r\n> " && !(row.size() > 2 && row.ends_with("\r\n"))) row += as_text(line_.read(1));
    return row;
  }

  std::size_t receive_once(Pattern& expected) {
    line_.write(fmt::format("AT+QSSLRECV=0,0,{}\r", kReceive));
    std::string row = next_row(4);
    for (; row == kAnnouncement; row = next_row(4)) announced_ = true;
    if (row == "\r\nOK\r\n") return 0;
    const auto head = "\r\n+QSSLRECV: " + source_;
    if (!row.starts_with(head)) throw Failure{fmt::format("\"{}\" instead of data", escaped(row))};
    const auto count = std::stoul(row.substr(head.size()));
    data_.resize(count);
    line_.read_exactly(data_);
    expected.compare(data_);
    line_.expect("\r\nOK\r\n");
    return count;
  }

  Terminal& line_;
  std::string source_;
  Bytes data_;
  bool announced_ = false;
};

double echo_with_commands(EchoingHost& echoing, Pattern& sent, Pattern& received) {
  const Stopwatch watch;
  for (std::size_t done = 0; done < kEchoed;) {
    const auto data = sent.next(std::min(kSend, kEchoed - done));
    echoing.send(data);
    echoing.receive(data.size(), received);
    sent.advance(data.size());
    done += data.size();
  }
  return kEchoed / watch.seconds();
}

double echo_through_relay(Terminal& line, Pattern& sent, Pattern& received) {
  std::array<std::uint8_t, kSend> answer{};
  const Stopwatch watch;
  for (std::size_t done = 0; done < kEchoed;) {
    const auto data = sent.next(std::min(kSend, kEchoed - done));
    line.write(data);
    line.read_exactly(std::span{answer}.first(data.size()));
    received.compare(std::span{answer}.first(data.size()));
    sent.advance(data.size());
    done += data.size();
  }
  return kEchoed / watch.seconds();
}

}  // namespace

void measure_echo(Report& report) {
  TlsPeer peer{Habit::echo};
  Module module;
  module.host().attach();
  module.host().configure_ssl();
  module.host().open_secure(0, peer.port());
  EchoingHost echoing{module.host(), peer.port()};

  EchoThroughTcp relay;
  Terminal beside{relay.device()};

  Pattern sent, received, relayed, relayed_back;
  std::vector<double> rates, relay_rates, cpu;
  for (int block = 0; block < kEchoBlocks; ++block) {
    const auto before = module.process().cpu_seconds();
    rates.push_back(echo_with_commands(echoing, sent, received));
    cpu.push_back((module.process().cpu_seconds() - before) / kEchoed * kMega);
    relay_rates.push_back(echo_through_relay(beside, relayed, relayed_back));
  }
  const auto rate = median(rates), relay_rate = median(relay_rates);
  report.add(line("1 MB echo, QSSLSEND 1460, QSSLRECV 1500", megabytes_per_second(rate),
                  fmt::format("{} pty to TCP relay", megabytes_per_second(relay_rate)), rate / relay_rate));
  report.add(line("  processor time of the module for 1 MB", fmt::format("{:.0f} ms", median(cpu) * 1e3)));
}

// ---- transparent

namespace {

constexpr std::size_t kBulk = 8192 * 1000;  // whole packets: the module sends an unfinished one after 200 ms only
constexpr int kBulkBlocks = 7;
constexpr std::size_t kChunk = 4096;

void write_pattern(Terminal& line) {
  Pattern pattern;
  while (pattern.position() < kBulk) {
    const auto chunk = pattern.next(std::min(kChunk, kBulk - pattern.position()));
    line.write(chunk);
    pattern.advance(chunk.size());
  }
}

void read_pattern(Terminal& line) {
  Pattern pattern;
  while (pattern.position() < kBulk) pattern.compare(line.read());
}

/// Octets per second until `far` has them all.
template <class FarEnd>
double upload(Terminal& line, FarEnd& far) {
  const Stopwatch watch;
  write_pattern(line);
  return kBulk / watch.seconds_until(far.arrival());
}

template <class FarEnd>
double download(Terminal& line, FarEnd& far) {
  far.get_ready();
  const Stopwatch watch;
  line.write(std::string(kPacket, '!'));
  read_pattern(line);
  return kBulk / watch.seconds();
}

/// `far` is at the other end of `line`, however far away.
template <class FarEnd>
double transfer(Habit far_end, Terminal& line, FarEnd& far) {
  return far_end == Habit::sink ? upload(line, far) : download(line, far);
}

void measure_direction(Report& report, std::string_view name, Habit far_end) {
  TlsPeer peer{far_end, kBulk};
  Module module;
  module.host().attach();
  module.host().configure_ssl();
  module.host().open_secure(0, peer.port(), Host::Mode::transparent);
  TlsPeer relayed_peer{far_end, kBulk};
  TlsRelay relay{relayed_peer.port()};
  Terminal relay_line{relay.device()};
  PtyPeer bare{far_end, kBulk};
  Terminal bare_line{bare.device()};

  std::vector<double> rates, relay_rates, bare_rates, cpu;
  for (int block = 0; block < kBulkBlocks; ++block) {
    const auto before = module.process().cpu_seconds();
    rates.push_back(transfer(far_end, module.host().line(), peer));
    cpu.push_back((module.process().cpu_seconds() - before) / kBulk * kMega);
    relay_rates.push_back(transfer(far_end, relay_line, relayed_peer));
    bare_rates.push_back(transfer(far_end, bare_line, bare));
  }
  const auto rate = median(rates), relay_rate = median(relay_rates), bare_rate = median(bare_rates);
  report.add(line(fmt::format("transparent SSL, {}, {:.1f} MB", name, kBulk / kMega), megabytes_per_second(rate),
                  fmt::format("{} bare pty", megabytes_per_second(bare_rate)), rate / bare_rate,
                  at_least(0.6, rate / bare_rate, "")));
  report.add(line("  and against the least that can do it", "",
                  fmt::format("{} pty to TLS relay", megabytes_per_second(relay_rate)), rate / relay_rate));
  report.add(line("  processor time of the module for 1 MB", fmt::format("{:.1f} ms", median(cpu) * 1e3)));
}

}  // namespace

void measure_upload(Report& report) { measure_direction(report, "host to peer", Habit::sink); }
void measure_download(Report& report) { measure_direction(report, "peer to host", Habit::source); }

}  // namespace quasimodem::bench
