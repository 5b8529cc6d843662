// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/device/timing.hpp"

namespace quasimodem::app {

/// A file of profiles/, as it was when the program was built.
struct BuiltinProfile {
  std::string_view name;
  std::string_view text;
};
std::span<const BuiltinProfile> builtin_profiles();
std::vector<std::string> builtin_profile_names();

/// By name, or from a file when there is a / or a dot in it. Throws Problem: a profile or file that does not exist, a
/// key that does not, a value that makes no sense; with file and line.
device::Timing read_profile(const std::string& name_or_file);

/// The same for a text; `source` stands in the messages.
device::Timing parse_profile(std::string_view text, const std::string& name, const std::string& source);

}  // namespace quasimodem::app
