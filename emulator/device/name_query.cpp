// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/name_query.hpp"

#include <utility>

namespace quasimodem::device {
namespace {

constexpr Duration kTimeout = 14s;  // MANUAL M66 11.13

using Error = NameLookedUp::Error;

// ASSUMED: which reason has which of the manual's numbers; 4 for a name that does not exist.
Error error_of(net::NetError reason) {
  switch (reason) {
    case net::NetError::name_not_found: return Error::no_server;
    case net::NetError::name_failed:
    case net::NetError::timed_out: return Error::time_out;
    case net::NetError::unreachable: return Error::network;
    case net::NetError::no_resources: return Error::no_memory;
    default: return Error::unknown;
  }
}

}  // namespace

NameQuery::NameQuery(Timeline& timeline, net::Bearer& bearer, EventSink& events)
    : bearer_{bearer}, events_{events}, timeout_{timeline} {}

bool NameQuery::start(int context, bool bearer_up, const std::string& host) {
  if (timeout_.running()) return false;
  if (!bearer_up) {
    timeout_.start({}, [this, context] { finish({context, {}, Error::network}); });
    return true;
  }
  timeout_.start(kTimeout, [this, context] { finish({context, {}, Error::time_out}); });
  looking_up_ = bearer_.resolve(host, [this, context](const net::Bearer::Addresses& found) {
    finish(found ? NameLookedUp{context, *found, Error::none} : NameLookedUp{context, {}, error_of(found.error())});
  });
  return true;
}

void NameQuery::cancel() {
  timeout_.cancel();
  looking_up_.reset();
}

void NameQuery::finish(NameLookedUp answer) {
  const auto finished = std::move(looking_up_);  // this may be running inside it
  timeout_.cancel();
  events_.on_event(answer);
}

}  // namespace quasimodem::device
