// SPDX-License-Identifier: Apache-2.0
// What `play` makes of traces, and what `record` understands of a dialogue.
#include <string>

#include "emulator/app/desk/play/far_end.hpp"
#include "emulator/app/desk/play/mask.hpp"
#include "emulator/app/desk/play/trace.hpp"
#include "emulator/app/desk/play/trace_player.hpp"
#include "emulator/app/desk/record/listener.hpp"
#include "emulator/commands/all.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::app;

namespace {

std::string record(std::string_view kind, std::string_view text, double t = 0) {
  return to_text(JsonObject{{"t", t}, {"modem", "m"}, {"kind", kind}, {"text", escaped(text)}}) + "\n";
}

Trace trace_of(const std::string& text) {
  auto trace = Trace::parse("trace", text);
  REQUIRE(trace);
  return std::move(*trace);
}

/// A module that answers each time it is spoken to with the next of some texts, and an hour that passes at once.
class Script final : public workbench::Line {
 public:
  explicit Script(std::vector<std::string> answers) : answers_{std::move(answers)} {}

  void write(ByteSpan bytes) override {
    heard.push_back(quasimodem::to_text(bytes));
    at.push_back(now_);
    if (next_ < answers_.size()) waiting_ += answers_[next_++];
  }
  Bytes read(Duration patience) override {
    if (waiting_.empty()) now_ += patience;
    return to_bytes(std::exchange(waiting_, {}));
  }
  Duration now() override { return now_; }

  std::vector<std::string> heard;
  std::vector<Duration> at;

 private:
  std::vector<std::string> answers_;
  std::size_t next_ = 0;
  std::string waiting_;
  Duration now_{};
};

workbench::PlayReport replay(Script& module, const std::string& trace, TracePlayer::Options options = {}) {
  TraceStage nobody;
  return TracePlayer{module, nobody, options}.play(trace_of(trace));
}

}  // namespace

TEST_CASE("the host speaks at the pace of the trace", "[play]") {
  Script module{{"OK\r\n", "OK\r\n"}};
  const auto report = replay(module, record("uart.rx", "AT\r", 5) + record("uart.tx", "OK\r\n", 5.1) +
                                         record("uart.rx", "AT+CSQ\r", 8) + record("uart.tx", "OK\r\n", 8.1));
  CHECK(report.passed());
  CHECK(report.sent == 2);
  CHECK(report.compared == 2);
  REQUIRE(module.at.size() == 2);
  CHECK(module.at[0] == 0s);  // what came before the first word is not waited for
  CHECK(module.at[1] == 3s);
}

TEST_CASE("every difference is named, and the play goes on", "[play]") {
  Script module{{"NO\r\n", "", "OK\r\nURC\r\n", "OK\r\n"}};
  std::string trace;
  for (int i = 0; i < 4; ++i) trace += record("uart.rx", "AT\r", i) + record("uart.tx", "OK\r\n", i + 0.1);
  const auto report = replay(module, trace);
  REQUIRE(report.differences.size() == 3);
  CHECK(report.differences[0].line == 2);
  CHECK(report.differences[0].got == "NO\r\n");
  CHECK(report.differences[0].parts_at() == 0);
  CHECK(report.differences[1].line == 4);
  CHECK(report.differences[1].what == "the module says nothing");
  CHECK(report.differences[2].what == "the module says more");
  CHECK(report.differences[2].line == 6);
  CHECK(report.differences[2].got == "URC\r\n");
  CHECK(module.heard.size() == 4);
}

TEST_CASE("a faster module than that of the trace, and typed-ahead commands, are no difference", "[play]") {
  Script module{{"1\r\n", "2\r\n"}};
  const auto report = replay(module, record("uart.rx", "A1\r", 0) + record("uart.rx", "A2\r", 0.1) +
                                         record("uart.tx", "1\r\n", 2) + record("uart.tx", "2\r\n", 2.1));
  CHECK(report.passed());
}

TEST_CASE("what the module said before the host spoke is not asked for", "[play]") {
  Script module{{"OK\r\n"}};
  const auto report =
      replay(module, record("uart.tx", "RDY\r\n") + record("uart.rx", "AT\r", 1) + record("uart.tx", "OK\r\n", 1));
  CHECK(report.passed());
  REQUIRE(report.skipped.size() == 1);
  CHECK(report.skipped[0].line == 1);
}

TEST_CASE("what may differ is masked line by line", "[play]") {
  using State = workbench::Fit::State;
  Mask none, clock;
  REQUIRE(clock.add("clock"));
  CHECK(!clock.add("clok"));
  CHECK(!clock.add_expression("("));
  const std::string expected = "\r\n+CCLK: \"15/06/15,12:00:00+08\"\r\n\r\nOK\r\n";
  const std::string other = "\r\n+CCLK: \"26/01/01,09:13:59-04\"\r\n\r\nOK\r\n";
  CHECK(fit(expected, other, none).state == State::differs);
  CHECK(fit(expected, other, clock).state == State::fits);
  CHECK(fit(expected, other + "more", clock).used == other.size());
  CHECK(fit(expected, other.substr(0, 20), clock).state == State::needs_more);
  CHECK(fit(expected, "\r\n+CCLK: \"never\"\r\n", clock).state == State::differs);
  CHECK(fit("> ", "> ", clock).state == State::fits);
  CHECK(fit("> ", "E", clock).state == State::differs);
  for (const auto& name : Mask::names()) CHECK(Mask{}.add(name));
  Mask slow;
  REQUIRE(slow.add_expression("(a+)+b"));
  CHECK_THROWS_WITH(slow.applied(std::string(500, 'a')), "--ignore (a+)+b: to match this takes too long");
}

TEST_CASE("what a trace withholds is put in piece by piece", "[play]") {
  const auto withheld = [](int count) {
    return to_text(JsonObject{
               {"t", 0}, {"modem", "m"}, {"kind", "uart.rx"}, {"text", "<certificate>"}, {"withheld", count}}) +
           "\n";
  };
  const auto text = record("uart.rx", "at+qsecwrite = \"RAM:a\", 5\r") + withheld(2) + withheld(3) +
                    record("uart.rx", "AT+QFUPL=\"b\",3\r") + withheld(3);
  auto trace = trace_of(text);
  REQUIRE(fill_in(trace, {{"RAM:a", "12345"}, {"b", "678"}}));
  CHECK(trace.entries[1].bytes == "12");
  CHECK(trace.entries[2].bytes == "345");
  CHECK(trace.entries[4].bytes == "678");

  auto missing = trace_of(text);
  CHECK(fill_in(missing, {{"RAM:a", "12345"}}).error() ==
        "trace:5: 3 bytes of b are withheld; --file b=PATH supplies them");
  auto wrong = trace_of(text);
  CHECK(fill_in(wrong, {{"RAM:a", "123456"}}).error() == "trace:2: RAM:a had 5 bytes, the file of --file has 6");
  auto unannounced = trace_of(withheld(7));
  CHECK(!fill_in(unannounced, {}));
}

TEST_CASE("what the peers did is worked out from what the module said", "[play]") {
  const auto trace =
      trace_of(record("uart.rx", "AT+QSSLOPEN=1,0,\"h.test\",443,0\r") + record("uart.tx", "\r\nOK\r\n") +
               record("uart.tx", "\r\n+QSSLOPEN: 1,0\r\n") + record("uart.tx", "\r\n+QSSLURC: \"recv\",0,1\r\n") +
               record("uart.rx", "AT+QSSLRECV=0,1,4\r") + record("uart.tx", "\r\n+QSSLRECV: 1.2.3.4:443,TCP,4\r\n") +
               record("uart.tx", "12\r\n\r\nOK\r\n") + record("uart.rx", "AT+QSSLRECV=0,1,4\r") +
               record("uart.tx", "\r\n+QSSLRECV: 1.2.3.4:443,TCP,1\r\n5\r\nOK\r\n") +
               record("uart.tx", "\r\n+QSSLURC: \"closed\",1\r\n") +
               record("uart.rx", "AT+QSSLOPEN=2,0,\"h.test\",443,0\r") + record("uart.tx", "\r\n+QSSLOPEN: 2,-1\r\n") +
               record("uart.tx", "\r\n+RECEIVE: 3, 5\r\nhel") + record("uart.tx", "lo\r\nRING\r\n"));
  const auto opened = workbench::opened_by(trace.entries[0].bytes);
  REQUIRE(opened);
  CHECK((opened->secure && opened->index == 1 && opened->host == "h.test" && opened->port == 443));
  CHECK(was_connected(trace, 0, *opened));
  CHECK(!was_connected(trace, 10, *workbench::opened_by(trace.entries[10].bytes)));
  const auto data = arrival_in(trace, 3);
  REQUIRE(data);
  CHECK((data->kind == Arrival::Kind::data && data->secure && data->index == 1));
  CHECK(data->data == "12\r\n5");
  CHECK(arrival_in(trace, 9)->kind == Arrival::Kind::closed);
  CHECK(arrival_in(trace, 12)->data == "hello");
  CHECK(arrival_in(trace, 13)->kind == Arrival::Kind::other);
  CHECK(!arrival_in(trace, 1));
}

TEST_CASE("the recorder knows when what the host sends is data, and when the rate changes", "[record]") {
  Listener listener;
  atcmd::Ear ear{commands::all_families(), [&](const atcmd::Heard& heard) { listener.hear(heard); }};
  const auto host = [&](std::string_view text) { ear.from_te(as_bytes(text), {}); };
  const auto module = [&](std::string_view text) {
    ear.from_module(as_bytes(text));
    return listener.take_agreed_rate();
  };
  CHECK(!ear.in_data_state());
  module("AT+QSECWRITE=\"a\",5\r\r\nCONN");
  CHECK(!ear.in_data_state());
  module("ECT\r\n");
  CHECK(ear.in_data_state());
  module("\r\n+QSECWRITE: 5,6706\r\n\r\nOK\r\n");
  CHECK(!ear.in_data_state());

  host("at+ipr = 9600\r\n");
  CHECK(!module("at+ipr = 9600\r"));
  CHECK(module("\r\nOK\r\n") == 9600);
  CHECK(!module("\r\nOK\r\n"));
  host("AT+IPR=1\r");
  module("\r\nERROR\r\n");
  CHECK(!module("\r\nOK\r\n"));
  host("AT+IPR?\r");
  CHECK(!module("\r\n+IPR: 0\r\n\r\nOK\r\n"));
}
