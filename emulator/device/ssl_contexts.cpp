// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/ssl_contexts.hpp"

#include <utility>

#include <fmt/core.h>

#include "emulator/device/firmware.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/rtc.hpp"
#include "net/endpoint.hpp"
#include "storage/security_file_store.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::device {

std::optional<storage::SecurityFileName> SslContexts::file(std::string_view name) const {
  using storage::NvramNames;
  return storage::SecurityFileName::parse(name,
                                          surroundings_.firmware.nvram_names ? NvramNames::any : NvramNames::four);
}

SslContexts::Made SslContexts::session(int context, const std::string& host, const Logger& log) {
  const auto& chosen = settings.contexts.at(static_cast<std::size_t>(context));
  auto made = config(chosen);
  // RFC 6066: an address is no name.
  if (made && chosen.tells_name && !net::IpAddress::is_meant(host)) made->server_name = host;
  if (made && on_tls_config) on_tls_config(host, *made);
  if (!made) {
    log.warning("{}", made.error());
    return tl::unexpected{made.error()};
  }
  auto session = tls::ClientSession::create(*made, surroundings_.random, log.part("tls"));  // logs its own reason
  if (!session) return tl::unexpected{session.error().reason};
  return std::move(*session);
}

Duration SslContexts::handshake_time(int context) {
  switch (settings.contexts.at(static_cast<std::size_t>(context)).security) {
    case SecurityLevel::none: return surroundings_.pace.next(&Timing::tls_plain);
    case SecurityLevel::server: return surroundings_.pace.next(&Timing::tls_server);
    case SecurityLevel::server_and_client: break;
  }
  return surroundings_.pace.next(&Timing::tls_mutual);
}

tl::expected<tls::ClientConfig, std::string> SslContexts::config(const SslContext& context) const {
  tls::ClientConfig config;
  if (context.version != SslVersion::all) {
    config.lowest = config.highest = static_cast<tls::Version>(context.version);
  }
  if (!context.suites.empty()) config.suites = context.suites;
  if (!settings.ignore_rtc_time) config.clock = surroundings_.rtc.utc();
  config.key_log = surroundings_.key_log;

  // SSL 2.2.1 note 2: server authentication needs the CA, both sides need all three files.
  if (context.security == SecurityLevel::none) return config;
  config.verification = tls::Verification::server;
  auto ca = content("cacert", context.ca_certificate);
  if (!ca) return tl::unexpected{ca.error()};
  config.ca_certificates = std::move(*ca);
  if (context.security == SecurityLevel::server) return config;

  auto certificate = content("clientcert", context.client_certificate);
  if (!certificate) return tl::unexpected{certificate.error()};
  auto key = content("clientkey", context.client_key);
  if (!key) return tl::unexpected{key.error()};
  config.client_certificate = std::move(*certificate);
  config.client_key = std::move(*key);
  return config;
}

tl::expected<Bytes, std::string> SslContexts::content(std::string_view what, const std::string& name) const {
  const auto parsed = file(name);
  auto content = parsed ? surroundings_.files.open(*parsed) : tl::unexpected{storage::StoreError::not_found};
  if (content) return std::move(*content);
  return tl::unexpected{fmt::format(
      "{} \"{}\" {}", what, name, content.error() == storage::StoreError::not_found ? "does not exist" : "is damaged")};
}

}  // namespace quasimodem::device
