// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/paths.hpp"

#include <cerrno>
#include <cstdlib>
#include <pwd.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"

namespace quasimodem::app {
namespace {

std::filesystem::path from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  // The XDG specification: paths that are not absolute are to be ignored.
  return value && *value == '/' ? std::filesystem::path{value} : std::filesystem::path{};
}

std::filesystem::path place_of_runtime_directory() {
  const auto directory = from_environment("XDG_RUNTIME_DIR");
  return directory.empty() ? std::filesystem::path{fmt::format("/tmp/quasimodem-{}", ::geteuid())}
                           : directory / "quasimodem";
}

constexpr const char* kWayOut = "set XDG_RUNTIME_DIR to a directory of yours, or name a link: --uart pty:./m95";

/// Makes it, or makes sure that nobody else can put anything into it or see what is there.
void make_private(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0) return;
  if (errno != EEXIST) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot create the runtime directory {}: {}", directory.string(),
                              std::generic_category().message(errno)),
                  kWayOut};
  }
  struct stat info {};
  if (::lstat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != ::geteuid()) {
    throw Problem{ExitCode::environment,
                  fmt::format("the runtime directory {} belongs to somebody else", directory.string()), kWayOut};
  }
  const auto mode = info.st_mode & 07777;
  if ((mode & 077) == 0) return;
  throw Problem{ExitCode::environment,
                fmt::format("the runtime directory {} is open to others (mode {:04o})", directory.string(), mode),
                fmt::format("look at what is in it, then: chmod 700 {}", directory.string())};
}

}  // namespace

std::filesystem::path runtime_directory() {
  auto directory = place_of_runtime_directory();
  make_private(directory);
  return directory;
}

std::optional<std::filesystem::path> present_runtime_directory() {
  const auto directory = place_of_runtime_directory();
  struct stat info {};
  const bool ours = ::lstat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
  return ours && (info.st_mode & 077) == 0 ? std::optional{directory} : std::nullopt;
}

std::filesystem::path state_directory(const std::string& name) {
  auto base = from_environment("XDG_STATE_HOME");
  if (base.empty()) {
    const auto home = from_environment("HOME");
    if (home.empty()) {
      throw Problem{ExitCode::environment,
                    "there is no place for the module's NVRAM: neither XDG_STATE_HOME nor HOME is set",
                    "use --nvram DIR, or --ephemeral for a module that forgets"};
    }
    base = home / ".local" / "state";
  }
  return base / "quasimodem" / name;
}

std::string user_text(uid_t user) {
  const auto* entry = ::getpwuid(user);
  return entry ? fmt::format("the user {}", entry->pw_name) : fmt::format("the user {}", user);
}

std::optional<std::string> foreign_owner(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return errno == EACCES ? std::optional{"another user"} : std::nullopt;
  return info.st_uid == ::geteuid() ? std::nullopt : std::optional{user_text(info.st_uid)};
}

}  // namespace quasimodem::app
