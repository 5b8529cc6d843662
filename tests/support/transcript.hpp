// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/device/model_profile.hpp"

namespace quasimodem::test {

/// A dialogue on the UART, byte for byte, in the form of tests/transcripts/00_format.txt.
struct Transcript {
  struct Step {
    enum class Kind { host, module, wait, event };
    Kind kind;
    int line;          ///< in the file
    std::string text;  ///< escapes and placeholders still in it
  };

  std::string name;                ///< for messages: `<name>:<line>`
  std::vector<std::string> start;  ///< the phrases of `# start:`
  std::vector<Step> steps;

  static Transcript parse(std::string_view name, std::string_view text);
  /// A file of tests/transcripts.
  static Transcript load(std::string_view file);
};

/// Plays a transcript against a module on the bench: says what the host says, does what the events and the start
/// phrases say, and compares every byte of the module. Empty when all were as written, else what differed first and
/// where.
///
/// The peers are made up from the commands that open sockets: TLS servers for AT+QSSLOPEN, plain ones for AT+QIOPEN.
/// Time passes at `@wait`, and by itself for at most a second where the module still owes bytes.
std::string play(const Transcript& transcript, device::Model model = device::Model::m95);

}  // namespace quasimodem::test
