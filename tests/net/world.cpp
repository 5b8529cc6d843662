// SPDX-License-Identifier: Apache-2.0
#include "tests/net/world.hpp"

namespace quasimodem::net::testing {

void Recorder::link_connected() {
  check(world_.in_timeline(), "connected: not from the timeline");
  check(!connected, "connected twice");
  check(!closed, "connected after closed");
  connected = true;
  // A copy: the test may destroy this recorder's link, or replace the handler, in the call.
  const auto handler = on_connected;
  handler();
}

void Recorder::link_received(ByteSpan piece) {
  check(world_.in_timeline(), "received: not from the timeline");
  check(connected, "received before connected");
  check(!closed, "received after closed");
  append(data, piece);
  pieces.emplace_back(piece.begin(), piece.end());
  const auto handler = on_received;
  handler();
}

void Recorder::link_writable() {
  check(world_.in_timeline(), "writable: not from the timeline");
  check(connected && !closed, "writable while not connected");
  ++writable;
}

void Recorder::link_closed(std::optional<NetError> why) {
  check(world_.in_timeline(), "closed: not from the timeline");
  check(!closed, "closed twice");
  closed = true;
  error = why;
  const auto handler = on_closed;
  handler();
}

}  // namespace quasimodem::net::testing
