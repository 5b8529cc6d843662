// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/journal_ring.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "core/timeline.hpp"
#include "emulator/board.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/states.hpp"
#include "emulator/terminal/terminal.hpp"
#include "net/sim/sim_network.hpp"
#include "storage/faulty_flash.hpp"
#include "storage/memory_flash.hpp"

namespace quasimodem::workbench {

/// Keeps what is logged.
class CollectedLog final : public LogSink {
 public:
  bool wants(LogLevel) const override { return true; }
  void write(LogLevel, std::string_view who, std::string_view message) override {
    text += fmt::format("{}: {}\n", who, message);
  }
  bool contains(std::string_view words) const { return text.find(words) != std::string::npos; }

  std::string text;
};

/// How far the module has come at the beginning. Each includes what stands before it.
enum class Ready { powered_off, booted, attached, ip_start, ip_gprsact, ip_status };

/// A whole module in memory: simulated network, memory flash, a Timeline in the user's hand. Transcripts are played
/// on it, and the tests stand on it.
class Workbench {
 public:
  struct Options {
    /// The module as it is unless told otherwise: none; else as in workbench/configured.hpp.
    std::shared_ptr<const device::Configuration> configuration{};
    Ready ready = Ready::attached;
    bool echo = false;  ///< leave ATE1
    std::uint64_t seed = 1;
    bool journal = false;  ///< keep one from the start
    const commands::Catalogue* catalogue = &commands::all_commands();
  };

  Workbench() : Workbench{Options{}} {}
  explicit Workbench(Options options);

  /// A command line with its CR.
  void send(std::string_view line) { send_raw(std::string{line} + "\r"); }
  /// Bytes as they are; what is due now happens.
  void send_raw(std::string_view bytes);
  void send_raw(ByteSpan bytes) { send_raw(as_text(bytes)); }
  void advance(Duration span);

  /// All output since the last look.
  std::string take();
  /// Sends a line and gives everything that comes back.
  std::string ask(std::string_view line);

  Timeline& timeline() { return timeline_; }
  net::SimNetwork& network() { return network_; }
  storage::MemoryFlash& flash() { return flash_; }
  /// Stands before `flash()`: every operation of the module goes through it and can be made to fail.
  storage::FaultyFlash& faulty_flash() { return faulty_flash_; }
  CollectedLog& log() { return log_; }
  /// Empty without Options::journal.
  JournalRing& journal() { return journal_; }
  emulator::Board& board() { return *board_; }
  emulator::Modem& modem() { return board_->modem(); }
  atcmd::Channel& channel() { return modem().terminal().channel(); }
  device::MobileEquipment& me() { return modem().me(); }
  device::Power power();
  device::Outside& outside();
  device::PdpContext& context(int id);
  emulator::Faults& faults() { return board_->faults(); }

  /// Cuts the supply and starts again with the same flash, as after a power loss.
  void replug();

 private:
  void plug_in();
  void bring_to(Ready ready, bool echo);
  void collect();

  Options options_;
  Timeline timeline_;
  SeededRandom random_;
  CollectedLog log_;
  JournalRing journal_{timeline_};
  storage::MemoryFlash flash_;
  net::SimNetwork network_{timeline_};
  storage::FaultyFlash faulty_flash_{flash_};
  std::optional<emulator::Board> board_;

 protected:
  std::string output_;  ///< since the last look
};

}  // namespace quasimodem::workbench
