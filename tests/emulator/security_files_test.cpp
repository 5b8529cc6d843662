// SPDX-License-Identifier: Apache-2.0
// AT+QSECWRITE, AT+QSECREAD, AT+QSECDEL (SSL 2.2.7 – 2.2.9).
#include <string>

#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/workbench/configured.hpp"
#include "storage/security_file_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/pki.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

std::string pattern(std::size_t size) {
  SeededRandom random{size};
  Bytes bytes(size);
  random.fill(bytes);
  return to_text(bytes);
}

std::string written(std::string_view content) {
  return fmt::format("\r\n+QSECWRITE: {},{:x}\r\n\r\nOK\r\n", content.size(), expected_checksum(as_bytes(content)));
}
std::string good(std::string_view content) {
  return fmt::format("\r\n+QSECREAD: 1,{:x}\r\n\r\nOK\r\n", expected_checksum(as_bytes(content)));
}

struct Files : ModemBench {
  explicit Files(std::uint64_t seed = 1) : ModemBench{{.seed = seed}} {}
  std::string upload(std::string_view name, std::string_view content) {
    send(fmt::format("AT+QSECWRITE=\"{}\",{}", name, content.size()));
    const auto begun = take();
    if (begun != "\r\nCONNECT\r\n") return begun;
    send_raw(content);
    return take();
  }
  std::string check(std::string_view name) { return ask(fmt::format("AT+QSECREAD=\"{}\"", name)); }
  std::string remove(std::string_view name) { return ask(fmt::format("AT+QSECDEL=\"{}\"", name)); }
};

std::string cme(int number) { return fmt::format("\r\n+CME ERROR: {}\r\n", number); }

const std::string kOk = "\r\nOK\r\n";

}  // namespace

// ---- forms ----

TEST_CASE("the test forms are the note's lines", "[SSL 2.2.7]") {
  Files bench;
  bench.exchange("AT+QSECWRITE=?", {"+QSECWRITE: <filename>,<filesize>[,(3,200)]", "OK"});
  bench.exchange("AT+QSECREAD=?", {"+QSECREAD: <filename>", "OK"});
  bench.exchange("AT+QSECDEL=?", {"+QSECDEL: <filename>", "OK"});
}

TEST_CASE("the read forms answer OK, there is no execution form", "[SSL 2.2.7]") {
  Files bench;
  for (const std::string command : {"AT+QSECWRITE", "AT+QSECREAD", "AT+QSECDEL"}) {
    bench.ok(command + "?");
    CHECK(bench.ask(command) == cme(4013));
    CHECK(bench.ask(command + "=") == cme(4013));
  }
}

// ---- RAM ----

TEST_CASE("a file in RAM: written, checked, deleted", "[SSL 2.2.7][SSL 2.2.8][SSL 2.2.9]") {
  Files bench;
  CHECK(bench.check("RAM:ca.pem") == cme(4010));
  CHECK(bench.upload("RAM:ca.pem", "hello, world") == "\r\n+QSECWRITE: 12,4844\r\n\r\nOK\r\n");
  CHECK(bench.check("RAM:ca.pem") == "\r\n+QSECREAD: 1,4844\r\n\r\nOK\r\n");
  CHECK(bench.remove("RAM:ca.pem") == kOk);
  CHECK(bench.check("RAM:ca.pem") == cme(4010));
  CHECK(bench.remove("RAM:ca.pem") == cme(4010));
}

TEST_CASE("sizes in RAM from 1 to 32768", "[SSL 2.2.7]") {
  const std::size_t size = GENERATE(1, 2, 3, 1460, 2025, 2026, 32767, 32768);
  Files bench;
  const auto content = pattern(size);
  CHECK(bench.upload("RAM:a", content) == written(content));
  CHECK(bench.check("RAM:a") == good(content));
}

TEST_CASE("sizes that RAM does not take", "[SSL 2.2.7]") {
  Files bench;
  CHECK(bench.ask("AT+QSECWRITE=\"RAM:a\",0") == cme(4013));
  CHECK(bench.ask("AT+QSECWRITE=\"RAM:a\",-1") == cme(4013));
  CHECK(bench.ask("AT+QSECWRITE=\"RAM:a\",x") == cme(4013));
  CHECK(bench.ask("AT+QSECWRITE=\"RAM:a\"") == cme(4013));
  CHECK(bench.ask("AT+QSECWRITE=\"RAM:a\",32769") == cme(4011));
  CHECK(bench.ask("AT+QSECWRITE=\"RAM:a\",99999999999999999999") == cme(4013));
  CHECK(bench.check("RAM:a") == cme(4010));
}

TEST_CASE("all byte values are content", "[SSL 2.2.7]") {
  Files bench;
  std::string content;
  for (int i = 0; i < 512; ++i) content += static_cast<char>(i);
  CHECK(bench.upload("RAM:a", content) == written(content));
}

TEST_CASE("RAM is full at 200 KB", "[SSL 2.2.7][at-reference 8]") {
  Files bench;
  const auto content = pattern(32768);
  for (const auto* name : {"RAM:1", "RAM:2", "RAM:3", "RAM:4", "RAM:5", "RAM:6"}) {
    CHECK(bench.upload(name, content) == written(content));
  }
  CHECK(bench.upload("RAM:7", content) == cme(4008));
  CHECK(bench.upload("RAM:7", content.substr(0, 8192)) == written(content.substr(0, 8192)));
  CHECK(bench.upload("RAM:8", "x") == cme(4008));
  CHECK(bench.remove("RAM:3") == kOk);
  CHECK(bench.upload("RAM:8", content) == written(content));
}

TEST_CASE("names in RAM are free, the volume's case does not matter", "[SSL 2.2.7]") {
  Files bench;
  CHECK(bench.upload("ram:cacert0", "abc") == written("abc"));
  CHECK(bench.check("RAM:cacert0") == good("abc"));
  CHECK(bench.check("RAM:CACERT0") == cme(4010));
  CHECK(bench.upload("RAM:a b.pem", "abc") == written("abc"));
  CHECK(bench.upload("RAM:" + std::string(76, 'x'), "abc") == written("abc"));
}

TEST_CASE("names that are none", "[SSL 2.2.7]") {
  Files bench;
  for (const auto* name : {"", "a", "ca_cert.pem", "RAM:", "RAM", ":a", "UFS:a", "NVRAM:", "NVRAM:CA2", "NVRAM:ca0",
                           "NVRAM:CC1", "NVRAM:CK1", "NVRAM:CA", "NVRAM:CA00", "NVRAM:ca_cert.pem", "NVRAM: CA0"}) {
    INFO(name);
    CHECK(bench.upload(name, "abc") == cme(4013));
    CHECK(bench.check(name) == cme(4013));
    CHECK(bench.remove(name) == cme(4013));
  }
  CHECK(bench.upload("RAM:" + std::string(81, 'x'), "abc") == cme(4013));
}

TEST_CASE("a file must be deleted before it is written again", "[SSL 2.2.7]") {
  Files bench;
  for (const auto* name : {"RAM:a", "NVRAM:CA0"}) {
    CHECK(bench.upload(name, "abc") == written("abc"));
    CHECK(bench.upload(name, "xyz") == cme(4012));
    CHECK(bench.check(name) == good("abc"));
    CHECK(bench.remove(name) == kOk);
    CHECK(bench.upload(name, "xyz") == written("xyz"));
  }
  bench.ok("AT+CMEE=2");
  const auto words = bench.upload("RAM:a", "xyz");
  CHECK(words.find("Already exits") != std::string::npos);  // sic, quirk Q22
}

TEST_CASE("AT+CMEE=0 hides the numbers", "[SSL 2.2.7]") {
  Files bench;
  bench.ok("AT+CMEE=0");
  CHECK(bench.check("RAM:a") == "\r\nERROR\r\n");
  CHECK(bench.upload("a", "abc") == "\r\nERROR\r\n");
}

TEST_CASE("superfluous parameters are tolerated", "[SSL 2.2.7][clients 1.11]") {
  Files bench;
  bench.send("AT+QSECWRITE=\"RAM:cacert0\",3,5,0");
  bench.expect("CONNECT");
  bench.send_raw("abc");
  CHECK(bench.take() == written("abc"));
}

// ---- how an upload ends ----

TEST_CASE("the time-out is 3 to 200 seconds, 100 when left out", "[SSL 2.2.7]") {
  const auto [parameter, limit] =
      GENERATE(table<std::string, Duration>({{"", 100s}, {",3", 3s}, {",200", 200s}, {",5", 5s}, {",", 100s}}));
  Files bench;
  bench.send("AT+QSECWRITE=\"RAM:a\",9" + parameter);
  bench.expect("CONNECT");
  bench.send_raw("abc");
  bench.advance(limit - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  CHECK(bench.take() == written("abc"));
  CHECK(bench.check("RAM:a") == good("abc"));
}

TEST_CASE("time-outs outside the range", "[SSL 2.2.7]") {
  Files bench;
  for (const auto* timeout : {"0", "2", "201", "-1", "x"}) {
    CHECK(bench.ask(fmt::format("AT+QSECWRITE=\"RAM:a\",9,{}", timeout)) == cme(4013));
  }
}

TEST_CASE("the time-out counts the silence, not the whole upload", "[SSL 2.2.7]") {
  Files bench;
  bench.send("AT+QSECWRITE=\"RAM:a\",9,3");
  for (int i = 0; i < 8; ++i) {
    bench.send_raw("x");
    bench.advance(2'999ms);
  }
  bench.send_raw("x");
  CHECK(bench.take() == "\r\nCONNECT\r\n" + written("xxxxxxxxx"));
}

TEST_CASE("nothing at all is a time-out", "[SSL 2.2.7][at-reference 3.9]") {
  Files bench;
  bench.send("AT+QSECWRITE=\"RAM:a\",9,3");
  bench.expect("CONNECT");
  bench.advance(3s);
  CHECK(bench.take() == cme(4009));
  CHECK(bench.check("RAM:a") == cme(4010));
  CHECK(bench.upload("RAM:a", "abc") == written("abc"));
}

TEST_CASE("+++ ends an upload with what there is", "[SSL 2.2.7]") {
  const auto* name = GENERATE("RAM:a", "NVRAM:CK0");
  Files bench;
  bench.send(fmt::format("AT+QSECWRITE=\"{}\",1000", name));
  bench.expect("CONNECT");
  bench.send_raw("123456789");
  bench.advance(1s);
  bench.send_raw("+++");
  bench.advance(499ms);
  bench.expect_nothing();
  bench.advance(1ms);
  CHECK(bench.take() == "\r\n+QSECWRITE: 9,3908\r\n\r\nOK\r\n");
  CHECK(bench.check(name) == "\r\n+QSECREAD: 1,3908\r\n\r\nOK\r\n");
}

TEST_CASE("+++ without pauses is content", "[SSL 2.2.7]") {
  Files bench;
  const std::string content = "-----BEGIN+++CERTIFICATE-----\nab+++cd++++\n+++";
  CHECK(bench.upload("RAM:a", content) == written(content));
  bench.send(fmt::format("AT+QSECWRITE=\"RAM:b\",{}", content.size()));
  bench.expect("CONNECT");
  for (const char c : content) {
    bench.send_raw(std::string_view{&c, 1});
    bench.advance(10ms);
  }
  CHECK(bench.take() == written(content));
}

TEST_CASE("what follows the last byte is the next command", "[SSL 2.2.7]") {
  Files bench;
  bench.send_raw("AT+QSECWRITE=\"RAM:a\",3\r\nabc\r\nAT\r\n");
  CHECK(bench.take() == "\r\nCONNECT\r\n" + written("abc") + kOk);
}

TEST_CASE("content is not echoed, URCs wait", "[SSL 2.2.7]") {
  Files bench;
  bench.ask("ATE1");
  bench.send("AT+QSECWRITE=\"RAM:a\",3");
  CHECK(bench.take() == "AT+QSECWRITE=\"RAM:a\",3\r\r\nCONNECT\r\n");
  bench.channel().unsolicited("RING");
  bench.send_raw("ab");
  bench.expect_nothing();
  bench.send_raw("c");
  CHECK(bench.take() == written("abc") + "\r\nRING\r\n");
}

TEST_CASE("an upload that is cut off by a restart leaves nothing", "[SSL 2.2.7]") {
  Files bench;
  bench.send("AT+QSECWRITE=\"NVRAM:CA0\",9");
  bench.send_raw("abc");
  bench.replug();
  CHECK(bench.check("NVRAM:CA0") == cme(4010));
}

// ---- NVRAM ----

TEST_CASE("NVRAM has four files", "[SSL 2.2.1]") {
  Files bench;
  for (const auto* name : {"NVRAM:CA0", "NVRAM:CA1", "NVRAM:CC0", "nvram:CK0"}) {
    CHECK(bench.upload(name, name) == written(name));
    CHECK(bench.check(name) == good(name));
  }
  CHECK(bench.remove("NVRAM:CA1") == kOk);
  CHECK(bench.check("NVRAM:CA1") == cme(4010));
  CHECK(bench.check("NVRAM:CA0") == good("NVRAM:CA0"));
}

TEST_CASE("sizes in NVRAM from 1 to 2025", "[SSL 2.2.7]") {
  Files bench;
  CHECK(bench.upload("NVRAM:CA0", "x") == written("x"));
  CHECK(bench.upload("NVRAM:CA1", pattern(2025)) == written(pattern(2025)));
  CHECK(bench.ask("AT+QSECWRITE=\"NVRAM:CC0\",2026") == cme(4011));
  CHECK(bench.ask("AT+QSECWRITE=\"NVRAM:CC0\",32768") == cme(4011));
  CHECK(bench.ask("AT+QSECWRITE=\"NVRAM:CC0\",0") == cme(4013));
}

TEST_CASE("NVRAM survives a power cut, RAM does not", "[SSL 2.2.7][at-reference 3.9]") {
  Files bench;
  bench.upload("NVRAM:CA0", "nvram");
  bench.upload("RAM:CA0", "ram");
  bench.replug();
  CHECK(bench.check("NVRAM:CA0") == good("nvram"));
  CHECK(bench.check("RAM:CA0") == cme(4010));
}

TEST_CASE("the two volumes have names of their own", "[SSL 2.2.7]") {
  Files bench;
  bench.upload("RAM:CA0", "ram");
  CHECK(bench.check("NVRAM:CA0") == cme(4010));
  bench.upload("NVRAM:CA0", "nvram");
  CHECK(bench.check("RAM:CA0") == good("ram"));
  CHECK(bench.remove("RAM:CA0") == kOk);
  CHECK(bench.check("NVRAM:CA0") == good("nvram"));
}

TEST_CASE("any flipped bit in the flash makes <good> 0", "[SSL 2.2.8]") {
  Files bench;
  bench.upload("NVRAM:CA0", "hello, world");
  const Bytes stored = **bench.flash().read("CA0");
  REQUIRE(stored.size() > 12);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    for (const int bit : {0, 7}) {
      auto damaged = stored;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ (1 << bit));
      REQUIRE(bench.flash().write("CA0", damaged));
      INFO("byte " << i << " bit " << bit);
      const auto answer = bench.check("NVRAM:CA0");
      CHECK(answer.starts_with("\r\n+QSECREAD: 0,"));
      CHECK(answer.ends_with("\r\n\r\nOK\r\n"));
    }
  }
  REQUIRE(bench.flash().write("CA0", stored));
  CHECK(bench.check("NVRAM:CA0") == good("hello, world"));
}

TEST_CASE("a record cut short is there and wrong, and can be deleted", "[SSL 2.2.8]") {
  const std::size_t size = GENERATE(0, 1, 5, 6, 20, 40);
  Files bench;
  bench.upload("NVRAM:CA0", "hello, world");
  auto stored = **bench.flash().read("CA0");
  REQUIRE(stored.size() > size);
  stored.resize(size);
  REQUIRE(bench.flash().write("CA0", stored));
  CHECK(bench.check("NVRAM:CA0").starts_with("\r\n+QSECREAD: 0,"));
  CHECK(bench.upload("NVRAM:CA0", "xyz") == cme(4012));
  CHECK(bench.remove("NVRAM:CA0") == kOk);
  CHECK(bench.upload("NVRAM:CA0", "xyz") == written("xyz"));
}

TEST_CASE("what is stored can be read back nowhere", "[SSL 2.2.7]") {
  Files bench;
  const std::string secret = "PRIVATE KEY that nobody may see";
  bench.upload("NVRAM:CK0", secret);
  bench.upload("RAM:key", secret);
  std::string everything = bench.log().text;
  const auto names = bench.flash().list();
  REQUIRE(names);
  for (const auto& name : *names) everything += to_text(**bench.flash().read(name));
  for (const auto* command : {"AT+QSECREAD=\"NVRAM:CK0\"", "AT+QSECREAD=\"RAM:key\"", "AT&V", "AT+QSECREAD?"}) {
    everything += bench.ask(command);
  }
  CHECK(everything.find("PRIVATE") == std::string::npos);
  CHECK(everything.find("nobody") == std::string::npos);
}

TEST_CASE("two modules do not read each other's NVRAM", "[SSL 2.2.7]") {
  Files one;
  one.upload("NVRAM:CA0", "hello, world");
  Files other{2};
  REQUIRE(other.flash().write("CA0", **one.flash().read("CA0")));
  CHECK(other.check("NVRAM:CA0").starts_with("\r\n+QSECREAD: 0,"));
}

TEST_CASE("a flash that cannot be read at the start does not cost the key to the files", "[SSL 2.2.7]") {
  Files bench;
  bench.upload("NVRAM:CA0", "hello, world");
  bench.faulty_flash().fail_operation(1);
  bench.replug();
  bench.faulty_flash().fail_operation(0);
  bench.take();
  bench.replug();
  CHECK(bench.check("NVRAM:CA0") == good("hello, world"));
}

TEST_CASE("a flash that fails is reported and nothing is half there", "[SSL 2.2.7]") {
  Files bench;
  bench.send("AT+QSECWRITE=\"NVRAM:CA0\",3");
  bench.expect("CONNECT");
  bench.faulty_flash().fail_operation(2, storage::FlashError::full);
  bench.send_raw("abc");
  CHECK(bench.take() == cme(4008));
  CHECK(bench.check("NVRAM:CA0") == cme(4010));
  CHECK(bench.upload("NVRAM:CA0", "abc") == written("abc"));
  bench.faulty_flash().fail_operation(1);
  CHECK(bench.check("NVRAM:CA0") == cme(4004));
  CHECK(bench.check("NVRAM:CA0") == good("abc"));
  bench.faulty_flash().fail_operation(2);
  CHECK(bench.remove("NVRAM:CA0") == cme(4006));
  CHECK(bench.check("NVRAM:CA0") == good("abc"));
}

// OBSERVED: Quectel forum t/4567, an MC60 of the note's V3.2.
TEST_CASE("firmware after V3.1 takes any name in NVRAM", "[SSL 2.2.7][FR 7]") {
  const std::string name = "NVRAM:ClientKey-private.pem";
  const auto key = pattern(1675);
  SECTION("with nvram-names") {
    device::Configuration configuration;
    configuration.firmware.nvram_names = true;
    ModemBench bench{{.configuration = workbench::configured(configuration)}};
    bench.send("AT+QSECWRITE=\"" + name + "\",1675,100");
    bench.expect("CONNECT");
    bench.send_raw(key);
    CHECK(bench.take() == written(key));
    bench.ok("AT+QSSLCFG=\"clientkey\",0,\"" + name + "\"");
    bench.exchange("AT+QSSLCFG=\"clientkey\",0", {"+QSSLCFG: \"clientkey\",\"" + name + "\"", "OK"});
    CHECK(bench.me().security_files().open(*bench.me().ssl().file(name)).value() == to_bytes(key));
    bench.replug();
    CHECK(bench.ask("AT+QSECREAD=\"" + name + "\"") == good(key));
    bench.ok("AT+QSECDEL=\"" + name + "\"");
    CHECK(bench.ask("AT+QSECREAD=\"" + name + "\"") == cme(4010));
    CHECK(bench.ask("AT+QSECWRITE=\"NVRAM:big\",2026") == cme(4011));
    CHECK(bench.ask("AT+QSECREAD=\"NVRAM:CA0\"") == cme(4010));
  }
  SECTION("of V3.1") {
    Files bench;
    CHECK(bench.ask("AT+QSECWRITE=\"" + name + "\",1675,100") == cme(4013));
    CHECK(bench.check(name) == cme(4013));
    CHECK(bench.remove(name) == cme(4013));
    CHECK(bench.ask("AT+QSSLCFG=\"clientkey\",0,\"" + name + "\"") == "\r\nERROR\r\n");
    CHECK(bench.ask("AT+QSSLCFG=\"CLIENTKEY\",0,\"" + name + "\"") == "\r\nERROR\r\n");
  }
}
