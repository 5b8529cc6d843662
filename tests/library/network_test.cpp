// SPDX-License-Identifier: Apache-2.0
// Servers in the host's process.
#include <fstream>
#include <iterator>
#include <string>

#include "tests/library/host.hpp"

using namespace quasimodem::test;
using Catch::Contains;

namespace {

/// A file made by tools/make_certs. Nothing of the library's inside is linked here.
std::string pki(const std::string& name) {
  std::ifstream file{std::string{QUASIMODEM_TEST_CERTS "/"} + name};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Notes what happens, and answers with it.
struct Notes {
  std::string text;
  qm_connection* last = nullptr;

  qm_server server() {
    return {.user = this,
            .connected = [](void* user, qm_connection* connection) { note(user, "+", connection); },
            .received =
                [](void* user, qm_connection* connection, const void* bytes, std::size_t size) {
                  note(user, std::string{static_cast<const char*>(bytes), size}, connection);
                },
            .closed = [](void* user, qm_connection* connection) { note(user, "-", connection); }};
  }
  static void note(void* user, const std::string& what, qm_connection* connection) {
    static_cast<Notes*>(user)->text += what;
    static_cast<Notes*>(user)->last = connection;
  }
};

}  // namespace

TEST_CASE("a TCP server hears, answers and hangs up", "[library]") {
  Host host;
  host.activate();
  Notes notes;
  const auto server = notes.server();
  REQUIRE(qm_serve_tcp(host.module, "peer.test", 80, &server) == QM_OK);
  CHECK_THAT(host.ask("AT+QIOPEN=\"TCP\",\"peer.test\",80"), Contains("CONNECT OK"));
  host.ask("AT+QISEND=5");
  CHECK_THAT(host.ask("hello"), Contains("SEND OK"));
  CHECK(notes.text == "+hello");
  SECTION("outside of a callback, at once") {
    REQUIRE(qm_send(notes.last, "world", 5) == QM_OK);
    CHECK(host.take() == "world");
    REQUIRE(qm_hang_up(notes.last) == QM_OK);
    CHECK(qm_send(notes.last, "more", 4) == QM_IMPOSSIBLE);
    REQUIRE(qm_wait(host.module, 1'000) == QM_OK);  // of the module's time, between what it says
    CHECK(host.take() == "\r\nCLOSED\r\n");
    CHECK(qm_hang_up(notes.last) == QM_OK);
  }
  SECTION("hears that the module closes") {
    host.ask("AT+QICLOSE");
    CHECK(notes.text == "+hello-");
    CHECK(qm_send(notes.last, "more", 4) == QM_IMPOSSIBLE);
  }
  SECTION("is replaced; its connection goes on") {
    REQUIRE(qm_serve_tcp(host.module, "peer.test", 80, nullptr) == QM_OK);
    host.ask("AT+QISEND=1");
    host.ask("!");
    CHECK(notes.text == "+hello!");
  }
}

TEST_CASE("who is not there", "[library]") {
  Host host;
  host.activate();
  REQUIRE(qm_set_address(host.module, "closed.test", "192.0.2.7") == QM_OK);
  REQUIRE(qm_ignore(host.module, "lost.test", 80) == QM_OK);
  CHECK_THAT(host.ask("AT+QIDNSGIP=\"closed.test\""), Contains("192.0.2.7"));
  CHECK_THAT(host.ask("AT+QIOPEN=\"TCP\",\"closed.test\",80"), Contains("CONNECT FAIL"));
  CHECK_THAT(host.ask("AT+QIOPEN=\"TCP\",\"nowhere.test\",80"), Contains("CONNECT FAIL"));
  const auto start = qm_now(host.module);
  CHECK(host.ask("AT+QIOPEN=\"TCP\",\"lost.test\",80") == "\r\nOK\r\n");
  REQUIRE(qm_wait(host.module, 200'000'000) == QM_OK);
  CHECK(qm_now(host.module) - start > 10'000'000);
  REQUIRE(qm_advance(host.module, 0) == QM_OK);
  CHECK_THAT(host.take(), Contains("CONNECT FAIL"));
}

TEST_CASE("datagrams", "[library]") {
  Host host;
  host.activate();
  Notes notes;
  const auto server = notes.server();
  REQUIRE(qm_serve_udp(host.module, "192.0.2.9", 5683, &server) == QM_OK);
  CHECK_THAT(host.ask("AT+QIOPEN=\"UDP\",\"192.0.2.9\",5683"), Contains("CONNECT OK"));
  CHECK(notes.text.empty());
  host.ask("AT+QISEND=4");
  host.ask("ping");
  CHECK(notes.text == "+ping");
  REQUIRE(qm_send(notes.last, "pong", 4) == QM_OK);
  CHECK(host.take() == "pong");
}

TEST_CASE("a TLS server demands a version, a suite and a certificate", "[library]") {
  Host host;
  host.activate();
  host.ask("AT+QSSLCFG=\"ignorertctime\",1");
  host.ask("AT+QIMUX=1");
  const auto upload = [&](const std::string& name, const std::string& file) {
    const auto content = pki(file);
    CHECK(host.ask("AT+QSECWRITE=\"RAM:" + name + "\"," + std::to_string(content.size()) + ",100") ==
          "\r\nCONNECT\r\n");
    REQUIRE(qm_write(host.module, content.data(), content.size()) == QM_OK);
    REQUIRE(qm_advance(host.module, 1'000'000) == QM_OK);
    CHECK_THAT(host.take(), Contains("+QSECWRITE: "));
  };
  const auto certificate = pki("server.crt"), key = pki("server.key"), ca = pki("ca.crt");
  const unsigned suites[] = {0x002F};
  const qm_tls tls{.certificate = certificate.c_str(),
                   .key = key.c_str(),
                   .client_authority = ca.c_str(),
                   .lowest = QM_TLS_1_1,
                   .highest = QM_TLS_1_2,
                   .suites = suites,
                   .suite_count = 1};
  Notes notes;
  const auto server = notes.server();
  REQUIRE(qm_serve_tls(host.module, "peer.test", 443, &server, &tls) == QM_OK);
  const auto open = [&] { return host.ask("AT+QSSLOPEN=0,0,\"peer.test\",443,0", 200'000'000); };
  host.ask("AT+QSSLCFG=\"sslversion\",0,3");
  CHECK_THAT(open(), !Contains("+QSSLOPEN: 0,0"));
  CHECK(notes.text.find('+') == std::string::npos);
  for (const auto* name : {"ca.crt", "client.crt", "client.key"}) upload(name, name);
  host.ask("AT+QSSLCFG=\"seclevel\",0,2");
  host.ask("AT+QSSLCFG=\"cacert\",0,\"RAM:ca.crt\"");
  host.ask("AT+QSSLCFG=\"clientcert\",0,\"RAM:client.crt\"");
  host.ask("AT+QSSLCFG=\"clientkey\",0,\"RAM:client.key\"");
  notes.text.clear();
  CHECK_THAT(open(), Contains("+QSSLOPEN: 0,0"));
  CHECK(notes.text == "+");
  host.ask("AT+QSSLSEND=0,2");
  host.ask("hi");
  CHECK(notes.text == "+hi");
  REQUIRE(qm_send(notes.last, "ho", 2) == QM_OK);
  CHECK_THAT(host.take(), Contains("+QSSLURC: \"recv\",0,0"));
  REQUIRE(qm_hang_up(notes.last) == QM_OK);
  CHECK_THAT(host.ask("AT+QSSLRECV=0,0,10"), Contains("ho"));
  host.ask("AT+QSSLCLOSE=0");
  host.ask("AT+QSSLCFG=\"sslversion\",0,1");
  CHECK_THAT(open(), !Contains("+QSSLOPEN: 0,0"));
}
