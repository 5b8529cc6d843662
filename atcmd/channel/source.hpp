// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quasimodem::atcmd {

class Channel;

/// Data for the TE that a command brings from elsewhere, after CONNECT and at the pace of the line. It does not know
/// how much it is; who has it all says so by the command's Responder.
class Source {
 public:
  virtual ~Source() = default;

  /// The channel has room: hand over what there is, with `Channel::write_through`. To have it called when there is
  /// more, `Channel::source_ready`.
  virtual void deliver(Channel& channel) = 0;
};

}  // namespace quasimodem::atcmd
