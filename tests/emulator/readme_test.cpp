// SPDX-License-Identifier: Apache-2.0
// The example of emulator/commands/README.md, word for word: it compiles and does what is said there.
#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/core.h>

#include "atcmd/table/command_table.hpp"
#include "emulator/commands/call.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/device/sim.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Command;
using atcmd::Confidence;
using atcmd::Reply;

// example: begin
// AT+QBLINK=<times>[,<period>] — blink the network light                                                    [M66 99.1]
struct Blink {
  int times = 0;
  int period_ms = 200;
};
constexpr std::array kBlink{
    atcmd::integer<&Blink::times>("times", 1, 10).as_range(),
    atcmd::integer<&Blink::period_ms>("period", 50, 2000).as_range().optional(200),
};

Reply blink(Call& call, const Blink& args) {
  if (!call.me().sim().inserted()) return Reply::cme(cme::kSimNotInserted);
  call.respond(fmt::format("+QBLINK: {}", args.times * args.period_ms));
  return Reply::ok();
}

constexpr std::array kCommands{
    Command{.name = "+QBLINK",
            .summary = "Blink the network light",
            .manual = "M66 99.1",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&blink>(kBlink),
            .read = atcmd::answers_ok()},
};
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
  test::ModemBench bench;
  const std::array families{atcmd::Family{"Example", kCommands}};
  const atcmd::CommandTable table{families, ~0U};
  const auto answer = [&](std::string body) {
    atcmd::CommandLineReader reader{std::move(body)};
    Call call{bench.modem().terminal().session()};
    const auto reply = table.run(call, *reader.next());
    bench.advance({});
    const auto* code = std::get_if<atcmd::Reply::Code>(&reply.value());
    return bench.take() + (code && code->code == atcmd::ResultCode::ok ? "OK" : "no");
  };
  CHECK(answer("+QBLINK=3") == "\r\n+QBLINK: 600\r\nOK");
  CHECK(answer("+QBLINK=3,50") == "\r\n+QBLINK: 150\r\nOK");
  CHECK(answer("+QBLINK=11") == "no");
  CHECK(answer("+QBLINK=3,49") == "no");
  CHECK(answer("+QBLINK=?") == "\r\n+QBLINK: (1-10)[,(50-2000)]\r\nOK");
}

}  // namespace quasimodem::commands
