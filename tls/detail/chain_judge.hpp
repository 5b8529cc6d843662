// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mbedtls/ssl.h>

#include "core/calendar.hpp"

namespace quasimodem::tls::detail {

/// Judges the certificates of one peer by one module's clock, and remembers in words what was wrong.
/// The library's own opinion about dates, where it has one, comes from the host's clock and is dropped.
class ChainJudge {
 public:
  /// Without a clock no dates are looked at.
  explicit ChainJudge(std::optional<UtcTime> clock) : clock_{clock} {}
  ChainJudge(const ChainJudge&) = delete;
  ChainJudge& operator=(const ChainJudge&) = delete;

  /// The library fails the handshake of a rejected chain if authmode is REQUIRED, with the fitting alert. By itself the
  /// judge fails it even if authmode is OPTIONAL; the library then sends access_denied.
  void refuse_by_itself(bool refuses) { refuses_ = refuses; }

  /// Called by `ssl` for every certificate of the peer. The judge must outlive the handshake.
  void attach(mbedtls_ssl_context& ssl);

  /// Subject and reason of the first rejected certificate, seen from the root; empty while nothing was rejected.
  /// `flags` are the library's for the whole chain: it finds some things wrong only after the judge was asked.
  std::string verdict(std::uint32_t flags) const;

 private:
  static int judge(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags);
  void judge_dates(const mbedtls_x509_crt& certificate, std::uint32_t& flags);
  void remember(const mbedtls_x509_crt& certificate, std::uint32_t flags);

  std::optional<UtcTime> clock_;
  bool refuses_ = false;
  std::string rejected_;      // subject and reason
  std::string leaf_subject_;  // the peer's own certificate
};

/// `CN=localhost, O=…`: a certificate's subject in one line.
std::string subject(const mbedtls_x509_crt& certificate);

}  // namespace quasimodem::tls::detail
