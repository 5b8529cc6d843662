// SPDX-License-Identifier: Apache-2.0
// AT+QSMTP* (services.md 4): the dialogues as drivers hold them, every negative result with what causes it.
#include <string>

#include <fmt/core.h>

#include "emulator/device/configuration.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/mailer.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/faults/faults.hpp"
#include "emulator/terminal/terminals.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/service_peer.hpp"
#include "net/smtp/server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/error_numbers.hpp"
#include "tests/support/failure_points.hpp"
#include "tests/support/mime.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/tls_peer.hpp"
#include "tls/base64.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using namespace quasimodem::workbench;
using net::smtp::Delivery;
using Trouble = net::smtp::Server::Trouble;

namespace {

/// A module and a mail server, mail.example: port 25 in clear, 465 TLS, 587 STARTTLS with AUTH only behind it, 26
/// without anything.
struct MailBench : ModemBench {
  explicit MailBench(Options options = {.ready = Ready::ip_status}) : ModemBench{std::move(options)} {
    server.users = {{"u", "p"}};
    server.base64 = [](ByteSpan octets) { return tls::base64(octets); };
    server.unbase64 = [](std::string_view text) { return tls::from_base64(text); };
    server.deliver = [this](const Delivery& delivery) {
      box.push_back(delivery);
      return true;
    };
    ok("AT+CMEE=1");
  }

  std::unique_ptr<net::PeerSession> meet(bool secure, bool starts_tls) {
    auto config = server;
    config.secure = secure;
    config.offers_tls = starts_tls && !no_start_tls;
    config.auth_needs_tls = starts_tls;
    return std::make_unique<net::smtp::Server>(std::move(config));
  }

  void to_server(int port = 25) {
    ok(fmt::format("AT+QSMTPSRV=\"mail.example\",{}", port));
    ok("AT+QSMTPUSER=\"u\"");
    ok("AT+QSMTPPWD=\"p\"");
    ok("AT+QSMTPNAME=\"Meter 7\"");
    ok("AT+QSMTPADDR=\"meter7@example.org\"");
    exchange("AT+QSMTPDST=1,1,\"a@example.org\"", {"+QSMTPDST: 1", "OK"});
    ok("AT+QSMTPSUB=0,\"Report\"");
  }
  void body(std::string_view text, std::string_view charset = "1") {
    send(fmt::format("AT+QSMTPBODY={},10", charset));
    expect("OK");
    expect("CONNECT");
    send_raw(text);
    advance(1s);
    send_raw("+++");
    advance(1s);
    expect(fmt::format("+QSMTPBODY: {}", text.size()));
    expect_nothing();
  }
  /// The mail goes out, and this is what becomes of it.
  void put(int result, Duration after = 20s) {
    send("AT+QSMTPPUT");
    expect("OK");
    advance(after);
    expect(fmt::format("+QSMTPPUT: {}", result));
    expect_nothing();
  }
  void attach(std::string_view name, std::string_view content) {
    send(fmt::format("AT+QSMTPATT=\"{}\",{},10", name, content.size()));
    expect("OK");
    expect("CONNECT");
    send_raw(content);
    expect(fmt::format("+QSMTPATT: {}", content.size()));
    expect_nothing();
  }
  std::string why() { return me().mailer().failure(); }

  net::smtp::Server::Config server;
  bool no_start_tls = false;
  std::vector<Delivery> box;
  ServicePeer in_clear{network(), {"mail.example", 25}, [this](auto&) { return meet(false, false); }};
  ServicePeer over_tls{network(), {"mail.example", 465}, [this](auto&) { return meet(true, false); }, tls_server()};
  ServicePeer starting{network(),
                       {"mail.example", 587},
                       [this](auto&) { return meet(false, true); },
                       tls_server(),
                       ServicePeer::Tls::when_asked};
};

}  // namespace

TEST_CASE("a mail as a driver sends it; the context comes up by itself", "[smtp]") {
  MailBench bench{{.ready = Ready::attached}};
  bench.to_server();
  bench.exchange("AT+QSMTPDST=1,2,\"b@example.org\"", {"+QSMTPDST: 2", "OK"});
  bench.exchange("AT+QSMTPDST=1,3,\"c@example.org\"", {"+QSMTPDST: 3", "OK"});
  bench.body("All is well.");
  bench.put(0);
  REQUIRE(bench.box.size() == 1);
  const auto& mail = bench.box.front();
  CHECK(mail.user == "u");
  CHECK(mail.hello.starts_with("[10."));
  CHECK_FALSE(mail.secure);
  CHECK(mail.sender == "meter7@example.org");
  CHECK(mail.recipients == std::vector<std::string>{"a@example.org", "b@example.org", "c@example.org"});
  const auto part = taken_apart(mail.text);
  CHECK(part.header("From") == "\"Meter 7\" <meter7@example.org>");
  CHECK(part.header("To") == "<a@example.org>");
  CHECK(part.header("Cc") == "<b@example.org>");
  CHECK(part.header("Subject") == "Report");
  CHECK(part.header("Date").ends_with(" +0000"));
  CHECK(part.body == "All is well.\r\n");
  CHECK(bench.context(0).state() == device::TcpIpState::ip_gprsact);
  CHECK(bench.network().open_links() == 0);
  CHECK(bench.context(0).socket(0) == nullptr);

  // Everything is kept.
  bench.put(0);
  REQUIRE(bench.box.size() == 2);
  CHECK(taken_apart(bench.box[1].text).body == part.body);
  CHECK(taken_apart(bench.box[1].text).header("Message-ID") != part.header("Message-ID"));
  bench.ok("AT+QSMTPCLR");
  bench.put(-1);
}

TEST_CASE("a text ends with +++, with the time-out, or with 10240 octets", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.body("");
  bench.body("a+++b \x1a\x1b end");
  CHECK(bench.me().mailer().settings.mail.body.text == "a+++b \x1a\x1b end");
  bench.send("AT+QSMTPBODY=0,3");
  bench.expect("OK");
  bench.expect("CONNECT");
  bench.send_raw("again");
  bench.advance(2900ms);
  bench.expect_nothing();
  bench.advance(100ms);
  bench.expect("+QSMTPBODY: 5");
  const std::string large(10240, 'x');
  bench.send("AT+QSMTPBODY=0,3");
  bench.expect("OK");
  bench.expect("CONNECT");
  bench.send_raw(large + "\r\n");
  bench.expect("+QSMTPBODY: 10240");
  bench.expect_nothing();
  bench.put(0);
  CHECK(taken_apart(bench.box.back().text).body == large);
  // 0 is the usual time.
  bench.send("AT+QSMTPBODY=0,0");
  bench.expect("OK");
  bench.expect("CONNECT");
  bench.advance(59s);
  bench.expect_nothing();
  bench.advance(1s);
  bench.expect("+QSMTPBODY: 0");
}

TEST_CASE("subject and text in four character sets", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.server.eight_bit = GENERATE(true, false);
  struct Case {
    int number;
    std::string name;
    std::string text;
  };
  for (const auto& [number, name, text] :
       {Case{0, "us-ascii", "Hello"},
        Case{1, "utf-8",
             "Gr\xC3\xBC\xC3\x9F"
             "e"},
        Case{2, "gb2312", "\xC4\xE3\xBA\xC3"}, Case{3, "big5", "\xA7\x41\xA6\x6E"}}) {
    bench.ok(fmt::format("AT+QSMTPSUB={},\"{}\"", number, text));
    bench.exchange("AT+QSMTPSUB?", {fmt::format("+QSMTPSUB: {},\"{}\"", number, text), "OK"});
    bench.body(text, std::to_string(number));
    bench.put(0);
    const auto part = taken_apart(bench.box.back().text);
    std::string charset;
    CHECK(decoded_words(part.header("Subject"), &charset) == text);
    if (number > 0) CHECK(charset == name);
    CHECK(part.header("Content-Type") == "text/plain; charset=" + name);
    CHECK(part.body.starts_with(text));
  }
}

TEST_CASE("recipients: added, shown and deleted, 20 at most", "[smtp]") {
  MailBench bench;
  for (int i = 1; i <= 20; ++i)
    bench.exchange(fmt::format("AT+QSMTPDST=1,{},\"n{}@x\"", 1 + i % 3, i), {fmt::format("+QSMTPDST: {}", i), "OK"});
  bench.exchange("AT+QSMTPDST=1,1,\"more@x\"", {"ERROR"});
  bench.exchange("AT+QSMTPDST=0,2,\"n1@x\"", {"+QSMTPDST: 19", "OK"});
  bench.exchange("AT+QSMTPDST=0,1,\"n1@x\"", {"+QSMTPDST: 19", "OK"});
  bench.exchange("AT+QSMTPDST=0,3", {"+QSMTPDST: 12", "OK"});
  bench.exchange("AT+QSMTPDST=0,2", {"+QSMTPDST: 6", "OK"});
  bench.exchange("AT+QSMTPDST?", {"+QSMTPDST: 1,\"n3@x\"", "+QSMTPDST: 1,\"n6@x\"", "+QSMTPDST: 1,\"n9@x\"",
                                  "+QSMTPDST: 1,\"n12@x\"", "+QSMTPDST: 1,\"n15@x\"", "+QSMTPDST: 1,\"n18@x\"", "OK"});
  bench.exchange("AT+QSMTPDST=0", {"+QSMTPDST: 0", "OK"});
  bench.ok("AT+QSMTPDST?");
}

TEST_CASE("settings are shown as they are, and CLR takes them back", "[smtp]") {
  MailBench bench;
  bench.exchange("AT+QSMTPSRV?", {"+QSMTPSRV: \"\",25", "OK"});
  bench.to_server(465);
  bench.exchange("AT+QSMTPSRV?", {"+QSMTPSRV: \"mail.example\",465", "OK"});
  bench.exchange("AT+QSMTPUSER?", {"+QSMTPUSER: \"u\"", "OK"});
  bench.exchange("AT+QSMTPPWD?", {"+QSMTPPWD: \"p\"", "OK"});
  bench.ok("AT+QSMTPPASS=\"q\"");
  bench.exchange("AT+QSMTPPASS?", {"+QSMTPPASS: \"q\"", "OK"});
  bench.exchange("AT+QSMTPPWD?", {"+QSMTPPWD: \"q\"", "OK"});
  bench.exchange("AT+QSMTPNAME?", {"+QSMTPNAME: \"Meter 7\"", "OK"});
  bench.exchange("AT+QSMTPADDR?", {"+QSMTPADDR: \"meter7@example.org\"", "OK"});
  bench.exchange("AT+QSMTPSUB?", {"+QSMTPSUB: 0,\"Report\"", "OK"});
  bench.exchange("AT+QSMTPCFG=1", {"+QSMTPCFG: 1,1", "OK"});
  bench.ok("AT+QSMTPCFG=1,0");
  bench.exchange("AT+QSMTPCFG=1", {"+QSMTPCFG: 1,0", "OK"});
  bench.body("x");
  bench.attach("f", "1");
  bench.ok("AT+QSMTPCLR");
  bench.exchange("AT+QSMTPSRV?", {"+QSMTPSRV: \"\",25", "OK"});
  bench.exchange("AT+QSMTPUSER?", {"+QSMTPUSER: \"\"", "OK"});
  bench.exchange("AT+QSMTPPWD?", {"+QSMTPPWD: \"\"", "OK"});
  bench.exchange("AT+QSMTPNAME?", {"+QSMTPNAME: \"\"", "OK"});
  bench.exchange("AT+QSMTPADDR?", {"+QSMTPADDR: \"\"", "OK"});
  bench.exchange("AT+QSMTPSUB?", {"+QSMTPSUB: 0,\"\"", "OK"});
  bench.ok("AT+QSMTPDST?");
  bench.ok("AT+QSMTPATT?");
  CHECK(bench.me().mailer().settings.mail.body.text.empty());
  bench.ok("AT+QSMTPSRV=\"h\"");
  bench.exchange("AT+QSMTPSRV?", {"+QSMTPSRV: \"h\",25", "OK"});
}

TEST_CASE("a bad value is 3765, a form that there is not a plain ERROR", "[smtp]") {
  MailBench bench;
  const auto bad = GENERATE(values<std::string>({"SRV=\"\"",
                                                 "SRV=\"h\",0",
                                                 "SRV=\"h\",65536",
                                                 "SRV=\"h\",25,1",
                                                 "SRV",
                                                 "USER=",
                                                 "USER=\"a\",\"b\"",
                                                 "NAME=",
                                                 "ADDR=\"a b@c\"",
                                                 "ADDR=\"<a@b>\"",
                                                 "DST=2",
                                                 "DST=1",
                                                 "DST=1,1",
                                                 "DST=1,4,\"x@example.org\"",
                                                 "DST=1,0,\"a@b\"",
                                                 "DST=1,1,\"a b\"",
                                                 "DST=1,1,\"\"",
                                                 "DST=0,4",
                                                 "DST=0,,\"a@b\"",
                                                 "SUB=7,\"x\"",
                                                 "SUB=4,\"x\"",
                                                 "SUB=0",
                                                 "SUB=\"x\"",
                                                 "BODY=4",
                                                 "BODY=0,48001",
                                                 "BODY=0,-1",
                                                 "BODY=x",
                                                 "BODY=0,1,1",
                                                 "ATT=\"\"",
                                                 "ATT=\"f\",0",
                                                 "ATT=\"f\",102401",
                                                 "ATT=\"f\",1,48001",
                                                 "ATT=\"/UFS/\",1",
                                                 "DATT=0",
                                                 "DATT=11",
                                                 "DATT=1",
                                                 "CFG=2",
                                                 "CFG=1,2",
                                                 "CFG=0,1",
                                                 "PUT=99",
                                                 "PUT=48001",
                                                 "PUT=x"}));
  if (bad == "SRV") return;
  CAPTURE(bad);
  bench.exchange("AT+QSMTP" + bad, {"+CME ERROR: 3765"});
  bench.ok("AT+QSMTPATT?");
}

TEST_CASE("forms", "[smtp]") {
  MailBench bench;
  for (const auto* name : {"SRV", "USER", "PWD", "PASS", "NAME", "ADDR", "DST", "SUB", "BODY", "ATT", "CFG"})
    bench.exchange(fmt::format("AT+QSMTP{}", name), {"ERROR"});
  for (const auto* name : {"CLR", "BODY", "DATT", "CFG", "PUT"})
    bench.exchange(fmt::format("AT+QSMTP{}?", name), {"ERROR"});
  bench.exchange("AT+QSMTPCLR=1", {"ERROR"});
  for (const auto* name :
       {"CLR", "SRV", "USER", "PWD", "PASS", "NAME", "ADDR", "DST", "SUB", "BODY", "ATT", "DATT", "CFG", "PUT"}) {
    const auto answer = bench.ask(fmt::format("AT+QSMTP{}=?", name));
    INFO(answer);
    CHECK(answer.ends_with("\r\nOK\r\n"));
  }
  CHECK(bench.ask("AT+QSMTPPUT=?").find("+QSMTPPUT: (100-48000)\r\n") != std::string::npos);
  CHECK(bench.ask("AT+QSMTPCFG=?").find("+QSMTPCFG: (1)[,(0,1)]\r\n") != std::string::npos);
}

TEST_CASE("over TLS at once, with the context that is named", "[smtp]") {
  MailBench bench;
  bench.ok("AT+QSSLCFG=\"smtpstyle\",1;+QSSLCFG=\"smtpsctxi\",2");
  bench.ok("AT+QSSLCFG=\"sslversion\",2,2");
  bench.to_server(465);
  bench.body("via TLS");
  bench.put(0);
  REQUIRE(bench.box.size() == 1);
  CHECK(bench.box.front().secure);
  CHECK(bench.over_tls.tls()->version() == tls::Version::tls1_1);
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("the port is not chosen by the style", "[smtp]") {
  MailBench bench;
  bench.to_server(25);
  bench.ok("AT+QSSLCFG=\"smtpstyle\",1");
  bench.put(-1, 80s);  // the server speaks first, and no TLS
  CHECK_THAT(bench.why(), Catch::StartsWith("mail.example:25: no TLS: "));
  CHECK(bench.box.empty());
}

TEST_CASE("STARTTLS: AUTH and the mail behind it only", "[smtp]") {
  MailBench bench;
  bench.ok("AT+QSSLCFG=\"smtpstyle\",2;+QSSLCFG=\"smtpsctxi\",1;+QSSLCFG=\"sslversion\",1,1");
  bench.to_server(587);
  bench.body("See the log.");
  bench.attach("pic.bin", "\x89\x50\x4e\x47");
  bench.put(0);
  REQUIRE(bench.box.size() == 1);
  CHECK(bench.box.front().secure);
  CHECK(bench.box.front().user == "u");
  CHECK(bench.starting.tls()->version() == tls::Version::tls1_0);
  CHECK(taken_apart(bench.box.front().text).parts.at(1).body == "\x89\x50\x4e\x47");
  CHECK(bench.network().open_links() == 0);
  bench.put(0);
}

TEST_CASE("a mail server is named with \"sni\", over TLS at once and with STARTTLS", "[smtp]") {
  MailBench bench{{.configuration = configured({.firmware = {.sni = true}}), .ready = Ready::ip_status}};
  const bool at_once = GENERATE(true, false);
  bench.ok(fmt::format("AT+QSSLCFG=\"smtpstyle\",{};+QSSLCFG=\"sni\",0,1", at_once ? 1 : 2));
  bench.to_server(at_once ? 465 : 587);
  bench.body("called by name");
  bench.put(0);
  CHECK((at_once ? bench.over_tls : bench.starting).tls()->server_name() == "mail.example");
}

TEST_CASE("what STARTTLS verifies is what AT+QSSLOPEN would", "[smtp]") {
  MailBench bench;
  bench.ok("AT+QSSLCFG=\"smtpstyle\",2;+QSSLCFG=\"seclevel\",0,1");
  bench.to_server(587);
  SECTION("no CA: not even a connection") {
    bench.put(-1);
    CHECK_THAT(bench.why(), Catch::Contains("cacert"));
    CHECK(bench.starting.connections() == 0);
  }
  SECTION("a CA that knows the server, and one that does not") {
    bench.ok("AT+QSSLCFG=\"ignorertctime\",1");
    const auto ca = pki("ca.crt");
    bench.send(fmt::format("AT+QSECWRITE=\"RAM:ca\",{},5", ca.size()));
    bench.expect("CONNECT");
    bench.send_raw(ca);
    bench.take();
    bench.ok("AT+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
    bench.faults().add({.name = "tls.unknown_ca", .count = 1});
    bench.put(-1);
    CHECK_THAT(bench.why(), Catch::Contains("no TLS"));
    REQUIRE(bench.starting.connections() == 1);
    CHECK(bench.box.empty());
    bench.put(0);
    bench.ok("AT+QSSLCFG=\"ignorertctime\",0;+CCLK=\"50/01/01,00:00:00+00\"");
    bench.put(-1);  // it has expired
  }
  CHECK(bench.box.size() <= 1);
}

TEST_CASE("without STARTTLS, or with words in clear behind it, nothing goes on", "[smtp]") {
  MailBench bench;
  bench.ok("AT+QSSLCFG=\"smtpstyle\",2");
  bench.to_server(587);
  SECTION("not offered") {
    bench.no_start_tls = true;
    bench.put(-1);
    CHECK(bench.why() == "mail.example:587: STARTTLS is not offered by the server");
  }
  SECTION("refused") {
    bench.server.troubles = {{.at = "STARTTLS", .code = 454, .text = "not now"}};
    bench.put(-1);
    CHECK(bench.why() == "mail.example:587: STARTTLS was refused: 454 not now");
  }
  SECTION("injected") {
    bench.server.troubles = {{.at = "STARTTLS", .kind = Trouble::Kind::inject, .text = "250 AUTH LOGIN\r\n"}};
    bench.put(-1);
    CHECK(bench.why() == "mail.example:587: STARTTLS was answered with more than its reply, in clear");
  }
  SECTION("the server falls silent in the handshake") {
    bench.faults().add({.name = "tls.stall"});
    bench.put(-1, 80s);
    CHECK_THAT(bench.why(), Catch::StartsWith("mail.example:587: no TLS: "));
  }
  CHECK(bench.box.empty());
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("attachments from the store and from the host", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.body("See the log.");
  REQUIRE(bench.me().files().add(*device::FileName::parse("UFS:log.txt"), as_bytes("line 1\n")));
  REQUIRE(bench.me().files().add(*device::FileName::parse("RAM:b"), as_bytes("in RAM")));
  bench.exchange("AT+QSMTPATT=\"/UFS/log.txt\"", {"OK", "+QSMTPATT: 7"});
  bench.exchange("AT+QSMTPATT=\"RAM:b\"", {"OK", "+QSMTPATT: 6"});
  std::string large;
  for (int i = 0; large.size() < 102400; ++i) large += fmt::format("{:c}{:07}", i % 256, i);
  large.resize(102400);
  bench.attach("/COM/large.bin", large);
  bench.exchange("AT+QSMTPATT?",
                 {"+QSMTPATT: 1,\"log.txt\",7", "+QSMTPATT: 2,\"b\",6", "+QSMTPATT: 3,\"large.bin\",102400", "OK"});
  bench.put(0);
  auto part = taken_apart(bench.box.back().text);
  REQUIRE(part.parts.size() == 4);
  CHECK(part.parts[1].body == "line 1\n");
  CHECK(part.parts[2].body == "in RAM");
  CHECK(part.parts[3].body == large);
  CHECK(part.parts[3].header("Content-Disposition") == "attachment; filename=\"large.bin\"");

  bench.ok("AT+QSMTPDATT=2");
  bench.exchange("AT+QSMTPATT?", {"+QSMTPATT: 1,\"log.txt\",7", "+QSMTPATT: 2,\"large.bin\",102400", "OK"});
  bench.ok("AT+QSMTPDATT");
  bench.ok("AT+QSMTPATT?");
  bench.put(0);
  CHECK(taken_apart(bench.box.back().text).parts.empty());
}

TEST_CASE("each cause has the number that the configuration gives it, with mail", "[smtp]") {
  MailBench bench{{.configuration = with_own_numbers(), .ready = Ready::ip_status}};
  const auto fails = [&](std::string_view cause, Duration after = 20s) {
    INFO(cause);
    bench.put(own_number(cause), after);
  };
  fails("smtp.incomplete");
  bench.to_server(465);
  bench.ok("AT+QSSLCFG=\"smtpstyle\",1;+QSSLCFG=\"seclevel\",0,1");
  fails("smtp.settings");
  bench.ok("AT+QSSLCFG=\"seclevel\",0,0");
  bench.faults().add({.name = "tls.stall", .count = 1});
  fails("smtp.tls", 80s);
  bench.ok("AT+QSSLCFG=\"smtpstyle\",0");
  bench.ok("AT+QSMTPSRV=\"mail.example\",2525");
  fails("smtp.unreachable");
  bench.ok("AT+QSMTPSRV=\"mail.example\"");
  bench.faults().add({.name = "smtp.refuse", .match = "DATA", .count = 1});
  fails("smtp.refused");
  bench.network().listen("web.example", 25).on_accept = [](net::SimConnection& wire) { wire.send("HTTP/1.1 400\r\n"); };
  bench.ok("AT+QSMTPSRV=\"web.example\"");
  fails("smtp.protocol");
  bench.network().listen("short.example", 25).on_accept = [](net::SimConnection& wire) { wire.close(); };
  bench.ok("AT+QSMTPSRV=\"short.example\"");
  fails("smtp.broken");
  bench.network().listen("mute.example", 25);
  bench.ok("AT+QSMTPSRV=\"mute.example\"");
  fails("smtp.timed-out", 300s);
  const auto unreadable = own_number("smtp.unreadable");
  bench.exchange("AT+QSMTPATT=\"/UFS/none\"", {"OK", fmt::format("+QSMTPATT: {}", unreadable)});
  for (int i = 0; i < 10; ++i) bench.attach("f", "x");
  bench.exchange("AT+QSMTPATT=\"f\",1", {"OK", fmt::format("+QSMTPATT: {}", own_number("smtp.too-many"))});
  bench.ok("AT+QICSGP=0");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  fails("smtp.no-network");
}

TEST_CASE("an attachment that is not to be had is negative", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.exchange("AT+QSMTPATT=\"/UFS/none\"", {"OK", "+QSMTPATT: -12"});
  bench.exchange("AT+QSMTPATT=\"/SD/f\"", {"OK", "+QSMTPATT: -12"});
  REQUIRE(bench.me().files().add(*device::FileName::parse("large"), Bytes(102401)));
  bench.exchange("AT+QSMTPATT=\"large\"", {"OK", "+QSMTPATT: -12"});
  bench.send("AT+QSMTPATT=\"f\",5,10");
  bench.expect("OK");
  bench.expect("CONNECT");
  bench.send_raw("four");
  bench.advance(10s);
  bench.expect("+QSMTPATT: -12");
  bench.ok("AT+QSMTPATT?");
  for (int i = 0; i < 10; ++i) bench.attach("f", "x");
  bench.exchange("AT+QSMTPATT=\"f\",1", {"OK", "+QSMTPATT: -1"});
  bench.exchange("AT+QSMTPATT=\"large\"", {"OK", "+QSMTPATT: -1"});
  bench.put(0);
  CHECK(taken_apart(bench.box.back().text).parts.size() == 11);
}

TEST_CASE("a file that is gone when the mail is sent is -12", "[smtp]") {
  MailBench bench;
  bench.to_server();
  const auto file = *device::FileName::parse("log.txt");
  REQUIRE(bench.me().files().add(file, Bytes(50000)));
  bench.exchange("AT+QSMTPATT=\"log.txt\"", {"OK", "+QSMTPATT: 50000"});
  SECTION("before") {
    REQUIRE(bench.me().files().remove(file));
    bench.put(-12);
    CHECK(bench.why() == "mail.example:25: log.txt cannot be attached");
    CHECK(bench.in_clear.connections() == 0);
  }
  SECTION("it has another size by then") {
    REQUIRE(bench.me().files().remove(file));
    REQUIRE(bench.me().files().add(file, as_bytes("short")));
    bench.put(0);
    CHECK(taken_apart(bench.box.back().text).parts.at(1).body == "short");
  }
}

TEST_CASE("what is missing for a mail is -1, without a connection", "[smtp]") {
  MailBench bench;
  bench.put(-1);
  CHECK(bench.why() == "no server is given (AT+QSMTPSRV)");
  bench.ok("AT+QSMTPSRV=\"mail.example\"");
  bench.put(-1);
  CHECK(bench.why() == "mail.example:25: no sender is given (AT+QSMTPADDR)");
  bench.ok("AT+QSMTPADDR=\"a@b\"");
  bench.put(-1);
  CHECK(bench.why() == "mail.example:25: no recipient is given (AT+QSMTPDST)");
  bench.exchange("AT+QSMTPDST=1,1,\"c@d\"", {"+QSMTPDST: 1", "OK"});
  CHECK(bench.in_clear.connections() == 0);
  bench.put(0);
  CHECK(bench.box.back().user.empty());
}

TEST_CASE("who cannot be reached is -1", "[smtp]") {
  MailBench bench;
  bench.to_server(26);
  bench.put(-1);
  CHECK(bench.why() == "mail.example:26: connection refused");
  bench.ok("AT+QSMTPSRV=\"nobody.example\"");
  bench.put(-1);
  CHECK_THAT(bench.why(), Catch::StartsWith("nobody.example:25: "));
}

TEST_CASE("each command of SMTP that is refused is -1, each where the server goes away -9", "[smtp]") {
  const auto at = GENERATE(values<std::string>({"CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."}));
  const auto kind = GENERATE(Trouble::Kind::refuse, Trouble::Kind::drop, Trouble::Kind::stall);
  MailBench bench;
  bench.to_server();
  bench.exchange("AT+QSMTPDST=1,3,\"c@example.org\"", {"+QSMTPDST: 2", "OK"});
  bench.server.troubles = {{.at = at, .match = at == "RCPT" ? "c@" : "", .kind = kind, .code = 421, .text = "no"}};
  CAPTURE(at);
  bench.put(kind == Trouble::Kind::refuse ? -1 : -9, kind == Trouble::Kind::stall ? 300s : 20s);
  CHECK(bench.box.empty());
  CHECK(bench.network().open_links() == 0);
  CHECK_FALSE(bench.me().mailer().busy());
}

TEST_CASE("a wrong password is -1, and stands nowhere", "[smtp]") {
  MailBench bench{{.ready = Ready::ip_status, .journal = true}};
  bench.to_server();
  bench.ok("AT+QSMTPPWD=\"Wr0ng\"");
  bench.put(-1);
  CHECK(bench.why() == "mail.example:25: AUTH LOGIN was refused: 535 user or password is wrong");
  CHECK_FALSE(bench.log().contains("Wr0ng"));
  CHECK_FALSE(bench.log().contains(tls::base64(as_bytes("Wr0ng"))));
  // AT+QSMTPCFG=1,0: the server is not asked.
  bench.ok("AT+QSMTPCFG=1,0");
  bench.put(0);
  CHECK(bench.box.back().user.empty());
}

TEST_CASE("a server that talks nonsense is -1", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.ok("AT+QSMTPSRV=\"raw.example\"");
  const std::string words =
      GENERATE(std::string{"SSH-2.0-x\r\n"}, std::string(200'000, 'x'), std::string{"220 a\r\n250 b\r\n"});
  auto& listener = bench.network().listen("raw.example", 25);
  listener.on_accept = [&](net::SimConnection& wire) { wire.send(words); };
  bench.put(-1);
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("the mail has its time", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.server.troubles = {{.at = "DATA", .kind = Trouble::Kind::stall}};
  bench.ok("AT+QSMTPPUT=100");
  bench.advance(99s);
  bench.expect_nothing();
  bench.advance(1s);
  bench.expect("+QSMTPPUT: -9");
  CHECK(bench.why() == "mail.example:25: DATA was not answered in time");
  // A server that does not answer QUIT has the mail all the same.
  bench.server.troubles = {{.at = "QUIT", .kind = Trouble::Kind::stall}};
  bench.ok("AT+QSMTPPUT");
  bench.advance(9s);
  bench.expect_nothing();
  bench.advance(1s);
  bench.expect("+QSMTPPUT: 0");
  CHECK(bench.box.size() == 1);
}

TEST_CASE("one mail at a time, and nothing is changed meanwhile", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.server.troubles = {{.at = "DATA", .kind = Trouble::Kind::stall}};
  bench.ok("AT+QSMTPPUT=100");
  for (const auto* line :
       {"PUT", "PUT=100", "CLR", "SRV=\"h\"", "USER=\"x\"", "PWD=\"x\"", "PASS=\"x\"", "NAME=\"x\"", "ADDR=\"a@b\"",
        "DST=1,1,\"a@b\"", "DST=0", "SUB=0,\"x\"", "BODY=0", "ATT=\"f\"", "ATT=\"f\",3", "DATT", "DATT=1", "CFG=1,0"})
    bench.exchange(fmt::format("AT+QSMTP{}", line), {"ERROR"});
  bench.exchange("AT+QSMTPUSER?", {"+QSMTPUSER: \"u\"", "OK"});
  bench.exchange("AT+QSMTPCFG=1", {"+QSMTPCFG: 1,1", "OK"});
  bench.ok("AT");  // the line is free
  bench.advance(100s);
  bench.take();
  bench.ok("AT+QSMTPCLR");
}

TEST_CASE("the end of the context ends the mail first", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.server.troubles = {{.at = "DATA", .kind = Trouble::Kind::stall}};
  bench.ok("AT+QSMTPPUT");
  SECTION("AT+QIDEACT") {
    bench.send("AT+QIDEACT");
    bench.advance(5s);
    bench.expect("+QSMTPPUT: -9");
    bench.expect("DEACT OK");
  }
  SECTION("the network") {
    bench.context(0).lose(device::EndedBy::network);
    bench.advance({});
    bench.expect("+QSMTPPUT: -9");
    bench.expect("+PDP DEACT");
    bench.put(-9);  // PDP DEACT, until AT+QIDEACT
  }
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("no context is to be had, or a call is in the way: -9", "[smtp]") {
  MailBench bench{{.ready = Ready::attached}};
  bench.to_server();
  bench.context(0).grants = [] { return false; };
  bench.put(-9);
  CHECK(bench.why() == "mail.example:25: the context could not be activated");
  bench.ok("ATD5550100;");
  bench.put(-9);
  CHECK(bench.why() == "mail.example:25: a voice call is in the way");
}

TEST_CASE("smtp.refuse refuses one command", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.faults().add({.name = "smtp.refuse", .match = "RCPT TO", .count = 1, .parameters = {{"code", "552"}}});
  bench.put(-1);
  CHECK(bench.why() == "mail.example:25: RCPT TO:<a@example.org> was refused: 552 refused");
  bench.put(0);
  CHECK(bench.box.size() == 1);
}

TEST_CASE("the journal has a mail's beginning and end", "[smtp]") {
  MailBench bench{{.ready = Ready::ip_status, .journal = true}};
  bench.ok("AT+QSSLCFG=\"smtpstyle\",2");
  bench.to_server(587);
  bench.put(0);
  bench.ok("AT+QSMTPPWD=\"wrong\"");
  bench.put(-1);
  std::vector<std::string> mail, tls;
  for (const auto& record : bench.journal().records()) {
    std::string line;
    for (const auto& [name, value] : record.fields) {
      const auto text = readable(value);
      line += fmt::format("{}={} ", name, text ? *text : std::to_string(std::get<std::int64_t>(value)));
    }
    if (record.kind == RecordKind::mail) mail.push_back(line);
    if (record.kind == RecordKind::tls) tls.push_back(line);
  }
  REQUIRE(mail.size() == 4);
  CHECK(mail[0] == "event=begun context=0 server=mail.example port=587 style=starttls recipients=1 attachments=0 ");
  CHECK(mail[1] == fmt::format("event=sent size={} ", bench.box.front().text.size()));
  CHECK(mail[3] == "event=failed reason=mail.example:587: AUTH LOGIN was refused: 535 user or password is wrong ");
  REQUIRE(tls.size() == 2);
  CHECK_THAT(tls[0], Catch::StartsWith("event=connected context=0 service=mail version="));
}

TEST_CASE("an MC60 of 2017 has no mail any more", "[smtp]") {
  using device::FirmwareDate;
  const auto [model, date, has] = GENERATE(table<device::Model, std::optional<FirmwareDate>, bool>({
      {device::Model::mc60, std::nullopt, false},
      {device::Model::mc60, FirmwareDate{2017, 1}, false},
      {device::Model::mc60, FirmwareDate{2016, 12}, true},
      {device::Model::m66, FirmwareDate{2018, 10}, true},
      {device::Model::m95, std::nullopt, true},
  }));
  MailBench bench{{.configuration = configured({.model = model, .firmware_date = date})}};
  CAPTURE(static_cast<int>(model), has);
  for (const auto* command :
       {"AT+QSMTPCLR", "AT+QSMTPSRV=\"mail.example\"", "AT+QSMTPUSER=\"u\"", "AT+QSMTPPWD=\"p\"", "AT+QSMTPPASS=\"p\"",
        "AT+QSMTPNAME?", "AT+QSMTPADDR=?", "AT+QSMTPDST?", "AT+QSMTPSUB=0,\"s\"", "AT+QSMTPBODY=?", "AT+QSMTPATT?",
        "AT+QSMTPDATT", "AT+QSMTPCFG=1", "AT+QSMTPPUT=100"})
    CHECK((bench.ask(command) != "\r\nERROR\r\n") == has);
}

TEST_CASE("power takes the mail and its settings", "[smtp]") {
  MailBench bench;
  bench.to_server();
  bench.server.troubles = {{.at = "DATA", .kind = Trouble::Kind::stall}};
  bench.ok("AT+QSMTPPUT");
  bench.modem().power_key();
  bench.advance({});
  bench.expect("NORMAL POWER DOWN");
  bench.modem().power_key();
  bench.advance(60s);
  bench.take();
  bench.ask("ATE0");
  bench.exchange("AT+QSMTPSRV?", {"+QSMTPSRV: \"\",25", "OK"});
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("what comes of an upload while another terminal sends is nothing", "[smtp]") {
  const bool own = GENERATE(false, true);
  MailBench bench{{.configuration = own ? with_own_numbers() : nullptr, .ready = Ready::ip_status}};
  const int busy = own ? own_number("smtp.busy") : -1;
  bench.to_server();
  bench.server.troubles = {{.at = "DATA", .kind = Trouble::Kind::stall}};
  auto& second = bench.modem().terminals().add();
  second.receive(as_bytes("AT+QSMTPPUT\r"));
  const bool body = GENERATE(true, false);
  bench.send("AT");
  bench.take();
  CHECK(bench.me().mailer().busy());
  bench.advance(300s);
  bench.send(body ? "AT+QSMTPBODY=0" : "AT+QSMTPATT=\"f\",3");
  bench.expect("OK");
  bench.expect("CONNECT");
  second.receive(as_bytes("AT+QSMTPPUT\r"));
  bench.send_raw(body ? "x" : "123");
  bench.advance(1s);
  bench.send_raw("+++");
  bench.advance(1s);
  bench.expect(fmt::format("+QSMTP{}: {}", body ? "BODY" : "ATT", busy));
  bench.modem().terminals().remove(second);
}
