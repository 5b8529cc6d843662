// SPDX-License-Identifier: Apache-2.0
// The options of `run` besides those of its module: each has one row here, and above it what reads its value.
#include "emulator/app/cli/options/run_option_table.hpp"

#include <array>
#include <vector>

#include <fmt/core.h>

#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/process/readiness.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/config/option.hpp"
#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app {
namespace {

using Text = const std::string&;

/// Nothing is configured by it: it says where the configuration is.
void take_elsewhere(RunOptions&, Text) {}

// ---- tests ----

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

/// `example` is the option as it should be used.
std::filesystem::path named_file(Text text, std::string_view example) {
  if (text.empty()) {
    usage(fmt::format("{} \"\": not a file", example.substr(0, example.find(' '))), fmt::format("use {}", example));
  }
  return text;
}
void take_junit(RunOptions& options, Text text) { options.junit = named_file(text, "--junit report.xml"); }

// ---- output ----

void take_trace(RunOptions& options, Text text) { options.trace = named_file(text, "--trace trace.jsonl"); }
void take_key_log(RunOptions& options, Text text) { options.key_log = named_file(text, "--keylog keys.txt"); }
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

constexpr Option kConfig{"config",
                         "",
                         "",
                         text,
                         "FILE",
                         "",
                         "settings, as in docs/configuration.md",
                         &take_elsewhere,
                         at_restart,
                         "./quasimodem.toml, else the user's own"};

constexpr std::array kTests{
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
};

constexpr std::array kOutput{
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

/// In the order of the help. --power, the last of the module's, stands behind the tests.
std::vector<Option> every_option() {
  std::vector<Option> all{kConfig};
  const auto module = module_option_table();
  all.insert(all.end(), module.begin(), module.end() - 1);
  all.insert(all.end(), kTests.begin(), kTests.end());
  all.push_back(module.back());
  all.insert(all.end(), kOutput.begin(), kOutput.end());
  return all;
}

}  // namespace

OptionTable run_option_table() {
  static const auto table = every_option();
  return table;
}

void take_settings(const Settings& settings, RunOptions& options) {
  take_settings(settings, run_option_table(), [&](const Option& option, const std::string& value) {
    std::visit([&](auto take) { take(options, value); }, option.take);
  });
}

}  // namespace quasimodem::app
