// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

namespace quasimodem::test {

/// A driver at a module as it comes from the factory, booted and registered, with echo on. It ends its lines in its own
/// way and reads the answers byte for byte.
struct Driver {
  explicit Driver(std::string_view end_of_line = "\r\n",
                  std::shared_ptr<const device::Configuration> configuration = {})
      : bench{{.configuration = std::move(configuration), .ready = Ready::attached, .echo = true}},
        line_end{end_of_line} {}

  std::string ask(std::string_view line) {
    bench.send_raw(std::string{line} + line_end);
    bench.advance({});
    return bench.take();
  }
  void wants(std::string_view line, std::string_view answer) {
    INFO(std::string{line});
    REQUIRE(escaped(ask(line)) == escaped(answer));
  }
  /// One line of information, then OK.
  void reads(std::string_view line, std::string_view information) {
    wants(line, "\r\n" + std::string{information} + "\r\n\r\nOK\r\n");
  }
  void ok(std::string_view line) { wants(line, "\r\nOK\r\n"); }
  void all_ok(std::initializer_list<std::string_view> lines) {
    for (const auto line : lines) ok(line);
  }
  /// Commands that the driver sends although these modules do not have them; it goes on.
  void all_refused(std::initializer_list<std::string_view> lines) {
    for (const auto line : lines) wants(line, "\r\nERROR\r\n");
  }
  void all_end_in_ok(std::initializer_list<std::string_view> lines) {
    for (const auto line : lines) {
      const auto answer = ask(line);
      INFO(std::string{line} << ": " << escaped(answer));
      REQUIRE(answer.ends_with("\r\nOK\r\n"));
    }
  }
  /// A command with the prompt, then data (with its Ctrl-Z, if the driver sends one).
  void sends(std::string_view line, std::string_view data, std::string_view answer) {
    wants(line, "\r\n> ");
    bench.send_raw(data);
    bench.advance({});
    REQUIRE(escaped(bench.take()) == escaped(answer));
  }

  ModemBench bench;
  std::string line_end;
};

}  // namespace quasimodem::test
