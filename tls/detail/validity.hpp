// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <mbedtls/x509_crt.h>

#include "core/calendar.hpp"

namespace quasimodem::tls::detail {

/// Where a moment lies relative to a certificate's dates. Both ends belong to the validity (RFC 5280 4.1.2.5).
enum class Validity { not_yet, valid, over };

Validity validity(const mbedtls_x509_crt& certificate, UtcTime clock);

std::string to_text(const mbedtls_x509_time& time);  ///< `2016-01-01 00:00:00`, always UTC
std::string to_text(UtcTime time);                   ///< the same form

}  // namespace quasimodem::tls::detail
