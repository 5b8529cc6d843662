// SPDX-License-Identifier: Apache-2.0
#include "net/net_error.hpp"

namespace quasimodem::net {

std::string_view describe(NetError error) {
  switch (error) {
    case NetError::refused: return "connection refused";
    case NetError::unreachable: return "unreachable";
    case NetError::timed_out: return "timed out";
    case NetError::reset: return "connection reset";
    case NetError::name_not_found: return "unknown name";
    case NetError::name_failed: return "no name server";
    case NetError::no_resources: return "out of sockets";
    case NetError::no_bearer: return "no bearer";
  }
  return "unknown";
}

}  // namespace quasimodem::net
