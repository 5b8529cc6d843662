// SPDX-License-Identifier: Apache-2.0
// The requests of the control socket, without the socket.
#include <fstream>
#include <sstream>

#include "emulator/app/control/dispatch.hpp"
#include "emulator/app/control/reference.hpp"
#include "emulator/app/control/result_text.hpp"
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
    REQUIRE(line->find("result"));
    return *line->find("result");
  }

  int waiting = 0;

 private:
  std::shared_ptr<std::string> last_;
};

std::string error_of(const std::string& line) {
  const auto json = parse_json(line);
  REQUIRE(json);
  const auto* error = json->find("error");
  INFO(line);
  REQUIRE(error);
  return fmt::format("{} {}", *error->find("code")->as<std::int64_t>(), *error->find("message")->as<std::string>());
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

TEST_CASE("The id comes back as it was", "[control]") {
  Desk desk;
  REQUIRE(desk.ask(R"({"id":"a\"b","method":"quit"})") == R"({"id":"a\"b","result":true})");
  REQUIRE(desk.quit_);
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
          R"(-32602 clock: advance must be DURATION, not "soon")");
  REQUIRE(error_of(desk.call("power", R"({"key":1})")) == "-32602 power: key must be true|false, not 1");
  REQUIRE(error_of(desk.call("power", "{}")).starts_with("-32602 power needs exactly one of key, "));
  REQUIRE(error_of(desk.call("urc", "{}")) == "-32602 urc needs text (one line, without its CR LF)");
  REQUIRE(error_of(desk.call("signal", R"({"rssi":32})")) == "-32602 signal: rssi=32: 0 to 31, or 99");
  REQUIRE(error_of(desk.call("pdp", R"({"deactivate":true})")) == "1 pdp: context 0 is not active");
  REQUIRE(error_of(desk.call("journal", R"({"kind":"uart.tz"})"))
              .starts_with(R"(-32602 journal: there are no records of kind "uart.tz"; did you mean)"));
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
  REQUIRE(app::to_text(restored) == R"({"missing_certificates":["RAM:k.pem"]})");
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

TEST_CASE("Every method has its words", "[control]") {
  for (const auto& method : methods()) {
    INFO(method.name);
    REQUIRE_FALSE(method.summary.empty());
    REQUIRE(find_method(method.name) == &method);  // no name twice
    for (const auto& param : method.params) REQUIRE_FALSE(param.help.empty());
  }
}

TEST_CASE("docs/control.md has the table as the program knows it", "[control]") {
  std::ifstream file{QUASIMODEM_SOURCE_DIR "/docs/control.md"};
  std::stringstream text;
  text << file.rdbuf();
  INFO(reference_table());
  REQUIRE(text.str().find(reference_table()) != std::string::npos);
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
}

TEST_CASE("Durations", "[control]") {
  REQUIRE(parse_duration("5s") == Duration{5s});
  REQUIRE(parse_duration("250ms") == Duration{250ms});
  REQUIRE(parse_duration("1.5") == Duration{1500ms});
  REQUIRE(parse_duration("2min") == Duration{2min});
  REQUIRE(parse_duration("1h") == Duration{1h});
  for (const auto* wrong : {"", "s", "-1s", "5 s", "5sec", "1e30s", "nan", "inf"}) REQUIRE_FALSE(parse_duration(wrong));
}

TEST_CASE("Nothing that came over the air controls the terminal of who looks at it", "[control]") {
  const Json result{Json::Object{{"apn", "\x1b[2Jboo"}, {"list", Json::Array{1, "two"}}, {"none", Json::Array{}}}};
  REQUIRE(result_text(result) == "apn   \\x1b[2Jboo\nlist  1, two\nnone  -\n");
}
