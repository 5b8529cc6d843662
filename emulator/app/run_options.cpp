// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/run_options.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/clock_text.hpp"
#include "emulator/app/commands.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/readiness.hpp"
#include "emulator/device/model_profile.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kVersion = QUASIMODEM_VERSION;

constexpr std::string_view kUsage = R"(
Usage: quasimodem [run] [OPTIONS]                start a module, keep it running
       quasimodem run [OPTIONS] -- CMD [ARG...]  start, run CMD, stop, return CMD's exit code
       quasimodem COMMAND [OPTIONS]

Commands; each has its own --help:
)";

constexpr std::string_view kExamples = R"(Examples:
  quasimodem                                       an M95 on a pty, until Ctrl-C
  quasimodem run --uart pty:./m95 --profile lab    at ./m95, with a module's pace
  quasimodem run -- pytest -q                      for CI: $QUASIMODEM_TTY is set, the exit code handed on

Exit codes: 0 ok, 2 usage, 3 environment, 4 internal error; with `--` those of the command.)";

std::string usage_lines() {
  std::string lines{kUsage};
  for (const auto& command : command_summaries()) lines += fmt::format("  {:<8}  {}\n", command.name, command.summary);
  return lines;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names{"help"};
  for (const auto& command : command_summaries()) names.emplace_back(command.name);
  return names;
}

// ---- single values ----

device::Model read_model(const std::string& text) {
  if (const auto model = device::model_named(text)) return *model;
  usage(fmt::format("unknown model \"{}\"{}", text, did_you_mean(text, {"m10", "m66", "m85", "m95"})),
        "the models are m10, m66, m85 and m95");
}

device::Timing read_profile(const std::string& text) {
  if (const auto* timing = device::timing_named(text)) return *timing;
  usage(fmt::format("unknown profile \"{}\"{}", text, did_you_mean(text, {"instant", "lab"})),
        "the profiles of this version are instant and lab");
}

/// `pty:` and `pty:LINK`.
std::optional<std::filesystem::path> read_uart(const std::string& text) {
  constexpr std::string_view kPty = "pty:";
  if (!text.starts_with(kPty)) {
    usage(fmt::format("--uart {}: not a way to the UART", text), "this version has --uart pty: and --uart pty:LINK");
  }
  const auto link = text.substr(kPty.size());
  return link.empty() ? std::nullopt : std::optional{std::filesystem::path{link}};
}

device::LocalTime read_rtc(const std::string& text) {
  if (const auto time = read_clock(text)) return *time;
  usage(fmt::format("--rtc {}: not a date and time", text),
        "use --rtc host, --rtc factory or --rtc 2015-04-08T12:00:00Z");
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
  usage(fmt::format("--sim {}: not a SIM", text), "use --sim none, --sim ready or --sim pin:1234 (4 to 8 digits)");
}

std::string read_imei(const std::string& text) {
  if (text.size() != 15 || !all_digits(text))
    usage(fmt::format("--imei {}: not an IMEI", text), "an IMEI has 15 digits");
  return text;
}

// ---- the whole line ----

struct Raw {
  std::string model = "m95", rtc = "host", sim = "ready";
  std::string power = "on";
  std::vector<std::string> expect, fail;
  std::optional<std::string> trace, timeout;
  std::optional<std::string> name, profile, imei, apn_local, nvram, key_log, ready_fd;
  std::vector<std::string> uarts, allow, map;
  int verbose = 0;
  bool quiet = false, ephemeral = false, version = false;
};

void declare(CLI::App& app, Raw& raw) {
  app.name("quasimodem");
  app.footer(std::string{kExamples});
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_flag("--version", raw.version, "show the version and exit");
  const auto once = [&](const char* names, auto& target, const char* value, const std::string& meaning) {
    // The last one counts, so that a script can put its own options before those of its caller.
    return app.add_option(names, target, meaning)
        ->type_name(value)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  };
  const auto repeatable = [&](const char* names, std::vector<std::string>& target, const char* value,
                              const std::string& meaning) {
    app.add_option(names, target, meaning)->type_name(value)->allow_extra_args(false);
  };
  once("-m,--model", raw.model, "MODEL", "m10, m66, m85 or m95; default m95");
  repeatable("-u,--uart", raw.uarts, "URL", "pty:[LINK]; without LINK one in the runtime directory");
  once("-n,--name", raw.name, "NAME", "name of this module: runtime and state directory, log; default: the model");
  once("--nvram", raw.nvram, "DIR", "directory for NVRAM and saved settings; default: in the state directory");
  app.add_flag("--ephemeral", raw.ephemeral, "nothing on disk; default with `-- CMD`");
  once("-p,--profile", raw.profile, "PROFILE",
       "instant or lab: how long everything takes; default lab, with `-- CMD` instant");
  once("--rtc", raw.rtc, "TIME",
       "the module's clock at power-on: host, factory (2004-01-01) or ISO 8601; default host");
  once("--sim", raw.sim, "SIM", "none, ready or pin:1234; default ready");
  once("--imei", raw.imei, "IMEI", "15 digits");
  once("--apn-local", raw.apn_local, "IP", "address that the network gives the module; default 10.1.83.188");
  repeatable("--allow", raw.allow, "PEER", "HOST[:PORT] the module may reach, repeatable; default: all");
  repeatable("--map", raw.map, "FROM=TO",
             "HOST[:PORT]=HOST:PORT: where a host of the module's world is on this machine, repeatable");
  repeatable("--expect", raw.expect, "TEXT", "end with 0 when the UART shows this, sent by either side; repeatable");
  repeatable("--fail", raw.fail, "TEXT", "end with 1 when the UART shows this; repeatable");
  once("--timeout", raw.timeout, "DURATION", "end with 124 after 10s, 500ms, 2min …");
  once("--trace", raw.trace, "FILE", "write everything that happens there, a JSON object a line");
  once("--power", raw.power, "on|off", "off: start switched off, `quasimodem ctl power key` switches on; default on");
  once("--keylog", raw.key_log, "FILE", "append the TLS secrets there, for Wireshark; also SSLKEYLOGFILE");
  once("--ready-fd", raw.ready_fd, "N", "write a newline to this descriptor once the module is ready");
  app.add_flag("-v,--verbose", raw.verbose, "log more");
  app.add_flag("-q,--quiet", raw.quiet, "log errors only");
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

std::string read_name(const std::string& name) {
  // The ready line is split at blanks.
  const auto allowed = [](unsigned char c) { return c > ' ' && c != 0x7F && c != '/'; };
  if (name.empty() || name.starts_with('.') || !std::all_of(name.begin(), name.end(), allowed)) {
    usage(fmt::format("--name \"{}\": cannot be the name of a module", name),
          "a name has no blank and no / and does not begin with a dot");
  }
  return name;
}

std::optional<std::filesystem::path> read_key_log(const Raw& raw) {
  if (raw.key_log) return *raw.key_log;
  const char* variable = std::getenv("SSLKEYLOGFILE");
  return variable && *variable ? std::optional<std::filesystem::path>{variable} : std::nullopt;
}

Expectations read_expectations(const Raw& raw) {
  Expectations expectations{raw.expect, raw.fail, std::nullopt};
  for (const auto* texts : {&raw.expect, &raw.fail}) {
    const bool has_empty = std::find(texts->begin(), texts->end(), "") != texts->end();
    if (has_empty) usage("--expect and --fail need a text; an empty one is always there");
  }
  if (!raw.timeout) return expectations;
  expectations.timeout = control::parse_duration(*raw.timeout);
  if (!expectations.timeout) {
    usage(fmt::format("--timeout {}: not a duration", *raw.timeout), "use 10s, 500ms or 2min");
  }
  return expectations;
}

RunOptions check(const Raw& raw, std::vector<std::string> command) {
  RunOptions options;
  const bool wrapped = !command.empty();
  options.command = std::move(command);
  options.module.model = read_model(raw.model);
  options.module.timing = read_profile(raw.profile.value_or(wrapped ? "instant" : "lab"));
  options.module.clock = read_rtc(raw.rtc);
  options.module.sim = read_sim(raw.sim);
  if (raw.imei) options.module.imei = read_imei(*raw.imei);

  options.name = raw.name ? read_name(*raw.name) : std::string{device::profile_of(options.module.model).key};
  if (raw.uarts.size() > 1) usage("more than one --uart", "this version serves one UART");
  if (!raw.uarts.empty()) options.link = read_uart(raw.uarts.front());
  options.named = raw.name || options.link;

  if (raw.ephemeral && raw.nvram) usage("--nvram and --ephemeral exclude each other");
  // An empty variable of a script must not lead to the NVRAM of the user's own module.
  if (raw.nvram && raw.nvram->empty()) usage("--nvram \"\": not a directory", "none at all: --ephemeral");
  if (raw.nvram) options.nvram = *raw.nvram;
  options.ephemeral = raw.ephemeral || (wrapped && !raw.nvram);

  options.network.allow = read_each<net::HostPort>(raw.allow, "--allow", &net::HostPort::parse);
  options.network.map = read_each<net::HostMapping>(raw.map, "--map", &net::HostMapping::parse);
  if (raw.apn_local) {
    const auto address = net::IpAddress::parse(*raw.apn_local);
    if (!address) usage(fmt::format("--apn-local {}: not an IPv4 address", *raw.apn_local));
    options.network.local = *address;
  }
  options.key_log = read_key_log(raw);
  if (raw.power != "on" && raw.power != "off") usage(fmt::format("--power {}: not on or off", raw.power));
  options.power = raw.power == "off" ? InitialPower::off : InitialPower::on;
  if (raw.trace && raw.trace->empty()) usage("--trace \"\": not a file");
  if (raw.trace) options.trace = *raw.trace;
  options.expectations = read_expectations(raw);
  if (raw.ready_fd) options.ready_fd = read_descriptor(*raw.ready_fd, "quasimodem run --ready-fd 3 3>ready");
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
  if (dashes != arguments.end() && command.empty())
    usage("nothing to run after \"--\"", "quasimodem run [OPTIONS] -- CMD [ARG...]");
  if (!ours.empty() && ours.front() == "help") ours.front() = "--help";

  Raw raw;
  CLI::App app{"A Quectel M10/M66/M85/M95 on your desk that is not there."};
  declare(app, raw);
  set_usage(app, usage_lines());
  if (auto help = read_arguments(app, std::move(ours), command_names())) return {.run = std::nullopt, .text = *help};
  if (raw.version) return {.run = std::nullopt, .text = fmt::format("quasimodem {}\n", kVersion)};
  return {.run = check(raw, std::move(command)), .text = {}};
}

}  // namespace quasimodem::app
