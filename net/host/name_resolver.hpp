// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "net/bearer.hpp"

namespace quasimodem::net {

/// Asks the operating system for the addresses of a name; blocks. The default of NameResolver.
Bearer::Addresses look_up_ipv4(const std::string& name);

/// Looks names up without holding up the io_context, one detached thread per running look-up.
///
/// Not Asio's resolver: its single thread lets one slow name hold up all others, and its destructor waits for the name
/// server, so that the program could not be stopped while there is none.
class NameResolver {
 public:
  using LookUp = std::function<Bearer::Addresses(const std::string&)>;
  using Done = std::function<void(const Bearer::Addresses&)>;

  NameResolver(boost::asio::io_context& io, LookUp look_up);
  ~NameResolver();
  NameResolver(const NameResolver&) = delete;
  NameResolver& operator=(const NameResolver&) = delete;

  /// `done` is called from the io_context, later, unless the resolver is destroyed before. It may be destroyed in
  /// another thread, so it must own nothing but memory.
  void resolve(std::string name, const Done& done);

 private:
  struct Mailbox;
  boost::asio::io_context& io_;
  LookUp look_up_;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace quasimodem::net
