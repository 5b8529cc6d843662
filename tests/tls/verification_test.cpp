// SPDX-License-Identifier: Apache-2.0
// <seclevel> 0 and 1 against good, old and bad server certificates, and the module's clock.
#include "tests/support/catch.hpp"
#include "tests/support/pki_servers.hpp"
#include "tests/tls/session_pair.hpp"

using namespace quasimodem;
using namespace quasimodem::tls;
using namespace quasimodem::tls::test;
using quasimodem::test::kPkiServers;

namespace {

void check_refused(SessionPair& pair, std::string_view reason, std::string_view alert) {
  CAPTURE(pair.log());
  REQUIRE(pair.client->state() == ClientSession::State::failed);
  CHECK(pair.client->error().failure == TlsFailure::certificate_rejected);
  CHECK_THAT(pair.client->error().reason, Catch::Contains(std::string{reason}));
  CHECK(pair.server->error().failure == TlsFailure::alert);
  CHECK(pair.server->error().reason == "the peer refused with the alert " + std::string{alert});
}

/// Whether a server with `certificate` is accepted by a module whose clock shows `clock`.
bool accepted(std::string_view certificate, const Bytes& authorities, std::optional<UtcTime> clock) {
  auto config = verifying(Version::tls1_2, "ca.crt", clock);
  config.ca_certificates = authorities;
  SessionPair pair{config, server_config(certificate)};
  pair.shake_hands();
  INFO(pair.log());
  CHECK((pair.connected() || pair.client->error().failure == TlsFailure::certificate_rejected));
  return pair.connected();
}

constexpr UtcTime day(int year, unsigned month, unsigned day_of_month) {
  return UtcTime{std::chrono::sys_days{std::chrono::year{year} / month / day_of_month}};
}

}  // namespace

TEST_CASE("seclevel 0 takes every certificate that parses", "[tls][SSL 2.2.1]") {
  for (const auto version : spoken_versions()) {
    for (const auto& each : kPkiServers) {
      SessionPair pair{client_config(version), server_config(each.certificate, each.key)};
      pair.shake_hands();
      CAPTURE(name(version), each.certificate, pair.log());
      REQUIRE(pair.connected());
      CHECK(pair.echo(as_bytes("hello")) == to_bytes("hello"));
    }
  }
}

TEST_CASE("seclevel 1 wants a chain to the CA certificate, as strictly as in 2015", "[tls][SSL 2.2.1]") {
  for (const auto version : spoken_versions()) {
    for (const auto& each : kPkiServers) {
      SessionPair pair{verifying(version, each.ca), server_config(each.certificate, each.key)};
      pair.shake_hands();
      CAPTURE(name(version), each.certificate, each.ca, pair.log());
      if (each.alert.empty()) {
        CHECK(pair.connected());
      } else {
        check_refused(pair, each.reason, each.alert);
      }
    }
  }
}

TEST_CASE("what the server is called is not compared with the name in its certificate", "[tls]") {
  for (const auto version : spoken_versions()) {
    for (const auto& each : kPkiServers) {
      auto config = verifying(version, each.ca);
      config.server_name = "meter.example";
      SessionPair pair{config, server_config(each.certificate, each.key)};
      pair.shake_hands();
      CAPTURE(name(version), each.certificate, each.ca, pair.log());
      if (each.alert.empty()) {
        CHECK(pair.connected());
      } else {
        check_refused(pair, each.reason, each.alert);
      }
    }
  }
}

TEST_CASE("seclevel 1 without a CA certificate cannot start", "[tls][SSL 2.2.1]") {
  auto config = verifying(Version::tls1_2, "ca.crt");
  config.ca_certificates.clear();
  SeededRandom random{1};
  const auto client = ClientSession::create(config, random, {});
  REQUIRE_FALSE(client);
  CHECK(client.error().failure == TlsFailure::bad_certificate_file);
}

TEST_CASE("a certificate that does not parse is refused at every seclevel", "[tls]") {
  for (const auto& config : {client_config(Version::tls1_2), verifying(Version::tls1_2, "ca.crt")}) {
    SessionPair pair{config, server_config()};
    pair.client->start();
    pair.server->feed(pair.client->take_outgoing());
    auto flight = pair.server->take_outgoing();
    const auto der = pki("server.der");
    const auto at = std::search(flight.begin(), flight.end(), der.begin(), der.end());
    REQUIRE(at != flight.end());
    at[4] = 0xFF;  // the tag of tbsCertificate
    pair.client->feed(flight);
    CAPTURE(pair.log());
    CHECK(pair.client->state() == ClientSession::State::failed);
    CHECK(pair.client->error().failure == TlsFailure::certificate_rejected);
    CHECK_THAT(pair.client->error().reason, Catch::StartsWith("peer certificate unusable: X509"));
  }
}

TEST_CASE("validity is judged by the module's clock, both ends included", "[tls][SSL 2.2.1]") {
  const auto ca = pki("ca.crt");
  CHECK(accepted("server_expired.crt", ca, kGoodTime));
  CHECK(accepted("server_expired.crt", ca, day(2014, 1, 1)));
  CHECK_FALSE(accepted("server_expired.crt", ca, day(2014, 1, 1) - 1s));
  CHECK(accepted("server_expired.crt", ca, day(2016, 1, 1)));
  CHECK_FALSE(accepted("server_expired.crt", ca, day(2016, 1, 1) + 1s));
  CHECK_FALSE(accepted("server.crt", ca, day(1999, 12, 31)));
  CHECK_FALSE(accepted("server.crt", ca, day(2099, 1, 1)));
  CHECK(accepted("server_future.crt", ca, day(2031, 5, 5)));
}

TEST_CASE("a module whose clock was never set refuses everything, by name and date", "[tls]") {
  SessionPair pair{verifying(Version::tls1_2, "ca.crt", day(2004, 1, 1)), server_config()};
  pair.shake_hands();
  check_refused(pair, "CN=Test CA: not valid before 2014-01-01 00:00:00, the module's clock says 2004-01-01 00:00:00",
                "certificate_unknown (46)");
}

TEST_CASE("an expired certificate gives its alert", "[tls]") {
  SessionPair pair{verifying(Version::tls1_2, "ca.crt", day(2026, 2, 3)), server_config("server_expired.crt")};
  pair.shake_hands();
  check_refused(pair, "CN=localhost: expired on 2016-01-01 00:00:00, the module's clock says 2026-02-03 00:00:00",
                "certificate_expired (45)");
}

TEST_CASE("ignorertctime looks at no dates and at everything else", "[tls][SSL 2.2.1]") {
  CHECK(accepted("server_expired.crt", pki("ca.crt"), std::nullopt));
  CHECK(accepted("server_future.crt", pki("ca.crt"), std::nullopt));
  CHECK(accepted("server_expired_ca.crt", pki("expired_ca.crt"), std::nullopt));
  CHECK_FALSE(accepted("server_other_ca.crt", pki("ca.crt"), std::nullopt));
}

TEST_CASE("of a CA renewed with the same key the one valid at the module's clock counts", "[tls]") {
  const auto old_one = pki("renewed_old_ca.crt");
  const auto new_one = pki("renewed_new_ca.crt");
  auto old_first = old_one;
  append(old_first, new_one);
  auto new_first = new_one;
  append(new_first, old_one);
  for (const auto& bundle : {old_first, new_first}) {
    CHECK(accepted("server_renewed_ca.crt", bundle, day(2015, 6, 15)));
    CHECK(accepted("server_renewed_ca.crt", bundle, day(2020, 12, 31)));
    CHECK(accepted("server_renewed_ca.crt", bundle, day(2021, 1, 1)));
    CHECK(accepted("server_renewed_ca.crt", bundle, day(2035, 1, 1)));
    CHECK(accepted("server_renewed_ca.crt", bundle, std::nullopt));
    CHECK_FALSE(accepted("server_renewed_ca.crt", bundle, day(2041, 1, 1)));
  }
  CHECK_FALSE(accepted("server_renewed_ca.crt", old_one, day(2035, 1, 1)));
  CHECK_FALSE(accepted("server_renewed_ca.crt", new_one, day(2015, 6, 15)));
}

TEST_CASE("modules with different clocks live side by side", "[tls]") {
  const auto server = server_config("server_expired.crt");
  SessionPair in_2015{verifying(Version::tls1_2, "ca.crt", day(2015, 1, 1)), server};
  SessionPair in_2020{verifying(Version::tls1_2, "ca.crt", day(2020, 1, 1)), server};
  SessionPair without{verifying(Version::tls1_2, "ca.crt", std::nullopt), server};
  for (auto* pair : {&in_2015, &in_2020, &without}) pair->client->start();
  for (int round = 0; round < 4; ++round) {
    for (auto* pair : {&in_2015, &in_2020, &without}) {
      pair->server->feed(pair->client->take_outgoing());
      pair->client->feed(pair->server->take_outgoing());
    }
  }
  CHECK(in_2015.connected());
  CHECK(in_2020.client->error().failure == TlsFailure::certificate_rejected);
  CHECK(without.connected());
}
