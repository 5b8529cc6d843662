// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/config/config.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/config/settings_text.hpp"
#include "emulator/app/options/flags.hpp"
#include "emulator/app/problem.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem config show [OPTIONS]    the settings in force, as a configuration file
       quasimodem config check FILE        whether a configuration file is right
)";

constexpr const char* kShowUsage = R"(
Usage: quasimodem config show [--origin] [--json] [OPTIONS of run] [-- CMD]
)";

constexpr const char* kShowFooter = R"(Examples:
  quasimodem config show --origin                   where each comes from
  quasimodem config show -p poor >quasimodem.toml   a file that says the same

Exit codes: 0 shown, 2 usage or configuration.)";

constexpr const char* kCheckUsage = R"(
Usage: quasimodem config check FILE
)";

using Arguments = std::vector<std::string>;

int print(const std::string& text) {
  fmt::print("{}", text);
  return static_cast<int>(ExitCode::ok);
}

struct Show {
  bool origin = false, json = false;
  std::optional<Flags> flags;
};

void declare(CLI::App& app, Show& show) {
  set_usage(app, kShowUsage);
  app.footer(kShowFooter);
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_flag("--origin", show.origin, "with the place that each comes from");
  app.add_flag("--json", show.json, "as a JSON object, with the places");
  show.flags.emplace(app, std::vector<std::string_view>{"json"});
}

void declare(CLI::App& app, std::string& file) {
  set_usage(app, kCheckUsage);
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_option("file", file, "the configuration file")->type_name("FILE");
}

constexpr const char* kShows = "The settings in force: flags, environment, configuration file, defaults.";
constexpr const char* kChecks = "Reads a configuration file and says what is wrong with it.";

int show(const Arguments& arguments) {
  auto [ours, command] = split_command(arguments);
  Show wanted;
  CLI::App app{kShows, "quasimodem config show"};
  declare(app, wanted);
  if (const auto help = read_arguments(app, std::move(ours))) return print(*help);
  Settings settings;
  wanted.flags->add_to(settings);
  const auto invocation = read_settings(std::move(settings), std::move(command), process_environment());
  for (const auto& warning : invocation.warnings) fmt::print(stderr, "warning: {}\n", warning);
  if (wanted.json) return print(to_text(settings_json(invocation)) + "\n");
  return print(settings_text(invocation, wanted.origin ? ShowOrigin::yes : ShowOrigin::no));
}

int check(const Arguments& arguments) {
  std::string file;
  CLI::App app{kChecks, "quasimodem config check"};
  declare(app, file);
  if (const auto help = read_arguments(app, arguments)) return print(*help);
  if (file.empty()) usage("nothing to check", "quasimodem config check FILE");
  read_command_line({"--config", file}, {});
  return print(fmt::format("{}: good\n", file));
}

/// Of both: what `quasimodem config --help` shows.
int overview(const Arguments& arguments) {
  Show wanted;
  std::string file;
  CLI::App app{"What `quasimodem run` is configured to do.", "quasimodem config"};
  set_usage(app, kUsage);
  app.set_help_flag("-h,--help", "show this and exit");
  declare(*app.add_subcommand("show", kShows), wanted);
  declare(*app.add_subcommand("check", kChecks), file);
  return print(read_arguments(app, arguments, {"show", "check"}).value_or(""));
}

}  // namespace

int config(const Arguments& arguments) {
  if (arguments.empty()) usage("show or check?", "see: quasimodem config --help");
  const auto& what = arguments.front();
  const Arguments rest{arguments.begin() + 1, arguments.end()};
  if (what == "show") return show(rest);
  if (what == "check") return check(rest);
  return overview({what});
}

}  // namespace quasimodem::app
