// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/spdlog_sink.hpp"

#include <cstdlib>

#include <fmt/core.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace quasimodem::app {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

class SpdlogSink final : public LogSink {
 public:
  explicit SpdlogSink(LogLevel lowest) {
    const char* no_color = std::getenv("NO_COLOR");
    const auto color = no_color && *no_color ? spdlog::color_mode::never : spdlog::color_mode::automatic;
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_st>(color);
    logger_ = std::make_shared<spdlog::logger>("quasimodem", std::move(sink));
    logger_->set_pattern("%H:%M:%S.%e %^%-7l%$ %v");
    logger_->set_level(level_of(lowest));
  }

  bool wants(LogLevel level) const override { return logger_->should_log(level_of(level)); }
  void write(LogLevel level, std::string_view who, std::string_view message) override {
    logger_->log(level_of(level), "{}: {}", who, message);
  }

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace

std::unique_ptr<LogSink> stderr_sink(LogLevel lowest) { return std::make_unique<SpdlogSink>(lowest); }

std::string log_library_version() {
  return fmt::format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH);
}

}  // namespace quasimodem::app
