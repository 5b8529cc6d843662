// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/color.hpp"

#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace quasimodem::app {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool set(const char* name) { return !variable(name).empty(); }
bool forced(const char* name) { return set(name) && variable(name) != "0"; }

bool wanted(ColorChoice choice, int descriptor) {
  if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
  if (set("NO_COLOR")) return false;
  if (forced("CLICOLOR_FORCE") || forced("FORCE_COLOR")) return true;
  return variable("TERM") != "dumb" && ::isatty(descriptor) == 1;
}

}  // namespace

Coloring coloring(ColorChoice choice, int descriptor) {
  return wanted(choice, descriptor) ? Coloring::colored : Coloring::plain;
}

}  // namespace quasimodem::app
