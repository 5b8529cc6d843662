// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/ready_lines.hpp"

#include <algorithm>
#include <cstdio>
#include <variant>

#include <fmt/core.h>

#include "emulator/app/json_text.hpp"
#include "emulator/app/stderr_output.hpp"

namespace quasimodem::app {
namespace {

/// The variable that names an endpoint of this kind; null when none does.
const char* variable_of(const UartUrl& uart) {
  if (std::holds_alternative<PtyUrl>(uart)) return "QUASIMODEM_TTY";
  if (std::holds_alternative<TcpListenUrl>(uart)) return "QUASIMODEM_TCP";
  if (std::holds_alternative<Rfc2217Url>(uart)) return "QUASIMODEM_RFC2217";
  return nullptr;
}

/// Where a program connects: the path, or `HOST:PORT` without the scheme.
std::string plain(const UartUrl& uart, const std::string& address) {
  return std::holds_alternative<PtyUrl>(uart) ? address : address.substr(address.find(':') + 1);
}

std::string object_of(const ModuleEndpoints& module) {
  std::string all;
  for (const auto& address : module.addresses) all += fmt::format("{}{}", all.empty() ? "" : ",", json_string(address));
  return fmt::format(R"({{"event":"ready","name":{},"uart":{},"uarts":[{}]}})", json_string(module.name),
                     json_string(module.addresses.front()), all);
}

void add_variables(Environment& variables, const ModuleEndpoints& module, const std::string& suffix) {
  for (std::size_t i = 0; i < module.uarts.size(); ++i) {
    const char* name = variable_of(module.uarts[i]);
    if (!name) continue;
    const auto variable = name + suffix;
    const auto same = [&](const auto& entry) { return entry.first == variable; };
    if (std::any_of(variables.begin(), variables.end(), same)) continue;
    variables.emplace_back(variable, plain(module.uarts[i], module.addresses[i]));
  }
  if (!module.control.empty()) variables.emplace_back("QUASIMODEM_CTL" + suffix, module.control);
}

}  // namespace

void print_ready_lines(const std::vector<ModuleEndpoints>& modules, ReadyForm form) {
  for (const auto& module : modules) {
    const bool on_stdio = std::any_of(module.uarts.begin(), module.uarts.end(),
                                      [](const auto& uart) { return std::holds_alternative<StdioUrl>(uart); });
    const auto text =
        form == ReadyForm::json ? object_of(module) : fmt::format("ready {} {}", module.name, module.addresses.front());
    on_stdio ? print_to_stderr(text + "\n") : fmt::print("{}\n", text);
  }
  std::fflush(stdout);
}

Environment variables_for(const std::vector<ModuleEndpoints>& modules) {
  Environment variables;
  add_variables(variables, modules.front(), "");
  for (std::size_t i = 0; modules.size() > 1 && i < modules.size(); ++i) {
    add_variables(variables, modules[i], fmt::format("_{}", i));
  }
  return variables;
}

}  // namespace quasimodem::app
