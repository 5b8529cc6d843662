// SPDX-License-Identifier: Apache-2.0
// AT+CRSM, AT+CSIM, AT+CUAD: the SIM as ModemManager, oFono and the FreeRTOS cellular library read it.
#include "emulator/device/sim.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

struct Card : ModemBench {
  explicit Card(device::Sim sim = device::Sim::without_pin(), Ready ready = Ready::attached)
      : ModemBench{{.configuration = workbench::configured({.sim = std::move(sim)}), .ready = ready}} {}
  void apdu(const std::string& command, const std::string& answer) {
    INFO(command);
    exchange(fmt::format("AT+CSIM={},\"{}\"", command.size(), command),
             {fmt::format("+CSIM: {},\"{}\"", answer.size(), answer), "OK"});
  }
};

}  // namespace

TEST_CASE("GET RESPONSE tells what a file is", "[sim][CRSM][GSM 11.11 9.2.1]") {
  Card bench;
  // oFono asks so before it reads: size at 3, number at 5, type at 7, access, structure and record at 14.
  bench.exchange("AT+CRSM=192,12258", {"+CRSM: 144, 0, \"0000000A2FE2040004FF4401020000\"", "OK"});
  bench.exchange("AT+CRSM=192,28423,0,0,15", {"+CRSM: 144, 0, \"000000096F07040014FF4401020000\"", "OK"});
  bench.exchange("AT+CRSM=192,28480,0,0,255", {"+CRSM: 144, 0, \"0000001C6F40040014FF440102011C\"", "OK"});
  bench.exchange("AT+CRSM=192,28478,0,0,15", {"+CRSM: 148, 4", "OK"});
  CHECK(bench.ask("AT+CRSM=192,16128").starts_with("\r\n+CRSM: 144, 0, \"000000003F0001"));
  CHECK(bench.ask("AT+CRSM=242").starts_with("\r\n+CRSM: 144, 0, \"000000007F2002"));
}

TEST_CASE("files are read by octets and by records", "[sim][CRSM]") {
  Card bench;
  bench.exchange("AT+CRSM=176,28514,0,0,0", {"+CRSM: 144, 0, \"64F0000080\"", "OK"});  // FreeRTOS
  bench.exchange("AT+CRSM=176,28486,0,0,17", {"+CRSM: 144, 0, \"00434D4343FFFFFFFFFFFFFFFFFFFFFFFF\"", "OK"});
  bench.exchange("AT+CRSM=176,12258,0,2,4", {"+CRSM: 144, 0, \"00214365\"", "OK"});
  bench.exchange("AT+CRSM=178,28480,1,4,28",
                 {"+CRSM: 144, 0, \"FFFFFFFFFFFFFFFFFFFFFFFFFFFF0791447700090010FFFFFFFFFFFF\"", "OK"});
  bench.exchange("AT+CRSM=178,28480,2,4,28", {"+CRSM: 148, 2", "OK"});
  bench.exchange("AT+CRSM=178,28480,1,4,27", {"+CRSM: 103, 28", "OK"});
  bench.exchange("AT+CRSM=176,28480,0,0,28", {"+CRSM: 148, 8", "OK"});
  bench.exchange("AT+CRSM=178,28423,1,4,9", {"+CRSM: 148, 8", "OK"});
  bench.exchange("AT+CRSM=176,28423,0,0,9,,\"3F007F20\"", {"+CRSM: 144, 0, \"084906002143658709\"", "OK"});
  bench.exchange("AT+CRSM=214,28423,0,0,1,\"00\"", {"+CRSM: 152, 4", "OK"});  // the operator's alone
}

TEST_CASE("CSIM speaks GSM 11.11", "[sim][CSIM]") {
  Card bench;
  bench.apdu("A0A40000022FE2", "9F0F");
  bench.apdu("A0C000000F", "0000000A2FE2040004FF44010200009000");
  bench.apdu("A0B000000A", "986800214365870921439000");
  bench.apdu("A0B000000B", "670A");
  bench.apdu("A0A40000026F07", "9404");  // not in the master file
  bench.apdu("A0A40000027F20", "9F17");
  bench.apdu("A0A40000026F07", "9F0F");
  bench.apdu("A0B0000009", "0849060021436587099000");
  bench.apdu("A0A40000027F10", "9F17");
  bench.apdu("A0A40000026F40", "9F0F");
  bench.apdu("A0B201041C", "FFFFFFFFFFFFFFFFFFFFFFFFFFFF0791447700090010FFFFFFFFFFFF9000");
  bench.apdu("A0D6000001FF", "9804");
  bench.apdu("A0F0000000", "6D00");
  bench.apdu("80F2000000", "6E00");
  // The supply was away: the master file again.
  bench.exchange("AT+CFUN=0", {"+CPIN: NOT READY", "OK"});
  bench.exchange("AT+CSIM=10,\"A0B000000A\"", {"+CME ERROR: 13"});
  bench.ask("AT+CFUN=1");
  bench.apdu("A0A40000026F40", "9404");
}

TEST_CASE("CSIM speaks TS 102 221", "[sim][CSIM]") {
  Card bench;
  bench.apdu("00A40004022FE2", "6111");
  bench.apdu("00C0000011", "620F8202412183022FE28A01058002000A9000");
  bench.apdu("00B000000A", "986800214365870921439000");
  bench.apdu("00A40804047F206F07", "6111");
  bench.apdu("00B00000FF", "6C09");
  bench.apdu("00A4040C0CA0000000871002FF86FFFF89", "9000");
  bench.apdu("00A4000C026F07", "9000");
  bench.apdu("00B0000009", "0849060021436587099000");
  bench.apdu("00D6000001FF", "6982");
  bench.apdu("00A4000C026F99", "6A82");
}

TEST_CASE("a locked SIM tells its tries and guards its files", "[sim][CSIM]") {
  Card bench{device::Sim::with_pin("1234"), Ready::booted};
  bench.apdu("0020000100", "63C3");
  bench.apdu("002C000100", "63CA");
  bench.apdu("A0A40000027F20", "9F17");
  bench.apdu("A0A40000026F07", "9F0F");
  bench.apdu("A0B0000009", "9804");
  bench.apdu("A0A40000026F46", "9F0F");  // the provider's name is for everybody
  bench.apdu("A0B0000005", "00434D43439000");
  bench.apdu("A0A40000026F07", "9F0F");
  bench.exchange("AT+CRSM=176,28423,0,0,9", {"+CME ERROR: 11"});
  bench.apdu("002000010830303030FFFFFFFF", "63C2");
  bench.exchange("AT+QTRPIN", {"+QTRPIN: 2,3,10,10", "OK"});
  bench.exchange("AT+CSIM=26,\"002000010831323334FFFFFFFF\"", {"+CSIM: 4,\"9000\"", "OK", "Call Ready"});
  bench.exchange("AT+CPIN?", {"+CPIN: READY", "OK"});
  bench.apdu("A0B0000009", "0849060021436587099000");
}

TEST_CASE("what is no command of the SIM", "[sim][CSIM]") {
  Card bench;
  bench.ok("AT+CSIM=?");
  bench.exchange("AT+CSIM=10,\"00200001\"", {"+CME ERROR: 3"});
  bench.exchange("AT+CSIM=10,\"00200001xx\"", {"+CME ERROR: 3"});
  bench.exchange("AT+CSIM=2,\"00\"", {"+CME ERROR: 3"});
  bench.apdu("A0A40000", "6700");
  Card empty{device::Sim::none(), Ready::booted};
  empty.exchange("AT+CSIM=10,\"0020000100\"", {"+CME ERROR: 10"});
}

TEST_CASE("CUAD lists the applications of the card", "[sim][CUAD]") {
  Card bench;
  const auto answer = bench.ask("AT+CUAD");
  CHECK(answer.starts_with("\r\n+CUAD: \"61184F10A0000000871002FF86FFFF89FFFFFFFF50045553494DFF"));
  CHECK(answer.ends_with("FF\"\r\n\r\nOK\r\n"));
  bench.ok("AT+CUAD=?");
}
