// SPDX-License-Identifier: Apache-2.0
// The files of profiles/ and what a file of one's own may say.
#include "emulator/app/config/profile.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "core/duration_text.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/device/timing.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab.hpp"

using namespace quasimodem;
using app::parse_profile;
using app::Problem;
using app::read_profile;
using device::Delay;
using device::Spell;
using device::Timing;

namespace {

Timing parsed(std::string_view text) { return parse_profile(text, "own", "own.toml"); }

std::string refusal(std::string_view text) {
  try {
    parsed(text);
  } catch (const Problem& problem) {
    CHECK(problem.code() == app::ExitCode::usage);
    return problem.what();
  }
  return "accepted";
}

std::string contents(const std::string& path) {
  std::ifstream file{std::string{QUASIMODEM_SOURCE_DIR} + "/" + path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string cell(const Delay& delay) {
  if (delay == Delay{}) return "0";
  if (delay.median == delay.p95) return duration_text(delay.median);
  return duration_text(delay.median) + " (" + duration_text(delay.p95) + ")";
}

std::string cell(const Spell& spell) {
  if (spell.every == 0s) return "never";
  if (spell.longest == 0s) return "1 in " + duration_text(spell.every);
  return "1 in " + duration_text(spell.every) + ", " + duration_text(spell.shortest) + " to " +
         duration_text(spell.longest);
}

std::string rate(double kbit_s) { return kbit_s == 0 ? "no limit" : fmt::format("{} kbit/s", kbit_s); }

template <class Value>
std::string row(std::string_view name, const Value& value) {
  std::string line = fmt::format("| `{}` |", name);
  for (const auto& profile : app::builtin_profiles()) {
    line += fmt::format(" {} |", value(read_profile(std::string{profile.name})));
  }
  return line;
}

}  // namespace

TEST_CASE("instant waits for nothing", "[profile]") { CHECK(read_profile("instant") == Timing{}); }

TEST_CASE("the shipped profiles have the agreed figures", "[profile]") {
  const auto realistic = read_profile("realistic");
  CHECK(realistic.name == "realistic");
  CHECK(realistic.uart_paced);
  CHECK(realistic.command == Delay{15ms, 40ms});
  CHECK(realistic.boot == Delay{2800ms});
  CHECK(realistic.sim_start == Delay{1500ms});
  CHECK(realistic.call_ready == Delay{7s});
  CHECK(realistic.registration == Delay{8s, 20s});
  CHECK(realistic.attach == Delay{2s, 5s});
  CHECK(realistic.activate == Delay{3s, 8s});
  CHECK(realistic.deactivate == Delay{1500ms, 5s});
  CHECK(realistic.round_trip == Delay{650ms, 1100ms});
  CHECK(realistic.message_part == Delay{3s, 6s});
  CHECK(realistic.report == Delay{6s, 20s});
  CHECK(realistic.idle_penalty == Delay{300ms});
  CHECK(realistic.idle_after == 5s);
  CHECK(realistic.down_kbit_s == 35);
  CHECK(realistic.up_kbit_s == 15);
  CHECK(realistic.tls_plain == Delay{1200ms});
  CHECK(realistic.tls_server == Delay{2s});
  CHECK(realistic.tls_mutual == Delay{3500ms});
  CHECK(realistic.outage == Spell{20min, 4s, 10s});
  CHECK(realistic.pdp_drop == Spell{24h});

  const auto poor = read_profile("poor");
  CHECK(poor.uart_paced);
  CHECK(poor.command == Delay{25ms, 300ms});
  CHECK(poor.boot == Delay{3500ms});
  CHECK(poor.sim_start == Delay{4s});
  CHECK(poor.call_ready == Delay{15s});
  CHECK(poor.registration == Delay{35s, 2min});
  CHECK(poor.attach == Delay{6s, 40s});
  CHECK(poor.activate == Delay{12s, 90s});
  CHECK(poor.deactivate == Delay{8s, 30s});
  CHECK(poor.round_trip == Delay{1200ms, 4s});
  CHECK(poor.message_part == Delay{6s, 30s});
  CHECK(poor.report == Delay{15s, 2min});
  CHECK(poor.idle_penalty == Delay{800ms});
  CHECK(poor.idle_after == 5s);
  CHECK(poor.down_kbit_s == 12);
  CHECK(poor.up_kbit_s == 6);
  CHECK(poor.tls_plain == Delay{2s});
  CHECK(poor.tls_server == Delay{3s});
  CHECK(poor.tls_mutual == Delay{5s});
  CHECK(poor.outage == Spell{2min, 4s, 40s});
  CHECK(poor.pdp_drop == Spell{10min});

  const auto lab = read_profile("lab");
  CHECK(lab == test::kLab);  // which tests without a program use
  CHECK(lab.uart_paced);
  CHECK(lab.command == Delay{5ms});
  CHECK(lab.boot == Delay{300ms});
  CHECK(lab.sim_start == Delay{200ms});
  CHECK(lab.call_ready == Delay{1s});
  CHECK(lab.attach == Delay{300ms});
  CHECK(lab.deactivate == Delay{200ms});
  CHECK(lab.idle_penalty == Delay{});
  CHECK(lab.down_kbit_s == 0);
  CHECK(lab.up_kbit_s == 0);
  CHECK(lab.tls_plain == Delay{200ms});
  CHECK(lab.tls_server == Delay{300ms});
  CHECK(lab.tls_mutual == Delay{500ms});
  CHECK(lab.pdp_drop == Spell{});
  CHECK(lab.registration == Delay{1s});
  CHECK(lab.activate == Delay{500ms});
  CHECK(lab.round_trip == Delay{100ms});
  CHECK(lab.message_part == Delay{500ms});
  CHECK(lab.report == Delay{1s});
  CHECK(lab.outage == Spell{});
}

TEST_CASE("what is built in is what stands in profiles/", "[profile]") {
  for (const auto& profile : app::builtin_profiles()) {
    CHECK(profile.text == contents(fmt::format("profiles/{}.toml", profile.name)));
  }
}

TEST_CASE("a profile of one's own begins with a shipped one", "[profile]") {
  const auto own = parsed("base = \"realistic\"\n[network]\nactivate = \"9s\"\npdp_drop = { every = \"1min\" }\n");
  CHECK(own.name == "own");
  CHECK(own.activate == Delay{9s});
  CHECK(own.pdp_drop == Spell{1min});
  CHECK(own.registration == Delay{8s, 20s});
}

TEST_CASE("a time of a profile is text or a number of seconds", "[profile]") {
  CHECK(parsed("[module]\nboot = 3\n").boot == Delay{3s});
  CHECK(parsed("[module]\nboot = 1.5\n").boot == Delay{1500ms});
  CHECK(parsed("[module]\nboot = \"3\"\n").boot == Delay{3s});
}

TEST_CASE("what is wrong in a profile is named with its line", "[profile]") {
  CHECK(refusal("[network]\n\nroundtrip = \"1s\"\n") ==
        "own.toml:3: unknown key \"roundtrip\" in [network]; did you mean \"round_trip\"?");
  CHECK(refusal("[netwrok]\n") == "own.toml:1: unknown key \"netwrok\"; did you mean \"network\"?");
  CHECK(refusal("[module]\nround_trip = \"1s\"\n") == "own.toml:2: unknown key \"round_trip\" in [module]");
  CHECK(refusal("[module]\nboot = \"3m\"\n") ==
        "own.toml:2: a time is wanted, like \"15ms\", \"2.8s\", \"20min\" or \"24h\"; a number alone is seconds");
  CHECK(refusal("[module]\nboot = { median = \"3s\", p59 = \"4s\" }\n") ==
        "own.toml:2: unknown key \"p59\"; did you mean \"p95\"?");
  CHECK(refusal("[module]\nboot = { median = \"3s\" }\n") ==
        "own.toml:2: both are wanted: { median = \"3s\", p95 = \"8s\" }");
  CHECK(refusal("[module]\nboot = { median = \"3s\", p95 = \"2s\" }\n") ==
        "own.toml:2: p95 is shorter than the median");
  CHECK(refusal("[network]\nup_kbit_s = -1\n") == "own.toml:2: kbit/s are wanted, up to 1000000; 0: no limit");
  CHECK(refusal("[network]\noutage = \"1s\"\n").starts_with("own.toml:2: a table is wanted"));
  CHECK(refusal("base = \"rough\"\n") == "own.toml:1: base is one of instant, lab, realistic, poor");
  CHECK(refusal("uart = 1\n") == "own.toml:1: uart is a section: [uart]");
  CHECK(refusal("[uart\n").starts_with("own.toml:1: "));
}

TEST_CASE("what toml++ has assertions for is wrong in a profile", "[profile]") {
  for (const auto* text : {"[=", "[", "[[", "[#", "[,]"}) {
    INFO(text);
    CHECK(refusal(text) == "own.toml:1: a section without a name");
  }
  for (const auto* text : {"größe=1", "[module]é", "base=é", "profíl=\"x\""}) {
    INFO(text);
    CHECK(refusal(text) == "own.toml:1: a character beyond ASCII, neither between quotes nor in a comment");
  }
  CHECK(parsed("# é\nbase = \"\"\"\\\n  poor\"\"\" # é").registration == read_profile("poor").registration);
}

TEST_CASE("the page about profiles has the figures of the files", "[profile][docs]") {
  const auto page = contents("docs/profiles.md");
  const auto has = [&](const std::string& line) {
    INFO(line);
    CHECK(page.find(line + "\n") != std::string::npos);
  };
  for (const auto& kind : device::kDelayKinds) {
    has(row(kind.key, [&](const Timing& timing) { return cell(timing.*kind.value); }));
  }
  has(row("paced", [](const Timing& timing) { return timing.uart_paced ? "yes" : "no"; }));
  has(row("idle_after", [](const Timing& timing) { return cell(Delay{timing.idle_after}); }));
  has(row("down_kbit_s", [](const Timing& timing) { return rate(timing.down_kbit_s); }));
  has(row("up_kbit_s", [](const Timing& timing) { return rate(timing.up_kbit_s); }));
  has(row("outage", [](const Timing& timing) { return cell(timing.outage); }));
  has(row("pdp_drop", [](const Timing& timing) { return cell(timing.pdp_drop); }));
}
