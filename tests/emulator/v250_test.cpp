// SPDX-License-Identifier: Apache-2.0
// The line discipline and the basic commands of a whole module (M66 1.2, 2.12–2.18, 7, 15; at-reference 1).
#include <string>

#include "emulator/device/outside.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

struct WithEcho : ModemBench {
  WithEcho() : ModemBench{{.echo = true}} {}
};

}  // namespace

// ---- echo, words and digits ----

TEST_CASE("echo is on from the factory, and the line that ends it is echoed", "[v250][M66 15.2]") {
  WithEcho bench;
  CHECK(bench.ask("AT+GSN") == "AT+GSN\r\r\n001010000000008\r\n\r\nOK\r\n");
  CHECK(bench.ask("ATE0") == "ATE0\r\r\nOK\r\n");
  CHECK(bench.ask("AT") == "\r\nOK\r\n");
  CHECK(bench.ask("ATE1") == "\r\nOK\r\n");
  CHECK(bench.ask("AT") == "AT\r\r\nOK\r\n");
  CHECK(bench.ask("ATE") == "ATE\r\r\nOK\r\n");
  CHECK(bench.ask("ATE2") == "\r\nERROR\r\n");
}

TEST_CASE("ATV0 gives digits and short line ends, from its own answer on", "[v250][M66 2.16]") {
  ModemBench bench;
  CHECK(bench.ask("ATV0") == "0\r");
  CHECK(bench.ask("AT+CSQ") == "+CSQ: 30,0\r\n0\r");
  CHECK(bench.ask("AT+NONE") == "4\r");
  CHECK(bench.ask("AT+QIDEACT") == "DEACT OK\r\n");
  CHECK(bench.ask("ATI") == "Quectel_Ltd\r\nQuectel_M95\r\nRevision: M95FAR02A08\r\n0\r");
  CHECK(bench.ask("ATV1") == "\r\nOK\r\n");
  CHECK(bench.ask("ATV") == "0\r");
}

TEST_CASE("ATQ1 suppresses result codes only", "[v250][M66 2.15]") {
  ModemBench bench;
  CHECK(bench.ask("ATQ1") == "");
  CHECK(bench.ask("AT+NONE") == "");
  CHECK(bench.ask("AT+CSQ") == "\r\n+CSQ: 30,0\r\n");
  CHECK(bench.ask("ATQ0") == "\r\nOK\r\n");
}

TEST_CASE("ATX takes 0 to 4", "[v250][M66 2.17]") {
  ModemBench bench;
  for (const auto* line : {"ATX", "ATX0", "ATX1", "ATX2", "ATX3", "ATX4"}) bench.ok(line);
  CHECK(bench.ask("ATX5") == "\r\nERROR\r\n");
}

// ---- S registers ----

TEST_CASE("S registers: defaults, bounds, and what is out of them", "[v250][M66 7, 15]") {
  struct Register {
    int number;
    std::string standard;
    int lowest;
    int highest;
  };
  const auto [number, standard, lowest, highest] = GENERATE(
      Register{0, "000", 0, 255}, Register{3, "013", 0, 127}, Register{4, "010", 0, 127}, Register{5, "008", 0, 127},
      Register{6, "002", 0, 10}, Register{7, "060", 1, 255}, Register{8, "002", 0, 255}, Register{10, "015", 1, 254});
  ModemBench bench;
  const auto name = "ATS" + std::to_string(number);
  CHECK(bench.ask(name + "?") == "\r\n" + standard + "\r\n\r\nOK\r\n");
  CHECK(bench.ask(fmt::format("{}={}", name, highest + 1)) == "\r\nERROR\r\n");
  if (lowest > 0) CHECK(bench.ask(fmt::format("{}={}", name, lowest - 1)) == "\r\nERROR\r\n");
  CHECK(bench.ask(name + "?") == "\r\n" + standard + "\r\n\r\nOK\r\n");
  if (number == 3 || number == 4) return;  // these change the answers themselves
  bench.ok(fmt::format("{}={}", name, highest));
  CHECK(bench.ask(name + "?") == fmt::format("\r\n{:03}\r\n\r\nOK\r\n", highest));
  bench.ok(fmt::format("{}={}", name, lowest));
  CHECK(bench.ask(name + "?") == fmt::format("\r\n{:03}\r\n\r\nOK\r\n", lowest));
}

TEST_CASE("registers that the module does not have", "[v250]") {
  ModemBench bench;
  for (const auto* line : {"ATS1?", "ATS2=43", "ATS9?", "ATS11=1", "ATS255?"})
    CHECK(bench.ask(line) == "\r\nERROR\r\n");
}

TEST_CASE("S3 is the terminator of lines and of answers", "[v250][M66 15.3]") {
  ModemBench bench;
  bench.send("ATS3=33");
  CHECK(bench.take() == "!\nOK!\n");
  bench.send_raw("AT+CSQ!");
  CHECK(bench.take() == "!\n+CSQ: 30,0!\n!\nOK!\n");
  bench.send_raw("AT\r\nS3=13!");  // CR is dropped now
  CHECK(bench.take() == "\r\nOK\r\n");
}

TEST_CASE("S4 is the second half of line ends", "[v250][M66 15.4]") {
  ModemBench bench;
  CHECK(bench.ask("ATS4=35") == "\r#OK\r#");
  CHECK(bench.ask("ATS4=10") == "\r\nOK\r\n");
}

TEST_CASE("S5 is the character that takes back", "[v250][M66 15.5]") {
  WithEcho bench;
  CHECK(bench.ask("AT+CSX\bQ") == "AT+CSX\bQ\r\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
  bench.ask("ATS5=127");
  CHECK(bench.ask("AT+CSX\x7fQ") == "AT+CSX\x7fQ\r\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
}

// ---- lines ----

TEST_CASE("several commands on a line have one result", "[v250][clients 1.1]") {
  ModemBench bench;
  CHECK(bench.ask("ATE0; &C0; +CMEE=1; +QIURC=0") == "\r\nOK\r\n");
  CHECK(bench.ask("AT+CMEE=1;+CREG=2") == "\r\nOK\r\n");
  CHECK(bench.ask("ATQ0 V1 E0 S0=0 &C1 &D2") == "\r\nOK\r\n");
  CHECK(bench.ask("AT&FE0") == "\r\nOK\r\n");
  CHECK(bench.ask("AT+IPR=115200&W") == "\r\nOK\r\n");
  CHECK(bench.ask("AT+GMM;+CSQ") == "\r\nQuectel_M95\r\n\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
}

TEST_CASE("the first failing command ends the line", "[v250][M66 16.7]") {
  ModemBench bench;
  CHECK(bench.ask("AT+QINDI=1;+QIMUX=2;+QINDI=0") == "\r\nERROR\r\n");
  bench.exchange("AT+QINDI?", {"+QINDI: 1", "OK"});
}

TEST_CASE("lower and upper case, but not mixed in the prefix", "[v250][M66 1.2]") {
  ModemBench bench;
  bench.exchange("at+csq", {"+CSQ: 30,0", "OK"});
  bench.exchange("AT+cSq", {"+CSQ: 30,0", "OK"});
  bench.exchange("ati", {"Quectel_Ltd\r\nQuectel_M95\r\nRevision: M95FAR02A08", "OK"});
  CHECK(bench.ask("At+CSQ") == "");
  CHECK(bench.ask("aT") == "");
}

TEST_CASE("blanks as the note and drivers write them", "[v250][SSL 3]") {
  ModemBench bench;
  bench.ok("AT+ QIFGCNT=0");
  bench.ok("AT+ QICSGP=1,\"CMNET\"");
  bench.ok("AT+QICSGP=1, \"CMNET\"");
  bench.ok("AT + QINDI = 1");
  bench.ok("AT+QSSLCFG=\"seclevel\",1, 1");
  bench.ok(" AT ");
}

TEST_CASE("a line of 256 characters runs, a longer one is an error and nothing of it runs", "[v250][M66 1.2.1]") {
  ModemBench bench;
  const std::string command = "AT+QINDI=1";
  CHECK(bench.ask(command + std::string(256 - command.size(), ' ')) == "\r\nOK\r\n");
  const std::string other = "AT+QINDI=0";
  CHECK(bench.ask(other + std::string(257 - other.size(), ' ')) == "\r\nERROR\r\n");
  CHECK(bench.ask(other + std::string(300 - other.size(), ' ')) == "\r\nERROR\r\n");
  bench.exchange("AT+QINDI?", {"+QINDI: 1", "OK"});
}

TEST_CASE("malformed lines are errors", "[v250]") {
  ModemBench bench;
  for (const auto* line : {"AT+QSSLCFG=\"seclevel,0", "AT+QSSLCFG=seclevel\",0", "AT+", "AT?", "AT=", "AT&",
                           "AT+QINDI=?x", "AT+QINDI?1", "AT!", "AT+QI NDI!", "ATE0!", "AT\xC3\xA4", "AT+QINDI=\xFF"}) {
    INFO(line);
    CHECK(bench.ask(line) == "\r\nERROR\r\n");
  }
}

TEST_CASE("NUL and other control characters in a line are ignored", "[v250]") {
  ModemBench bench;
  using namespace std::string_view_literals;
  bench.send_raw(
      "\0A\0T\x1b+\x1a"
      "CSQ\0\r"sv);
  CHECK(bench.take() == "\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
}

TEST_CASE("the reset rituals of hosts say nothing in command state", "[v250][quirk Q37]") {
  ModemBench bench;
  bench.send_raw("+++");
  bench.advance(1s);
  bench.send_raw("\x1b");
  bench.advance(200ms);
  bench.send_raw("\x1a");
  CHECK(bench.take() == "");
  bench.ok("AT");
  bench.send_raw("+++ATE0\r");  // kermit
  CHECK(bench.take() == "\r\nOK\r\n");
}

TEST_CASE("A/ repeats the last line without a CR", "[v250][M66 15.1]") {
  WithEcho bench;
  bench.ask("AT+CSQ");
  bench.send_raw("A/");
  CHECK(bench.take() == "A/\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
}

TEST_CASE("typed-ahead lines are answered in order", "[v250][clients 1.13]") {
  ModemBench bench;
  bench.send_raw("AT+QIURC=0\rAT\rAT+CSQ\r\nAT+NONE\n\r\n");
  CHECK(bench.take() == "\r\nOK\r\n\r\nOK\r\n\r\n+CSQ: 30,0\r\n\r\nOK\r\n\r\nERROR\r\n");
}

TEST_CASE("a megabyte without CR leaves no trace", "[v250]") {
  ModemBench bench;
  for (int i = 0; i < 1000; ++i) bench.send_raw(std::string(1000, 'x'));
  CHECK(bench.take() == "");
  CHECK(bench.modem().line(emulator::Line::cts));
  bench.send_raw("\r");
  bench.ok("AT");
}

TEST_CASE("a megabyte into a held command drops CTS early and is answered in the end", "[v250]") {
  device::Configuration configuration;
  configuration.timing.activate = 10s;
  ModemBench bench{{.configuration = workbench::configured(configuration), .ready = Ready::ip_start}};
  bench.send("AT+QIACT");
  std::size_t typed = 0;
  while (bench.modem().line(emulator::Line::cts)) {
    bench.send("AT");
    typed += 3;
    REQUIRE(typed < 16'384);
  }
  bench.advance(10s);
  CHECK(bench.take().size() == 6 * (1 + typed / 3));
}

// ---- AT+CMEE ----

TEST_CASE("AT+CMEE decides how an error reads", "[v250][M66 2.21]") {
  device::Configuration configuration;
  configuration.sim = device::Sim::none();
  ModemBench bench{{.configuration = workbench::configured(configuration), .ready = Ready::booted}};
  bench.exchange("AT+CMEE?", {"+CMEE: 1", "OK"});
  bench.exchange("AT+CMEE=?", {"+CMEE: (0-2)", "OK"});
  bench.exchange("AT+CPIN?", {"+CME ERROR: 10"});
  bench.ok("AT+CMEE=2");
  bench.exchange("AT+CPIN?", {"+CME ERROR: SIM not inserted"});
  bench.exchange("AT+QSECREAD=\"RAM:a\"", {"+CME ERROR: file not found"});
  bench.ok("AT+CMEE=0");
  bench.exchange("AT+CPIN?", {"ERROR"});
  bench.exchange("AT+CMEE=3", {"ERROR"});
}

TEST_CASE("TCP/IP and SSL commands answer ERROR whatever AT+CMEE says", "[v250][at-reference 1.8]") {
  const auto* mode = GENERATE("AT+CMEE=0", "AT+CMEE=1", "AT+CMEE=2");
  ModemBench bench;
  bench.ok(mode);
  for (const auto* line :
       {"AT+QIACT", "AT+QIMUX=2", "AT+QIOPEN=1", "AT+QISEND", "AT+QIRD=0,1,0,1500", "AT+QSSLOPEN=6,0,\"h\",1,0",
        "AT+QSSLSEND=0", "AT+QSSLRECV=0,0,1", "AT+QSSLCLOSE=0", "AT+QSSLCFG=\"none\"", "AT+NONE", "ATE9"}) {
    INFO(line);
    CHECK(bench.ask(line) == "\r\nERROR\r\n");
  }
}

// ---- profiles ----

TEST_CASE("AT&F brings the factory's values back", "[v250][M66 2.12]") {
  ModemBench bench;
  bench.send("AT+CMEE=2;+CREG=2;+CMGF=1;+CSCS=\"UCS2\";+QIURC=0;S0=5;X1&C0&D2;+IPR=9600;+IFC=2,2");
  CHECK(bench.take() == "\r\nOK\r\n");
  CHECK(bench.ask("AT&F") == "\r\nOK\r\n");
  CHECK(bench.ask("AT") == "AT\r\r\nOK\r\n");
  bench.ask("ATE0");
  bench.exchange("AT+CMEE?", {"+CMEE: 1", "OK"});
  bench.exchange("AT+CREG?", {"+CREG: 0,1", "OK"});
  bench.exchange("AT+CMGF?", {"+CMGF: 0", "OK"});
  bench.exchange("AT+CSCS?", {"+CSCS: \"GSM\"", "OK"});
  bench.exchange("AT+QIURC?", {"+QIURC: 1", "OK"});
  bench.exchange("ATS0?", {"000", "OK"});
  // The serial port stays as it is.
  bench.exchange("AT+IPR?", {"+IPR: 9600", "OK"});
  bench.exchange("AT+IFC?", {"+IFC: 2,2", "OK"});
  CHECK(bench.ask("AT&F1") == "\r\nERROR\r\n");
}

TEST_CASE("AT&W stores, ATZ recalls, and so does the next start", "[v250][M66 2.14, 2.18]") {
  ModemBench bench;
  bench.ok("AT+CMEE=2;+IPR=115200;+CSCS=\"IRA\"&W");
  bench.ok("AT+CMEE=0;+IPR=9600;+CSCS=\"GSM\";S0=3");
  CHECK(bench.ask("ATZ;+CMEE=0;+NONE") == "\r\nOK\r\n");  // the rest of the line is ignored
  bench.exchange("AT+CMEE?", {"+CMEE: 2", "OK"});
  bench.exchange("AT+CSCS?", {"+CSCS: \"IRA\"", "OK"});
  bench.exchange("ATS0?", {"000", "OK"});
  bench.exchange("AT+IPR?", {"+IPR: 9600", "OK"});  // not by ATZ
  bench.replug();
  bench.exchange("AT+IPR?", {"+IPR: 115200", "OK"});
  bench.exchange("AT+CMEE?", {"+CMEE: 2", "OK"});
}

TEST_CASE("ATZ without a stored profile gives the factory's", "[v250][M66 2.18]") {
  ModemBench bench;
  bench.ok("AT+CMEE=2");
  bench.ok("ATZ0");
  CHECK(bench.ask("AT+CMEE?") == "AT+CMEE?\r\r\n+CMEE: 1\r\n\r\nOK\r\n");
}

TEST_CASE("nothing of TCP/IP and SSL is in the profile", "[v250][at-reference 2.9]") {
  ModemBench bench;
  bench.ok("AT+QIMUX=1;+QINDI=1;+QSSLCFG=\"seclevel\",0,2&W");
  bench.replug();
  bench.exchange("AT+QIMUX?", {"+QIMUX: 0", "OK"});
  bench.exchange("AT+QINDI?", {"+QINDI: 0", "OK"});
  bench.exchange("AT+QSSLCFG=\"seclevel\",0", {"+QSSLCFG: \"seclevel\",0", "OK"});
}

TEST_CASE("AT&V shows one setting a line", "[v250][M66 2.13]") {
  ModemBench bench;
  const auto view = bench.ask("AT&V");
  CHECK(view.find("\r\nACTIVE PROFILE\r\nE: 0\r\nQ: 0\r\nV: 1\r\nX: 4\r\nS0: 0\r\n") == 0);
  CHECK(view.find("\r\n+ICF: 3,3\r\n") != std::string::npos);
  CHECK(view.ends_with("\r\n\r\nOK\r\n"));
}

TEST_CASE("a store that fails is an error and changes nothing", "[v250]") {
  ModemBench bench;
  bench.faulty_flash().fail_operation(1);
  CHECK(bench.ask("AT+CMEE=2&W") == "\r\nERROR\r\n");
  bench.ok("ATZ");
}

// ---- modem lines ----

TEST_CASE("DCD follows the data state, or is always on", "[v250][M66 3.1]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  const auto dcd = [&] { return bench.modem().line(emulator::Line::dcd); };
  CHECK(!dcd());
  bench.send("AT+QSECWRITE=\"RAM:a\",2");
  CHECK(dcd());
  bench.send_raw("ab");
  CHECK(!dcd());
  bench.network().listen("198.51.100.9", 80);
  bench.send("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80");
  bench.send("AT+QISEND=2");
  CHECK(!dcd());  // a prompt is no data state
  bench.send_raw("ab");
  bench.send("AT&C0");
  CHECK(dcd());
}

TEST_CASE("the autobauding module is silent until it has heard a command", "[v250][M66 3.6.1]") {
  ModemBench bench{{.ready = Ready::powered_off, .echo = true}};
  bench.modem().power_key();
  bench.advance(1min);
  CHECK(bench.take() == "");
  bench.send_raw("\r");
  bench.outside().lose_context(0);
  CHECK(bench.take() == "\r");
  CHECK(bench.ask("AT") == "AT\r\r\nOK\r\n");
  CHECK(bench.modem().baud() == 0);
}

TEST_CASE("a module that is off neither hears nor speaks", "[v250]") {
  ModemBench bench{{.ready = Ready::powered_off, .echo = true}};
  CHECK(bench.ask("AT") == "");
  bench.modem().power_key();
  bench.advance(1min);
  CHECK(bench.ask("AT") == "AT\r\r\nOK\r\n");
}
