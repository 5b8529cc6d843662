// SPDX-License-Identifier: Apache-2.0
// AT+QFTP* (services.md 3): bytes as drivers read them, each negative result with what causes it.
#include "emulator/device/ftp.hpp"

#include <string>

#include <fmt/core.h>

#include "emulator/device/configuration.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/faults/faults.hpp"
#include "emulator/terminal/terminals.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/ftp_peer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/error_numbers.hpp"
#include "tests/support/failure_points.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using namespace quasimodem::workbench;
using device::Ftp;
using net::SimListener;

namespace {

constexpr std::string_view kGetFailed = "+QFTPGET:-1";

/// A module and ftp.example.
struct FtpBench : ModemBench {
  explicit FtpBench(Options options = {.ready = Ready::ip_status}) : ModemBench{std::move(options)} {
    auto& files = peer.site().files;
    peer.site().users["u"] = "p";
    files.make_directory("/pub");
    files.make_directory("/pub/sub");
    append(*files.create("/pub/f.bin"), "0123456789");
    ok("AT+CMEE=1");
  }

  /// A command with OK and then a result line.
  void result(std::string_view line, std::string_view words) { exchange(line, {"OK", words}); }
  /// A setting: `1,1`.
  void configure(std::string_view values) { result(fmt::format("AT+QFTPCFG={}", values), "+QFTPCFG:0"); }
  void open(std::string_view mode = "1") {
    ok("AT+QFTPUSER=\"u\"");
    ok("AT+QFTPPASS=\"p\"");
    configure(fmt::format("1,{}", mode));
    result("AT+QFTPOPEN=\"ftp.example\",21", "+QFTPOPEN:0");
    result("AT+QFTPPATH=\"/pub/\"", "+QFTPPATH:0");
  }
  void stat(std::string_view word) { exchange("AT+QFTPSTAT", {fmt::format("+QFTPSTAT:{}", word), "OK"}); }
  void length(std::uint64_t n) { exchange("AT+QFTPLEN", {fmt::format("+QFTPLEN: {}", n), "OK"}); }
  /// To the TE: all that the module says until it is at rest.
  std::string fetched(std::string_view line) {
    send(line);
    std::string all;
    for (auto more = take(); !more.empty(); more = take()) all += more;
    return all;
  }
  std::string content(std::string_view name) {
    const auto file = me().files().read(*device::FileName::parse(name));
    return file ? to_text(*file) : "none";
  }
  std::string stored(std::string_view path) {
    const auto file = peer.site().files.find(path);
    return file ? to_text(*file) : "none";
  }
  Ftp& ftp() { return me().ftp(); }
  net::ftp::Misbehaviour& misbehaviour() { return peer.site().misbehaviour; }

  FtpPeer peer{network(), {"ftp.example", 21}};
};

/// Nothing is pending.
void check_at_rest(FtpBench& bench) {
  bench.advance(200ms);  // RI of the last URC
  CHECK(bench.timeline().idle());
}

std::string counted(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += fmt::format("{:07}\r\n", i);
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("a file to RAM and to the TE; the context comes up by itself", "[ftp]") {
  FtpBench bench{{.ready = Ready::attached}};
  bench.ok("AT+QIFGCNT=0");
  bench.result("AT+QFTPCLOSE", "+QFTPCLOSE:0");
  bench.stat("IDLE");
  bench.ok("AT+QFTPOPEN?");
  bench.configure("2,0");
  bench.open();
  CHECK(bench.context(0).state() == device::TcpIpState::ip_gprsact);
  bench.exchange("AT+QFTPOPEN?", {"+QFTPOPEN: \"ftp.example\",21", "OK"});
  bench.stat("OPENED");
  bench.configure("4,\"/RAM/\"");
  bench.result("AT+QFTPSIZE=\"f.bin\"", "+QFTPSIZE:10");
  bench.result("AT+QFTPGET=\"f.bin\"", "+QFTPGET:10");
  bench.length(10);
  CHECK(bench.content("RAM:f.bin") == "0123456789");
  bench.configure("4,\"/RAM/dwl\"");
  bench.result("AT+QFTPGET=\"f.bin\",1024", "+QFTPGET:10");
  CHECK(bench.content("RAM:dwl") == "0123456789");
  bench.configure("4,\"/COM/\"");
  CHECK(bench.fetched("AT+QFTPGET=\"f.bin\"") == "\r\nOK\r\n\r\nCONNECT\r\n0123456789\r\n+QFTPGET:10\r\n");
  bench.result("AT+QFTPCLOSE", "+QFTPCLOSE:0");
  bench.stat("CLOSED");
  bench.length(10);
  bench.ok("AT+QFTPOPEN?");
  CHECK(bench.network().open_links() == 0);
  check_at_rest(bench);
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
}

TEST_CASE("from the TE, from a file, and what becomes of files there", "[ftp]") {
  for (const auto* const mode : {"0", "1"}) {
    FtpBench bench;
    bench.open(mode);
    bench.send("AT+QFTPPUT=\"a.txt\",5");
    bench.expect_raw("\r\nOK\r\n\r\nCONNECT\r\n");
    CHECK(bench.channel().in_data_state());
    bench.send_raw("hello");
    bench.expect("+QFTPPUT:5");
    CHECK(bench.stored("/pub/a.txt") == "hello");
    // Fewer than announced.
    bench.send("AT+QFTPPUT=\"b.txt\",10,2");
    bench.expect_raw("\r\nOK\r\n\r\nCONNECT\r\n");
    bench.send_raw("abc");
    bench.expect_nothing();
    bench.advance(2s);
    bench.expect("+QFTPPUT:3");
    CHECK(bench.stored("/pub/b.txt") == "abc");
    bench.result("AT+QFTPSIZE=\"a.txt\"", "+QFTPSIZE:5");
    // From a file.
    REQUIRE(bench.me().files().add(*device::FileName::parse("UFS:log.txt"), as_bytes("line 1\n")));
    bench.configure("4,\"/UFS/log.txt\"");
    bench.result("AT+QFTPPUT=\"log.txt\",7,60", "+QFTPPUT:7");
    CHECK(bench.stored("/pub/log.txt") == "line 1\n");
    bench.length(7);
    bench.result("AT+QFTPPUT=\"part.txt\",4", "+QFTPPUT:4");
    CHECK(bench.stored("/pub/part.txt") == "line");
    bench.result("AT+QFTPDELETE=\"part.txt\"", "+QFTPDELETE:0");
    bench.result("AT+QFTPRENAME=\"a.txt\",\"c.txt\"", "+QFTPRENAME:0");
    bench.result("AT+QFTPMKDIR=\"new\"", "+QFTPMKDIR:0");
    bench.result("AT+QFTPRMDIR=\"new\"", "+QFTPRMDIR:0");
    bench.result("AT+QFTPDELETE=\"b.txt\"", "+QFTPDELETE:0");
    bench.configure("4,\"/COM/\"");
    const std::string names = "c.txt\r\nf.bin\r\nlog.txt\r\nsub\r\n";
    CHECK(bench.fetched("AT+QFTPNLST") == "\r\nOK\r\n\r\nCONNECT\r\n" + names + "\r\n+QFTPNLST:28\r\n");
    CHECK_THAT(bench.fetched("AT+QFTPLIST=\"/pub/c.txt\""),
               Catch::Contains("          5 Jan 01 00:00 /pub/c.txt\r\n\r\n+QFTPLIST:"));
    bench.configure("4,\"RAM\"");
    bench.result("AT+QFTPNLST", "+QFTPNLST:28");
    CHECK(bench.content("RAM:list.txt") == names);
    bench.result("AT+QFTPCLOSE", "+QFTPCLOSE:0");
    CHECK(bench.network().open_links() == 0);
    check_at_rest(bench);
  }
}

TEST_CASE("bodies of none, of one, and of five million octets to the TE", "[ftp]") {
  const auto large = counted(5'000'000);
  for (const auto* const mode : {"0", "1"}) {
    FtpBench bench;
    bench.open(mode);
    bench.peer.site().files.create("/pub/none");
    append(*bench.peer.site().files.create("/pub/one"), ByteSpan{std::initializer_list<std::uint8_t>{0}});
    append(*bench.peer.site().files.create("/pub/large"), large);
    const auto connect = std::string{"\r\nOK\r\n\r\nCONNECT\r\n"};
    CHECK(bench.fetched("AT+QFTPGET=\"none\"") == connect + "\r\n+QFTPGET:0\r\n");
    CHECK(bench.fetched("AT+QFTPGET=\"one\"") == connect + std::string(1, '\0') + "\r\n+QFTPGET:1\r\n");
    const auto all = bench.fetched("AT+QFTPGET=\"large\"");
    CHECK(all.size() == connect.size() + large.size() + 20);
    CHECK((all == connect + large + "\r\n+QFTPGET:5000000\r\n"));
    CHECK(bench.fetched("AT+QFTPGET=\"large\",20000") == connect + large.substr(0, 20000) + "\r\n+QFTPGET:20000\r\n");
    CHECK(bench.fetched("AT+QFTPGET=\"f.bin\",4") == connect + "0123\r\n+QFTPGET:4\r\n");
    bench.stat("OPENED");
  }
}

TEST_CASE("300 KB into UFS and out of it, and what does not fit into RAM", "[ftp]") {
  FtpBench bench;
  const auto large = counted(300'000);
  append(*bench.peer.site().files.create("/pub/large"), large);
  bench.open();
  bench.configure("4,\"/UFS/\"");
  bench.result("AT+QFTPGET=\"large\"", "+QFTPGET:300000");
  CHECK((bench.content("UFS:large") == large));
  bench.configure("4,\"/UFS/large\"");
  bench.result("AT+QFTPPUT=\"copy\",300000", "+QFTPPUT:300000");
  CHECK((bench.stored("/pub/copy") == large));
  bench.configure("4,\"/RAM/\"");
  bench.result("AT+QFTPGET=\"large\"", kGetFailed);
  constexpr auto kFits = device::FileStore::kRamCapacity;
  bench.length(kFits);
  CHECK((bench.content("RAM:large") == large.substr(0, kFits)));
  CHECK_THAT(bench.ftp().failure(), Catch::Contains("ftp.example: get large: the store is full"));
  bench.stat("OPENED");
}

TEST_CASE("an upload of a megabyte from the TE is held up by flow control, not kept", "[ftp]") {
  FtpBench bench;
  bench.open();
  const auto large = counted(1'000'000);
  bench.send("AT+QFTPPUT=\"large\",1000000");
  bench.expect_raw("\r\nOK\r\n\r\nCONNECT\r\n");
  std::size_t given = 0;
  bench.peer.data_wire()->stop_reading();
  while (bench.channel().accepts_input()) {
    bench.send_raw(large.substr(given, 1000));
    given += 1000;
    REQUIRE(given < 200'000);
  }
  bench.advance(50s);  // longer than nothing, shorter than the server's patience
  CHECK(bench.ftp().length() < given);
  bench.peer.data_wire()->resume_reading();
  bench.advance({});
  for (; given < large.size(); given += 1000) bench.send_raw(large.substr(given, 1000));
  bench.expect("+QFTPPUT:1000000");
  CHECK((bench.stored("/pub/large") == large));
}

TEST_CASE("all octets are data; +++ between silences ends an upload", "[ftp]") {
  FtpBench bench;
  bench.open();
  const std::string odd{"\0\x1a\x1b\r\nAT+++\xFF", 12};
  bench.send(fmt::format("AT+QFTPPUT=\"odd\",{}", odd.size()));
  bench.expect_raw("\r\nOK\r\n\r\nCONNECT\r\n");
  bench.send_raw(odd + "\r\n");
  bench.expect("+QFTPPUT:12");
  bench.expect_nothing();
  CHECK(bench.stored("/pub/odd") == odd);
  bench.send("AT+QFTPPUT=\"short\",100");
  bench.expect_raw("\r\nOK\r\n\r\nCONNECT\r\n");
  bench.send_raw("some");
  bench.advance(1s);
  bench.send_raw("+++");
  bench.advance(1s);
  bench.expect("+QFTPPUT:4");
  CHECK(bench.stored("/pub/short") == "some");
}

TEST_CASE("a break keeps what came, and the rest is fetched from there", "[ftp]") {
  for (const auto* const mode : {"0", "1"}) {
    FtpBench bench;
    bench.misbehaviour().break_data_after = 4;
    bench.misbehaviour().breaks = 1;
    bench.open(mode);
    bench.configure("4,\"/RAM/\"");
    bench.configure("3,0");
    bench.result("AT+QFTPGET=\"f.bin\"", kGetFailed);
    bench.length(4);
    CHECK(bench.content("RAM:f.bin") == "0123");
    bench.result("AT+QFTPCLOSE", "+QFTPCLOSE:0");
    bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:0");
    bench.configure("3,4");
    bench.exchange("AT+QFTPCFG=3", {"+QFTPCFG: 3,4", "OK"});
    bench.result("AT+QFTPGET=\"f.bin\"", "+QFTPGET:6");
    bench.length(6);
    CHECK(bench.content("RAM:f.bin") == "456789");
    bench.exchange("AT+QFTPCFG=3", {"+QFTPCFG: 3,0", "OK"});  // it was for one transfer
    bench.result("AT+QFTPGET=\"f.bin\"", "+QFTPGET:10");
    // With an offset PUT appends.
    bench.configure("3,10");
    bench.configure("4,\"/RAM/f.bin\"");
    bench.result("AT+QFTPPUT=\"f.bin\",10", "+QFTPPUT:10");
    CHECK(bench.stored("/pub/f.bin") == "01234567890123456789");
  }
}

TEST_CASE("states, length and other commands while a file comes", "[ftp]") {
  FtpBench bench;
  bench.network().set_latency(100ms);
  append(*bench.peer.site().files.create("/pub/large"), counted(20'000));
  bench.ok("AT+QFTPUSER=\"u\"");
  bench.ok("AT+QFTPPASS=\"p\"");
  bench.configure("1,1");
  bench.configure("4,\"/RAM/\"");
  bench.ok("AT+QFTPOPEN=\"ftp.example\"");
  bench.stat("OPENING");
  bench.result("AT+QFTPSIZE=\"f\"", "+QFTPSIZE:-1");
  bench.advance(5s);
  bench.expect("+QFTPOPEN:0");
  bench.misbehaviour().stall_data_after = 15'000;
  bench.ok("AT+QFTPGET=\"/pub/large\"");
  bench.stat("WORKING");
  bench.result("AT+QFTPGET=\"f.bin\"", kGetFailed);  // one at a time
  bench.result("AT+QFTPPATH=\"/\"", "+QFTPPATH:-1");
  bench.advance(5s);
  bench.stat("TRANSFER");
  bench.length(15'000);
  bench.exchange("AT+CSQ", {"+CSQ: 30,0", "OK"});
  // AT+QFTPCLOSE gives it up.
  bench.send("AT+QFTPCLOSE");
  bench.expect_raw("\r\nOK\r\n\r\n+QFTPGET:-1\r\n\r\n+QFTPCLOSE:0\r\n");
  bench.stat("CLOSED");
  bench.length(15'000);
  CHECK(bench.content("RAM:large").size() == 15'000);
  bench.advance(1s);
  CHECK(bench.network().open_links() == 0);
}

// ---- each way to fail

TEST_CASE("without a connection everything is negative", "[ftp][errors]") {
  FtpBench bench;
  for (const auto* const name : {"GET", "SIZE", "DELETE", "MKDIR", "RMDIR"}) {
    bench.result(fmt::format("AT+QFTP{}=\"f\"", name), fmt::format("+QFTP{}:-1", name));
  }
  bench.result("AT+QFTPPUT=\"f\",5", "+QFTPPUT:-1");
  bench.result("AT+QFTPRENAME=\"f\",\"g\"", "+QFTPRENAME:-1");
  bench.result("AT+QFTPLIST", "+QFTPLIST:-1");
  bench.result("AT+QFTPNLST", "+QFTPNLST:-1");
  bench.result("AT+QFTPPATH=\"/pub/\"", "+QFTPPATH:0");  // for later
  bench.exchange("AT+QFTPPATH?", {"+QFTPPATH: \"/pub/\"", "OK"});
  bench.stat("IDLE");
}

TEST_CASE("no way to the server, or no log-in", "[ftp][errors]") {
  FtpBench bench;
  bench.ok("AT+QFTPUSER=\"u\"");
  bench.ok("AT+QFTPPASS=\"p\"");
  bench.result("AT+QFTPOPEN=\"nosuch.example\",21", "+QFTPOPEN:-1");
  CHECK(bench.log().contains("ftp: nosuch.example: open"));
  bench.result("AT+QFTPOPEN=\"ftp.example\",\"22\"", "+QFTPOPEN:-1");
  bench.ok("AT+QFTPPASS=\"s3cret\"");
  bench.result("AT+QFTPOPEN=\"ftp.example\",\"21\"", "+QFTPOPEN:-1");
  CHECK_THAT(bench.ftp().failure(), Catch::Contains("log-in refused: 530"));
  CHECK_FALSE(bench.log().contains("s3cret"));
  bench.stat("CLOSED");
  bench.network().ignore("deaf.example", 21);
  bench.ok("AT+QFTPOPEN=\"deaf.example\"");
  bench.advance(60s);
  bench.expect("+QFTPOPEN:-1");
  bench.network().listen("mute.example", 21);
  bench.ok("AT+QFTPOPEN=\"mute.example\"");
  bench.advance(60s);
  bench.expect("+QFTPOPEN:-1");
  bench.network().listen("web.example", 21).on_accept = [](net::SimConnection& wire) {
    wire.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  };
  bench.result("AT+QFTPOPEN=\"web.example\"", "+QFTPOPEN:-1");
  bench.network().listen("long.example", 21).on_accept = [](net::SimConnection& wire) {
    wire.send("220-" + std::string(1 << 20, 'x'));
  };
  bench.result("AT+QFTPOPEN=\"long.example\"", "+QFTPOPEN:-1");
  bench.ok("AT+QFTPPASS=\"p\"");
  bench.result("AT+QFTPPATH=\"/nowhere/\"", "+QFTPPATH:0");
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:-1");  // the path is part of it
  bench.result("AT+QFTPPATH=\"/pub/\"", "+QFTPPATH:0");
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:0");
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:-1");  // already
  bench.stat("OPENED");
  CHECK(bench.network().open_links() == 1);
}

TEST_CASE("each cause has the number that the configuration gives it", "[ftp][errors]") {
  FtpBench bench{{.configuration = with_own_numbers(), .ready = Ready::ip_status}};
  const auto fails = [&](std::string_view command, std::string_view arguments, std::string_view cause) {
    INFO(cause);
    bench.result(fmt::format("AT+QFTP{}{}", command, arguments), fmt::format("+QFTP{}:{}", command, own_number(cause)));
  };
  const auto transfer_fails = [&](std::string_view command, std::string_view arguments, std::string_view cause) {
    INFO(cause);
    const auto number = own_number(cause);
    bench.exchange(fmt::format("AT+QFTP{}{}", command, arguments),
                   {"OK", fmt::format("+QFTPERROR:{}", -number), fmt::format("+QFTP{}:{}", command, number)});
  };
  fails("SIZE", "=\"f\"", "ftp.not-open");
  fails("OPEN", "=\"nosuch.example\"", "ftp.network");
  bench.ok("AT+QFTPPASS=\"wrong\"");
  fails("OPEN", "=\"ftp.example\"", "ftp.log-in");
  bench.network().listen("web.example", 21).on_accept = [](net::SimConnection& wire) { wire.send("HTTP/1.1 400\r\n"); };
  fails("OPEN", "=\"web.example\"", "ftp.protocol");
  bench.network().listen("mute.example", 21);
  bench.ok("AT+QFTPOPEN=\"mute.example\"");
  bench.advance(60s);
  bench.expect(fmt::format("+QFTPOPEN:{}", own_number("ftp.timed-out")));
  bench.open();
  fails("OPEN", "=\"ftp.example\"", "ftp.busy");
  fails("DELETE", "=\"none\"", "ftp.refused");
  fails("SIZE", "=\"\xff\xf4\"", "ftp.refused");
  transfer_fails("GET", "=\"none\"", "ftp.refused");
  bench.configure("4,\"/RAM/\"");
  transfer_fails("PUT", "=\"none\",5", "ftp.file");
  bench.faults().add({.name = "ftp.break", .count = 1});
  transfer_fails("GET", "=\"f.bin\"", "ftp.data-connection");
  append(*bench.peer.site().files.create("/pub/huge"), counted(device::FileStore::kRamCapacity + 1));
  bench.send("AT+QFTPGET=\"huge\"");
  bench.advance(60s);
  const int full = own_number("ftp.store-full");
  bench.expect_raw(fmt::format("\r\nOK\r\n\r\n+QFTPERROR:{}\r\n\r\n+QFTPGET:{}\r\n", -full, full));
  bench.network().set_latency(100ms);
  bench.send("AT+QFTPSIZE=\"f.bin\"");
  bench.send("AT+QFTPCLOSE");
  bench.expect_raw(fmt::format("\r\nOK\r\n\r\nOK\r\n\r\n+QFTPSIZE:{}\r\n", own_number("ftp.interrupted")));
}

TEST_CASE("without AT+QFTPUSER one is anonymous", "[ftp]") {
  FtpBench bench;
  bench.peer.site().users["anonymous"] = "";
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:0");
}

TEST_CASE("what the server refuses is negative, and the connection goes on", "[ftp][errors]") {
  FtpBench bench;
  bench.open();
  bench.configure("4,\"/RAM/\"");
  bench.result("AT+QFTPPATH=\"/nowhere/\"", "+QFTPPATH:-1");
  bench.exchange("AT+QFTPPATH?", {"+QFTPPATH: \"/pub/\"", "OK"});
  bench.result("AT+QFTPSIZE=\"none\"", "+QFTPSIZE:-1");
  bench.result("AT+QFTPGET=\"none\"", kGetFailed);
  CHECK(bench.content("RAM:none") == "none");  // nothing of that name was made
  CHECK_THAT(bench.ftp().failure(), Catch::Contains("ftp.example: get none: refused: 550 No such file."));
  bench.result("AT+QFTPDELETE=\"none\"", "+QFTPDELETE:-1");
  bench.result("AT+QFTPRENAME=\"none\",\"x\"", "+QFTPRENAME:-1");
  bench.result("AT+QFTPMKDIR=\"sub\"", "+QFTPMKDIR:-1");
  bench.result("AT+QFTPRMDIR=\"none\"", "+QFTPRMDIR:-1");
  bench.result("AT+QFTPNLST=\"none\"", "+QFTPNLST:-1");
  bench.configure("4,\"/COM/\"");
  bench.result("AT+QFTPGET=\"none\"", kGetFailed);  // no CONNECT
  bench.result("AT+QFTPLIST=\"none\"", "+QFTPLIST:-1");
  bench.result("AT+QFTPPUT=\"/no/where\",5", "+QFTPPUT:-1");
  bench.stat("OPENED");
}

TEST_CASE("local files that cannot be had", "[ftp][errors]") {
  FtpBench bench;
  bench.open();
  bench.configure("4,\"/RAM/\"");
  bench.result("AT+QFTPPUT=\"missing\",5", "+QFTPPUT:-1");
  bench.exchange("AT+QFOPEN=\"RAM:f.bin\"", {"+QFOPEN: 1", "OK"});
  bench.result("AT+QFTPGET=\"f.bin\"", kGetFailed);
  bench.ok("AT+QFCLOSE=1");
  bench.result("AT+QFTPGET=\"f.bin\"", "+QFTPGET:10");
}

TEST_CASE("data connections that cannot be made", "[ftp][errors]") {
  FtpBench bench;
  bench.open();
  bench.peer.data_answer = SimListener::Answer::fail;
  bench.result("AT+QFTPGET=\"f.bin\"", kGetFailed);
  bench.peer.data_answer = SimListener::Answer::ignore;
  bench.send("AT+QFTPGET=\"f.bin\"");
  bench.expect("OK");
  bench.advance(60s);
  bench.expect(kGetFailed);
  bench.peer.data_answer = SimListener::Answer::accept;
  bench.misbehaviour().answers["PASV"] = "227 nowhere\r\n";
  bench.result("AT+QFTPGET=\"f.bin\"", kGetFailed);
  bench.misbehaviour().answers.clear();
  bench.misbehaviour().passive_address = net::IpAddress{{192, 168, 1, 2}};  // not to be reached from here
  CHECK_THAT(bench.fetched("AT+QFTPGET=\"f.bin\""), Catch::Contains("0123456789"));
}

TEST_CASE("in active mode nobody but the server is let in", "[ftp]") {
  FtpBench bench;
  bench.misbehaviour().answers["RETR"] = "150 wait\r\n";
  bench.open("0");
  bench.send("AT+QFTPGET=\"f.bin\"");
  bench.expect("OK");
  auto stranger = bench.network().call_in(49152, {{{198, 51, 100, 250}}, 20});
  bool refused = false;
  stranger->on_closed = [&refused](auto) { refused = true; };
  bench.advance({});
  CHECK(refused);
  auto server = bench.network().call_in(49152, {bench.network().address_of("ftp.example"), 20});
  server->send("data");
  bench.advance({});
  bench.expect_raw("\r\nCONNECT\r\ndata");
}

TEST_CASE("a server that stops in the middle", "[ftp][errors]") {
  FtpBench bench;
  bench.open();
  bench.configure("4,\"/RAM/\"");
  SECTION("of the data") {
    bench.misbehaviour().stall_data_after = 4;
    bench.ok("AT+QFTPGET=\"f.bin\"");
    bench.advance(2min);
    bench.expect(kGetFailed);
    bench.length(4);
    CHECK(bench.content("RAM:f.bin") == "0123");
  }
  SECTION("of the talk") {
    bench.misbehaviour().answers["SIZE"] = "";
    bench.ok("AT+QFTPSIZE=\"f.bin\"");
    bench.advance(60s);
    bench.expect("+QFTPSIZE:-1");
  }
  SECTION("by a reset") {
    bench.misbehaviour().answers["RETR"] = "";
    bench.ok("AT+QFTPGET=\"f.bin\"");
    bench.peer.control().wire().reset();
    bench.advance({});
    bench.expect(kGetFailed);
  }
  SECTION("with nonsense") {
    bench.misbehaviour().answers["RETR"] = "\x16\x03\x01 nonsense\r\n";
    bench.result("AT+QFTPGET=\"f.bin\"", kGetFailed);
  }
  bench.stat("CLOSED");
  CHECK(bench.network().open_links() == 0);
  check_at_rest(bench);
}

TEST_CASE("a server that closes an idle connection is seen by AT+QFTPSTAT only", "[ftp]") {
  FtpBench bench;
  bench.open();
  bench.peer.control().wire().send("421 idle too long\r\n");
  bench.peer.control().wire().close();
  bench.advance({});
  bench.expect_nothing();
  bench.stat("CLOSED");
  CHECK_THAT(bench.ftp().failure(), Catch::Contains("421 idle too long"));
  bench.result("AT+QFTPCLOSE", "+QFTPCLOSE:0");
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:0");
}

TEST_CASE("the context ends: the command's result first", "[ftp][errors]") {
  FtpBench bench;
  bench.open();
  bench.misbehaviour().answers["RETR"] = "";
  SECTION("a file") {
    bench.configure("4,\"/RAM/\"");
    bench.ok("AT+QFTPGET=\"f.bin\"");
    bench.outside().lose_context(0);
    bench.advance({});
    bench.expect_raw("\r\n+QFTPGET:-1\r\n\r\n+PDP DEACT\r\n");
  }
  SECTION("to the TE") {
    bench.send("AT+QFTPGET=\"f.bin\"");
    bench.expect("OK");
    bench.outside().lose_context(0);
    bench.advance({});
    bench.expect_raw("\r\n+QFTPGET:-1\r\n\r\n+PDP DEACT\r\n");
  }
  SECTION("from the TE: it goes on with its data, none of which is a command") {
    bench.send("AT+QFTPPUT=\"x\",20");
    bench.expect_raw("\r\nOK\r\n\r\nCONNECT\r\n");
    bench.send_raw("some");
    bench.outside().lose_context(0);
    bench.advance({});
    bench.expect_nothing();
    bench.send_raw("\rAT+CFUN=0\r12345");
    bench.expect_raw("\r\n+QFTPPUT:-1\r\n\r\n+PDP DEACT\r\n");
  }
  SECTION("nothing was under way") {
    bench.outside().lose_context(0);
    bench.advance({});
    bench.expect("+PDP DEACT");
  }
  bench.stat("CLOSED");
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:-1");
  bench.result("AT+QFTPCLOSE", "+QFTPCLOSE:0");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.misbehaviour().answers.clear();
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:0");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.stat("CLOSED");
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("an upload that the server breaks is negative when the TE has given it all", "[ftp][errors]") {
  FtpBench bench;
  bench.open();
  bench.misbehaviour().break_data_after = 4;
  bench.send("AT+QFTPPUT=\"x\",12");
  bench.expect_raw("\r\nOK\r\n\r\nCONNECT\r\n");
  bench.send_raw("01234567");
  bench.expect_nothing();
  bench.send_raw("AT\r\n");
  bench.expect("+QFTPPUT:-1");
  bench.expect_nothing();
  CHECK(bench.stored("/pub/x") == "0123");
  bench.stat("OPENED");
}

TEST_CASE("faults of the module's side: ftp.refuse and ftp.break", "[ftp][fault]") {
  FtpBench bench;
  bench.open();
  bench.configure("4,\"/RAM/\"");
  bench.faults().add("ftp.refuse match=RETR count=1 code=451 text=disk").value();
  bench.result("AT+QFTPGET=\"f.bin\"", kGetFailed);
  CHECK_THAT(bench.ftp().failure(), Catch::Contains("refused: 451 disk"));
  bench.faults().add("ftp.break match=f.bin count=1 size=3").value();
  bench.result("AT+QFTPGET=\"f.bin\"", kGetFailed);
  bench.length(3);
  bench.result("AT+QFTPGET=\"f.bin\"", "+QFTPGET:10");
  bench.faults().add("ftp.break count=1 size=3").value();
  bench.result("AT+QFTPPUT=\"f.bin\",10", "+QFTPPUT:-1");
  bench.result("AT+QFTPCLOSE", "+QFTPCLOSE:0");
  bench.faults().add("ftp.refuse match=PASS count=1").value();
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:-1");
}

// ---- forms

TEST_CASE("wrong values, forms and queries", "[ftp]") {
  FtpBench bench;
  for (const auto* const line : {"AT+QFTPCFG=9,1",
                                 "AT+QFTPCFG=5,1",
                                 "AT+QFTPCFG=1,2",
                                 "AT+QFTPCFG=2,-1",
                                 "AT+QFTPCFG=3,x",
                                 "AT+QFTPCFG=4,\"/DISK/\"",
                                 "AT+QFTPCFG=4,\"/RAM/a/b\"",
                                 "AT+QFTPCFG",
                                 "AT+QFTPCFG?",
                                 "AT+QFTPOPEN=\"\",21",
                                 "AT+QFTPOPEN=\"h\",0",
                                 "AT+QFTPOPEN=\"h\",65536",
                                 "AT+QFTPPATH=\"pub\"",
                                 "AT+QFTPPATH=\"\"",
                                 "AT+QFTPPUT=\"f\"",
                                 "AT+QFTPPUT=\"f\",0",
                                 "AT+QFTPPUT=\"f\",1,0",
                                 "AT+QFTPGET=\"\"",
                                 "AT+QFTPGET=\"f\",-1",
                                 "AT+QFTPRENAME=\"a\"",
                                 "AT+QFTPGET",
                                 "AT+QFTPUSER"}) {
    INFO(line);
    bench.exchange(line, {"+CME ERROR: 3765"});
  }
  bench.exchange(fmt::format("AT+QFTPUSER=\"{}\"", std::string(31, 'x')), {"+CME ERROR: 3765"});
  bench.exchange(fmt::format("AT+QFTPGET=\"{}\"", std::string(51, 'x')), {"+CME ERROR: 3765"});
  bench.exchange(fmt::format("AT+QFTPPATH=\"/{}\"", std::string(100, 'x')), {"+CME ERROR: 3765"});
  bench.ok("AT+QFTPUSER=\"me\"");
  bench.exchange("AT+QFTPUSER?", {"+QFTPUSER: \"me\"", "OK"});
  bench.exchange("AT+QFTPPASS?", {"+QFTPPASS: \"\"", "OK"});
  bench.exchange("AT+QFTPCFG=1", {"+QFTPCFG: 1,0", "OK"});
  bench.exchange("AT+QFTPCFG=2", {"+QFTPCFG: 2,0", "OK"});
  bench.exchange("AT+QFTPCFG=4", {"+QFTPCFG: 4,\"/COM/\"", "OK"});
  bench.configure("4,\"RAM:x\"");
  bench.exchange("AT+QFTPCFG=4", {"+QFTPCFG: 4,\"RAM:x\"", "OK"});
  bench.configure("4,\"COM\"");
  bench.configure("4,\"UFS\"");
  bench.configure("6,1");
  for (const auto* const name : {"GET", "PUT", "OPEN", "CFG", "PATH", "SIZE", "LIST", "CLOSE", "STAT", "LEN"})
    bench.ok(fmt::format("AT+QFTP{}=?", name));
}

TEST_CASE("a later M95 has blanks in four of the results, and one more line", "[ftp]") {
  FtpBench bench{{.configuration = configured({.firmware = {.ftp_blank = true, .ftp_error_line = true}}),
                  .ready = Ready::ip_status}};
  bench.exchange("AT+QFTPSTAT", {"+QFTPSTAT: IDLE", "OK"});
  bench.configure("1,1");
  bench.ok("AT+QFTPUSER=\"u\";+QFTPPASS=\"p\"");
  bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:0");
  bench.result("AT+QFTPPATH=\"/pub/\"", "+QFTPPATH: 0");
  bench.result("AT+QFTPSIZE=\"f.bin\"", "+QFTPSIZE: 10");
  bench.result("AT+QFTPSIZE=\"none\"", "+QFTPSIZE: -1");
  bench.exchange("AT+QFTPGET=\"none\"", {"OK", "+QFTPERROR:1", "+QFTPGET:-1"});
  bench.configure("4,\"/RAM/\"");
  bench.exchange("AT+QFTPGET=\"none\"", {"OK", "+QFTPERROR:1", "+QFTPGET:-1"});
  bench.result("AT+QFTPCLOSE", "+QFTPCLOSE: 0");
  const auto dated = device::FirmwareDate{2017, 6};
  FtpBench later{{.configuration = configured({.firmware_date = dated}), .ready = Ready::ip_status}};
  later.exchange("AT+QFTPSTAT", {"+QFTPSTAT: IDLE", "OK"});
}

// ---- terminals and power

TEST_CASE("typed ahead during a file waits, and URCs do", "[ftp]") {
  FtpBench bench;
  bench.open();
  bench.network().set_latency(100ms);
  bench.send("AT+QFTPGET=\"f.bin\"");
  bench.send("AT+CSQ");
  bench.advance(500ms);
  bench.outside().ring("+447700900123");
  bench.advance(5s);
  CHECK_THAT(bench.take(), Catch::StartsWith("\r\nOK\r\n\r\nCONNECT\r\n0123456789\r\n+QFTPGET:10\r\n"));
}

TEST_CASE("a terminal that goes away leaves no transfer behind", "[ftp]") {
  FtpBench bench;
  append(*bench.peer.site().files.create("/pub/large"), counted(100'000));
  bench.open();
  auto& second = bench.modem().terminals().add();
  second.receive(as_bytes("AT+QFTPGET=\"large\"\r"));
  bench.advance({});
  CHECK(bench.ftp().state() == Ftp::State::transfer);
  bench.modem().terminals().remove(second);
  bench.advance({});
  CHECK(bench.ftp().state() == Ftp::State::opened);
  auto& third = bench.modem().terminals().add();
  third.receive(as_bytes("AT+QFTPPUT=\"up\",30\r"));
  bench.advance({});
  third.receive(as_bytes("half"));
  CHECK(bench.ftp().state() == Ftp::State::transfer);
  bench.modem().terminals().remove(third);
  bench.advance({});
  CHECK(bench.ftp().state() == Ftp::State::opened);
  CHECK(bench.stored("/pub/up") == "half");
  bench.expect_nothing();
  CHECK_THAT(bench.fetched("AT+QFTPGET=\"f.bin\""), Catch::Contains("0123456789"));
}

TEST_CASE("power takes the connection to an FTP server, and its settings", "[ftp]") {
  FtpBench bench;
  bench.open();
  bench.misbehaviour().answers["RETR"] = "";
  bench.configure("4,\"/RAM/\"");
  bench.ok("AT+QFTPGET=\"f.bin\"");
  bench.modem().power_key();
  bench.advance({});
  bench.expect("NORMAL POWER DOWN");
  bench.modem().power_key();
  bench.advance(60s);
  bench.take();
  bench.ask("ATE0");
  bench.stat("IDLE");
  bench.length(0);
  bench.exchange("AT+QFTPUSER?", {"+QFTPUSER: \"\"", "OK"});
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("every failure of the network during FTP: one result for each command, and all goes on",
          "[ftp][failure points]") {
  const auto mode = GENERATE("0", "1");
  for_each_failure_point([mode](std::size_t n) {
    FtpBench bench;
    bench.configure(fmt::format("1,{}", mode));
    bench.ok("AT+QFTPUSER=\"u\";+QFTPPASS=\"p\"");
    bench.network().fail_operation(n);
    std::string said;
    const auto does = [&](std::string_view line) {
      bench.send(line);
      bench.advance(5min);
      for (auto more = bench.take(); !more.empty(); more = bench.take()) said += more;
    };
    does("AT+QFTPOPEN=\"ftp.example\"");
    does("AT+QFTPSIZE=\"/pub/f.bin\"");
    does("AT+QFTPGET=\"/pub/f.bin\"");
    does("AT+QFTPPUT=\"up\",5,10");
    if (bench.channel().takes_data()) bench.send_raw("hello");
    bench.advance(5min);
    said += bench.take();
    does("AT+QFTPCFG=4,\"/RAM/\"");
    does("AT+QFTPGET=\"/pub/f.bin\"");
    does("AT+QFTPCLOSE");
    const auto operations = bench.network().operations();
    bench.network().fail_operation(0);
    INFO(escaped(said));
    CHECK(count(said, "+QFTPOPEN:") == 1);
    CHECK(count(said, "+QFTPSIZE:") == 1);
    CHECK(count(said, "+QFTPGET:") == 2);
    CHECK(count(said, "+QFTPPUT:") == 1);
    CHECK(count(said, "+QFTPCLOSE:0") == 1);
    CHECK(bench.channel().mode_name() == "command");
    CHECK(bench.network().open_links() == 0);
    CHECK(bench.timeline().idle());
    bench.result("AT+QFTPOPEN=\"ftp.example\"", "+QFTPOPEN:0");
    bench.result("AT+QFTPGET=\"/pub/f.bin\"", "+QFTPGET:10");
    return operations;
  });
}
