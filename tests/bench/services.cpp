// SPDX-License-Identifier: Apache-2.0
// HTTP, FTP and MQTT: how fast a body and a file come to the host, how many messages a second go out, and what each
// running service occupies.
#include <string>
#include <vector>

#include <fmt/core.h>

#include "core/journal_ring.hpp"
#include "tests/bench/asked_module.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/module.hpp"
#include "tests/bench/peers.hpp"

namespace quasimodem::bench {
namespace {

constexpr std::size_t kBody = 5'000'000;
constexpr int kBlocks = 5;
constexpr int kMessages = 5000;
constexpr std::string_view kConnect = "\r\nCONNECT\r\n";
constexpr std::string_view kOk = "\r\nOK\r\n";

std::string megabytes_per_second(double rate) { return fmt::format("{:.2f} MB/s", rate / kMega); }

void read_body(Terminal& line) {
  Pattern pattern;
  while (pattern.position() < kBody)
    pattern.compare(line.read(std::min<std::size_t>(65536, kBody - pattern.position())));
}

double pump(Terminal& line) {
  const Stopwatch watch;
  line.write("!");
  read_body(line);
  return kBody / watch.seconds();
}

/// The URL is given, the request made: what is left is the body.
double read_by_http(Host& host) {
  host.ok("AT+QHTTPGET=60");
  const Stopwatch watch;
  host.line().write("AT+QHTTPREAD=60\r");
  host.line().expect(kConnect);
  read_body(host.line());
  host.line().expect(kOk);
  return kBody / watch.seconds();
}

double get_by_ftp(Host& host) {
  const Stopwatch watch;
  host.line().write("AT+QFTPGET=\"f\"\r");
  host.line().expect(kOk);
  host.line().expect(kConnect);
  read_body(host.line());
  host.line().expect(fmt::format("\r\n+QFTPGET:{}\r\n", kBody));
  return kBody / watch.seconds();
}

void result(Host& host, std::string_view command, std::string_view words) {
  host.ok(command);
  host.line().expect(fmt::format("\r\n{}\r\n", words));
}

void give_url(Host& host, std::uint16_t port) {
  const auto url = fmt::format("http://127.0.0.1:{}/", port);
  host.line().write(fmt::format("AT+QHTTPURL={},30\r", url.size()));
  host.line().expect(kConnect);
  host.line().write(url);
  host.line().expect(kOk);
}

void log_in(Host& host, std::uint16_t port) {
  result(host, "AT+QFTPCFG=1,1", "+QFTPCFG:0");
  result(host, fmt::format("AT+QFTPOPEN=\"127.0.0.1\",{}", port), "+QFTPOPEN:0");
}

void connect_client(Host& host, std::uint16_t port) {
  result(host, fmt::format("AT+QMTOPEN=0,\"127.0.0.1\",{}", port), "+QMTOPEN: 0,0");
  result(host, "AT+QMTCONN=0,\"bench\"", "+QMTCONN: 0,0,0");
}

/// A second of the module's processor. By the clock each lasts a millisecond: a result that comes after OK has that
/// distance from it on the line.
double publish(Module& module) {
  const auto before = module.process().cpu_seconds();
  for (int i = 0; i < kMessages; ++i)
    result(module.host(), "AT+QMTPUB=0,0,0,0,\"m/7/state\",5,\"21.50\"", "+QMTPUB: 0,0,0");
  return kMessages / (module.process().cpu_seconds() - before);
}

void compare(Report& report, std::string_view what, Host& host, Terminal& pumped, double (*transfer)(Host&)) {
  std::vector<double> rates, pump_rates;
  for (int block = 0; block < kBlocks; ++block) {
    rates.push_back(transfer(host));
    pump_rates.push_back(pump(pumped));
  }
  const auto rate = median(rates), pump_rate = median(pump_rates);
  report.add(line(fmt::format("{}, {:.0f} MB", what, kBody / kMega), megabytes_per_second(rate),
                  fmt::format("{} TCP to pty", megabytes_per_second(pump_rate)), rate / pump_rate,
                  at_least(0.6, rate / pump_rate, "")));
}

void ask_for_page(Host& host, std::uint16_t port) {
  give_url(host, port);
  host.ok("AT+QHTTPGET=60");
}

/// The same records in the journal, which is bounded, before and after.
void fill_journal(Host& host) {
  for (std::size_t i = 0; i < JournalRing::kEntries; ++i) host.ok("AT");
}

/// What it occupies while it runs and its data waits.
void measure_heap(Report& report, std::string_view what, void (*begin)(Host&, std::uint16_t), std::uint16_t port) {
  AskedModule module{{"--firmware", "mqtt=on"}};
  auto& host = module.host();
  host.attach();
  fill_journal(host);
  const auto before = module.heap();
  begin(host, port);
  fill_journal(host);
  const auto kilobytes = (module.heap() - before) / 1024;
  report.add(line(fmt::format("  running {}, heap", what), fmt::format("{:.1f} KB", kilobytes), {}, {},
                  at_most(16, kilobytes, " KB")));
}

}  // namespace

void measure_services(Report& report) {
  const ServicePeer web{ServicePeer::Kind::http, kBody}, files{ServicePeer::Kind::ftp, kBody},
      broker{ServicePeer::Kind::mqtt, 0};
  const PumpFromTcp pump_peer{kBody};
  Terminal pumped{pump_peer.device()};
  Module module{{"--firmware", "mqtt=on"}};
  auto& host = module.host();
  host.attach();
  give_url(host, web.port());
  compare(report, "AT+QHTTPREAD", host, pumped, &read_by_http);
  log_in(host, files.port());
  compare(report, "AT+QFTPGET to COM", host, pumped, &get_by_ftp);
  result(host, "AT+QFTPCLOSE", "+QFTPCLOSE:0");
  connect_client(host, broker.port());
  const auto rate = publish(module);
  report.add(line("AT+QMTPUB with QoS 0, for a second of processor", fmt::format("{:.0f}/s", rate), {}, {},
                  at_least(5000, rate, "/s")));
  result(host, "AT+QMTCLOSE=0", "+QMTCLOSE: 0,0");

  measure_heap(report, "HTTP, a body waiting", &ask_for_page, web.port());
  measure_heap(report, "FTP, logged in", &log_in, files.port());
  measure_heap(report, "MQTT client", &connect_client, broker.port());
}

}  // namespace quasimodem::bench
