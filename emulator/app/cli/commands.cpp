// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/commands.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/doctor/doctor.hpp"
#include "emulator/app/cli/run/invocation.hpp"
#include "emulator/app/desk/console/console.hpp"
#include "emulator/app/desk/play/play.hpp"
#include "emulator/app/desk/record/record.hpp"
#include "emulator/app/desk/watch/watch.hpp"
#include "emulator/app/peer/peer.hpp"

namespace quasimodem::app {
namespace {

int start_run(const Arguments& arguments) {
  const auto read = [&] { return read_command_line(arguments); };
  auto invocation = read();
  return invocation.run ? run(std::move(invocation), read) : printed(invocation.text);
}

/// Of a command that has its options read first, and then does them; or prints its help.
template <auto read, auto run>
int start_with(const Arguments& arguments) {
  const auto options = read(arguments);
  return options ? run(*options) : printed(options.error());
}

struct Command {
  std::string_view name;
  std::string_view summary;
  Verb verb;
};

const Command kCommands[] = {
    {"run", "start a module: the options below", {&start_run, &declare_run}},
    {"demo", "a host, a module and its network, live and offline: tls, tcp, transparent, fault", demo_command()},
    {"console", "talk AT to a running module from this terminal", {&console, &declare_console}},
    {"watch", "what a running module does, live: UART, states, connections, TLS, faults", {&watch, &declare_watch}},
    {"ctl", "state, power, SIM, network, clock, journal of a running module", ctl_command()},
    {"wait", "wait until a module is ready", wait_command()},
    {"peer",
     "test servers: tls-echo, tcp-echo, udp-echo, http, ftp",
     {&start_with<&read_peer_options, &peer>, &declare_peer}},
    {"config", "what run is configured to do, and by whom", config_command()},
    {"schema", "prints a JSON Schema for editors: of a configuration, a scenario, a profile", schema_command()},
    {"doctor",
     "what this machine and this build can do",
     {&start_with<&read_doctor_options, &doctor>, &declare_doctor}},
    {"play",
     "transcripts and traces against an emulated or a real module",
     {&start_with<&read_play_options, &play>, &declare_play}},
    {"record",
     "sit between a host and a real module, write a trace",
     {&start_with<&read_record_options, &record>, &declare_record}},
    {"explain", "what a command, response, URC or error code means", explain_command()},
    {"help", "explains a command, or: uart, faults, profiles, exit-codes ...", help_command()},
    {"man", "prints the manual page: quasimodem man | man -l -", man_command()},
    {"completion", "prints the completion for bash, zsh or fish", completion_command()},
};

}  // namespace

int start(const Arguments& arguments) {
  const auto* command = arguments.empty() ? nullptr : named(kCommands, arguments.front());
  if (command) return command->verb.start({arguments.begin() + 1, arguments.end()});
  return start_run(arguments);  // which knows that a word there is no command
}

std::vector<CommandSummary> command_summaries() {
  std::vector<CommandSummary> summaries;
  for (const auto& command : kCommands) summaries.push_back({command.name, command.summary});
  return summaries;
}

Declaration declaration_of(std::string_view name) {
  if (const auto* command = named(kCommands, name)) return command->verb.declare();
  throw std::logic_error{fmt::format("there is no command \"{}\"", name)};
}

}  // namespace quasimodem::app
