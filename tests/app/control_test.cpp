// SPDX-License-Identifier: Apache-2.0
// The requests of the control socket, without the socket.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "core/random.hpp"
#include "emulator/app/cli/ctl/result_text.hpp"
#include "emulator/app/control/dispatch.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/control_desk.hpp"

using namespace quasimodem;
using namespace quasimodem::app;
using namespace quasimodem::app::control;

namespace {

class Desk final : public test::ControlDesk {
 public:
  /// The one answer to a request line, as text; empty while there is none.
  std::string ask(std::string_view line) {
    const auto reply = std::make_shared<std::string>();
    last_ = reply;
    const auto dispatched = dispatch(
        line, *this, *this,
        [reply](const Json& json) {
          REQUIRE(reply->empty());  // exactly one
          *reply = app::to_text(json);
        },
        [this] { --waiting; });
    if (dispatched == Dispatched::waits) ++waiting;
    return *reply;
  }
  std::string answer() const { return *last_; }
  std::string call(std::string_view method, std::string_view params) {
    return ask(fmt::format(R"({{"id":7,"method":"{}","params":{}}})", method, params));
  }
  Json result(std::string_view method, std::string_view params = "{}") {
    const auto line = parse_json(call(method, params));
    INFO(app::to_text(*line));
    REQUIRE(app::find_member(*line, "result"));
    return *app::find_member(*line, "result");
  }

  int waiting = 0;

 private:
  std::shared_ptr<std::string> last_;
};

std::string error_of(const std::string& line) {
  const auto json = parse_json(line);
  REQUIRE(json);
  const auto* error = app::find_member(*json, "error");
  INFO(line);
  REQUIRE(error);
  return fmt::format("{} {}", error->at("code").as_int64(), app::member_text(*error, "message").value());
}

}  // namespace

TEST_CASE("What is no request gets an error and nothing else happens", "[control]") {
  Desk desk;
  REQUIRE(error_of(desk.ask("{")).starts_with("-32700 not JSON: "));
  REQUIRE(error_of(desk.ask("[1]")).starts_with("-32600 a request is "));
  REQUIRE(error_of(desk.ask("{}")).starts_with("-32600 a request is "));
  REQUIRE(error_of(desk.ask(R"({"method":5})")).starts_with("-32600 a request is "));
  REQUIRE(error_of(desk.ask(R"({"metod":"state"})"))
              .starts_with(R"(-32600 "metod" is no part of a request; did you mean "method"?)"));
  REQUIRE(error_of(desk.ask(std::string(50, '['))).starts_with("-32700 not JSON: "));
  // Found by fuzz_control: the answer repeated the id as "inf", which is not JSON.
  REQUIRE(error_of(desk.ask(R"({"id":[{"a":5e308}],"method":"state"})")) == "-32700 not JSON: a number is too large");
  REQUIRE(error_of(desk.ask(R"({"id":1,"method":"power","params":[]})")) == "-32602 power: params must be an object");
}

TEST_CASE("A name stands once in a request, at every depth, as on the command line", "[control]") {
  Desk desk;
  const auto twice = [&](const std::string& request) { return error_of(desk.ask(request)); };
  REQUIRE(twice(R"({"id":1,"method":"quit","method":"state"})") ==
          "-32700 not JSON: \"method\" stands twice in an object");
  REQUIRE(twice(R"({"id":1,"id":2,"method":"quit"})").starts_with("-32700 "));
  REQUIRE(twice(R"({"method":"signal","params":{"rssi":3,"rssi":4}})").starts_with("-32700 not JSON: \"rssi\""));
  REQUIRE(twice(R"({"method":"signal","params":{"rssi":3,"rs\u0073i":4}})").starts_with("-32700 not JSON: \"rssi\""));
  REQUIRE(twice(R"({"method":"snapshot","params":{"restore":[{"a":{"b":1,"c":2,"b":3}}]}})").starts_with("-32700 "));
  REQUIRE_FALSE(desk.has_quit);
  const std::vector<std::string> words{"rssi=3", "rssi=4"};
  REQUIRE(params_from_words(*find_method("signal"), words).error().message == "signal: rssi twice");
  // The same name in two objects is none twice.
  REQUIRE(parse_json(R"([{"a":1},{"a":{"a":2}},{"a":[]}])").has_value());
}

TEST_CASE("A value is read as it was printed", "[control]") {
  for (const auto* text : {"null", "true", "-4", "9223372036854775807", "1.5", "0.5", "1e+20", R"("a\"b\\\u0001")",
                           "[]", "{}", R"([1,[2,{"x":[null,"y"]}],{"z":false}])"}) {
    REQUIRE(to_text(parse_json(text).value()) == text);
  }
  REQUIRE(parse_json(" {\t\"a\" : 1 } \n").value() == Json(JsonObject{{"a", 1}}));
  REQUIRE(to_text(parse_json("9223372036854775808").value()) == "9223372036854775808");
  REQUIRE(to_text(JsonObject{{"z", std::size_t{1}}, {"a", "\xFF"}, {"m", nullptr}}) ==
          "{\"z\":1,\"a\":\"\xEF\xBF\xBD\",\"m\":null}");
  const std::string deep(32, '[');
  REQUIRE(parse_json(deep + std::string(32, ']')).has_value());
  REQUIRE_FALSE(parse_json("[" + deep + std::string(33, ']')).has_value());
  for (const auto* text :
       {"", " ", "{", "[1,]", "1 2", "{}x", "\"a", "nul", "{\"a\"}", "\"\xff\"", "'a'", "01", "[1e999]"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_json(text).has_value());
  }
}

TEST_CASE("The id comes back as it was", "[control]") {
  Desk desk;
  REQUIRE(desk.ask(R"({"id":"a\"b","method":"quit"})") == R"({"id":"a\"b","result":true})");
  REQUIRE(desk.has_quit);
  REQUIRE(desk.ask(R"({"method":"quit"})") == R"({"id":null,"result":true})");
  REQUIRE(desk.ask(R"({"id":-4,"method":"nope"})").starts_with(R"({"id":-4,"error":{"code":-32601,)"));
}

TEST_CASE("Unknown names get a suggestion, wrong values say what is wanted", "[control]") {
  Desk desk;
  REQUIRE(error_of(desk.call("pwer", "{}")) ==
          R"(-32601 there is no method "pwer"; did you mean "power"?; "help" lists them all)");
  REQUIRE(error_of(desk.call("clock", R"({"advence":"5s"})")) ==
          R"(-32602 clock has no parameter "advence"; did you mean "advance"?; it takes set, advance)");
  REQUIRE(error_of(desk.call("state", R"({"x":1})")) == R"(-32602 state has no parameter "x"; it takes none)");
  REQUIRE(error_of(desk.call("clock", R"({"advance":"soon"})")) ==
          R"(-32602 clock: advance must be DURATION (500ms, 10s, 2min or 1h; a number alone is seconds), not "soon")");
  REQUIRE(error_of(desk.call("power", R"({"key":1})")) == "-32602 power: key must be true|false, not 1");
  REQUIRE(error_of(desk.call("power", "{}")).starts_with("-32602 power needs exactly one of key, "));
  REQUIRE(error_of(desk.call("urc", "{}")) == "-32602 urc needs text (one line, without its CR LF)");
  REQUIRE(error_of(desk.call("signal", R"({"rssi":32})")) == "-32602 signal: rssi=32: 0 to 31, or 99");
  REQUIRE(error_of(desk.call("location", R"({"latitude":91})")) == "-32602 location: latitude=91: -90 to 90");
  REQUIRE(error_of(desk.call("pdp", R"({"deactivate":true})")) == "1 pdp: context 0 is not active");
  REQUIRE(error_of(desk.call("journal", R"({"kind":"uart.tz"})"))
              .starts_with(R"(-32602 journal: there are no records of kind "uart.tz"; did you mean)"));
}

TEST_CASE("network apn: what the network knows, shown, kept in a snapshot, taken back", "[control]") {
  Desk desk;
  REQUIRE(desk.call("network", R"({"apn":"internet,iot"})") ==
          R"({"id":7,"result":{"registration":"home","attachment":"home","apn":"internet,iot"}})");
  REQUIRE(error_of(desk.call("network", R"({"apn":"a b"})")) ==
          R"(-32602 network: apn: "a b" is not an access point name)");
  REQUIRE(desk.call("state", "{}").find(R"("apn":"internet,iot")") != std::string::npos);
  const auto snapshot = desk.result("snapshot");
  desk.bench.ask("AT+QICSGP=1,\"other\"");
  desk.bench.ask("AT+QIREGAPP");
  REQUIRE(desk.bench.ask("AT+QIACT") == "\r\nERROR\r\n");
  desk.bench.ask("AT+QIDEACT");
  REQUIRE(desk.call("network", R"({"apn":""})").find(R"("apn":""}})") != std::string::npos);
  desk.bench.ask("AT+QIREGAPP");
  REQUIRE(desk.bench.ask("AT+QIACT") == "\r\nOK\r\n");
  REQUIRE(desk.call("restore", app::to_text(JsonObject{{"snapshot", snapshot}})).find("result") != std::string::npos);
  REQUIRE(desk.call("network", "{}").find(R"("apn":"internet,iot")") != std::string::npos);
}

TEST_CASE("the module is where it is put", "[control]") {
  Desk desk;
  desk.result("location", R"({"longitude":12.5,"latitude":-45})");
  REQUIRE(desk.bench.ask("AT+QCELLLOC=1") == "\r\n+QCELLLOC: 12.500000,-45.000000\r\n\r\nOK\r\n");
}

TEST_CASE("wait: at once, later, in vain", "[control]") {
  Desk desk;
  REQUIRE(desk.call("wait", "{}") == R"({"id":7,"result":{"ready":true}})");

  REQUIRE(desk.call("wait", R"({"match":"AT+CSQ","kind":"at"})").empty());
  REQUIRE(desk.waiting == 1);
  desk.bench.send("AT");
  REQUIRE(desk.answer().empty());
  desk.bench.send("AT+CSQ");
  REQUIRE(desk.answer().find(R"("kind":"at","command":"AT+CSQ","result":"OK")") != std::string::npos);
  REQUIRE(desk.waiting == 0);
  desk.bench.advance(1min);

  REQUIRE(desk.call("wait", R"({"match":"AT+CSQ","since":0})").find(R"("kind":"uart.rx")") != std::string::npos);
  REQUIRE(desk.call("wait", R"({"match":"never","timeout":"5s"})").empty());
  desk.bench.advance(4999ms);
  REQUIRE(desk.answer().empty());
  desk.bench.advance(1ms);
  REQUIRE(error_of(desk.answer()) == R"(2 wait: waited in vain for "never")");
  REQUIRE(desk.waiting == 0);
}

TEST_CASE("who has gone waits no longer", "[control]") {
  struct Leaver final : Subscriber {
    void awaits(const Answer& answer) override { to_come.push_back(answer); }
    std::vector<Answer> to_come;
  };
  Desk desk;
  Leaver client;
  const auto entries = [&] { return desk.timeline().next_deadline(); };
  REQUIRE_FALSE(entries());
  const auto dispatched = dispatch(R"({"id":1,"method":"wait","params":{"match":"x","timeout":"1000h"}})", desk, client,
                                   [](const Json&) { FAIL("nobody is there"); }, [] { FAIL("nobody is there"); });
  REQUIRE(dispatched == Dispatched::waits);
  REQUIRE(entries());
  client.to_come.front().abandon();
  REQUIRE_FALSE(entries());
  desk.bench.send("ATx");
}

TEST_CASE("A module that ends while somebody waits", "[control]") {
  Desk desk;
  REQUIRE(desk.call("wait", R"({"match":"never"})").empty());
}

TEST_CASE("Requests that change something are in the journal, before their effects", "[control]") {
  Desk desk;
  const auto before = desk.journal().last();
  desk.result("state");
  REQUIRE(desk.journal().last() == before);
  desk.result("urc", R"({"text":"HELLO"})");
  const auto& records = desk.journal().records();
  const auto first =
      std::find_if(records.begin(), records.end(), [&](const Record& each) { return each.seq > before; });
  REQUIRE(first->kind == RecordKind::ctl);
  REQUIRE(first->text() == R"(urc {"text":"HELLO"})");
  REQUIRE(std::next(first)->kind == RecordKind::urc);
  REQUIRE(std::next(first)->text() == "HELLO");
}

TEST_CASE("A snapshot brings settings, clock, SIM, network and contexts back, and holds no key", "[control]") {
  Desk desk;
  const std::string key = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0c2VjcmV0c2VjcmV0\n-----END RSA PRIVATE KEY-----\n";
  desk.bench.send(fmt::format("AT+QSECWRITE=\"RAM:k.pem\",{},100", key.size()));
  desk.bench.send_raw(key);
  for (const auto* line : {"AT+CMEE=2", "AT+QSSLCFG=\"seclevel\",3,2", "AT+QSSLCFG=\"ciphersuite\",3,\"0X0035\"",
                           "AT+QICSGP=1,\"my.apn\"", "AT+QIREGAPP", "AT+QIACT"}) {
    desk.bench.send(line);
    desk.bench.advance(5s);
  }
  desk.result("clock", R"({"set":"2015-04-08T12:00:00Z"})");
  desk.result("signal", R"({"rssi":9})");
  const auto snapshot = desk.result("snapshot");
  const auto text = app::to_text(snapshot);
  REQUIRE(text.find("c2VjcmV0") == std::string::npos);
  REQUIRE(text.find("PRIVATE") == std::string::npos);
  REQUIRE(text.find(fmt::format(R"({{"name":"RAM:k.pem","size":{},)", key.size())) != std::string::npos);
  REQUIRE(app::to_text(desk.result("state")).find("c2VjcmV0") == std::string::npos);

  desk.result("reset");
  desk.bench.advance(1min);
  desk.bench.send("ATE0");
  desk.bench.take();
  REQUIRE(desk.bench.ask("AT+CMEE?") == "\r\n+CMEE: 1\r\n\r\nOK\r\n");
  const auto restored = desk.result("restore", fmt::format(R"({{"snapshot":{}}})", text));
  desk.bench.advance(1min);
  desk.bench.take();
  REQUIRE(app::to_text(restored) ==
          R"({"missing_certificates":["RAM:k.pem"],"missing_files":[],"missing_attachments":[]})");
  REQUIRE(desk.bench.ask("AT+CMEE?") == "\r\n+CMEE: 2\r\n\r\nOK\r\n");
  REQUIRE(desk.bench.ask("AT+CSQ") == "\r\n+CSQ: 9,0\r\n\r\nOK\r\n");
  REQUIRE(desk.bench.ask("AT+QISTAT") == "\r\nOK\r\n\r\nSTATE: IP GPRSACT\r\n");
  REQUIRE(desk.bench.ask("AT+CCLK?").starts_with("\r\n+CCLK: \"15/04/08,12:0"));

  SECTION("a wrong one changes nothing") {
    auto broken = text;
    broken.replace(broken.find(R"("rssi":9)"), 8, R"("rssi":-1)");
    desk.result("signal", R"({"rssi":20})");
    REQUIRE(error_of(desk.call("restore", fmt::format(R"({{"snapshot":{}}})", broken))) ==
            R"(-32602 restore: "rssi" must be 0 to 99)");
    REQUIRE(error_of(desk.call("restore", R"({"snapshot":{}})")) == R"(-32602 restore: "format" is missing)");
    REQUIRE(desk.bench.ask("AT+CSQ") == "\r\n+CSQ: 20,0\r\n\r\nOK\r\n");
  }
}

TEST_CASE("What status reports say", "[control]") {
  Desk desk;
  desk.bench.ask("AT+CMGF=1;+CSMP=49;+CNMI=2,1,0,1,0");
  const auto status = [&] {
    desk.bench.ask("AT+CMGS=\"10086\"");
    desk.bench.send_raw("hello\x1a");
    desk.bench.advance(10ms);
    const auto said = desk.bench.take();
    return said.find("+CDS: ") == std::string::npos ? std::string{} : said.substr(said.rfind(',') + 1);
  };
  CHECK(status() == "0\r\n");
  desk.result("sms.report", R"({"failed":true})");
  CHECK(status() == "70\r\n");
  desk.result("sms.report", R"({"none":true})");
  CHECK(status().empty());
  desk.result("sms.report", R"({"status":48})");
  CHECK(status() == "48\r\n");
  desk.result("sms.report", R"({"pending":true})");
  CHECK(status() == "34\r\n");
  CHECK(app::to_text(desk.result("sms.report", R"({"delivered":true,"reference":5})")) == R"({"delivery":"shown"})");
  desk.bench.advance({});
  CHECK(desk.bench.take().starts_with("\r\n+CDS: 6,5,\"10086\",129,"));
  CHECK(status() == "34\r\n");
  CHECK(error_of(desk.call("sms.report", "{}")) ==
        "-32602 sms.report needs exactly one of delivered, pending, failed, none, status");
  CHECK(error_of(desk.call("sms.report", R"({"failed":true,"status":1})")).starts_with("-32602 "));
  CHECK(error_of(desk.call("sms.report", R"({"status":128})")) == "-32602 sms.report: status is 0 to 127");
  CHECK(error_of(desk.call("sms.report", R"({"failed":true,"reference":99})")) ==
        "1 sms.report: no message 99 was sent");
  CHECK(error_of(desk.call("sms.report", R"({"none":true,"reference":1})")).starts_with("-32602 "));
  desk.result("network", R"({"deny":true})");
  CHECK(error_of(desk.call("sms.report", R"({"failed":true,"reference":1})")).starts_with("1 sms.report: the module"));
}

TEST_CASE("What the network says to AT+CUSD", "[control]") {
  Desk desk;
  const auto ask = [&](std::string_view line) {
    const auto answer = desk.bench.ask(line);
    return answer + desk.bench.take();
  };
  desk.result("ussd.answer", R"({"to":"*100#","text":"1: balance","m":1})");
  desk.result("ussd.answer", R"({"to":"*100# 1","text":"5 EUR"})");
  CHECK(ask("AT+CUSD=1,\"*100#\"") == "\r\nOK\r\n\r\n+CUSD: 1,\"1: balance\",15\r\n");
  CHECK(ask("AT+CUSD=1,\"1\"") == "\r\nOK\r\n\r\n+CUSD: 0,\"5 EUR\",15\r\n");
  desk.result("ussd.answer", R"({"text":"unknown code","m":4})");
  CHECK(ask("AT+CUSD=1,\"*1#\"") == "\r\nOK\r\n\r\n+CUSD: 4,\"unknown code\",15\r\n");
  desk.result("ussd.send", R"({"m":2})");
  desk.bench.advance({});
  CHECK(desk.bench.take() == "\r\n+CUSD: 2\r\n");
  CHECK(error_of(desk.call("ussd.answer", R"({"text":"x","m":6})")) == "-32602 ussd.answer: m is 0 to 5");
  CHECK(error_of(desk.call("ussd.send", R"({"m":-1})")) == "-32602 ussd.send: m is 0 to 5");
  desk.result("network", R"({"deny":true})");
  CHECK(error_of(desk.call("ussd.send", R"({"text":"x"})")).starts_with("1 ussd.send: the module cannot be reached"));
}

TEST_CASE("Faults come and go", "[control]") {
  Desk desk;
  REQUIRE(app::to_text(desk.result("fault.add", R"({"spec":"signal.drop rssi=2"})")) == R"({"id":1})");
  desk.bench.advance(1s);
  REQUIRE(desk.bench.ask("AT+CSQ") == "\r\n+CSQ: 2,0\r\n\r\nOK\r\n");
  const auto list = app::to_text(desk.result("fault.list"));
  REQUIRE(list.find(R"("spec":"signal.drop)") != std::string::npos);
  REQUIRE(list.find(R"("fired":1)") != std::string::npos);
  REQUIRE(error_of(desk.call("fault.clear", R"({"id":9})")) == "-32602 fault.clear: there is no fault 9");
  desk.result("fault.clear", R"({"id":1})");
  REQUIRE(desk.bench.ask("AT+CSQ") == "\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
  REQUIRE(app::to_text(desk.result("fault.list")) == "[]");
  REQUIRE(error_of(desk.call("fault.add", R"({"spec":"signal.drpo"})")).starts_with("-32602 fault.add: "));
}

TEST_CASE("A fault may be a line, parameters, or both", "[control]") {
  Desk desk;
  const auto added = [&](std::string_view params) {
    desk.result("fault.add", params);
    const auto list = desk.result("fault.list");
    return std::string{app::member_text(list.as_array().back(), "spec").value()};
  };
  const std::string expected = "at.late match=AT+CSQ after=2s for=1min count=3 probability=0.5 time=250ms";
  REQUIRE(added(R"({"spec":"at.late match=AT+CSQ after=2s for=60s count=3 probability=0.5 time=250ms"})") == expected);
  REQUIRE(
      added(
          R"({"name":"at.late","match":"AT+CSQ","after":"2s","for":60,"count":3,"probability":0.5,"time":"250ms"})") ==
      expected);
  REQUIRE(added(R"({"spec":"at.late match=AT+CSQ for=1min","after":2,"count":3,"probability":0.5,"time":0.25})") ==
          expected);
  const auto refusal = [&](std::string_view params) { return error_of(desk.call("fault.add", params)); };
  REQUIRE(refusal("{}") == "-32602 fault.add: one of spec and name is needed");
  REQUIRE(refusal(R"({"spec":"at.late","name":"at.late"})") == "-32602 fault.add: one of spec and name is needed");
  REQUIRE(refusal(R"({"spec":"at.late for=1s","for":"2s"})") == "-32602 fault.add: at.late: for twice");
  REQUIRE(refusal(R"({"spec":"at.late","rssi":3})").starts_with("-32602 fault.add: at.late has no \"rssi\"; it has "));
  REQUIRE(refusal(R"({"spec":"at.late","count":"3"})") == "-32602 fault.add: count must be NUMBER, not \"3\"");
  REQUIRE(refusal(R"({"spec":"at.late","count":0})").starts_with("-32602 fault.add: at.late: count=0"));
  REQUIRE(refusal(R"({"spec":"at.late","probability":1.5})").starts_with("-32602 fault.add: at.late: probability=1.5"));
  REQUIRE(refusal(R"({"spec":"at.late","after":"-1s"})") ==
          "-32602 fault.add: after must be DURATION (500ms, 10s, 2min or 1h; a number alone is seconds), not \"-1s\"");

  desk.result("fault.clear");
  for (int i = 0; i < 1000; ++i) desk.result("fault.add", R"({"spec":"tls.cut"})");
  REQUIRE(refusal(R"({"spec":"tls.cut"})") ==
          "1 fault.add: there are 1000 faults already; fault.clear takes them away");
}

TEST_CASE("A snapshot keeps what only later firmware lets a host set", "[control]") {
  Desk desk;
  const auto sni = [&desk] { return desk.bench.me().ssl().settings.contexts[3].tells_name; };
  desk.bench.me().ssl().settings.contexts[3].tells_name = true;
  const auto state = app::to_text(desk.result("state").as_object().at("ssl_contexts").as_array().at(3));
  REQUIRE_THAT(state, Catch::Contains(R"("sni":1)"));
  const auto snapshot = app::to_text(desk.result("snapshot"));
  desk.result("reset");
  REQUIRE_FALSE(sni());
  desk.result("restore", fmt::format(R"({{"snapshot":{}}})", snapshot));
  REQUIRE(sni());
}

// Each letter of the course is something that a host or a tester does; the snapshot is taken in the middle.
TEST_CASE("After restore the state is the same, whatever happened before and since", "[control][property]") {
  struct Deed {
    const char* line;    ///< at the UART, unless it is empty
    const char* method;  ///< then at the control socket
    const char* params;
  };
  static constexpr Deed kDeeds[] = {
      {"AT+CMEE=2", "", ""},
      {"AT+CREG=2;+CGREG=1", "", ""},
      {"AT+QIMUX=1", "", ""},
      {"AT+QINDI=2;+QIHEAD=1;+QISHOWRA=1", "", ""},
      {"AT+QIDNSCFG=\"1.2.3.4\"", "", ""},
      {"AT+QIFGCNT=1", "", ""},
      {"AT+QICSGP=1,\"my.apn\"", "", ""},
      {"AT+QIREGAPP", "", ""},
      {"AT+QIACT", "", ""},
      {"AT+QILOCIP", "", ""},
      {"AT+QIDEACT", "", ""},
      {"AT+QSSLCFG=\"seclevel\",3,2", "", ""},
      {"AT+QSSLCFG=\"ignorertctime\",1", "", ""},
      {"AT+QSSLCFG=\"ciphersuite\",1,\"0X0035\"", "", ""},
      {"AT+CFUN=4", "", ""},
      {"AT+CFUN=0", "", ""},
      {"AT+CFUN=1", "", ""},
      {"AT+CGATT=0", "", ""},
      {"AT+CGATT=1", "", ""},
      {"AT+CPIN=9999", "", ""},
      {"AT+CPIN=4711", "", ""},
      {"AT+IFC=2,2;&D2;&C0", "", ""},
      {"", "sim", R"({"lock":"4711"})"},
      {"", "sim", R"({"remove":true})"},
      {"", "sim", R"({"puk":true})"},
      {"", "sim", R"({"insert":true})"},
      {"", "network", R"({"deny":true})"},
      {"", "network", R"({"roam":true})"},
      {"", "network", R"({"lost":true})"},
      {"", "network", R"({"register":true})"},
      {"", "signal", R"({"rssi":5,"ber":2})"},
      {"", "signal", R"({"rssi":99})"},
      {"", "clock", R"({"set":"2015-04-08T12:00:00Z"})"},
  };
  const auto compared = [](Desk& desk) {
    auto kept = desk.result("state").as_object();
    for (const auto name : {"t", "journal"}) kept.stable_erase(name);
    auto text = app::to_text(kept);
    // RI is a pulse: what restore has just said may still be heard.
    if (const auto pulse = text.find(R"("ri":true)"); pulse != std::string::npos)
      text.replace(pulse, 9, R"("ri":false)");
    return text;
  };
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Desk desk;
    SeededRandom random{seed};
    const auto live = [&](int deeds) {
      std::string course;
      for (int i = 0; i < deeds; ++i) {
        const auto& deed = kDeeds[random.next() % std::size(kDeeds)];
        if (*deed.line) desk.bench.ask(deed.line);
        if (*deed.method) desk.result(deed.method, deed.params);
        desk.bench.advance(2min);
        course += fmt::format("{}{}{}\n", deed.line, deed.method, deed.params);
      }
      return course;
    };
    auto course = live(12);
    const auto before = compared(desk);
    const auto snapshot = app::to_text(desk.result("snapshot"));
    course += "-- snapshot\n" + live(12);
    desk.result("restore", fmt::format(R"({{"snapshot":{}}})", snapshot));
    desk.bench.advance({});
    desk.bench.take();
    INFO("seed " << seed << "\n" << course);
    REQUIRE(compared(desk) == before);
    // It is a fixed point as well: what was restored is what would be taken.
    REQUIRE(app::to_text(desk.result("snapshot")) == snapshot);
  }
}

TEST_CASE("Every method has its words", "[control]") {
  for (const auto& method : methods()) {
    INFO(method.name);
    REQUIRE_FALSE(method.summary.empty());
    REQUIRE(find_method(method.name) == &method);  // no name twice
    for (const auto& param : method.params) REQUIRE_FALSE(param.help.empty());
  }
}

// QUASIMODEM_UPDATE=1 writes it.
TEST_CASE("docs/control.md has the table as the program knows it", "[control]") {
  constexpr auto kPage = QUASIMODEM_SOURCE_DIR "/docs/control.md";
  std::ifstream file{kPage};
  std::stringstream text;
  text << file.rdbuf();
  const auto table = reference_table();
  const auto page = text.str();
  const auto begin = page.find(table.substr(0, table.find('\n')));
  const auto after = page.find("\n\n", begin) + 1;
  REQUIRE(begin != std::string::npos);
  if (std::getenv("QUASIMODEM_UPDATE")) {
    std::ofstream{kPage} << page.substr(0, begin) << table << page.substr(after);
    return;
  }
  REQUIRE(page.substr(begin, after - begin) == table);
}

TEST_CASE("Words of a command line become parameters", "[control]") {
  const auto params = [](std::string_view method, std::vector<std::string> words) {
    const auto json = params_from_words(*find_method(method), words);
    return json ? app::to_text(*json) : json.error().message;
  };
  REQUIRE(params("power", {"key"}) == R"({"key":true})");
  REQUIRE(params("line", {"dtr=off"}) == R"({"dtr":false})");
  REQUIRE(params("signal", {"rssi=12"}) == R"({"rssi":12})");
  REQUIRE(params("urc", {"text=a=b"}) == R"({"text":"a=b"})");
  REQUIRE(params("signal", {"rssi=strong"}) == "signal: rssi must be NUMBER, not strong");
  REQUIRE(params("signal", {"rssi"}) == "signal: rssi needs a value: rssi=NUMBER");
  REQUIRE(params("network", {"denny"}).starts_with(R"(network has no parameter "denny"; did you mean "deny"?)"));
  REQUIRE(params("fault.add", {"bearer.outage", "for=6s"}) == R"({"spec":"bearer.outage","for":"6s"})");
  REQUIRE(params("fault.add", {"bearer.outage", "--for", "6s", "--count=2"}) ==
          R"({"spec":"bearer.outage","for":"6s","count":2})");
  REQUIRE(params("fault.add", {"bearer.outage for=6s"}) == R"({"spec":"bearer.outage for=6s"})");
  REQUIRE(params("fault.add", {"bearer.outage", "--fro", "6s"}).find(R"(did you mean "for"?)") != std::string::npos);
  REQUIRE(params("fault.add", {"bearer.outage", "fro=6s"}).find(R"(did you mean "for"?)") != std::string::npos);
  REQUIRE(params("fault.add", {"bearer.outage", "--for"}) == "fault.add: for needs a value: for=DURATION");
  REQUIRE(params("fault.add", {"bearer.outage", "6s"}).starts_with("fault.add has no parameter \"6s\""));
  REQUIRE(params("wait", {"AT+QSSLCFG=\"seclevel\",0,2"}) == R"({"match":"AT+QSSLCFG=\"seclevel\",0,2"})");
  REQUIRE(params("call.ring", {"--hang-up"}) == R"({"hang_up":true})");
  REQUIRE(params("fault.clear", {"3"}) == R"({"id":3})");
}

TEST_CASE("Nothing that came over the air controls the terminal of who looks at it", "[control]") {
  const Json result = JsonObject{{"apn", "\x1b[2Jboo"}, {"list", JsonArray{1, "two"}}, {"none", JsonArray{}}};
  REQUIRE(result_text(result) == "apn   \\x1b[2Jboo\nlist  1, two\nnone  -\n");
}
