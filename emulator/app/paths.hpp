// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace quasimodem::app {

/// `$XDG_RUNTIME_DIR/quasimodem`, or a private directory under the temporary one; made with mode 0700.
std::filesystem::path runtime_directory();

/// `$XDG_STATE_HOME/quasimodem/<name>`: NVRAM and saved settings of one module.
std::filesystem::path state_directory(const std::string& name);

}  // namespace quasimodem::app
