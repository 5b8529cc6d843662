// SPDX-License-Identifier: Apache-2.0
#include "tls/detail/chain_judge.hpp"

#include <array>

#include <fmt/format.h>

#include "tls/detail/library_error.hpp"
#include "tls/detail/validity.hpp"

namespace quasimodem::tls::detail {
namespace {

constexpr std::uint32_t kDateFlags = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;

}  // namespace

std::string subject(const mbedtls_x509_crt& certificate) {
  std::array<char, 512> text{};
  const int length = mbedtls_x509_dn_gets(text.data(), text.size(), &certificate.subject);
  if (length < 0) return "(subject too long)";
  return length == 0 ? "(empty subject)" : std::string(text.data(), static_cast<std::size_t>(length));
}

void ChainJudge::attach(mbedtls_ssl_context& ssl) { mbedtls_ssl_set_verify(&ssl, &ChainJudge::judge, this); }

int ChainJudge::judge(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
  auto& judge = *static_cast<ChainJudge*>(self);
  if (depth == 0) judge.leaf_subject_ = subject(*certificate);
  // Where it has told the server's name the library compares it. ASSUMED: a module does not, the manual knows nothing
  // of names, and <seclevel> 1 speaks of the CA certificate only.
  *flags &= ~static_cast<std::uint32_t>(MBEDTLS_X509_BADCERT_CN_MISMATCH);
  judge.judge_dates(*certificate, *flags);
  if (*flags != 0) judge.remember(*certificate, *flags);
  // Called from the root down to the leaf: the last call decides about the whole chain. A non-zero return is fatal
  // whatever the authmode, but costs the flags and with them the fitting alert.
  const bool refuse = depth == 0 && !judge.rejected_.empty() && judge.refuses_;
  return refuse ? MBEDTLS_ERR_X509_FATAL_ERROR : 0;
}

void ChainJudge::judge_dates(const mbedtls_x509_crt& certificate, std::uint32_t& flags) {
  flags &= ~kDateFlags;
  if (!clock_) return;
  switch (validity(certificate, *clock_)) {
    case Validity::not_yet: flags |= MBEDTLS_X509_BADCERT_FUTURE; break;
    case Validity::over: flags |= MBEDTLS_X509_BADCERT_EXPIRED; break;
    case Validity::valid: break;
  }
}

void ChainJudge::remember(const mbedtls_x509_crt& certificate, std::uint32_t flags) {
  if (!rejected_.empty()) return;
  std::string reason;
  if (flags & MBEDTLS_X509_BADCERT_FUTURE) {
    reason = fmt::format("not valid before {}, the module's clock says {}", to_text(certificate.valid_from),
                         to_text(*clock_));
  } else if (flags & MBEDTLS_X509_BADCERT_EXPIRED) {
    reason = fmt::format("expired on {}, the module's clock says {}", to_text(certificate.valid_to), to_text(*clock_));
  }
  if (flags & ~kDateFlags) {
    if (!reason.empty()) reason += ", ";
    reason += rejection_text(flags & ~kDateFlags);
  }
  rejected_ = fmt::format("{}: {}", subject(certificate), reason);
}

std::string ChainJudge::verdict(std::uint32_t flags) const {
  if (!rejected_.empty()) return rejected_;
  // The usage extensions of the leaf are looked at after the last call of judge().
  if (flags != 0 && !leaf_subject_.empty()) return fmt::format("{}: {}", leaf_subject_, rejection_text(flags));
  return {};
}

}  // namespace quasimodem::tls::detail
