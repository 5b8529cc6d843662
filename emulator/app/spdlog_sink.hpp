// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/log.hpp"

namespace quasimodem::app {

/// Log lines on stderr: time, level, who, message; coloured on a terminal unless NO_COLOR is set.
std::unique_ptr<LogSink> stderr_sink(LogLevel lowest);

/// `1.10.0`
std::string log_library_version();

}  // namespace quasimodem::app
