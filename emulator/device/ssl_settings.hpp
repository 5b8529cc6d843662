// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "emulator/device/number_row.hpp"
#include "tls/cipher_suite.hpp"

namespace quasimodem::device {

inline constexpr int kSslContexts = 6;  // SSL 2.2.1

/// <sslversion>: exactly that one, or the highest that both sides have.
enum class SslVersion { ssl_3_0 = 0, tls_1_0 = 1, tls_1_1 = 2, tls_1_2 = 3, all = 4 };
enum class SecurityLevel { none = 0, server = 1, server_and_client = 2 };

/// <ciphersuite> of one context: the list as it was given. Empty stands for 0XFFFF, all.
using SuiteList = std::vector<tls::CipherSuite>;

/// What AT+QSSLCFG stores under one <ctxindex>. Only settings: a connection takes a copy when it is opened, so a
/// context can be changed while connections use it (SSL 2.2.1). Defaults: at-reference 3.1.
struct SslContext {
  SslVersion version = SslVersion::all;
  SecurityLevel security = SecurityLevel::none;
  SuiteList suites;
  std::string ca_certificate;  ///< file names, not looked up before a connection is opened
  std::string client_certificate;
  std::string client_key;
  bool tells_name = false;  ///< "sni": ClientHello has the server's name
};

/// All of AT+QSSLCFG. Volatile: every host writes it after each start (at-reference 2.9).
struct SslSettings {
  std::array<SslContext, kSslContexts> contexts;
  bool ignore_rtc_time = false;
  bool https = false;
  int https_context = -1;  ///< -1 not configured
  int smtp_style = 0;
  int smtps_context = -1;
};

// The numbers among them, for snapshots.
inline constexpr NumberRow<SslContext> kSslContextRows[] = {
    number_row<&SslContext::version>("version", 0, static_cast<int>(SslVersion::all)),
    number_row<&SslContext::security>("security", 0, 2),
};
inline constexpr NumberRow<SslSettings> kSslRows[] = {
    number_row<&SslSettings::ignore_rtc_time>("ignore_rtc_time", 0, 1),
    number_row<&SslSettings::https>("https", 0, 1),
    number_row<&SslSettings::https_context>("https_context", -1, kSslContexts - 1),
    number_row<&SslSettings::smtp_style>("smtp_style", 0, 2),
    number_row<&SslSettings::smtps_context>("smtps_context", -1, kSslContexts - 1),
};

}  // namespace quasimodem::device
