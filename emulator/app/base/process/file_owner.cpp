// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/file_owner.hpp"

#include <cerrno>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

namespace quasimodem::app {

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
