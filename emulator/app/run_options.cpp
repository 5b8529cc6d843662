// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/run_options.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <utility>
#include <variant>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/clock_text.hpp"
#include "emulator/app/commands.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/profile.hpp"
#include "emulator/app/readiness.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/faults/fault_table.hpp"

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
  quasimodem run --uart rfc2217::7001              with modem lines, for rfc2217://localhost:7001
  quasimodem run -- pytest -q                      for CI: $QUASIMODEM_TTY is set, the exit code handed on

Exit codes: 0 ok, 2 usage, 3 environment, 4 internal error; with `--` those of the command.)";

std::string usage_lines() {
  std::string lines{kUsage};
  for (const auto& command : command_summaries()) lines += fmt::format("  {:<10}  {}\n", command.name, command.summary);
  return lines;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& command : command_summaries()) names.emplace_back(command.name);
  return names;
}

// ---- single values ----

device::Model read_model(const std::string& text) {
  if (const auto model = device::model_named(text)) return *model;
  usage(fmt::format("unknown model \"{}\"{}", text, did_you_mean(text, {"m10", "m66", "m85", "m95"})),
        "the models are m10, m66, m85 and m95");
}

std::uint64_t read_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size()) {
    usage(fmt::format("--seed {}: not a whole number", text), "use --seed 1, 2, 3 ...");
  }
  return seed;
}

double read_time_scale(const std::string& text) {
  char* end = nullptr;
  const double scale = std::strtod(text.c_str(), &end);
  constexpr double kLeast = 0.01, kMost = 1000;
  if (text.empty() || *end != '\0' || !(scale >= kLeast && scale <= kMost)) {
    usage(fmt::format("--time-scale {}: not a factor", text),
          "use a number from 0.01 to 1000: 10 makes everything ten times as fast");
  }
  return scale;
}

device::LocalTime read_time(std::string_view option, const std::string& text) {
  if (const auto time = read_clock(text)) return *time;
  usage(fmt::format("{0} {1}: not a date and time", option, text),
        fmt::format("use {0} host, {0} factory or {0} 2015-04-08T12:00:00Z", option));
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

void disable(const std::string& feature, device::Configuration& module) {
  if (feature != "transparent-ssl") {
    usage(fmt::format("--disable {}: unknown feature{}", feature, did_you_mean(feature, {"transparent-ssl"})),
          "a firmware may lack: transparent-ssl");
  }
  module.transparent_ssl = false;
}

// ---- the whole line ----

struct Raw {
  std::string model = "m95", rtc = "host", sim = "ready";
  std::string power = "on";
  std::vector<std::string> expect, fail;
  std::optional<std::string> trace, timeout;
  std::optional<std::string> name, profile, seed, time_scale, imei, apn_local, nvram, key_log, ready_fd, count;
  std::vector<std::string> uarts, allow, map, faults;
  std::optional<std::string> network_time;
  std::vector<std::string> disable;
  int verbose = 0;
  bool quiet = false, ephemeral = false, version = false, json = false;
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
  repeatable("-u,--uart", raw.uarts, "URL",
             "a way to the UART, repeatable: pty:[LINK], tcp-listen:HOST:PORT, tcp:HOST:PORT, rfc2217:HOST:PORT, "
             "unix:PATH, tty:PATH[,BAUD], stdio; default pty: (in the runtime directory)");
  once("-n,--name", raw.name, "NAME", "name of this module: runtime and state directory, log; default: the model");
  once("--count", raw.count, "N", "N modules; names, links and paths get -0, -1, ..., ports count up; default 1");
  once("--nvram", raw.nvram, "DIR", "directory for NVRAM and saved settings; default: in the state directory");
  app.add_flag("--ephemeral", raw.ephemeral, "nothing on disk; default with `-- CMD`");
  once("-p,--profile", raw.profile, "PROFILE",
       "how long everything takes: instant, lab, realistic, poor or a FILE; default lab, with `-- CMD` instant");
  once("--seed", raw.seed, "N", "makes what the profile draws by chance reproducible; default 1");
  once("--time-scale", raw.time_scale, "X", "the module's time runs X times as fast, every wait of it; default 1");
  repeatable("--fault", raw.faults, "FAULT",
             "something that goes wrong, as in docs/faults.md: \"bearer.outage after=30s\"");
  once("--rtc", raw.rtc, "host|factory|TIME",
       "the module's clock at power-on; factory is 2004-01-01, TIME ISO 8601; default host");
  once("--network-time", raw.network_time, "host|factory|TIME",
       "what the network says of the time (NITZ), as for --rtc; default: nothing");
  repeatable("--disable", raw.disable, "transparent-ssl", "what this firmware lacks, repeatable");
  once("--sim", raw.sim, "none|ready|pin:PIN", "the SIM; PIN has 4 to 8 digits; default ready");
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
  app.add_flag("--json", raw.json, "print the ready line as a JSON object");
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

int read_count(const std::string& text) {
  constexpr int kMost = 10000;
  int count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem != std::errc{} || end != text.data() + text.size() || count < 1 || count > kMost) {
    usage(fmt::format("--count {}: not a number of modules", text), fmt::format("1 to {}", kMost));
  }
  return count;
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

/// What does not go together.
void check_uarts(const RunOptions& options) {
  const auto stdios = std::count_if(options.uarts.begin(), options.uarts.end(),
                                    [](const auto& uart) { return std::holds_alternative<StdioUrl>(uart); });
  if (stdios > 1) usage("--uart stdio: there is only one");
  if (stdios > 0 && !options.command.empty()) {
    usage("--uart stdio: with \"--\" the standard streams belong to the command",
          "any other endpoint, for example --uart pty:");
  }
  if (options.count == 1) return;
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

RunOptions check(const Raw& raw, std::vector<std::string> command) {
  RunOptions options;
  const bool wrapped = !command.empty();
  options.command = std::move(command);
  options.module.model = read_model(raw.model);
  options.module.timing = read_profile(raw.profile.value_or(wrapped ? "instant" : "lab"));
  if (raw.seed) options.module.seed = read_seed(*raw.seed);
  if (raw.time_scale) options.time_scale = read_time_scale(*raw.time_scale);
  options.module.clock = read_time("--rtc", raw.rtc);
  if (raw.network_time) options.module.network_clock = read_time("--network-time", *raw.network_time);
  for (const auto& feature : raw.disable) disable(feature, options.module);
  options.module.sim = read_sim(raw.sim);
  if (raw.imei) options.module.imei = read_imei(*raw.imei);

  options.name = raw.name ? read_name(*raw.name) : std::string{device::profile_of(options.module.model).key};
  for (const auto& uart : raw.uarts) options.uarts.push_back(read_uart_url(uart));
  if (options.uarts.empty()) options.uarts.emplace_back(PtyUrl{});
  if (raw.count) options.count = read_count(*raw.count);
  options.json = raw.json;
  check_uarts(options);
  options.named = raw.name || std::any_of(options.uarts.begin(), options.uarts.end(), has_link);

  if (raw.ephemeral && raw.nvram) usage("--nvram and --ephemeral exclude each other");
  // An empty variable of a script must not lead to the NVRAM of the user's own module.
  if (raw.nvram && raw.nvram->empty()) usage("--nvram \"\": not a directory", "none at all: --ephemeral");
  if (raw.nvram) options.nvram = *raw.nvram;
  options.ephemeral = raw.ephemeral || (wrapped && !raw.nvram);

  options.faults = read_each<FaultRule>(raw.faults, "--fault", &emulator::parse_fault);
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

  Raw raw;
  CLI::App app{"A Quectel M10/M66/M85/M95 on your desk that is not there."};
  declare(app, raw);
  set_usage(app, usage_lines());
  if (auto help = read_arguments(app, std::move(ours), command_names())) return {.run = std::nullopt, .text = *help};
  if (raw.version) return {.run = std::nullopt, .text = fmt::format("quasimodem {}\n", kVersion)};
  return {.run = check(raw, std::move(command)), .text = {}};
}

}  // namespace quasimodem::app
