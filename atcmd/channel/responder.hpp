// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "atcmd/channel/reply.hpp"

namespace quasimodem::atcmd {

class Call;
class Channel;

/// Gives the result of a held command later. Copy it freely: finishing twice, too late or after a reset does nothing.
class Responder {
 public:
  void finish(Reply reply) const;
  /// The command is still waiting for this result.
  bool awaited() const;

 private:
  friend class Call;
  Responder(std::weak_ptr<Channel*> channel, std::uint64_t ticket) : channel_{std::move(channel)}, ticket_{ticket} {}

  std::weak_ptr<Channel*> channel_;
  std::uint64_t ticket_;
};

}  // namespace quasimodem::atcmd
