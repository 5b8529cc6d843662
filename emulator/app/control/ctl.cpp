// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/ctl.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include <fmt/core.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/control/connection.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/reference.hpp"
#include "emulator/app/control/result_text.hpp"
#include "emulator/app/problem.hpp"

namespace quasimodem::app {
namespace {

using control::ErrorCode;
using control::Failure;
using control::Method;

constexpr std::string_view kUsage = R"(State, power, SIM, network, clock and journal of a running module.

Usage: quasimodem ctl [--to NAME|PATH] METHOD [key=value…] [--json]
       quasimodem ctl help [METHOD]

  --to NAME|PATH   which module, when several run: its name, its control socket or the link of its UART
  --json           the result as JSON, for programs

Examples:
  quasimodem ctl state
  quasimodem ctl power key                     PWRKEY
  quasimodem ctl network deny
  quasimodem ctl clock advance=90s
  quasimodem ctl wait AT+QSSLOPEN timeout=10s
  quasimodem ctl journal kind=uart.rx,uart.tx
  quasimodem ctl fault add bearer.outage for=6s    the same: fault.add, --for 6s

Methods:
)";

constexpr std::string_view kWaitUsage = R"(Waits until a module runs and hears its UART.

Usage: quasimodem wait [--to NAME|PATH] [--timeout DURATION]

  --timeout DURATION   5s, 500ms, 1min; default 10s. Too late: exit code 124
)";

struct Options {
  std::optional<std::string> to;
  std::optional<std::string> timeout;
  bool json = false;
  bool help = false;
  std::vector<std::string> words;
};

/// What a word with a dash is that is no option of ours: `ctl METHOD --for 6s` is a parameter of the method.
enum class Others { refused, after_first_word };

Options read_options(const std::vector<std::string>& arguments, const std::vector<std::string>& known, Others others) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& word = arguments[i];
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const bool ours = name == "-h" || std::find(known.begin(), known.end(), name) != known.end();
    if (!word.starts_with("-") || (!ours && others == Others::after_first_word && !options.words.empty())) {
      options.words.push_back(word);
      continue;
    }
    if (name == "-h" || name == "--help") {
      options.help = true;
      continue;
    }
    if (!ours) {
      usage(fmt::format("unknown option {}{}", name, did_you_mean(name, known)), "see: quasimodem ctl --help");
    }
    if (name == "--json") {
      options.json = true;
      continue;
    }
    auto& value = name == "--to" ? options.to : options.timeout;
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      usage(fmt::format("{} needs a value", name), "see: quasimodem ctl --help");
    }
  }
  return options;
}

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::timed_out: return ExitCode::timed_out;
    case ErrorCode::impossible: return ExitCode::expectation_failed;
    default: return ExitCode::usage;
  }
}

[[noreturn]] void refuse(const Failure& failure) {
  const auto code = exit_code_of(failure.code);
  throw Problem{code, failure.message, code == ExitCode::usage ? "see: quasimodem ctl help" : ""};
}

void print(const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

const Method& method_named(const std::string& name) {
  const auto* method = control::find_method(name);
  if (!method) refuse(control::unknown_method(name));
  return *method;
}

/// `fault add` is `fault.add`.
void join_name(std::vector<std::string>& words) {
  if (words.size() < 2 || control::find_method(words[0])) return;
  const auto joined = words[0] + "." + words[1];
  if (!control::find_method(joined)) return;
  words.erase(words.begin());
  words.front() = joined;
}

int show_help(const std::vector<std::string>& words) {
  if (!words.empty()) {
    print(control::help_text(method_named(words.front())));
  } else {
    print(std::string{kUsage} + control::help_text());
  }
  return static_cast<int>(ExitCode::ok);
}

/// The result of an answer. Throws Problem for an error.
const Json& result_of(const Json& answer) {
  if (const auto* error = answer.find("error")) {
    const auto* code = error->find("code");
    const auto* message = error->find("message");
    refuse(
        {code && code->as<std::int64_t>() ? static_cast<ErrorCode>(*code->as<std::int64_t>()) : ErrorCode::impossible,
         message && message->as<std::string>() ? *message->as<std::string>() : "error without a message"});
  }
  const auto* result = answer.find("result");
  if (!result) throw Problem{ExitCode::environment, "the module's answer has no result"};
  return *result;
}

void follow(control::Connection& connection, bool json) {
  while (const auto event = connection.receive()) {
    print((json ? to_text(*event) : control::record_text(*event)) + "\n");
  }
}

}  // namespace

int ctl(const std::vector<std::string>& arguments) {
  auto options = read_options(arguments, {"--to", "--json", "--help"}, Others::after_first_word);
  auto& words = options.words;
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    options.help = true;
  }
  join_name(words);
  if (options.help || words.empty()) return show_help(words);

  const auto& method = method_named(words.front());
  const std::vector<std::string> rest{words.begin() + 1, words.end()};
  const auto params = control::params_from_words(method, rest);
  if (!params) refuse(params.error());
  if (const auto checked = control::read_arguments(method, *params); !checked) refuse(checked.error());

  control::Connection connection{control::find_socket(options.to)};
  const auto answer = connection.ask(method.name, *params);
  const auto& result = result_of(answer);
  const bool follows = method.name == "subscribe" && !params->find("off");
  if (follows) {
    follow(connection, options.json);
  } else {
    print(options.json ? to_text(result) + "\n" : control::result_text(result));
  }
  return static_cast<int>(ExitCode::ok);
}

int wait_until_ready(const std::vector<std::string>& arguments) {
  const auto options = read_options(arguments, {"--to", "--timeout", "--help"}, Others::refused);
  if (options.help) {
    print(std::string{kWaitUsage});
    return static_cast<int>(ExitCode::ok);
  }
  if (!options.words.empty())
    usage(fmt::format("wait takes no \"{}\"", options.words.front()), "see: quasimodem wait --help");
  const auto timeout = control::parse_duration(options.timeout.value_or("10s"));
  if (!timeout) {
    usage(fmt::format("--timeout {}: not a duration", *options.timeout), "use 5s, 500ms or 1min");
  }
  const auto end = std::chrono::steady_clock::now() + *timeout;
  for (;;) {
    const auto left = end - std::chrono::steady_clock::now();
    try {
      control::Connection connection{control::find_socket(options.to)};
      const auto seconds = std::max(0.0, std::chrono::duration<double>{left}.count());
      result_of(connection.ask("wait", Json::Object{{"timeout", seconds}}));
      return static_cast<int>(ExitCode::ok);
    } catch (const Problem& problem) {
      // No module yet is what this command is for; several need a name, now as later.
      const bool several = std::string_view{problem.what()}.find(" modules are running") != std::string_view::npos;
      if (problem.code() != ExitCode::environment || several) throw;
      if (left <= decltype(left)::zero()) {
        throw Problem{ExitCode::timed_out,
                      fmt::format("no module is ready after {}: {}", options.timeout.value_or("10s"), problem.what()),
                      problem.way_out()};
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

}  // namespace quasimodem::app
