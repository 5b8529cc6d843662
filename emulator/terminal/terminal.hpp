// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "atcmd/channel/channel.hpp"
#include "emulator/commands/call.hpp"
#include "emulator/commands/indicators.hpp"
#include "emulator/device/event_sink.hpp"

namespace quasimodem::emulator {

/// One channel to a TE, and all that is its own: settings, foreground context, transparent mode.
class Terminal final : private atcmd::CommandSet {
 public:
  /// Carries out what was typed here.
  using Run = std::function<atcmd::Reply(commands::Call&, const atcmd::CommandCall&)>;

  Terminal(int number, device::MobileEquipment& me, commands::Owners& owners, const commands::Catalogue& catalogue,
           Run run);

  void receive(ByteSpan from_te);
  atcmd::Channel& channel() { return channel_; }
  commands::Session& session() { return session_; }
  commands::Settings& settings() { return session_.settings; }

  /// Power on: the stored profile.
  void start();
  /// Power off: all that is volatile goes.
  void stop();

  /// False while AT+IPR=0 and nothing has been received yet: no URC goes out (M66 3.6.1).
  bool rate_known() const { return rate_known_; }
  void line_recognised() override { rate_known_ = true; }

  /// The words for what the ME reports; empty when the TE is not to hear of it.
  atcmd::Urc words_for(const device::Event& event);
  /// +CIEV for what has changed since the last look: after each event and each command.
  void report_indicators();

  /// The TE dropped DTR: AT&D decides.
  void terminal_not_ready();
  /// DCD, as AT&C has it.
  bool carrier() const;

  /// CONNECT; the tunnel stays until `close_tunnel`.
  void connect_through(std::unique_ptr<atcmd::Tunnel> tunnel);
  /// Null without one.
  atcmd::Tunnel* tunnel() const { return tunnel_.get(); }
  /// Transparent mode ends with these words, or without.
  void close_tunnel(std::string_view last_words);

 private:
  atcmd::Reply run(const atcmd::CommandCall& typed, atcmd::Channel& channel) override;
  Duration latency() override;

  Run run_;
  commands::Session session_;
  atcmd::Channel channel_;
  std::unique_ptr<atcmd::Tunnel> tunnel_;
  bool rate_known_ = false;
  /// As AT+CMER has told them; nothing while it does not ask.
  std::optional<commands::Indicators> indicators_;
};

}  // namespace quasimodem::emulator
