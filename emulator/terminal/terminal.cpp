// SPDX-License-Identifier: Apache-2.0
#include "emulator/terminal/terminal.hpp"

#include <utility>

#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/profile.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/timing.hpp"

namespace quasimodem::emulator {

Terminal::Terminal(int number, device::MobileEquipment& me, commands::Owners& owners,
                   const commands::Catalogue& catalogue, Run run)
    : run_{std::move(run)},
      session_{.number = number, .me = me, .channel = channel_, .owners = owners, .catalogue = catalogue},
      channel_{me.timeline(), session_.settings.dialogue, commands::kErrorTexts, *this} {
  channel_.keep_journal(me.journal().of_channel(Journal::kFirstChannel + number));
}

void Terminal::receive(ByteSpan from_te) {
  // A module that is off, or has not got as far as RDY, does not hear its UART.
  if (session_.me.power() == device::Power::on) channel_.receive(from_te);
}

atcmd::Reply Terminal::run(const atcmd::CommandCall& typed, atcmd::Channel&) {
  commands::Call call{session_};
  return run_(call, typed);
}

Duration Terminal::latency() { return session_.me.pace().next(&device::Timing::command); }

void Terminal::start() {
  commands::recall_profile(session_, commands::Recall::everything);
  rate_known_ = settings().baud != 0;
}

void Terminal::stop() {
  close_tunnel({});
  channel_.reset();
  rate_known_ = false;
  session_.foreground = 0;
}

// ---- what the ME reports ----

atcmd::Urc Terminal::words_for(const device::Event& event) {
  return rate_known_ ? commands::urc_for(event, session_) : atcmd::Urc{};
}

void Terminal::report_indicators() {
  const bool on = session_.me.power() != device::Power::off;
  if (!on || !rate_known_ || !commands::reports_indicators(settings())) {
    indicators_.reset();
    return;
  }
  const auto now = commands::indicators(session_);
  const auto before = indicators_.value_or(now);
  indicators_ = now;
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] != before[i]) channel_.unsolicited(commands::indicator_line(i, now[i]));
  }
}

// ---- lines and transparent mode ----

void Terminal::terminal_not_ready() {
  if (settings().terminal_ready == commands::DtrDrop::ignored) return;
  channel_.leave_data_state();
  if (settings().terminal_ready == commands::DtrDrop::hangs_up && tunnel_) {
    tunnel_->hang_up();
    close_tunnel("NO CARRIER");
  }
}

bool Terminal::carrier() const { return !session_.settings.carrier_detect || channel_.in_data_state(); }

void Terminal::connect_through(std::unique_ptr<atcmd::Tunnel> tunnel) {
  tunnel_ = std::move(tunnel);
  channel_.connect_through(*tunnel_);
}

void Terminal::close_tunnel(std::string_view last_words) {
  if (!tunnel_) return;
  channel_.close_tunnel(last_words);
  tunnel_.reset();
}

}  // namespace quasimodem::emulator
