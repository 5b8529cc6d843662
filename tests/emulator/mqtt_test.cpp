// SPDX-License-Identifier: Apache-2.0
// AT+QMT* (services.md 5): the dialogues of transcripts 45 to 47, every number of every result with what causes it.
#include "emulator/device/mqtt.hpp"

#include <string>

#include <fmt/core.h>

#include "emulator/device/configuration.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/terminal/terminals.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/service_peer.hpp"
#include "net/mqtt/broker.hpp"
#include "net/mqtt/codec.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/failure_points.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tls_peer.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using namespace quasimodem::workbench;
using net::mqtt::Broker;
using net::mqtt::ConnectCode;
using net::mqtt::PacketType;
using net::mqtt::Publish;
using net::mqtt::Qos;

namespace {

std::shared_ptr<const device::Configuration> later_firmware() { return configured({.firmware = {.mqtt = true}}); }

Publish message(std::string topic, std::string_view payload, Qos qos = Qos::at_most_once) {
  return {.topic = std::move(topic), .payload = to_bytes(payload), .qos = qos};
}

/// A text with zeros in it.
template <std::size_t Size>
std::string raw(const char (&bytes)[Size]) {
  return {bytes, Size - 1};
}

/// A module of later firmware and a broker, mqtt.example, on port 1883 and with TLS on 8883.
struct MqttBench : ModemBench {
  explicit MqttBench(Options options = {.configuration = later_firmware(), .ready = Ready::ip_status})
      : ModemBench{std::move(options)} {
    broker.on_published = [this](const Publish& one) {
      published += fmt::format("{}={} ", one.topic, to_text(one.payload));
    };
  }

  /// The command is answered with OK, and with these lines after it.
  void later(std::string_view command, std::initializer_list<std::string_view> lines) {
    send(command);
    expect("OK");
    advance({});
    for (const auto line : lines) expect(line);
    expect_nothing();
  }
  void error(std::string_view command) { exchange(command, {"ERROR"}); }
  void open(int client = 0) {
    later(fmt::format("AT+QMTOPEN={},\"mqtt.example\",1883", client), {fmt::format("+QMTOPEN: {},0", client)});
  }
  void connect(int client = 0, std::string_view id = "meter7") {
    open(client);
    later(fmt::format("AT+QMTCONN={},\"{}\"", client, id), {fmt::format("+QMTCONN: {},0,0", client)});
  }
  /// Nothing happens before that moment, and then this.
  void after(Duration time, std::initializer_list<std::string_view> lines) {
    advance(time - 1ms);
    expect_nothing();
    advance(1ms);
    for (const auto line : lines) expect(line);
    expect_nothing();
  }
  void ignore(PacketType type, std::size_t times = Broker::kAlways) { broker.behave({.ignored = {{type, times}}}); }
  void publishes(const Publish& one) {
    broker.publish(one);
    advance({});
  }

  Broker broker{timeline(), {}, {}};
  std::string published;
  ServicePeer::Meet meet = [this](auto&) { return broker.accept(); };
  ServicePeer peer{network(), {"mqtt.example", 1883}, meet};
  ServicePeer secure{network(), {"mqtt.example", 8883}, meet, tls_server()};
};

/// A broker that says what the test says.
struct RawBench : MqttBench {
  explicit RawBench(std::size_t window = net::SimConnection::kDefaultWindow) {
    listener.window = window;
    later("AT+QMTOPEN=0,\"raw.example\",1883", {"+QMTOPEN: 0,0"});
  }
  net::SimConnection& wire() { return listener.last(); }

  net::SimListener& listener = network().listen("raw.example", 1883);
};

}  // namespace

TEST_CASE("a session with one client, from AT+QIREGAPP to AT+QIDEACT (transcript 45)", "[mqtt]") {
  MqttBench bench{{.configuration = later_firmware(), .ready = Ready::attached}};
  bench.ok("AT+QIFGCNT=0");
  bench.ok("AT+QICSGP=1,\"CMNET\"");
  bench.ok("AT+QIREGAPP");
  bench.ok("AT+QIACT");
  bench.ask("AT+QILOCIP");
  bench.ok("AT+QMTOPEN?");
  bench.ok("AT+QMTCFG=\"VERSION\",0,1");
  bench.ok("AT+QMTCFG=\"KEEPALIVE\",0,60");
  bench.ok("AT+QMTCFG=\"SESSION\",0,1");
  bench.ok("AT+QMTCFG=\"TIMEOUT\",0,5,3,1");
  bench.ok("AT+QMTCFG=\"WILL\",0,1,1,0,\"m/7/state\",\"lost\"");
  bench.later("AT+QMTOPEN=0,\"mqtt.example\",\"1883\"", {"+QMTOPEN: 0,0"});
  bench.exchange("AT+QMTOPEN?", {"+QMTOPEN: 0,\"mqtt.example\",1883", "OK"});
  bench.later("AT+QMTCONN=0,\"meter7\"", {"+QMTCONN: 0,0,0"});
  bench.exchange("AT+QMTCONN?", {"+QMTCONN: 0,3", "OK"});
  bench.later("AT+QMTSUB=0,1,\"m/7/cmd\",1", {"+QMTSUB: 0,1,0,1"});
  bench.later("AT+QMTSUB=0,2,\"m/all\",0,\"m/7/cfg\",2", {"+QMTSUB: 0,2,0,0,2"});
  bench.send("AT+QMTPUB=0,0,0,0,\"m/7/state\"");
  bench.expect_prompt();
  bench.send_raw("up\x1a");
  bench.expect_raw("\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n");
  bench.send("AT+QMTPUB=0,3,1,1,\"m/7/state\"");
  bench.expect_prompt();
  bench.send_raw("{\"t\":21.5}\x1a");
  bench.expect_raw("\r\nOK\r\n\r\n+QMTPUB: 0,3,0\r\n");
  bench.send("AT+QMTPUB=0,4,2,0,\"m/7/bin\",3");
  bench.expect_prompt();
  bench.send_raw(std::string_view{"\x00\x1a\x1b", 3});
  bench.expect_raw("\r\nOK\r\n\r\n+QMTPUB: 0,4,0\r\n");
  bench.send("AT+QMTPUB=0,0,0,0,\"m/7/state\"");
  bench.expect_prompt();
  bench.send_raw("abc\x1b");
  bench.expect_raw("\r\nOK\r\n");
  bench.expect_nothing();
  bench.publishes(message("m/7/cmd", "on", Qos::at_least_once));
  bench.expect("+QMTRECV: 0,1,\"m/7/cmd\",\"on\"");
  bench.ok("AT+QMTCFG=\"SHOWRECVLEN\",0,1");
  bench.publishes(message("m/7/cmd", "off"));
  bench.expect("+QMTRECV: 0,0,\"m/7/cmd\",3,\"off\"");
  bench.later("AT+QMTUNS=0,5,\"m/7/cmd\"", {"+QMTUNS: 0,5,0"});
  bench.later("AT+QMTDISC=0", {"+QMTDISC: 0,0"});
  bench.ok("AT+QMTCONN?");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  CHECK(bench.published == raw("m/7/state=up m/7/state={\"t\":21.5} m/7/bin=\0\x1a\x1b m/7/cmd=on m/7/cmd=off "));
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("two clients, one of them with TLS (transcript 46)", "[mqtt]") {
  MqttBench bench;
  bench.ok("AT+QSSLCFG=\"sslversion\",2,4");
  bench.ok("AT+QSSLCFG=\"seclevel\",2,0");
  bench.ok("AT+QSSLCFG=\"ciphersuite\",2,\"0XFFFF\"");
  bench.ok("AT+QMTCFG=\"SSL\",0,1,2");
  bench.later("AT+QMTOPEN=0,\"mqtt.example\",8883", {"+QMTOPEN: 0,0"});
  bench.later("AT+QMTCONN=0,\"meter7\",\"u\",\"p\"", {"+QMTCONN: 0,0,0"});
  bench.later("AT+QMTOPEN=1,\"mqtt.example\",1883", {"+QMTOPEN: 1,0"});
  bench.later("AT+QMTCONN=1,\"meter7b\"", {"+QMTCONN: 1,0,0"});
  bench.exchange("AT+QMTCONN?", {"+QMTCONN: 0,3", "+QMTCONN: 1,3", "OK"});
  bench.later("AT+QMTSUB=1,1,\"x\",0", {"+QMTSUB: 1,1,0,0"});
  bench.send("AT+QMTPUB=0,0,0,0,\"x\"");
  bench.expect_prompt();
  bench.send_raw("1\x1a");
  bench.expect("OK");
  bench.expect("+QMTPUB: 0,0,0");
  bench.expect("+QMTRECV: 1,0,\"x\",\"1\"");
  CHECK(bench.broker.close("meter7b"));
  bench.advance({});
  bench.expect("+QMTSTAT: 1,1");
  bench.error("AT+QMTPUB=1,0,0,0,\"x\"");
  REQUIRE(bench.secure.tls());
  bench.later("AT+QMTCLOSE=0", {"+QMTCLOSE: 0,0"});
  CHECK(bench.broker.clients().empty());
}

TEST_CASE("a broker is named with \"sni\" of the context", "[mqtt]") {
  MqttBench bench{{.configuration = configured({.firmware = {.sni = true, .mqtt = true}}), .ready = Ready::ip_status}};
  bench.ok("AT+QSSLCFG=\"sni\",2,1");
  bench.ok("AT+QMTCFG=\"SSL\",0,1,2");
  bench.later("AT+QMTOPEN=0,\"mqtt.example\",8883", {"+QMTOPEN: 0,0"});
  CHECK(bench.secure.tls()->server_name() == "mqtt.example");
}

TEST_CASE("what goes wrong (transcript 47)", "[mqtt]") {
  MqttBench bench;
  Broker strict{bench.timeline(), {.users = {}, .manners = {.connect_code = ConnectCode::not_authorized}}, {}};
  ServicePeer refusing{bench.network(), {"mqtt.example", 1885}, [&](auto&) { return strict.accept(); }};
  bench.later("AT+QMTOPEN=0,\"nosuch.example\",1883", {"+QMTOPEN: 0,4"});
  bench.later("AT+QMTOPEN=0,\"mqtt.example\",1884", {"+QMTOPEN: 0,-1"});
  bench.error("AT+QMTOPEN=6,\"mqtt.example\",1883");
  bench.error("AT+QMTCONN=0,\"x\"");
  bench.error("AT+QMTSUB=0,1,\"x\",0");
  bench.error("AT+QMTPUB=0,0,1,0,\"x\"");
  bench.error("AT+QMTCLOSE=0");
  bench.error("AT+QMTDISC=0");
  bench.later("AT+QMTOPEN=0,\"mqtt.example\",1885", {"+QMTOPEN: 0,0"});
  bench.later("AT+QMTOPEN=0,\"mqtt.example\",1883", {"+QMTOPEN: 0,2"});
  bench.later("AT+QMTCONN=0,\"x\"", {"+QMTCONN: 0,0,5", "+QMTSTAT: 0,1"});
  bench.open();
  bench.later("AT+QMTCONN=0,\"x\"", {"+QMTCONN: 0,0,0"});
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect("+QMTSTAT: 0,1");
  bench.expect("+PDP DEACT");
  bench.later("AT+QMTOPEN=0,\"mqtt.example\",1883", {"+QMTOPEN: 0,3"});
}

TEST_CASE("firmware before 2017 has none of it, and the M10 never", "[mqtt]") {
  using device::FirmwareDate;
  const auto [model, date, has] = GENERATE(table<device::Model, FirmwareDate, bool>({
      {device::Model::m95, {2017, 5}, false},
      {device::Model::m95, {2017, 6}, true},
      {device::Model::m66, {2015, 4}, false},
      {device::Model::m66, {2017, 6}, true},
      {device::Model::m85, {2018, 1}, false},
      {device::Model::m10, {2020, 1}, false},
      {device::Model::mc60, {2017, 1}, false},
      {device::Model::mc60, {2018, 10}, true},
  }));
  ModemBench bench{{.configuration = configured({.model = model, .firmware_date = date})}};
  CAPTURE(static_cast<int>(model), date.year);
  for (const auto* command :
       {"AT+QMTOPEN?", "AT+QMTCONN?", "AT+QMTCFG=\"KEEPALIVE\",0,60", "AT+QMTCFG=?", "AT+QMTPUB=?"})
    CHECK((bench.ask(command) != "\r\nERROR\r\n") == has);
}

TEST_CASE("the test forms", "[mqtt]") {
  MqttBench bench;
  const auto answers = [&](std::string_view command, std::string_view line) { bench.exchange(command, {line, "OK"}); };
  answers("AT+QMTOPEN=?", "+QMTOPEN: (0-5),<host_name>,(1-65535)");
  answers("AT+QMTCLOSE=?", "+QMTCLOSE: (0-5)");
  answers("AT+QMTCONN=?", "+QMTCONN: (0-5),<clientID>,<username>,<password>");
  answers("AT+QMTDISC=?", "+QMTDISC: (0-5)");
  answers("AT+QMTSUB=?", "+QMTSUB: (0-5),<msgid>,\"topic\",(0-2)");
  answers("AT+QMTPUB=?", "+QMTPUB: (0-5),<msgid>,(0-2),(0,1),\"topic\"");
  CHECK_THAT(bench.ask("AT+QMTCFG=?"), Catch::Contains("+QMTCFG: \"KEEPALIVE\",(0-5),(0-3600)\r\n"));
}

TEST_CASE("settings: values, queries and ranges", "[mqtt]") {
  MqttBench bench;
  const auto set = [&](std::string_view name, std::string_view before, std::string_view values) {
    CAPTURE(name, values);
    bench.exchange(fmt::format("AT+QMTCFG=\"{}\",3", name), {fmt::format("+QMTCFG: {}", before), "OK"});
    bench.ok(fmt::format("AT+qmtcfg=\"{}\",3,{}", name, values));
    bench.exchange(fmt::format("AT+QMTCFG=\"{}\",3", name), {fmt::format("+QMTCFG: {}", values), "OK"});
  };
  set("SSL", "0", "1,4");
  set("ssl", "1,4", "0");
  set("KEEPALIVE", "120", "3600");
  set("keepalive", "3600", "0");
  set("Session", "1", "0");
  set("TIMEOUT", "5,3,0", "60,10,1");
  set("TIMEOUT", "60,10,1", "1,0,0");
  set("WILL", "0", "1,2,1,\"gone\",\"a message, \"");
  set("WILL", "1,2,1,\"gone\",\"a message, \"", "1,0,0,\"t\",\"\"");
  set("WILL", "1,0,0,\"t\",\"\"", "0");
  set("VERSION", "0", "1");
  set("SHOWRECVLEN", "0", "1");
  bench.ok("AT+QMTCFG=\"ALIAUTH\",0,\"key\",\"name\",\"secret\"");
  bench.exchange("AT+QMTCFG=\"ALIAUTH\",0", {"+QMTCFG: \"key\",\"name\",\"\"", "OK"});
  bench.exchange("AT+QMTCFG=\"KEEPALIVE\",0", {"+QMTCFG: 120", "OK"});  // each client has its own

  for (const auto* wrong : {"\"SSL\"",
                            "\"SSL\",6",
                            "\"SSL\",6,1",
                            "\"SSL\",0,2",
                            "\"SSL\",0,1,6",
                            "\"SSL\",0,1,2,3",
                            "\"SSL\",0,x",
                            "\"KEEPALIVE\",0,3601",
                            "\"KEEPALIVE\",0,-1",
                            "\"KEEPALIVE\",0,1,1",
                            "\"KEEPALIVE\",-1,1",
                            "\"SESSION\",0,2",
                            "\"TIMEOUT\",0,0,3,0",
                            "\"TIMEOUT\",0,61,3,0",
                            "\"TIMEOUT\",0,5,11,0",
                            "\"TIMEOUT\",0,5,3,2",
                            "\"TIMEOUT\",0,5,3,0,0",
                            "\"WILL\",0,2",
                            "\"WILL\",0,1",
                            "\"WILL\",0,0,0",
                            "\"WILL\",0,1,3,0,\"t\",\"m\"",
                            "\"WILL\",0,1,0,2,\"t\",\"m\"",
                            "\"WILL\",0,1,0,0,\"\",\"m\"",
                            "\"WILL\",0,1,0,0,\"t\"",
                            "\"VERSION\",0,2",
                            "\"VERSION\",0,0,0",
                            "\"SHOWRECVLEN\",0,2",
                            "\"ALIAUTH\",0,\"a\",\"b\"",
                            "\"NOTHING\",0,1",
                            "0,1",
                            "\"\""})
    bench.error(fmt::format("AT+QMTCFG={}", wrong));
  bench.error("AT+QMTCFG?");
}

TEST_CASE("settings are gone with the power", "[mqtt]") {
  MqttBench bench;
  bench.ok("AT+QMTCFG=\"KEEPALIVE\",0,7");
  bench.connect();
  bench.modem().power_key();
  bench.advance(60s);
  bench.expect("NORMAL POWER DOWN");
  CHECK(bench.network().open_links() == 0);
  bench.modem().power_key();
  bench.advance(60s);
  bench.take();
  bench.ask("ATE0");
  bench.exchange("AT+QMTCFG=\"KEEPALIVE\",0", {"+QMTCFG: 120", "OK"});
  bench.ok("AT+QMTOPEN?");
}

TEST_CASE("wrong forms, ranges and orders are a plain ERROR", "[mqtt]") {
  MqttBench bench;
  bench.ok("AT+CMEE=2");
  SECTION("before there is a connection") {
    for (const auto* wrong : {"AT+QMTOPEN=0", "AT+QMTOPEN=0,\"h\"", "AT+QMTOPEN=0,\"\",1883", "AT+QMTOPEN=0,\"h\",0",
                              "AT+QMTOPEN=0,\"h\",65536", "AT+QMTOPEN=0,\"h\",1883,1", "AT+QMTOPEN=-1,\"h\",1",
                              "AT+QMTOPEN", "AT+QMTCLOSE=0", "AT+QMTCLOSE=6", "AT+QMTCLOSE?", "AT+QMTDISC=0",
                              "AT+QMTCONN=0,\"x\"", "AT+QMTUNS=0,1,\"x\"", "AT+QMTPUB=0,0,0,0,\"x\""})
      bench.error(wrong);
    bench.error(fmt::format("AT+QMTOPEN=0,\"{}\",1883", std::string(101, 'h')));
    bench.later(fmt::format("AT+QMTOPEN=0,\"{}\",1883", std::string(100, 'h')), {"+QMTOPEN: 0,4"});
  }
  SECTION("before CONNECT") {
    bench.open();
    for (const auto* wrong :
         {"AT+QMTCONN=0", "AT+QMTCONN=0,\"x\",,\"p\"", "AT+QMTCONN=1,\"x\"", "AT+QMTCONN=0,\"x\",\"u\",\"p\",1",
          "AT+QMTSUB=0,1,\"x\",0", "AT+QMTPUB=0,0,0,0,\"x\"", "AT+QMTDISC=0"})
      bench.error(wrong);
    bench.exchange("AT+QMTCONN?", {"+QMTCONN: 0,1", "OK"});
  }
  SECTION("when connected") {
    bench.connect();
    for (const auto* wrong : {"AT+QMTCONN=0,\"x\"",
                              "AT+QMTSUB=0,0,\"x\",0",
                              "AT+QMTSUB=0,65536,\"x\",0",
                              "AT+QMTSUB=0,1,\"x\"",
                              "AT+QMTSUB=0,1,\"x\",3",
                              "AT+QMTSUB=0,1,\"\",0",
                              "AT+QMTSUB=0,1,\"x\",0,\"y\"",
                              "AT+QMTSUB=0,1",
                              "AT+QMTSUB=6,1,\"x\",0",
                              "AT+QMTUNS=0,0,\"x\"",
                              "AT+QMTUNS=0,1",
                              "AT+QMTUNS=0,1,\"x\",",
                              "AT+QMTPUB=0,1,0,0,\"x\"",
                              "AT+QMTPUB=0,0,1,0,\"x\"",
                              "AT+QMTPUB=0,1,3,0,\"x\"",
                              "AT+QMTPUB=0,1,1,2,\"x\"",
                              "AT+QMTPUB=0,1,1,0,\"\"",
                              "AT+QMTPUB=0,1,1,0",
                              "AT+QMTPUB=0,65536,1,0,\"x\"",
                              "AT+QMTPUB=0,0,0,0,\"x\",0",
                              "AT+QMTPUB=0,0,0,0,\"x\",1461",
                              "AT+QMTPUB=0,0,0,0,\"x\",2,\"abc\"",
                              "AT+QMTPUB=0,0,0,0,\"x\",2,ab",
                              "AT+QMTPUB=0,0,0,0,\"x\",2,\"ab\",1",
                              "AT+QMTPUB=0,0,0,0,\"x\",\"\"",
                              "AT+QMTPUB=1,0,0,0,\"x\"",
                              "AT+QMTPUB=6,0,0,0,\"x\""})
      bench.error(wrong);
    const std::string topic(256, 't');
    bench.error(fmt::format("AT+QMTSUB=0,1,\"{}\",0", topic));
    bench.error(fmt::format("AT+QMTUNS=0,1,\"{}\"", topic));
    bench.error(fmt::format("AT+QMTPUB=0,0,0,0,\"{}\"", topic));
    CHECK(bench.published.empty());
  }
}

TEST_CASE("the context comes up by itself", "[mqtt]") {
  MqttBench bench{{.configuration = later_firmware(), .ready = Ready::attached}};
  bench.connect();
  CHECK(bench.context(0).state() == device::TcpIpState::ip_gprsact);
  CHECK(bench.context(0).socket(0) == nullptr);
}

TEST_CASE("+QMTOPEN: each result", "[mqtt]") {
  MqttBench bench;
  SECTION("1: digits and dots that are no address") {
    bench.later("AT+QMTOPEN=0,\"300.1.2.3\",1883", {"+QMTOPEN: 0,1"});
  }
  SECTION("3: the network refuses the context") {
    bench.exchange("AT+QIDEACT", {"DEACT OK"});
    bench.faults().add("pdp.refuse").value();
    bench.later("AT+QMTOPEN=0,\"mqtt.example\",1883", {"+QMTOPEN: 0,3"});
  }
  SECTION("5: the context ends meanwhile") {
    bench.network().ignore("silent.example", 1883);
    bench.later("AT+QMTOPEN=0,\"silent.example\",1883", {});
    bench.outside().lose_context(0);
    bench.advance({});
    bench.expect("+QMTOPEN: 0,5");
    bench.expect("+PDP DEACT");
  }
  SECTION("-1: nobody answers") {
    bench.network().ignore("silent.example", 1883);
    bench.later("AT+QMTOPEN=0,\"silent.example\",1883", {});
    bench.error("AT+QMTCLOSE=0");
    bench.after(75s, {"+QMTOPEN: 0,-1"});
  }
  SECTION("-1: TLS is not what is spoken there") {
    bench.ok("AT+QSSLCFG=\"seclevel\",0,0");
    bench.ok("AT+QMTCFG=\"SSL\",0,1");
    bench.later("AT+QMTOPEN=0,\"mqtt.example\",1883", {"+QMTOPEN: 0,-1"});
  }
  SECTION("-1: the SSL context is of no use") {
    bench.ok("AT+QSSLCFG=\"seclevel\",0,1");
    bench.ok("AT+QMTCFG=\"SSL\",0,1");
    bench.later("AT+QMTOPEN=0,\"mqtt.example\",8883", {"+QMTOPEN: 0,-1"});
    CHECK(bench.me().mqtt().failure() == "mqtt.example:8883: SSL context 0: cacert \"\" does not exist");
    CHECK(bench.log().contains("mqtt.example:8883: SSL context 0: cacert"));
  }
  SECTION("afterwards the client is free") { bench.later("AT+QMTOPEN=0,\"mqtt.example\",1884", {"+QMTOPEN: 0,-1"}); }
  CHECK(bench.network().open_links() == 0);
  CHECK(bench.me().mqtt().state(0) == device::Mqtt::State::closed);
}

TEST_CASE("+QMTCONN: what the broker says, and what happens when it says nothing", "[mqtt]") {
  MqttBench bench;
  bench.ok("AT+QMTCFG=\"TIMEOUT\",0,2,1");
  SECTION("each code of CONNACK") {
    for (int code = 1; code <= 5; ++code) {
      bench.broker.behave({.connect_code = static_cast<ConnectCode>(code)});
      bench.open();
      bench.later("AT+QMTCONN=0,\"x\"", {fmt::format("+QMTCONN: 0,0,{}", code), "+QMTSTAT: 0,1"});
    }
  }
  SECTION("no answer: +QMTSTAT 4") {
    bench.ignore(PacketType::connect);
    bench.open();
    bench.later("AT+QMTCONN=0,\"x\"", {});
    bench.exchange("AT+QMTCONN?", {"+QMTCONN: 0,2", "OK"});
    bench.after(4s, {"+QMTCONN: 0,2", "+QMTSTAT: 0,4"});
  }
  SECTION("the broker closes instead") {
    bench.broker.behave({.hangs_up_after = 1, .ignored = {{PacketType::connect, 1}}});
    bench.open();
    bench.later("AT+QMTCONN=0,\"x\"", {"+QMTCONN: 0,2", "+QMTSTAT: 0,1"});
  }
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("a link that does not take CONNECT: +QMTSTAT 3", "[mqtt]") {
  RawBench bench{8};
  bench.wire().stop_reading();
  bench.ok("AT+QMTCFG=\"TIMEOUT\",0,1,1");
  bench.later("AT+QMTCONN=0,\"x\"", {});
  bench.after(2s, {"+QMTCONN: 0,2", "+QMTSTAT: 0,3"});
  CHECK(bench.me().mqtt().failure() == "raw.example:1883: CONNECT could not be sent");
}

TEST_CASE("a link that takes nothing any more: +QMTSTAT 5 and 6, +QMTDISC -1", "[mqtt]") {
  RawBench bench{100};
  bench.ok("AT+QMTCFG=\"TIMEOUT\",0,1,1");
  bench.wire().on_received = [&](ByteSpan) { bench.wire().send(std::string_view{"\x20\x02\x00\x00", 4}); };
  bench.later("AT+QMTCONN=0,\"x\"", {"+QMTCONN: 0,0,0"});
  bench.wire().on_received = nullptr;
  bench.wire().stop_reading();
  const auto publish = [&](std::string_view id_and_qos) {
    bench.send(fmt::format("AT+QMTPUB=0,{},0,\"t\",1200", id_and_qos));
    bench.expect_prompt();
    bench.send_raw(std::string(1200, 'x'));
    bench.expect("OK");
  };
  SECTION("6: a packet is given up that could not be sent") {
    publish("1,1");
    bench.error("AT+QMTPUB=0,0,0,0,\"t\",\"there is no room\"");
    bench.after(2s, {"+QMTPUB: 0,1,2", "+QMTSTAT: 0,6"});
  }
  SECTION("DISCONNECT waits") {
    publish("0,0");
    bench.expect("+QMTPUB: 0,0,0");
    bench.later("AT+QMTDISC=0", {});
    bench.error("AT+QMTCLOSE=0");
    bench.error("AT+QMTDISC=0");
    bench.exchange("AT+QMTCONN?", {"+QMTCONN: 0,4", "OK"});
    SECTION("in vain") { bench.after(1s, {"+QMTDISC: 0,-1"}); }
    SECTION("until it goes out") {
      bench.wire().resume_reading();
      bench.advance({});
      bench.expect("+QMTDISC: 0,0");
      CHECK(to_text(bench.wire().received()).ends_with(std::string{"x\xE0\x00", 3}));
    }
    SECTION("5: and the broker closes") {
      bench.wire().close();
      bench.advance({});
      bench.expect("+QMTDISC: 0,-1");
      bench.expect("+QMTSTAT: 0,5");
    }
    SECTION("and the context ends") {
      bench.outside().lose_context(0);
      bench.advance({});
      bench.expect("+QMTDISC: 0,-1");
      bench.expect("+PDP DEACT");
    }
  }
  bench.advance(1h);
  bench.expect_nothing();
  bench.exchange("AT+QMTCONN?", {"OK"});
}

TEST_CASE("what is not answered is sent again, and given up", "[mqtt]") {
  MqttBench bench;
  const bool notice = GENERATE(false, true);
  bench.ok(fmt::format("AT+QMTCFG=\"TIMEOUT\",0,2,2,{}", notice ? 1 : 0));
  bench.connect();
  const auto [command, type, result] = GENERATE(table<std::string, PacketType, std::string>({
      {"AT+QMTPUB=0,7,1,0,\"t\",\"x\"", PacketType::publish, "+QMTPUB: 0,7"},
      {"AT+QMTPUB=0,7,2,0,\"t\",\"x\"", PacketType::publish, "+QMTPUB: 0,7"},
      {"AT+QMTPUB=0,7,2,0,\"t\",\"x\"", PacketType::pubrel, "+QMTPUB: 0,7"},
      {"AT+QMTSUB=0,7,\"t\",1", PacketType::subscribe, "+QMTSUB: 0,7"},
      {"AT+QMTUNS=0,7,\"t\"", PacketType::unsubscribe, "+QMTUNS: 0,7"},
  }));
  SECTION("for good: 2") {
    bench.ignore(type);
    bench.later(command, {});
    bench.error(command);  // the identifier is in use
    for (int time = 1; time <= 2; ++time) {
      bench.advance(2s);
      if (notice) bench.expect(fmt::format("{},1,{}", result, time));
    }
    bench.after(2s, {fmt::format("{},2", result)});
    bench.exchange("AT+QMTCONN?", {"+QMTCONN: 0,3", "OK"});
  }
  SECTION("once") {
    bench.ignore(type, 1);
    bench.later(command, {});
    if (notice) {
      bench.after(2s, {fmt::format("{},1,1", result),
                       fmt::format("{},0{}", result, type == PacketType::subscribe ? ",1" : "")});
    } else {
      bench.after(2s, {fmt::format("{},0{}", result, type == PacketType::subscribe ? ",1" : "")});
    }
  }
}

TEST_CASE("PINGREQ keeps a silent client connected; unanswered it is +QMTSTAT 2", "[mqtt]") {
  MqttBench bench;
  bench.ok("AT+QMTCFG=\"KEEPALIVE\",0,30");
  bench.ok("AT+QMTCFG=\"TIMEOUT\",0,2,1");
  bench.connect();
  bench.advance(10min);
  bench.expect_nothing();
  CHECK(bench.broker.clients() == std::vector<std::string>{"meter7"});
  bench.ignore(PacketType::pingreq);
  bench.after(34s, {"+QMTSTAT: 0,2"});
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("the will is published unless the host says goodbye", "[mqtt]") {
  MqttBench bench;
  bench.ok("AT+QMTCFG=\"WILL\",0,1,1,1,\"m/7/state\",\"lost\"");
  bench.connect();
  const auto [command, line, will] = GENERATE(table<std::string, std::string, std::string>(
      {{"AT+QMTDISC=0", "+QMTDISC: 0,0", ""}, {"AT+QMTCLOSE=0", "+QMTCLOSE: 0,0", "m/7/state=lost "}}));
  bench.later(command, {line});
  bench.advance({});
  CHECK(bench.published == will);
}

TEST_CASE("what ends a connection without the host", "[mqtt]") {
  MqttBench bench;
  bench.connect();
  SECTION("the broker closes, and what waits has failed") {
    bench.ignore(PacketType::publish);
    bench.later("AT+QMTPUB=0,7,1,0,\"t\",\"x\"", {});
    bench.broker.close("meter7");
    bench.advance({});
    bench.expect("+QMTPUB: 0,7,2");
    bench.expect("+QMTSTAT: 0,1");
    CHECK(bench.me().mqtt().failure() == "mqtt.example:1883: the broker closed the connection");
  }
  SECTION("it resets") {
    bench.peer.wire().reset();
    bench.advance({});
    bench.expect("+QMTSTAT: 0,1");
  }
  SECTION("another client takes the name over") {
    bench.open(1);
    bench.send("AT+QMTCONN=1,\"meter7\"");
    bench.expect("OK");
    bench.advance({});
    const auto lines = bench.take();
    CHECK_THAT(lines, Catch::Contains("\r\n+QMTSTAT: 0,1\r\n"));
    CHECK_THAT(lines, Catch::Contains("\r\n+QMTCONN: 1,0,0\r\n"));
  }
  SECTION("the host ends the context") {
    bench.send("AT+QIDEACT");
    bench.advance(10s);
    const auto lines = bench.take();
    CHECK_THAT(lines, Catch::Contains("\r\nDEACT OK\r\n"));
    CHECK_THAT(lines, Catch::Contains("\r\n+QMTSTAT: 0,1\r\n"));
  }
  bench.expect_nothing();
  bench.error("AT+QMTDISC=0");
}

TEST_CASE("a broker that does not speak MQTT: +QMTSTAT 7", "[mqtt]") {
  RawBench bench;
  SECTION("it speaks first") { bench.wire().send("220 mail.example ESMTP\r\n"); }
  SECTION("it announces 256 MB") {
    bench.wire().on_received = [&](ByteSpan) {
      bench.wire().send(std::string_view{"\x20\x02\x00\x00\x30\xFF\xFF\xFF\x7F", 9});
    };
    bench.later("AT+QMTCONN=0,\"x\"", {"+QMTCONN: 0,0,0", "+QMTSTAT: 0,7"});
    CHECK_THAT(bench.me().mqtt().failure(), Catch::Contains("PUBLISH of 268435455 bytes"));
    return;
  }
  SECTION("it closes before CONNECT") {
    bench.wire().close();
    bench.advance({});
    bench.expect("+QMTSTAT: 0,1");
    return;
  }
  bench.advance({});
  bench.expect("+QMTSTAT: 0,7");
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("three forms of AT+QMTPUB, with all that a payload may be", "[mqtt]") {
  MqttBench bench;
  bench.connect();
  bench.later("AT+QMTPUB=0,0,0,0,\"t\",\"at once\"", {"+QMTPUB: 0,0,0"});
  bench.later("AT+QMTPUB=0,0,0,0,\"t\",5,\"sized\"", {"+QMTPUB: 0,0,0"});
  SECTION("until Ctrl-Z: what is beyond 1,460 octets is lost") {
    bench.send("AT+QMTPUB=0,0,0,0,\"t\"");
    bench.expect_prompt();
    bench.send_raw(std::string(1500, 'x') + "\x1a");
    bench.expect("OK");
    bench.expect("+QMTPUB: 0,0,0");
    CHECK(bench.published == "t=at once t=sized t=" + std::string(1460, 'x') + " ");
  }
  SECTION("nothing before Ctrl-Z is an empty message") {
    bench.send("AT+QMTPUB=0,0,0,1,\"t\"");
    bench.expect_prompt();
    bench.send_raw("\x1a");
    bench.expect("OK");
    CHECK(bench.published == "t=at once t=sized t= ");
  }
  SECTION("1,460 octets by their length") {
    bench.send("AT+QMTPUB=0,0,0,0,\"t\",1460");
    bench.expect_prompt();
    bench.send_raw(std::string(1459, '\x1a'));
    bench.expect_nothing();
    bench.send_raw("y");
    bench.expect("OK");
    CHECK(bench.published.size() == 18 + 1460 + 3);
  }
  SECTION("the connection ends at the prompt") {
    bench.send("AT+QMTPUB=0,0,0,0,\"t\"");
    bench.expect_prompt();
    bench.broker.close("meter7");
    bench.advance({});
    bench.expect_nothing();
    bench.send_raw("late\x1a");
    bench.expect("ERROR");
    bench.expect("+QMTSTAT: 0,1");
  }
}

TEST_CASE("with ATE1 the payload is echoed as it is typed", "[mqtt]") {
  MqttBench bench;
  bench.connect();
  bench.ask("ATE1");
  bench.send("AT+QMTPUB=0,0,0,0,\"t\"");
  bench.expect_raw("AT+QMTPUB=0,0,0,0,\"t\"\r");
  bench.expect_prompt();
  bench.send_raw("up\x1a");
  bench.expect_raw("up\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n");
}

TEST_CASE("messages are pushed as they are, quotes and line ends included", "[mqtt]") {
  const bool bare = GENERATE(false, true);
  MqttBench bench{{.configuration = configured({.firmware = {.mqtt = true, .mqtt_bare_payload = bare}}),
                   .ready = Ready::ip_status}};
  bench.connect();
  bench.later("AT+QMTSUB=0,1,\"#\",2", {"+QMTSUB: 0,1,0,2"});
  const auto quote = bare ? "" : "\"";
  bench.publishes(message("t", "say \"hi\"\r\n\x01", Qos::exactly_once));
  bench.expect_raw(fmt::format("\r\n+QMTRECV: 0,1,\"t\",{0}say \"hi\"\r\n\x01{0}\r\n", quote));
  bench.publishes(message("t", "", Qos::at_least_once));
  bench.expect(fmt::format("+QMTRECV: 0,2,\"t\",{0}{0}", quote));
  bench.publishes(message("t", std::string(1460, 'x')));
  bench.expect(fmt::format("+QMTRECV: 0,0,\"t\",{0}{1}{0}", quote, std::string(1460, 'x')));
  bench.publishes(message("t", std::string(2100, 'x')));
  bench.expect("+QMTSTAT: 0,7");
}

TEST_CASE("messages wait while a command has the line", "[mqtt]") {
  MqttBench bench;
  bench.connect();
  bench.later("AT+QMTSUB=0,1,\"#\",1", {"+QMTSUB: 0,1,0,1"});
  bench.send("AT+QMTPUB=0,0,0,0,\"x\",3");
  bench.expect_prompt();
  for (int i = 0; i < 200; ++i) bench.publishes(message("t", std::to_string(i)));
  bench.advance(100s);
  bench.expect_nothing();
  bench.send_raw("abc");
  bench.expect("OK");
  bench.advance({});
  const auto lines = bench.take();
  CHECK(count(lines, "+QMTRECV: ") == 201);
  CHECK(lines.find("\"198\"") < lines.find("\"199\""));
  bench.exchange("AT+QMTCONN?", {"+QMTCONN: 0,3", "OK"});
}

TEST_CASE("a kept session goes on where it was", "[mqtt]") {
  MqttBench bench;
  for (const auto* setting : {"\"SESSION\",0,0", "\"VERSION\",0,1"}) bench.ok(fmt::format("AT+QMTCFG={}", setting));
  bench.connect();
  bench.later("AT+QMTSUB=0,1,\"cmd\",1", {"+QMTSUB: 0,1,0,1"});
  bench.ignore(PacketType::publish, 1);
  bench.later("AT+QMTPUB=0,7,2,0,\"t\",\"x\"", {});
  bench.broker.close("meter7");
  bench.advance({});
  bench.expect("+QMTSTAT: 0,1");
  bench.publishes(message("cmd", "on", Qos::at_least_once));
  bench.expect_nothing();
  SECTION("at the same broker") {
    bench.open();
    bench.send("AT+QMTCONN=0,\"meter7\"");
    bench.expect("OK");
    bench.advance({});
    bench.expect("+QMTCONN: 0,0,0");
    const auto lines = bench.take();
    CHECK_THAT(lines, Catch::Contains("\r\n+QMTRECV: 0,1,\"cmd\",\"on\"\r\n"));
    CHECK_THAT(lines, Catch::Contains("\r\n+QMTPUB: 0,7,0\r\n"));
    CHECK(bench.published == "cmd=on t=x ");
  }
  SECTION("not when it is to be a clean one") {
    bench.ok("AT+QMTCFG=\"SESSION\",0,1");
    bench.open();
    bench.later("AT+QMTCONN=0,\"meter7\"", {"+QMTPUB: 0,7,2", "+QMTCONN: 0,0,0"});
  }
}

TEST_CASE("all six clients at once", "[mqtt]") {
  MqttBench bench;
  for (int client = 0; client < 6; ++client) {
    bench.connect(client, fmt::format("c{}", client));
    bench.later(fmt::format("AT+QMTSUB={},1,\"all\",0", client), {fmt::format("+QMTSUB: {},1,0,0", client)});
  }
  bench.publishes(message("all", "x"));
  const auto lines = bench.take();
  for (int client = 0; client < 6; ++client)
    CHECK(count(lines, fmt::format("\r\n+QMTRECV: {},0,\"all\",\"x\"\r\n", client)) == 1);
  bench.exchange("AT+QIOPEN=\"TCP\",\"mqtt.example\",1883", {"OK", "CONNECT OK"});  // the sockets are another matter
}

TEST_CASE("results go to the terminal that asked, messages to the one that opened", "[mqtt]") {
  MqttBench bench;
  auto& second = bench.modem().terminals().add();
  bench.connect();
  bench.later("AT+QMTSUB=0,1,\"t\",0", {"+QMTSUB: 0,1,0,0"});
  second.receive(as_bytes("ATE0\r"));
  bench.advance({});
  second.channel().take_output();
  second.receive(as_bytes("AT+QMTPUB=0,0,0,0,\"t\",\"x\"\r"));
  bench.advance({});
  CHECK(to_text(second.channel().take_output()) == "\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n");
  bench.expect("+QMTRECV: 0,0,\"t\",\"x\"");
  bench.expect_nothing();
}

TEST_CASE("a terminal that goes away with messages unsaid does not stop the others", "[mqtt]") {
  MqttBench bench;
  auto& second = bench.modem().terminals().add();
  second.receive(as_bytes("AT+QMTOPEN=0,\"mqtt.example\",1883\r"));
  bench.advance({});
  second.receive(as_bytes("AT+QMTCONN=0,\"x\"\r"));
  bench.advance({});
  second.receive(as_bytes("AT+QMTSUB=0,1,\"t\",0\r"));
  bench.advance({});
  second.receive(as_bytes("AT+QMTPUB=0,0,0,0,\"t\",9\r"));  // its prompt holds messages back
  bench.advance({});
  for (int i = 0; i < 20; ++i) bench.publishes(message("t", std::string(200, 'x')));
  bench.modem().terminals().remove(second);
  bench.advance({});
  bench.take();
  bench.publishes(message("t", "last"));
  bench.advance({});
  CHECK_THAT(bench.take(), Catch::Contains("+QMTRECV: 0,0,\"t\",\"last\""));
}

TEST_CASE("mutual authentication, as for AWS", "[mqtt]") {
  MqttBench bench;
  ServicePeer demanding{bench.network(), {"aws.example", 8883}, bench.meet, tls_server_demanding_certificates()};
  bench.ok("AT+QSSLCFG=\"seclevel\",1,0");
  bench.ok("AT+QSSLCFG=\"sslversion\",1,3");
  bench.ok("AT+QMTCFG=\"SSL\",0,1,1");
  bench.later("AT+QMTOPEN=0,\"aws.example\",8883", {"+QMTOPEN: 0,-1"});
  CHECK_FALSE(bench.me().mqtt().failure().empty());
}

TEST_CASE("every failure of the network during a session", "[mqtt][failure points]") {
  const bool tls = GENERATE(false, true);
  const auto latency = GENERATE(0ms, 50ms);
  const auto points = for_each_failure_point([=](std::size_t n) {
    MqttBench bench;
    bench.ok("AT+QSSLCFG=\"seclevel\",0,0");
    bench.ok(fmt::format("AT+QMTCFG=\"SSL\",0,{}", tls ? 1 : 0));
    bench.network().set_latency(latency);
    bench.network().fail_operation(n);

    std::string said;
    // What was answered with OK has one result, and what was not has none.
    const auto run = [&](std::string_view name, std::string_view parameters) {
      bench.send(fmt::format("AT{}={}", name, parameters));
      bench.advance(2min);
      const auto answer = bench.take();
      said += answer;
      INFO(escaped(answer));
      CHECK(count(answer, fmt::format("\r\n{}: ", name)) == (answer.starts_with("\r\nOK\r\n") ? 1 : 0));
    };
    run("+QMTOPEN", fmt::format("0,\"mqtt.example\",{}", tls ? 8883 : 1883));
    run("+QMTCONN", "0,\"meter7\"");
    run("+QMTSUB", "0,1,\"t\",2");
    run("+QMTPUB", "0,2,2,0,\"t\",\"x\"");
    run("+QMTDISC", "0");

    INFO(escaped(said));
    const auto opened = count(said, "\r\n+QMTOPEN: 0,0\r\n");
    CHECK(count(said, "\r\n+QMTSTAT: ") + count(said, "\r\n+QMTDISC: 0,0\r\n") == opened);
    CHECK(bench.me().mqtt().state(0) == device::Mqtt::State::closed);
    CHECK(bench.network().open_links() == 0);
    const auto operations = bench.network().operations();
    bench.network().fail_operation(0);
    bench.network().set_latency({});
    bench.later(fmt::format("AT+QMTOPEN=0,\"mqtt.example\",{}", tls ? 8883 : 1883), {"+QMTOPEN: 0,0"});
    return operations;
  });
  CHECK(points >= 2);  // the look-up and the connection
}

TEST_CASE("mqtt.refuse and mqtt.drop", "[mqtt][fault]") {
  MqttBench bench;
  bench.ok("AT+QMTCFG=\"TIMEOUT\",0,2,1,1");
  bench.faults().add("mqtt.refuse match=meter count=1 code=3").value();
  bench.open();
  bench.later("AT+QMTCONN=0,\"meter7\"", {"+QMTCONN: 0,0,3", "+QMTSTAT: 0,1"});
  bench.connect();
  bench.faults().add("mqtt.drop match=lossy count=2").value();
  bench.later("AT+QMTPUB=0,0,0,0,\"lossy\",\"gone\"", {"+QMTPUB: 0,0,0"});
  bench.later("AT+QMTPUB=0,1,1,0,\"lossy\",\"late\"", {});
  bench.after(2s, {"+QMTPUB: 0,1,1,1", "+QMTPUB: 0,1,0"});
  bench.later("AT+QMTPUB=0,2,1,0,\"safe\",\"now\"", {"+QMTPUB: 0,2,0"});
  CHECK(bench.published == "lossy=late safe=now ");
}

TEST_CASE("the journal has topics and sizes, no payload and no password", "[mqtt][journal]") {
  MqttBench bench{{.configuration = later_firmware(), .ready = Ready::ip_status, .journal = true}};
  bench.open();
  bench.me().mqtt().connect(0, {"meter7", "user", "pass-word"});
  bench.advance({});
  bench.me().mqtt().publish(0, message("m/7", "pay-load"));
  bench.advance({});
  std::string text;
  for (const auto& record : bench.journal().records()) {
    if (record.kind != RecordKind::mqtt) continue;
    for (const auto& [name, value] : record.fields) text += fmt::format("{} ", name);
    text += record.text() + "\n";
  }
  CAPTURE(text);
  for (const auto* words :
       {"opening mqtt.example\n", "opened\n", "connect meter7 3.1\n", "connected\n", "publish m/7\n", "size"})
    CHECK_THAT(text, Catch::Contains(words));
  CHECK(text.find("pass-word") == std::string::npos);
  CHECK(text.find("pay-load") == std::string::npos);
}
