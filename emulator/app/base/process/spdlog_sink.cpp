// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/spdlog_sink.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <unistd.h>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "emulator/app/base/json.hpp"
#include "emulator/app/base/process/stderr_output.hpp"

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

/// `2026-11-28T06:02:19.123456Z`
std::string timestamp() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const auto micros = duration_cast<microseconds>(now.time_since_epoch()) % seconds{1};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(system_clock::to_time_t(now)), micros.count());
}

std::int64_t monotonic_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string_view color_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug: return "\033[36m";
    case spdlog::level::info: return "\033[32m";
    case spdlog::level::warn: return "\033[33m\033[1m";
    default: return "\033[31m\033[1m";
  }
}

/// Lines on standard error, none of which holds the module up: spdlog's own sinks wait for a reader.
class Lines final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit Lines(Coloring coloring) : coloring_{coloring} {}

  /// Whether the last line was taken.
  bool taken() const { return taken_; }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    std::string line{formatted.data(), formatted.size()};
    if (coloring_ == Coloring::colored && message.color_range_end > message.color_range_start) {
      line.insert(message.color_range_end, "\033[m");
      line.insert(message.color_range_start, color_of(message.level));
    }
    taken_ = stderr_output().write(line);
  }
  void flush_() override {}

  Coloring coloring_;
  bool taken_ = true;
};

class SpdlogSink final : public StderrSink {
 public:
  explicit SpdlogSink(LogStyle style) { set_style(std::move(style)); }
  ~SpdlogSink() override { tell_dropped(); }

  const LogStyle& style() const override { return style_; }
  void set_style(LogStyle style) override {
    lines_ = std::make_shared<Lines>(coloring(style.color, STDERR_FILENO));
    logger_ = std::make_shared<spdlog::logger>("quasimodem", lines_);
    logger_->set_pattern(style.format == LogFormat::json ? "%v" : "%H:%M:%S.%e %^%-7l%$ %v");
    logger_->set_level(level_of(style.lowest));
    style_ = std::move(style);
  }

  bool wants(LogLevel level) const override { return logger_->should_log(level_of(level)); }
  void write(LogLevel level, std::string_view who, std::string_view message) override {
    if (!wants(level)) return;
    tell_dropped();
    if (dropped_ > 0 || !put(level, who, message)) ++dropped_;
  }

 private:
  void tell_dropped() {
    if (dropped_ == 0) return;
    const auto lowest = logger_->level();
    logger_->set_level(spdlog::level::warn);  // also with --quiet
    if (put(LogLevel::warning, "log", fmt::format("{} lines were dropped: nobody read them", dropped_))) dropped_ = 0;
    logger_->set_level(lowest);
  }

  /// False when it could not be written at once.
  bool put(LogLevel level, std::string_view who, std::string_view message) {
    if (style_.format == LogFormat::text) {
      logger_->log(level_of(level), "{}: {}", who, message);
      return lines_->taken();
    }
    JsonObject object{{"ts", timestamp()}, {"mono_us", monotonic_us()}, {"seq", ++seq_}};
    auto part = who;
    if (const auto modem = modem_of(who); !modem.empty()) {
      object.emplace("modem", modem);
      part.remove_prefix(std::min(who.size(), modem.size() + 1));
    }
    const auto name = spdlog::level::to_string_view(level_of(level));
    object.emplace("level", std::string_view{name.data(), name.size()});
    if (!part.empty()) object.emplace("part", part);
    object.emplace("msg", message);
    logger_->log(level_of(level), "{}", to_text(object));
    return lines_->taken();
  }

  /// The module of `m95.tls`. A name may have dots itself.
  std::string_view modem_of(std::string_view who) const {
    std::string_view found;
    for (const auto& name : style_.modules) {
      const bool is = who.starts_with(name) && (who.size() == name.size() || who[name.size()] == '.');
      if (is && name.size() > found.size()) found = name;
    }
    return found;
  }

  LogStyle style_;
  std::int64_t seq_ = 0;
  std::uint64_t dropped_ = 0;  ///< lines
  std::shared_ptr<Lines> lines_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace

std::unique_ptr<StderrSink> stderr_sink(LogStyle style) { return std::make_unique<SpdlogSink>(std::move(style)); }

std::string log_library_version() {
  return fmt::format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH);
}

}  // namespace quasimodem::app
