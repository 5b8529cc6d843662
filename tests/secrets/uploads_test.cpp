// SPDX-License-Identifier: Apache-2.0
// A key that a host uploads stays nowhere in memory but sealed in its file.
#include <array>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/secrets/memory_watch.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/paced_te.hpp"
#include "tests/support/pki.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr std::size_t kSize = 1680;

/// Letters, as a PEM file has them; not in memory from `new`.
std::string_view key() {
  static std::array<std::uint8_t, kSize> letters{};
  if (letters.front() == 0) {
    SeededRandom{7}.fill(letters);
    for (auto& letter : letters) letter = static_cast<std::uint8_t>('A' + letter % 26);
  }
  return as_text(letters);
}

void expect_gone(const MemoryWatch& watch) {
  CHECK(watch.given_back() == 0);
  CHECK(watch.held() == 0);
}

struct Uploading : ModemBench {
  explicit Uploading(bool journal = false) : ModemBench{{.journal = journal}} { begin("RAM:key.pem"); }
  void begin(std::string_view name) {
    send(fmt::format("AT+QSECWRITE=\"{}\",{}", name, kSize));
    expect("CONNECT");
  }
  void send_in_pieces(std::size_t size, std::size_t piece) {
    for (std::size_t at = 0; at < size; at += piece) {
      send_raw(key().substr(at, std::min(piece, size - at)));
      advance(1ms);
    }
  }
  void expect_stored() {
    expect(fmt::format("+QSECWRITE: {},{:x}", kSize, expected_checksum(to_bytes(key()))));
    expect("OK");
  }
};

}  // namespace

TEST_CASE("the watch sees what is held and what is given back", "[secrets]") {
  const MemoryWatch watch{as_bytes(key())};
  expect_gone(watch);
  {
    Bytes copy = to_bytes(key());
    CHECK(watch.held() == 1);
    copy.clear();
    CHECK(watch.held() == 1);
  }
  CHECK(watch.held() == 0);
  CHECK(watch.given_back() == 1);
}

TEST_CASE("an uploaded key is in memory only sealed", "[secrets][SSL 2.2.7]") {
  const std::size_t piece = GENERATE(as<std::size_t>{}, 1680, 1000, 100, 33);
  const bool journal = GENERATE(false, true);
  Uploading bench{journal};
  {
    const MemoryWatch watch{as_bytes(key())};
    bench.send_in_pieces(kSize, piece);
    bench.advance(10s);
    expect_gone(watch);
  }
  bench.expect_stored();
}

TEST_CASE("an upload that breaks off leaves nothing behind", "[secrets][SSL 2.2.7]") {
  Uploading bench;
  const MemoryWatch watch{as_bytes(key())};
  bench.send_in_pieces(1000, 300);
  CHECK(watch.given_back() == 0);
  SECTION("by silence") { bench.advance(200s); }
  SECTION("by +++") {
    bench.advance(500ms);
    bench.send_raw("+++");
    bench.advance(500ms);
  }
  SECTION("by power off") { bench.modem().power_key(); }
  SECTION("by the loss of the supply") { bench.modem().cut_supply(); }
  expect_gone(watch);
}

TEST_CASE("a key that is sent before CONNECT leaves nothing behind", "[secrets][SSL 2.2.7]") {
  ModemBench bench{{.configuration = workbench::configured({.timing = kLab})}};
  bench.advance(10s);
  bench.take();
  const MemoryWatch watch{as_bytes(key())};
  bench.send_raw(fmt::format("AT+QSECWRITE=\"RAM:key.pem\",{}\r", kSize));
  bench.send_raw(key());
  bench.advance(10s);
  bench.expect("CONNECT");
  expect_gone(watch);
}

TEST_CASE("a paced line keeps nothing of a key", "[secrets]") {
  Uploading bench;
  PacedTe te{bench};
  const MemoryWatch watch{as_bytes(key())};
  te.send(key().substr(0, 700));
  te.pass(10ms);
  te.send(key().substr(700));
  te.pass(10s);
  CHECK(te.read.ends_with("\r\nOK\r\n"));
  expect_gone(watch);
}

// ---- AT+QFUPL ----

namespace {

struct KeyFile : ModemBench {
  explicit KeyFile(std::string file, bool journal = false) : ModemBench{{.journal = journal}}, name{std::move(file)} {}
  void send_key(std::string_view command) {
    send(command);
    expect("CONNECT");
    for (std::size_t at = 0; at < kSize; at += 300) {
      send_raw(key().substr(at, 300));
      advance(1ms);
    }
  }
  void upload() {
    send_key(fmt::format("AT+QFUPL=\"{}\",{}", name, kSize));
    expect(stored);
    expect("OK");
  }
  void open(int mode) { exchange(fmt::format("AT+QFOPEN=\"{}\",{}", name, mode), {"+QFOPEN: 1", "OK"}); }
  void remove() { ok(fmt::format("AT+QFDEL=\"{}\"", name)); }
  device::FileName file() const { return device::FileName::parse(name).value(); }

  std::string name;
  // Made before any watch begins, for it copies the key.
  std::string stored = fmt::format("+QFUPL: {},{:x}", kSize, expected_checksum(as_bytes(key())));
};

}  // namespace

TEST_CASE("a key in a file of RAM is in memory there and nowhere else, and is gone with it", "[secrets][files]") {
  KeyFile bench{"RAM:key.pem", GENERATE(false, true)};
  const MemoryWatch watch{as_bytes(key())};
  bench.upload();
  bench.advance(10s);
  CHECK(watch.given_back() == 0);
  CHECK(watch.held() == 1);
  SECTION("deleted") { bench.remove(); }
  SECTION("deleted with all others") { bench.ok("AT+QFDEL=\"RAM:*\""); }
  SECTION("emptied") { bench.open(1); }
  SECTION("cut off") {
    bench.open(0);
    bench.ok("AT+QFTUCAT=1");
  }
  SECTION("moved to where it is sealed") { bench.ok("AT+QFMOV=\"RAM:key.pem\",\"key.pem\""); }
  SECTION("by power off") { bench.modem().power_key(); }
  SECTION("by the loss of the supply") { bench.modem().cut_supply(); }
  expect_gone(watch);
}

TEST_CASE("a key in a file of UFS is in memory only sealed", "[secrets][files]") {
  KeyFile bench{"key.pem", GENERATE(false, true)};
  const MemoryWatch watch{as_bytes(key())};
  bench.upload();
  bench.advance(10s);
  expect_gone(watch);
  bench.open(0);
  bench.ok("AT+QFSEEK=1,100");
  bench.ok("AT+QFTUCAT=1");
  bench.ok("AT+QFCLOSE=1");
  bench.ok("AT+QFMOV=\"key.pem\",\"other.pem\",1");
  bench.remove();
  expect_gone(watch);
}

TEST_CASE("a key that is written to an open file goes with it", "[secrets][files]") {
  KeyFile bench{GENERATE("RAM:key.pem", "key.pem")};
  const MemoryWatch watch{as_bytes(key())};
  bench.open(0);
  for (std::size_t i = 1; i <= 2; ++i) {
    bench.send_key(fmt::format("AT+QFWRITE=1,{}", kSize));
    bench.expect(fmt::format("+QFWRITE: {},{}", kSize, kSize * i));
    bench.expect("OK");
  }
  bench.ok("AT+QFCLOSE=1");
  bench.remove();
  expect_gone(watch);
}

TEST_CASE("what was read of a file is wiped by whoever has read it", "[secrets][files]") {
  KeyFile bench{GENERATE("RAM:key.pem", "key.pem")};
  bench.upload();
  bench.open(0);
  const MemoryWatch watch{as_bytes(key())};
  const auto before = watch.held();
  CHECK(as_text(bench.me().files().read(bench.file()).value()) == key());
  CHECK(as_text(bench.me().files().read_on(1, kSize).value()) == key());
  CHECK(watch.given_back() == 0);
  CHECK(watch.held() == before);
}

TEST_CASE("a file of the program's first version is wiped when it was read", "[secrets][files]") {
  KeyFile bench{"f"};
  REQUIRE(bench.flash().write("ufs-66", as_bytes(key())));
  const MemoryWatch watch{as_bytes(key())};
  CHECK(watch.held() == 1);  // the flash of a test lies in memory
  CHECK(bench.me().files().read(bench.file()).has_value());
  CHECK(watch.given_back() == 0);
  CHECK(watch.held() == 1);
}
