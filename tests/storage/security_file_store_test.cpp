// SPDX-License-Identifier: Apache-2.0
#include "storage/security_file_store.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "storage/checksum.hpp"
#include "storage/faulty_flash.hpp"
#include "storage/memory_flash.hpp"
#include "tests/storage/toy_sealer.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::storage;
using quasimodem::storage::testing::ToySealer;

namespace {

struct CollectingSink final : LogSink {
  std::string text;
  bool wants(LogLevel) const override { return true; }
  void write(LogLevel, std::string_view, std::string_view message) override { text += std::string{message} + '\n'; }
};

struct Store {
  MemoryFlash memory;
  FaultyFlash flash{memory};
  ToySealer sealer;
  CollectingSink log;
  SecurityFileStore store{flash, sealer, Logger{log, "test"}};
};

SecurityFileName name(std::string_view text) { return SecurityFileName::parse(text).value(); }

bool contains(ByteSpan bytes, std::string_view text) { return as_text(bytes).find(text) != std::string_view::npos; }

}  // namespace

TEST_CASE("a file is stored, checked, opened and deleted", "[storage][SSL 2.2.7]") {
  Store s;
  const auto file = name(GENERATE("RAM:ca_cert.pem", "NVRAM:CA0"));
  CHECK(s.store.check(file).error() == StoreError::not_found);
  CHECK(s.store.open(file).error() == StoreError::not_found);
  CHECK(s.store.remove(file).error() == StoreError::not_found);

  CHECK(s.store.may_add(file, 9));
  CHECK(s.store.add(file, as_bytes("123456789")).value() == 0x3908);
  CHECK(s.store.check(file)->good);
  CHECK(s.store.check(file)->checksum == 0x3908);
  CHECK(s.store.open(file).value() == to_bytes("123456789"));

  CHECK(s.store.remove(file));
  CHECK(s.store.check(file).error() == StoreError::not_found);
  CHECK(s.store.add(file, as_bytes("A")).value() == 0x4100);
}

TEST_CASE("the first error is that the file exists, then its size, then the space", "[storage][SSL 2.2.7]") {
  Store s;
  const auto first = name("RAM:first");
  REQUIRE(s.store.add(first, Bytes(10)));
  CHECK(s.store.may_add(first, 1'000'000).error() == StoreError::already_exists);
  CHECK(s.store.add(first, Bytes(1)).error() == StoreError::already_exists);
  CHECK(s.store.open(first)->size() == 10);

  CHECK(s.store.may_add(name("RAM:second"), 32'769).error() == StoreError::too_large);
  for (int i = 0; i < 6; ++i) REQUIRE(s.store.add(name(fmt::format("RAM:{}", i)), Bytes(32'768)));
  const auto left = SecurityFileStore::kRamCapacity - 6 * 32'768 - 10;
  CHECK(s.store.may_add(name("RAM:last"), 32'769).error() == StoreError::too_large);
  CHECK(s.store.may_add(name("RAM:last"), left + 1).error() == StoreError::no_space);
  CHECK(s.store.add(name("RAM:last"), Bytes(left + 1)).error() == StoreError::no_space);
  CHECK(s.store.add(name("RAM:last"), Bytes(left)));
  CHECK(s.store.may_add(name("RAM:none"), 1).error() == StoreError::no_space);
  CHECK(s.store.remove(first));
  CHECK(s.store.may_add(name("RAM:none"), 10));
}

TEST_CASE("the limits of both volumes are the manual's", "[storage][SSL 2.2.7]") {
  Store s;
  CHECK(SecurityFileStore::max_size(Volume::ram) == 32'768);
  CHECK(SecurityFileStore::max_size(Volume::nvram) == 2025);
  CHECK(s.store.may_add(name("NVRAM:CK0"), 2026).error() == StoreError::too_large);
  CHECK(s.store.add(name("NVRAM:CK0"), Bytes(2025, 'k')));
  CHECK(s.store.open(name("NVRAM:CK0")).value() == Bytes(2025, 'k'));
}

TEST_CASE("NVRAM survives a reset, RAM does not", "[storage][at-reference 3.9]") {
  Store s;
  REQUIRE(s.store.add(name("RAM:CA0"), as_bytes("in RAM")));
  REQUIRE(s.store.add(name("NVRAM:CA0"), as_bytes("in NVRAM")));
  s.store.clear_ram();
  CHECK(s.store.check(name("RAM:CA0")).error() == StoreError::not_found);
  CHECK(s.store.open(name("NVRAM:CA0")).value() == to_bytes("in NVRAM"));

  const SecurityFileStore later{s.memory, s.sealer, {}};
  CHECK(later.open(name("NVRAM:CA0")).value() == to_bytes("in NVRAM"));
}

TEST_CASE("files are listed with size and state, RAM first", "[storage]") {
  Store s;
  CHECK(s.store.list().empty());
  REQUIRE(s.store.add(name("NVRAM:CK0"), as_bytes("AB")));
  REQUIRE(s.store.add(name("RAM:b"), as_bytes("A")));
  REQUIRE(s.store.add(name("RAM:a"), as_bytes("ABC")));
  std::string text;
  for (const auto& entry : s.store.list()) {
    text += fmt::format("{} {} {:x} {}\n", entry.name.text(), entry.size, entry.check.checksum, entry.check.good);
  }
  CHECK(text == "RAM:a 3 242 true\nRAM:b 1 4100 true\nNVRAM:CK0 2 4142 true\n");
}

TEST_CASE("a changed byte anywhere in the record makes the file bad, never worse", "[storage][SSL 2.2.8]") {
  Store s;
  const auto file = name("NVRAM:CC0");
  REQUIRE(s.store.add(file, as_bytes("certificate")));
  const auto whole = s.memory.read("CC0").value().value();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    auto spoiled = whole;
    spoiled[i] ^= 0x10;
    REQUIRE(s.memory.write("CC0", spoiled));
    CHECK_FALSE(s.store.check(file)->good);
    CHECK(s.store.open(file).error() == StoreError::failed);
    CHECK(s.store.may_add(file, 1).error() == StoreError::already_exists);
    CHECK_FALSE(s.store.list().at(0).check.good);
  }
  REQUIRE(s.store.remove(file));
  CHECK(s.store.may_add(file, 1));
}

TEST_CASE("the checksum of a bad file is that of what is stored now", "[storage][SSL 2.2.8]") {
  Store s;
  REQUIRE(s.store.add(name("NVRAM:CC0"), as_bytes("AB")));
  auto record = s.memory.read("CC0").value().value();
  record[6] ^= 'A' ^ 'C';
  REQUIRE(s.memory.write("CC0", record));
  CHECK(s.store.check(name("NVRAM:CC0"))->checksum == 0x4342);
  CHECK_FALSE(s.store.check(name("NVRAM:CC0"))->good);
}

TEST_CASE("a record cut off anywhere is a bad file", "[storage]") {
  Store s;
  const auto file = name("NVRAM:CA1");
  REQUIRE(s.store.add(file, as_bytes("x")));
  const auto whole = s.memory.read("CA1").value().value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    REQUIRE(s.memory.write("CA1", ByteSpan{whole}.first(size)));
    CHECK_FALSE(s.store.check(file)->good);
    CHECK(s.store.open(file).error() == StoreError::failed);
  }
}

TEST_CASE("a file may be empty, a short upload can end so", "[storage]") {
  Store s;
  REQUIRE(s.store.add(name("NVRAM:CA0"), {}).value() == 0);
  CHECK(s.store.check(name("NVRAM:CA0"))->good);
  REQUIRE(s.store.add(name("RAM:CA0"), {}).value() == 0);
  CHECK(s.store.check(name("RAM:CA0"))->good);
}

TEST_CASE("flash failures are reported and logged", "[storage]") {
  Store s;
  const auto file = name("NVRAM:CK0");
  s.flash.fail_operation(1);
  CHECK(s.store.may_add(file, 1).error() == StoreError::failed);
  s.flash.fail_operation(2);
  CHECK(s.store.add(file, as_bytes("key")).error() == StoreError::failed);
  s.flash.fail_operation(2, FlashError::full);
  CHECK(s.store.add(file, as_bytes("key")).error() == StoreError::no_space);
  REQUIRE(s.store.add(file, as_bytes("key")));
  s.flash.fail_operation(1);
  CHECK(s.store.check(file).error() == StoreError::failed);
  s.flash.fail_operation(1);
  CHECK(s.store.open(file).error() == StoreError::failed);
  s.flash.fail_operation(2);
  CHECK(s.store.remove(file).error() == StoreError::failed);
  CHECK(s.store.check(file)->good);
  s.flash.fail_operation(4);
  CHECK(s.store.list().empty());
  CHECK(std::count(s.log.text.begin(), s.log.text.end(), '\n') == 7);
}

TEST_CASE("neither flash nor log ever holds the content", "[storage][SSL 2.2.7]") {
  Store s;
  REQUIRE(s.store.add(name("NVRAM:CK0"), as_bytes("PRIVATE KEY")));
  CHECK_FALSE(contains(s.memory.read("CK0").value().value(), "PRIVATE"));
  auto record = s.memory.read("CK0").value().value();
  record.back() ^= 1;
  REQUIRE(s.memory.write("CK0", record));
  CHECK_FALSE(s.store.open(name("NVRAM:CK0")));
  CHECK_FALSE(s.log.text.empty());
  CHECK_FALSE(contains(as_bytes(s.log.text), "PRIVATE"));
}

TEST_CASE("files of any name live in the flash, so many and no more", "[storage][FR 7]") {
  Store s;
  const auto named = [](std::string_view text) { return SecurityFileName::parse(text, NvramNames::any).value(); };
  const auto key = named("NVRAM:ClientKey-private.pem");
  REQUIRE(s.store.add(key, as_bytes("123456789")).value() == 0x3908);
  CHECK(s.store.may_add(key, 9).error() == StoreError::already_exists);
  CHECK(s.store.may_add(named("NVRAM:other"), 2'026).error() == StoreError::too_large);
  s.store.clear_ram();
  CHECK(s.store.open(key).value() == to_bytes("123456789"));
  REQUIRE(s.store.list().size() == 1);
  CHECK(s.store.list().front().name == key);

  for (std::size_t i = 1; i < SecurityFileStore::kMostNamedFiles; ++i)
    REQUIRE(s.store.add(named(fmt::format("NVRAM:{}", i)), Bytes(1)));
  CHECK(s.store.may_add(named("NVRAM:last"), 1).error() == StoreError::no_space);
  CHECK(s.store.may_add(named("NVRAM:CA0"), 1));  // the four have their own places
  REQUIRE(s.store.remove(key));
  CHECK(s.store.check(key).error() == StoreError::not_found);
  CHECK(s.store.may_add(named("NVRAM:last"), 1));
}
