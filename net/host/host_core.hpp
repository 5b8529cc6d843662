// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "core/log.hpp"
#include "net/host/asio_bearer.hpp"

namespace quasimodem::net {

class TcpSession;

constexpr std::size_t kLargestDatagram = 65535;

/// What an AsioBearer shares with its links and with the handlers that are still under way when it is destroyed.
struct HostCore {
  boost::asio::io_context& io;
  Enter enter;
  Logger log;
  bool open = true;  ///< false once the bearer is gone: nobody is told anything any more
  /// Sessions whose Link is gone and that still have something to send, oldest first.
  std::deque<std::shared_ptr<TcpSession>> lingering;
  /// Where TCP sessions read to. One for all of them: what was read is handed on before anything else is.
  std::array<std::uint8_t, 8192> piece{};

  /// Runs `body` as one event of the module's world.
  void entered(std::function<void()> body) {
    if (open) enter(std::move(body));
  }
};

/// What the module holds of something that goes on here: with it goes whoever is told of it.
template <class Work, void (Work::*leave)()>
class HostOperation final : public Operation {
 public:
  explicit HostOperation(std::shared_ptr<Work> work) : work_{std::move(work)} {}
  ~HostOperation() override { (*work_.*leave)(); }

 private:
  std::shared_ptr<Work> work_;
};

}  // namespace quasimodem::net
