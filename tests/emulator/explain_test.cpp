// SPDX-License-Identifier: Apache-2.0
// What `quasimodem explain` knows: every line that the module prints in the transcripts, every command.
#include "emulator/commands/explain.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/explain_command.hpp"
#include "emulator/commands/not_emulated.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/ftp.hpp"
#include "emulator/device/mqtt.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/pattern.hpp"
#include "emulator/workbench/transcript.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/transcript.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using commands::explain;
using workbench::Pattern;

namespace {

/// Payload in the transcripts: not the module's words.
bool is_data(const std::string& line) {
  static const std::set<std::string> kData{
      "1234567",      "Abcde",         "0123456789", "world",   "hi", "hello",  "123",   "xyz",   "pong",    "{}", "ok",
      "hello, world", "until the end", "0123",       "456789A", "23", "456789", "c.txt", "f.bin", "log.txt", "sub"};
  static const Pattern kFrames{R"([^\x20-\x7E].*|.*[^\x20-\x7E].*)"};  // CMUX, stuffed bytes
  return kData.contains(line) || kFrames.whole(line);
}

std::string with_values(std::string text) {
  static const Pattern kAddress{R"(\{(IP2?|CLOSED_IP)\})"}, kSum{R"(\{\w+_SUM\})"}, kNumber{R"(\{[A-Z0-9_]+\})"};
  text = kAddress.replaced(text, "198.51.100.9");
  text = kSum.replaced(text, "4c30");
  return kNumber.replaced(text, "7");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text + "\n") {
    if (c != '\r' && c != '\n') {
      line += c;
    } else if (!line.empty()) {
      lines.push_back(std::exchange(line, {}));
    }
  }
  return lines;
}

const commands::Explanation::Field& field(const commands::Explanation& explanation, const std::string& name) {
  for (const auto& each : explanation.fields) {
    if (each.name == name) return each;
  }
  FAIL("no field " << name);
  throw 0;
}

}  // namespace

TEST_CASE("every line of the module in the transcripts can be explained", "[explain]") {
  std::size_t explained = 0;
  for (const auto& file : transcript_files()) {
    for (const auto& step : load_transcript(file).steps) {
      if (step.kind != Transcript::Step::Kind::module) continue;
      for (const auto& line : lines_of(to_text(unescaped(with_values(step.text))))) {
        if (is_data(line)) continue;
        INFO(file << ":" << step.line << ": " << line);
        CHECK(!explain(line).empty());
        ++explained;
      }
    }
  }
  CHECK(explained > 200);
}

namespace {

/// One of each kind of event, and of those with several words one of each.
std::vector<device::Event> every_event() {
  using namespace device;
  std::vector<Event> events{Started{},
                            CallReady{},
                            Connected{0, 0},
                            ConnectFailed{0, 0},
                            RemoteClosed{0, 0},
                            SecureClosed{0, 1},
                            SocketWritable{},
                            ServerOpened{0, true},
                            ServerOpened{0, false},
                            ClientArrived{0, 0},
                            DataArrived{0, 0},
                            PacketArrived{0, 0, Role::client, 1, 5, 5},
                            NameLookedUp{0, {*net::IpAddress::parse("198.51.100.9")}, NameLookedUp::Error::none},
                            PingAnswered{*net::IpAddress::parse("198.51.100.9"), PingAnswer{32, 5ms, 255}},
                            PingAnswered{*net::IpAddress::parse("198.51.100.9"), std::nullopt},
                            NetworkTime{},
                            ContextLost{0},
                            PoweredOff{},
                            AlarmRang{},
                            AlarmModeEntered{},
                            SimMoved{},
                            SignalChanged{},
                            BearerEnded{BearerEnded::By::network, 1, "10.1.83.188"},
                            BearerEnded{BearerEnded::By::module, 1, "10.1.83.188"},
                            MessageStored{MessageMemory{}, 3, false},
                            MessageStored{MessageMemory{}, 3, true},
                            CallRings{"+447700900123", 1},
                            CallRings{"", 1},
                            CallWaits{"+447700900123"},
                            CallAlerting{},
                            CallAnswered{""},
                            CallEnded{CallEnd::no_carrier},
                            CallEnded{CallEnd::busy},
                            CallEnded{CallEnd::no_answer},
                            SupplementaryAnswer{0, "Balance: 5 EUR"},
                            SupplementaryAnswer{2, ""}};
  for (const auto each : {Functionality::minimum, Functionality::full, Functionality::flight})
    events.emplace_back(FunctionalityReached{each});
  for (const auto each : {SimStatus::not_inserted, SimStatus::not_ready, SimStatus::pin_needed, SimStatus::puk_needed,
                          SimStatus::blocked, SimStatus::ready})
    events.emplace_back(SimStatusChanged{each});
  for (const auto each : {Domain::circuit_switched, Domain::packet_switched})
    events.emplace_back(RegistrationChanged{each});
  for (const auto each : {ConnectCode::success, ConnectCode::error, ConnectCode::occupied})
    events.emplace_back(SecureOpened{0, 1, each});
  for (int each = 1; each <= 8; ++each)
    events.emplace_back(NameLookedUp{0, {}, static_cast<NameLookedUp::Error>(each)});
  using Ping = PingFinished::Result;
  for (const auto each : {Ping::done, Ping::busy, Ping::not_found, Ping::no_bearer})
    events.emplace_back(PingFinished{each, PingStatistics{4, 4, 1ms, 2ms, 6ms}});
  for (int each = 0; each <= 5; ++each)
    events.emplace_back(TimeSynchronised{static_cast<TimeSynchronised::Result>(each)});
  events.emplace_back(HttpDownloaded{11, 11, std::nullopt, std::nullopt});
  events.emplace_back(MailSent{});
  events.emplace_back(HttpDownloaded{11, std::nullopt, std::nullopt, FileProblem::no_space});
  for (int each = -1; each <= 5; ++each) events.emplace_back(MqttResult{MqttCommand::open, 0, {}, each, {}});
  for (const auto each : {MqttCommand::close, MqttCommand::disconnect})
    events.emplace_back(MqttResult{each, 0, {}, -1, {}});
  events.emplace_back(MqttResult{MqttCommand::connect, 0, {}, 0, {5}});
  events.emplace_back(MqttResult{MqttCommand::connect, 0, {}, 2, {}});
  for (const auto each : {MqttCommand::subscribe, MqttCommand::unsubscribe, MqttCommand::publish}) {
    events.emplace_back(MqttResult{each, 0, 7, 0, {}});
    events.emplace_back(MqttResult{each, 0, 7, 1, {3}});
  }
  events.emplace_back(MqttResult{MqttCommand::subscribe, 0, 7, 0, {0, 128}});
  events.emplace_back(MqttReceived{
      0, std::make_shared<const net::mqtt::Publish>(net::mqtt::Publish{.topic = "t", .payload = to_bytes("on")})});
  for (int each = 1; each <= 7; ++each) events.emplace_back(MqttEnded{0, static_cast<MqttEnding>(each)});
  for (int each = 0; each <= static_cast<int>(FtpCommand::remove_directory); ++each) {
    events.emplace_back(FtpFinished{static_cast<FtpCommand>(each), 5});
    events.emplace_back(FtpFinished{static_cast<FtpCommand>(each), tl::unexpected{FtpError::refused}});
  }
  using Level = SupplyVoltage::Level;
  for (const auto each : {Level::under_warning, Level::under_power_down, Level::over_warning, Level::over_power_down})
    events.emplace_back(SupplyVoltage{each});
  return events;
}

}  // namespace

TEST_CASE("every unsolicited result code can be explained", "[explain]") {
  device::Configuration configuration;
  configuration.network_clock = device::LocalTime::factory();
  ModemBench bench{{.configuration = workbench::configured(configuration), .ready = Ready::ip_status}};
  for (const auto* line : {"AT+CREG=2", "AT+CGREG=1", "AT+CGEREP=1", "AT+QNITZ=1", "AT+CLIP=1", "AT+CCWA=1",
                           "AT+QMOSTAT=1", "AT+CUSD=1", "AT+QINDI=2", "AT+CRC=1"})
    bench.ok(line);
  const int zone_report = GENERATE(1, 2);
  bench.ok("AT+CTZR=" + std::to_string(zone_report));
  bench.network().listen("198.51.100.9", 80).on_accept = [](net::SimConnection& peer) { peer.send("hello"); };
  bench.send("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80");
  bench.advance(1s);
  bench.take();
  std::set<std::size_t> seen;
  std::size_t said = 0;
  for (const auto& event : every_event()) {
    seen.insert(event.index());
    const auto urc = commands::urc_for(event, bench.modem().terminal().session());
    if (!urc) continue;
    Bytes bytes;
    atcmd::ResponseWriter writer{bytes, bench.channel().dialogue(), commands::kErrorTexts};
    urc(writer);
    for (const auto& line : lines_of(to_text(bytes))) {
      INFO(line);
      CHECK(!explain(line).empty());
      ++said;
    }
  }
  // A short message that is shown is text with a header, as in 18_sms_text.txt; every other kind is above.
  CHECK(seen.size() == std::variant_size_v<device::Event> - 1);
  CHECK(said > 50);
}

TEST_CASE("values of parameters are explained with their names", "[explain]") {
  const auto version = explain("AT+QSSLCFG=\"sslversion\",0,3")[0];
  CHECK(field(version, "type").value == "sslversion");
  CHECK(field(version, "ctxindex").value == "0");
  CHECK(field(version, "sslversion").meaning == "TLS 1.2; 0-4");
  CHECK(field(explain("AT+QSSLCFG=\"ignorertctime\",1")[0], "ignorertctime").meaning ==
        "validity is not looked at; 0-1");
  CHECK(field(explain("AT+QSSLCFG=\"seclevel\",2")[0], "seclevel").meaning == "left out: query");
  CHECK(field(explain("AT+QSSLCFG=\"ciphersuite\",0,\"0X002f\"")[0], "ciphersuite").meaning.starts_with("TLS_RSA"));
  CHECK(field(explain("AT+QIOPEN=\"TCP\",\"h.test\",80")[0], "mode").value == "TCP");
  CHECK(field(explain("AT+QIOPEN=1,\"TCP\",\"h.test\",80")[0], "index").value == "1");
  CHECK(field(explain("+QIMUX: 1")[0], "mode").meaning == "six sessions, with an index");
  CHECK(explain("+QIMUX: (0,1)")[0].fields.empty());
  CHECK(field(explain("AT+QHTTPGET=60")[0], "to_read_time").value == "60");
  CHECK(explain("AT+CMUX=0")[0].meaning.find("several channels on one UART") != std::string::npos);
  CHECK(explain("4")[0].kind == "error");
  CHECK(field(explain("+CMS ERROR: 514")[0], "cms").meaning == "Invalid request parameters");
  CHECK(field(explain("+CMS ERROR: 21")[0], "cms").meaning == "from the network: short message transfer rejected");
  CHECK(field(explain("+CMS ERROR: 2051")[0], "cms").meaning == "from the network: illegal MS");
  CHECK(field(explain("+CUSD: 1,\"1: balance\",15")[0], "m").meaning.starts_with("the service waits"));
  CHECK(field(explain("+CUSD: 0,\"5 EUR\", 15")[0], "dcs").value == "15");
  CHECK(explain("001010000000008")[0].meaning.find("IMEI") == 0);
}

TEST_CASE("every value that has a meaning is one that its parameter takes, and means one thing", "[explain]") {
  std::size_t meanings = 0;
  const auto check = [&](const atcmd::Param& param) {
    std::set<std::string> values;
    for (const auto& known : param.meanings) {
      const auto value = known.value();
      INFO(param.name << " " << value);
      CHECK(takes(param, {atcmd::Argument::Kind::bare, value}));
      CHECK(values.insert(value).second);
      CHECK(!known.text.empty());
      ++meanings;
    }
  };
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      INFO(command.name);
      for (const auto& param : command.write.params) check(param);
      for (const auto& selector : command.write.selectors) check(selector.value);
    }
  }
  CHECK(meanings > 160);
}

TEST_CASE("the field of a line whose values mean something stands in its pattern", "[explain]") {
  std::size_t lines = 0;
  const auto check = [&](const atcmd::Line& line) {
    INFO(line.pattern);
    CHECK(!line.meaning.empty());
    if (!line.field.empty()) CHECK(line.pattern.find("<" + std::string{line.field} + ">") != std::string_view::npos);
    ++lines;
  };
  for (const auto& line : commands::urcs_of_no_command()) check(line);
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) std::for_each(command.lines.begin(), command.lines.end(), check);
  }
  CHECK(lines > 75);
}

TEST_CASE("every command can be explained by its name", "[explain]") {
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      const auto explanations = explain("AT" + std::string{command.name} + "=?");
      INFO(command.name);
      REQUIRE(!explanations.empty());
    }
  }
}

TEST_CASE("a command line is taken apart and its values are judged", "[explain]") {
  const auto open = explain("AT+QSSLOPEN=1,9,\"host\",443,0");
  REQUIRE(open.size() == 1);
  CHECK(open[0].kind == "command");
  CHECK(open[0].manual == "SSL 2.2.2");
  CHECK(field(open[0], "ssid").meaning == "0-5");
  CHECK(field(open[0], "ctxindex").meaning == "wrong: 0-5");
  CHECK(field(open[0], "timeout").meaning == "default 90");

  const auto two = explain("at+qimux=1;+qindi?");
  REQUIRE(two.size() == 2);
  CHECK(two[0].line == "AT+QIMUX=1");
  CHECK(two[1].line == "AT+QINDI?");

  CHECK(explain("AT+NOSUCH=1")[0].meaning == "not a command of these modules: answers ERROR");
  CHECK(explain("AT")[0].kind == "command");
}

TEST_CASE("codes are explained by their values", "[explain]") {
  CHECK(field(explain("+QSSLOPEN: 1,-2")[0], "connectcode").meaning == "the index is in use, or could not be used");
  CHECK(field(explain("+CME ERROR: 3")[0], "cme").meaning == "Operation not allowed");
  CHECK(field(explain("+CME ERROR: Operation not allowed")[0], "cme").meaning == "number 3");
  CHECK(field(explain("+CME ERROR: 9999")[0], "cme").meaning == "not a number of this module");
  CHECK(field(explain("+CREG: 1,\"1878\",\"0873\"")[0], "stat").value == "1");
  CHECK(field(explain("+CREG: 2,1,\"1878\",\"0873\"")[0], "n").meaning == "URC with location area and cell");
  CHECK(field(explain("+QSSLSTATE: 1,\"TCP\",\"1.2.3.4\",443,\"REMOTE CLOSING\",0")[0], "socket state").meaning ==
        "the peer has ended its side");
  CHECK(field(explain("\r\nSTATE: PDP DEACT\r\n")[0], "state").meaning ==
        "the PDP context was lost; AT+QIDEACT comes next");
  CHECK(explain("2, CONNECT OK")[0].manual == explain("CONNECT OK")[0].manual);
}

TEST_CASE("what is said not to be emulated has no command", "[explain]") {
  for (const auto& known : commands::not_emulated()) {
    INFO(known.beginning);
    for (const auto& family : commands::all_families()) {
      for (const auto& command : family.commands) CHECK_FALSE(command.name.starts_with(known.beginning));
    }
    const auto explanation = explain("AT" + std::string{known.beginning} + "=1")[0];
    CHECK(explanation.meaning.ends_with("; real modules have it, here it answers ERROR"));
  }
}

TEST_CASE("a line of any length is explained or not", "[explain]") {
  const std::string long_text(1 << 20, 'x');
  CHECK(explain(long_text).empty());
  CHECK(explain("+" + long_text + ": 1").empty());
  CHECK(explain("+QIMUX: " + long_text).size() == 1);
  CHECK(field(explain("+CME ERROR: " + long_text)[0], "cme").meaning == "not the words of this module");
  CHECK(explain("AT+" + long_text).size() == 1);
  std::string many = "AT";
  for (int i = 0; i < 10'000; ++i) many += "+QIMUX=1;";
  CHECK(explain(many).size() == 10'000);
}

TEST_CASE("what the module never says is not explained", "[explain]") {
  CHECK(explain("+CEREG: 0,1").empty());
  CHECK(explain("hello").empty());
  CHECK(explain("").empty());
}
