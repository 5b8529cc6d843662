// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/log.hpp"
#include "emulator/app/config/uart_url.hpp"
#include "emulator/app/host/ports/byte_stream.hpp"

namespace quasimodem::app {

/// Where the TEs of a StreamPort come from: a listener, a dialler, a device.
class StreamSource {
 public:
  virtual ~StreamSource() = default;

  /// `opened` takes over each new end.
  virtual void start(std::function<void(OpenEnd)> opened) = 0;
  /// The end that was in use is gone. False when no other will ever come.
  virtual bool closed() = 0;
  /// An end is there that was not told yet.
  virtual bool coming() { return false; }
  /// No more ends.
  virtual void stop() = 0;
  /// What the ready line shows.
  virtual std::string address() const = 0;
};

using Source = std::shared_ptr<StreamSource>;

/// Each throws Problem when it cannot even begin.
Source listen_tcp(boost::asio::io_context& io, const HostAddress& address, const char* scheme, const Logger& log);
Source dial_tcp(boost::asio::io_context& io, const HostAddress& address, Logger log);
Source listen_unix(boost::asio::io_context& io, const std::filesystem::path& path, const Logger& log);
Source open_tty(boost::asio::io_context& io, const TtyUrl& tty, Logger log);
Source use_stdio(const Logger& log);

}  // namespace quasimodem::app
