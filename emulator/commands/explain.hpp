// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quasimodem::commands {

/// What a line of an AT dialogue means.
struct Explanation {
  struct Field {
    std::string name;
    std::string value;
    std::string meaning;  ///< empty when the value speaks for itself
  };

  std::string kind;  ///< `command`, `result`, `response`, `URC`, `error`, `prompt`, `record`
  std::string line;
  std::string meaning;
  std::string manual;  ///< `SSL 2.2.2`, `M66 11.1`
  std::vector<Field> fields;
};

/// Explains a command line (`AT+QIMUX=1;+QINDI=1`: each command of it) or one line of the module. Empty when this
/// module family neither knows nor says it. For commands the command tables answer, for error numbers the error tables.
std::vector<Explanation> explain(std::string_view line);

/// The names of all commands, for suggestions.
std::vector<std::string> command_names();

}  // namespace quasimodem::commands
