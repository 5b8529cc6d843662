// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "emulator/app/base/color.hpp"

namespace quasimodem::app {

/// --log-format
enum class LogFormat { text, json };

/// What of the log is shown, and how.
struct LogStyle {
  LogLevel lowest = LogLevel::info;
  LogFormat format = LogFormat::text;
  ColorChoice color = ColorChoice::automatic;
  std::vector<std::string> modules{};  ///< names; what others say has no `modem` in JSON
};

/// Log lines on stderr. As text: time, level, who, message. As JSON an object a line: `ts` (UTC), `mono_us`, `seq`,
/// `level`, `modem` and `part` of who speaks, `msg`.
class StderrSink : public LogSink {
 public:
  virtual const LogStyle& style() const = 0;
  virtual void set_style(LogStyle style) = 0;
};
std::unique_ptr<StderrSink> stderr_sink(LogStyle style);

/// `1.10.0`
std::string log_library_version();

}  // namespace quasimodem::app
