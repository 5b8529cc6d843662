// SPDX-License-Identifier: Apache-2.0
#include "storage/file_name.hpp"

#include "tests/support/catch.hpp"

using namespace quasimodem::storage;

TEST_CASE("names of the RAM volume are free", "[storage][SSL 2.2.7]") {
  const auto longest = "RAM:" + std::string(80, 'x');
  for (const std::string text : {"RAM:ca_cert.pem", "RAM:CA0.pem", "RAM:cacert0", "RAM:x", "RAM:CA0", "RAM:a:b",
                                 "RAM:with blank", longest.c_str()}) {
    CAPTURE(text);
    const auto name = SecurityFileName::parse(text);
    REQUIRE(name);
    CHECK(name->volume() == Volume::ram);
    CHECK(name->file() == text.substr(4));
    CHECK(name->text() == text);
  }
}

TEST_CASE("NVRAM has exactly four names", "[storage][SSL 2.2.7]") {
  for (const std::string text : {"NVRAM:CA0", "NVRAM:CA1", "NVRAM:CC0", "NVRAM:CK0"}) {
    const auto name = SecurityFileName::parse(text);
    REQUIRE(name);
    CHECK(name->volume() == Volume::nvram);
    CHECK(name->text() == text);
  }
  for (const auto* text :
       {"NVRAM:CA2", "NVRAM:CC1", "NVRAM:CK1", "NVRAM:ca0", "NVRAM:CA0 ", "NVRAM:", "NVRAM:CA", "NVRAM:CA00"}) {
    CAPTURE(text);
    CHECK_FALSE(SecurityFileName::parse(text));
  }
}

TEST_CASE("later firmware takes any name in NVRAM", "[storage][FR 7]") {
  const auto longest = "NVRAM:" + std::string(40, 'x');
  for (const std::string text : {"NVRAM:ClientKey-private.pem", "NVRAM:CA2", "NVRAM:CA0", longest.c_str()}) {
    CAPTURE(text);
    const auto name = SecurityFileName::parse(text, NvramNames::any);
    REQUIRE(name);
    CHECK(name->volume() == Volume::nvram);
    CHECK(name->text() == text);
    CHECK(name->is_one_of_four() == (text == "NVRAM:CA0"));
  }
  const auto too_long = longest + "x";
  for (const std::string text : {"NVRAM:", "NVRAM:a\"b", "NVRAM:\x7F", too_long.c_str()}) {
    CAPTURE(text);
    CHECK_FALSE(SecurityFileName::parse(text, NvramNames::any));
  }
  CHECK_FALSE(SecurityFileName::parse("RAM:CA0")->is_one_of_four());
}

TEST_CASE("the volume compares without case, the file with case", "[storage][at-reference 3.9]") {
  CHECK(SecurityFileName::parse("ram:File")->text() == "RAM:File");
  CHECK(SecurityFileName::parse("nvRam:CA1")->text() == "NVRAM:CA1");
  CHECK(SecurityFileName::parse("RAM:File") != SecurityFileName::parse("RAM:file"));
}

TEST_CASE("what is not a name", "[storage]") {
  const auto too_long = "RAM:" + std::string(81, 'x');
  for (const std::string text : {"", "CA0", "RAM", "RAM:", ":x", "UFS:x", "RAMX:x", "RA:x", "RAM:a\tb", "RAM:a\"b",
                                 "RAM:\x7F", "RAM:\xC3\xA4", too_long.c_str()}) {
    CAPTURE(text);
    CHECK_FALSE(SecurityFileName::parse(text));
  }
  CHECK_FALSE(SecurityFileName::parse(std::string_view{"RAM:a\0b", 7}));
}
