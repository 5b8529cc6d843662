// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace quasimodem::app {

/// Where the TLS secrets go for packet analysers: each call appends a line to the file, which is made with mode 0600
/// when it is not there. Says on stderr that secrets are written. Throws Problem. The first line that cannot be written
/// is the last: `failed` is told why.
std::function<void(std::string_view line)> open_key_log(const std::filesystem::path& file,
                                                        std::function<void(const std::string& why)> failed);

}  // namespace quasimodem::app
