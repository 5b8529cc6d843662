// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "atcmd/channel/channel.hpp"
#include "atcmd/table/command_table.hpp"
#include "emulator/commands/indicators.hpp"
#include "emulator/commands/profile.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/settings.hpp"
#include "emulator/socket_tunnel.hpp"
#include "emulator/uart/ring_indicator.hpp"

namespace quasimodem::emulator {

/// The TA: turns what the TE types into calls of the ME, and what the ME reports into URCs.
class TerminalAdapter final : public atcmd::CommandSet, public device::EventSink {
 public:
  TerminalAdapter(Timeline& timeline, const device::ModelProfile& profile, Journal journal = {});
  /// The ME reports to this TA and is driven by it, so it is plugged in after both exist.
  void attach(device::MobileEquipment& me);

  void receive(ByteSpan from_te);
  atcmd::Channel& channel() { return channel_; }
  Settings& settings() { return settings_; }
  device::MobileEquipment& me() { return *me_; }
  /// With which numbered errors this command fails.
  atcmd::ErrorClass errors_of(const atcmd::CommandCall& typed) const;

  /// Stands before every command; `command` carries it out. None: nothing does.
  std::function<atcmd::Reply(const atcmd::CommandCall&, atcmd::Channel&, const std::function<atcmd::Reply()>& command)>
      around;

  /// AT&W, and the recall at power on and by ATZ. False when the flash fails.
  bool store_profile();
  void recall_profile(commands::Recall recall);

  /// The TE dropped DTR: AT&D decides.
  void terminal_not_ready();
  /// Any socket's transparent mode ends with these words.
  void close_tunnel(std::string_view last_words);
  /// The same, without a word, if its socket is one of this context.
  void close_tunnel_of(int context);
  bool carrier() const;
  bool ring_indicator();

  // atcmd::CommandSet
  atcmd::Reply run(const atcmd::CommandCall& call, atcmd::Channel& channel) override;
  Duration latency() override;
  void line_recognised() override { rate_known_ = true; }
  // device::EventSink
  void on_event(const device::Event& event) override;

  /// False while AT+IPR=0 and nothing has been received yet: no URC goes out (M66 3.6.1).
  bool rate_known() const { return rate_known_; }

 private:
  friend class Announcer;

  void connect_through(int context, int index, device::Role role);
  void announce(const device::Event& event);
  void indicate(const device::Event& event, bool announced);
  void report_indicators();
  bool is_tunnel(int context, int index, device::Role role) const;

  atcmd::CommandTable table_;
  Settings settings_;
  atcmd::Channel channel_;
  device::MobileEquipment* me_ = nullptr;
  std::unique_ptr<SocketTunnel> tunnel_;
  bool rate_known_ = false;
  /// As AT+CMER has told them; nothing while it does not ask.
  std::optional<commands::Indicators> indicators_;
  uart::RingIndicator ring_indicator_;
};

}  // namespace quasimodem::emulator
