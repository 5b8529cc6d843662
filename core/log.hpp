// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace quasimodem {

enum class LogLevel { debug, info, warning, error };

/// Where log lines go; the program writes them to stderr, tests collect them.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual bool wants(LogLevel level) const = 0;
  virtual void write(LogLevel level, std::string_view who, std::string_view message) = 0;
};

/// A sink and the name of the one who speaks. Copy freely. Without a sink everything is dropped.
/// Key and certificate bytes never go through here.
class Logger {
 public:
  Logger() = default;
  Logger(LogSink& sink, std::string who) : sink_{&sink}, who_{std::move(who)} {}

  /// The same sink for a part of the speaker: `m95` → `m95.tls`.
  Logger part(std::string_view name) const {
    return sink_ ? Logger{*sink_, fmt::format("{}.{}", who_, name)} : Logger{};
  }

  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::debug, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::info, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::warning, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::error, format, std::forward<Args>(args)...);
  }

 private:
  template <class... Args>
  void write(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const {
    if (sink_ && sink_->wants(level)) sink_->write(level, who_, fmt::format(format, std::forward<Args>(args)...));
  }

  LogSink* sink_ = nullptr;
  std::string who_;
};

}  // namespace quasimodem
