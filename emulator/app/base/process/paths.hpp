// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace quasimodem::app {

/// `$XDG_RUNTIME_DIR/quasimodem`, or a private directory under the temporary one; made with mode 0700.
std::filesystem::path runtime_directory();

/// The same for who only looks: nothing is made. Nothing where there is none, or one that is not ours alone.
std::optional<std::filesystem::path> present_runtime_directory();

/// `$XDG_STATE_HOME/quasimodem/<name>`: NVRAM and saved settings of one module.
std::filesystem::path state_directory(const std::string& name);

}  // namespace quasimodem::app
