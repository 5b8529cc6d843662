// SPDX-License-Identifier: Apache-2.0
// What the journal of a whole module says, and what it must never say.
#include <algorithm>

#include "core/random.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/terminal/terminals.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using test::ModemBench;
using test::Ready;

namespace {

std::string shown(const Record::Value& value) {
  if (const auto text = readable(value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  return std::to_string(std::get<std::int64_t>(value));
}

/// `kind name=value …`, one record a line, from record `since` on.
std::vector<std::string> lines(const JournalRing& ring, std::uint64_t since = 0) {
  std::vector<std::string> all;
  for (const auto& record : ring.records()) {
    if (record.seq <= since) continue;
    std::string line{name_of(record.kind)};
    for (const auto& [name, value] : record.fields) line += fmt::format(" {}={}", name, shown(value));
    all.push_back(line);
  }
  return all;
}

/// Of one kind, or of all that begin so: `uart`.
std::vector<std::string> of(const JournalRing& ring, std::string_view kind, std::uint64_t since = 0) {
  auto all = lines(ring, since);
  std::erase_if(all, [&](const std::string& line) {
    return !line.starts_with(std::string{kind} + " ") && !line.starts_with(std::string{kind} + ".");
  });
  return all;
}

using Lines = std::vector<std::string>;

ModemBench::Options with_journal(Ready ready = Ready::attached) { return {.ready = ready, .journal = true}; }

std::string everything(const JournalRing& ring) {
  std::string all;
  for (const auto& line : lines(ring)) all += line + "\n";
  return all;
}

}  // namespace

TEST_CASE("The journal tells what the host sent, what each command came to and what went back", "[journal]") {
  ModemBench bench{with_journal()};
  const auto before = bench.journal().last();
  bench.send("AT+CMEE=1;+CSQ;+NOPE");
  REQUIRE(lines(bench.journal(), before) ==
          Lines{R"(uart.rx text=AT+CMEE=1;+CSQ;+NOPE\r)", "at command=AT+CMEE=1 result=OK took_ms=0",
                "at command=AT+CSQ result=OK took_ms=0", "at command=AT+NOPE result=ERROR took_ms=0",
                R"(uart.tx text=\r\n+CSQ: 30,0\r\n\r\nERROR\r\n)"});
}

TEST_CASE("Records of a further terminal carry its channel, those of the first are as if it were alone", "[journal]") {
  ModemBench bench{with_journal()};
  auto& second = bench.modem().terminals().add();
  const auto before = bench.journal().last();
  second.receive(as_bytes("AT+CSQ\r"));
  bench.send("AT+CSQ");
  REQUIRE(of(bench.journal(), "at", before) ==
          Lines{"at command=AT+CSQ result=OK took_ms=0 channel=2", "at command=AT+CSQ result=OK took_ms=0"});
}

TEST_CASE("Bytes without a line end are written down after a pause", "[journal]") {
  ModemBench bench{with_journal()};
  const auto before = bench.journal().last();
  bench.send_raw("AT\n");
  REQUIRE(lines(bench.journal(), before).empty());
  bench.advance(20ms);
  REQUIRE(lines(bench.journal(), before) == Lines{R"(uart.rx text=AT\n)"});
}

TEST_CASE("A line that ends with CR LF is one, at once", "[journal]") {
  ModemBench bench{with_journal()};
  const auto before = bench.journal().last();
  bench.send_raw("AT+CSQ\r\n");
  REQUIRE(lines(bench.journal(), before).front() == R"(uart.rx text=AT+CSQ\r\n)");
}

TEST_CASE("What the host sent stands before the answer to it, also without a line end", "[journal]") {
  ModemBench bench{with_journal(Ready::ip_status)};
  bench.network().listen("198.51.100.9", 80);
  bench.send("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80");
  bench.advance(1s);
  bench.take();
  bench.ok("AT+QISDE=0");
  bench.send("AT+QISEND=5");
  const auto before = bench.journal().last();
  bench.send_raw("hello");
  REQUIRE(of(bench.journal(), "uart", before) == Lines{"uart.rx text=hello", R"(uart.tx text=\r\nSEND OK\r\n)"});
}

TEST_CASE("An echo, typed slowly, leaves a command in one record", "[journal]") {
  auto options = with_journal();
  options.echo = true;
  ModemBench bench{options};
  const auto before = bench.journal().last();
  for (const char c : std::string{"AT+CSQ\r"}) {
    bench.send_raw(std::string{c});
    bench.advance(1ms);
  }
  REQUIRE(of(bench.journal(), "uart.rx", before) == Lines{R"(uart.rx text=AT+CSQ\r)"});
}

TEST_CASE("Power on, SIM and registration", "[journal]") {
  ModemBench bench{with_journal(Ready::booted)};
  const auto all = lines(bench.journal());
  const Lines expected{"power event=key",
                       "power event=on",
                       "state what=functionality state=full",
                       "state what=sim state=ready",
                       "state what=registration state=searching",
                       "state what=attachment state=searching",
                       "state what=registration state=home",
                       "state what=attachment state=home",
                       "state what=module state=call ready"};
  Lines found;
  for (const auto& line : all) {
    if (line.starts_with("power") || line.starts_with("state")) found.push_back(line);
  }
  std::sort(found.begin(), found.end());
  auto sorted = expected;
  std::sort(sorted.begin(), sorted.end());
  REQUIRE(found == sorted);
  bench.modem().power_key();
  REQUIRE(lines(bench.journal()).back() == "urc text=NORMAL POWER DOWN");
  bench.advance(1s);
  const auto before = bench.journal().last();
  bench.take();
  bench.send("AT");
  REQUIRE(lines(bench.journal(), before).front() == R"(uart.rx text=AT\r heard=false)");
}

TEST_CASE("The bearer, the TCP/IP states and a socket's life", "[journal]") {
  ModemBench bench{with_journal(Ready::attached)};
  bench.network().listen_silently("example.test", 80);
  const auto before = bench.journal().last();
  bench.ok("AT+QICSGP=1,\"internet\"");
  bench.ok("AT+QIREGAPP");
  bench.send("AT+QIACT");
  bench.advance(1s);
  bench.send("AT+QIOPEN=\"TCP\",\"example.test\",80");
  bench.advance(1s);
  bench.send("AT+QICLOSE");
  bench.advance(1s);
  bench.outside().lose_context(0);
  bench.advance(1s);
  REQUIRE(of(bench.journal(), "bearer", before) == Lines{"bearer event=up context=0 apn=internet address=10.1.83.188",
                                                         "bearer event=lost context=0 apn=internet address="});
  REQUIRE(of(bench.journal(), "state", before) ==
          Lines{"state what=tcpip context=0 state=IP START", "state what=tcpip context=0 state=IP CONFIG",
                "state what=tcpip context=0 state=IP IND", "state what=tcpip context=0 state=IP GPRSACT",
                "state what=tcpip context=0 state=CONNECTING", "state what=tcpip context=0 state=CONNECT OK",
                "state what=tcpip context=0 state=IP CLOSE", "state what=tcpip context=0 state=PDP DEACT"});
  const auto sockets = of(bench.journal(), "socket", before);
  REQUIRE(sockets.size() == 3);
  REQUIRE(sockets[0] ==
          "socket event=opening context=0 socket=0 transport=tcp host=example.test port=80 peer= reason=");
  REQUIRE(sockets[1].starts_with("socket event=connected context=0 socket=0 transport=tcp host=example.test"));
  REQUIRE(sockets[2].starts_with("socket event=closed context=0 socket=0"));
  REQUIRE(of(bench.journal(), "urc", before) == Lines{"urc text=CONNECT OK", "urc text=+PDP DEACT"});
}

TEST_CASE("A command that is answered later has one record, with its time", "[journal]") {
  ModemBench bench{
      {.configuration = workbench::configured({.timing = test::kLab}), .ready = Ready::ip_start, .journal = true}};
  const auto before = bench.journal().last();
  bench.send("AT+QIACT");
  bench.advance(10s);
  REQUIRE(of(bench.journal(), "at", before) == Lines{"at command=AT+QIACT result=OK took_ms=500"});
}

TEST_CASE("A sent message", "[journal]") {
  ModemBench bench{with_journal()};
  bench.ok("AT+CMGF=1");
  bench.send("AT+CMGS=\"+447700900456\"");
  bench.send_raw("hello\x1a");
  bench.advance(10s);
  REQUIRE(of(bench.journal(), "sms") == Lines{"sms event=sent to=+447700900456 text=hello reference=1"});
}

TEST_CASE("A message that arrives", "[journal]") {
  ModemBench bench{with_journal()};
  bench.outside().deliver_sms("+8615021012496", "hi", device::sms::Timestamp{10, 9, 25, 15, 6, 37, 32});
  bench.advance(1s);
  REQUIRE(of(bench.journal(), "sms") == Lines{"sms event=stored memory=SM index=1"});
}

// ---- certificates and keys ----

namespace {

const std::string kKey =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXAIBAAKBgQCqGKukO1De7zhZj6+H0qtjTkVxwTCpvKe4eCZ0FPqri0cb2JZf\n"
    "XJ/DgYSF6vUpwmJG8wVQZKjeGcjDOL5UlsuusFncCzWBQ7RKNUSesmQRMSGkVb1/\n"
    "ATkzV0pQpJ8wgH3yYd0vY7c8+Qm2Xo5Y6m8y1r5f0aU4mC1F0o2H8q3r9s7t5u1v\n"
    "-----END RSA PRIVATE KEY-----\n";

/// No 8 characters of the key's Base64 stand anywhere in the journal.
void expect_no_key(const ModemBench& bench, const JournalRing& ring) {
  (void)bench;
  const auto all = everything(ring);
  const auto body = kKey.substr(32, kKey.size() - 32 - 30);
  for (std::size_t at = 0; at + 8 <= body.size(); ++at) {
    const auto part = body.substr(at, 8);
    if (part.find('\n') != std::string::npos) continue;
    INFO(part << " in\n" << all);
    REQUIRE(all.find(part) == std::string::npos);
  }
}

std::string announce(std::size_t size) { return fmt::format("AT+QSECWRITE=\"RAM:key.pem\",{},100", size); }

}  // namespace

TEST_CASE("Of an uploaded key the journal has size and checksum only", "[journal][secret]") {
  ModemBench bench{with_journal()};
  const auto before = bench.journal().last();
  bench.send(announce(kKey.size()));
  for (std::size_t at = 0; at < kKey.size(); at += 50) bench.send_raw(kKey.substr(at, 50));
  const auto answer = bench.take();
  bench.ok("AT");
  expect_no_key(bench, bench.journal());
  const auto size = kKey.size();
  const auto sum = answer.substr(answer.find(": ") + 2).substr(std::to_string(size).size() + 1);
  REQUIRE(of(bench.journal(), "uart.rx", before) ==
          Lines{fmt::format("uart.rx text={}\\r", announce(size)),
                fmt::format("uart.rx text=<{} bytes of certificate> withheld={}", size, size), R"(uart.rx text=AT\r)"});
  REQUIRE(of(bench.journal(), "file", before) ==
          Lines{fmt::format("file event=stored name=RAM:key.pem size={} checksum={}", size,
                            sum.substr(0, sum.find('\r')))});
  REQUIRE(of(bench.journal(), "at", before).front() ==
          fmt::format("at command={} result=OK took_ms=0", announce(size)));
  bench.ok("AT+QSECDEL=\"RAM:key.pem\"");
  REQUIRE(of(bench.journal(), "file", before).back() == "file event=deleted name=RAM:key.pem");
}

TEST_CASE("A key never shows, whatever goes wrong with its upload", "[journal][secret]") {
  const bool echo = GENERATE(false, true);
  auto options = with_journal();
  options.echo = echo;
  ModemBench bench{options};
  const auto pieces = GENERATE(std::size_t{1}, std::size_t{23}, std::size_t{5000});
  const auto send_key = [&](std::string_view key) {
    for (std::size_t at = 0; at < key.size(); at += pieces) bench.send_raw(key.substr(at, pieces));
  };

  SECTION("the upload was refused and the host sends the key all the same") {
    bench.send(announce(100000));
    send_key(kKey);
  }
  SECTION("command and key in one go") { send_key(announce(kKey.size()) + "\r" + kKey); }
  SECTION("the announced size is too small") {
    bench.send(announce(40));
    send_key(kKey);
  }
  SECTION("the power is cut in the middle") {
    bench.send(announce(kKey.size()));
    send_key(kKey.substr(0, 60));
    bench.modem().cut_supply();
    send_key(kKey.substr(60, 60));
    bench.modem().power_key();
    bench.advance(1ms);
    send_key(kKey.substr(120));
  }
  SECTION("the upload ends with a time-out and the rest comes late") {
    bench.send(announce(kKey.size()));
    send_key(kKey.substr(0, 100));
    bench.advance(101s);
    send_key(kKey.substr(100));
  }
  SECTION("the command is typed in small letters, with a mistake, and repeated with A/") {
    bench.send("at+qsecwrx\brite=\"RAM:k\",900000");
    bench.send_raw("A/");
    send_key(kKey);
  }
  SECTION("as an ordinary file, read back") {
    bench.send(fmt::format("AT+QFUPL=\"k.pem\",{}", kKey.size()));
    send_key(kKey);
    bench.send("AT+QFDWL=\"k.pem\"");
  }
  SECTION("as a command, by mistake") { send_key(kKey); }

  bench.advance(2s);
  expect_no_key(bench, bench.journal());
  // And afterwards everything is visible again.
  bench.send_raw("\x1b\r");
  bench.advance(10s);
  const auto before = bench.journal().last();
  bench.send("AT+CSQ");
  bench.advance(1s);
  const auto all = of(bench.journal(), "uart.rx", before);
  REQUIRE(std::find(all.begin(), all.end(), R"(uart.rx text=AT+CSQ\r)") != all.end());
}

TEST_CASE("A key never shows, however its bytes come and whatever the host announces", "[journal][secret]") {
  const auto seed = GENERATE(range(1, 60));
  SeededRandom random{static_cast<std::uint64_t>(seed)};
  const auto one_of = [&](std::size_t count) { return random.next() % count; };
  auto options = with_journal();
  options.echo = one_of(2) == 1;
  ModemBench bench{options};
  const std::string commands[] = {"AT+QSECWRITE=\"RAM:k\",{}", "AT+QSECWRITE=\"NVRAM:CK0\",{},3", "AT+QFUPL=\"k\",{}",
                                  "at+ qsecwrite = \"RAM:k\" , {}"};
  const auto announced = kKey.size() - 40 + one_of(80);
  auto line = commands[one_of(std::size(commands))];
  line.replace(line.find("{}"), 2, std::to_string(announced));
  bench.send(line);
  for (std::size_t at = 0; at < kKey.size();) {
    const auto piece = 1 + one_of(90);
    bench.send_raw(std::string_view{kKey}.substr(at, piece));
    at += piece;
    // Shorter and longer than the silence that the guard takes for an end, and than the upload's own time-out.
    const Duration pauses[] = {0ms, 5ms, 100ms, 390ms, 1s, 4s};
    bench.advance(one_of(4) == 0 ? pauses[one_of(std::size(pauses))] : Duration{});
  }
  bench.advance(200s);
  bench.send("AT");
  bench.advance(1s);
  INFO("seed " << seed);
  expect_no_key(bench, bench.journal());
}
