// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/run/ready_lines.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <variant>

#include <fmt/core.h>

#include "emulator/app/base/json.hpp"
#include "emulator/app/base/process/program_name.hpp"
#include "emulator/app/base/process/stderr_output.hpp"

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
  return to_text(JsonObject{{"event", "ready"},
                            {"name", module.name},
                            {"uart", module.addresses.front()},
                            {"uarts", JsonArray(module.addresses.begin(), module.addresses.end())}});
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

std::string first_steps(const std::vector<ModuleEndpoints>& modules, const std::string& program) {
  const auto& module = modules.front();
  if (module.control.empty()) return {};  // neither finds it
  const auto& uart = module.uarts.front();
  const auto to = shell_word(std::filesystem::path{module.control}.stem().string());
  std::string text;
  // A device's other end is a cable, and who was called by tcp: talks already.
  const bool open_to_all = !std::holds_alternative<TtyUrl>(uart) && !std::holds_alternative<TcpUrl>(uart);
  if (open_to_all) text += fmt::format("talk   {} console --to {}", program, to);
  if (std::holds_alternative<PtyUrl>(uart)) {
    text += fmt::format("   (or: picocom -b 115200 {})", shell_word(module.addresses.front()));
  }
  return fmt::format("{}{}watch  {} watch --to {}\n", text, text.empty() ? "" : "\n", program, to);
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
