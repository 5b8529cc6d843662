// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "core/log.hpp"
#include "emulator/app/host/ports/port.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::app {

/// A pseudo terminal, raw from the first byte, with a stable link to it. It survives that TEs open and close it.
class PtyPort final : public Port {
 public:
  /// Without `link` the device itself is the address. Throws Problem.
  PtyPort(boost::asio::io_context& io, const std::optional<std::filesystem::path>& link, PortEvents events, Logger log);
  ~PtyPort() override;

  bool attached() const override;
  bool coming() const override;
  void write(ByteSpan bytes) override;
  bool write_pending() const override;
  void look() override;
  void pause_reading() override;
  void resume_reading() override;
  std::optional<TerminalLines> terminal_lines() const override;
  int terminal_rate() const override;
  std::string address() const override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace quasimodem::app
