// SPDX-License-Identifier: Apache-2.0
// A module behind quasimodem.h: time, lines, limits, control, memory, and many of them.
#include <memory>
#include <thread>
#include <vector>

#include "tests/library/host.hpp"

using namespace quasimodem::test;
using Catch::Contains;

namespace {

constexpr auto kLab = "[network]\nprofile = \"lab\"\n";

std::string lines_of_at(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += "AT\r";
  return lines;
}

/// A dialogue in which chance has a part: delays and TLS.
std::string dialogue(const std::string& seed) {
  Host host{"[network]\nprofile = \"realistic\"\nseed = " + seed + "\n"};
  REQUIRE(qm_serve_tls(host.module, "peer.test", 443, nullptr, nullptr) == QM_OK);
  std::string all;
  for (const auto* line : {"AT+QIREGAPP", "AT+QIACT", "AT+QILOCIP", "AT+QIMUX=1", "AT+QSSLOPEN=0,0,\"peer.test\",443,0",
                           "AT+QSSLSEND=0,2", "hi", "AT+QSSLRECV=0,0,100"}) {
    host.send(line);
    while (qm_wait(host.module, 60'000'000) == QM_OK) all += std::to_string(qm_now(host.module)) + host.take();
  }
  return all + host.call(R"({"id":1,"method":"journal"})");
}

}  // namespace

TEST_CASE("the same calls give the same bytes at the same times", "[library]") {
  const auto once = dialogue("1");
  CHECK_THAT(once, Contains("+QSSLOPEN: 0,0") && Contains("SEND OK"));
  CHECK(dialogue("1") == once);
  CHECK(dialogue("2") != once);
}

TEST_CASE("time passes when it is told to, and waiting ends with the first byte", "[library]") {
  Host host{kLab};
  const auto start = qm_now(host.module);
  CHECK(start == 61'000'000);
  CHECK(qm_wait(host.module, 1'000'000) == QM_TIMED_OUT);
  CHECK(qm_now(host.module) == start + 1'000'000);
  CHECK_THAT(qm_error_text(), Contains("1000000 us"));
  host.send("AT");
  CHECK(host.take().empty());  // at 115200 baud, and a command takes 5 ms
  CHECK(qm_next_event(host.module) < 1000);
  CHECK(qm_wait(host.module, 1'000'000) == QM_OK);
  const auto waited = qm_now(host.module) - start - 1'000'000;
  CHECK(waited > 5000);
  CHECK(waited < 10000);
  CHECK(qm_wait(host.module, 0) == QM_OK);
  CHECK(qm_advance(host.module, 10000) == QM_OK);
  CHECK(host.take() == "\r\nOK\r\n");
}

TEST_CASE("a module that is off has nothing to come", "[library]") {
  qm_module* module = nullptr;
  REQUIRE(qm_open("[module]\npower = \"off\"\n[network]\nprofile = \"instant\"\n", &module) == QM_OK);
  CHECK(qm_next_event(module) == QM_NEVER);
  CHECK(qm_line(module, QM_DSR) == 0);
  qm_close(module);
}

TEST_CASE("the line is as slow as its baud rate", "[library]") {
  Host host{kLab};
  const auto time_of_answer = [&] {
    const auto start = qm_now(host.module);
    host.send("ATI");
    std::string answer;
    while (answer.find("OK\r\n") == std::string::npos) {
      REQUIRE(qm_wait(host.module, 10'000'000) == QM_OK);
      answer += host.take();
    }
    return qm_now(host.module) - start;
  };
  const auto fast = time_of_answer();
  REQUIRE(qm_set_baud(host.module, 1200) == QM_OK);
  CHECK(time_of_answer() > 20 * fast);
}

TEST_CASE("the lines of the serial port", "[library]") {
  Host host;
  CHECK(qm_line(host.module, QM_DTR) == 1);
  CHECK(qm_line(host.module, QM_RTS) == 1);
  CHECK(qm_line(host.module, QM_CTS) == 1);
  CHECK(qm_line(host.module, QM_DSR) == 1);
  CHECK(qm_line(host.module, QM_RI) == 0);
  CHECK(host.ask("AT&D2;&C1;+IFC=2,2") == "\r\nOK\r\n");
  CHECK(qm_line(host.module, QM_DCD) == 0);
  REQUIRE(qm_set_line(host.module, QM_RTS, 0) == QM_OK);
  CHECK(host.ask("AT").empty());
  REQUIRE(qm_set_line(host.module, QM_RTS, 1) == QM_OK);
  CHECK(host.take() == "\r\nOK\r\n");
  REQUIRE(qm_set_line(host.module, QM_DTR, 0) == QM_OK);
  CHECK(qm_line(host.module, QM_DTR) == 0);
}

TEST_CASE("what nobody takes is bounded, and nothing of it is lost", "[library]") {
  Host host;
  SECTION("from the host, while the module does not listen") {
    REQUIRE(qm_set_line(host.module, QM_RTS, 0) == QM_OK);
    host.ask("AT+IFC=2,2");
    const auto block = lines_of_at(1000);
    std::size_t taken = 0;
    while (qm_write(host.module, block.data(), block.size()) == QM_OK) taken += block.size();
    CHECK(taken > QM_INPUT_LIMIT - block.size());
    CHECK(taken < 2 * QM_INPUT_LIMIT);
    CHECK(qm_write(host.module, block.data(), block.size()) == QM_FULL);
    CHECK(qm_write(host.module, block.data(), SIZE_MAX) == QM_FULL);
  }
  SECTION("from the module, while the host does not read") {
    constexpr int kLines = 30000;
    const auto block = lines_of_at(kLines);
    REQUIRE(qm_write(host.module, block.data(), block.size()) == QM_OK);
    REQUIRE(qm_advance(host.module, 1'000'000) == QM_OK);
    CHECK(qm_readable(host.module) >= QM_OUTPUT_LIMIT);
    CHECK(qm_readable(host.module) < 2 * QM_OUTPUT_LIMIT);
    std::string all;
    for (auto piece = host.take(); !piece.empty(); piece = host.take()) {
      all += piece;
      REQUIRE(qm_advance(host.module, 100'000) == QM_OK);
    }
    CHECK(all.size() == kLines * std::string_view{"\r\nOK\r\n"}.size());
  }
  SECTION("messages") {
    host.call(R"({"id":1,"method":"subscribe"})");
    for (int i = 0; i < 200; ++i) {
      for (int line = 0; line < 40; ++line) host.send("AT&V");
      REQUIRE(qm_advance(host.module, 1'000'000) == QM_OK);
      host.take();
    }
    std::size_t octets = 0;
    for (auto line = host.message(); !line.empty(); line = host.message()) octets += line.size();
    CHECK(octets > 7U << 20U);
    CHECK(octets <= 8U << 20U);
  }
}

TEST_CASE("control methods: at once, later, and records", "[library]") {
  Host host;
  CHECK_THAT(host.call(R"({"id":7,"method":"state"})"), Contains(R"("id":7,"result":)") && Contains("memory"));
  CHECK_THAT(host.call(R"({"id":8,"method":"nonsense"})"), Contains(R"("error")"));
  CHECK_THAT(host.call("nonsense"), Contains("-32700"));
  CHECK(host.call(R"({"id":9,"method":"wait","params":{"match":"AT+CSQ","timeout":"5s"}})").empty());
  CHECK(host.call(R"({"id":10,"method":"wait","params":{"match":"never","timeout":"5s"}})").empty());
  CHECK(host.message().empty());
  host.ask("AT+CSQ");
  CHECK_THAT(host.message(), Contains(R"("id":9,"result":)"));
  REQUIRE(qm_advance(host.module, 5'000'000) == QM_OK);
  CHECK_THAT(host.message(), Contains(R"("id":10,"error":)"));
  CHECK(host.message().empty());
  host.call(R"({"id":11,"method":"subscribe","params":{"kind":"uart.rx"}})");
  host.ask("AT+CREG?");
  CHECK_THAT(host.message(), Contains("AT+CREG?") && Contains("seq"));
  host.call(R"({"id":12,"method":"subscribe","params":{"off":true}})");
  host.ask("AT");
  CHECK(host.message().empty());
  const auto before = qm_now(host.module);
  host.call(R"({"id":13,"method":"clock","params":{"advance":"2h"}})");
  CHECK(qm_now(host.module) == before + 7'200'000'000);
  CHECK(host.call(R"({"id":14,"method":"wait","params":{"match":"open at the end"}})").empty());
}

TEST_CASE("the supply is a control method", "[library]") {
  Host host;
  host.call(R"({"id":1,"method":"power","params":{"key":true}})");
  REQUIRE(qm_advance(host.module, 10'000'000) == QM_OK);
  CHECK_THAT(host.take(), Contains("NORMAL POWER DOWN"));
  CHECK(host.ask("AT").empty());
  host.call(R"({"id":2,"method":"quit"})");
  host.call(R"({"id":3,"method":"reset"})");
  REQUIRE(qm_advance(host.module, 60'000'000) == QM_OK);
  CHECK_THAT(host.ask("AT"), Contains("OK"));
}

TEST_CASE("faults of the configuration strike", "[library]") {
  Host host{"[network]\nprofile = \"instant\"\n[test]\nfault = \"at.error match=AT+CSQ count=1\"\n"};
  CHECK(host.ask("AT+CSQ") == "\r\nERROR\r\n");
  CHECK_THAT(host.ask("AT+CSQ"), Contains("+CSQ: "));
}

TEST_CASE("what a module remembers goes into another one", "[library]") {
  void* image = nullptr;
  std::size_t size = 0;
  {
    Host host;
    CHECK(host.ask("AT+QSECWRITE=\"NVRAM:CA0\",5,100") == "\r\nCONNECT\r\n");
    CHECK_THAT(host.ask("hello"), Contains("+QSECWRITE: 5,"));
    REQUIRE(qm_save_flash(host.module, &image, &size) == QM_OK);
  }
  Host other;
  CHECK_THAT(other.ask("AT+QSECREAD=\"NVRAM:CA0\""), Contains("ERROR"));
  CHECK(qm_load_flash(other.module, image, size - 1) == QM_INVALID_ARGUMENT);
  REQUIRE(qm_load_flash(other.module, image, size) == QM_OK);
  REQUIRE(qm_advance(other.module, 60'000'000) == QM_OK);
  CHECK_THAT(other.ask("AT+QSECREAD=\"NVRAM:CA0\""), Contains("+QSECREAD: 1,"));
  void* again = nullptr;
  std::size_t size_again = 0;
  REQUIRE(qm_save_flash(other.module, &again, &size_again) == QM_OK);
  CHECK(std::string{static_cast<char*>(image), size} == std::string{static_cast<char*>(again), size_again});
  qm_free(image);
  qm_free(again);
}

TEST_CASE("many modules in one process, and in threads", "[library]") {
  const auto imei = [](int index) { return "00101000000000" + std::to_string(index); };
  std::vector<std::unique_ptr<Host>> hosts;
  for (int i = 0; i < 10; ++i) {
    hosts.push_back(std::make_unique<Host>("[module]\nimei = \"" + imei(i) + "\"\n[network]\nprofile = \"instant\"\n"));
  }
  for (int i = 0; i < 10; ++i) {
    CHECK(hosts[static_cast<std::size_t>(i)]->ask("AT+GSN") == "\r\n" + imei(i) + "\r\n\r\nOK\r\n");
  }
  std::vector<std::thread> threads;
  std::vector<std::string> said(4);
  for (auto& text : said) {
    threads.emplace_back([&text] {
      qm_module* module = nullptr;
      if (qm_open("", &module) != QM_OK || qm_advance(module, 5'000'000) != QM_OK) return;
      qm_write(module, "AT\r", 3);
      qm_advance(module, 1'000'000);
      text.resize(qm_readable(module));
      std::size_t size = 0;
      qm_read(module, text.data(), text.size(), &size);
      qm_advance(nullptr, 1);
      text += qm_error_text();
      qm_close(module);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& text : said) {
    CHECK_THAT(text, Contains("OK"));
    CHECK(text == said.front());
  }
}
