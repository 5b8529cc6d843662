// SPDX-License-Identifier: Apache-2.0
// The example of emulator/commands/README.md, word for word: it compiles and does what is said there.
#include <fstream>
#include <iterator>

#include "emulator/commands/setting.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/sim.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/command_reference.hpp"
#include "tests/support/modem_bench.hpp"

namespace quasimodem::commands {
namespace {

// example: begin
// AT+QBLINKR=<mode> — whether blinking is reported; profiles know it                                       [M66 99.2]
constexpr Meaning kModes[] = {{0, "no URC"}, {1, "+QBLINKED when the light has blinked"}};
using Report = Remembered<0>;  // at the factory

// AT+QBLINK=<times>[,<period>] — blink the network light                                                    [M66 99.1]
struct Blink {
  int times = 0;
  int period_ms = 200;
};
constexpr std::array kBlink{
    atcmd::integer<&Blink::times>("times", 1, 10).as_range(),
    atcmd::integer<&Blink::period_ms>("period", 50, 2000).as_range().optional(200),
};
constexpr Line kBlinkLines[] = {{"+QBLINKED: <times>", Line::urc, "the light has blinked (AT+QBLINKR=1)"}};

Reply blink(Call& call, const Blink& args) {
  if (!call.me().sim().inserted()) return Reply::cme(cme::kSimNotInserted);
  call.respond(fmt::format("+QBLINK: {}", args.times * args.period_ms));
  const auto [reported] = Report::get("+QBLINKR", call);
  if (reported) call.channel().unsolicited(fmt::format("+QBLINKED: {}", args.times));
  return Reply::ok();
}

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+QBLINK",
            .summary = "Blink the network light",
            .manual = "M66 99.1",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&blink>(kBlink),
            .read = atcmd::answers_ok(),
            .lines = kBlinkLines},
    in_profile(remembered<kModes, 0>("+QBLINKR", "Report blinking", "M66 99.2")),
});
// example: end

std::string file_text(const std::string& path) {
  std::ifstream stream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace

TEST_CASE("the example of the README is the one that is compiled here", "[readme]") {
  const auto source = file_text(std::string{QUASIMODEM_SOURCE_DIR} + "/tests/emulator/readme_test.cpp");
  const auto begin = source.find("// example: begin\n") + 18;
  const auto example = source.substr(begin, source.find("// example: end\n") - begin);
  REQUIRE(example.find("kBlink") != std::string::npos);
  const auto readme = file_text(std::string{QUASIMODEM_SOURCE_DIR} + "/emulator/commands/README.md");
  CHECK(readme.find("```cpp\n" + example + "```\n") != std::string::npos);
}

TEST_CASE("the example of the README does what is said there", "[readme]") {
  auto families = all_commands().families;
  families.push_back({"Example", kCommands});
  const Catalogue catalogue{families};
  test::ModemBench bench{{.catalogue = &catalogue}};
  bench.exchange("AT+QBLINK=3", {"+QBLINK: 600", "OK"});
  bench.exchange("AT+QBLINK=3,50", {"+QBLINK: 150", "OK"});
  bench.exchange("AT+QBLINK=11", {"+CME ERROR: 3"});
  bench.exchange("AT+QBLINK=3,49", {"+CME ERROR: 3"});
  bench.exchange("AT+QBLINK=?", {"+QBLINK: (1-10)[,(50-2000)]", "OK"});

  bench.exchange("AT+QBLINKR=?", {"+QBLINKR: (0,1)", "OK"});
  bench.exchange("AT+QBLINKR=2", {"+CME ERROR: 3"});
  bench.ok("AT+QBLINKR=1");
  bench.exchange("AT+QBLINK=3", {"+QBLINK: 600", "OK", "+QBLINKED: 3"});
  bench.ok("AT&W");
  bench.replug();
  bench.exchange("AT+QBLINKR?", {"+QBLINKR: 1", "OK"});
  bench.ok("AT&F");
  bench.ask("ATE0");
  bench.exchange("AT+QBLINKR?", {"+QBLINKR: 0", "OK"});
  bench.ok("ATZ");
  bench.exchange("AT+QBLINKR?", {"+QBLINKR: 1", "OK"});

  const auto page = atcmd::testing::reference_page(catalogue.families, {});
  CHECK(page.find("1 = +QBLINKED when the light has blinked") != std::string::npos);
  CHECK(page.find("`+QBLINKED: <times>` the light has blinked") != std::string::npos);
}

}  // namespace quasimodem::commands
