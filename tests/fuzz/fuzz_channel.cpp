// SPDX-License-Identifier: Apache-2.0
// A whole module in memory: bytes on its UART, its lines, time, peers on the network, messages and calls.
#include <memory>
#include <string>
#include <utility>

#include "core/random.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/modem.hpp"
#include "net/sim/sim_network.hpp"
#include "storage/memory_flash.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;

namespace {

// With what a module says at most in answer to anything: a whole file, and what waits while nobody reads.
constexpr std::size_t kMostOutput = 400'000;

/// Accepts everything that is logged, so that every message is formatted.
class Listening final : public LogSink {
 public:
  bool wants(LogLevel) const override { return true; }
  void write(LogLevel, std::string_view, std::string_view message) override { octets_ += message.size(); }

 private:
  std::size_t octets_ = 0;
};

class World {
 public:
  World() {
    network_.listen("server.test", 80);
    network_.listen("server.test", 80, net::Transport::udp);
    network_.refuse("server.test", 81);
    network_.ignore("server.test", 82);
    for (const auto transport : {net::Transport::tcp, net::Transport::udp}) {
      network_.listen("server.test", 7, transport).on_accept = [](net::SimConnection& peer) {
        peer.on_received = [&peer](ByteSpan data) { peer.send(data); };
      };
    }
    modem_.power_key();
    pass(1min);
  }

  void type(std::uint8_t byte) {
    modem_.receive({&byte, 1});
    settle();
  }
  void pass(Duration time) {
    timeline_.advance(time);
    settle();
  }
  void happen(char what) {
    constexpr auto kLine = emulator::Line::dtr;
    switch (what) {
      case 'd': modem_.set_line(kLine, false); break;
      case 'D': modem_.set_line(kLine, true); break;
      case 's': modem_.set_line(emulator::Line::rts, false); break;
      case 'S': modem_.set_line(emulator::Line::rts, true); break;
      case 'b': reads_ = !reads_; break;
      case 'p': modem_.power_key(); break;
      case 'k': modem_.me().outside().lose_context(0); break;
      case 't': modem_.me().outside().deliver_sms("+447700900456", "hi \u20AC"); break;
      case 'T': modem_.me().outside().deliver_sms("Bank", std::string(200, 'x')); break;
      case 'r': modem_.me().outside().ring("0383599999"); break;
      case 'h': modem_.me().outside().far_end_hangs_up(); break;
      case 'i': caller_ = network_.call_in(2020, {{{198, 51, 100, 200}}, 40000}); break;
      case 'f': network_.fail_operation(1); break;
      default: at_peers(what); break;
    }
    settle();
  }

  /// However it was left: after its power comes back, and without what AT&W kept, it is a module that answers.
  void finish() {
    reads_ = true;
    modem_.set_line(emulator::Line::dtr, true);
    modem_.set_line(emulator::Line::rts, true);
    settle();
    for (int i = 0; i < 2 && modem_.me().power() != device::Power::off; ++i) {
      modem_.power_key();
      pass(1min);
    }
    fuzz::require(modem_.me().power() == device::Power::off, "PWRKEY switches off");
    flash_.erase("profile");
    modem_.power_key();
    pass(1min);
    output_.clear();
    for (const char c : std::string_view{"ATE0\rAT\r"}) type(static_cast<std::uint8_t>(c));
    pass(1min);
    fuzz::require(output_.ends_with("\r\nOK\r\n\r\nOK\r\n"), "a module that was switched on answers");
  }

  const std::string& all() const { return all_; }

 private:
  void at_peers(char what) {
    for (const auto* listener : {&network_.listen("server.test", 80), &network_.listen("server.test", 7)}) {
      if (!listener->connections.empty()) at_peer(what, listener->last());
    }
    if (caller_) at_peer(what, *caller_);
  }
  static void at_peer(char what, net::SimConnection& peer) {
    switch (what) {
      case 'm': peer.send("hello"); break;
      case 'M': peer.send(std::string(3000, 'm')); break;
      case 'c': peer.close(); break;
      case 'x': peer.reset(); break;
      case 'q': peer.stop_reading(); break;
      case 'Q': peer.resume_reading(); break;
      default: break;
    }
  }

  void settle() {
    timeline_.run_due();
    if (!reads_) return;
    for (auto bytes = modem_.take_output(); !bytes.empty(); bytes = modem_.take_output()) {
      output_ += as_text(bytes);
      all_ += as_text(bytes);
      fuzz::require(bytes.size() <= kMostOutput, "output is bounded");
      timeline_.run_due();
    }
  }

  Timeline timeline_;
  SeededRandom random_{1};
  Listening log_;
  storage::MemoryFlash flash_;
  net::SimNetwork network_{timeline_};
  std::shared_ptr<net::SimConnection> caller_;
  bool reads_ = true;
  std::string output_;
  std::string all_;
  emulator::Modem modem_{{}, device::Surroundings{timeline_, network_, flash_, random_, Logger{log_, "m95"}}};
};

std::string played(ByteSpan script) {
  World world;
  fuzz::play(
      script, [&](std::uint8_t byte) { world.type(byte); }, [&](Duration time) { world.pass(time); },
      [&](char what) { world.happen(what); });
  world.finish();
  return world.all();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kShort = 100;
  const auto said = played({data, size});
  if (size <= kShort) fuzz::require(played({data, size}) == said, "equal inputs give equal outputs");
  return 0;
}
