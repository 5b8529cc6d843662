// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>

#include <tl/expected.hpp>

namespace quasimodem::app {

/// What a person writes is not larger: a profile, a configuration, a scenario, a certificate.
inline constexpr std::size_t kLargestHandwritten = 1024 * 1024;

/// The content of a file, or why there is none: `No such file or directory`, `it is larger than 1 MB`.
tl::expected<std::string, std::string> read_text_file(const std::filesystem::path& path,
                                                      std::size_t largest = std::numeric_limits<std::size_t>::max());

}  // namespace quasimodem::app
