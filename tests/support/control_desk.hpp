// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/control/target.hpp"
#include "emulator/workbench/workbench.hpp"

namespace quasimodem::test {

/// A module in memory under control.
class ControlDesk : public app::control::Target, public app::control::Subscriber {
 public:
  const std::string& name() const override { return name_; }
  std::string address() const override { return "/dev/null"; }
  emulator::Modem& modem() override { return bench.modem(); }
  emulator::Faults& faults() override { return bench.faults(); }
  JournalRing& journal() override { return bench.journal(); }
  Timeline& timeline() override { return bench.timeline(); }
  void jump(Duration span) override { bench.advance(span); }
  void reset(Memory) override { bench.replug(); }
  bool ready() const override { return ready_; }
  void quit() override { quit_ = true; }
  void subscribe(std::vector<RecordKind>) override {}
  void unsubscribe() override {}

  workbench::Workbench bench{{.ready = workbench::Ready::attached, .journal = true}};
  bool ready_ = true;
  bool quit_ = false;

 protected:
  ~ControlDesk() = default;

 private:
  std::string name_ = "desk";
};

}  // namespace quasimodem::test
