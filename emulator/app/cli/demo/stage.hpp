// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "emulator/app/base/rows.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/workbench/workbench.hpp"

namespace quasimodem::app {

/// Whether somebody watches: then the rows come at the pace of the module.
enum class Pace { live, at_once };

/// The module has said something else than the act waited for, or nothing: in a profile with weather that happens.
class Unsaid : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Shows what a host and a module say to each other on the left and what happens in the network on the right. The
/// module is a real one in memory, and its time the Timeline's; nothing on the stage is made up.
class Stage {
 public:
  Stage(Coloring coloring, Pace pace, const device::Timing& timing, const device::FirmwareChoice& firmware);

  workbench::Workbench& bench() { return bench_; }

  void title(std::string_view text);
  /// The host types a line and waits until the module's answer has `until` in it.
  void host(std::string_view line, std::string_view until = "OK\r\n");
  /// The host sends data; `shown` stands for it.
  void data(ByteSpan bytes, std::string_view shown, std::string_view until);
  /// Until the module has said `text`. Throws Unsaid when it does not within minutes of its time.
  void wait_for(std::string_view text);
  /// Time passes in silence.
  void pass(Duration time);
  /// What happens outside the UART.
  void network(std::string_view text);
  void note(std::string_view text);

 private:
  void show(Ink ink, std::string_view left, std::string_view right = {});
  void heard();

  Rows rows_;
  Pace pace_;
  workbench::Workbench bench_;
  Instant beginning_{};
  Instant shown_until_{};
  std::string said_;  ///< by the module since the host spoke
  SaidLines lines_;   ///< of the module
};

}  // namespace quasimodem::app
