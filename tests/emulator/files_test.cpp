// SPDX-License-Identifier: Apache-2.0
// Files, AT+QF* (at-reference 4.5, quirks Q24 and Q26).
#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

struct FileBench : ModemBench {
  void upload(const std::string& name, const std::string& content, const std::string& answer) {
    send("AT+QFUPL=\"" + name + "\"," + std::to_string(content.size()));
    expect("CONNECT");
    send_raw(content);
    expect(answer);
    expect("OK");
    expect_nothing();
  }
};

}  // namespace

TEST_CASE("a file goes in and comes out", "[files]") {
  FileBench bench;
  const std::string volume = GENERATE("RAM:", "UFS:", "");
  const std::string shown = volume == "RAM:" ? "RAM:f" : "f";
  bench.upload(volume + "f", "hello, world", "+QFUPL: 12,4844");
  bench.send("AT+QFUPL=\"" + volume + "f\",5");
  bench.expect("+CME ERROR: 4012");
  bench.send("AT+QFDWL=\"" + volume + "f\"");
  bench.expect_raw("\r\nCONNECT\r\nhello, world\r\n+QFDWL: 12,4844\r\n\r\nOK\r\n");
  bench.exchange("AT+QFLST=\"" + volume + "*\"", {"+QFLST: \"" + shown + "\",12", "OK"});
  bench.exchange("AT+QFLST=\"" + volume + "f\"", {"+QFLST: \"" + shown + "\",12", "OK"});
  bench.ok("AT+QFDEL=\"" + volume + "f\"");
  bench.exchange("AT+QFDEL=\"" + volume + "f\"", {"+CME ERROR: 4010"});
  bench.exchange("AT+QFDWL=\"" + volume + "f\"", {"+CME ERROR: 4010"});
  bench.exchange("AT+QFDEL=\"" + volume + "*\"", {"+CME ERROR: 4013"});  // quirk Q24
}

TEST_CASE("UFS survives a restart, RAM does not", "[files]") {
  FileBench bench;
  bench.upload("RAM:a", "x", "+QFUPL: 1,7800");
  bench.upload("b c.txt", "y", "+QFUPL: 1,7900");
  bench.replug();
  bench.ok("AT+QFLST=\"RAM:*\"");
  bench.exchange("AT+QFLST", {"+QFLST: \"b c.txt\",1", "OK"});
  bench.ok("AT+QFDEL=\"*\"");
  bench.ok("AT+QFLST");
}

TEST_CASE("a file on UFS cannot be read in the flash", "[files]") {
  FileBench bench;
  const std::string key = "-----BEGIN RSA PRIVATE KEY-----";
  bench.send("AT+QFUPL=\"ck.pem\"," + std::to_string(key.size()));
  bench.send_raw(key);
  bench.take();
  bench.exchange("AT+QFOPEN=\"log\",0", {"+QFOPEN: 1", "OK"});
  bench.send("AT+QFWRITE=1," + std::to_string(key.size()));
  bench.send_raw(key);
  bench.take();
  bench.ok("AT+QFCLOSE=1");
  std::size_t files = 0;
  const auto records = bench.flash().list().value();
  for (const auto& record : records) {
    INFO(record);
    const auto content = to_text(bench.flash().read(record).value().value());
    CHECK(content.find("BEGIN") == std::string::npos);
    files += record.starts_with("file-") ? 1 : 0;
  }
  CHECK(files == 2);
  bench.replug();
  CHECK(bench.ask("AT+QFLST") == "\r\n+QFLST: \"ck.pem\",31\r\n+QFLST: \"log\",31\r\n\r\nOK\r\n");
  bench.send("AT+QFDWL=\"ck.pem\"");
  CHECK(bench.take().starts_with("\r\nCONNECT\r\n" + key));
}

TEST_CASE("files of the program's first version are sealed at the start", "[files]") {
  FileBench bench;
  const std::string old = "ufs-66";
  REQUIRE(bench.flash().write(old, as_bytes("hello, world")));
  SECTION("sealed") {}
  SECTION("there is no room: read as they are") { bench.faulty_flash().fail_operation(3, storage::FlashError::full); }
  bench.replug();
  bench.exchange("AT+QFLST", {"+QFLST: \"f\",12", "OK"});
  bench.send("AT+QFDWL=\"f\"");
  bench.expect_raw("\r\nCONNECT\r\nhello, world\r\n+QFDWL: 12,4844\r\n\r\nOK\r\n");
  bench.replug();
  CHECK(bench.flash().read(old).value() == std::nullopt);
  CHECK(bench.flash().read("file-66").value().has_value());
  bench.exchange("AT+QFLST", {"+QFLST: \"f\",12", "OK"});
  bench.ok("AT+QFDEL=\"f\"");
  bench.ok("AT+QFLST");
}

TEST_CASE("files sealed with a key that is lost can be deleted, not read", "[files]") {
  FileBench bench;
  bench.upload("f", "hello, world", "+QFUPL: 12,4844");
  REQUIRE(bench.flash().erase("seal.key"));
  bench.replug();
  bench.exchange("AT+QFLST", {"+QFLST: \"f\",12", "OK"});
  CHECK(bench.ask("AT+QFDWL=\"f\"").starts_with("\r\n+CME ERROR: 40"));
  bench.ok("AT+QFDEL=\"f\"");
  bench.upload("f", "hello, world", "+QFUPL: 12,4844");
}

TEST_CASE("files and certificates have name spaces of their own", "[files][SSL 2.2.7]") {
  FileBench bench;
  bench.send("AT+QSECWRITE=\"RAM:ca\",2");
  bench.send_raw("AB");
  bench.take();
  bench.exchange("AT+QFDWL=\"RAM:ca\"", {"+CME ERROR: 4010"});
  bench.exchange("AT+QFDEL=\"RAM:*\"", {"+CME ERROR: 4013"});
  bench.exchange("AT+QSECREAD=\"RAM:ca\"", {"+QSECREAD: 1,4142", "OK"});
}

TEST_CASE("an open file is read, written and moved in", "[files]") {
  FileBench bench;
  bench.upload("RAM:f", "0123456789", "+QFUPL: 10,3839");
  bench.exchange("AT+QFOPEN=\"RAM:none\",2", {"+CME ERROR: 4010"});
  bench.exchange("AT+QFOPEN=\"RAM:f\",2", {"+QFOPEN: 1", "OK"});
  bench.exchange("AT+QFOPEN=\"RAM:f\",2", {"+CME ERROR: 4016"});  // quirk Q26
  bench.exchange("AT+QFDEL=\"RAM:f\"", {"+CME ERROR: 4016"});
  bench.send("AT+QFREAD=1,4");
  bench.expect_raw("\r\nCONNECT 4\r\n0123\r\nOK\r\n");
  bench.exchange("AT+QFPOSITION=1", {"+QFPOSITION: 4", "OK"});
  bench.ok("AT+QFSEEK=1,2,1");
  bench.send("AT+QFREAD=1,100");
  bench.expect_raw("\r\nCONNECT 4\r\n6789\r\nOK\r\n");
  bench.send("AT+QFREAD=1,100");
  bench.expect_raw("\r\nCONNECT 0\r\n\r\nOK\r\n");
  bench.exchange("AT+QFWRITE=1,1", {"+CME ERROR: 4016"});
  bench.ok("AT+QFCLOSE=1");
  bench.exchange("AT+QFCLOSE=1", {"+CME ERROR: 4013"});
  bench.exchange("AT+QFREAD=1", {"+CME ERROR: 4013"});

  bench.exchange("AT+QFOPEN=\"RAM:f\"", {"+QFOPEN: 1", "OK"});
  bench.ok("AT+QFSEEK=1,2,2");
  bench.send("AT+QFWRITE=1,3");
  bench.expect("CONNECT");
  bench.send_raw("\x1a\x1b+");
  bench.expect("+QFWRITE: 3,11");
  bench.expect("OK");
  bench.ok("AT+QFCLOSE=1");
  bench.exchange("AT+QFOPEN=\"RAM:f\",1", {"+QFOPEN: 1", "OK"});
  bench.exchange("AT+QFLST=\"RAM:f\"", {"+QFLST: \"RAM:f\",0", "OK"});
}

TEST_CASE("open files are listed, cut off and flushed", "[files][services 1.4]") {
  FileBench bench;
  bench.upload("RAM:f", "0123456789", "+QFUPL: 10,3839");
  bench.upload("log.txt", "abc", "+QFUPL: 3,262");
  bench.ok("AT+QFOPEN?");
  bench.exchange("AT+QFOPEN=\"RAM:f\",0,100", {"+QFOPEN: 1", "OK"});
  bench.exchange("AT+QFOPEN=\"log.txt\",2", {"+QFOPEN: 2", "OK"});
  bench.exchange("AT+QFOPEN?", {"+QFOPEN: \"RAM:f\",1,0\r\n+QFOPEN: \"log.txt\",2,2", "OK"});
  bench.ok("AT+QFSEEK=1,4");
  bench.ok("AT+QFTUCAT=1");
  bench.exchange("AT+QFLST=\"RAM:f\"", {"+QFLST: \"RAM:f\",4", "OK"});
  bench.exchange("AT+QFTUCAT=2", {"+CME ERROR: 4016"});  // read only
  bench.ok("AT+QFFLUSH=1");
  for (const auto* line : {"AT+QFTUCAT=3", "AT+QFFLUSH=3"}) bench.exchange(line, {"+CME ERROR: 4013"});
  bench.exchange("AT+QFTUCAT=?", {"+QFTUCAT: <filehandle>", "OK"});
}

TEST_CASE("files are moved and copied", "[files][services 1.4]") {
  FileBench bench;
  bench.upload("RAM:f", "hello, world", "+QFUPL: 12,4844");
  bench.ok("AT+QFMOV=\"RAM:f\",\"kept.txt\",1,0");
  bench.exchange("AT+QFMOV=\"RAM:f\",\"kept.txt\",0,0", {"+CME ERROR: 4012"});
  bench.ok("AT+QFMOV=\"RAM:f\",\"kept.txt\",0,1");
  bench.exchange("AT+QFMOV=\"RAM:f\",\"x\",0,0", {"+CME ERROR: 4010"});
  bench.send("AT+QFDWL=\"kept.txt\"");
  bench.expect_raw("\r\nCONNECT\r\nhello, world\r\n+QFDWL: 12,4844\r\n\r\nOK\r\n");
  bench.ok("AT+QFMOV=\"UFS:kept.txt\",\"RAM:g\"");
  bench.exchange("AT+QFLST", {"OK"});
  bench.exchange("AT+QFLST=\"RAM:*\"", {"+QFLST: \"RAM:g\",12", "OK"});
  bench.exchange("AT+QFOPEN=\"RAM:g\"", {"+QFOPEN: 1", "OK"});
  bench.exchange("AT+QFMOV=\"RAM:g\",\"RAM:h\"", {"+CME ERROR: 4016"});
  bench.ok("AT+QFCLOSE=1");
  bench.exchange("AT+QFMOV=\"RAM:g\",\"a/b\"", {"+CME ERROR: 4013"});
  bench.exchange("AT+QFMOV=\"RAM:g\",\"RAM:g\",0,1", {"+CME ERROR: 4012"});
  // A full volume has room for its own file under another name, and not for a copy.
  bench.upload("RAM:big", std::string(200'000, 'a'), "+QFUPL: 200000,0");
  bench.ok("AT+QFMOV=\"RAM:big\",\"RAM:same\"");
  bench.exchange("AT+QFMOV=\"RAM:same\",\"RAM:copy\",1", {"+CME ERROR: 4008"});
}

TEST_CASE("a short upload keeps what came", "[files]") {
  FileBench bench;
  bench.send("AT+QFUPL=\"RAM:f\",100,3");
  bench.expect("CONNECT");
  bench.send_raw("AB");
  bench.advance(3s);
  bench.expect("+QFUPL: 2,4142");
  bench.expect("OK");
  bench.send("AT+QFUPL=\"RAM:g\",100,3");
  bench.expect("CONNECT");
  bench.advance(3s);
  bench.expect("+CME ERROR: 4009");
}

TEST_CASE("limits and names", "[files]") {
  FileBench bench;
  bench.exchange("AT+QFLDS=\"RAM\"", {"+QFLDS: 204800,204800", "OK"});
  bench.exchange("AT+QFLDS=\"XX\"", {"+CME ERROR: 4013"});
  bench.exchange("AT+QFUPL=\"RAM:f\",204801", {"+CME ERROR: 4011"});
  bench.exchange("AT+QFUPL=\"RAM:\",1", {"+CME ERROR: 4013"});
  bench.exchange("AT+QFUPL=\"a/b\",1", {"+CME ERROR: 4013"});
  const std::string longest(80, 'a');
  for (const auto* volume : {"", "UFS:", "RAM:"}) {
    bench.exchange(fmt::format("AT+QFUPL=\"{}{}a\",1", volume, longest), {"+CME ERROR: 4013"});
  }
  bench.upload("RAM:" + longest, "a", "+QFUPL: 1,6100");
  bench.upload("UFS:" + longest, "a", "+QFUPL: 1,6100");
  bench.ok("AT+QFDEL=\"RAM:*\"");
  bench.exchange("AT+QFUPL=\"f\",0", {"+CME ERROR: 4013"});
  bench.upload("RAM:f", std::string(200'000, 'a'), "+QFUPL: 200000,0");
  bench.exchange("AT+QFUPL=\"RAM:g\",4801", {"+CME ERROR: 4008"});
  bench.exchange("AT+QFLDS=\"RAM\"", {"+QFLDS: 4800,204800", "OK"});
  for (int i = 1; i <= 10; ++i) CHECK(bench.ask("AT+QFOPEN=\"h" + std::to_string(i) + "\"").ends_with("OK\r\n"));
  CHECK(bench.ask("AT+QFOPEN=\"h11\"").starts_with("\r\n+CME ERROR: "));
}
