// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/paths.hpp"
#include "emulator/app/cli/doctor/report.hpp"
#include "emulator/device/model.hpp"

namespace quasimodem::app {
namespace {

namespace fs = std::filesystem;
using Verdict = Finding::Verdict;

std::string reason() { return std::generic_category().message(errno); }

Finding broken(const char* subject, const Problem& problem) {
  return {.subject = subject, .verdict = Verdict::broken, .detail = problem.what(), .way_out = problem.way_out()};
}

/// Empty when a file can be made in the directory.
std::string obstacle_in(const fs::path& directory) {
  const auto name = directory / fmt::format(".doctor-{}", ::getpid());
  const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return reason();
  ::close(file);
  ::unlink(name.c_str());
  return {};
}

/// The directory itself, or the one it would be made in.
fs::path nearest_existing(fs::path directory) {
  std::error_code ignored;
  while (!fs::exists(directory, ignored) && directory.has_relative_path()) directory = directory.parent_path();
  return directory;
}

}  // namespace

Finding check_inotify() {
  const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watch >= 0) {
    const bool works = ::inotify_add_watch(watch, "/dev/null", IN_OPEN) >= 0;
    const auto why = reason();
    ::close(watch);
    if (works) return {.subject = "inotify", .detail = "a host that opens the pty is noticed at once"};
    errno = 0;
    return {.subject = "inotify", .verdict = Verdict::limited, .detail = fmt::format("cannot watch a device: {}", why)};
  }
  return {.subject = "inotify",
          .verdict = Verdict::limited,
          .detail = fmt::format("none: {}; a host that opens the pty is noticed within 20 ms", reason()),
          .way_out = "raise /proc/sys/fs/inotify/max_user_instances"};
}

Finding check_runtime_directory() {
  constexpr const char* kSubject = "runtime directory";
  try {
    const auto directory = runtime_directory();
    const auto why = obstacle_in(directory);
    if (why.empty()) return {.subject = kSubject, .detail = directory.string()};
    return {.subject = kSubject,
            .verdict = Verdict::broken,
            .detail = fmt::format("{}: {}", directory.string(), why),
            .way_out = "set XDG_RUNTIME_DIR to a directory of yours, or name a link: --uart pty:./m95"};
  } catch (const Problem& problem) {
    return broken(kSubject, problem);
  }
}

Finding check_state_directory() {
  constexpr const char* kSubject = "state directory";
  try {
    const auto directory = state_directory(std::string{device::key_of(device::Model::m95)});
    const auto there = nearest_existing(directory);
    const auto why = obstacle_in(there);
    if (why.empty()) {
      return {.subject = kSubject,
              .detail = fmt::format("{}{}", directory.string(), there == directory ? "" : " (can be made)")};
    }
    return {.subject = kSubject,
            .verdict = Verdict::broken,
            .detail = fmt::format("{}: {}", there.string(), why),
            .way_out = "use --nvram DIR, or --ephemeral for a module that forgets"};
  } catch (const Problem& problem) {
    return broken(kSubject, problem);
  }
}

}  // namespace quasimodem::app
