// SPDX-License-Identifier: Apache-2.0
// Things that no host should do, in great number: the module answers once, keeps its states, and comes back.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/emulator/ssl_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

std::size_t final_results(std::string_view output) {
  std::size_t results = 0;
  for (const auto* result :
       {"\r\nOK\r\n", "\r\nERROR\r\n", "\r\n+CME ERROR: ", "\r\n+CMS ERROR: ", "\r\nNO CARRIER\r\n", "\r\nDEACT OK\r\n",
        "\r\nNORMAL POWER DOWN\r\n", "\r\nALREADY CONNECT\r\n"}) {
    results += count(output, result);
  }
  return results;
}

}  // namespace

TEST_CASE("every form of every command gives exactly one final result, whatever its parameters", "[endurance]") {
  const auto ready = GENERATE(Ready::attached, Ready::ip_status);
  constexpr std::array kEndings{"",
                                "?",
                                "=?",
                                "=",
                                "=0",
                                "=1",
                                "=2",
                                "=-1",
                                "=x",
                                "=\"\"",
                                "=\"x\"",
                                "=,,,,,,",
                                "=0,0",
                                "=1,1",
                                "=0,1,2,3,4,5,6,7,8,9",
                                "=99999999999999999999"};
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      if (command.name.front() != '+') continue;
      ModemBench bench{{.ready = ready}};
      for (const std::string ending : kEndings) {
        const auto line = "AT" + std::string{command.name} + ending;
        INFO(line);
        bench.send(line);
        bench.advance(3min);
        const bool asked_for_data = bench.channel().mode_name() == "intake";
        if (asked_for_data) bench.send_raw("\x1b");
        const auto output = bench.take();
        INFO(escaped(output));
        if (bench.power() != device::Power::on || output.find("\r\nRDY") != std::string::npos ||
            output.find("AT+") == 0) {
          bench.replug();  // it did what it was told
          break;
        }
        REQUIRE(bench.channel().mode_name() == "command");
        // AT+QILOCIP has an address and no OK, AT+QISTAT an OK and then the state.
        if (output.find("\r\n10.1.83.") == 0) continue;
        REQUIRE(final_results(output) == 1);
      }
    }
  }
}

TEST_CASE("random bytes, commands, waits and network events never wedge the module", "[endurance]") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 21));
  INFO("seed " << seed);
  SeededRandom random{seed};
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random.next() % n); };
  SslBench bench;
  bench.ok(seed % 2 ? "AT+QIMUX=1" : "AT+QIMUX=0");
  auto& tcp = bench.network().listen(kPeerAddress, 80);
  bench.network().listen(kPeerAddress, 53, net::Transport::udp);
  tcp.window = 5000;
  const std::vector<std::string> lines{"AT",
                                       "AT+QISTATE",
                                       "AT+QSSLSTATE",
                                       "AT+QIACT",
                                       "AT+QIREGAPP",
                                       "AT+QILOCIP",
                                       "AT+QIMUX=1",
                                       "AT+QIMUX=0",
                                       "AT+QIMODE=1",
                                       "AT+QIMODE=0",
                                       "AT+QINDI=1",
                                       "AT+QINDI=0",
                                       "AT+QISDE=1",
                                       "AT+QIFGCNT=0",
                                       "AT+QIFGCNT=1",
                                       "AT+QIDEACT",
                                       "AT+QIHEAD=1",
                                       "AT+QIOPEN=\"TCP\",\"198.51.100.9\",80",
                                       "AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80",
                                       "AT+QIOPEN=1,\"UDP\",\"198.51.100.9\",53",
                                       "AT+QSSLOPEN=0,0,\"198.51.100.9\",443,0",
                                       "AT+QSSLOPEN=2,0,\"198.51.100.9\",443,0",
                                       "AT+QSSLOPEN=3,0,\"198.51.100.9\",443,1",
                                       "AT+QSSLOPEN=4,0,\"203.0.113.1\",1,0,10",
                                       "AT+QISEND",
                                       "AT+QISEND=0",
                                       "AT+QISEND=0,7",
                                       "AT+QISEND=7",
                                       "AT+QSSLSEND=0,5",
                                       "AT+QSSLSEND=2",
                                       "AT+QSSLSEND=2,1460",
                                       "AT+QIRD=0,1,0,1500",
                                       "AT+QSSLRECV=0,2,1500",
                                       "AT+QSSLRECV=0,0,10",
                                       "AT+QICLOSE",
                                       "AT+QICLOSE=0",
                                       "AT+QICLOSE=1",
                                       "AT+QSSLCLOSE=0",
                                       "AT+QSSLCLOSE=2",
                                       "AT+QSSLCLOSE=3",
                                       "AT+QSECWRITE=\"RAM:a\",20,3",
                                       "AT+QSECDEL=\"RAM:a\"",
                                       "AT+QSECWRITE=\"NVRAM:CA0\",5",
                                       "AT+QSECDEL=\"NVRAM:CA0\"",
                                       "ATO",
                                       "ATE1",
                                       "ATE0",
                                       "AT+CFUN=0",
                                       "AT+CFUN=1",
                                       "ATV0",
                                       "ATV1",
                                       "ATQ1",
                                       "ATQ0",
                                       "AT&F",
                                       "ATZ",
                                       "AT&D2",
                                       "AT&D1",
                                       "AT+QISACK",
                                       "AT+QSSLCFG=\"seclevel\",0,1",
                                       "AT+QSSLCFG=\"seclevel\",0,0",
                                       "AT+CGATT=0",
                                       "AT+CGATT=1",
                                       "AT+CFUN=1,1",
                                       "A/"};
  const std::vector<std::string> noises{"\r",
                                        "\n",
                                        "\x1a",
                                        "\x1b",
                                        "+",
                                        "+++",
                                        "A",
                                        "AT",
                                        "AT+QI",
                                        "\"",
                                        ";",
                                        std::string(1, '\0'),
                                        std::string(300, 'x'),
                                        std::string(1500, '+')};
  const std::vector<Duration> waits{Duration{}, 1ms, 20ms, 200ms, 500ms, 600ms, 3s, 10s, 90s};
  for (int step = 0; step < 400; ++step) {
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4: bench.send_raw(lines[below(lines.size())] + (below(3) ? "\r" : "\r\n")); break;
      case 5: bench.send_raw(noises[below(noises.size())]); break;
      case 6: bench.send_raw(lines[below(lines.size())] + ";" + lines[below(lines.size())].substr(2) + "\r"); break;
      case 7: bench.advance(waits[below(waits.size())]); break;
      case 8: bench.send_raw("\r+++"); break;
      case 9:
        if (bench.peer.connected() && bench.peer.wire().open())
          below(4) ? bench.peer.send(some_text(below(3000) + 1)) : bench.peer.close();
        break;
      case 10:
        if (tcp.connections.empty()) break;
        if (below(5) == 0) tcp.last().close();
        if (below(5) == 0) tcp.last().stop_reading();
        if (below(5) == 0) tcp.last().resume_reading();
        tcp.last().send(some_text(below(3000)));
        break;
      default:
        if (below(10) == 0) bench.outside().lose_context(static_cast<int>(below(2)));
        if (below(10) == 0) bench.modem().set_line(emulator::Line::dtr, below(2) == 0);
        if (below(20) == 0) bench.network().set_latency(below(2) ? 100ms : 0ms);
    }
    bench.timeline().run_due();
    REQUIRE(bench.take().size() < 1'000'000);
  }
  // Out of whatever it is in: end prompts and uploads, leave data state, end a line.
  bench.modem().set_line(emulator::Line::dtr, true);
  for (auto* peer : {&tcp}) {
    for (auto& connection : peer->connections) connection->resume_reading();
  }
  bench.advance(10min);
  if (bench.channel().mode_name() == "intake") bench.send_raw("\x1a");
  for (int i = 0; i < 1460 && bench.channel().mode_name() == "intake"; ++i) bench.send_raw("x");
  bench.advance(10min);
  if (bench.channel().mode_name() == "transparent") {
    bench.send_raw("+++");
    bench.advance(1s);
  }
  if (bench.channel().mode_name() == "transparent") bench.modem().power_key();  // AT+QITCFG with <esc> 0
  bench.advance(1s);
  bench.take();
  INFO(bench.channel().mode_name());
  bench.send_raw("\rATE0Q0V1\r");
  bench.advance(1s);
  bench.take();
  CHECK(bench.ask("AT") == "\r\nOK\r\n");
  for (const auto* context : {"AT+QIFGCNT=0", "AT+QIFGCNT=1"}) {
    bench.ok(context);
    // What was being opened still has its result behind this.
    CHECK(bench.ask("AT+QIDEACT").find("\r\nDEACT OK\r\n") == 0);
  }
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("a module unplugged between a command and what follows it leaves nothing behind", "[endurance]") {
  const std::string command =
      GENERATE("AT+QSSLOPEN=0,0,\"198.51.100.9\",443,0", "AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",443", "AT+QPOWD=1",
               "AT+CFUN=1,1", "AT+CGATT=0", "AT+CGATT=1", "AT+QIDEACT", "AT+QSECWRITE=\"RAM:a\",5", "AT+QSSLSEND=0,5");
  SslBench bench;
  bench.open(0);
  bench.modem().receive(as_bytes(command + "\r"));
  bench.replug();
  bench.ok("AT");
  bench.advance(10min);
  CHECK(bench.network().open_links() == 0);
  CHECK(bench.timeline().idle());
}

TEST_CASE("a module unplugged in transparent mode leaves nothing behind", "[endurance]") {
  SslBench bench;
  bench.exchange(fmt::format("AT+QSSLOPEN=1,0,\"{}\",443,1", kPeerAddress), {"OK", "CONNECT"});
  bench.send_raw("abc");
  bench.replug();
  bench.ok("AT");
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("all numbers of at-reference 1.8 have words", "[endurance][M66 16.7]") {
  constexpr int kCme[] = {0,    1,    2,    3,    4,    5,    6,    7,    8,    10,   11,   12,   13,   14,   15,
                          16,   17,   18,   20,   21,   22,   23,   24,   25,   26,   27,   30,   31,   32,   40,
                          41,   42,   43,   44,   45,   46,   47,   48,   100,  103,  106,  107,  111,  112,  113,
                          132,  133,  134,  148,  149,  150,  151,  152,  153,  154,  302,  600,  601,  602,  603,
                          604,  605,  606,  607,  608,  609,  610,  3513, 3515, 3516, 3517, 3518, 3519, 3738, 3742,
                          3765, 3769, 3771, 3772, 3773, 3774, 3775, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007,
                          4008, 4009, 4010, 4011, 4012, 4013, 4014, 4015, 4016, 4017};
  for (const int number : kCme) {
    INFO(number);
    CHECK(!commands::kErrorTexts.cme(number).empty());
  }
  for (const int number : {300, 301, 302, 303, 304, 305, 310, 311, 312, 313, 314, 315, 316, 317, 318, 320,
                           321, 322, 330, 331, 332, 500, 512, 513, 514, 515, 517, 528, 529, 530, 531}) {
    INFO(number);
    CHECK(!commands::kErrorTexts.cms(number).empty());
  }
  for (const int number : {-1, 9, 99, 4999, 100000}) CHECK(commands::kErrorTexts.cme(number).empty());
  CHECK(commands::kErrorTexts.cme(10) == "SIM not inserted");
  CHECK(commands::kErrorTexts.cme(4012).find("Already exits") != std::string_view::npos);
}

TEST_CASE("a socket that closes while its prompt is open", "[endurance]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  auto& listener = bench.network().listen(kPeerAddress, 80);
  bench.ok("AT+QIMUX=1;+QISDE=0");
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
  bench.send("AT+QISEND=0,5");
  bench.expect_prompt();
  const bool lost = GENERATE(true, false);
  lost ? bench.outside().lose_context(0) : listener.last().close();
  bench.advance({});
  bench.expect_nothing();
  bench.send_raw("hello");
  CHECK(bench.take() == std::string{"\r\nERROR\r\n"} + (lost ? "\r\n+PDP DEACT\r\n" : "\r\n0, CLOSED\r\n"));
}

TEST_CASE("SSL and TCP share socket 0 with one session", "[endurance][SSL 1.3]") {
  SslBench bench;
  bench.network().listen(kPeerAddress, 80);
  bench.ok("AT+QIMUX=0");
  bench.open(0);
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"ALREADY CONNECT"});
  CHECK(bench.ask("AT+QICLOSE") == "\r\nERROR\r\n");
  CHECK(bench.ask("AT+QISEND=1") == "\r\nERROR\r\n");
  bench.exchange("AT+QSSLCLOSE=0", {"CLOSE OK"});
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT OK"});
  bench.exchange(bench.open_command(0), {"OK", "+QSSLOPEN: 0,-2"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: CONNECT OK"});
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  bench.open(0);
}

TEST_CASE("transparent SSL can be switched off as older firmware has it", "[endurance][at-reference 3.8]") {
  SslBench bench{
      tls_server(),
      {.configuration = workbench::configured({.firmware = {.transparent_ssl = false}}), .ready = Ready::ip_status}};
  CHECK(bench.ask(fmt::format("AT+QSSLOPEN=1,0,\"{}\",443,1", kPeerAddress)) == "\r\nERROR\r\n");
  bench.open(1);
}

TEST_CASE("with a latency the LF of a command still is no payload", "[endurance][clients 1.2]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.board().set_timing({.command = 5ms});
  bench.send_raw("AT+QSECWRITE=\"RAM:a\",5\r\n");
  bench.advance(5ms);
  bench.expect("CONNECT");
  bench.send_raw("hello");
  CHECK(bench.take() == "\r\n+QSECWRITE: 5,6b09\r\n\r\nOK\r\n");
  bench.send_raw("AT+QSECWRITE=\"RAM:b\",5\r");
  bench.advance(2ms);
  bench.send_raw("\n");
  bench.advance(3ms);
  bench.expect("CONNECT");
  bench.send_raw("hello");
  bench.expect("+QSECWRITE: 5,6b09");
  bench.expect("OK");
}
