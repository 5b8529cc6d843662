// SPDX-License-Identifier: Apache-2.0
// <seclevel> 0, 1 and 2 as the host sees them: which servers and which files lead to +QSSLOPEN: <ssid>,0.
#include <string>
#include <string_view>
#include <vector>

#include "tests/emulator_tls/secure_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/pki_servers.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

void check_echo(SecureBench& bench, TlsPeer& peer, int ssid) {
  peer.on_plaintext = [&peer](std::string_view plaintext) { peer.send(plaintext); };
  bench.send_data(ssid, "hello, world");
  bench.expect(fmt::format("+QSSLURC: \"recv\",0,{}", ssid));
  CHECK(bench.receive(ssid) == "hello, world");
}

void check_accepted(SecureBench& bench, TlsPeer& peer) {
  INFO(bench.log().text);
  bench.expect("+QSSLOPEN: 1,0");
  check_echo(bench, peer, 1);
  CHECK(bench.reasons(1).empty());
  bench.close(1);
  bench.expect_no_leftovers();
}

/// One line says why.
void check_reason(SecureBench& bench, int ssid, std::string_view words) {
  const auto reasons = bench.reasons(ssid);
  INFO(bench.log().text);
  REQUIRE(reasons.size() == 1);
  CHECK_THAT(reasons.front(), Catch::Contains(std::string{words}));
}

void check_refused(SecureBench& bench, TlsPeer& peer, const PkiServer& server) {
  bench.expect_open_failed(1);
  check_reason(bench, 1, "m95.socket1.tls: peer certificate rejected: ");
  // The clock of the bench goes on meanwhile: the minute is the one of the table.
  constexpr std::string_view kSeconds = ":00:00";
  const auto seconds = server.reason.ends_with(kSeconds) ? 2U : 0U;
  check_reason(bench, 1, server.reason.substr(0, server.reason.size() - seconds));
  CHECK(peer.session().error().reason == "the peer refused with the alert " + std::string{server.alert});
}

void open_to(SecureBench& bench, const std::string& version) {
  bench.log().text.clear();
  bench.configure("sslversion", version);
  bench.open(1);
}

}  // namespace

TEST_CASE("seclevel 0 connects to every server", "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  for (const auto& version : spoken_versions()) {
    for (const auto& server : kPkiServers) {
      CAPTURE(version, server.certificate);
      TlsPeer peer{bench.network(), kHost, kPort, tls_server_with(server.certificate, server.key)};
      open_to(bench, version);
      check_accepted(bench, peer);
    }
  }
}

TEST_CASE("seclevel 1 connects to servers with a valid chain to the CA certificate only", "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  bench.set_clock(kGoodTime);
  for (const auto& version : spoken_versions()) {
    for (const auto& server : kPkiServers) {
      CAPTURE(version, server.certificate, server.ca);
      TlsPeer peer{bench.network(), kHost, kPort, tls_server_with(server.certificate, server.key)};
      bench.trust(server.ca);
      open_to(bench, version);
      if (server.alert.empty()) {
        check_accepted(bench, peer);
      } else {
        check_refused(bench, peer, server);
      }
    }
  }
}

TEST_CASE("seclevel 2 looks at servers as seclevel 1 does, and shows a certificate", "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  bench.set_clock(kGoodTime);
  bench.identify("client.crt", "client.key");
  for (const auto& version : spoken_versions()) {
    for (const auto& server : kPkiServers) {
      CAPTURE(version, server.certificate, server.ca);
      auto config = tls_server_with(server.certificate, server.key);
      config.client_authentication = tls::ClientAuthentication::require;
      config.client_authorities = pki("ca.crt");
      TlsPeer peer{bench.network(), kHost, kPort, config};
      bench.trust(server.ca);
      bench.configure("seclevel", "2");
      open_to(bench, version);
      if (server.alert.empty()) {
        CHECK(peer.session().peer_subject() == "O=quasimodem tests, CN=Test client");
        check_accepted(bench, peer);
      } else {
        check_refused(bench, peer, server);
      }
    }
  }
}

TEST_CASE("a server that does not ask gets no certificate at seclevel 2", "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  bench.set_clock(kGoodTime);
  bench.trust("ca.crt");
  bench.identify("client.crt", "client.key");
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  CHECK_FALSE(peer.session().peer_subject());
}

TEST_CASE("a server that demands a certificate refuses seclevel 0 and 1 and strangers", "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  bench.set_clock(kGoodTime);
  TlsPeer peer{bench.network(), kHost, kPort, tls_server_demanding_certificates()};
  for (const auto& version : spoken_versions()) {
    const auto reason = "the stream ended during the handshake";  // this server just closes; others send an alert
    CAPTURE(version);
    bench.configure("seclevel", "0");
    open_to(bench, version);
    bench.expect_open_failed(1);
    check_reason(bench, 1, reason);

    bench.trust("ca.crt");
    open_to(bench, version);
    bench.expect_open_failed(1);
    check_reason(bench, 1, reason);
  }
  bench.identify("stranger.crt", "stranger.key");
  for (const auto& version : spoken_versions()) {
    CAPTURE(version);
    open_to(bench, version);
    bench.expect_open_failed(1);
    check_reason(bench, 1, "the peer refused with the alert unknown_ca (48)");
  }
}

// ---- files ----

namespace {

/// Where a file of the test PKI is used, perhaps spoilt.
struct Files {
  std::string_view what;
  std::string_view ca;
  std::string_view certificate;
  std::string_view key;
  std::string_view reason;  // empty = connects
};

// `name/half` is the first half of a file.
const Files kFiles[] = {
    {"PEM", "ca.crt", "client.crt", "client.key", ""},
    {"CA certificate in DER", "ca.der", "client.crt", "client.key", ""},
    {"client certificate in DER", "ca.crt", "client.der", "client.key", ""},
    {"key in DER", "ca.crt", "client.crt", "client.key.der", ""},
    {"key in PKCS#8", "ca.crt", "client.crt", "client_pkcs8.key", ""},
    {"key in PKCS#8 and DER", "ca.crt", "client.crt", "client_pkcs8.key.der", ""},
    {"4096 bits, from RAM only", "ca.crt", "client_4096.crt", "big.key", ""},
    {"1024 bits, SHA-1", "ca.crt", "client_weak.crt", "weak.key", ""},

    {"a key as CA certificate", "client.key", "client.crt", "client.key", "CA certificate: "},
    {"a key as client certificate", "ca.crt", "client.key", "client.key", "client certificate: "},
    {"a certificate as key", "ca.crt", "client.crt", "client.crt", "client key: "},
    {"truncated CA certificate", "ca.crt/half", "client.crt", "client.key", "CA certificate: "},
    {"truncated CA certificate in DER", "ca.der/half", "client.crt", "client.key", "CA certificate: "},
    {"truncated client certificate", "ca.crt", "client.crt/half", "client.key", "client certificate: "},
    {"truncated key", "ca.crt", "client.crt", "client.key/half", "client key: "},
    {"truncated key in DER", "ca.crt", "client.crt", "client.key.der/half", "client key: "},
    {"key of another certificate", "ca.crt", "client.crt", "stranger.key", "client key: "},
    {"key with a password, AES", "ca.crt", "client.crt", "client_aes128.key", "client key: "},
    {"key with a password, 3DES", "ca.crt", "client.crt", "client_des3.key", "client key: "},
    {"key with a password, PKCS#8 PBES2", "ca.crt", "client.crt", "client_pbes2.key", "client key: "},
    {"key with a password, PKCS#8 PBE", "ca.crt", "client.crt", "client_pbe.key", "client key: "},
    {"key with a password, PKCS#8 PBE in DER", "ca.crt", "client.crt", "client_pbe.key.der", "client key: "},
};

Bytes content(std::string_view file) {
  constexpr std::string_view kHalf = "/half";
  if (!file.ends_with(kHalf)) return pki(file);
  auto whole = pki(file.substr(0, file.size() - kHalf.size()));
  whole.resize(whole.size() / 2);
  return whole;
}

void use_files(SecureBench& bench, ByteSpan ca, ByteSpan certificate, ByteSpan key) {
  for (const auto name : {"RAM:ca", "RAM:cert", "RAM:key"}) bench.ask(fmt::format("AT+QSECDEL=\"{}\"", name));
  bench.upload("RAM:ca", ca);
  bench.upload("RAM:cert", certificate);
  bench.upload("RAM:key", key);
  bench.configure("cacert", "\"RAM:ca\"");
  bench.configure("clientcert", "\"RAM:cert\"");
  bench.configure("clientkey", "\"RAM:key\"");
}

}  // namespace

TEST_CASE("files of every usual form are taken, unusable ones are -1 and a reason", "[ssl][SSL 2.2.7]") {
  SecureBench bench;
  bench.set_clock(kGoodTime);
  bench.configure("seclevel", "2");
  for (const auto& files : kFiles) {
    CAPTURE(files.what);
    TlsPeer peer{bench.network(), kHost, kPort, tls_server_demanding_certificates()};
    use_files(bench, content(files.ca), content(files.certificate), content(files.key));
    bench.log().text.clear();
    bench.open(1);
    if (files.reason.empty()) {
      check_accepted(bench, peer);
    } else {
      bench.expect_open_failed(1);
      check_reason(bench, 1, files.reason);
      CHECK(peer.connections() == 0);  // nobody is bothered with files that cannot be used
    }
  }
}

TEST_CASE("CA files may hold several certificates and text between them", "[ssl][SSL 2.2.7]") {
  SecureBench bench;
  bench.set_clock(kGoodTime);
  TlsPeer peer{bench.network(), kHost, kPort};
  auto bundle = to_bytes("Certificates of some CAs\r\n\r\n");
  for (const auto ca : {"other_ca.crt", "ca.crt", "weak_ca.crt"}) append(bundle, pki(ca));
  bench.upload("RAM:bundle", bundle);
  bench.configure("seclevel", "1");
  bench.configure("cacert", "\"RAM:bundle\"");
  bench.connect(1);
}

TEST_CASE("of a CA renewed with the same key the certificate valid at the module's clock counts", "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_renewed_ca.crt", "server.key")};
  const auto old_one = pki("renewed_old_ca.crt");
  const auto new_one = pki("renewed_new_ca.crt");
  auto old_first = old_one;
  append(old_first, new_one);
  auto new_first = new_one;
  append(new_first, old_one);
  bench.upload("RAM:old", old_one);
  bench.upload("RAM:new", new_one);
  bench.upload("RAM:old_first", old_first);
  bench.upload("RAM:new_first", new_first);
  bench.configure("seclevel", "1");

  struct Case {
    std::string_view file;
    std::string_view clock;
    bool accepted;
  };
  const Case cases[] = {
      {"old_first", "15/06/15,12:00:00+00", true},  {"new_first", "15/06/15,12:00:00+00", true},
      {"old_first", "20/12/31,23:59:59+00", true},  {"new_first", "20/12/31,23:59:59+00", true},
      {"old_first", "21/01/01,00:00:00+00", true},  {"new_first", "21/01/01,00:00:00+00", true},
      {"old_first", "35/01/01,00:00:00+00", true},  {"new_first", "35/01/01,00:00:00+00", true},
      {"old_first", "41/01/01,00:00:00+00", false}, {"new_first", "41/01/01,00:00:00+00", false},
      {"old", "15/06/15,12:00:00+00", true},        {"old", "21/01/01,00:00:00+00", false},
      {"new", "15/06/15,12:00:00+00", false},       {"new", "21/01/01,00:00:00+00", true},
  };
  for (const auto& each : cases) {
    CAPTURE(each.file, each.clock);
    bench.configure("cacert", fmt::format("\"RAM:{}\"", each.file));
    bench.set_clock(each.clock);
    bench.log().text.clear();
    bench.open(1);
    if (each.accepted) {
      bench.expect("+QSSLOPEN: 1,0");
      bench.close(1);
    } else {
      bench.expect_open_failed(1);
      check_reason(bench, 1, "CN=Renewed CA: ");
    }
  }
}

TEST_CASE("authentication without its files is -1, whichever is missing", "[ssl][SSL 2.2.1]") {
  constexpr std::string_view kNames[] = {"cacert", "clientcert", "clientkey"};
  constexpr std::string_view kContents[] = {"ca.crt", "client.crt", "client.key"};
  for (int level = 1; level <= 2; ++level) {
    for (int missing = 0; missing < (level == 1 ? 1 : 3); ++missing) {
      for (const bool named : {false, true}) {
        CAPTURE(level, kNames[missing], named);
        SecureBench bench;
        TlsPeer peer{bench.network(), kHost, kPort, tls_server_demanding_certificates()};
        bench.set_clock(kGoodTime);
        bench.configure("seclevel", std::to_string(level));
        for (int i = 0; i < 3; ++i) {
          if (i != missing || named) bench.configure(kNames[i], fmt::format("\"RAM:{}\"", kContents[i]));
          if (i != missing) bench.upload(fmt::format("RAM:{}", kContents[i]), pki(kContents[i]));
        }
        bench.open(1);
        bench.expect_open_failed(1);
        check_reason(bench, 1,
                     fmt::format("{} \"{}{}\" does not exist", kNames[missing], named ? "RAM:" : "",
                                 named ? kContents[missing] : ""));
        CHECK(peer.connections() == 0);
      }
    }
  }
}

TEST_CASE("files are looked at when the connection is opened, not before and not after", "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  bench.set_clock(kGoodTime);
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.configure("seclevel", "1");
  bench.configure("cacert", "\"RAM:ca\"");
  bench.upload("RAM:ca", pki("ca.crt"));
  bench.connect(1);
  bench.ok("AT+QSECDEL=\"RAM:ca\"");
  check_echo(bench, peer, 1);
  bench.close(1);
  bench.open(1);
  bench.expect_open_failed(1);

  bench.upload("RAM:ca", pki("other_ca.crt"));
  bench.open(1);
  bench.expect_open_failed(1);
  CHECK(peer.connections() == 2);
}

TEST_CASE("files in RAM are gone after a restart, files in NVRAM are not", "[ssl][SSL 2.2.7]") {
  SecureBench bench;
  bench.upload("RAM:ca", pki("ca.crt"));
  bench.upload("NVRAM:CA0", pki("ca.crt"));
  bench.exchange("AT+CFUN=1,1", {"OK"});
  bench.advance(1min);
  bench.take();
  bench.send("ATE0");
  bench.take();
  bench.ok("AT+QIMUX=1");
  bench.activate();
  bench.set_clock(kGoodTime);

  TlsPeer peer{bench.network(), kHost, kPort};
  bench.configure("seclevel", "1");
  bench.configure("cacert", "\"RAM:ca\"");
  bench.log().text.clear();
  bench.open(1);
  bench.expect_open_failed(1);
  check_reason(bench, 1, "cacert \"RAM:ca\" does not exist");
  bench.configure("cacert", "\"NVRAM:CA0\"");
  bench.connect(1);
}
