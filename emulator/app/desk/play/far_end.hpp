// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "emulator/app/desk/play/trace.hpp"
#include "emulator/workbench/peers.hpp"

namespace quasimodem::app {

// What the peers of a recorded module must have done, worked out from what the module said: a trace of a real module
// shows nothing else.

/// Whether the connection that the record at `entry` asks for came about.
bool was_connected(const Trace& trace, std::size_t entry, const workbench::OpenedBy& opened);

/// Something arrived from outside, as a line of the module tells.
struct Arrival {
  enum class Kind { data, closed, context_lost, other };
  Kind kind = Kind::other;
  bool secure = false;
  int index = 0;
  std::string data;  ///< as far as the host has read it
  std::string line;
};
/// The first that the record at `entry` tells of.
std::optional<Arrival> arrival_in(const Trace& trace, std::size_t entry);

}  // namespace quasimodem::app
