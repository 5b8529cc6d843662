// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "net/link.hpp"

namespace quasimodem::net {

/// A running look-up or any other operation that can be abandoned: destroying it means the answer never comes.
class Operation {
 public:
  virtual ~Operation() = default;
};

/// The module's way to the network. Answers always come later, through the Timeline.
class Bearer {
 public:
  using Addresses = tl::expected<std::vector<IpAddress>, NetError>;

  virtual ~Bearer() = default;

  /// The address the network gives the module when a context is activated.
  virtual IpAddress local_address() const = 0;

  /// Looks a host name up; a dotted address resolves to itself. The answer has at least one address or an error.
  virtual std::unique_ptr<Operation> resolve(std::string_view host, std::function<void(Addresses)> done) = 0;

  /// Begins to connect. The observer must outlive the link. UDP is "connected" at once.
  virtual std::unique_ptr<Link> connect(Transport transport, Endpoint peer, LinkObserver& observer) = 0;
};

}  // namespace quasimodem::net
