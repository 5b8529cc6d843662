// SPDX-License-Identifier: Apache-2.0
#include "tls/alert.hpp"

#include <array>

namespace quasimodem::tls {
namespace {

// RFC 5246 7.2 and, for 41, RFC 6101 5.4.
constexpr std::array kAlerts{
    Alert{0, "close_notify"},
    Alert{10, "unexpected_message"},
    Alert{20, "bad_record_mac"},
    Alert{21, "decryption_failed"},
    Alert{22, "record_overflow"},
    Alert{30, "decompression_failure"},
    Alert{40, "handshake_failure"},
    Alert{41, "no_certificate"},
    Alert{42, "bad_certificate"},
    Alert{43, "unsupported_certificate"},
    Alert{44, "certificate_revoked"},
    Alert{45, "certificate_expired"},
    Alert{46, "certificate_unknown"},
    Alert{47, "illegal_parameter"},
    Alert{48, "unknown_ca"},
    Alert{49, "access_denied"},
    Alert{50, "decode_error"},
    Alert{51, "decrypt_error"},
    Alert{60, "export_restriction"},
    Alert{70, "protocol_version"},
    Alert{71, "insufficient_security"},
    Alert{80, "internal_error"},
    Alert{86, "inappropriate_fallback"},
    Alert{90, "user_canceled"},
    Alert{100, "no_renegotiation"},
    Alert{110, "unsupported_extension"},
    Alert{112, "unrecognized_name"},
    Alert{116, "certificate_required"},
};

}  // namespace

std::span<const Alert> known_alerts() { return kAlerts; }

}  // namespace quasimodem::tls
