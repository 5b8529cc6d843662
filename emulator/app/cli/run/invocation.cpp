// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/run/invocation.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/base/process/host.hpp"
#include "emulator/app/base/text_file.hpp"
#include "emulator/app/base/version.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/options/flags.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/config/profile.hpp"
#include "emulator/app/config/settings.hpp"
#include "emulator/device/model.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kUsage = R"(
Usage: quasimodem [run] [OPTIONS]                start a module, keep it running
       quasimodem run [OPTIONS] -- CMD [ARG...]  start, run CMD, stop, return CMD's exit code
       quasimodem COMMAND [OPTIONS]

Commands; each has its own --help:
)";

constexpr const char* kExamples = R"(Examples:
  quasimodem                                       an M95 on a pty, until Ctrl-C
  quasimodem run --uart pty:./m95 --profile lab    at ./m95, with a module's pace
  quasimodem run --uart rfc2217::7001              with modem lines, for rfc2217://localhost:7001
  quasimodem run -- pytest -q                      for CI: $QUASIMODEM_TTY is set, the exit code handed on

Exit codes: 0 ok, 1 an expectation failed, 2 usage, 3 environment, 4 internal error; with `--` those of the command.)";

std::string usage_lines() {
  std::string lines{kUsage};
  for (const auto& command : command_summaries()) lines += fmt::format("  {:<10}  {}\n", command.name, command.summary);
  return lines;
}

bool has_link(const UartUrl& uart) {
  const auto* pty = std::get_if<PtyUrl>(&uart);
  return pty && pty->link;
}

const HostAddress* address_of(const UartUrl& uart) {
  if (const auto* url = std::get_if<TcpListenUrl>(&uart)) return &url->address;
  if (const auto* url = std::get_if<TcpUrl>(&uart)) return &url->address;
  if (const auto* url = std::get_if<Rfc2217Url>(&uart)) return &url->address;
  return nullptr;
}

/// What two endpoints cannot share: a path, or a port to listen at. Empty where there is no such thing.
std::string place_of(const UartUrl& uart, int module) {
  const auto full = [](const std::filesystem::path& path) {
    std::error_code unknown;
    return std::filesystem::absolute(path, unknown).lexically_normal().string();
  };
  if (const auto* pty = std::get_if<PtyUrl>(&uart)) return pty->link ? full(*pty->link) : "";
  if (const auto* url = std::get_if<UnixUrl>(&uart)) return full(url->path);
  if (const auto* url = std::get_if<TtyUrl>(&uart)) return full(url->device);
  const auto* address = std::holds_alternative<TcpUrl>(uart) ? nullptr : address_of(uart);
  if (!address || address->port == 0) return "";
  auto own = *address;  // ports count up from module to module; links and paths have endings of their own
  own.port = static_cast<std::uint16_t>(own.port + module);
  return own.text();
}

/// One message for what would otherwise look like another program in the way.
void check_twice(const RunOptions& options) {
  std::set<std::string> places;
  for (const auto& uart : options.uarts) {
    const int modules = address_of(uart) ? options.count : 1;
    for (int module = 0; module < modules; ++module) {
      const auto place = place_of(uart, module);
      if (place.empty() || places.insert(place).second) continue;
      usage(fmt::format("--uart: {} stands twice", place), "each endpoint needs a link, path or port of its own");
    }
  }
}

/// What many modules cannot have.
void check_many(const RunOptions& options) {
  for (const auto& uart : options.uarts) {
    if (std::holds_alternative<StdioUrl>(uart) || std::holds_alternative<TtyUrl>(uart)) {
      usage("--count: many modules cannot share standard input or a device", "one program for each device");
    }
    const auto* address = address_of(uart);
    if (address && address->port != 0 && address->port + options.count - 1 > 65535) {
      usage(fmt::format("--count {}: the ports from {} on do not suffice", options.count, address->port),
            "a lower port, or 0 for any free ones");
    }
  }
}

/// What does not go together.
void check_uarts(const RunOptions& options) {
  const auto stdios = std::count_if(options.uarts.begin(), options.uarts.end(),
                                    [](const auto& uart) { return std::holds_alternative<StdioUrl>(uart); });
  if (stdios > 1) usage("--uart stdio: there is only one", "any other endpoint, for example --uart pty:");
  if (stdios > 0 && !options.command.empty()) {
    usage("--uart stdio: with \"--\" the standard streams belong to the command",
          "any other endpoint, for example --uart pty:");
  }
  if (options.count > 1) check_many(options);
  check_twice(options);
}

/// Of two options that contradict each other the one that was said nearer to the command counts.
void keep_stronger(Settings& settings, std::string_view one, std::string_view other) {
  const auto* first = settings.find(one);
  const auto* second = settings.find(other);
  if (!first || !second || first->source == second->source) return;
  settings.remove(first->source < second->source ? one : other);
}

void settle_contradictions(Settings& settings) {
  keep_stronger(settings, "nvram", "ephemeral");
  keep_stronger(settings, "verbose", "quiet");
}

/// More of the log for every -v.
LogLevel log_level_of(const RunOptions& options) {
  if (options.verbose == 0 && options.quiet) return LogLevel::error;
  const int usual = static_cast<int>(options.command.empty() ? LogLevel::info : LogLevel::warning);
  return static_cast<LogLevel>(std::max(usual - options.verbose, static_cast<int>(LogLevel::debug)));
}

RunOptions check(const Settings& settings, std::vector<std::string> command) {
  RunOptions options;
  const auto under = command.empty() ? UnderRun::alone : UnderRun::with_command;
  options.command = std::move(command);
  options.ephemeral = under == UnderRun::with_command && !settings.find("nvram");
  if (!settings.find("profile")) {
    options.module.timing = read_profile(std::string{default_value(*run_option("profile"), under)});
  }
  options.host_time = host_time();
  options.module.clock = *options.host_time;
  take_settings(settings, options);

  if (options.name.empty()) options.name = device::key_of(options.module.model);
  if (options.uarts.empty()) options.uarts.emplace_back(PtyUrl{});
  check_uarts(options);
  const bool named = settings.find("name") || std::any_of(options.uarts.begin(), options.uarts.end(), has_link);
  options.private_name = under == UnderRun::with_command && !named;  // other programs look for what has a name
  if (options.ephemeral && options.nvram) usage("--nvram and --ephemeral exclude each other", "leave one of them out");
  if (options.junit && !options.scenario) usage("--junit: there is no scenario to tell of", "with --scenario FILE");
  options.log.lowest = log_level_of(options);
  return options;
}

/// A variable that other programs know too; ours goes before it.
void read_key_log_variable(const Environment& environment, Settings& settings) {
  auto file = variable_in(environment, "SSLKEYLOGFILE");
  if (file.empty()) return;
  settings.add(*run_option("keylog"), {Source::environment, {{std::move(file), "SSLKEYLOGFILE", {}}}});
}

std::string text_of_file(const std::string& file) {
  auto text = read_text_file(file, kLargestHandwritten);
  if (text) return std::move(*text);
  usage(fmt::format("the configuration {} cannot be read: {}", file, text.error()),
        "name another one: --config FILE; an empty one: --config /dev/null");
}

/// As the XDG specification has it: paths that are not absolute are ignored.
std::filesystem::path user_file(const Environment& environment) {
  std::filesystem::path base{variable_in(environment, "XDG_CONFIG_HOME")};
  if (!base.is_absolute()) {
    base = variable_in(environment, "HOME");
    if (!base.is_absolute()) return {};
    base /= ".config";
  }
  return base / "quasimodem" / "config.toml";
}

/// A place where there may be a file, and need not.
bool is_there(const std::filesystem::path& file) {
  std::error_code ignored;
  return !file.empty() && std::filesystem::exists(file, ignored);
}

/// Adds what the configuration file says: the one that is named, else `./quasimodem.toml`, else the user's own in
/// $XDG_CONFIG_HOME; without any of them nothing. Gives the file that it has read.
std::optional<std::string> read_configuration(const std::optional<std::string>& named, const Environment& environment,
                                              Settings& settings) {
  std::string file;
  if (named) {
    file = *named;
  } else if (is_there("quasimodem.toml")) {
    file = "quasimodem.toml";
  } else if (const auto own = user_file(environment); is_there(own)) {
    file = own.string();
  } else {
    return std::nullopt;
  }
  parse_configuration(text_of_file(file), file, run_option_table(), settings);
  return file;
}

CommandLine run_line(bool& version) {
  CommandLine line{
      {.name = "quasimodem",
       .description = fmt::format("A Quectel {} on your desk that is not there.", device::model_names_in_words()),
       .usage = usage_lines(),
       .footer = kExamples}};
  line.flag("--version", version, "show the version and exit");
  return line;
}

}  // namespace

Declaration declare_run() {
  bool version = false;
  auto line = run_line(version);
  const Flags flags{line};
  return line.declaration();
}

std::pair<std::vector<std::string>, std::vector<std::string>> split_command(const std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  std::vector<std::string> ours{arguments.begin(), dashes}, command;
  if (dashes != arguments.end()) command.assign(dashes + 1, arguments.end());
  if (dashes != arguments.end() && command.empty()) {
    usage("nothing to run after \"--\"", "quasimodem run [OPTIONS] -- CMD [ARG...]");
  }
  return {std::move(ours), std::move(command)};
}

Invocation read_settings(Settings flags, std::vector<std::string> command, const Environment& environment) {
  Invocation invocation{.settings = std::move(flags)};
  auto& settings = invocation.settings;
  invocation.warnings = read_environment(environment, settings);
  read_key_log_variable(environment, settings);
  const auto* named = settings.find("config");
  invocation.configuration =
      read_configuration(named ? std::optional{named->values.back().text} : std::nullopt, environment, settings);
  settle_contradictions(settings);
  invocation.run = std::make_shared<RunOptions>(check(settings, std::move(command)));
  return invocation;
}

Invocation read_command_line(const std::vector<std::string>& arguments, const Environment& environment) {
  auto [ours, command] = split_command(arguments);
  bool version = false;
  auto line = run_line(version);
  const Flags flags{line};
  if (auto help = line.read(std::move(ours), names_of(command_summaries()), "quasimodem run")) return {.text = *help};
  auto settings = flags.settings(line);
  if (version) {
    constexpr std::string_view kJson = R"({{"name":"quasimodem","version":"{}","commit":"{}"}})"
                                       "\n";
    const auto* json = settings.find("json");
    const bool as_json = json && json->values.front().text == "true";
    return {.text = as_json ? fmt::format(kJson, program_version(), program_commit())
                            : fmt::format("quasimodem {}, commit {}\n", program_version(), program_commit())};
  }
  return read_settings(std::move(settings), std::move(command), environment);
}

}  // namespace quasimodem::app
