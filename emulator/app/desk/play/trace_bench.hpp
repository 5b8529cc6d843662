// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "emulator/app/base/process/host.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/app/desk/play/trace_player.hpp"
#include "emulator/device/model.hpp"
#include "emulator/workbench/bench_play.hpp"
#include "emulator/workbench/peers.hpp"
#include "emulator/workbench/workbench.hpp"

namespace quasimodem::app {

/// A module in memory for a trace: its peers do what the trace shows of them, and the requests of the control socket
/// happen again.
class TraceBench final : public TraceStage, private control::Target {
 public:
  TraceBench(const Trace& trace, device::Model model);

  workbench::Line& line() { return line_; }
  bool starts_module() const override { return starts_module_; }
  bool acts_on(const Trace::Entry& entry) const override;
  std::string happen(const Trace& trace, std::size_t entry) override;

 private:
  // control::Target
  const std::string& name() const override { return name_; }
  std::string address() const override { return "memory"; }
  emulator::Board& board() override { return bench_.board(); }
  JournalRing& journal() override { return bench_.journal(); }
  std::optional<device::LocalTime> host_time() const override { return app::host_time(); }
  void jump(Duration span) override { bench_.advance(span); }
  void reset(Memory) override { bench_.replug(); }
  void quit() override {}

  std::string power(const Trace::Entry& entry);
  std::string request(const Trace::Entry& entry);
  void make_peer(const Trace& trace, std::size_t entry);
  std::string arrive(const Trace& trace, std::size_t entry);

  std::string name_;
  bool starts_module_;
  std::string requested_;      ///< the method of a request since the host spoke last: its consequences have records too
  bool faults_asked_ = false;  ///< by request
  workbench::Workbench bench_;
  workbench::BenchLine line_{bench_};
  workbench::Peers peers_;
  std::map<std::pair<bool, int>, workbench::OpenedBy> sockets_;  ///< by kind and index
};

}  // namespace quasimodem::app
