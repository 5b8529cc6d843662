// SPDX-License-Identifier: Apache-2.0
#include "tls/error.hpp"

#include <array>

#include <fmt/format.h>
#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509.h>

#include "tls/alert.hpp"
#include "tls/detail/library_error.hpp"

namespace quasimodem::tls::detail {
namespace {

struct Rejection {
  std::uint32_t flag;
  std::string_view words;
};

constexpr std::array kRejections{
    Rejection{MBEDTLS_X509_BADCERT_NOT_TRUSTED, "not issued by a configured CA certificate"},
    Rejection{MBEDTLS_X509_BADCERT_KEY_USAGE, "its key usage does not allow this use"},
    Rejection{MBEDTLS_X509_BADCERT_EXT_KEY_USAGE, "its extended key usage does not allow this use"},
    Rejection{MBEDTLS_X509_BADCERT_NS_CERT_TYPE, "its Netscape certificate type does not allow this use"},
    Rejection{MBEDTLS_X509_BADCERT_BAD_MD, "signed with a hash that is not accepted"},
    Rejection{MBEDTLS_X509_BADCERT_BAD_PK, "signed with an algorithm that is not accepted"},
    Rejection{MBEDTLS_X509_BADCERT_BAD_KEY, "signed with a key that is too short"},
    Rejection{MBEDTLS_X509_BADCERT_CN_MISMATCH, "issued for another name"},
    Rejection{MBEDTLS_X509_BADCERT_MISSING, "missing"},
    Rejection{MBEDTLS_X509_BADCERT_REVOKED, "revoked"},
};

// Error numbers of the X.509 part of the library: the peer's certificate itself could not be read or judged.
bool about_certificate(int code) {
  const int high_level = -code & 0x7F80;
  return high_level >= -MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE && high_level <= -MBEDTLS_ERR_X509_FATAL_ERROR;
}

TlsError certificate_error(const PeerFailure& failure) {
  if (!failure.verdict.empty())
    return {TlsFailure::certificate_rejected, "peer certificate rejected: " + failure.verdict};
  if (failure.verify_flags != 0 && failure.verify_flags != ~std::uint32_t{0}) {
    return {TlsFailure::certificate_rejected, "peer certificate rejected: " + rejection_text(failure.verify_flags)};
  }
  return {TlsFailure::certificate_rejected, "peer certificate unusable: " + library_text(failure.code)};
}

}  // namespace

std::string library_text(int code) {
  std::array<char, 200> text{};
  mbedtls_strerror(code, text.data(), text.size());
  return fmt::format("{} (-0x{:04X})", text.data(), static_cast<unsigned>(-code));
}

std::string alert_text(std::uint8_t description) {
  for (const auto& alert : known_alerts()) {
    if (alert.description == description) return fmt::format("{} ({})", alert.name, description);
  }
  return fmt::format("unknown alert ({})", description);
}

std::string rejection_text(std::uint32_t flags) {
  std::string text;
  for (const auto& rejection : kRejections) {
    if ((flags & rejection.flag) == 0) continue;
    if (!text.empty()) text += ", ";
    text += rejection.words;
  }
  return text.empty() ? fmt::format("flags 0x{:X}", flags) : text;
}

TlsError peer_error(const PeerFailure& failure) {
  switch (failure.code) {
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
      return {TlsFailure::alert, "the peer refused with the alert " + alert_text(failure.alert)};
    case MBEDTLS_ERR_SSL_CONN_EOF: return {TlsFailure::peer_closed, "the stream ended during the handshake"};
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
      return {TlsFailure::peer_closed, "the peer sent close_notify during the handshake"};
    case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
    case MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE:
    case MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED: return certificate_error(failure);
    case MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE:
      return {TlsFailure::certificate_rejected, "the peer sent no certificate"};
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
      return {TlsFailure::protocol, fmt::format("not a record of this protocol: it starts with {} (-0x{:04X})",
                                                escaped(failure.record_header), static_cast<unsigned>(-failure.code))};
    case MBEDTLS_ERR_SSL_INVALID_MAC: return {TlsFailure::protocol, "a record was damaged on the way (bad_record_mac)"};
    case MBEDTLS_ERR_SSL_BAD_INPUT_DATA:  // what the library says when a record would not fit into its buffer
      return {TlsFailure::protocol, fmt::format("a record longer than the protocol allows (-0x{:04X})",
                                                static_cast<unsigned>(-failure.code))};
    case MBEDTLS_ERR_SSL_ALLOC_FAILED:
    case MBEDTLS_ERR_SSL_BAD_CONFIG:
    case MBEDTLS_ERR_SSL_INTERNAL_ERROR: return {TlsFailure::internal, library_text(failure.code)};
    default: break;
  }
  if (about_certificate(failure.code)) return certificate_error(failure);
  return {TlsFailure::protocol, library_text(failure.code)};
}

}  // namespace quasimodem::tls::detail
