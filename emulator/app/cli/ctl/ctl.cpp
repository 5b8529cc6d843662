// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include <fmt/core.h>

#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/ctl/result_text.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/socket/connection.hpp"

namespace quasimodem::app {
namespace {

using Clock = control::Connection::Clock;
using control::ErrorCode;
using control::Failure;
using control::Method;

constexpr const char* kUsage = R"(
Usage: quasimodem ctl [--to NAME|PATH] METHOD [key=value…] [--json]
       quasimodem ctl help [METHOD]
)";

constexpr std::string_view kExamples = R"(Examples:
  quasimodem ctl state
  quasimodem ctl power key                     PWRKEY
  quasimodem ctl network deny
  quasimodem ctl clock advance=90s
  quasimodem ctl wait AT+QSSLOPEN timeout=10s
  quasimodem ctl journal kind=uart.rx,uart.tx
  quasimodem ctl fault add bearer.outage for=6s    the same: fault.add, --for 6s

Methods:
)";

void declare_to(CommandLine& line, std::optional<std::string>& to) {
  line.option("--to", to, "NAME|PATH",
              "which module, when several run: its name, its control socket or the link of its UART");
}

struct CtlWords {
  std::optional<std::string> to{};
  bool json = false;
  bool help = false;
  std::string method{};

  CommandLine line() {
    CommandLine line{{.name = "quasimodem ctl",
                      .description = "State, power, SIM, network, clock and journal of a running module.",
                      .usage = kUsage,
                      .footer = std::string{kExamples} + control::help_text()}};
    line.help_flag(help, "show this and exit; after METHOD: its parameters");
    declare_to(line, to);
    line.flag("--json", json, "the result as JSON, for programs");
    line.word("method", method, "METHOD", "what to do, and its parameters");
    return line;
  }
};

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

void show(const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

const Method& method_named(const std::string& name) {
  const auto* method = control::find_method(name);
  if (!method) refuse(control::unknown_method(name));
  return *method;
}

/// Takes the words out of the arguments, the method's name and what follows it. There any word with dashes that is no
/// option of ours is a parameter, as in `--for 6s`. The first word stays with the options.
std::vector<std::string> take_words(std::vector<std::string>& arguments) {
  const auto ours = [](const std::string& word) {
    const auto name = word.substr(0, word.find('='));
    return name == "--to" || name == "--json" || name == "--help" || name == "-h";
  };
  std::vector<std::string> options, words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& word = arguments[i];
    const bool option = word.starts_with("-") && (words.empty() || ours(word));
    (option ? options : words).push_back(word);
    if (word == "--to" && i + 1 < arguments.size()) options.push_back(arguments[++i]);
  }
  if (!words.empty()) options.push_back(words.front());
  arguments = std::move(options);
  return words;
}

/// `fault add` is `fault.add`.
void join_name(std::vector<std::string>& words) {
  if (words.size() < 2 || control::find_method(words[0])) return;
  const auto joined = words[0] + "." + words[1];
  if (!control::find_method(joined)) return;
  words.erase(words.begin());
  words.front() = joined;
}

/// Of all methods, or of the one that is named.
int show_help(const CommandLine& line, const std::optional<std::string>& method) {
  show(method ? control::help_text(method_named(*method)) : line.help());
  return static_cast<int>(ExitCode::ok);
}

/// The result of an answer. Throws Problem for an error.
const Json& result_of(const Json& answer) {
  if (const auto* error = find_member(answer, "error")) {
    const auto* code = find_member(*error, "code");
    refuse({code && code->if_int64() ? static_cast<ErrorCode>(code->get_int64()) : ErrorCode::impossible,
            std::string{member_text(*error, "message").value_or("error without a message")}});
  }
  const auto* result = find_member(answer, "result");
  if (!result) throw Problem{ExitCode::environment, "the module's answer has no result"};
  return *result;
}

/// A method with a timeout answers when it is over; the module's answer to that counts more than our patience.
control::Connection::Clock::duration patience_for(const Json& params) {
  constexpr std::chrono::seconds kForTheAnswer{2};
  constexpr std::chrono::hours kLongest{24 * 365};
  const auto text = member_text(params, "timeout");
  const auto given = text ? parse_duration(*text) : std::nullopt;
  if (!given) return control::Connection::kPatience;
  return std::min<Duration>(*given, kLongest) + kForTheAnswer;
}

void follow(control::Connection& connection, bool json) {
  while (const auto event = connection.receive()) {
    show((json ? to_text(*event) : control::record_text(*event)) + "\n");
  }
}

int ctl(const Arguments& arguments) {
  CtlWords options;
  auto line = options.line();
  auto ours = arguments;
  auto words = take_words(ours);
  line.read(std::move(ours));
  if (!words.empty() && words.front() == "help") {
    options.help = true;
    words.erase(words.begin());
  }
  join_name(words);
  if (options.help || words.empty()) {
    return show_help(line, words.empty() ? std::nullopt : std::optional{words.front()});
  }

  const auto& method = method_named(words.front());
  const std::vector<std::string> rest{words.begin() + 1, words.end()};
  const auto params = control::params_from_words(method, rest);
  if (!params) refuse(params.error());
  if (const auto checked = control::read_arguments(method, *params); !checked) refuse(checked.error());

  control::Connection connection{control::find_socket(options.to), patience_for(*params),
                                 control::Connection::Late::asks_whether_it_lives};
  const auto answer = connection.ask(method.name, *params);
  const auto& result = result_of(answer);
  const bool follows = method.name == "subscribe" && !find_member(*params, "off");
  if (follows) {
    connection.wait_for_ever();
    follow(connection, options.json);
  } else {
    show(options.json ? to_text(result) + "\n" : control::result_text(result));
  }
  return static_cast<int>(ExitCode::ok);
}

struct WaitWords {
  std::optional<std::string> to{};
  std::string duration = "10s";
  bool json = false;

  CommandLine line() {
    CommandLine line{
        {.name = "quasimodem wait",
         .description = "Waits until a module runs and hears its UART.",
         .usage = "\nUsage: quasimodem wait [--to NAME|PATH] [--timeout DURATION] [--json]\n",
         .footer = "Exit codes: 0 it is ready, 2 usage, 3 several run and --to does not say which, 124 too late."}};
    declare_to(line, to);
    line.option("--timeout", duration, "DURATION", "5s, 500ms, 1min, a number alone is seconds; default 10s");
    line.flag("--json", json, "print {\"ready\":true} then");
    return line;
  }

  int run() const {
    const auto timeout = parse_duration(duration);
    if (!timeout) usage(fmt::format("--timeout {}: not a duration", duration), fmt::format("use {}", kDurationForm));
    constexpr std::chrono::seconds kForTheAnswer{1};
    const auto end = Clock::now() + *timeout;
    for (;;) {
      try {
        const auto socket = control::find_socket(to, end);
        const auto left = std::max(end - Clock::now(), Clock::duration::zero());  // finding it may have taken long
        control::Connection connection{socket, left + kForTheAnswer};
        const auto seconds = std::chrono::duration<double>{left}.count();
        const auto answer = connection.ask("wait", JsonObject{{"timeout", seconds}});
        const auto& result = result_of(answer);
        if (json) show(to_text(result) + "\n");
        return static_cast<int>(ExitCode::ok);
      } catch (const Problem& problem) {
        // No module yet is what this command is for; several need a name, now as later.
        const bool several = std::string_view{problem.what()}.find(" modules are running") != std::string_view::npos;
        if (problem.code() != ExitCode::environment || several) throw;
        if (Clock::now() >= end) {
          throw Problem{
              ExitCode::timed_out,
              fmt::format("no module is ready after {}: {}", duration_text(*parse_duration(duration)), problem.what()),
              problem.way_out()};
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }
};

}  // namespace

Verb ctl_command() {
  return {&ctl, [] { return CtlWords{}.line().declaration(); }};
}
Verb wait_command() { return verb<WaitWords>(); }

}  // namespace quasimodem::app
