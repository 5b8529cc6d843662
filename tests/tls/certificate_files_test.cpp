// SPDX-License-Identifier: Apache-2.0
// The forms in which users upload CA certificates.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/tls/session_pair.hpp"

using namespace quasimodem;
using namespace quasimodem::tls;
using namespace quasimodem::tls::test;

namespace {

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) append(all, part);
  return all;
}

Bytes with_crlf(const Bytes& file) {
  Bytes converted;
  for (const auto byte : file) {
    if (byte == '\n') converted.push_back('\r');
    converted.push_back(byte);
  }
  return converted;
}

Bytes without_line_breaks(Bytes file) {
  std::erase(file, '\n');
  return file;
}

struct Attempt {
  bool connected = false;
  TlsError refusal;  // of the file
  std::string log;
};

Attempt attempt(const Bytes& ca_file) {
  auto config = verifying(Version::tls1_2, "ca.crt");
  config.ca_certificates = ca_file;
  SeededRandom random{1};
  CollectingSink sink;
  const auto client = ClientSession::create(config, random, Logger{sink, "client"});
  if (!client) return {false, client.error(), sink.text()};
  SessionPair pair{config, server_config()};
  pair.shake_hands();
  return {pair.connected(), {}, pair.log()};
}

}  // namespace

TEST_CASE("a CA file may be PEM or DER, with anything around it", "[tls][SSL 2.2.1]") {
  const auto pem = pki("ca.crt");
  const auto other = pki("other_ca.crt");
  const auto broken_utf8 = Bytes{0x00, 0xFF, 0x0A};
  const std::pair<std::string_view, Bytes> good[] = {
      {"PEM", pem},
      {"DER", pki("ca.der")},
      {"two, the right one first", joined({pem, other})},
      {"two, the right one last", joined({other, pem})},
      {"text before", joined({to_bytes("Certificate:\n    Data:\n"), pem})},
      {"binary before", joined({broken_utf8, pem})},
      {"text after", joined({pem, to_bytes("the end")})},
      {"NULs after", joined({pem, Bytes(20)})},
      {"CRLF", with_crlf(pem)},
      {"no final newline", Bytes(pem.begin(), pem.end() - 1)},
      {"a key before", joined({pki("stranger.key"), pem})},
  };
  for (const auto& [what, file] : good) {
    const auto result = attempt(file);
    CAPTURE(what, result.log, result.refusal.reason);
    CHECK(result.connected);
  }
}

TEST_CASE("a CA file that is no certificate is refused", "[tls][SSL 2.2.1]") {
  const auto pem = pki("ca.crt");
  const std::pair<std::string_view, Bytes> bad[] = {
      {"one byte", Bytes{0x30}},
      {"text", to_bytes("not a certificate")},
      {"no line breaks", without_line_breaks(pem)},
      {"cut off", Bytes(pem.begin(), pem.begin() + 700)},
      {"key", pki("ca.key")},
      {"markers only", to_bytes("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")},
  };
  for (const auto& [what, file] : bad) {
    const auto result = attempt(file);
    CAPTURE(what);
    CHECK(result.refusal.failure == TlsFailure::bad_certificate_file);
    CHECK_THAT(result.refusal.reason, Catch::StartsWith("CA certificate: "));
    CHECK(result.log == "warning client " + result.refusal.reason + "\n");
  }
}

TEST_CASE("a damaged certificate in a CA bundle costs only itself", "[tls]") {
  auto damaged = pki("other_ca.crt");
  damaged[200] = '!';
  const auto result = attempt(joined({damaged, pki("ca.crt")}));
  CAPTURE(result.log);
  CHECK(result.connected);
  CHECK_THAT(
      result.log,
      Catch::Contains("warning client CA certificate: 1 certificate(s) in the file are unreadable and left out"));
}

TEST_CASE("the files for NVRAM fit into it", "[tls][SSL 2.2.7]") {
  for (const auto* name : {"ca.crt", "client.crt", "client.key"}) CHECK(pki(name).size() <= 2025);
  CHECK_THAT(to_text(pki("client.key")), Catch::StartsWith("-----BEGIN RSA PRIVATE KEY-----"));
}
