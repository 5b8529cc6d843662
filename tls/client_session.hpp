// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <tl/expected.hpp>

#include "core/log.hpp"
#include "core/random.hpp"
#include "tls/client_config.hpp"
#include "tls/session.hpp"

namespace quasimodem::tls {

/// A TLS client.
class ClientSession final : public Session {
 public:
  /// Parses certificates and keys; fails with a reason when one of them is unusable, when the build lacks the version,
  /// or when none of the suites exists in it. Keeps nothing of `config`. `random` must outlive the session.
  static tl::expected<std::unique_ptr<ClientSession>, TlsError> create(const ClientConfig& config, RandomSource& random,
                                                                       const Logger& log);

  /// Puts the ClientHello into the outgoing queue.
  void start();

 private:
  using Session::Session;
};

}  // namespace quasimodem::tls
