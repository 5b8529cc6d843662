// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "emulator/app/desk/scenario/engine.hpp"

namespace quasimodem::app::scenario {

/// A scenario on all modules of this program, and what comes out of it: messages on standard error, JUnit's file.
class Session {
 public:
  struct Settings {
    std::shared_ptr<const Scenario> scenario;
    Engine::Lasts lasts;
    std::optional<std::filesystem::path> junit;
    std::optional<std::filesystem::path> trace;  ///< where else to look
    Logger log;
  };
  struct Module {
    control::Target* target;
    /// Runs something as an event of the module: its time is now, and what it says goes out afterwards.
    std::function<void(const std::function<void()>&)> enter;
  };
  enum class Verdict { passed, failed };

  /// `ended` is called once, when it has passed on every module, or failed. Throws Problem when JUnit's file cannot be
  /// written or the scenario does not fit a module.
  Session(Settings settings, std::vector<Module> modules, std::function<void(Verdict)> ended);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void begin();
  /// Nothing more comes from the host; says what is not as expected. Calls `ended` no more.
  Verdict conclude(const std::string& why);
  /// Writes JUnit's file as things stand. Throws Problem.
  void write_junit() const;

 private:
  void engine_ended(std::size_t index);
  bool several() const { return engines_.size() > 1; }

  Settings settings_;
  std::function<void(Verdict)> ended_;
  std::vector<Module> modules_;
  std::vector<std::unique_ptr<Engine>> engines_;  ///< of each module
  std::vector<std::string> failures_;             ///< the same; empty when it did not fail
  bool failed_ = false;
};

}  // namespace quasimodem::app::scenario
