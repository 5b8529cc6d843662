// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mbedtls/gcm.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

namespace quasimodem::tls::detail {

/// One mbedTLS structure, initialised and freed. Neither copied nor moved: the library keeps pointers into it.
template <class T, void (*init)(T*), void (*release)(T*)>
class Owned {
 public:
  Owned() { init(&value_); }
  ~Owned() { release(&value_); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  T* get() { return &value_; }
  const T* get() const { return &value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }

 private:
  T value_;
};

using OwnedCertificates = Owned<mbedtls_x509_crt, mbedtls_x509_crt_init, mbedtls_x509_crt_free>;
using OwnedKey = Owned<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free>;
using OwnedSslConfig = Owned<mbedtls_ssl_config, mbedtls_ssl_config_init, mbedtls_ssl_config_free>;
using OwnedSsl = Owned<mbedtls_ssl_context, mbedtls_ssl_init, mbedtls_ssl_free>;
using OwnedGcm = Owned<mbedtls_gcm_context, mbedtls_gcm_init, mbedtls_gcm_free>;

}  // namespace quasimodem::tls::detail
