// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/name_query.hpp"

#include <utility>

#include "emulator/device/events.hpp"
#include "emulator/device/pdp_context.hpp"

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
    case net::NetError::no_bearer:
    case net::NetError::unreachable: return Error::network;
    case net::NetError::no_resources: return Error::no_memory;
    default: return Error::unknown;
  }
}

}  // namespace

NameQuery::NameQuery(Timeline& timeline, EventSink& events) : events_{events}, timeout_{timeline} {}

bool NameQuery::start(PdpContext& context, const std::string& host) {
  if (timeout_.running()) return false;
  const int id = context.id();
  timeout_.start(kTimeout, [this, id] { finish({id, {}, Error::time_out}); });
  looking_up_ = context.bearer().resolve(host, [this, id](const net::Bearer::Addresses& found) {
    finish(found ? NameLookedUp{id, *found, Error::none} : NameLookedUp{id, {}, error_of(found.error())});
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
