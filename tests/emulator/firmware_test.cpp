// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/firmware.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include <fmt/core.h>

#include "emulator/device/model_profile.hpp"
#include "tests/support/catch.hpp"

namespace quasimodem::device {
namespace {

Firmware of(Model model, FirmwareDate date, const FirmwareChoice& choice = {}) {
  return firmware_of(profile_of(model), date, choice);
}

}  // namespace

TEST_CASE("each firmware switch has one row, with all that is said of it", "[firmware]") {
  std::set<std::string_view> names;
  for (const auto& row : firmware_switches()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(!row.effect.empty());
    CHECK(!row.evidence.empty());
    CHECK(firmware_switch(row.name) == &row);
    // The two members of a row are the same one: choosing the one sets the other, and nothing else.
    for (const bool on : {false, true}) {
      FirmwareChoice all;
      for (const auto& other : firmware_switches()) all.*other.choice = !on;
      all.*row.choice = on;
      const auto firmware = of(Model::m95, {2015, 4}, all);
      for (const auto& other : firmware_switches()) CHECK(firmware.*other.value == ((&other == &row) == on));
    }
    FirmwareHistory history;
    history.*row.when = kAlways;
    auto profile = profile_of(Model::m95);
    profile.firmware = &history;
    for (const auto& other : firmware_switches())
      CHECK(firmware_of(profile, {2015, 4}).*other.value == (&other == &row));
  }
  CHECK(firmware_switches().size() * sizeof(bool) == sizeof(Firmware));
  CHECK(firmware_switch("close") == nullptr);
}

TEST_CASE("what nobody chose follows model and date", "[firmware]") {
  CHECK(of(Model::m95, {2015, 4}).ccid_prefix);
  CHECK(!of(Model::m66, {2015, 4}).ccid_prefix);
  CHECK(!of(Model::m66, {2015, 12}).nvram_names);
  CHECK(of(Model::m66, {2016, 1}).nvram_names);
  CHECK(of(Model::m66, {2015, 4}, {.nvram_names = true}).nvram_names);
  CHECK(!of(Model::m66, {2017, 6}, {.nvram_names = false}).nvram_names);
  // Release notes of the MC60: R01A06.
  CHECK(!of(Model::mc60, {2016, 12}).transparent_ssl);
  CHECK(of(Model::mc60, {2017, 1}).transparent_ssl);
  CHECK(of(Model::mc60, {2016, 12}).smtp);
  CHECK(!of(Model::mc60, {2017, 1}).smtp);
  CHECK(of(Model::mc60, {2017, 1}, {.smtp = true}).smtp);
  CHECK(of(Model::m66, {2020, 1}).smtp);
  CHECK(!of(Model::mc60, {2018, 10}).ccid_prefix);
  CHECK(of(Model::mc60, {2018, 10}).shared_context);
  CHECK(!of(Model::m26, {2018, 10}).shared_context);
}

TEST_CASE("the default of a switch in words", "[firmware]") {
  const auto words = [](std::string_view name) { return default_in_words(*firmware_switch(name)); };
  CHECK(words("close-index") == "on");
  CHECK(words("transparent-ssl") == "on for m10, m66, m85, m95, m26; for mc60 from 2017-01");
  CHECK(words("ccid-prefix") == "on for m95");
  CHECK(words("cusd-blank") == "off");
  CHECK(words("nvram-names") == "on from 2016-01");
  CHECK(words("smtp") == "on for m10, m66, m85, m95, m26; for mc60 before 2017-01");
}

namespace {

std::string firmware_reference() {
  std::string table = "| Switch | When it is on | Evidence | Default |\n| --- | --- | --- | --- |\n";
  for (const auto& row : firmware_switches()) {
    table += fmt::format("| `{}` | {} | {} | {} |\n", row.name, row.effect, row.evidence, default_in_words(row));
  }
  return table;
}

}  // namespace

TEST_CASE("docs/fidelity.md has the table of the firmware switches", "[firmware][docs]") {
  const auto path = std::string{QUASIMODEM_SOURCE_DIR} + "/docs/fidelity.md";
  std::ifstream file{path};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  const auto begin = page.find("| Switch |"), end = page.find("\n## Numbers of failures");
  REQUIRE(begin < end);
  if (std::getenv("QUASIMODEM_UPDATE")) {
    std::ofstream{path} << page.substr(0, begin) << firmware_reference() << page.substr(end);
  } else {
    INFO("run test_emulator with QUASIMODEM_UPDATE=1 in the environment to write it");
    CHECK(page.substr(begin, end - begin) == firmware_reference());
  }
}

}  // namespace quasimodem::device
