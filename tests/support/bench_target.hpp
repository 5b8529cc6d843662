// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "emulator/app/control/target.hpp"
#include "emulator/workbench/workbench.hpp"

namespace quasimodem::test {

/// A module in memory under control.
class BenchTarget : public app::control::Target {
 public:
  enum class Echo { off, on };
  explicit BenchTarget(Echo echo = Echo::off)
      : bench{{.ready = workbench::Ready::attached, .echo = echo == Echo::on, .journal = true}} {}
  virtual ~BenchTarget() = default;
  BenchTarget(const BenchTarget&) = delete;
  BenchTarget& operator=(const BenchTarget&) = delete;

  const std::string& name() const override { return name_; }
  std::string address() const override { return "/dev/null"; }
  emulator::Board& board() override { return bench.board(); }
  JournalRing& journal() override { return bench.journal(); }
  std::optional<device::LocalTime> host_time() const override { return std::nullopt; }
  void jump(Duration span) override { bench.advance(span); }
  void reset(Memory) override { bench.replug(); }
  void quit() override { has_quit = true; }

  workbench::Workbench bench;
  bool has_quit = false;

 private:
  std::string name_ = "desk";
};

}  // namespace quasimodem::test
