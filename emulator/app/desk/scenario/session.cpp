// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/session.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/open_file.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/stderr_output.hpp"
#include "emulator/app/desk/scenario/results.hpp"

namespace quasimodem::app::scenario {
namespace {

/// Replaces what the file holds.
void write_file(const std::filesystem::path& path, const std::string& text) {
  const auto cannot = [&](const std::string& why) {
    return Problem{ExitCode::environment, fmt::format("--junit {}: {}", path.string(), why),
                   "name a file in a directory that you may write to"};
  };
  const auto descriptor = open_to_write(path, Access::shared, Content::replaced);
  if (!descriptor) throw cannot(descriptor.error());
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{::fdopen(*descriptor, "w"), &std::fclose};
  const bool written =
      file && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() && std::fflush(file.get()) == 0;
  if (!written) throw cannot(why_not_written(errno));
}

}  // namespace

Session::Session(Settings settings, std::vector<Module> modules, std::function<void(Verdict)> ended)
    : settings_{std::move(settings)}, ended_{std::move(ended)}, modules_{std::move(modules)} {
  for (const auto& module : modules_) {
    const auto index = engines_.size();
    engines_.push_back(std::make_unique<Engine>(*module.target, *settings_.scenario, settings_.lasts,
                                                [this, index] { engine_ended(index); }));
  }
  failures_.resize(engines_.size());
  write_junit();  // so that a place that cannot be written to is told at once
}

void Session::begin() {
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    modules_[i].enter([&] { engines_[i]->begin(); });
  }
}

void Session::engine_ended(std::size_t index) {
  const auto& engine = *engines_[index];
  if (engine.failed()) {
    failed_ = true;
    failures_[index] =
        failure_text(engine, *settings_.scenario, several() ? engine.target().name() : "", settings_.trace);
    print_to_stderr(fmt::format("FAIL:  {}\n", failures_[index]));
  } else {
    settings_.log.info("{} passed on {}", settings_.scenario->name, engine.target().name());
  }
  const bool all = std::all_of(engines_.begin(), engines_.end(), [](const auto& each) { return each->over(); });
  // Under a command a failure counts at once; modules on their own may finish theirs.
  const bool decided = all || (failed_ && settings_.lasts == Engine::Lasts::host);
  if (decided && ended_) std::exchange(ended_, {})(failed_ ? Verdict::failed : Verdict::passed);
}

Session::Verdict Session::conclude(const std::string& why) {
  ended_ = {};
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    modules_[i].enter([&] { engines_[i]->host_ended(why); });
  }
  return failed_ ? Verdict::failed : Verdict::passed;
}

void Session::write_junit() const {
  if (!settings_.junit) return;
  std::vector<Suite> suites;
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    const auto& scenario = *settings_.scenario;
    const auto name = several() ? fmt::format("{} {}", scenario.name, engines_[i]->target().name()) : scenario.name;
    suites.push_back({name, &scenario, &engines_[i]->report(), failures_[i]});
  }
  write_file(*settings_.junit, junit_xml(suites));
}

}  // namespace quasimodem::app::scenario
