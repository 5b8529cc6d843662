// SPDX-License-Identifier: Apache-2.0
// What an idle module occupies, and what an open secure socket adds.
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <malloc.h>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <fmt/core.h>

#include "emulator/app/base/process/spdlog_sink.hpp"
#include "emulator/app/cli/run/invocation.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/host/modem_host.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/module.hpp"
#include "tests/bench/peers.hpp"

namespace quasimodem::bench {
namespace {

constexpr int kSockets = 6;

using Peers = std::vector<TlsPeer>;

void open_all(Host& host, const Peers& peers) {
  for (int ssid = 0; ssid < kSockets; ++ssid) host.open_secure(ssid, peers[static_cast<std::size_t>(ssid)].port());
}
void close_all(Host& host) {
  for (int ssid = 0; ssid < kSockets; ++ssid) host.close_secure(ssid);
}

/// The same module in a process that can be asked for its heap: a page counts as resident after its content was freed,
/// so the difference of two RSS tells little.
class AskedModule {
 public:
  AskedModule() : device_{fmt::format("{}/asked", std::getenv("XDG_RUNTIME_DIR"))}, process_{[this] { live(); }} {
    heap();  // it is there now
    host_.emplace(device_);
    host_->greet();
  }

  Host& host() { return *host_; }

  /// Octets that are allocated now.
  double heap() {
    const std::uint8_t question = '?';
    std::uint64_t answer = 0;
    write_all(questions_.writing.get(), {&question, 1});
    if (::read(answers_.reading.get(), &answer, sizeof answer) != sizeof answer) fail_with_errno("asking for the heap");
    return static_cast<double>(answer);
  }

 private:
  void live() {
    const auto invocation =
        app::read_command_line({"--ephemeral", "--profile", "instant", "--name", "asked", "--uart", "pty:" + device_});
    const auto& options = *invocation.run;
    const auto sink = app::stderr_sink({.lowest = LogLevel::error});
    boost::asio::io_context io{1};
    app::ModemHost host{io, options, *sink, {}};
    boost::asio::posix::stream_descriptor questions{io, questions_.reading.get()};
    std::uint8_t question = 0;
    std::function<void()> wait = [&] {
      questions.async_read_some(boost::asio::buffer(&question, 1), [&](const auto& error, std::size_t) {
        if (error) return io.stop();
        const std::uint64_t used = ::mallinfo2().uordblks;
        write_all(answers_.writing.get(), {reinterpret_cast<const std::uint8_t*>(&used), sizeof used});
        wait();
      });
    };
    wait();
    io.run();
  }

  std::string device_;
  Pipe questions_;
  Pipe answers_;
  Child process_;
  std::optional<Host> host_;
};

double heap_per_socket(const Peers& peers) {
  AskedModule module;
  module.host().attach();
  module.host().configure_ssl();
  constexpr int kFillJournal = 300;  // it is bounded; from then on a record takes the place of another
  for (int i = 0; i < kFillJournal; ++i) {
    open_all(module.host(), peers);
    close_all(module.host());
  }
  const auto before = module.heap();
  open_all(module.host(), peers);
  return (module.heap() - before) / kSockets / 1024;
}

}  // namespace

void measure_memory(Report& report) {
  Module module;
  auto& process = module.process();
  const auto idle = process.resident_kb(), idle_share = process.proportional_kb();
  report.add(line("idle module, resident", fmt::format("{:.1f} MB", idle / 1024),
                  fmt::format("{:.1f} MB without shared pages", idle_share / 1024), {},
                  at_most(12, idle / 1024, " MB")));

  Peers peers;
  for (int i = 0; i < kSockets; ++i) peers.emplace_back(Habit::echo);
  module.host().attach();
  module.host().configure_ssl();
  module.host().open_secure(0, peers.front().port());
  module.host().close_secure(0);
  const auto closed = process.proportional_kb();
  open_all(module.host(), peers);
  const auto open = process.proportional_kb();
  close_all(module.host());  // a peer serves one at a time
  const auto heap = heap_per_socket(peers);
  report.add(line("one open secure socket, heap", fmt::format("{:.1f} KB", heap),
                  fmt::format("{:.1f} KB by PSS of {} sockets", (open - closed) / kSockets, kSockets), {},
                  at_most(45, heap, " KB")));
}

}  // namespace quasimodem::bench
