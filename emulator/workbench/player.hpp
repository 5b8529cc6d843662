// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/time.hpp"

namespace quasimodem::workbench {

/// The host's end of a UART with a module behind it, and the time that goes with it.
class Line {
 public:
  virtual ~Line() = default;

  virtual void write(ByteSpan bytes) = 0;
  /// What comes within `patience`, as soon as something comes; empty when nothing does.
  virtual Bytes read(Duration patience) = 0;
  virtual Duration now() = 0;
};

/// Where the module did not say what is written.
struct Difference {
  int line = 0;          ///< in the file; 0: before the first
  std::string what;      ///< in a few words
  std::string after;     ///< what the host had sent last
  std::string expected;  ///< bytes, as the next one
  std::string got;

  /// The first byte that is not the same, or the shorter one's length.
  std::size_t parts_at() const;
  /// For people, with a line's end.
  std::string text(const std::string& name) const;
};

/// What came of one file that was played.
struct PlayReport {
  /// What could not be done here, and why.
  struct Skipped {
    int line = 0;
    std::string step;
    std::string why;
  };

  std::string name;
  std::string kind;          ///< `transcript`, `trace`; `none`: it was not played
  std::size_t sent = 0;      ///< times that the host spoke
  std::size_t compared = 0;  ///< pieces of the module's output that were compared
  std::vector<Difference> differences;
  std::vector<Skipped> skipped;

  bool passed() const { return differences.empty(); }
  bool left_out() const { return kind == "none" && passed(); }
  std::string text() const;
};

/// What all that play a dialogue have in common: they speak as the host, hear the module out, and write down where it
/// did not say what is written. After a difference they wait until it is quiet and go on with what the host says next.
class Player {
 protected:
  // Nothing for so long: the module has said all.
  static constexpr Duration kQuiet = 700ms;

  explicit Player(Line& line) : line_{line} {}
  ~Player() = default;

  /// As the host.
  void speak(const std::string& text);
  /// What comes within `patience`, as soon as something comes. It is valid until the next call.
  std::string_view listen(Duration patience);
  void listen_until(Duration end);
  /// All that comes until the module is quiet.
  std::string rest_of_output();
  void differ(int line, std::string what, const std::string& expected = {});

  Line& line_;
  PlayReport report_;
  std::string output_;     ///< of the module, not compared yet
  std::string last_said_;  ///< by the host
  bool lost_ = false;      ///< after a difference, until the host speaks again
};

/// How far a module's output goes along with what is expected.
struct Fit {
  enum class State { fits, needs_more, differs };
  State state = State::needs_more;
  std::size_t used = 0;  ///< bytes of the output, when it fits
};

}  // namespace quasimodem::workbench
