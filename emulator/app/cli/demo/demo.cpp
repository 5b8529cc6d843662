// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/demo/acts.hpp"
#include "emulator/app/config/profile.hpp"
#include "emulator/device/timing.hpp"

namespace quasimodem::app {
namespace {

std::string list_of_acts() {
  std::string text;
  for (const auto& act : acts()) text += fmt::format("  {:<12} {}\n", act.name, act.summary);
  return text + "\nThe module, its TLS and the peer's are real ones, in memory; nothing leaves this machine.";
}

const Act& find_act(const std::string& name) {
  if (const auto* act = named(acts(), name)) return *act;
  usage(fmt::format("unknown demo \"{}\"{}", name, did_you_mean(name, names_of(acts()))),
        "see: quasimodem demo --help");
}

struct DemoWords {
  std::string name = "tls", color = "auto", profile = "lab";
  bool at_once = false;

  CommandLine line() {
    CommandLine line{{.name = "quasimodem demo",
                      .description = "A host, a module and its network, side by side, offline.",
                      .usage = "\nUsage: quasimodem demo [OPTIONS] [tls|tcp|transparent|https|mail|mqtt|fault]\n",
                      .footer = list_of_acts()}};
    line.flag("--at-once", at_once, "do not wait as long as the module takes; default unless on a terminal");
    line.option("-p,--profile", profile, "PROFILE", "how long everything takes; default lab");
    line.option("--color", color, "auto|always|never", "default auto, which heeds NO_COLOR");
    line.word("act", name, "ACT", "what to show; default tls");
    return line;
  }

  int run() const {
    const auto& act = find_act(name);
    const auto pace = at_once || !::isatty(STDOUT_FILENO) ? Pace::at_once : Pace::live;
    const auto timing = read_profile(profile);
    Stage stage{coloring(read_color(color), STDOUT_FILENO), pace, timing, act.firmware};
    try {
      act.perform(stage);
    } catch (const Unsaid& unsaid) {
      const bool has_weather = timing.outage.every > Duration::zero() || timing.pdp_drop.every > Duration::zero();
      if (!has_weather) throw;
      stage.note(
          fmt::format("\n  The weather of {} was in the way: {}. Hosts have to live with that; without weather: "
                      "quasimodem demo {} --profile lab",
                      timing.name, unsaid.what(), act.name));
      return static_cast<int>(ExitCode::ok);
    }
    stage.note(
        fmt::format("\n"
                    "  Next:                        {}\n"
                    "  As the weather does it:      quasimodem demo {} --profile realistic\n"
                    "  A module for your own host:  quasimodem run\n"
                    "  Break it while it runs:      quasimodem ctl fault add bearer.outage --for 6s",
                    act.next, act.name));
    return static_cast<int>(ExitCode::ok);
  }
};

}  // namespace

Verb demo_command() { return verb<DemoWords>(); }

}  // namespace quasimodem::app
