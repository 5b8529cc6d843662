// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/log.hpp"

namespace quasimodem::app {

/// Log lines on stderr: time, level, who, message; coloured on a terminal unless NO_COLOR is set.
std::unique_ptr<LogSink> stderr_sink(LogLevel lowest);

}  // namespace quasimodem::app
