// SPDX-License-Identifier: Apache-2.0
// What the tables as a whole must be: no name twice, something said of every command, COMMANDS.md up to date.
#include "atcmd/table/reference.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "emulator/commands/all.hpp"
#include "emulator/device/model_profile.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;

namespace {

constexpr device::Model kModels[] = {device::Model::m10, device::Model::m66, device::Model::m85, device::Model::m95};

std::string generated_page() {
  std::vector<atcmd::ModelName> models;
  for (const auto model : kModels) models.push_back({device::bit(model), device::profile_of(model).name});
  return atcmd::reference_page(commands::all_families(), models);
}

const std::string kPagePath = std::string{QUASIMODEM_SOURCE_DIR} + "/atcmd/COMMANDS.md";

}  // namespace

TEST_CASE("COMMANDS.md is what the tables say", "[reference]") {
  const auto expected = generated_page();
  const auto* update = std::getenv("QUASIMODEM_UPDATE");
  if (update && std::string_view{update} == "1") std::ofstream{kPagePath, std::ios::binary} << expected;
  std::ifstream stream{kPagePath, std::ios::binary};
  const std::string actual{std::istreambuf_iterator<char>{stream}, {}};
  INFO("run test_emulator with QUASIMODEM_UPDATE=1 in the environment to write atcmd/COMMANDS.md");
  CHECK(actual == expected);
}

TEST_CASE("no name is in two families", "[reference]") {
  std::set<std::string_view> names;
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      INFO(command.name);
      CHECK(names.insert(command.name).second);
    }
  }
}

TEST_CASE("every entry says what it does, where that is written, and has a form", "[reference]") {
  for (const auto& family : commands::all_families()) {
    CHECK(!family.title.empty());
    for (const auto& command : family.commands) {
      INFO(command.name);
      CHECK(!command.summary.empty());
      CHECK(!command.manual.empty());
      CHECK(command.models != 0);
      CHECK((command.write || command.read || command.execution));
      // Dispatch compares with names in upper case.
      for (const char c : command.name) CHECK(!(c >= 'a' && c <= 'z'));
    }
  }
}

TEST_CASE("the page has every command", "[reference]") {
  const auto page = generated_page();
  for (const auto& family : commands::all_families()) {
    for (const auto& command : family.commands) {
      INFO(command.name);
      CHECK(page.find(fmt::format("`AT{}", command.name)) != std::string::npos);
    }
  }
}
