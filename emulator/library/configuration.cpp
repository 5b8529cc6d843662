// SPDX-License-Identifier: Apache-2.0
#include "emulator/library/configuration.hpp"

#include <array>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/config/module_options.hpp"
#include "emulator/app/config/profile.hpp"
#include "emulator/app/config/settings.hpp"
#include "emulator/library/border.hpp"

namespace quasimodem::library {
namespace {

constexpr std::string_view kSource = "configuration";

/// Something of the real world, and what stands in its place here.
struct Foreign {
  std::string_view option;
  std::string_view value;  ///< empty: whatever it says
  std::string_view instead;
};
constexpr std::array kForeign{
    Foreign{"uart", "", "a module in memory has no port: qm_write and qm_read"},
    Foreign{"count", "", "call qm_open for each module"},
    Foreign{"nvram", "", "a module in memory has no file: qm_save_flash and qm_load_flash"},
    Foreign{"time-scale", "", "time passes in qm_advance and qm_wait only"},
    Foreign{"allow", "", "a module in memory reaches its own network only: qm_serve_tcp, qm_serve_tls"},
    Foreign{"map", "", "a module in memory reaches its own network only: qm_serve_tcp, qm_serve_tls"},
    Foreign{"rtc", "host", "a module in memory has no host's clock: a date and time, or factory"},
    Foreign{"network-time", "host", "a module in memory has no host's clock: a date and time, or factory"},
};

void refuse_foreign(const app::Settings& settings) {
  for (const auto& foreign : kForeign) {
    const auto* setting = settings.find(foreign.option);
    if (!setting) continue;
    for (const auto& value : setting->values) {
      if (!foreign.value.empty() && value.text != foreign.value) continue;
      throw app::Problem{app::ExitCode::usage, fmt::format("{}: {}", value.place, foreign.instead), value.excerpt};
    }
  }
}

app::ModuleOptions checked_options(std::string_view text) {
  const auto table = app::module_option_table();
  app::Settings settings;
  app::parse_configuration(text, std::string{kSource}, table, settings);
  refuse_foreign(settings);
  app::ModuleOptions options;
  options.module.timing = app::read_profile(std::string{app::named(table, "profile")->standard});
  app::take_settings(settings, options);
  return options;
}

}  // namespace

std::shared_ptr<const app::ModuleOptions> read_options(std::string_view text) {
  try {
    return std::make_shared<const app::ModuleOptions>(checked_options(text));
  } catch (const app::Problem& problem) {
    const auto* line = problem.way_out().empty() ? "" : "\n";
    throw Refusal{QM_INVALID_CONFIGURATION, fmt::format("{}{}{}", problem.what(), line, problem.way_out())};
  }
}

}  // namespace quasimodem::library
