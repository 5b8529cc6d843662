// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

namespace quasimodem::app {

/// `$XDG_RUNTIME_DIR/quasimodem`, or a private directory under the temporary one; made with mode 0700.
std::filesystem::path runtime_directory();

/// The same for who only looks: nothing is made. Nothing where there is none, or one that is not ours alone.
std::optional<std::filesystem::path> present_runtime_directory();

/// `$XDG_STATE_HOME/quasimodem/<name>`: NVRAM and saved settings of one module.
std::filesystem::path state_directory(const std::string& name);

/// `the user anna`; by number when the name is not known.
std::string user_text(uid_t user);

/// Whose the file behind this path is, links followed: `the user anna`, or `another user` where we may not even look.
/// Nothing when it is ours or does not exist.
std::optional<std::string> foreign_owner(const std::filesystem::path& path);

}  // namespace quasimodem::app
