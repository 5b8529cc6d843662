// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tls/cipher_suite.hpp"

namespace quasimodem::device {

inline constexpr int kSslContexts = 6;  // SSL 2.2.1
inline constexpr int kAllVersions = 4;  // <sslversion> "ALL SUPPORT"

enum class SecurityLevel { none = 0, server = 1, server_and_client = 2 };

/// <ciphersuite> of one context: the list as it was given. Empty stands for 0XFFFF, all.
using SuiteList = std::vector<tls::CipherSuite>;

/// What AT+QSSLCFG stores under one <ctxindex>. Only settings: a connection takes a copy when it is opened, so a
/// context can be changed while connections use it (SSL 2.2.1). Defaults: at-reference 3.1.
struct SslContext {
  int version = kAllVersions;  ///< 0–3 exactly that one
  SecurityLevel security = SecurityLevel::none;
  SuiteList suites;
  std::string ca_certificate;  ///< file names, not looked up before a connection is opened
  std::string client_certificate;
  std::string client_key;
};

/// All of AT+QSSLCFG. Volatile: every host writes it after each start (at-reference 2.9).
struct SslSettings {
  std::array<SslContext, kSslContexts> contexts;
  int ignore_rtc_time = 0;
  int https = 0;
  int https_context = -1;  ///< -1 not configured
  int smtp_style = 0;
  int smtps_context = -1;
};

}  // namespace quasimodem::device
