// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "emulator/uart/uart_line.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

namespace quasimodem::test {

/// A TE that reads all it gets, as fast as its line is: at the rate of AT+IPR.
class PacedTe {
 public:
  explicit PacedTe(ModemBench& bench) : bench_{bench}, line_{bench.timeline(), bench.modem(), uart::Pacing::on} {
    line_.pump();
  }

  void send(std::string_view bytes) { line_.from_te(as_bytes(bytes)); }
  void pass(Duration time) {
    const auto end = bench_.timeline().now() + time;
    while (bench_.timeline().now() < end) {
      while (line_.pump()) read += as_text(line_.take());
      bench_.timeline().advance(kTick);
      read += as_text(line_.take());
    }
  }
  /// Until the last words are these, which are taken out; at most `time`.
  void expect_end(std::string_view words, Duration time) {
    const auto end = bench_.timeline().now() + time;
    while (!read.ends_with(words) && bench_.timeline().now() < end) pass(kTick);
    INFO("expected: " << escaped(words) << ", read: "
                      << escaped(std::string_view{read}.substr(read.size() - std::min<std::size_t>(read.size(), 40))));
    REQUIRE(read.ends_with(words));
    read.resize(read.size() - words.size());
  }
  /// Silence, `+++`, silence, and the OK at most `time` after that.
  void escape(Duration time) {
    pass(500ms);
    send("+++");
    pass(500ms);
    expect_end("\r\nOK\r\n", time);
  }

  std::string read;

 private:
  static constexpr Duration kTick = 1ms;

  ModemBench& bench_;
  uart::UartLine line_;
};

}  // namespace quasimodem::test
