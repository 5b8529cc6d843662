// SPDX-License-Identifier: Apache-2.0
#include "tls/detail/certificate_files.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/secret_bytes.hpp"
#include "tls/detail/library_error.hpp"
#include "tls/detail/validity.hpp"

namespace quasimodem::tls::detail {
namespace {

/// A copy as the library's parsers want it: PEM from its first marker on and with a final NUL, which tells them that it
/// is PEM; anything else unchanged.
SecretBytes parser_input(ByteSpan file) {
  const auto marker = as_text(file).find("-----BEGIN");
  const bool pem = marker != std::string_view::npos;
  SecretBytes input;
  input.reserve(file.size() + 1);
  append(input, pem ? file.subspan(marker) : file);
  // Empty files too, so that data() is never null.
  if (pem || file.empty()) input.push_back(0);
  return input;
}

tl::unexpected<TlsError> refused(TlsFailure failure, std::string_view what, std::string_view reason) {
  return tl::make_unexpected(TlsError{failure, fmt::format("{}: {}", what, reason)});
}

/// How many certificates of the file could not be read although others could.
tl::expected<int, TlsError> parse_certificates(ByteSpan file, std::string_view what, mbedtls_x509_crt& into) {
  const auto input = parser_input(file);
  const int result = mbedtls_x509_crt_parse(&into, input.data(), input.size());
  if (result < 0) return refused(TlsFailure::bad_certificate_file, what, library_text(result));
  return result;
}

bool same_name_and_key(const mbedtls_x509_crt& a, const mbedtls_x509_crt& b) {
  const auto bytes = [](const mbedtls_x509_buf& buffer) { return ByteSpan{buffer.p, buffer.len}; };
  return std::ranges::equal(bytes(a.subject_raw), bytes(b.subject_raw)) &&
         std::ranges::equal(bytes(a.pk_raw), bytes(b.pk_raw));
}

/// Those valid at `clock` first. Of a CA renewed with the same key the versions that are not valid at `clock` are left
/// out: a library that sees the host's clock (Debian's) would otherwise prefer the one that is valid on the host.
std::vector<const mbedtls_x509_crt*> in_order_of_trust(const mbedtls_x509_crt& parsed, std::optional<UtcTime> clock) {
  std::vector<const mbedtls_x509_crt*> all;
  for (auto* each = &parsed; each != nullptr; each = each->next) all.push_back(each);
  if (!clock) return all;

  const auto valid_now = [&](const mbedtls_x509_crt* each) { return validity(*each, *clock) == Validity::valid; };
  const auto others = std::stable_partition(all.begin(), all.end(), valid_now);
  const std::vector<const mbedtls_x509_crt*> valid(all.begin(), others);
  const auto renewed = [&](const mbedtls_x509_crt* each) {
    return std::ranges::any_of(valid, [&](const mbedtls_x509_crt* other) { return same_name_and_key(*each, *other); });
  };
  all.erase(std::remove_if(others, all.end(), renewed), all.end());
  return all;
}

}  // namespace

tl::expected<void, TlsError> load_authorities(ByteSpan file, std::optional<UtcTime> clock, std::string_view what,
                                              const Logger& log, mbedtls_x509_crt& into) {
  OwnedCertificates parsed;
  const auto unreadable = parse_certificates(file, what, *parsed.get());
  if (!unreadable) return tl::make_unexpected(unreadable.error());
  // ASSUMED: a bundle with a damaged or unknown certificate serves with the rest; refusing it would only hide which
  // server it was for. The chain that needs the missing one is refused later, with its name.
  if (*unreadable > 0) log.warning("{}: {} certificate(s) in the file are unreadable and left out", what, *unreadable);

  for (const auto* each : in_order_of_trust(*parsed.get(), clock)) {
    const int result = mbedtls_x509_crt_parse_der(&into, each->raw.p, each->raw.len);
    if (result != 0) return refused(TlsFailure::internal, what, library_text(result));
  }
  return {};
}

tl::expected<void, TlsError> load_own_chain(ByteSpan file, std::string_view what, mbedtls_x509_crt& into) {
  const auto unreadable = parse_certificates(file, what, into);
  if (!unreadable) return tl::make_unexpected(unreadable.error());
  if (*unreadable > 0) {
    return refused(TlsFailure::bad_certificate_file, what,
                   fmt::format("{} certificate(s) in the file are unreadable", *unreadable));
  }
  return {};
}

tl::expected<void, TlsError> load_own_key(ByteSpan file, std::string_view what, const mbedtls_x509_crt& certificate,
                                          mbedtls_pk_context& into) {
  const auto input = parser_input(file);
  const int result = mbedtls_pk_parse_key(&into, input.data(), input.size(), nullptr, 0);
  if (result == MBEDTLS_ERR_PK_PASSWORD_REQUIRED || result == MBEDTLS_ERR_PK_PASSWORD_MISMATCH) {
    // MANUAL SSL 2.2.1: <clientkeyname> is all there is; no command takes a password.
    return refused(TlsFailure::bad_key_file, what, "the key is encrypted and a module has no password for it");
  }
  if (result != 0) return refused(TlsFailure::bad_key_file, what, library_text(result));
  if (!mbedtls_pk_can_do(&into, MBEDTLS_PK_RSA)) return refused(TlsFailure::bad_key_file, what, "not an RSA key");
  if (mbedtls_pk_check_pair(&certificate.pk, &into) != 0) {
    return refused(TlsFailure::bad_key_file, what, "the key does not belong to the certificate");
  }
  return {};
}

}  // namespace quasimodem::tls::detail
