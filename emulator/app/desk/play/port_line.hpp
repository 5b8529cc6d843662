// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/desk/line/line_port.hpp"
#include "emulator/app/desk/play/replay_line.hpp"

namespace quasimodem::app {

/// A module at the end of a line, in real time.
class PortLine final : public ReplayLine {
 public:
  explicit PortLine(LinePort& port) : port_{port} {}

  void write(ByteSpan bytes) override { port_.write(bytes); }
  Bytes read(Duration patience) override;
  Duration now() override { return std::chrono::steady_clock::now().time_since_epoch(); }
  bool starts_module() const override { return false; }
  bool acts_on(const Trace::Entry&) const override { return false; }
  std::string happen(const Trace& trace, std::size_t entry) override;

 private:
  LinePort& port_;
};

}  // namespace quasimodem::app
