// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/fault_book.hpp"
#include "core/timeline.hpp"
#include "net/bearer.hpp"

namespace quasimodem::net {

/// Another Bearer, on which look-ups and connections go wrong as the book says: dns.*, peer.*, and what of
/// tls.* strikes records.
class FaultyBearer final : public Bearer {
 public:
  FaultyBearer(Bearer& inner, Timeline& timeline, FaultBook& book) : inner_{inner}, timeline_{timeline}, book_{book} {}

  IpAddress local_address() const override { return inner_.local_address(); }
  std::unique_ptr<Operation> resolve(std::string_view host, std::function<void(Addresses)> done) override;
  std::unique_ptr<Link> connect(Transport transport, Endpoint peer, LinkObserver& observer) override;
  std::unique_ptr<Operation> ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) override {
    return inner_.ping(peer, size, std::move(done));
  }
  std::unique_ptr<Operation> listen(Transport transport, std::uint16_t port, ListenObserver& observer) override {
    return inner_.listen(transport, port, observer);
  }

 private:
  Bearer& inner_;
  Timeline& timeline_;
  FaultBook& book_;
};

}  // namespace quasimodem::net
