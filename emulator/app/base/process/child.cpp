// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/child.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <signal.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"

namespace quasimodem::app {
namespace {

/// Those of a module around this one would send the command there; a descriptor and a service manager hear of one
/// readiness only.
bool stays_here(std::string_view variable) {
  return names_an_endpoint(variable) || variable == "QUASIMODEM_READY_FD" || variable == "NOTIFY_SOCKET";
}

std::vector<std::string> environment_with(const Environment& additions) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry; ++entry) {
    const std::string variable{*entry};
    const auto replaced = [&](const auto& addition) { return variable.starts_with(addition.first + "="); };
    if (!stays_here(variable.substr(0, variable.find('='))) &&
        std::none_of(additions.begin(), additions.end(), replaced)) {
      variables.push_back(variable);
    }
  }
  for (const auto& [name, value] : additions) variables.push_back(name + "=" + value);
  return variables;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (const auto& string : strings) list.push_back(const_cast<char*>(string.c_str()));
  list.push_back(nullptr);
  return list;
}

}  // namespace

bool names_an_endpoint(std::string_view variable) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  for (const std::string_view name : {"QUASIMODEM_TTY", "QUASIMODEM_TCP", "QUASIMODEM_RFC2217", "QUASIMODEM_CTL"}) {
    if (!variable.starts_with(name)) continue;
    const auto rest = variable.substr(name.size());
    if (rest.empty() || (rest.size() > 1 && rest[0] == '_' && std::all_of(rest.begin() + 1, rest.end(), is_digit))) {
      return true;
    }
  }
  return false;
}

pid_t start_child(const std::vector<std::string>& command, const Environment& additions) {
  const auto variables = environment_with(additions);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, ours;
  sigemptyset(&none);
  sigemptyset(&ours);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD, SIGPIPE, SIGXFSZ}) sigaddset(&ours, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &ours);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  pid_t child = 0;
  const int problem = posix_spawnp(&child, command.front().c_str(), nullptr, &attributes, pointers(command).data(),
                                   pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  if (problem == 0) return child;
  throw Problem{problem == ENOENT ? ExitCode::not_found : ExitCode::not_startable,
                fmt::format("cannot run {}: {}", command.front(), std::generic_category().message(problem)),
                problem == ENOENT ? "check the name and the PATH" : "check that the file may be executed"};
}

int shell_exit_code(int wait_status) {
  return WIFSIGNALED(wait_status) ? static_cast<int>(ExitCode::signalled) + WTERMSIG(wait_status)
                                  : WEXITSTATUS(wait_status);
}

}  // namespace quasimodem::app
