// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app::scenario {

const Steps* inner(const Step& step) {
  if (const auto* when = std::get_if<When>(&step.what)) return &when->steps;
  if (const auto* every = std::get_if<Every>(&step.what)) return &every->steps;
  if (const auto* repeat = std::get_if<Repeat>(&step.what)) return &repeat->steps;
  return nullptr;
}

void for_each(const Steps& steps, const std::function<void(const Step&)>& visit) {
  for (const auto& step : steps) {
    visit(step);
    if (const auto* more = inner(step)) for_each(*more, visit);
  }
}

}  // namespace quasimodem::app::scenario
