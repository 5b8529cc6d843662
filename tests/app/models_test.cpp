// SPDX-License-Identifier: Apache-2.0
// The models, wherever people read of them.
#include <cctype>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "emulator/app/cli/manual/topics.hpp"
#include "emulator/app/cli/run/invocation.hpp"
#include "emulator/device/model_profile.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using device::ModelProfile;

namespace {

/// Without quotes, and with one blank where a line is broken.
std::string plain(const std::string& text) {
  std::string words;
  for (const unsigned char c : text) {
    if (c == '"') continue;
    if (std::isspace(c) && !words.empty() && words.back() == ' ') continue;
    words += std::isspace(c) ? ' ' : static_cast<char>(c);
  }
  return words;
}

std::string contents(const std::string& path) {
  std::ifstream file{std::string{QUASIMODEM_SOURCE_DIR} + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("a document that lists the models has them all", "[models][docs]") {
  for (const auto* path :
       {"/README.md", "/CHANGELOG.md", "/python/README.md", "/python/make_deb", "/cmake/Install.cmake"}) {
    INFO(path);
    const auto page = plain(contents(path));
    const bool listed = page.find(device::model_names_in_words("and")) != std::string::npos ||
                        page.find(device::model_names_in_words("or")) != std::string::npos;
    CHECK(listed);
  }
  CHECK(plain(contents("/python/quasimodem/module.py")).find(device::model_keys_in_words()) != std::string::npos);
  const auto fidelity = contents("/docs/fidelity.md");
  for (const auto& key : device::model_keys()) {
    INFO(key);
    CHECK(fidelity.find("\n| `" + key + "` |") != std::string::npos);
  }
}

TEST_CASE("the help and the manual page list the models", "[models]") {
  const auto help = plain(app::read_command_line({"--help"}, {}).text);
  CHECK(help.find(device::model_names_in_words()) != std::string::npos);
  CHECK(help.find(device::model_keys_in_words()) != std::string::npos);
  CHECK(plain(app::man_page()).find(device::model_names_in_words()) != std::string::npos);
}
