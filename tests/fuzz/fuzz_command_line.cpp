// SPDX-License-Identifier: Apache-2.0
// Typed bytes → lines → commands → what they print → the same commands.
#include "atcmd/channel/line_editor.hpp"
#include "atcmd/syntax/command_line.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;

namespace {

void read_line(const std::string& body) {
  fuzz::require(body.size() <= atcmd::LineEditor::kLongestLine, "a line is not longer than the editor takes");
  atcmd::CommandLineReader line{body};
  std::size_t commands = 0;
  while (!line.done()) {
    const auto call = line.next();
    fuzz::require(++commands <= body.size(), "every command takes at least one character");
    if (!call) return;
    atcmd::CommandLineReader again{print(*call)};
    fuzz::require(!again.done(), "a printed command is not empty");
    const auto same = again.next();
    fuzz::require(same && *same == *call, "a printed command reads back as the same one");
    fuzz::require(again.done(), "a printed command is one command");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  atcmd::Dialogue dialogue;
  atcmd::LineEditor editor{dialogue};
  const auto type = [&](std::uint8_t byte) {
    if (editor.push(byte) == atcmd::LineEditor::Event::command) read_line(editor.take_body());
  };
  // S3 and S5 can be any character, the NUL too.
  const auto change = [&](char what) { (what == 't' ? dialogue.line_terminator : dialogue.backspace) = what; };
  fuzz::play(
      {data, size}, type, [](Duration) {}, change);
  type(static_cast<std::uint8_t>(dialogue.line_terminator));
  return 0;
}
