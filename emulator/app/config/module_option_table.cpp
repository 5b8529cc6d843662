// SPDX-License-Identifier: Apache-2.0
// What a module is asked to be: each option has one row at the end of this file, and above it what reads its value.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/clock_text.hpp"
#include "emulator/app/config/module_options.hpp"
#include "emulator/app/config/option.hpp"
#include "emulator/app/config/profile.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/model.hpp"
#include "emulator/device/service_errors.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app {
namespace {

using Text = const std::string&;

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

// ---- the module ----

void take_model(ModuleOptions& options, Text text) { options.module.model = read_model(text); }

void take_uart(ModuleOptions& options, Text text) { options.uarts.push_back(read_uart_url(text)); }

void take_name(ModuleOptions& options, Text name) {
  // The ready line is split at blanks.
  const auto allowed = [](unsigned char c) { return c > ' ' && c != 0x7F && c != '/'; };
  if (name.empty() || name.starts_with('.') || !std::all_of(name.begin(), name.end(), allowed)) {
    usage(fmt::format("--name \"{}\": cannot be the name of a module", name),
          "a name has no blank and no / and does not begin with a dot");
  }
  options.name = name;
}

void take_count(ModuleOptions& options, Text text) {
  const auto count = whole_number<int>(text);
  if (!count || *count < 1 || *count > kMostModules) {
    usage(fmt::format("--count {}: not a number of modules", text), fmt::format("1 to {}", kMostModules));
  }
  options.count = *count;
}

void take_nvram(ModuleOptions& options, Text text) {
  // An empty variable of a script must not lead to the NVRAM of the user's own module.
  if (text.empty()) usage("--nvram \"\": not a directory", "none at all: --ephemeral");
  options.nvram = text;
}

void take_ephemeral(ModuleOptions& options, Text text) { options.ephemeral = text == "true"; }

device::LocalTime read_time(std::string_view option, Text text, const ModuleOptions& options) {
  if (const auto time = read_clock(text, options.host_time)) return *time;
  usage(fmt::format("{} {}: not a date and time", option, text),
        fmt::format("use {0} host, {0} factory or {0} 2015-04-08T12:00:00Z", option));
}

void take_rtc(ModuleOptions& options, Text text) { options.module.clock = read_time("--rtc", text, options); }

void take_firmware_date(ModuleOptions& options, Text text) {
  // YYYY-MM
  const auto dash = text.find('-');
  const auto year = whole_number<int>(text.substr(0, dash));
  const auto month = dash == std::string::npos ? std::nullopt : whole_number<int>(text.substr(dash + 1));
  if (dash != 4 || text.size() != 7 || !year || !month || *month < 1 || *month > 12) {
    usage(fmt::format("--firmware-date {}: not a month", text), "use year and month: --firmware-date 2017-06");
  }
  options.module.firmware_date = {*year, *month};
}

void take_firmware(ModuleOptions& options, Text text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto name = text.substr(0, equals);
  const auto value = text.substr(std::min(equals + 1, text.size()));
  const auto* row = device::firmware_switch(name);
  if (!row) {
    const auto names = names_of(device::firmware_switches());
    usage(fmt::format("--firmware {}: unknown switch{}", text, did_you_mean(name, names)),
          fmt::format("the switches: {}; `quasimodem help firmware` says what they change", fmt::join(names, ", ")));
  }
  if (value != "on" && value != "off") {
    usage(fmt::format("--firmware {}: neither on nor off", text),
          fmt::format("use --firmware {0}=on or --firmware {0}=off", name));
  }
  options.module.firmware.*row->choice = value == "on";
}

void take_service_error(ModuleOptions& options, Text text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto name = text.substr(0, equals);
  const auto* row = device::service_error_row(name);
  if (!row) {
    const auto names = names_of(device::service_error_rows());
    usage(fmt::format("--service-error {}: unknown cause{}", text, did_you_mean(name, names)),
          fmt::format("the causes: {}; `quasimodem help service-errors` says what they are", fmt::join(names, ", ")));
  }
  using Numbers = device::ErrorNumbers;
  const auto number = whole_number<int>(text.substr(std::min(equals + 1, text.size())));
  if (!number || *number < Numbers::kLowest || *number > Numbers::kHighest) {
    usage(fmt::format("--service-error {}: not a number of an error", text),
          fmt::format("it is negative, {} to {}: --service-error {}=-2", Numbers::kHighest, Numbers::kLowest, name));
  }
  options.module.error_numbers.set(*row, *number);
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

void take_sim(ModuleOptions& options, Text text) { options.module.sim = read_sim(text); }

void take_imei(ModuleOptions& options, Text text) {
  if (text.size() != kDigitsOfImei || !all_digits(text)) {
    usage(fmt::format("--imei {}: not an IMEI", text), "an IMEI has 15 digits");
  }
  options.module.imei = text;
}

void take_power(ModuleOptions& options, Text text) {
  if (text != "on" && text != "off")
    usage(fmt::format("--power {}: not on or off", text), "use --power on or --power off");
  options.power = text == "off" ? InitialPower::off : InitialPower::on;
}

// ---- time and network ----

void take_profile(ModuleOptions& options, Text text) { options.module.timing = read_profile(text); }

void take_seed(ModuleOptions& options, Text text) {
  const auto seed = whole_number<std::uint64_t>(text);
  if (!seed) usage(fmt::format("--seed {}: not a whole number", text), "use --seed 1, 2, 3 ...");
  options.module.seed = *seed;
}

void take_time_scale(ModuleOptions& options, Text text) {
  char* end = nullptr;
  const double scale = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(scale >= kLeastTimeScale && scale <= kMostTimeScale)) {
    usage(fmt::format("--time-scale {}: not a factor", text),
          "use a number from 0.01 to 1000: 10 makes everything ten times as fast");
  }
  options.time_scale = scale;
}

void take_network_time(ModuleOptions& options, Text text) {
  options.module.network_clock = read_time("--network-time", text, options);
}

void take_apn_local(ModuleOptions& options, Text text) {
  const auto address = net::IpAddress::parse(text);
  if (!address) usage(fmt::format("--apn-local {}: not an IPv4 address", text), "use --apn-local 10.1.83.188");
  options.network.local = *address;
}

void take_apn(ModuleOptions& options, Text text) {
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

void take_allow(ModuleOptions& options, Text text) {
  add_parsed(options.network.allow, "--allow", text, net::HostPort::parse(text),
             "use --allow mqtt.example.com or --allow mqtt.example.com:8883");
}
void take_map(ModuleOptions& options, Text text) {
  add_parsed(options.network.map, "--map", text, net::HostMapping::parse(text),
             "use --map mqtt.example.com=127.0.0.1:1883 or --map mqtt.example.com:8883=127.0.0.1:8883");
}

/// `[TO][,M]=TEXT`
void take_ussd(ModuleOptions& options, Text text) {
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

void take_fault(ModuleOptions& options, Text text) {
  add_parsed(options.faults, "--fault", text, emulator::parse_fault(text),
             "use --fault \"bearer.outage after=30s for=6s\"");
}

using enum OptionKind;
using enum OptionChange;

const std::string kModels = device::model_keys_in_words();

const std::array kOptions{
    Option{"model", "m", "module", text, "MODEL", "m95", kModels, &take_model},
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
    Option{"service-error", "", "module", list, "CAUSE=NUMBER", "",
           "the number of a failure of FTP or mail, as in `quasimodem help service-errors`, repeatable",
           &take_service_error},
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
    Option{"power", "", "module", text, "on|off", "on",
           "off: start switched off, `quasimodem ctl power key` switches on", &take_power},
};

}  // namespace

OptionTable module_option_table() { return kOptions; }

}  // namespace quasimodem::app
