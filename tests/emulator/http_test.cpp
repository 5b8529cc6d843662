// SPDX-License-Identifier: Apache-2.0
// AT+QHTTP* (services.md 2): each number of +CME ERROR 38xx with what causes it, bytes as drivers read them.
#include "emulator/device/http.hpp"

#include <string>

#include <fmt/core.h>

#include "emulator/device/access_points.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/terminal/terminals.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/service_peer.hpp"
#include "net/http/server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/tls_peer.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using namespace quasimodem::workbench;
using net::http::Resource;
using net::http::Site;

namespace {

/// A module and a site, web.example, on port 80 and with TLS on 443.
struct WebBench : ModemBench {
  explicit WebBench(Options options = {.ready = Ready::ip_status}) : ModemBench{std::move(options)} {
    site->resources["/hello"] = {.content = "hello"};
    site->resources["/chunked"] = {.content = "hello, world", .framing = Resource::Framing::chunked, .chunk = 5};
    site->resources["/close"] = {.content = "until the end", .framing = Resource::Framing::until_close};
    site->resources["/moved"] = {.status = 301, .location = "http://web.example/hello"};
    site->resources["/silent"] = {.silent = true};
    site->resources["/fw.bin"] = {.content = "0123456789A"};
    send("AT+CMEE=1");
    advance(1s);  // with a profile that takes its time
    take();
  }

  void url(std::string_view text) {
    send(fmt::format("AT+QHTTPURL={},30", text.size()));
    advance(1s);
    expect("CONNECT");
    send_raw(text);
    advance(1s);
    expect("OK");
  }
  void get(std::string_view text) {
    url(text);
    ok("AT+QHTTPGET=60");
  }
  /// GET fails with that number, whatever time it takes.
  void refused(std::string_view text, int number) {
    url(text);
    send("AT+QHTTPGET=60");
    advance(61s);
    expect(fmt::format("+CME ERROR: {}", number));
    expect_nothing();
  }
  void expect_body(std::string_view body) { expect_raw(fmt::format("\r\nCONNECT\r\n{}\r\nOK\r\n", body)); }

  std::shared_ptr<Site> site = std::make_shared<Site>();
  ServicePeer::Meet meet = [this](auto&) { return std::make_unique<net::http::ServerSession>(site); };
  ServicePeer web{network(), {"web.example", 80}, meet};
  ServicePeer secure{network(), {"web.example", 443}, meet, tls_server()};
};

/// A server that says what it is told to, to whatever comes.
struct RawWeb : WebBench {
  explicit RawWeb(std::string words) {
    auto& listener = network().listen("raw.example", 80);
    listener.on_accept = [words = std::move(words)](net::SimConnection& wire) {
      wire.on_received = [&wire, words](ByteSpan) { wire.send(words); };
    };
  }
  net::SimConnection& wire() { return network().listen("raw.example", 80).last(); }
};

std::string error(int number) { return fmt::format("+CME ERROR: {}", number); }

}  // namespace

TEST_CASE("GET and READ: by length, chunked and until the server closes", "[http]") {
  WebBench bench{{.ready = Ready::attached}};  // the context comes up by itself
  bench.get("http://web.example/hello");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_body("hello");
  bench.exchange("AT+QHTTPREAD=30", {error(3804)});
  CHECK(bench.context(0).state() == device::TcpIpState::ip_gprsact);
  // The URL is kept; so is the way of a host that gives no times.
  bench.ok("AT+QHTTPGET");
  bench.send("AT+QHTTPREAD");
  bench.expect_body("hello");
  bench.get("http://web.example/chunked");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_body("hello, world");
  bench.get("http://web.example/close");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_body("until the end");
  CHECK(bench.site->received.size() == 4);
  CHECK(bench.web.connections() == 4);
  CHECK_FALSE(bench.web.wire().open());
  CHECK(bench.network().open_links() == 0);
  CHECK(bench.context(0).socket(0) == nullptr);
}

TEST_CASE("what ends a URL beyond its length gives nothing", "[http]") {
  WebBench bench;
  bench.send_raw("AT+QHTTPURL=24,30\r\n");
  bench.expect("CONNECT");
  bench.send_raw("http://web.example/hello\r\n");
  bench.expect("OK");
  bench.expect_nothing();
  bench.send_raw("AT+QHTTPGET=60\r\n");
  bench.expect("OK");
  CHECK(bench.site->received.back().target == "/hello");
}

TEST_CASE("a body of none, of one, and of five million octets", "[http]") {
  WebBench bench;
  bench.site->resources["/none"] = {.content = ""};
  bench.site->resources["/one"] = {.content = std::string(1, '\0')};
  std::string large;
  for (int i = 0; large.size() < 5'000'000; ++i) large += fmt::format("{:07}\r\n", i);
  bench.site->resources["/large"] = {.content = large};
  bench.get("http://web.example/none");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_body("");
  bench.get("http://web.example/one");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_body(std::string(1, '\0'));
  bench.get("http://web.example/large");
  bench.send("AT+QHTTPREAD=30");
  const auto all = bench.take();
  CHECK(all.size() == large.size() + 17);
  CHECK(all == "\r\nCONNECT\r\n" + large + "\r\nOK\r\n");
}

TEST_CASE("POST sends the body, whatever octets it has", "[http]") {
  WebBench bench;
  bench.site->resources["/form"] = {.content = "ok"};
  bench.url("http://web.example/form");
  for (const auto& body :
       {std::string{"user=quasimodem&n=1"}, std::string{"\0\x1a\x1b+++", 6}, std::string(29696, 'x')}) {
    bench.send(fmt::format("AT+QHTTPPOST={},50,30", body.size()));
    bench.expect("CONNECT");
    bench.send_raw(body);
    bench.expect("OK");
    bench.send("AT+QHTTPREAD=30");
    bench.expect_body("ok");
    const auto& request = bench.site->received.back();
    CHECK(request.line == "POST /form HTTP/1.1");
    CHECK(to_text(request.body) == body);
  }
  bench.exchange("AT+QHTTPPOST=29697,50,30", {error(3765)});
  bench.exchange("AT+QHTTPPOST=0", {error(3765)});
}

TEST_CASE("typed ahead during a body waits, and URCs do", "[http]") {
  WebBench bench{{.configuration = configured({.timing = kLab}), .ready = Ready::ip_status}};
  bench.url("http://web.example/hello");
  bench.send("AT+QHTTPGET=60");
  bench.advance(5s);
  bench.expect("OK");
  bench.send("AT+QHTTPREAD=30");
  bench.send("AT+CSQ");
  bench.outside().ring("+447700900123");
  bench.advance(1s);
  CHECK(bench.take().starts_with("\r\nCONNECT\r\nhello\r\nOK\r\n"));
}

TEST_CASE("HTTPS by the scheme and the switch together", "[http]") {
  WebBench bench;
  bench.url("https://web.example/hello");
  bench.exchange("AT+QHTTPGET=60", {error(3810)});
  bench.ok("AT+QSSLCFG=\"https\",1;+QSSLCFG=\"ignorertctime\",1");
  bench.ok("AT+QHTTPGET=60");  // context 0, as it is
  bench.send("AT+QHTTPREAD=60");
  bench.expect_body("hello");
  CHECK(bench.secure.connections() == 1);
  bench.ok("AT+QSSLCFG=\"httpsctxi\",1;+QSSLCFG=\"ciphersuite\",1,\"0X0005\";+QSSLCFG=\"sslversion\",1,0");
  bench.ok("AT+QHTTPGET=60");
  CHECK(bench.secure.tls()->suite() == tls::CipherSuite::rsa_rc4_128_sha);
  CHECK(bench.secure.tls()->version() == tls::Version::ssl3_0);
  bench.send("AT+QHTTPREAD=60");
  bench.expect_body("hello");
  // A server that nobody vouches for.
  bench.ok("AT+QSSLCFG=\"seclevel\",1,1");
  bench.exchange("AT+QHTTPGET=60", {error(3815)});
  bench.get("http://web.example/hello");
  CHECK(bench.web.connections() == 1);
}

TEST_CASE("a download into a file", "[http]") {
  WebBench bench;
  bench.get("http://web.example/fw.bin");
  bench.exchange("AT+QHTTPDL=\"RAM:fw.bin\",100", {"OK", "+QHTTPDL: 11,11,0"});
  bench.exchange("AT+QHTTPDL=\"RAM:fw.bin\",100", {error(3804)});
  bench.ok("AT+QHTTPGET=60");
  bench.exchange("AT+QHTTPDL=\"/RAM/fw.bin\",5", {"OK", "+QHTTPDL: 5,11,4017"});
  bench.exchange("AT+QFLST=\"RAM:*\"", {"+QFLST: \"RAM:fw.bin\",5", "OK"});
  bench.get("http://web.example/chunked");
  bench.exchange("AT+QHTTPDL=\"c\"", {"OK", "+QHTTPDL: 12,-1,0"});
  CHECK(as_text(*bench.me().files().read(*device::FileName::parse("UFS:c"))) == "hello, world");
  bench.exchange("AT+QHTTPDL=\"\"", {error(3765)});
  bench.exchange("AT+QHTTPDL=\"RAM:a/b\"", {error(3765)});
}

TEST_CASE("300 KB into UFS, and what does not fit into RAM", "[http]") {
  WebBench bench;
  std::string large;
  for (int i = 0; large.size() < 300'000; ++i) large += fmt::format("{:07}\n", i);
  bench.site->resources["/large"] = {.content = large};
  bench.get("http://web.example/large");
  bench.exchange("AT+QHTTPDL=\"UFS:large\",400000",
                 {"OK", fmt::format("+QHTTPDL: {},{},0", large.size(), large.size())});
  CHECK(as_text(*bench.me().files().read(*device::FileName::parse("UFS:large"))) == large);
  bench.ok("AT+QHTTPGET=60");
  constexpr auto kFits = device::FileStore::kRamCapacity;
  bench.exchange("AT+QHTTPDL=\"RAM:large\",400000", {"OK", fmt::format("+QHTTPDL: {},{},4008", kFits, large.size())});
  CHECK(as_text(*bench.me().files().read(*device::FileName::parse("RAM:large"))) == large.substr(0, kFits));
}

TEST_CASE("a file that is open is no target, and the answer waits on", "[http]") {
  WebBench bench;
  bench.exchange("AT+QFOPEN=\"RAM:f\"", {"+QFOPEN: 1", "OK"});
  bench.get("http://web.example/hello");
  bench.exchange("AT+QHTTPDL=\"RAM:f\",100", {error(4016)});
  bench.exchange("AT+QHTTPDL=\"RAM:g\",100", {"OK", "+QHTTPDL: 5,5,0"});
}

// ---- each number

TEST_CASE("3801: the time is over before there is a connection", "[http][errors]") {
  WebBench bench;
  bench.network().add_silent_name("nobody.example");
  bench.url("http://nobody.example/");
  bench.send("AT+QHTTPGET=5");
  bench.advance(5s);
  bench.expect(error(3801));
}

TEST_CASE("3802 and 3803: one request at a time, one data phase at a time", "[http][errors]") {
  WebBench bench;
  auto& second = bench.modem().terminals().add();
  const auto ask_second = [&](std::string_view line) {
    second.receive(as_bytes(std::string{line} + "\r"));
    bench.advance({});
    return to_text(second.channel().take_output());
  };
  ask_second("ATE0+CMEE=1");
  bench.url("http://web.example/silent");
  bench.send("AT+QHTTPGET=60");
  for (const auto* line :
       {"AT+QHTTPGET=60", "AT+QHTTPURL=5", "AT+QHTTPREAD=5", "AT+QHTTPDL=\"RAM:f\"", "AT+QHTTPPOST=5"}) {
    INFO(line);
    const auto first_says = ask_second(line);
    CHECK(first_says == "\r\n+CME ERROR: 3802\r\n");
  }
  bench.advance(60s);
  bench.expect(error(3827));

  bench.send("AT+QHTTPURL=5,30");
  bench.expect("CONNECT");
  for (const auto* line : {"AT+QHTTPGET=60", "AT+QHTTPURL=5", "AT+QHTTPREAD=5", "AT+QHTTPDL=\"RAM:f\""}) {
    INFO(line);
    CHECK(ask_second(line) == "\r\n+CME ERROR: 3803\r\n");
  }
  bench.advance(30s);
  bench.expect(error(3825));
}

TEST_CASE("3804 and 3811: in the right order", "[http][errors]") {
  WebBench bench;
  bench.exchange("AT+QHTTPREAD=30", {error(3804)});
  bench.exchange("AT+QHTTPDL=\"RAM:a\",100", {error(3804)});
  bench.exchange("AT+QHTTPGET=60", {error(3811)});
  bench.exchange("AT+QHTTPPOST=5", {error(3811)});
}

TEST_CASE("3805, 3806 and 3807: the context", "[http][errors]") {
  WebBench bench{{.configuration = configured({.timing = kLab}), .ready = Ready::attached}};
  bench.url("http://web.example/hello");
  const auto ask = [&](std::string_view line) {
    bench.send(line);
    bench.advance(2s);
    return bench.take();
  };
  auto& second = bench.modem().terminals().add();
  second.receive(as_bytes("ATE0;+QIREGAPP;+QIACT\r"));
  bench.advance(100ms);
  CHECK(ask("AT+QHTTPGET=60") == "\r\n+CME ERROR: 3805\r\n");
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect("+PDP DEACT");
  CHECK(ask("AT+QHTTPGET=60") == "\r\n+CME ERROR: 3806\r\n");
  ask("AT+QIDEACT");
  ask("AT+QICSGP=0,\"9600\"");
  CHECK(ask("AT+QHTTPGET=60") == "\r\n+CME ERROR: 3807\r\n");
  ask("AT+QICSGP=1,\"CMNET\"");
  bench.faults().add("pdp.refuse count=1").value();
  CHECK(ask("AT+QHTTPGET=60") == "\r\n+CME ERROR: 3806\r\n");
}

TEST_CASE("3808: the context ends", "[http][errors]") {
  WebBench bench;
  bench.url("http://web.example/silent");
  bench.send("AT+QHTTPGET=60");
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect_raw("\r\n+CME ERROR: 3808\r\n\r\n+PDP DEACT\r\n");
  bench.exchange("AT+QHTTPGET=60", {error(3806)});
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.exchange("AT+QHTTPREAD=30", {error(3804)});
}

TEST_CASE("3809, 3812, 3813, 3814 and 3815: no way to the server", "[http][errors]") {
  WebBench bench;
  bench.refused("http://203.0.113.77/", 3809);  // nobody knows the way
  bench.refused("http://300.1.2.3/", 3812);
  bench.refused("http://nosuch.example/a", 3813);
  bench.refused("http://web.example:81/a", 3815);
  bench.network().refuse("full.example", 80, net::NetError::no_resources);
  bench.refused("http://full.example/", 3814);
  bench.network().ignore("deaf.example", 80);
  bench.refused("http://deaf.example/", 3815);
}

TEST_CASE("3810: what is no URL of ours", "[http][errors]") {
  WebBench bench;
  bench.refused("ftp://web.example/a", 3810);
  bench.refused("web.example/a", 3810);
  bench.refused("http://a b/", 3810);
}

TEST_CASE("3816, 3817 and 3818: the connection breaks", "[http][errors]") {
  RawWeb bench{""};
  bench.url("http://raw.example/");
  bench.send("AT+QHTTPGET=60");
  bench.wire().reset();
  bench.advance({});
  bench.expect(error(3816));

  bench.send("AT+QHTTPGET=60");
  bench.wire().close();
  bench.advance({});
  bench.expect(error(3818));

  auto& listener = bench.network().listen("raw.example", 80);
  listener.window = 1000;
  listener.on_accept = [](net::SimConnection& wire) { wire.stop_reading(); };
  bench.send("AT+QHTTPPOST=20000,30,30");
  bench.expect("CONNECT");
  bench.send_raw(std::string(20000, 'x'));
  bench.wire().reset();
  bench.advance({});
  bench.expect(error(3817));
}

TEST_CASE("3816 and 3818 in the middle of a body: what came is there", "[http][errors]") {
  RawWeb bench{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"};
  bench.get("http://raw.example/");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_raw("\r\nCONNECT\r\nabc");
  bench.wire().reset();
  bench.advance({});
  bench.expect(error(3816));
  bench.ok("AT+QHTTPGET=60");
  bench.wire().close();
  bench.send("AT+QHTTPREAD=30");
  bench.expect_raw("\r\nCONNECT\r\nabc\r\n+CME ERROR: 3818\r\n");
  bench.ok("AT+QHTTPGET=60");
  bench.exchange("AT+QHTTPDL=\"RAM:f\"", {"OK"});
  bench.wire().close();
  bench.advance({});
  bench.expect("+QHTTPDL: 3,10,3818");
  bench.exchange("AT+QFLST=\"RAM:*\"", {"+QFLST: \"RAM:f\",3", "OK"});
}

TEST_CASE("3819: the host's own request is none", "[http][errors]") {
  WebBench bench{
      {.configuration = configured({.firmware_date = device::FirmwareDate{2017, 6}}), .ready = Ready::ip_status}};
  bench.ok("AT+QHTTPCFG=\"requestheader\",1");
  bench.url("http://web.example");
  bench.send("AT+QHTTPPOST=5");
  bench.expect("CONNECT");
  bench.send_raw("a=1&b");
  bench.expect(error(3819));
}

TEST_CASE("3820 and 3828: the answer is none, or too long", "[http][errors]") {
  for (const auto* words : {"220 ftp ready\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "\x15\x03\x01"}) {
    RawWeb bench{words};
    bench.refused("http://raw.example/", 3820);
  }
  RawWeb bench{"HTTP/1.1 200 OK\r\nX: " + std::string(1024 * 1024, 'x')};
  bench.refused("http://raw.example/", 3828);
}

TEST_CASE("3820 in the middle of a body", "[http][errors]") {
  RawWeb bench{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz"};
  bench.get("http://raw.example/");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_raw("\r\nCONNECT\r\nabc");
  bench.wire().send("\r\n");
  bench.advance({});
  bench.expect(error(3820));
}

TEST_CASE("3821: the answer is fetched too late", "[http][errors]") {
  WebBench bench;
  bench.url("http://web.example/hello");
  bench.ok("AT+QHTTPGET=5");
  bench.advance(5s);
  bench.exchange("AT+QHTTPREAD=30", {error(3821)});
  bench.exchange("AT+QHTTPDL=\"RAM:f\"", {error(3821)});
  CHECK(bench.network().open_links() == 0);
  bench.ok("AT+QHTTPGET=5");
  bench.advance(4s);
  bench.send("AT+QHTTPREAD=30");
  bench.expect_body("hello");
}

TEST_CASE("3822 and 3829: the server's status", "[http][errors]") {
  WebBench bench;
  bench.refused("http://web.example/missing", 3822);
  bench.refused("http://web.example/moved", 3829);
  bench.exchange("AT+QHTTPREAD=30", {error(3804)});
  CHECK(bench.site->received.size() == 2);  // not followed
  bench.exchange("AT+CMEE=2", {"OK"});
  bench.exchange("AT+QHTTPGET=60", {"+CME ERROR: http need relocation"});
}

TEST_CASE("with http-error-body a status of 400 and above is an answer", "[http][errors]") {
  WebBench bench{{.configuration = configured({.firmware = {.http_error_body = true}}), .ready = Ready::ip_status}};
  bench.get("http://web.example/missing");
  bench.send("AT+QHTTPREAD=30");
  bench.expect_body("not found");
}

TEST_CASE("3823 and 3824: a voice call", "[http][errors]") {
  WebBench bench;
  bench.url("http://web.example/hello");
  bench.outside().ring("+447700900123");
  bench.advance({});
  bench.expect("RING");
  bench.exchange("AT+QHTTPGET=60", {error(3823)});
  bench.ok("ATA");
  bench.exchange("AT+QHTTPGET=60", {error(3824)});
  bench.ok("ATH");
  bench.ok("AT+QHTTPGET=60");
}

TEST_CASE("3825: URL and body must come in time", "[http][errors]") {
  WebBench bench;
  bench.url("http://web.example/hello");
  bench.send("AT+QHTTPPOST=10,2,30");
  bench.expect("CONNECT");
  bench.send_raw("abc");
  bench.advance(2s);
  bench.expect(error(3825));
  bench.ok("AT+QHTTPGET=60");  // the URL is still there
  bench.send("AT+QHTTPURL=10,2");
  bench.expect("CONNECT");
  bench.send_raw("http://");
  bench.advance(2s);
  bench.expect(error(3825));
  bench.exchange("AT+QHTTPGET=60", {error(3811)});
  // Between silences +++ gives it up.
  bench.send("AT+QHTTPURL=10,60");
  bench.expect("CONNECT");
  bench.advance(1s);
  bench.send_raw("+++");
  bench.advance(1s);
  bench.expect(error(3825));
}

TEST_CASE("3826: a gap in the body", "[http][errors]") {
  RawWeb bench{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"};
  bench.get("http://raw.example/");
  bench.send("AT+QHTTPREAD=5");
  bench.expect_raw("\r\nCONNECT\r\nabc");
  bench.advance(4s);
  bench.wire().send("d");
  bench.advance(4s);
  bench.expect_raw("d");
  bench.expect_nothing();
  bench.advance(1s);
  bench.expect(error(3826));
  bench.ok("AT+QHTTPGET=60");
  bench.exchange("AT+QHTTPDL=\"RAM:f\",100,5", {"OK"});
  bench.advance(5s);
  bench.expect("+QHTTPDL: 3,10,3826");
}

TEST_CASE("3827: no answer", "[http][errors]") {
  WebBench bench;
  bench.url("http://web.example/silent");
  bench.send("AT+QHTTPGET=5");
  bench.advance(4999ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect(error(3827));
  CHECK(bench.network().open_links() == 0);
}

// ---- bounds, forms and what else there is

TEST_CASE("wrong values and forms", "[http]") {
  WebBench bench;
  for (const auto* line : {"AT+QHTTPURL=0,30", "AT+QHTTPURL=451,30", "AT+QHTTPURL=10,0", "AT+QHTTPURL=10,65536",
                           "AT+QHTTPURL", "AT+QHTTPURL?", "AT+QHTTPGET=0", "AT+QHTTPGET=65536", "AT+QHTTPREAD=0",
                           "AT+QHTTPDL=\"f\",-1", "AT+QHTTPDL=\"f\",1,0", "AT+QHTTPPOST"}) {
    INFO(line);
    bench.exchange(line, {error(3765)});
  }
  bench.exchange("AT+QHTTPURL=?", {"+QHTTPURL: (1-450),(1-65535)", "OK"});
  bench.exchange("AT+QHTTPPOST=?", {"+QHTTPPOST: (1-29696),(1-65535),(1-65535)", "OK"});
  bench.exchange("AT+QHTTPREAD=?", {"+QHTTPREAD: (1-65535)", "OK"});
  bench.exchange("AT+QHTTPGET=?", {"+QHTTPGET: (1-65535)", "OK"});
  bench.exchange("AT+QHTTPDL=?", {"+QHTTPDL: <filename>,(1-),(1-65535)", "OK"});
}

TEST_CASE("HTTPS names its server with \"sni\" of the context", "[http]") {
  WebBench bench{{.configuration = configured({.firmware = {.sni = true}}), .ready = Ready::ip_status}};
  bench.ok("AT+QSSLCFG=\"https\",1;+QSSLCFG=\"httpsctxi\",1;+QSSLCFG=\"sni\",1,1");
  bench.get("https://web.example/hello");
  CHECK(bench.secure.tls()->server_name() == "web.example");
  bench.ok("AT+QSSLCFG=\"httpsctxi\",2");
  bench.ok("AT+QHTTPGET=60");
  CHECK(bench.secure.connections() == 2);
  CHECK_FALSE(bench.secure.tls()->server_name());
}

TEST_CASE("later firmware has AT+QHTTPCFG and AT+QHTTPRSP, earlier does not", "[http]") {
  WebBench early;
  early.exchange("AT+QHTTPCFG=\"REQUESTHEADER\",1", {"ERROR"});
  early.exchange("AT+QHTTPCFG=?", {"ERROR"});
  early.exchange("AT+QHTTPRSP?", {"ERROR"});
  WebBench bench{{.configuration = configured({.firmware = {.http_config = true}}), .ready = Ready::ip_status}};
  bench.site->resources["/api"] = {.status = 201, .content = "{}"};
  bench.ok("AT+QHTTPRSP?");
  bench.ok("AT+QHTTPCFG=?");
  bench.ok("AT+QHTTPCFG=\"CONTENT-TYPE\",\"application/json\"");
  bench.exchange("AT+QHTTPCFG=\"Content-Type\"", {"+QHTTPCFG: \"CONTENT-TYPE\",\"application/json\"", "OK"});
  bench.ok("AT+QHTTPCFG=\"requesttimeout\",5");
  bench.exchange("AT+QHTTPCFG=\"requesttimeout\"", {"+QHTTPCFG: \"requesttimeout\",5", "OK"});
  bench.exchange("AT+QHTTPCFG=\"contextid\",1", {error(3765)});
  bench.exchange("AT+QHTTPCFG=\"REQUESTHEADER\",2", {error(3765)});
  bench.url("http://web.example/api");
  bench.send("AT+QHTTPPOST=2");
  bench.expect("CONNECT");
  bench.send_raw("[]");
  bench.expect("OK");
  CHECK(bench.site->received.back().head.find("Content-Type: application/json\r\n") != std::string::npos);
  bench.exchange("AT+QHTTPRSP?", {"+QHTTPRSP: 201,2", "OK"});
  bench.ok("AT+QHTTPCFG=\"REQUESTHEADER\",1");
  bench.exchange("AT+QHTTPCFG=\"REQUESTHEADER\"", {"+QHTTPCFG: \"REQUESTHEADER\",1", "OK"});
  const std::string own = "DELETE /hello HTTP/1.1\r\nHost: web.example\r\n\r\n";
  bench.send(fmt::format("AT+QHTTPPOST={}", own.size()));
  bench.expect("CONNECT");
  bench.send_raw(own);
  bench.expect("OK");
  CHECK(bench.site->received.back().method == "DELETE");
  bench.url("http://web.example/silent");
  bench.send("AT+QHTTPGET");
  bench.advance(5s);
  bench.expect(error(3827));
}

TEST_CASE("why a request failed stands in one line of the log", "[http]") {
  WebBench bench;
  bench.refused("http://web.example/missing", 3822);
  CHECK(bench.log().contains("http: http://web.example/missing: the server answered 404 Not Found"));
  CHECK(bench.me().http().failure() == "http://web.example/missing: the server answered 404 Not Found");
  bench.ok("AT+QSSLCFG=\"https\",1;+QSSLCFG=\"seclevel\",0,1");
  bench.refused("https://web.example/hello", 3815);
  CHECK_THAT(bench.me().http().failure(), Catch::Contains("SSL context 0: cacert \"\" does not exist"));
}

TEST_CASE("power takes the URL, and a request that is under way", "[http]") {
  WebBench bench;
  bench.url("http://web.example/silent");
  bench.send("AT+QHTTPGET=60");
  bench.modem().power_key();
  bench.advance({});
  bench.expect("NORMAL POWER DOWN");
  bench.modem().power_key();
  bench.advance(60s);
  bench.take();
  bench.ask("ATE0");
  bench.ok("AT+CMEE=1");
  bench.exchange("AT+QHTTPGET=60", {error(3811)});
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("a terminal that goes away leaves no phase behind", "[http]") {
  WebBench bench;
  bench.site->resources["/large"] = {.content = std::string(100'000, 'x')};
  bench.get("http://web.example/large");
  auto& second = bench.modem().terminals().add();
  second.receive(as_bytes("AT+QHTTPREAD=30\r"));
  bench.advance({});
  CHECK(bench.me().http().phase() == device::Http::Phase::reading);
  bench.modem().terminals().remove(second);
  bench.advance({});
  CHECK(bench.me().http().phase() == device::Http::Phase::idle);
  auto& third = bench.modem().terminals().add();
  third.receive(as_bytes("AT+QHTTPURL=30\r"));
  bench.advance({});
  CHECK(bench.me().http().phase() == device::Http::Phase::input);
  bench.modem().terminals().remove(third);
  CHECK(bench.me().http().phase() == device::Http::Phase::idle);
}
