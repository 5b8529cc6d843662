// SPDX-License-Identifier: Apache-2.0
// What an idle module occupies, and what an open secure socket adds.
#include <string>
#include <vector>

#include <fmt/core.h>

#include "tests/bench/asked_module.hpp"
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
