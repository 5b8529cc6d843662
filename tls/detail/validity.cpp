// SPDX-License-Identifier: Apache-2.0
#include "tls/detail/validity.hpp"

#include <chrono>
#include <tuple>

#include <fmt/format.h>

namespace quasimodem::tls::detail {
namespace {

mbedtls_x509_time broken_down(UtcTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  mbedtls_x509_time parts{};
  parts.year = static_cast<int>(date.year());
  parts.mon = static_cast<int>(static_cast<unsigned>(date.month()));
  parts.day = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.hour = static_cast<int>(clock.hours().count());
  parts.min = static_cast<int>(clock.minutes().count());
  parts.sec = static_cast<int>(clock.seconds().count());
  return parts;
}

bool before(const mbedtls_x509_time& a, const mbedtls_x509_time& b) {
  return std::tie(a.year, a.mon, a.day, a.hour, a.min, a.sec) < std::tie(b.year, b.mon, b.day, b.hour, b.min, b.sec);
}

}  // namespace

Validity validity(const mbedtls_x509_crt& certificate, UtcTime clock) {
  const auto now = broken_down(clock);
  if (before(now, certificate.valid_from)) return Validity::not_yet;
  if (before(certificate.valid_to, now)) return Validity::over;
  return Validity::valid;
}

std::string to_text(const mbedtls_x509_time& time) {
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", time.year, time.mon, time.day, time.hour, time.min,
                     time.sec);
}

std::string to_text(UtcTime time) { return to_text(broken_down(time)); }

}  // namespace quasimodem::tls::detail
