// SPDX-License-Identifier: Apache-2.0
// AT+CGACT beside AT+QIACT, AT+CGPADDR, and the access points of the network (SSL 1.4.1, M66 10).
#include "emulator/device/access_points.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/emulator/driver.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

device::Configuration knowing(std::string_view access_points) {
  return {.access_points = *device::AccessPoints::parse(access_points)};
}

}  // namespace

// ---- CGACT and QIACT ----

TEST_CASE("a context of CGACT makes QIACT fail", "[packet][SSL 1.4.1]") {
  ModemBench bench;
  bench.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
  bench.ok("AT+CGACT=1,1");
  bench.ok("AT+QIREGAPP");
  bench.exchange("AT+QIACT", {"ERROR"});
  CHECK(bench.log().contains("AT+CGACT has activated context 1 already"));
  bench.exchange("AT+QISTAT", {"OK", "STATE: PDP DEACT"});
  bench.exchange("AT+CGACT=0,1", {"NO CARRIER"});
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+QIREGAPP;+QIACT");
}

// OBSERVED: TinyGSM's client for the MC60 activates by both.
TEST_CASE("a firmware with shared-context has both", "[packet]") {
  device::Configuration configuration;
  configuration.firmware.shared_context = true;
  ModemBench bench{{.configuration = workbench::configured(configuration)}};
  bench.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
  bench.ok("AT+CGACT=1,1");
  bench.ok("AT+QIREGAPP;+QIACT");
  bench.exchange("AT+CGACT?", {"+CGACT: 1,1", "OK"});
}

TEST_CASE("what brings the context up by itself fails then too", "[packet][SSL 1.4.1]") {
  ModemBench bench;
  bench.network().listen("198.51.100.9", 80);
  bench.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
  bench.ok("AT+CGACT=1,1");
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT FAIL"});
}

TEST_CASE("the context of QIACT makes CGACT fail", "[packet][SSL 1.4.1]") {
  const bool defined = GENERATE(true, false);  // the reason is the same
  ModemBench bench{{.ready = Ready::ip_status}};
  if (defined) bench.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
  bench.exchange("AT+CGACT=1,1", {"+CME ERROR: 3"});
  CHECK(bench.log().contains("AT+QIACT has activated context 1 already"));
  if (!defined) return;
  bench.exchange("AT+CGACT?", {"+CGACT: 1,0", "OK"});
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+CGACT=1,1");
}

TEST_CASE("another context of CGACT is no obstacle", "[packet][SSL 1.4.1]") {
  ModemBench bench;
  bench.ok("AT+CGDCONT=3,\"IP\",\"internet\"");
  bench.ok("AT+CGACT=1,3");
  bench.ok("AT+QIREGAPP;+QIACT");
}

// ---- CGPADDR ----

TEST_CASE("CGPADDR shows the address of QIACT's context, defined or not", "[packet][M66 10.7]") {
  ModemBench bench{{.ready = Ready::ip_start}};
  bench.exchange("AT+CGPADDR=1", {"+CME ERROR: 3"});
  bench.ok("AT+QIACT");
  bench.exchange("AT+CGPADDR=1", {"+CGPADDR: 1,\"10.1.83.188\"", "OK"});
  bench.exchange("AT+CGPADDR", {"+CGPADDR: 1,\"10.1.83.188\"", "OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP GPRSACT"});
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+QIREGAPP;+QIACT");
  bench.exchange("AT+CGPADDR=1", {"+CGPADDR: 1,\"10.1.83.189\"", "OK"});
  bench.exchange("AT+QILOCIP", {"10.1.83.189"});
}

TEST_CASE("CGPADDR leaves an address out that is not there", "[packet][27.007 10.1.14]") {
  ModemBench bench;
  bench.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
  bench.exchange("AT+CGPADDR=1", {"+CGPADDR: 1", "OK"});
  bench.ok("AT+CGACT=1,1");
  bench.exchange("AT+CGPADDR=1", {"+CGPADDR: 1,\"10.1.83.188\"", "OK"});
  bench.ok("AT+CGDCONT=2,\"IP\",\"internet\",\"10.9.9.9\"");
  bench.exchange("AT+CGPADDR=2", {"+CGPADDR: 2,\"10.9.9.9\"", "OK"});
}

// ---- access points ----

TEST_CASE("names of access points are read as a list and compare without case", "[packet]") {
  using device::AccessPoints;
  const auto points = *AccessPoints::parse("internet,IoT.Example");
  CHECK(points.names().size() == 2);
  CHECK(points.text() == "internet,IoT.Example");
  CHECK(points.has("INTERNET"));
  CHECK(points.has("iot.example"));
  CHECK(!points.has("iot"));
  CHECK(!points.has(""));
  CHECK(AccessPoints{}.has("anything"));
  CHECK(AccessPoints::parse("")->names().empty());
  for (const auto* bad : {",", "a,", ",a", "a b", "a\"b", "\x7F"}) {
    INFO(bad);
    CHECK(!AccessPoints::parse(bad));
  }
  CHECK(!AccessPoints::parse(std::string(101, 'a')));
}

TEST_CASE("the network refuses another APN after its time", "[packet][SSL 1.4.1]") {
  const std::string command = GENERATE("AT+QICSGP=1,\"intrenet\"", "AT+QICSGP=1");
  auto configuration = knowing("internet,iot");
  configuration.timing.activate = 3s;
  ModemBench bench{{.configuration = workbench::configured(configuration)}};
  bench.ok(command);
  bench.ok("AT+QIREGAPP");
  bench.send("AT+QIACT");
  bench.advance(2'999ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("ERROR");
  CHECK(bench.log().contains(command.find("intrenet") != std::string::npos
                                 ? "the network does not know the APN \"intrenet\", only internet,iot"
                                 : "no APN is set; the network knows internet,iot"));
  bench.exchange("AT+QISTAT", {"OK", "STATE: PDP DEACT"});
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+QIREGAPP=\"Internet\",\"\",\"\"");
  bench.send("AT+QIACT");
  bench.advance(3s);
  bench.expect("OK");
}

TEST_CASE("CGACT has a number for an APN that is refused", "[packet][M66 10.5]") {
  ModemBench bench{{.configuration = workbench::configured(knowing("internet"))}};
  bench.ok("AT+CGDCONT=1,\"IP\",\"intrenet\";+CGDCONT=2,\"IP\",\"internet\"");
  bench.exchange("AT+CGACT=1,1", {"+CME ERROR: 133"});
  CHECK(bench.log().contains("the network does not know the APN \"intrenet\", only internet"));
  bench.ok("AT+CGACT=1,2");
  bench.exchange("AT+CGACT?", {"+CGACT: 1,0\r\n+CGACT: 2,1", "OK"});
}

TEST_CASE("a context that is up stays when the network forgets its APN", "[packet]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.me().access_points = *device::AccessPoints::parse("other");
  bench.exchange("AT+QILOCIP", {"10.1.83.188"});
  bench.expect_nothing();
}

TEST_CASE("a driver whose APN is wrong tries again after QIDEACT", "[drivers][packet]") {
  Driver driver{"\r\n", workbench::configured(knowing("internet"))};
  driver.all_end_in_ok({"ATE0"});
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.all_ok(
      {"AT+QIFGCNT=0", "AT+QICSGP=1,\"apn\",\"user\",\"pass\"", "AT+QIMUX=1", "AT+QIREGAPP=\"apn\",\"user\",\"pass\""});
  driver.wants("AT+QIACT", "\r\nERROR\r\n");
  driver.wants("AT+QILOCIP", "\r\nERROR\r\n");
  driver.wants("AT+QIDEACT", "\r\nDEACT OK\r\n");
  driver.all_ok({"AT+QICSGP=1,\"internet\",\"\",\"\"", "AT+QIREGAPP", "AT+QIACT"});
  driver.wants("AT+QILOCIP", "\r\n10.1.83.188\r\n");
}
