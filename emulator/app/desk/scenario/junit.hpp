// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app::scenario {

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
