// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <variant>

#include "emulator/app/host/ports/port.hpp"
#include "emulator/app/host/ports/pty_port.hpp"
#include "emulator/app/host/ports/rfc2217_port.hpp"
#include "emulator/app/host/ports/stream_port.hpp"
#include "emulator/app/host/ports/tty_port.hpp"

namespace quasimodem::app {
namespace {

struct Opener {
  boost::asio::io_context& io;
  PortEvents events;
  const Logger& log;

  std::unique_ptr<Port> operator()(const PtyUrl& url) {
    return std::make_unique<PtyPort>(io, url.link, std::move(events), log);
  }
  std::unique_ptr<Port> operator()(const TcpListenUrl& url) {
    return stream(listen_tcp(io, url.address, "tcp-listen", log));
  }
  std::unique_ptr<Port> operator()(const TcpUrl& url) { return stream(dial_tcp(io, url.address, log)); }
  std::unique_ptr<Port> operator()(const Rfc2217Url& url) {
    return std::make_unique<Rfc2217Port>(io, listen_tcp(io, url.address, "rfc2217", log), std::move(events), log);
  }
  std::unique_ptr<Port> operator()(const UnixUrl& url) { return stream(listen_unix(io, url.path, log)); }
  std::unique_ptr<Port> operator()(const TtyUrl& url) {
    return std::make_unique<TtyPort>(io, url, std::move(events), log);
  }
  std::unique_ptr<Port> operator()(const StdioUrl&) { return stream(use_stdio(log)); }

  std::unique_ptr<Port> stream(Source source) {
    return std::make_unique<StreamPort>(io, std::move(source), std::move(events), log);
  }
};

}  // namespace

std::unique_ptr<Port> open_port(boost::asio::io_context& io, const UartUrl& url, PortEvents events, const Logger& log) {
  return std::visit(Opener{io, std::move(events), log}, url);
}

}  // namespace quasimodem::app
