// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/record/listener.hpp"

#include <string_view>
#include <utility>

#include "atcmd/table/param.hpp"

namespace quasimodem::app {
namespace {

/// `AT+IPR=9600`, also behind other commands.
std::optional<int> rate_in(std::string_view body) {
  for (const auto& call : atcmd::calls_of(body)) {
    if (call.name != "+IPR" || call.form != atcmd::CommandForm::write) continue;
    const auto rate = atcmd::parse_integer(call.arguments.front().text);
    return rate && *rate > 0 ? std::optional{static_cast<int>(*rate)} : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void Listener::hear(const atcmd::Heard& heard) {
  using Kind = atcmd::Heard::Kind;
  if (heard.kind == Kind::command_line) asked_rate_ = rate_in(heard.text);
  if (heard.kind != Kind::answer) return;
  // Numeric result codes (ATV0) say 0.
  const auto asked = std::exchange(asked_rate_, std::nullopt);
  if (heard.text == "OK" || heard.text == "0") agreed_rate_ = asked;
}

std::optional<int> Listener::take_agreed_rate() { return std::exchange(agreed_rate_, std::nullopt); }

}  // namespace quasimodem::app
