// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace quasimodem::commands {

/// What a value of a command's parameter means, for `quasimodem explain`.
struct ParameterValue {
  std::string_view command;    ///< without AT
  std::string_view parameter;  ///< as the command's table calls it
  std::string_view value;
  std::string_view meaning;
};
std::span<const ParameterValue> parameter_values();

/// Commands whose first parameter says what the others are.
struct Selected {
  std::string_view command;
  std::string_view selector;
  std::string_view parameter;  ///< the value that follows the selector and what `indexed` says
  std::string_view range;
  bool indexed;  ///< <ctxindex> stands between them
};
std::span<const Selected> selected_parameters();

/// Commands of the modules that this program does not have, by the beginning of their names.
struct NotEmulated {
  std::string_view beginning;
  std::string_view meaning;
  std::string_view manual;
};
std::span<const NotEmulated> not_emulated();

}  // namespace quasimodem::commands
