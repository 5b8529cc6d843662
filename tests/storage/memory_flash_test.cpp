// SPDX-License-Identifier: Apache-2.0
#include "storage/memory_flash.hpp"

#include "storage/faulty_flash.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::storage;

TEST_CASE("memory flash keeps, replaces, lists and erases records", "[storage]") {
  MemoryFlash flash;
  CHECK(flash.read("a").value() == std::nullopt);
  CHECK(flash.write("b", as_bytes("two")));
  CHECK(flash.write("a", as_bytes("one")));
  CHECK(flash.write("a", as_bytes("")));
  CHECK(flash.read("a").value() == Bytes{});
  CHECK(flash.list().value() == std::vector<std::string>{"a", "b"});
  CHECK(flash.erase("a"));
  CHECK(flash.erase("a"));
  CHECK(flash.read("a").value() == std::nullopt);
}

TEST_CASE("a faulty flash fails exactly once, at the operation asked for", "[storage]") {
  MemoryFlash inner;
  FaultyFlash flash{inner};
  flash.fail_operation(2, FlashError::full);
  CHECK(flash.write("a", as_bytes("one")));
  CHECK(flash.write("a", as_bytes("two")).error() == FlashError::full);
  CHECK(flash.read("a").value() == to_bytes("one"));
  CHECK(flash.operations() == 3);
  flash.fail_operation(1);
  CHECK(flash.list().error() == FlashError::failed);
  CHECK(flash.erase("a"));
  CHECK(inner.read("a").value() == std::nullopt);
}
