// SPDX-License-Identifier: Apache-2.0
#include "tls/seal.hpp"

#include <array>
#include <stdexcept>

extern "C" {  // 2.28.3 forgot it in this header
#include <mbedtls/constant_time.h>
}

#include "tls/detail/library_error.hpp"
#include "tls/detail/owned.hpp"

namespace quasimodem::tls {
namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
static_assert(AesGcmSealer::kOverhead == kNonceSize + kTagSize);

// None of the calls below can fail on what peers, files or users provide; one that does is a broken library.
void expect_done(int result) {
  if (result != 0) throw std::runtime_error{"AES-GCM: " + detail::library_text(result)};
}

}  // namespace

struct AesGcmSealer::Impl {
  explicit Impl(RandomSource& source) : random{source} {}

  RandomSource& random;
  detail::OwnedGcm gcm;
};

AesGcmSealer::AesGcmSealer(std::span<const std::uint8_t, kKeySize> key, RandomSource& random)
    : impl_{std::make_unique<Impl>(random)} {
  expect_done(mbedtls_gcm_setkey(impl_->gcm.get(), MBEDTLS_CIPHER_ID_AES, key.data(), kKeySize * 8));
}

AesGcmSealer::~AesGcmSealer() = default;

Bytes AesGcmSealer::seal(ByteSpan content) {
  Bytes sealed(kOverhead + content.size());
  const std::span nonce{sealed.data(), kNonceSize};
  impl_->random.fill(nonce);
  expect_done(mbedtls_gcm_crypt_and_tag(impl_->gcm.get(), MBEDTLS_GCM_ENCRYPT, content.size(), nonce.data(),
                                        nonce.size(), nullptr, 0, content.data(), sealed.data() + kNonceSize, kTagSize,
                                        sealed.data() + kNonceSize + content.size()));
  return sealed;
}

Sealer::Opened AesGcmSealer::open(ByteSpan sealed) const {
  if (sealed.size() < kOverhead) return {};
  const auto nonce = sealed.first(kNonceSize);
  const auto ciphertext = sealed.subspan(kNonceSize, sealed.size() - kOverhead);
  const auto stored_tag = sealed.last(kTagSize);

  Opened opened{.content = Bytes(ciphertext.size())};
  std::array<std::uint8_t, kTagSize> tag{};
  // Not mbedtls_gcm_auth_decrypt, which hides the content of a tampered file: a module reports a wrong checksum for it.
  expect_done(mbedtls_gcm_crypt_and_tag(impl_->gcm.get(), MBEDTLS_GCM_DECRYPT, ciphertext.size(), nonce.data(),
                                        nonce.size(), nullptr, 0, ciphertext.data(), opened.content.data(), tag.size(),
                                        tag.data()));
  opened.authentic = mbedtls_ct_memcmp(tag.data(), stored_tag.data(), tag.size()) == 0;
  return opened;
}

}  // namespace quasimodem::tls
