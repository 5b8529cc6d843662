// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <istream>
#include <optional>
#include <string>

#include <tl/expected.hpp>

namespace quasimodem::app {

/// What a person writes is not larger: a profile, a configuration, a scenario, a certificate.
inline constexpr std::size_t kLargestHandwritten = 1024 * 1024;
/// What a program has written for days is not larger: a trace.
inline constexpr std::size_t kLargestRecorded = 256 * kLargestHandwritten;

/// The content of a file, or why there is none: `No such file or directory`, `it is larger than 1 MB`.
tl::expected<std::string, std::string> read_text_file(const std::filesystem::path& path, std::size_t largest);

/// The next line of a stream, without its LF; nothing at its end. A line of more than kLargestHandwritten is cut there,
/// and its rest comes as the next ones.
std::optional<std::string> read_text_line(std::istream& stream);

}  // namespace quasimodem::app
