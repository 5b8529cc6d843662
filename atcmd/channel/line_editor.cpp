// SPDX-License-Identifier: Apache-2.0
#include "atcmd/channel/line_editor.hpp"

#include <utility>

namespace quasimodem::atcmd {
namespace {

bool is_alphanumeric(std::uint8_t byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

}  // namespace

LineEditor::Event LineEditor::push(std::uint8_t byte) {
  if (byte == dialogue_.line_terminator) return finish();
  if (byte == dialogue_.backspace) {
    if (!line_.empty()) line_.pop_back();
    return Event::none;
  }
  // V.250 5.2.2: other control characters are ignored. Hosts send ESC, Ctrl-Z and NUL as a reset ritual (quirk Q37).
  if (byte < 0x20 || byte == 0x7F) return Event::none;
  // What comes before the first letter or digit is noise: `+++` of a host that resets blindly, bytes of a wrong baud
  // rate.
  if (line_.empty() && !is_alphanumeric(byte)) return Event::none;

  if (line_.size() == kLongestLine) {
    too_long_ = true;
    return Event::none;
  }
  line_ += static_cast<char>(byte);
  if (line_ == "A/" || line_ == "a/") {
    clear();
    return Event::repeat;
  }
  return Event::none;
}

LineEditor::Event LineEditor::finish() {
  // ASSUMED: `At` and `aT` are no prefix; the manual promises AT and at only (M66 1.2).
  if (!begins_with_prefix()) {
    clear();
    return Event::noise;
  }
  if (too_long_) {
    clear();
    return Event::too_long;
  }
  return Event::command;
}

bool LineEditor::begins_with_prefix() const { return line_.starts_with("AT") || line_.starts_with("at"); }

std::string LineEditor::take_body() {
  auto body = std::exchange(line_, {}).substr(2);
  clear();
  return body;
}

void LineEditor::clear() {
  line_.clear();
  too_long_ = false;
}

}  // namespace quasimodem::atcmd
