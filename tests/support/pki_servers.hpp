// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace quasimodem::test {

/// A server and what a module that trusts `ca` says of it on 15 June 2015 at noon.
struct PkiServer {
  std::string_view certificate;
  std::string_view key;
  std::string_view ca;
  std::string_view alert;   ///< what the module sends; empty = accepted
  std::string_view reason;  ///< part of it; ends with the time where it names that
};

inline constexpr PkiServer kPkiServers[] = {
    {"server.crt", "server.key", "ca.crt", "", ""},
    {"server_4096.crt", "big.key", "ca.crt", "", ""},
    {"server_1024.crt", "weak.key", "ca.crt", "", ""},
    {"server_sha1.crt", "server.key", "ca.crt", "", ""},
    {"server_md5.crt", "server.key", "ca.crt", "", ""},
    {"server_weak.crt", "weak.key", "weak_ca.crt", "", ""},
    {"server_md5_root.crt", "server.key", "md5_ca.crt", "", ""},
    {"server_v1_root.crt", "server.key", "v1_ca.crt", "", ""},
    {"server_below.chain.crt", "server.key", "ca.crt", "", ""},
    {"server_below.crt", "server.key", "intermediate.crt", "", ""},
    {"server_self.crt", "server.key", "server_self.crt", "", ""},
    {"server_wrong_name.crt", "server.key", "ca.crt", "", ""},
    {"server_expired.crt", "server.key", "ca.crt", "", ""},  // in June 2015 it is not

    {"server_512.crt", "tiny.key", "ca.crt", "unsupported_certificate (43)",
     "CN=localhost: signed with a key that is too short"},
    {"server_future.crt", "server.key", "ca.crt", "certificate_unknown (46)",
     "CN=localhost: not valid before 2030-01-01 00:00:00, the module's clock says 2015-06-15 12:00:00"},
    {"server_expired_ca.crt", "server.key", "expired_ca.crt", "certificate_expired (45)",
     "CN=Expired CA: expired on 2015-01-01 00:00:00, the module's clock says 2015-06-15 12:00:00"},
    {"server_other_ca.crt", "server.key", "ca.crt", "unknown_ca (48)",
     "CN=localhost: not issued by a configured CA certificate"},
    {"server_self.crt", "server.key", "ca.crt", "unknown_ca (48)",
     "CN=localhost: not issued by a configured CA certificate"},
    {"server_below.crt", "server.key", "ca.crt", "unknown_ca (48)",
     "CN=localhost: not issued by a configured CA certificate"},
    {"server_below_leaf.chain.crt", "server.key", "ca.crt", "unknown_ca (48)", ": not issued by a configured CA"},
    {"server.crt", "server.key", "server.crt", "unknown_ca (48)",
     "CN=localhost: not issued by a configured CA certificate"},
    {"server_sign_only.crt", "server.key", "ca.crt", "unsupported_certificate (43)",
     "CN=localhost: its key usage does not allow this use"},
    {"server_client_use.crt", "server.key", "ca.crt", "unsupported_certificate (43)",
     "CN=localhost: its extended key usage does not allow this use"},
};

}  // namespace quasimodem::test
