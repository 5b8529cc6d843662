// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "atcmd/listen/ear.hpp"
#include "atcmd/table/command_table.hpp"
#include "core/journal_ring.hpp"
#include "emulator/app/control/target.hpp"

namespace quasimodem::app::scenario {

/// Something that a step can wait for.
struct Happening {
  enum class Kind { sent, answered, urc, from_host, from_module, event };

  Kind kind = Kind::event;
  std::string text;      ///< a command as typed, bytes, or what an event says
  std::string answer;    ///< of a command that was answered
  bool unknown = false;  ///< of a command that was sent: this model does not have it
  RecordKind record = RecordKind::at;
};

/// Makes happenings of the records of the journal. What the host sends is a command from the moment its line is
/// complete, whether the module hears it, answers it or is off.
class Observer {
 public:
  explicit Observer(control::Target& target);
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  /// In the order in which they happened. Asks the module for its mode and nothing else, so it may be called while a
  /// record is written.
  std::vector<Happening> happenings_of(const Record& record);
  /// The same for a command that begins (JournalRing::listen_for_beginnings): A/, or one that was taken for data.
  std::vector<Happening> happenings_of_beginning(const Record& record);

  /// A command of the host, for messages.
  struct Sent {
    std::string command;  ///< as typed
    Instant time{};
    std::optional<std::string> answer;
    std::string fault;  ///< that struck it
  };
  /// The last of them, the oldest first.
  const std::deque<Sent>& sent() const { return sent_; }
  /// What the module said last, with `\r \n` escapes; empty when it said nothing.
  const std::string& last_from_module() const { return last_from_module_; }

 private:
  void read_lines(const Record& record, std::string_view bytes, std::vector<Happening>& out);
  void read_line(const Record& record, std::string_view body, std::vector<Happening>& out);
  void note_sent(const Record& record, const std::string& command, std::vector<Happening>& out);
  void note_attention(std::vector<Happening>& out);
  std::deque<Sent>::iterator unanswered(std::string_view command);
  void note_answer(const Record& record, std::vector<Happening>& out);
  void note_fault(const Record& record);
  bool is_unknown(const std::string& command) const;

  control::Target& target_;
  atcmd::CommandTable table_;
  std::function<void(std::string_view body)> on_line_;  ///< while the ear listens
  atcmd::Ear ear_;
  std::deque<Sent> sent_;
  std::string last_from_module_;
};

}  // namespace quasimodem::app::scenario
