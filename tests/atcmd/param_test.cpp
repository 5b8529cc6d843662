// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/param.hpp"

#include <array>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using namespace quasimodem::atcmd;

namespace {

enum class Mode { slow, fast };

struct Args {
  int ssid = -1;
  Mode mode = Mode::slow;
  std::optional<int> length;
  std::string_view host = "nobody";
  std::optional<std::string> user;
};

constexpr int kRates[] = {0, 9600, 115200};
constexpr Meaning kSpeeds[] = {{0, "slow"}, {1, "fast"}};
constexpr Meaning kPhases[] = {{0, "phase 2"}, {1, "phase 2+"}, {128, "the maker's own"}};
constexpr Meaning kWords[] = {{"0X0035", "AES"}, {"0X0005", "RC4"}};

Argument bare(std::string text) { return {Argument::Kind::bare, std::move(text)}; }
Argument quoted(std::string text) { return {Argument::Kind::quoted, std::move(text)}; }
const Argument kOmitted;

template <std::size_t N>
tl::expected<Args, InvalidParameter> stored(const std::array<Param, N>& params, std::vector<Argument> arguments,
                                            Surplus surplus = Surplus::refused) {
  return arguments_as<Args>(params, arguments, surplus);
}

}  // namespace

TEST_CASE("only whole decimal numbers are numbers", "[param]") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("0080") == 80);
  CHECK(parse_integer("-1") == -1);
  CHECK(parse_integer("+5") == 5);
  CHECK(parse_integer("9223372036854775807") == INT64_MAX);
  for (const auto* text : {"", "-", "+", "a", "1a", "0x10", "1.5", "--1", "+-1", "9223372036854775808", "1 "}) {
    INFO(text);
    CHECK(!parse_integer(text));
  }
}

TEST_CASE("a number must be inside its range", "[param]") {
  constexpr std::array params{integer<&Args::ssid>("ssid", 0, 5)};
  CHECK(stored(params, {bare("0")})->ssid == 0);
  CHECK(stored(params, {bare("5")})->ssid == 5);
  CHECK(stored(params, {quoted("5")})->ssid == 5);
  for (const auto* text : {"-1", "6", "", "x", "1.0", "99999999999999999999"}) {
    INFO(text);
    CHECK(!stored(params, {bare(text)}));
  }
}

TEST_CASE("a number may be one of a list", "[param]") {
  constexpr std::array params{integer<&Args::ssid>("rate", 0, 115200).among(kRates)};
  CHECK(stored(params, {bare("9600")})->ssid == 9600);
  CHECK(!stored(params, {bare("9601")}));
}

TEST_CASE("a choice takes what has a meaning", "[param]") {
  constexpr std::array speed{choice<&Args::mode>("mode", kSpeeds).as_range()};
  CHECK(stored(speed, {bare("1")})->mode == Mode::fast);
  CHECK(!stored(speed, {bare("2")}));
  CHECK(shown(speed) == "(0,1)");
  CHECK(allowed_values(speed[0], "-") == "0-1");
  constexpr std::array phase{choice<&Args::ssid>("service", kPhases).as_range()};
  CHECK(stored(phase, {bare("128")})->ssid == 128);
  CHECK(!stored(phase, {bare("2")}));
  CHECK(shown(phase) == "(0,1,128)");
  CHECK(allowed_values(phase[0], "-") == "0, 1, 128");
  CHECK(allowed_values(text("suite", 0, 84).only(kWords), "-") == "0X0035, 0X0005");
  CHECK(allowed_values(text("name", 1, 80).described_as("a file"), "-") == "a file");
}

TEST_CASE("a value's meaning is found by its digits, or by its word in any case", "[param]") {
  CHECK(meaning_of(kPhases, "128") == "the maker's own");
  CHECK(meaning_of(kPhases, "2").empty());
  CHECK(meaning_of(kPhases, "").empty());
  CHECK(meaning_of(kWords, "0x0005") == "RC4");
  CHECK(meaning_of(kWords, "0").empty());
  CHECK(meaning_of({}, "0").empty());
}

TEST_CASE("members may be enumerations and optional numbers", "[param]") {
  constexpr std::array params{integer<&Args::mode>("mode", 0, 1), integer<&Args::length>("length", 1, 9).optional()};
  CHECK(stored(params, {bare("1")})->mode == Mode::fast);
  CHECK(!stored(params, {bare("1")})->length);
  CHECK(stored(params, {bare("1"), bare("9")})->length == 9);
}

TEST_CASE("text has a length, quoted or not", "[param]") {
  constexpr std::array params{text<&Args::host>("host", 1, 4), text<&Args::user>("user", 0, 4).optional()};
  const std::vector<Argument> arguments{quoted("abcd"), quoted("")};
  const auto args = arguments_as<Args>(params, arguments);
  CHECK(args->host == "abcd");
  CHECK(args->user == "");
  CHECK(!stored(params, {quoted("abcde")}));
  CHECK(!stored(params, {quoted("")}));
  CHECK(stored(params, {bare("a")}));
}

TEST_CASE("what is left out takes the default or leaves the member alone", "[param]") {
  constexpr std::array params{integer<&Args::ssid>("timeout", 10, 300).optional(90),
                              integer<&Args::mode>("mode", 0, 1).optional()};
  CHECK(stored(params, {})->ssid == 90);
  CHECK(stored(params, {kOmitted, bare("1")})->ssid == 90);
  CHECK(stored(params, {kOmitted, bare("1")})->mode == Mode::fast);
  CHECK(stored(params, {bare("10")})->mode == Mode::slow);
}

TEST_CASE("what must be there must be there", "[param]") {
  constexpr std::array params{integer<&Args::ssid>("a", 0, 5), integer<&Args::mode>("b", 0, 1)};
  CHECK(!stored(params, {}));
  CHECK(!stored(params, {bare("1")}));
  CHECK(!stored(params, {kOmitted, bare("1")}));
  CHECK(!stored(params, {bare("1"), kOmitted}));
}

TEST_CASE("too many parameters are refused, or ignored where hosts are known to send them", "[param]") {
  constexpr std::array params{integer<&Args::ssid>("a", 0, 5)};
  CHECK(!stored(params, {bare("1"), bare("2")}));
  CHECK(!stored(params, {bare("1"), kOmitted}));
  CHECK(stored(params, {bare("1"), bare("x")}, Surplus::ignored)->ssid == 1);
}

TEST_CASE("parameters are shown by name, as ranges or as the manual has them", "[param]") {
  CHECK(shown(std::array{integer<&Args::ssid>("ssid", 0, 5)}) == "<ssid>");
  CHECK(shown(std::array{integer<&Args::ssid>("ssid", 0, 5).as_range()}) == "(0-5)");
  CHECK(shown(std::array{integer<&Args::ssid>("ssid", 0, 1).as_range()}) == "(0,1)");
  CHECK(shown(std::array{integer<&Args::ssid>("ssid", 0, 0).as_range()}) == "(0)");
  CHECK(shown(std::array{integer<&Args::ssid>("rate", 0, 9).among(kRates).as_range()}) == "(0,9600,115200)");
  CHECK(shown(std::array{integer<&Args::ssid>("t", 3, 200).shown_as("(3,200)")}) == "(3,200)");
  CHECK(shown(std::array{integer<&Args::ssid>("a", 0, 5), text<&Args::host>("b", 1, 5),
                         integer<&Args::length>("c", 1, 2).optional(), text<&Args::user>("d", 1, 2).optional()}) ==
        "<a>,<b>[,<c>[,<d>]]");
  CHECK(shown(std::array{integer<&Args::length>("c", 1, 2).optional()}) == "[<c>]");
  CHECK(shown({}) == "");
}
