// SPDX-License-Identifier: Apache-2.0
// Every single operation of the network and of the flash fails once, in the handshake and with data under way.
#include <optional>
#include <string>

#include "tests/emulator_tls/secure_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/failure_points.hpp"
#include "tests/support/pki.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

/// A host that goes on whatever it is told, and keeps it all.
class StubbornHost {
 public:
  explicit StubbornHost(SecureBench& bench) : bench_{bench} {}

  std::string command(std::string_view line) {
    auto answer = bench_.ask(line);
    said += answer;
    return answer;
  }
  void send(std::string_view data) {
    if (command(fmt::format("AT+QSSLSEND=1,{}", data.size())).ends_with("\r\n> ")) bench_.send_raw(data);
    listen();
  }
  void read_all() {
    while (command("AT+QSSLRECV=0,1,1500").starts_with("\r\n+QSSLRECV: ")) {
    }
  }
  void listen() {
    bench_.settle();
    said += bench_.take();
  }

  std::string said;

 private:
  SecureBench& bench_;
};

/// Opens, sends, receives more than the buffer holds, sends more than the window holds, closes. What the module may
/// never do, whatever failed, is checked here.
void dialogue(SecureBench& bench, TlsPeer& peer) {
  StubbornHost host{bench};
  host.command("AT+QSSLOPEN=1,0,\"peer.test\",443,0");
  host.listen();
  host.send("hello");
  if (peer.connections() > 0 && peer.connected()) peer.send(pattern(60'000));
  host.listen();
  host.read_all();
  for (int i = 0; i < 5; ++i) host.send(pattern(1460));
  host.read_all();
  const auto last = host.command("AT+QSSLCLOSE=1");
  host.listen();

  INFO(escaped(host.said.substr(0, 500)));
  INFO(bench.log().text);
  CHECK(bench.channel().mode_name() == "command");
  REQUIRE(count(host.said, "\r\n+QSSLOPEN: 1,") == 1);
  const bool opened = count(host.said, "\r\n+QSSLOPEN: 1,0\r\n") == 1;
  const bool closed_by_host = last == "\r\n1, CLOSE OK\r\n";
  CHECK((closed_by_host || last == "\r\nERROR\r\n"));
  CHECK(count(host.said, "\r\n+QSSLURC: \"closed\",1\r\n") == (opened && !closed_by_host ? 1 : 0));
  if (!opened) CHECK_FALSE(bench.reasons(1).empty());
  bench.expect_no_leftovers();
}

void check_that_it_works(SecureBench& bench, TlsPeer& peer) {
  bench.open(1);
  bench.settle();
  bench.expect("+QSSLOPEN: 1,0");
  bench.send_data(1, "once more");
  bench.settle();
  CHECK(peer.received() == "once more");
}

}  // namespace

TEST_CASE("a network that fails anywhere costs the connection and nothing else", "[ssl][SSL 2.2.2]") {
  for (const auto latency : {0ms, 50ms}) {
    const auto points = for_each_failure_point([&](std::size_t n) {
      CAPTURE(latency.count());
      SecureBench bench;
      TlsPeer peer{bench.network(), kHost, kPort, tls_server_demanding_certificates()};
      bench.set_clock(kGoodTime);
      bench.trust("ca.crt");
      bench.identify("client.crt", "client.key");
      bench.network().set_latency(latency);
      bench.network().fail_operation(n);
      dialogue(bench, peer);
      const auto operations = bench.network().operations();
      bench.network().fail_operation(0);
      check_that_it_works(bench, peer);
      return operations;
    });
    CHECK(points > 10);
  }
}

TEST_CASE("a network that fails anywhere in transparent mode leads back to command state", "[ssl][SSL 2.2.2]") {
  const auto points = for_each_failure_point([&](std::size_t n) {
    SecureBench bench;
    TlsPeer peer{bench.network(), kHost, kPort};
    bench.network().set_latency(50ms);
    bench.network().fail_operation(n);
    bench.send("AT+QSSLOPEN=1,0,\"peer.test\",443,1");
    bench.settle();
    auto said = bench.take();
    const bool opened = said == "\r\nOK\r\n\r\nCONNECT\r\n";
    if (opened) {
      bench.send_raw(pattern(10'000));
      bench.settle();
      if (peer.connected()) peer.send(pattern(20'000));
      bench.settle();
      said = bench.take();
      const bool lost = said.ends_with("\r\nCLOSED\r\n");
      if (!lost) {
        CHECK(difference(said, pattern(20'000)) == "");
        peer.close();
        bench.settle();
        bench.expect("CLOSED");
      }
    } else {
      CHECK(said == "\r\nOK\r\n\r\n+QSSLOPEN: 1,-1\r\n");
    }
    const auto operations = bench.network().operations();
    CHECK(bench.channel().mode_name() == "command");
    bench.expect_no_leftovers();
    bench.network().fail_operation(0);
    check_that_it_works(bench, peer);
    return operations;
  });
  CHECK(points > 10);
}

TEST_CASE("a flash that fails at the files is -1, and the next time it works", "[ssl][SSL 2.2.7]") {
  const auto points = for_each_failure_point([&](std::size_t n) {
    SecureBench bench;
    TlsPeer peer{bench.network(), kHost, kPort, tls_server_demanding_certificates()};
    bench.set_clock(kGoodTime);
    bench.upload("NVRAM:CA0", pki("ca.crt"));
    bench.upload("NVRAM:CC0", pki("client.crt"));
    bench.upload("NVRAM:CK0", pki("client.key"));
    bench.configure("seclevel", "2");
    bench.configure("cacert", "\"NVRAM:CA0\"");
    bench.configure("clientcert", "\"NVRAM:CC0\"");
    bench.configure("clientkey", "\"NVRAM:CK0\"");
    bench.faulty_flash().fail_operation(n);
    bench.open(1);
    const auto operations = bench.faulty_flash().operations();
    bench.faulty_flash().fail_operation(0);
    if (operations >= n) {
      bench.expect_open_failed(1);
      CHECK(bench.reasons(1).size() == 1);
    } else {
      bench.expect("+QSSLOPEN: 1,0");
      bench.close(1);
    }
    check_that_it_works(bench, peer);
    return operations;
  });
  CHECK(points >= 3);
}
