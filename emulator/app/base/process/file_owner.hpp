// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

namespace quasimodem::app {

/// `the user anna`; by number when the name is not known.
std::string user_text(uid_t user);

/// Whose the file behind this path is, links followed: `the user anna`, or `another user` where we may not even look.
/// Nothing when it is ours or does not exist.
std::optional<std::string> foreign_owner(const std::filesystem::path& path);

}  // namespace quasimodem::app
