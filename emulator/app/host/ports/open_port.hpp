// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/log.hpp"
#include "emulator/app/config/uart_url.hpp"
#include "emulator/app/host/ports/port.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::app {

/// Opens what the URL names. Throws Problem.
std::unique_ptr<Port> open_port(boost::asio::io_context& io, const UartUrl& url, PortEvents events, const Logger& log);

}  // namespace quasimodem::app
