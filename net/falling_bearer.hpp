// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/timeline.hpp"
#include "net/bearer.hpp"

namespace quasimodem::net {

/// A bearer as long as it is up. When it falls everything under way on it ends: look-ups and echo requests are answered
/// with NetError::no_bearer, links hear it in `link_closed` and ports in `listen_failed`, all of them later through the
/// Timeline; nothing more goes out, nobody comes in. The same happens at once to what is begun while it is down.
class FallingBearer final : public Bearer {
 public:
  /// Down at first.
  FallingBearer(Timeline& timeline, Bearer& inner);
  ~FallingBearer() override;

  void rise();
  void fall();

  IpAddress local_address() const override { return inner_.local_address(); }
  std::unique_ptr<Operation> resolve(std::string_view host, std::function<void(Addresses)> done) override;
  std::unique_ptr<Link> connect(Transport transport, Endpoint peer, LinkObserver& observer) override;
  std::unique_ptr<Operation> ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) override;
  std::unique_ptr<Operation> listen(Transport transport, std::uint16_t port, ListenObserver& observer) override;

  struct Core;
  class Passenger;  ///< something under way on it

 private:
  Bearer& inner_;
  std::shared_ptr<Core> core_;
};

}  // namespace quasimodem::net
