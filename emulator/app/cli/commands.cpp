// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/commands.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/cli/config/config.hpp"
#include "emulator/app/cli/ctl/ctl.hpp"
#include "emulator/app/cli/demo/demo.hpp"
#include "emulator/app/cli/doctor/doctor.hpp"
#include "emulator/app/cli/explain/explain.hpp"
#include "emulator/app/cli/manual/completion.hpp"
#include "emulator/app/cli/manual/help.hpp"
#include "emulator/app/cli/manual/man_page.hpp"
#include "emulator/app/cli/run/run.hpp"
#include "emulator/app/cli/schema/schema.hpp"
#include "emulator/app/desk/console/console.hpp"
#include "emulator/app/desk/play/play.hpp"
#include "emulator/app/desk/record/record.hpp"
#include "emulator/app/desk/watch/watch.hpp"
#include "emulator/app/peer/peer.hpp"

namespace quasimodem::app {
namespace {

using Arguments = std::vector<std::string>;

int print(std::string_view text) {
  fmt::print("{}", text);
  return static_cast<int>(ExitCode::ok);
}

int start_run(const Arguments& arguments) {
  const auto read = [&] { return read_command_line(arguments); };
  auto invocation = read();
  return invocation.run ? run(std::move(invocation), read) : print(invocation.text);
}

int start_peer(const Arguments& arguments) {
  const auto options = read_peer_options(arguments);
  return options ? peer(*options) : print(options.error());
}

int start_doctor(const Arguments& arguments) {
  const auto invocation = read_doctor_options(arguments);
  return invocation.doctor ? doctor(*invocation.doctor) : print(invocation.text);
}

int start_play(const Arguments& arguments) {
  const auto invocation = read_play_options(arguments);
  return invocation.play ? play(*invocation.play) : print(invocation.text);
}

int start_record(const Arguments& arguments) {
  const auto options = read_record_options(arguments);
  return options ? record(*options) : print(options.error());
}

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*start)(const Arguments& arguments);  ///< what stands behind the name
  Declaration (*declare)();                  ///< what may stand there
};

constexpr Command kCommands[] = {
    {"run", "start a module: the options below", &start_run, &declare_run},
    {"demo", "a host, a module and its network, live and offline: tls, tcp, transparent, fault", &demo, &declare_demo},
    {"console", "talk AT to a running module from this terminal", &console, &declare_console},
    {"watch", "what a running module does, live: UART, states, connections, TLS, faults", &watch, &declare_watch},
    {"ctl", "state, power, SIM, network, clock, journal of a running module", &ctl, &declare_ctl},
    {"wait", "wait until a module is ready", &wait_until_ready, &declare_wait},
    {"peer", "test servers: tls-echo, tcp-echo, udp-echo", &start_peer, &declare_peer},
    {"config", "what run is configured to do, and by whom", &config, &declare_config},
    {"schema", "prints a JSON Schema for editors: of a configuration, a scenario, a profile", &print_schema,
     &declare_schema},
    {"doctor", "what this machine and this build can do", &start_doctor, &declare_doctor},
    {"play", "transcripts and traces against an emulated or a real module", &start_play, &declare_play},
    {"record", "sit between a host and a real module, write a trace", &start_record, &declare_record},
    {"explain", "what a command, response, URC or error code means", &explain, &declare_explain},
    {"help", "explains a command, or: uart, faults, profiles, exit-codes ...", &help, &declare_help},
    {"man", "prints the manual page: quasimodem man | man -l -", &man, &declare_man},
    {"completion", "prints the completion for bash, zsh or fish", &completion, &declare_completion},
};

}  // namespace

int start(const Arguments& arguments) {
  for (const auto& command : kCommands) {
    if (!arguments.empty() && arguments.front() == command.name) {
      return command.start({arguments.begin() + 1, arguments.end()});
    }
  }
  return start_run(arguments);  // which knows that a word there is no command
}

std::vector<CommandSummary> command_summaries() {
  std::vector<CommandSummary> summaries;
  for (const auto& command : kCommands) summaries.push_back({command.name, command.summary});
  return summaries;
}

Declaration declaration_of(std::string_view name) {
  for (const auto& command : kCommands) {
    if (command.name == name) return command.declare();
  }
  throw std::logic_error{fmt::format("there is no command \"{}\"", name)};
}

}  // namespace quasimodem::app
