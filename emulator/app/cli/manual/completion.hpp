// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace quasimodem::app {

/// A script of shells/, as it was when the program was built.
struct CompletionScript {
  std::string_view name;  ///< of the shell: `bash`
  std::string_view text;
};
std::span<const CompletionScript> completion_scripts();

}  // namespace quasimodem::app
