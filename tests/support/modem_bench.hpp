// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "emulator/workbench/workbench.hpp"

namespace quasimodem::test {

using workbench::CollectedLog;
using workbench::Ready;

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
