// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atcmd/channel/line_editor.hpp"
#include "atcmd/listen/payload_guard.hpp"
#include "atcmd/listen/pem_finder.hpp"
#include "atcmd/syntax/command_line.hpp"
#include "atcmd/syntax/dialogue.hpp"
#include "atcmd/table/command_table.hpp"
#include "core/bytes.hpp"
#include "core/time.hpp"

namespace quasimodem::atcmd {

/// Something that an Ear hears. What it shows lives as long as the call that tells of it.
struct Heard {
  enum class Kind {
    // from the TE
    typed,         ///< `bytes`, in whatever pieces; nothing secret is among them
    command_line,  ///< `text`: what stands between AT and the end of the line
    repetition,    ///< A/; `text`: the line once more
    announcement,  ///< a secret payload will follow: `text`, the parameters of its command; `size`, 0: not known
    payload,       ///< of what the TE sends `size` bytes are no commands: `secret`, or typed as well
    // from the module
    said,         ///< `bytes`, as `typed`
    withheld,     ///< `size` bytes that may be a certificate or key: an echo, or a file that is read
    answer,       ///< `text`: a final result code, CONNECT among them
    information,  ///< `text`: another line while a command waits for its answer
    urc,          ///< `text`: a line while none waits
    prompt,       ///< the `> `
  };
  Kind kind;
  std::string_view text{};
  ByteSpan bytes{};
  std::size_t size = 0;
  bool secret = false;
};

/// The commands of a line, taken apart, up to the first that is malformed: the module does not read on either.
std::vector<CommandCall> calls_of(std::string_view body);

/// Follows an AT dialogue from beside the line, in both directions, and tells what happens in it. It changes nothing,
/// waits for nothing and knows the module by the command tables only, so it can listen to any; where the module is at
/// hand an Insight tells what its words do not.
///
/// The same bytes at the same times give the same happenings, in whatever pieces they come.
class Ear {
 public:
  using Tell = std::function<void(const Heard&)>;

  /// What is known of the module for sure. What is left out is taken from its words.
  struct Insight {
    std::optional<bool> echoing{};     ///< what comes from the TE goes back to it
    std::optional<bool> takes_data{};  ///< what comes from the TE is no command
    Dialogue dialogue{};
  };

  /// To what it listens. To know which bytes are secret nobody has to understand the rest.
  enum class Attention {
    words,   ///< to all
    secrets  ///< to `typed`, `announcement`, secret `payload`, `said` and `withheld`; an Insight tells of the echo
  };

  Ear(std::span<const Family> families, Tell tell, Attention attention = Attention::words);
  Ear(const Ear&) = delete;
  Ear& operator=(const Ear&) = delete;

  void from_te(ByteSpan bytes, Instant now, const Insight& insight);
  void from_te(ByteSpan bytes, Instant now) { from_te(bytes, now, {}); }
  /// Who reads a record instead of the line: at this place the secret is left out.
  void secret_left_out() { guard_.skip(); }

  /// `rest` says that more is still to come of what the module says to what it has got.
  enum class Rest { none, waits };
  void from_module(ByteSpan bytes, Rest rest = Rest::none);

  /// A secret payload is under way, as far as anybody can tell.
  bool hears_secret() const { return guard_.locked(); }
  /// What the module says next is the echo of one.
  bool hears_echo_of_secret() const { return echoes_secret_; }
  /// The module has not begun a line that it has not ended.
  bool between_lines() const { return line_.empty(); }
  /// The module's last line was CONNECT.
  bool in_data_state() const { return between_lines() && connected_; }

 private:
  void take_typed(ByteSpan bytes);
  std::size_t take_data(ByteSpan bytes);
  void count_payload(std::size_t size, bool secret);
  void edit(std::uint8_t byte);
  void begin_command_line(std::string_view body);
  bool takes_data() const;

  void take_said(ByteSpan bytes);
  void read_on(std::string_view text);
  void end_line();
  void end_line_as(Heard::Kind kind);
  void prompt();
  void end_data() { data_.reset(); }

  /// The TE's bytes are data now.
  struct Data {
    std::optional<std::size_t> left;  ///< none: until the module has an answer
    bool ends_with_key = false;       ///< or until Ctrl-Z or ESC
  };

  Tell tell_;
  Attention attention_;
  std::vector<const Command*> takers_;  ///< those with a payload
  PayloadGuard guard_;
  Insight insight_;
  LineEditor editor_{insight_.dialogue};
  std::string last_body_;
  std::optional<Data> data_;
  bool waits_ = false;                    ///< a command line has no answer yet
  bool takes_payload_ = false;            ///< one of its commands does
  std::optional<std::size_t> announced_;  ///< its size

  PemFinder pem_;
  bool echoes_secret_ = false;
  std::string line_;  ///< of the module, not ended yet
  bool connected_ = false;
};

}  // namespace quasimodem::atcmd
