// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/journal_ring.hpp"
#include "core/random.hpp"
#include "core/secret_bytes.hpp"
#include "core/timeline.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/board.hpp"
#include "emulator/library/servers.hpp"
#include "net/sim/sim_network.hpp"
#include "storage/memory_flash.hpp"

namespace quasimodem::app {
struct ModuleOptions;
}

namespace quasimodem::library {

/// One module in memory, its host's end of the UART, and the client of its control methods.
class Module : public app::control::Target, private app::control::Subscriber {
 public:
  explicit Module(std::shared_ptr<const app::ModuleOptions> options);
  ~Module() override;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// Whatever moves the module goes through here. Throws Refusal with QM_BUSY when it comes from a server's callback.
  void enter(const std::function<void()>& body);
  bool entered() const { return entered_; }

  /// False: there is no room for all of them.
  [[nodiscard]] bool write(ByteSpan from_host);
  std::size_t readable() const { return output_.size(); }
  /// As many as there are and `most` allows.
  Bytes read(std::size_t most);
  /// DTR or RTS.
  void set_line(emulator::Line line, bool level);
  bool line(emulator::Line line) const { return board_->modem().line(line); }
  void set_baud(int baud);

  enum class Until { end, output };
  void advance(Duration span, Until until);
  Duration now() const { return timeline_.now().time_since_epoch(); }
  /// Nothing when it would stay as it is for ever.
  std::optional<Duration> next_event() const;

  /// The answer, unless it comes later, as a message.
  std::optional<std::string> call(std::string_view request);
  std::optional<std::string> take_message();

  const storage::MemoryFlash& flash() const { return memory_; }
  /// The supply is cut, and the module starts with this memory.
  void restart_with(storage::MemoryFlash memory);

  net::SimNetwork& network() { return network_; }
  Servers& servers() { return servers_; }

 private:
  void plug_in();
  void settle();
  bool feed();
  void say(std::string message);

  // control::Target
  const std::string& name() const override { return name_; }
  std::string address() const override { return "memory"; }
  emulator::Board& board() override { return *board_; }
  JournalRing& journal() override { return journal_; }
  std::optional<device::LocalTime> host_time() const override { return std::nullopt; }
  void jump(Duration span) override { advance(span, Until::end); }
  void reset(Memory memory) override;
  /// There is no program to end; what remains is a module without power.
  void quit() override { modem().cut_supply(); }

  // control::Subscriber
  void tell(const app::Json& record) override { say(app::to_text(record)); }
  void follow(JournalRing::Subscription&& subscription) override { subscription_ = std::move(subscription); }
  void awaits(const app::control::Answer& answer) override;

  const std::shared_ptr<const app::ModuleOptions> options_;
  std::string name_;
  Timeline timeline_;
  JournalRing journal_{timeline_};
  SeededRandom random_;
  storage::MemoryFlash memory_;
  net::SimNetwork network_{timeline_};
  std::optional<emulator::Board> board_;
  Servers servers_;

  SecretBytes input_;  ///< from the host, not on the line yet
  Bytes output_;       ///< at the host's end
  bool dtr_ = true;
  bool rts_ = true;
  int baud_ = 115200;
  bool entered_ = false;

  std::deque<std::string> messages_;
  std::size_t octets_of_messages_ = 0;
  std::vector<app::control::Answer> to_come_;
  JournalRing::Subscription subscription_;
};

}  // namespace quasimodem::library
