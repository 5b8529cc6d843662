// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "emulator/workbench/workbench.hpp"

namespace quasimodem::test {

using workbench::CollectedLog;
using workbench::Ready;

/// The figures of profiles/lab.toml, for tests of what happens while the module takes its time.
inline const device::Timing kLab{.name = "lab",
                                 .uart_paced = true,
                                 .command = 5ms,
                                 .boot = 300ms,
                                 .sim_start = 200ms,
                                 .call_ready = 1s,
                                 .registration = 1s,
                                 .attach = 300ms,
                                 .activate = 500ms,
                                 .deactivate = 200ms,
                                 .round_trip = 100ms,
                                 .message_part = 500ms,
                                 .report = 1s,
                                 .tls_plain = 200ms,
                                 .tls_server = 300ms,
                                 .tls_mutual = 500ms};

/// The workbench with a test's demands on the module's words.
class ModemBench : public workbench::Workbench {
 public:
  using Workbench::Workbench;

  /// The next output is exactly this, byte for byte; more may follow.
  void expect_raw(std::string_view bytes);
  /// The next output is exactly `\r\n<line>\r\n`.
  void expect(std::string_view line) { expect_raw("\r\n" + std::string{line} + "\r\n"); }
  void expect_prompt() { expect_raw("\r\n> "); }
  void expect_nothing();

  /// Sends a line and expects exactly these lines and nothing more.
  void exchange(std::string_view line, std::initializer_list<std::string_view> answers);
  void ok(std::string_view line) { exchange(line, {"OK"}); }
};

/// How often `words` occur in `text`.
std::size_t count(std::string_view text, std::string_view words);

}  // namespace quasimodem::test
