// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/watch/view.hpp"

#include <utility>
#include <vector>

#include "core/journal_ring.hpp"
#include "core/timeline.hpp"
#include "emulator/app/base/record_json.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::app;

namespace {

/// A journal and the view that follows it, as `watch` sees it: through JSON.
class Watched {
 public:
  explicit Watched(Coloring coloring = Coloring::plain)
      : view{Rows{coloring}, [this](const std::string& row) { rows_.push_back(row.substr(0, row.size() - 1)); }} {}

  void record(RecordKind kind, std::initializer_list<Field> fields) { Journal{ring_}.write(kind, fields); }
  void host(std::string_view bytes) { record(RecordKind::uart_rx, {{"text", as_bytes(bytes)}}); }
  void module(std::string_view bytes) { record(RecordKind::uart_tx, {{"text", as_bytes(bytes)}}); }

  /// The rows since the last question, without the time.
  std::vector<std::string> rows() {
    std::vector<std::string> rest;
    for (const auto& row : std::exchange(rows_, {})) rest.push_back(row.substr(row.find_first_not_of(' ', 8)));
    return rest;
  }
  std::vector<std::string> whole_rows() { return std::exchange(rows_, {}); }

  View view;

 private:
  void hear(const Record& record) {
    const auto json = parse_json(app::to_text(record_json(record, "m95")));
    REQUIRE(json);
    view.show(*json);
  }

  Timeline timeline_;
  JournalRing ring_{timeline_};
  std::vector<std::string> rows_;
  JournalRing::Subscription subscription_ = ring_.listen([this](const Record& record) { hear(record); });
};

using Shown = std::vector<std::string>;

}  // namespace

TEST_CASE("a command, its echo and its answer: a row for each line", "[app][watch]") {
  Watched watched;
  watched.host("AT+CSQ\r");
  watched.module("AT+CSQ\r\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
  CHECK(watched.rows() == Shown{"> AT+CSQ", "< AT+CSQ", "< +CSQ: 30,0", "< OK"});
  CHECK_FALSE(watched.view.line_has_begun());
}

TEST_CASE("the echo is faint, the same words later are not", "[app][watch]") {
  Watched watched{Coloring::colored};
  watched.host("AT\r");
  watched.module("AT\r\r\nOK\r\n");
  watched.module("\r\nAT\r\n");
  const auto rows = watched.whole_rows();
  REQUIRE(rows.size() == 4);
  CHECK(rows[1].ends_with("\x1b[2m< AT\x1b[0m"));
  CHECK(rows[3].ends_with("\x1b[32m< AT\x1b[0m"));
}

TEST_CASE("a line that is typed key by key is one row, with an echo in between", "[app][watch]") {
  Watched watched;
  for (const auto* key : {"A", "T"}) {
    watched.host(key);
    watched.module(key);
  }
  CHECK(watched.rows().empty());
  CHECK(watched.view.line_has_begun());
  watched.host("\r");
  watched.module("\r\r\nOK\r\n");
  CHECK(watched.rows() == Shown{"> AT", "< AT", "< OK"});
}

TEST_CASE("data at a prompt stand before the answer to them", "[app][watch]") {
  Watched watched;
  watched.host("AT+QISEND\r");
  watched.module("\r\n> ");
  CHECK(watched.rows() == Shown{"> AT+QISEND", "< >"});
  watched.host("hello\x1a");
  CHECK(watched.rows().empty());
  watched.module("\r\nSEND OK\r\n");
  CHECK(watched.rows() == Shown{"> hello\\x1a", "< SEND OK"});
}

TEST_CASE("an answer without a line end stands before what the host says next", "[app][watch]") {
  Watched watched;
  watched.module("no end");
  watched.host("AT\r");
  CHECK(watched.rows() == Shown{"< no end", "> AT"});
}

TEST_CASE("what has begun is shown when nothing more comes", "[app][watch]") {
  Watched watched;
  watched.host("half");
  watched.view.finish_lines();
  CHECK(watched.rows() == Shown{"> half"});
  watched.view.finish_lines();
  CHECK(watched.rows().empty());
}

TEST_CASE("bytes that are no text cannot control the terminal", "[app][watch]") {
  Watched watched;
  watched.module("\x1b[2J\x07\xFF\\\r\n");
  CHECK(watched.rows() == Shown{"< \\x1b[2J\\x07\\xff\\\\"});
  watched.record(RecordKind::bearer,
                 {{"event", "up"}, {"context", 0}, {"apn", "\x1b]0;x"}, {"address", "10.1.83.188"}});
  CHECK(watched.rows() == Shown{"bearer 0: up 10.1.83.188, apn \\x1b]0;x"});
}

TEST_CASE("withheld content stays withheld", "[app][watch]") {
  Watched watched;
  watched.host("begun");
  watched.record(RecordKind::uart_rx, {{"text", "<891 bytes of certificate>"}, {"withheld", 891}});
  watched.record(RecordKind::uart_tx, {{"text", "<12 bytes of certificate>"}, {"withheld", 12}});
  CHECK(watched.rows() == Shown{"> begun", "> <891 bytes of certificate>", "< <12 bytes of certificate>"});
}

TEST_CASE("what a module that is off does not hear is marked", "[app][watch]") {
  Watched watched;
  watched.record(RecordKind::uart_rx, {{"text", as_bytes("AT\r")}, {"heard", false}});
  watched.record(RecordKind::uart_rx, {{"text", as_bytes("x")}, {"heard", false}});
  const auto remark = std::string(2 + 50 - 4, ' ') + "not heard: the module is off";
  CHECK(watched.rows() == Shown{"> AT" + remark, "> x " + remark});
}

TEST_CASE("commands and URCs are seen on the UART, and not again", "[app][watch]") {
  Watched watched;
  watched.host("half");
  watched.record(RecordKind::at, {{"command", "AT"}, {"result", "OK"}, {"took_ms", 0}});
  watched.record(RecordKind::urc, {{"text", "RDY"}});
  CHECK(watched.rows().empty());
  watched.record(RecordKind::power, {{"event", "off"}});
  CHECK(watched.rows() == Shown{"> half", "power: off"});
}

TEST_CASE("what happens is a row in words", "[app][watch]") {
  Watched watched;
  const auto shown = [&](RecordKind kind, std::initializer_list<Field> fields) {
    watched.record(kind, fields);
    const auto rows = watched.rows();
    REQUIRE(rows.size() == 1);
    return rows.front();
  };
  using enum RecordKind;
  CHECK(shown(state, {{"what", "registration"}, {"state", "home"}}) == "registration: home");
  CHECK(shown(state, {{"what", "module"}, {"state", "call ready"}}) == "call ready");
  CHECK(shown(state, {{"what", "tcpip"}, {"context", 1}, {"state", "IP START"}}) == "tcpip 1: IP START");
  CHECK(shown(bearer, {{"event", "lost"}, {"context", 0}, {"apn", ""}, {"address", ""}}) == "bearer 0: lost");
  CHECK(shown(socket, {{"event", "opening"},
                       {"context", 0},
                       {"socket", 1},
                       {"transport", "ssl"},
                       {"host", "your.server.test"},
                       {"port", 8883},
                       {"peer", ""},
                       {"reason", ""}}) == "socket 1: opening ssl your.server.test:8883");
  CHECK(shown(socket, {{"event", "closed"},
                       {"context", 0},
                       {"socket", 1},
                       {"transport", "tcp"},
                       {"host", "your.server.test"},
                       {"port", 80},
                       {"peer", "198.18.0.1:80"},
                       {"reason", "the peer closed"}}) ==
        "socket 1: closed tcp your.server.test:80 (198.18.0.1:80): the peer closed");
  CHECK(shown(socket, {{"event", "listening"}, {"context", 0}}) == "server: listening");
  CHECK(shown(socket, {{"event", "client connected"}, {"context", 0}, {"client", 2}, {"peer", "127.0.0.1:4000"}}) ==
        "server: client connected 2 (127.0.0.1:4000)");
  CHECK(shown(tls, {{"event", "connected"},
                    {"context", 0},
                    {"socket", 1},
                    {"version", "TLS1.2"},
                    {"suite", "TLS_RSA_WITH_AES_256_CBC_SHA"},
                    {"subject", "CN=localhost"},
                    {"reason", ""}}) == "tls 1: connected TLS1.2 TLS_RSA_WITH_AES_256_CBC_SHA, CN=localhost");
  CHECK(shown(tls, {{"event", "failed"},
                    {"context", 0},
                    {"socket", 1},
                    {"version", ""},
                    {"suite", ""},
                    {"subject", ""},
                    {"reason", "not trusted"}}) == "tls 1: failed: not trusted");
  CHECK(shown(file, {{"event", "stored"}, {"name", "RAM:ca.pem"}, {"size", 10}, {"checksum", "3839"}}) ==
        "file stored: RAM:ca.pem, 10 octets");
  CHECK(shown(file, {{"event", "deleted"}, {"name", "RAM:ca.pem"}}) == "file deleted: RAM:ca.pem");
  CHECK(shown(sms, {{"event", "sent"}, {"to", "+447700900123"}, {"text", as_bytes("hi")}, {"reference", 1}}) ==
        "sms sent to +447700900123: hi");
  CHECK(shown(sms, {{"event", "stored"}, {"memory", "SM"}, {"index", 3}}) == "sms stored in SM 3");
  CHECK(shown(fault, {{"id", 1}, {"name", "bearer.outage"}, {"subject", ""}}) == "fault bearer.outage");
  CHECK(shown(fault, {{"id", 1}, {"name", "at.error"}, {"subject", "AT+CSQ"}}) == "fault at.error strikes AT+CSQ");
  CHECK(shown(ctl, {{"method", "power"}, {"params", R"({"key":true})"}}) == R"(ctl power {"key":true})");
}

TEST_CASE("what is no record is left out", "[app][watch]") {
  Watched watched;
  for (const auto* text : {"null", "[]", "{}", R"({"kind":7})", R"({"kind":"unheard of","t":1})"}) {
    watched.view.show(parse_json(text).value());
  }
  CHECK(watched.rows().empty());
  watched.view.show(parse_json(R"({"kind":"power","t":"soon"})").value());
  CHECK(watched.rows() == Shown{"power: "});
}
