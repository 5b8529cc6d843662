// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/ussd.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/device/events.hpp"
#include "emulator/device/pace.hpp"

namespace quasimodem::device {
namespace {

constexpr int kAsks = 1;

// ASSUMED: what an operator would say.
const UssdAnswer kUsual{.to = {}, .text = "Your balance is 10.00", .mode = 0};

}  // namespace

Ussd::Ussd(Surroundings surroundings, std::vector<UssdAnswer> answers)
    : surroundings_{std::move(surroundings)}, answers_{std::move(answers)}, under_way_{surroundings_.timeline} {}

void Ussd::say(std::string text) {
  surroundings_.log.info("the host says \"{}\"", text);
  if (!asks_) said_.clear();
  asks_ = false;
  said_.push_back(std::move(text));
  under_way_.start(surroundings_.pace.next(&Timing::round_trip), [this] { tell(answer()); });
}

void Ussd::speak(const SupplementaryAnswer& words) {
  end();
  tell(words);
}

void Ussd::end() {
  under_way_.cancel();
  said_.clear();
  asks_ = false;
}

void Ussd::set_answer(UssdAnswer answer) {
  std::erase_if(answers_, [&](const UssdAnswer& each) { return each.to == answer.to; });
  answers_.push_back(std::move(answer));
}

const UssdAnswer* Ussd::find(std::string_view to) const {
  const auto found = std::find_if(answers_.begin(), answers_.end(), [to](const auto& each) { return each.to == to; });
  return found == answers_.end() ? nullptr : &*found;
}

/// To the whole session if somebody said what that is, else to its last words.
SupplementaryAnswer Ussd::answer() {
  const auto* found = find(fmt::format("{}", fmt::join(said_, " ")));
  if (!found) found = find(said_.back());
  if (!found) found = find("");
  if (!found) found = &kUsual;
  return {.mode = found->mode, .text = found->text};
}

void Ussd::tell(const SupplementaryAnswer& words) {
  asks_ = words.mode == kAsks;
  surroundings_.events.on_event(words);
}

}  // namespace quasimodem::device
