// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/bytes.hpp"
#include "emulator/app/desk/line/line_address.hpp"
#include "emulator/app/desk/line/rfc2217_client.hpp"
#include "emulator/workbench/player.hpp"

namespace quasimodem::app {

/// The host's end of a line, for programs that have nothing else to do.
class LinePort final : public workbench::Line {
 public:
  /// Throws Problem.
  explicit LinePort(const LineAddress& address);
  ~LinePort() override;
  LinePort(const LinePort&) = delete;
  LinePort& operator=(const LinePort&) = delete;

  /// For poll: readable when `read` may have something, or the line is gone.
  int descriptor() const { return fd_; }
  /// Throws Problem when the line is gone.
  void write(ByteSpan bytes) override;
  /// What comes within `patience`; empty when nothing does. Throws Problem when the line is gone.
  Bytes read(Duration patience) override;
  Duration now() override;

 private:
  void write_raw(ByteSpan bytes);

  std::string where_;
  int fd_ = -1;
  std::optional<Rfc2217Client> rfc2217_;
  Bytes received_;  ///< of RFC 2217
};

}  // namespace quasimodem::app
