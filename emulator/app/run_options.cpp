// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/run_options.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <ctime>
#include <set>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "emulator/app/problem.hpp"
#include "emulator/app/suggestion.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kVersion = QUASIMODEM_VERSION;

constexpr std::string_view kExamples = R"(
Examples:
  quasimodem                                       an M95 on a pty, until Ctrl-C
  quasimodem run --uart pty:./m95 --profile lab    at ./m95, with a module's pace
  quasimodem run -- pytest -q                      for CI: $QUASIMODEM_TTY is set, the exit code handed on

Exit codes: 0 ok, 2 usage, 3 environment, 4 internal error; with `--` those of the command.)";

const std::vector<std::string> kCommands{"run"};

[[noreturn]] void usage(const std::string& what, const std::string& way_out = "see: quasimodem --help") {
  throw Problem{ExitCode::usage, what, way_out};
}

// ---- single values
// ---------------------------------------------------------------------------------------------------

device::Model read_model(const std::string& text) {
  if (const auto model = device::model_named(text)) return *model;
  const std::vector<std::string> known{"m10", "m66", "m85", "m95"};
  const auto meant = nearest(text, known);
  usage(fmt::format("unknown model \"{}\"{}", text, meant ? fmt::format("; did you mean {}?", *meant) : ""),
        "the models are m10, m66, m85 and m95");
}

device::Timing read_profile(const std::string& text) {
  if (const auto* timing = device::timing_named(text)) return *timing;
  usage(fmt::format("unknown profile \"{}\"", text), "the profiles are instant and lab");
}

/// `pty:` and `pty:LINK`.
std::optional<std::filesystem::path> read_uart(const std::string& text) {
  constexpr std::string_view kPty = "pty:";
  if (!text.starts_with(kPty)) {
    usage(fmt::format("cannot use \"{}\" as a UART", text), "this version has --uart pty: and --uart pty:LINK");
  }
  const auto link = text.substr(kPty.size());
  return link.empty() ? std::nullopt : std::optional{std::filesystem::path{link}};
}

device::LocalTime host_time() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const std::chrono::seconds zone{local.tm_gmtoff};
  return {std::chrono::local_seconds{(now + zone).time_since_epoch()},
          static_cast<int>(zone / std::chrono::minutes{15})};
}

/// `2015-04-08T12:00:00`, with `Z`, `±hh:mm` or nothing behind it (UTC).
device::LocalTime read_iso_time(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  int hour = 0, minute = 0, second = 0, zone_hours = 0, zone_minutes = 0, used = 0;
  char sign = '+';
  const bool has_time =
      std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &used) == 6;
  if (!has_time && (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) != 3)) used = 0;
  const auto rest = used > 0 ? text.substr(static_cast<std::size_t>(used)) : "?";
  int zone_used = 0;
  const bool zone_ok = rest.empty() || rest == "Z" ||
                       (std::sscanf(rest.c_str(), "%c%2d:%2d%n", &sign, &zone_hours, &zone_minutes, &zone_used) == 3 &&
                        static_cast<std::size_t>(zone_used) == rest.size() && (sign == '+' || sign == '-') &&
                        zone_hours <= 12 && zone_minutes < 60);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (used == 0 || !zone_ok || !date.ok() || hour > 23 || minute > 59 || second > 59 || hour < 0 || minute < 0 ||
      second < 0) {
    usage(fmt::format("cannot read the clock \"{}\"", text),
          "use --rtc host, --rtc factory or --rtc 2015-04-08T12:00:00Z");
  }
  const int quarters = (zone_hours * 60 + zone_minutes) / 15;
  return {std::chrono::local_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
              std::chrono::seconds{second},
          sign == '-' ? -quarters : quarters};
}

device::LocalTime read_clock(const std::string& text) {
  if (text == "host") return host_time();
  if (text == "factory") return device::Rtc::factory();
  return read_iso_time(text);
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

device::Sim read_sim(const std::string& text) {
  constexpr std::string_view kPin = "pin:";
  if (text == "none") return device::Sim::none();
  if (text == "ready") return device::Sim::without_pin();
  if (text.starts_with(kPin)) {
    const auto pin = text.substr(kPin.size());
    if (pin.size() >= 4 && pin.size() <= 8 && all_digits(pin)) return device::Sim::with_pin(pin);
  }
  usage(fmt::format("unknown SIM \"{}\"", text), "use --sim none, --sim ready or --sim pin:1234 (4 to 8 digits)");
}

std::string read_imei(const std::string& text) {
  if (text.size() != 15 || !all_digits(text)) usage(fmt::format("\"{}\" is no IMEI", text), "an IMEI has 15 digits");
  return text;
}

// ---- the whole line
// --------------------------------------------------------------------------------------------------

struct Raw {
  std::string model = "m95", name, profile, rtc = "host", sim = "ready", imei, apn_local, nvram;
  std::vector<std::string> uarts, allow, map;
  int ready_fd = -1;
  int verbose = 0;
  bool quiet = false, ephemeral = false, version = false;
};

void declare(CLI::App& app, Raw& raw) {
  app.name("quasimodem");
  app.footer(std::string{kExamples});
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_flag("--version", raw.version, "show the version and exit");
  app.add_option("-m,--model", raw.model, "m10, m66, m85 or m95")->capture_default_str();
  app.add_option("-u,--uart", raw.uarts, "pty:[LINK]; without LINK one in the runtime directory");
  app.add_option("-n,--name", raw.name, "name of this module: runtime and state directory, log; default: the model");
  app.add_option("--nvram", raw.nvram, "directory for NVRAM and saved settings; default: in the state directory");
  app.add_flag("--ephemeral", raw.ephemeral, "nothing on disk; default with `-- CMD`");
  app.add_option("-p,--profile", raw.profile,
                 "instant or lab: how long everything takes; default lab, with `-- CMD` instant");
  app.add_option("--rtc", raw.rtc, "the module's clock at power-on: host, factory (2004-01-01) or ISO 8601")
      ->capture_default_str();
  app.add_option("--sim", raw.sim, "none, ready or pin:1234")->capture_default_str();
  app.add_option("--imei", raw.imei, "15 digits");
  app.add_option("--apn-local", raw.apn_local, "address that the network gives the module; default 10.1.83.188");
  app.add_option("--allow", raw.allow, "HOST[:PORT] the module may reach, repeatable; default: all");
  app.add_option("--map", raw.map,
                 "HOST[:PORT]=HOST:PORT: where a host of the module's world is on this machine, repeatable");
  app.add_option("--ready-fd", raw.ready_fd, "write a newline there once the module is ready");
  app.add_flag("-v,--verbose", raw.verbose, "log more");
  app.add_flag("-q,--quiet", raw.quiet, "log errors only");
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

[[noreturn]] void unknown_argument(const CLI::App& app, const std::string& argument) {
  const auto word = argument.substr(0, argument.find('='));
  const bool option = word.starts_with("-");
  const auto meant = nearest(word, option ? option_names(app) : kCommands);
  usage(fmt::format("unknown {} \"{}\"{}", option ? "option" : "command", word,
                    meant ? fmt::format("; did you mean \"{}\"?", *meant) : ""));
}

template <class T, class Parse>
std::vector<T> read_each(const std::vector<std::string>& texts, const char* option, Parse parse) {
  std::vector<T> values;
  for (const auto& text : texts) {
    auto value = parse(text);
    if (!value) usage(fmt::format("{} {}: {}", option, text, value.error()));
    values.push_back(std::move(*value));
  }
  return values;
}

std::string read_name(const Raw& raw) {
  auto name = raw.name.empty() ? raw.model : raw.name;
  const bool usable = name.find('/') == std::string::npos && !name.starts_with('.');
  if (!usable)
    usage(fmt::format("\"{}\" cannot be the name of a module", name), "a name has no / and does not begin with a dot");
  return name;
}

RunOptions check(const Raw& raw, std::vector<std::string> command) {
  RunOptions options;
  const bool wrapped = !command.empty();
  options.command = std::move(command);
  options.module.model = read_model(raw.model);
  options.module.timing = read_profile(raw.profile.empty() ? (wrapped ? "instant" : "lab") : raw.profile);
  options.module.clock = read_clock(raw.rtc);
  options.module.sim = read_sim(raw.sim);
  if (!raw.imei.empty()) options.module.imei = read_imei(raw.imei);

  options.name = read_name(raw);
  if (raw.uarts.size() > 1) usage("more than one --uart", "this version serves one UART");
  if (!raw.uarts.empty()) options.link = read_uart(raw.uarts.front());
  options.named = !raw.name.empty() || options.link;

  if (raw.ephemeral && !raw.nvram.empty()) usage("--nvram and --ephemeral exclude each other");
  if (!raw.nvram.empty()) options.nvram = raw.nvram;
  options.ephemeral = raw.ephemeral || (wrapped && raw.nvram.empty());

  options.network.allow = read_each<net::HostPort>(raw.allow, "--allow", &net::HostPort::parse);
  options.network.map = read_each<net::HostMapping>(raw.map, "--map", &net::HostMapping::parse);
  if (!raw.apn_local.empty()) {
    const auto address = net::IpAddress::parse(raw.apn_local);
    if (!address) usage(fmt::format("--apn-local {}: not an IPv4 address", raw.apn_local));
    options.network.local = *address;
  }
  if (raw.ready_fd >= 0) options.ready_fd = raw.ready_fd;
  options.log_level = raw.verbose > 0 ? LogLevel::debug
                      : raw.quiet     ? LogLevel::error
                      : wrapped       ? LogLevel::warning
                                      : LogLevel::info;
  return options;
}

}  // namespace

Invocation read_command_line(const std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  std::vector<std::string> ours{arguments.begin(), dashes};
  std::vector<std::string> command;
  if (dashes != arguments.end()) command.assign(dashes + 1, arguments.end());
  if (!ours.empty() && ours.front() == "run") ours.erase(ours.begin());
  if (dashes != arguments.end() && command.empty())
    usage("nothing to run after \"--\"", "quasimodem run [OPTIONS] -- CMD [ARG…]");

  Raw raw;
  CLI::App app{
      "A Quectel M10/M66/M85/M95 on your desk that is not there.\n\n"
      "Usage: quasimodem [run] [OPTIONS]               start a module, keep it running\n"
      "       quasimodem run [OPTIONS] -- CMD [ARG...]  start, run CMD, stop, return CMD's exit code\n"};
  declare(app, raw);
  app.allow_extras();
  try {
    std::reverse(ours.begin(), ours.end());  // CLI11 takes the last argument first
    app.parse(ours);
  } catch (const CLI::CallForHelp&) {
    return {.run = std::nullopt, .text = app.help()};
  } catch (const CLI::ParseError& error) {
    usage(error.what());
  }
  if (raw.version) return {.run = std::nullopt, .text = fmt::format("quasimodem {}\n", kVersion)};
  if (const auto extra = app.remaining(); !extra.empty()) unknown_argument(app, extra.front());
  return {.run = check(raw, std::move(command)), .text = {}};
}

}  // namespace quasimodem::app
