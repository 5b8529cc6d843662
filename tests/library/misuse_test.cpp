// SPDX-License-Identifier: Apache-2.0
// What is wrong gives a code and a text, and harms nothing.
#include <vector>

#include "tests/library/host.hpp"

using namespace quasimodem::test;
using Catch::Contains;

namespace {

std::string refusal_of(const char* configuration) {
  qm_module* module = nullptr;
  CHECK(qm_open(configuration, &module) == QM_INVALID_CONFIGURATION);
  CHECK(module == nullptr);
  return qm_error_text();
}

}  // namespace

TEST_CASE("NULL is told, not followed", "[library]") {
  Host host;
  auto* module = host.module;
  char buffer[4];
  char* text = nullptr;
  void* image = nullptr;
  std::size_t size = 7;
  const qm_result results[] = {qm_open("", nullptr),
                               qm_write(nullptr, "AT", 2),
                               qm_write(module, nullptr, 2),
                               qm_read(nullptr, buffer, 4, &size),
                               qm_read(module, nullptr, 4, &size),
                               qm_read(module, buffer, 4, nullptr),
                               qm_set_line(nullptr, QM_DTR, 1),
                               qm_set_baud(nullptr, 9600),
                               qm_advance(nullptr, 1),
                               qm_wait(nullptr, 1),
                               qm_call(nullptr, "{}", &text),
                               qm_call(module, nullptr, &text),
                               qm_call(module, "{}", nullptr),
                               qm_take_message(nullptr, &text),
                               qm_take_message(module, nullptr),
                               qm_save_flash(nullptr, &image, &size),
                               qm_save_flash(module, nullptr, &size),
                               qm_save_flash(module, &image, nullptr),
                               qm_load_flash(nullptr, "", 0),
                               qm_load_flash(module, nullptr, 9),
                               qm_serve_tcp(nullptr, "a.test", 1, nullptr),
                               qm_serve_tcp(module, nullptr, 1, nullptr),
                               qm_serve_udp(module, nullptr, 1, nullptr),
                               qm_serve_tls(module, nullptr, 1, nullptr, nullptr),
                               qm_ignore(module, nullptr, 1),
                               qm_set_address(module, nullptr, "192.0.2.1"),
                               qm_set_address(module, "a.test", nullptr),
                               qm_send(nullptr, "a", 1),
                               qm_hang_up(nullptr)};
  for (const auto result : results) CHECK(result == QM_INVALID_ARGUMENT);
  CHECK(qm_error_text() == std::string{"the connection is NULL"});
  CHECK(qm_readable(nullptr) == 0);
  CHECK(qm_line(nullptr, QM_CTS) == -1);
  CHECK(qm_now(nullptr) == 0);
  CHECK(qm_next_event(nullptr) == QM_NEVER);
  CHECK((text == nullptr && image == nullptr && size == 7));
  qm_close(nullptr);
  qm_free(nullptr);
  CHECK(host.ask("AT") == "\r\nOK\r\n");
}

TEST_CASE("values out of their range are refused", "[library]") {
  Host host;
  auto* module = host.module;
  CHECK(qm_set_line(module, QM_CTS, 1) == QM_INVALID_ARGUMENT);
  CHECK(qm_set_line(module, 42, 1) == QM_INVALID_ARGUMENT);
  CHECK(qm_line(module, 42) == -1);
  CHECK(qm_set_baud(module, 0) == QM_INVALID_ARGUMENT);
  CHECK(qm_advance(module, QM_LONGEST_ADVANCE + 1) == QM_INVALID_ARGUMENT);
  CHECK(qm_wait(module, UINT64_MAX) == QM_INVALID_ARGUMENT);
  CHECK(qm_serve_tcp(module, "a.test", 0, nullptr) == QM_INVALID_ARGUMENT);
  CHECK(qm_serve_tcp(module, "a.test", 65536, nullptr) == QM_INVALID_ARGUMENT);
  CHECK(qm_serve_tcp(module, "", 80, nullptr) == QM_INVALID_ARGUMENT);
  CHECK(qm_set_address(module, "a.test", "192.0.2.256") == QM_INVALID_ARGUMENT);
  CHECK(qm_load_flash(module, "no image", 8) == QM_INVALID_ARGUMENT);
  CHECK(host.ask("AT") == "\r\nOK\r\n");
}

TEST_CASE("a server that cannot be is refused when it is made", "[library]") {
  Host host;
  const auto refused = [&](const qm_tls& tls) {
    CHECK(qm_serve_tls(host.module, "a.test", 443, nullptr, &tls) == QM_INVALID_ARGUMENT);
    return std::string{qm_error_text()};
  };
  const unsigned unknown[] = {0xC02F};
  CHECK_THAT(refused({.certificate = "x"}), Contains("together"));
  CHECK_THAT(refused({.certificate = "x", .key = "y"}), Contains("nothing can be served so"));
  CHECK_THAT(refused({.lowest = 9}), Contains("version"));
  CHECK_THAT(refused({.suites = unknown, .suite_count = 1}), Contains("0xC02F"));
  refused({.lowest = QM_TLS_1_2, .highest = QM_TLS_1_0});
  refused({.suites = unknown, .suite_count = 0});
}

TEST_CASE("a configuration that is wrong is told with its line", "[library]") {
  CHECK_THAT(refusal_of("[module]\nmodel = \"m96\"\n"), Contains("configuration:2") && Contains("m95"));
  CHECK_THAT(refusal_of("[module]\nmodle = \"m95\"\n"), Contains("did you mean \"model\""));
  CHECK_THAT(refusal_of("[module\n"), Contains("configuration:1"));
  CHECK_THAT(refusal_of("[test]\nfault = \"no.such\"\n"), Contains("no.such"));
}

TEST_CASE("what only the real world has is refused, with what stands in its place", "[library]") {
  CHECK_THAT(refusal_of("[module]\nuart = \"pty:\"\n"), Contains("configuration:2") && Contains("qm_write"));
  CHECK_THAT(refusal_of("[module]\ncount = 2\n"), Contains("qm_open"));
  CHECK_THAT(refusal_of("[module]\nnvram = \"/tmp\"\n"), Contains("qm_save_flash"));
  CHECK_THAT(refusal_of("[module]\nrtc = \"host\"\n"), Contains("no host's clock"));
  CHECK_THAT(refusal_of("[network]\nnetwork_time = \"host\"\n"), Contains("no host's clock"));
  CHECK_THAT(refusal_of("[network]\ntime_scale = 10\n"), Contains("qm_advance"));
  CHECK_THAT(refusal_of("[network]\nallow = \"a.test\"\n"), Contains("qm_serve_tcp"));
  CHECK_THAT(refusal_of("[network]\nmap = \"a.test=127.0.0.1:1\"\n"), Contains("qm_serve_tcp"));
  Host host{"[module]\nephemeral = true\nrtc = \"2015-04-08T12:00:00Z\"\n"};
  CHECK_THAT(host.ask("AT+CCLK?"), Contains("15/04/08,12:01:"));
}

TEST_CASE("a callback may send, hang up and look at the time; the rest refuses", "[library]") {
  Host host;
  host.activate();
  struct Seen {
    Host& host;
    std::vector<qm_result> busy;
    std::uint64_t now = 0;
  } seen{host, {}};
  qm_server server{.user = &seen};
  server.received = [](void* user, qm_connection* connection, const void*, std::size_t) {
    auto& here = *static_cast<Seen*>(user);
    auto* module = here.host.module;
    std::size_t size = 0;
    char* text = nullptr;
    here.busy = {qm_advance(module, 1),        qm_wait(module, 1),
                 qm_write(module, "AT\r", 3),  qm_read(module, nullptr, 0, &size),
                 qm_call(module, "{}", &text), qm_load_flash(module, "", 0)};
    qm_close(module);  // does nothing
    here.now = qm_now(module);
    CHECK(qm_send(connection, "bye", 3) == QM_OK);
    CHECK(qm_hang_up(connection) == QM_OK);
    CHECK(qm_send(connection, "more", 4) == QM_IMPOSSIBLE);
  };
  REQUIRE(qm_serve_tcp(host.module, "peer.test", 80, &server) == QM_OK);
  host.ask("AT+QIOPEN=\"TCP\",\"peer.test\",80");
  host.ask("AT+QISEND=2");
  CHECK(host.ask("hi") == "\r\nSEND OK\r\nbye\r\nCLOSED\r\n");
  CHECK(seen.busy == std::vector<qm_result>(6, QM_BUSY));
  CHECK(seen.now > 0);
}
