// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace quasimodem::net {

enum class NetError {
  refused,         ///< the peer answered, but not on this port
  unreachable,     ///< no route, or the bearer's rules forbid the peer
  timed_out,       ///< nobody answered
  reset,           ///< the peer cut the connection
  name_not_found,  ///< the name does not exist
  name_failed,     ///< the name server did not answer
  no_resources,    ///< this machine ran out of sockets
  no_bearer,       ///< the context that carried it is down
};

/// One or two words for a log line.
std::string_view describe(NetError error);

}  // namespace quasimodem::net
