// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/desk/scenario/engine.hpp"

namespace quasimodem::app::scenario {

/// What failed, what the host did last and what was meant perhaps, in lines; `module` is empty when there is only one.
/// For an engine that has failed.
std::string failure_text(const Engine& engine, const Scenario& scenario, const std::string& module,
                         const std::optional<std::filesystem::path>& trace);

/// How the scenario went on one module.
struct Suite {
  std::string name;
  const Scenario* scenario;
  const Report* report;
  std::string failure;  ///< all its lines; empty when it passed
};

/// JUnit's XML: a suite for each module, a test case for each step.
std::string junit_xml(const std::vector<Suite>& suites);

/// Text for XML: markup characters as entities, what XML cannot hold as `\xNN` or U+FFFD.
std::string xml_escaped(std::string_view text);

}  // namespace quasimodem::app::scenario
