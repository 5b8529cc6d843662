// SPDX-License-Identifier: Apache-2.0
// The module's own clock decides about certificates (SSL 2.2.1 "ignorertctime"), never the host's.
#include <memory>
#include <vector>

#include "tests/emulator_tls/secure_bench.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

void expect_refused_for_its_date(SecureBench& bench, std::string_view words) {
  bench.expect_open_failed(1);
  INFO(bench.log().text);
  REQUIRE(bench.reasons(1).size() == 1);
  CHECK_THAT(bench.reasons(1).front(), Catch::Contains(std::string{words}));
  bench.log().text.clear();
}

/// Whether a module with this clock accepts the server.
bool accepts(SecureBench& bench, std::string_view clock) {
  bench.set_clock(clock);
  bench.open(1);
  const auto answer = bench.take();
  INFO(bench.log().text);
  REQUIRE((answer == "\r\n+QSSLOPEN: 1,0\r\n" || answer == "\r\n+QSSLOPEN: 1,-1\r\n"));
  if (answer == "\r\n+QSSLOPEN: 1,-1\r\n") return false;
  bench.close(1);
  return true;
}

}  // namespace

TEST_CASE("a module fresh from the factory refuses every server until its clock is set or ignored",
          "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.trust("ca.crt");
  CHECK_THAT(bench.ask("AT+CCLK?"), Catch::StartsWith("\r\n+CCLK: \"04/01/01,"));
  bench.open(1);
  expect_refused_for_its_date(bench, "CN=Test CA: not valid before 2014-01-01 00:00:00, the module's clock says 2004-");

  bench.set_clock(kGoodTime);
  bench.connect(1);
  bench.close(1);

  bench.set_clock("04/01/01,00:00:00+00");
  bench.ok("AT+QSSLCFG=\"ignorertctime\",1");
  bench.connect(1);
  bench.close(1);

  bench.ok("AT+QSSLCFG=\"ignorertctime\",0");
  bench.open(1);
  expect_refused_for_its_date(bench, "not valid before");
}

TEST_CASE("ignorertctime ignores nothing but the dates", "[ssl][SSL 2.2.1]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_other_ca.crt", "server.key")};
  bench.trust("ca.crt");
  bench.ok("AT+QSSLCFG=\"ignorertctime\",1");
  bench.open(1);
  bench.expect_open_failed(1);
}

TEST_CASE("both ends of a certificate's validity belong to it", "[ssl]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_expired.crt", "server.key")};
  bench.trust("ca.crt");
  CHECK_FALSE(accepts(bench, "13/12/31,23:59:59+00"));
  CHECK(accepts(bench, "14/01/01,00:00:00+00"));
  CHECK(accepts(bench, "16/01/01,00:00:00+00"));
  CHECK_FALSE(accepts(bench, "16/01/01,00:00:01+00"));
}

TEST_CASE("certificates are in UTC, the module's clock is in its time zone", "[ssl][M66 14.1]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_expired.crt", "server.key")};
  bench.trust("ca.crt");
  // 2016-01-01 00:00:00 UTC, in quarters of an hour
  CHECK(accepts(bench, "16/01/01,08:00:00+32"));
  CHECK_FALSE(accepts(bench, "16/01/01,08:00:01+32"));
  CHECK(accepts(bench, "15/12/31,18:00:00-24"));
  CHECK_FALSE(accepts(bench, "15/12/31,18:00:01-24"));
  CHECK(accepts(bench, "16/01/01,05:45:00+23"));
  CHECK_FALSE(accepts(bench, "16/01/01,05:45:01+23"));
}

TEST_CASE("the clock goes on: a certificate expires while the module runs", "[ssl]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_expired.crt", "server.key")};
  bench.trust("ca.crt");
  bench.set_clock("15/12/31,23:59:00+00");
  bench.advance(60s);
  bench.connect(1);
  bench.connect(2);
  bench.close(1);
  bench.advance(1s);
  bench.open(1);
  bench.expect("+QSSLOPEN: 1,-1");
  // An open connection is not asked again.
  bench.send_data(2, "still there");
}

TEST_CASE("the moment of opening counts, not of the handshake", "[ssl]") {
  // ASSUMED: the settings are taken over at AT+QSSLOPEN (SSL 2.2.1), the time with them.
  SecureBench bench;
  bench.network().set_latency(2s);
  TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_expired.crt", "server.key")};
  bench.trust("ca.crt");
  bench.set_clock("15/12/31,23:59:59+00");
  bench.open(1);
  bench.settle();
  bench.expect("+QSSLOPEN: 1,0");
}

TEST_CASE("many modules in one process, each with its own clock", "[ssl]") {
  struct Module {
    std::string_view clock;
    std::string_view certificate;
    bool ignores = false;
    int code = 0;
  };
  const Module modules[] = {
      {"", "server.crt", false, -1},
      {"15/06/15,12:00:00+00", "server.crt"},
      {"13/12/31,23:59:59+00", "server.crt", false, -1},
      {"33/06/15,12:00:00+00", "server.crt"},
      {"35/06/15,12:00:00+00", "server.crt", false, -1},
      {"15/06/15,12:00:00+00", "server_expired.crt"},
      {"20/06/15,12:00:00+00", "server_expired.crt", false, -1},
      {"20/06/15,12:00:00+00", "server_expired.crt", true},
      {"", "server_expired.crt", true},
      {"15/06/15,12:00:00+00", "server_future.crt", false, -1},
      {"31/06/15,12:00:00+00", "server_future.crt"},
      {"68/06/15,12:00:00+00", "server_future.crt", true},
  };
  std::vector<std::unique_ptr<SecureBench>> benches;
  std::vector<std::unique_ptr<TlsPeer>> peers;
  for (const auto& module : modules) {
    auto& bench = *benches.emplace_back(std::make_unique<SecureBench>());
    bench.network().set_latency(50ms);
    peers.push_back(
        std::make_unique<TlsPeer>(bench.network(), kHost, kPort, tls_server_with(module.certificate, "server.key")));
    bench.trust("ca.crt");
    if (!module.clock.empty()) bench.set_clock(module.clock);
    if (module.ignores) bench.ok("AT+QSSLCFG=\"ignorertctime\",1");
    bench.open(1);
  }
  // All handshakes at the same time, step by step in turn.
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& bench : benches) moved = bench->step() || moved;
  }
  for (std::size_t i = 0; i < benches.size(); ++i) {
    CAPTURE(i, modules[i].clock, modules[i].certificate, benches[i]->log().text);
    benches[i]->expect(fmt::format("+QSSLOPEN: 1,{}", modules[i].code));
  }
}
