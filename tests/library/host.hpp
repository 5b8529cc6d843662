// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "emulator/library/quasimodem.h"
#include "tests/support/catch.hpp"

namespace quasimodem::test {

/// A host with a module in its memory, by the functions of quasimodem.h alone.
class Host {
 public:
  /// A module that has registered, without echo.
  explicit Host(const std::string& configuration = "[network]\nprofile = \"instant\"\n") {
    REQUIRE(qm_open(configuration.c_str(), &module) == QM_OK);
    REQUIRE(qm_advance(module, 60'000'000) == QM_OK);
    ask("ATE0");
  }
  ~Host() { qm_close(module); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void send(std::string_view line) {
    const auto text = std::string{line} + "\r";
    REQUIRE(qm_write(module, text.data(), text.size()) == QM_OK);
  }
  /// All that has arrived by now.
  std::string take() {
    std::string text(qm_readable(module), '\0');
    std::size_t size = 0;
    REQUIRE(qm_read(module, text.data(), text.size(), &size) == QM_OK);
    REQUIRE(size == text.size());
    return text;
  }
  /// What comes within so many microseconds.
  std::string ask(std::string_view line, std::uint64_t time = 1'000'000) {
    send(line);
    REQUIRE(qm_advance(module, time) == QM_OK);
    return take();
  }
  std::string call(const std::string& request) {
    char* answer = nullptr;
    REQUIRE(qm_call(module, request.c_str(), &answer) == QM_OK);
    return text_of(answer);
  }
  std::string message() {
    char* message = nullptr;
    REQUIRE(qm_take_message(module, &message) == QM_OK);
    return text_of(message);
  }
  void activate() {
    ask("AT+QIREGAPP", 10'000'000);
    ask("AT+QIACT", 10'000'000);
    REQUIRE(ask("AT+QILOCIP") == "\r\n10.1.83.188\r\n");
  }

  qm_module* module = nullptr;

 private:
  static std::string text_of(char* given) {
    const std::string text = given ? given : "";
    qm_free(given);
    return text;
  }
};

}  // namespace quasimodem::test
