// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "core/time.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "storage/file_name.hpp"

namespace quasimodem {
class RandomSource;
}

namespace quasimodem::tls {
struct ClientConfig;
class ClientSession;
}  // namespace quasimodem::tls

namespace quasimodem::device {

/// The SSL contexts of AT+QSSLCFG, and the TLS sessions that are made of them.
class SslContexts {
 public:
  struct Surroundings {
    const Rtc& rtc;
    storage::SecurityFileStore& files;
    const Firmware& firmware;
    Pace& pace;
    RandomSource& random;
    std::function<void(std::string_view)> key_log;
  };
  explicit SslContexts(Surroundings surroundings) : surroundings_{std::move(surroundings)} {}

  SslSettings settings;

  /// A name that this firmware takes for a certificate or key; nothing otherwise.
  std::optional<storage::SecurityFileName> file(std::string_view name) const;

  /// A session, or why the settings are of no use for one; that is in the log as well.
  using Made = tl::expected<std::unique_ptr<tls::ClientSession>, std::string>;
  /// A session with this host, with what is needed at once: the settings as they are now (SSL 2.2.1).
  Made session(int context, const std::string& host, const Logger& log);
  /// What the module's own processor takes for its part of the next handshake.
  Duration handshake_time(int context);

  /// Has a hand in what a session is made of; none: as AT+QSSLCFG says.
  std::function<void(std::string_view host, tls::ClientConfig&)> on_tls_config;
  /// Where the name of a secure server leads; none, or nothing said: to itself.
  std::function<std::string(std::string_view host)> on_secure_host;

 private:
  tl::expected<tls::ClientConfig, std::string> config(const SslContext& context) const;
  tl::expected<Bytes, std::string> content(std::string_view what, const std::string& name) const;

  Surroundings surroundings_;
};

}  // namespace quasimodem::device
