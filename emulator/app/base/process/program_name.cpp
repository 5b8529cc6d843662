// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/program_name.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include "emulator/app/base/arguments.hpp"

namespace quasimodem::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "quasimodem";

/// What the shell finds under our name; empty: nothing.
fs::path found_on_path() {
  const char* path = std::getenv("PATH");
  for (const auto& directory : split(path ? path : "", ':')) {
    if (directory.empty()) continue;
    std::error_code ignored;
    auto file = fs::path{directory} / kName;
    if (fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

}  // namespace

std::string program_name() {
  std::error_code error;
  const auto self = fs::read_symlink("/proc/self/exe", error);
  if (error || fs::equivalent(found_on_path(), self, error)) return kName;
  const auto nearby = self.lexically_proximate(fs::current_path(error)).string();
  if (error || nearby.starts_with("..")) return shell_word(self.string());
  return shell_word(nearby.find('/') == std::string::npos ? "./" + nearby : nearby);
}

std::string shell_word(const std::string& word) {
  constexpr const char* kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=,@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return quoted + "'";
}

}  // namespace quasimodem::app
