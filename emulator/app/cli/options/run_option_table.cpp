// SPDX-License-Identifier: Apache-2.0
// The options of `run`: each has one row at the end of this file, and above it what reads its value.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/clock_text.hpp"
#include "emulator/app/base/process/readiness.hpp"
#include "emulator/app/cli/options/limits.hpp"
#include "emulator/app/cli/options/option.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/config/profile.hpp"
#include "emulator/app/desk/scenario/reader.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/ussd_answer.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app {
namespace {

using Text = const std::string&;

template <class Number>
std::optional<Number> whole_number(Text text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

/// Nothing is configured by it: it says where the configuration is.
void take_elsewhere(RunOptions&, Text) {}

// ---- the module ----

void take_model(RunOptions& options, Text text) {
  const auto model = device::model_named(text);
  if (!model) {
    usage(fmt::format("unknown model \"{}\"{}", text, did_you_mean(text, {"m10", "m66", "m85", "m95"})),
          "the models are m10, m66, m85 and m95");
  }
  options.module.model = *model;
}

void take_uart(RunOptions& options, Text text) { options.uarts.push_back(read_uart_url(text)); }

void take_name(RunOptions& options, Text name) {
  // The ready line is split at blanks.
  const auto allowed = [](unsigned char c) { return c > ' ' && c != 0x7F && c != '/'; };
  if (name.empty() || name.starts_with('.') || !std::all_of(name.begin(), name.end(), allowed)) {
    usage(fmt::format("--name \"{}\": cannot be the name of a module", name),
          "a name has no blank and no / and does not begin with a dot");
  }
  options.name = name;
}

void take_count(RunOptions& options, Text text) {
  const auto count = whole_number<int>(text);
  if (!count || *count < 1 || *count > kMostModules) {
    usage(fmt::format("--count {}: not a number of modules", text), fmt::format("1 to {}", kMostModules));
  }
  options.count = *count;
}

void take_nvram(RunOptions& options, Text text) {
  // An empty variable of a script must not lead to the NVRAM of the user's own module.
  if (text.empty()) usage("--nvram \"\": not a directory", "none at all: --ephemeral");
  options.nvram = text;
}

void take_ephemeral(RunOptions& options, Text text) { options.ephemeral = text == "true"; }

device::LocalTime read_time(std::string_view option, Text text) {
  if (const auto time = read_clock(text)) return *time;
  usage(fmt::format("{} {}: not a date and time", option, text),
        fmt::format("use {0} host, {0} factory or {0} 2015-04-08T12:00:00Z", option));
}

void take_rtc(RunOptions& options, Text text) { options.module.clock = read_time("--rtc", text); }

void take_firmware_date(RunOptions& options, Text text) {
  // YYYY-MM
  const auto dash = text.find('-');
  const auto year = whole_number<int>(text.substr(0, dash));
  const auto month = dash == std::string::npos ? std::nullopt : whole_number<int>(text.substr(dash + 1));
  if (dash != 4 || text.size() != 7 || !year || !month || *month < 1 || *month > 12) {
    usage(fmt::format("--firmware-date {}: not a month", text), "use year and month: --firmware-date 2017-06");
  }
  options.module.firmware_date = {*year, *month};
}

void take_firmware(RunOptions& options, Text text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto name = text.substr(0, equals);
  const auto value = text.substr(std::min(equals + 1, text.size()));
  const auto* row = device::firmware_switch(name);
  if (!row) {
    std::vector<std::string> names;
    for (const auto& known : device::firmware_switches()) names.emplace_back(known.name);
    usage(fmt::format("--firmware {}: unknown switch{}", text, did_you_mean(name, names)),
          fmt::format("the switches: {}; `quasimodem help firmware` says what they change", fmt::join(names, ", ")));
  }
  if (value != "on" && value != "off") {
    usage(fmt::format("--firmware {}: neither on nor off", text),
          fmt::format("use --firmware {0}=on or --firmware {0}=off", name));
  }
  options.module.firmware.*row->choice = value == "on";
}

device::Sim read_sim(Text text) {
  constexpr std::string_view kPin = "pin:";
  if (text == "none") return device::Sim::none();
  if (text == "ready") return device::Sim::without_pin();
  if (text.starts_with(kPin)) {
    const auto pin = text.substr(kPin.size());
    if (pin.size() >= kShortestPin && pin.size() <= kLongestPin && all_digits(pin)) return device::Sim::with_pin(pin);
  }
  usage(fmt::format("--sim {}: not a SIM", text), "use --sim none, --sim ready or --sim pin:1234 (4 to 8 digits)");
}

void take_sim(RunOptions& options, Text text) { options.module.sim = read_sim(text); }

void take_imei(RunOptions& options, Text text) {
  if (text.size() != kDigitsOfImei || !all_digits(text)) {
    usage(fmt::format("--imei {}: not an IMEI", text), "an IMEI has 15 digits");
  }
  options.module.imei = text;
}

void take_power(RunOptions& options, Text text) {
  if (text != "on" && text != "off")
    usage(fmt::format("--power {}: not on or off", text), "use --power on or --power off");
  options.power = text == "off" ? InitialPower::off : InitialPower::on;
}

// ---- time and network ----

void take_profile(RunOptions& options, Text text) { options.module.timing = read_profile(text); }

void take_seed(RunOptions& options, Text text) {
  const auto seed = whole_number<std::uint64_t>(text);
  if (!seed) usage(fmt::format("--seed {}: not a whole number", text), "use --seed 1, 2, 3 ...");
  options.module.seed = *seed;
}

void take_time_scale(RunOptions& options, Text text) {
  char* end = nullptr;
  const double scale = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(scale >= kLeastTimeScale && scale <= kMostTimeScale)) {
    usage(fmt::format("--time-scale {}: not a factor", text),
          "use a number from 0.01 to 1000: 10 makes everything ten times as fast");
  }
  options.time_scale = scale;
}

void take_network_time(RunOptions& options, Text text) {
  options.module.network_clock = read_time("--network-time", text);
}

void take_apn_local(RunOptions& options, Text text) {
  const auto address = net::IpAddress::parse(text);
  if (!address) usage(fmt::format("--apn-local {}: not an IPv4 address", text), "use --apn-local 10.1.83.188");
  options.network.local = *address;
}

void take_apn(RunOptions& options, Text text) {
  const auto names = device::AccessPoints::parse(text);
  if (!names || names->names().empty()) {
    usage(fmt::format("--apn {}: {}", text, names ? "no name" : names.error()),
          "use --apn internet or --apn internet,iot");
  }
  options.module.access_points.add(*names);
}

template <class T>
void add_parsed(std::vector<T>& list, std::string_view option, Text text, tl::expected<T, std::string> value,
                const std::string& way_out) {
  if (!value) usage(fmt::format("{} {}: {}", option, text, value.error()), way_out);
  list.push_back(std::move(*value));
}

void take_allow(RunOptions& options, Text text) {
  add_parsed(options.network.allow, "--allow", text, net::HostPort::parse(text),
             "use --allow mqtt.example.com or --allow mqtt.example.com:8883");
}
void take_map(RunOptions& options, Text text) {
  add_parsed(options.network.map, "--map", text, net::HostMapping::parse(text),
             "use --map mqtt.example.com=127.0.0.1:1883 or --map mqtt.example.com:8883=127.0.0.1:8883");
}

/// `[TO][,M]=TEXT`
void take_ussd(RunOptions& options, Text text) {
  const auto equals = text.find('=');
  auto to = text.substr(0, equals);
  std::optional<int> mode = 0;
  if (const auto comma = to.rfind(','); comma != std::string::npos) {
    mode = whole_number<int>(to.substr(comma + 1));
    to.resize(comma);
  }
  if (equals == std::string::npos || !mode || *mode < 0 || *mode > device::kHighestUssdMode) {
    usage(fmt::format("--ussd {}: not an answer", text),
          "use \"*100#=Your balance is 5\", or \"*100#,1=1: balance 2: data\" when the host is to answer");
  }
  options.module.ussd.push_back({.to = std::move(to), .text = text.substr(equals + 1), .mode = *mode});
}

// ---- tests ----

void take_fault(RunOptions& options, Text text) {
  add_parsed(options.faults, "--fault", text, emulator::parse_fault(text),
             "use --fault \"bearer.outage after=30s for=6s\"");
}

void add_awaited(std::vector<std::string>& list, std::string_view option, Text text) {
  if (text.empty()) {
    usage(fmt::format("{} \"\": an empty text is always there", option),
          fmt::format("use {} \"+QSSLOPEN: 0,0\"", option));
  }
  list.push_back(text);
}
void take_expect(RunOptions& options, Text text) { add_awaited(options.expectations.expect, "--expect", text); }
void take_fail(RunOptions& options, Text text) { add_awaited(options.expectations.fail, "--fail", text); }

void take_timeout(RunOptions& options, Text text) {
  options.expectations.timeout = parse_duration(text);
  if (!options.expectations.timeout) {
    usage(fmt::format("--timeout {}: not a duration", text), fmt::format("use {}", kDurationForm));
  }
}

void take_scenario(RunOptions& options, Text text) { options.scenario = scenario::read_scenario(text); }
void take_junit(RunOptions& options, Text text) {
  if (text.empty()) usage("--junit \"\": not a file", "use --junit report.xml");
  options.junit = text;
}

// ---- output ----

void take_trace(RunOptions& options, Text text) {
  if (text.empty()) usage("--trace \"\": not a file", "use --trace trace.jsonl");
  options.trace = text;
}

void take_key_log(RunOptions& options, Text text) {
  if (text.empty()) usage("--keylog \"\": not a file", "use --keylog keys.txt");
  options.key_log = text;
}
void take_json(RunOptions& options, Text text) { options.json = text == "true"; }

void take_ready_fd(RunOptions& options, Text text) {
  options.ready_fd = read_descriptor(text, "quasimodem run --ready-fd 3 3>ready");
}

void take_verbose(RunOptions& options, Text text) {
  const auto times = whole_number<int>(text);
  if (!times || *times < 0 || *times > kHighestVerbosity) {
    usage(fmt::format("--verbose {}: not a level", text), "0 as usual, 1 more, 2 everything");
  }
  options.verbose = *times;
}

void take_log_format(RunOptions& options, Text text) {
  if (text != "text" && text != "json") {
    usage(fmt::format("--log-format {}: not a format{}", text, did_you_mean(text, {"text", "json"})),
          "use --log-format text or --log-format json");
  }
  options.log.format = text == "json" ? LogFormat::json : LogFormat::text;
}

void take_color(RunOptions& options, Text text) { options.log.color = read_color(text); }

void take_quiet(RunOptions& options, Text text) { options.quiet = text == "true"; }

using enum OptionKind;
using enum OptionChange;

constexpr std::array kOptions{
    Option{"config", "", "", text, "FILE", "", "settings, as in docs/configuration.md", &take_elsewhere, at_restart,
           "./quasimodem.toml, else the user's own"},
    Option{"model", "m", "module", text, "MODEL", "m95", "m10, m66, m85 or m95", &take_model},
    Option{"uart", "u", "module", list, "URL", "pty:",
           "a way to the UART, repeatable: pty:[LINK], tcp-listen:HOST:PORT, tcp:HOST:PORT, rfc2217:HOST:PORT, "
           "unix:PATH, tty:PATH[,BAUD], stdio",
           &take_uart, at_restart, "pty: (in the runtime directory)"},
    Option{"name", "n", "module", text, "NAME", "", "name of this module: runtime and state directory, log", &take_name,
           at_restart, "the model"},
    Option{"count", "", "module", number, "N", "1", "N modules; names, links and paths get -0, -1, ..., ports count up",
           &take_count},
    Option{"nvram", "", "module", text, "DIR", "", "directory for NVRAM and saved settings", &take_nvram, at_restart,
           "in the state directory"},
    Option{"ephemeral", "", "module", flag, "", "false", "nothing on disk", &take_ephemeral, at_restart, "", "true"},
    Option{"profile", "p", "network", text, "PROFILE", "lab",
           "how long everything takes: instant, lab, realistic, poor or a FILE", &take_profile, at_once, "", "instant"},
    Option{"seed", "", "network", number, "N", "1", "makes what the profile draws by chance reproducible", &take_seed},
    Option{"time-scale", "", "network", number, "X", "1", "the module's time runs X times as fast, every wait of it",
           &take_time_scale, at_once},
    Option{"fault", "", "test", list, "FAULT", "",
           "something that goes wrong, as in docs/faults.md, repeatable: \"bearer.outage after=30s\"", &take_fault,
           at_once},
    Option{"rtc", "", "module", time, "host|factory|TIME", "host",
           "the module's clock at power-on; factory is 2004-01-01, TIME ISO 8601", &take_rtc},
    Option{"network-time", "", "network", time, "host|factory|TIME", "",
           "what the network says of the time (NITZ), as for --rtc", &take_network_time, at_restart, "nothing"},
    Option{"firmware-date", "", "module", text, "YYYY-MM", "",
           "as the firmware of that month was, see `quasimodem help firmware`", &take_firmware_date, at_restart,
           "the model's"},
    Option{"firmware", "", "module", list, "SWITCH=on|off", "",
           "in what this firmware is another one, as in `quasimodem help firmware`, repeatable", &take_firmware},
    Option{"sim", "", "module", text, "none|ready|pin:PIN", "ready", "the SIM; PIN has 4 to 8 digits", &take_sim},
    Option{"imei", "", "module", text, "IMEI", "001010000000008", "15 digits", &take_imei},
    Option{"apn-local", "", "network", text, "IP", "10.1.83.188", "address that the network gives the module",
           &take_apn_local},
    Option{"apn", "", "network", list, "NAME[,NAME]", "",
           "access points (APN) that the network knows, repeatable; with another one AT+QIACT and AT+CGACT fail",
           &take_apn, at_once, "any"},
    Option{"allow", "", "network", list, "PEER", "", "HOST[:PORT] the module may reach, repeatable", &take_allow,
           at_once, "all"},
    Option{"map", "", "network", list, "FROM=TO", "",
           "where a host of the module's world is on this machine: FROM is HOST[:PORT], TO is HOST:PORT; repeatable",
           &take_map, at_once},
    Option{"ussd", "", "network", list, "[TO][,M]=TEXT", "",
           "what the network answers to AT+CUSD, and <m>; TO is *100#, or with what the host says then: *100# 1; "
           "repeatable",
           &take_ussd, at_restart, "the same to all"},
    Option{"expect", "", "test", list, "TEXT", "",
           "end with 0 when the UART shows this, sent by either side; repeatable", &take_expect},
    Option{"fail", "", "test", list, "TEXT", "", "end with 1 when the UART shows this; repeatable", &take_fail},
    Option{"timeout", "", "test", duration, "DURATION", "", "end with 124 after 10s, 500ms, 2min …", &take_timeout},
    Option{"scenario", "", "test", text, "FILE", "",
           "steps of a test, as in docs/scenarios.md; end with 0 after the last of them, with 1 when one fails",
           &take_scenario},
    Option{"junit", "", "test", text, "FILE", "", "write what became of the scenario's steps there, as JUnit's XML",
           &take_junit},
    Option{"trace", "", "output", text, "FILE", "", "write everything that happens there, a JSON object a line",
           &take_trace},
    Option{"power", "", "module", text, "on|off", "on",
           "off: start switched off, `quasimodem ctl power key` switches on", &take_power},
    Option{"keylog", "", "output", text, "FILE", "", "append the TLS secrets there, for Wireshark; also SSLKEYLOGFILE",
           &take_key_log},
    Option{"json", "", "output", flag, "", "false", "print the ready line as a JSON object", &take_json},
    Option{"ready-fd", "", "", number, "N", "", "write a newline to this descriptor once the module is ready",
           &take_ready_fd},
    Option{"verbose", "v", "output", count, "", "0", "log more, -vv everything", &take_verbose, at_once},
    Option{"quiet", "q", "output", flag, "", "false", "log errors only", &take_quiet, at_once},
    Option{"log-format", "", "output", text, "text|json", "text", "json: an object a line, as in docs/configuration.md",
           &take_log_format, at_once},
    Option{"color", "", "output", text, "auto|always|never", "auto",
           "colour of the log; auto heeds NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR and TERM", &take_color, at_once},
};

}  // namespace

std::span<const Option> run_option_table() { return kOptions; }

}  // namespace quasimodem::app
