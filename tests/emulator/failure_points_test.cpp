// SPDX-License-Identifier: Apache-2.0
// Whatever fails, and whenever: the module stays in a state that it has told, and goes on working (architecture 2.8).
#include "tests/support/failure_points.hpp"

#include <string>

#include "emulator/workbench/service_peer.hpp"
#include "net/http/server.hpp"
#include "net/smtp/server.hpp"
#include "tests/emulator/ssl_bench.hpp"
#include "tls/base64.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

/// Collects everything a script makes the module say.
template <class Bench>
struct Script {
  Bench& bench;
  std::string said;

  void line(std::string_view command, Duration wait = 2min) {
    bench.send(command);
    pass(wait);
  }
  void raw(std::string_view bytes, Duration wait = 2min) {
    bench.send_raw(bytes);
    pass(wait);
  }
  void pass(Duration wait) {
    bench.advance(wait);
    said += bench.take();
  }
};

/// No command, prompt or data mode is left, nothing is pending, no connection is half there.
void check_at_rest(ModemBench& bench) {
  CHECK(bench.channel().mode_name() == "command");
  CHECK(bench.timeline().idle());
  CHECK(bench.ask("AT") == "\r\nOK\r\n");
}

}  // namespace

TEST_CASE("every failure of the network during a TLS session", "[failure points]") {
  const auto latency = GENERATE(0ms, 50ms);
  const auto points = for_each_failure_point([latency](std::size_t n) {
    SslBench bench{tls_server_demanding_certificates()};
    bench.peer.on_plaintext = [&](std::string_view piece) { bench.peer.send(piece); };
    bench.upload("RAM:ca", "ca.crt");
    bench.upload("RAM:c", "client.crt");
    bench.upload("RAM:k", "client.key");
    bench.ok("AT+QSSLCFG=\"ignorertctime\",1;+QSSLCFG=\"seclevel\",0,2;+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
    bench.ok("AT+QSSLCFG=\"clientcert\",0,\"RAM:c\";+QSSLCFG=\"clientkey\",0,\"RAM:k\"");
    bench.network().add_name("peer.test", {*net::IpAddress::parse(kPeerAddress)});
    bench.network().set_latency(latency);
    bench.network().fail_operation(n);

    Script<SslBench> script{bench, {}};
    script.line("AT+QSSLOPEN=1,0,\"peer.test\",443,0");
    const bool opened = count(script.said, "+QSSLOPEN: 1,0\r\n") == 1;
    for (int i = 0; i < 3; ++i) {
      bench.send_raw("AT+QSSLSEND=1,5\r");
      script.pass({});
      if (bench.channel().mode_name() == "intake") script.raw("hello");
      script.line("AT+QSSLRECV=0,1,1500");
    }
    const bool closed_by_itself = count(script.said, "+QSSLURC: \"closed\",1") == 1;
    script.line("AT+QSSLCLOSE=1");
    const bool closed_by_command = count(script.said, "\r\n1, CLOSE OK\r\n") == 1;

    INFO(escaped(script.said));
    // One result for the open, one end for what was open.
    CHECK(count(script.said, "+QSSLOPEN: 1,") == 1);
    CHECK(closed_by_itself + closed_by_command == (opened ? 1 : 0));
    CHECK(count(script.said, "closed") == (closed_by_itself ? 1 : 0));
    check_at_rest(bench);
    CHECK(bench.network().open_links() == 0);

    const auto operations = bench.network().operations();
    bench.network().fail_operation(0);
    bench.network().set_latency({});
    bench.open(1);
    bench.send_raw("AT+QSSLSEND=1,14\rit works again");
    CHECK(bench.take() == "\r\n> \r\nSEND OK\r\n\r\n+QSSLURC: \"recv\",0,1\r\n");
    CHECK(bench.receive(1) == "it works again");
    return operations;
  });
  // Look-up, connection, both sides' flights, data to and fro, close_notify.
  CHECK(points > 10);
}

TEST_CASE("every failure of the network during TCP sessions side by side", "[failure points]") {
  const auto points = for_each_failure_point([](std::size_t n) {
    ModemBench bench{{.ready = Ready::ip_status}};
    bench.ok("AT+QIMUX=1;+QINDI=1;+QISDE=0");
    auto& listener = bench.network().listen(kPeerAddress, 80);
    listener.on_accept = [](net::SimConnection& peer) {
      peer.on_received = [&peer](ByteSpan data) { peer.send(data); };
    };
    bench.network().fail_operation(n);
    Script<ModemBench> script{bench, {}};
    for (const int i : {0, 1}) script.line(fmt::format("AT+QIOPEN={},\"TCP\",\"{}\",80", i, kPeerAddress));
    for (const int i : {0, 1, 0}) {
      script.line(fmt::format("AT+QISEND={},5", i), {});
      if (bench.channel().mode_name() == "intake") script.raw("hello");
      script.line(fmt::format("AT+QIRD=0,1,{},1500", i));
    }
    for (const int i : {0, 1}) script.line(fmt::format("AT+QICLOSE={}", i));
    INFO(escaped(script.said));
    for (const int i : {0, 1}) {
      const auto opened = count(script.said, fmt::format("\r\n{}, CONNECT OK\r\n", i));
      CHECK(opened + count(script.said, fmt::format("\r\n{}, CONNECT FAIL\r\n", i)) == 1);
      CHECK(count(script.said, fmt::format("\r\n{}, CLOSED\r\n", i)) +
                count(script.said, fmt::format("\r\n{}, CLOSE OK\r\n", i)) ==
            opened);
    }
    check_at_rest(bench);
    CHECK(bench.network().open_links() == 0);
    return bench.network().operations();
  });
  CHECK(points >= 10);
}

TEST_CASE("every failure of the network during requests over HTTP", "[failure points]") {
  const auto secure = GENERATE(false, true);
  const auto points = for_each_failure_point([secure](std::size_t n) {
    ModemBench bench{{.ready = Ready::ip_status}};
    const auto site = std::make_shared<net::http::Site>();
    site->resources["/a"] = {.content = std::string(10'000, 'x')};
    const auto meet = [&](auto&) { return std::make_unique<net::http::ServerSession>(site); };
    const workbench::ServicePeer web{bench.network(), {"web.example", 80}, meet};
    const workbench::ServicePeer tls{bench.network(), {"web.example", 443}, meet, tls_server()};
    bench.ok("AT+CMEE=1;+QSSLCFG=\"https\",1;+QSSLCFG=\"ignorertctime\",1");
    const std::string url = secure ? "https://web.example/a" : "http://web.example/a";
    bench.exchange(fmt::format("AT+QHTTPURL={}", url.size()), {"CONNECT"});
    bench.send_raw(url);
    bench.expect("OK");
    bench.network().fail_operation(n);
    Script<ModemBench> script{bench, {}};
    script.line("AT+QHTTPGET=30", {});
    script.line("AT+QHTTPREAD=30");
    script.line("AT+QHTTPGET=30", {});
    script.line("AT+QHTTPDL=\"RAM:f\",20000");
    script.line("AT+QHTTPPOST=5", {});
    if (bench.channel().mode_name() == "intake") script.raw("hello");
    INFO(escaped(script.said));
    // One result for each of the five commands; a download that has begun tells how it ended.
    const auto oks = count(script.said, "\r\nOK\r\n"), errors = count(script.said, "\r\n+CME ERROR: 38");
    CHECK(oks + errors == 5);
    CHECK(count(script.said, "+QHTTPDL: ") <= 1);
    check_at_rest(bench);
    const auto operations = bench.network().operations();
    bench.network().fail_operation(0);
    bench.ok("AT+QHTTPGET=30");
    CHECK(bench.ask("AT+QHTTPREAD=30") == "\r\nCONNECT\r\n" + std::string(10'000, 'x') + "\r\nOK\r\n");
    CHECK(bench.network().open_links() == 0);
    return operations;
  });
  CHECK(points >= 10);
}

TEST_CASE("every failure of the network while mails are sent", "[failure points]") {
  const auto style = GENERATE(0, 1, 2);  // in clear, TLS, STARTTLS
  const auto points = for_each_failure_point([style](std::size_t n) {
    ModemBench bench{{.ready = Ready::ip_status}};
    std::vector<net::smtp::Delivery> box;
    net::smtp::Server::Config config{.users = {{"u", "p"}},
                                     .offers_tls = style == 2,
                                     .secure = style == 1,
                                     .auth_needs_tls = style != 0,
                                     .needs_auth = true,
                                     .base64 = [](ByteSpan octets) { return tls::base64(octets); },
                                     .unbase64 = [](std::string_view text) { return tls::from_base64(text); },
                                     .deliver =
                                         [&box](const auto& mail) {
                                           box.push_back(mail);
                                           return true;
                                         }};
    const auto meet = [&config](auto&) { return std::make_unique<net::smtp::Server>(config); };
    using workbench::ServicePeer;
    const auto when = style == 0   ? ServicePeer::Tls::never
                      : style == 1 ? ServicePeer::Tls::at_once
                                   : ServicePeer::Tls::when_asked;
    const ServicePeer server{bench.network(), {"mail.example", 25}, meet, tls_server(), when};
    bench.ok(fmt::format("AT+CMEE=1;+QSSLCFG=\"smtpstyle\",{};+QSSLCFG=\"ignorertctime\",1", style));
    bench.ok("AT+QSMTPSRV=\"mail.example\",25;+QSMTPUSER=\"u\";+QSMTPPWD=\"p\";+QSMTPADDR=\"a@example.org\"");
    bench.exchange("AT+QSMTPDST=1,1,\"b@example.org\"", {"+QSMTPDST: 1", "OK"});
    Script<ModemBench> script{bench, {}};
    script.line("AT+QSMTPATT=\"f\",10000,10", {});
    script.raw(std::string(10'000, 'x'));
    REQUIRE(script.said.ends_with("+QSMTPATT: 10000\r\n"));
    script.said.clear();

    bench.network().fail_operation(n);
    for (int i = 0; i < 2; ++i) script.line("AT+QSMTPPUT=100");
    INFO(escaped(script.said));
    // Each mail has one OK and one result. What is told to be sent is there; a failure that comes behind the server's
    // last word may make one that is there count as lost, never the other way round.
    const auto sent = count(script.said, "\r\n+QSMTPPUT: 0\r\n");
    CHECK(count(script.said, "\r\nOK\r\n") == 2);
    CHECK(count(script.said, "+QSMTPPUT: ") == 2);
    CHECK(sent + count(script.said, "\r\n+QSMTPPUT: -") == 2);
    CHECK(sent >= 1);  // one operation fails, not two
    CHECK(box.size() >= sent);
    for (const auto& mail : box) CHECK(mail.text.size() > 13'000);  // whole, or not at all
    check_at_rest(bench);
    const auto operations = bench.network().operations();
    bench.network().fail_operation(0);
    const auto before = box.size();
    script.said.clear();
    script.line("AT+QSMTPPUT=100");
    CHECK(script.said == "\r\nOK\r\n\r\n+QSMTPPUT: 0\r\n");
    CHECK(box.size() == before + 1);
    CHECK(bench.network().open_links() == 0);
    return operations;
  });
  CHECK(points >= 10);
}

TEST_CASE("every failure of the network in transparent mode", "[failure points]") {
  const auto points = for_each_failure_point([](std::size_t n) {
    ModemBench bench{{.ready = Ready::ip_status}};
    bench.ok("AT+QIMODE=1");
    auto& listener = bench.network().listen(kPeerAddress, 80);
    listener.on_accept = [](net::SimConnection& peer) {
      peer.on_received = [&peer](ByteSpan data) { peer.send(data); };
    };
    bench.network().fail_operation(n);
    Script<ModemBench> script{bench, {}};
    script.line(fmt::format("AT+QIOPEN=\"TCP\",\"{}\",80", kPeerAddress));
    script.raw("hello");
    script.raw("+++");
    script.line("ATO");
    script.raw("world");
    script.raw("+++");
    script.line("\rAT+QICLOSE");
    INFO(escaped(script.said));
    check_at_rest(bench);
    CHECK(bench.network().open_links() == 0);
    CHECK(count(script.said, "CLOSED") + count(script.said, "CLOSE OK") + count(script.said, "CONNECT FAIL") == 1);
    return bench.network().operations();
  });
  CHECK(points >= 6);
}

TEST_CASE("every failure of the flash during QSECWRITE, QSECREAD and QSECDEL", "[failure points]") {
  const auto error = GENERATE(storage::FlashError::failed, storage::FlashError::full);
  const auto points = for_each_failure_point([error](std::size_t n) {
    ModemBench bench;
    bench.faulty_flash().fail_operation(n, error);
    Script<ModemBench> script{bench, {}};
    script.line("AT+QSECWRITE=\"NVRAM:CA0\",12", {});
    if (bench.channel().mode_name() == "intake") script.raw("hello, world");
    const bool stored = count(script.said, "+QSECWRITE: 12,4844") == 1;
    script.line("AT+QSECREAD=\"NVRAM:CA0\"");
    script.line("AT+QSECREAD=\"NVRAM:CA0\"");
    const auto before_delete = script.said.size();
    script.line("AT+QSECDEL=\"NVRAM:CA0\"");
    const bool deleted = script.said.substr(before_delete) == "\r\nOK\r\n";
    const auto operations = bench.faulty_flash().operations();
    bench.faulty_flash().fail_operation(0);

    INFO(escaped(script.said));
    check_at_rest(bench);
    // What the module said is what there is, now and after a restart.
    for (const bool restarted : {false, true}) {
      if (restarted) bench.replug();
      CHECK(bench.ask("AT+QSECREAD=\"NVRAM:CA0\"") ==
            (stored && !deleted ? "\r\n+QSECREAD: 1,4844\r\n\r\nOK\r\n" : "\r\n+CME ERROR: 4010\r\n"));
    }
    return operations;
  });
  CHECK(points >= 5);
}

TEST_CASE("every failure of the flash while a module starts and stores its profile", "[failure points]") {
  const auto points = for_each_failure_point([](std::size_t n) {
    ModemBench bench;
    bench.ok("AT+CMEE=2&W");
    bench.send("AT+QSECWRITE=\"NVRAM:CA0\",12");
    bench.send_raw("hello, world");
    bench.take();
    bench.faulty_flash().fail_operation(n);
    bench.replug();
    bench.take();
    const bool stored = bench.ask("AT+CMEE=0&W") == "\r\nOK\r\n";
    const auto operations = bench.faulty_flash().operations();
    bench.faulty_flash().fail_operation(0);
    check_at_rest(bench);
    bench.replug();
    bench.exchange("AT+CMEE?", {stored ? "+CMEE: 0" : "+CMEE: 2", "OK"});
    bench.exchange("AT+QSECREAD=\"NVRAM:CA0\"", {"+QSECREAD: 1,4844", "OK"});
    return operations;
  });
  CHECK(points >= 3);
}
