// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/pattern.hpp"

#include <stdexcept>
#include <string>

#include "tests/support/catch.hpp"

using quasimodem::workbench::Pattern;

TEST_CASE("a pattern finds the first match and its groups", "[workbench]") {
  const Pattern pattern{R"((\w+)=(?:(\d+)|x))"};
  const auto match = pattern.find("; IFC=2, ICF=x");
  REQUIRE(match);
  CHECK(match->at == 2);
  CHECK(match->end() == 7);
  CHECK(match->groups == std::vector<std::string>{"IFC=2", "IFC", "2"});
  CHECK((*pattern.find("ICF=x"))[2].empty());
  CHECK(!pattern.find("IFC=y"));
  CHECK(pattern.whole("IFC=2"));
  CHECK(!pattern.whole("IFC=2 "));
}

TEST_CASE("a pattern means what it means in Perl", "[workbench]") {
  CHECK(!Pattern{"a.b"}.find("a\nb"));
  CHECK(!Pattern{"a.b"}.find("a\rb"));
  CHECK(!Pattern{"^b"}.find("a\nb"));
  CHECK(!Pattern{"a$"}.find("a\nb"));
  CHECK(!Pattern{"a$"}.find("a\n"));
  CHECK(!Pattern{"at"}.find("AT"));
  CHECK(Pattern{"at", Pattern::Case::ignored}.find("AT"));
  CHECK(Pattern{R"([^\x20-\x7E])"}.find("\xF9"));
  CHECK(Pattern{"a.b"}.find(std::string{"a\0b", 3}));
  CHECK(Pattern{""}.whole(""));
}

TEST_CASE("what a pattern finds is replaced by the words as they stand", "[workbench]") {
  CHECK(Pattern{"[0-9]+"}.replaced("12 and 3", R"($1\n<>)") == R"($1\n<> and $1\n<>)");
  CHECK(Pattern{"x"}.replaced("12", "") == "12");
}

TEST_CASE("a pattern that is none, and one that takes too long", "[workbench]") {
  for (const auto* wrong : {"(", "[", "*", "\\"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(Pattern{wrong}, std::invalid_argument);
  }
  const Pattern slow{"(a+)+b"};
  CHECK(slow.find("aab"));
  CHECK_THROWS_AS(slow.find(std::string(500, 'a')), Pattern::TooComplex);
  CHECK_THROWS_AS(slow.replaced(std::string(500, 'a'), ""), Pattern::TooComplex);
}
