// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "atcmd/channel/call.hpp"
#include "atcmd/channel/escape_detector.hpp"
#include "atcmd/channel/line_editor.hpp"
#include "atcmd/channel/reply.hpp"
#include "atcmd/channel/responder.hpp"
#include "atcmd/channel/sink.hpp"
#include "atcmd/channel/source.hpp"
#include "atcmd/channel/tunnel.hpp"
#include "atcmd/syntax/command_line.hpp"
#include "atcmd/syntax/dialogue.hpp"
#include "atcmd/syntax/response_writer.hpp"
#include "core/journal.hpp"
#include "core/secret_bytes.hpp"
#include "core/timeline.hpp"

namespace quasimodem::atcmd {

/// One unsolicited result code: what it writes is decided when it is written, so that ATV counts then and pushed data
/// is fetched only when there is room for it.
using Urc = std::function<void(ResponseWriter&)>;

/// Carries out single commands; the module above implements it.
class CommandSet {
 public:
  virtual ~CommandSet() = default;
  virtual Reply run(const CommandCall& call, Channel& channel) = 0;
  /// How long the module takes before it begins to answer a line.
  virtual Duration latency() { return {}; }
  /// A line with a valid prefix arrived: autobaud knows the rate now.
  virtual void line_recognised() {}
};

/// One AT channel of a serial line: bytes from the TE in, bytes for the TE out.
///
/// It is always in exactly one of five modes:
///
///   Command ──complete line──▶ Held ──Reply──▶ Command (next command of the line, or idle: URCs are written)
///   Held ──prompt / CONNECT──▶ Intake ──outcome──▶ Held
///   Held ──CONNECT──▶ Delivery ──Reply──▶ Command: data for the TE; what it types meanwhile waits
///   Held or Command ──CONNECT──▶ Transparent ──+++──▶ Command ──ATO──▶ Transparent
///   any ──reset──▶ Command
class Channel {
 public:
  // Far more than any host lets pile up; keeps a module that nobody reads bounded.
  static constexpr std::size_t kMostUrcs = 1000;

  Channel(Timeline& timeline, const Dialogue& dialogue, const ErrorTexts& texts, CommandSet& commands);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Bytes from the TE. All are kept; stop sending while `accepts_input()` is false.
  void receive(ByteSpan bytes);
  /// False while typed-ahead input, data that the peer does not take or unread answers pile up: the line's CTS.
  bool accepts_input() const;

  /// Each command when it begins and with its final result, and each URC as it is written, go there: of several
  /// channels of a module each has `Journal::of_channel`.
  void keep_journal(Journal journal) { journal_ = journal; }

  /// All that waits for the TE.
  Bytes take_output();
  /// As much of it as the module says in one breath. On hardware the network, the peer or a call lies before what
  /// follows: a result that comes after OK, a URC, the peer's first bytes after CONNECT.
  Bytes take_burst();
  /// Such a pause belongs before what `take_burst` gives next.
  bool pause_is_due() const { return !output_.empty() && !bursts_.empty() && bursts_.front() == 0; }
  std::size_t output_size() const { return output_.size(); }
  /// Bytes from the TE that nobody has looked at yet.
  std::size_t input_size() const { return input_.size() - input_used_; }
  const Dialogue& dialogue() const { return dialogue_; }

  /// Written as soon as no command line, command, prompt or data is in the way (M66 1.5), in the order of the events.
  void unsolicited(Urc urc);
  void unsolicited(std::string line);
  /// For a command that ends something which reports its end: what waits stands before the command's own result.
  void say_urcs_now();

  /// Enters transparent mode, with CONNECT, as soon as no command is in the way. The tunnel must outlive it, or be
  /// taken away with `close_tunnel`.
  void connect_through(Tunnel& tunnel);
  /// Bytes from the peer for the TE, in transparent mode.
  void write_through(ByteSpan from_peer);
  /// How many of them it takes now.
  std::size_t room_through() const;
  bool can_write_through() const { return room_through() > 0; }
  /// The source of a delivery has something again.
  void source_ready() { pump(); }
  /// CONNECT, for a source that was to say when.
  void source_begins();
  /// The sink of an upload takes bytes again after it took less than it was given.
  void sink_ready();
  /// The tunnel takes bytes again after `send` took less than it was given.
  void tunnel_writable();
  /// The tunnel is gone; `last_words` (`CLOSED`, `NO CARRIER`) tell the TE in data state or, after `+++`, as a URC.
  void close_tunnel(std::string_view last_words);
  /// The tunnel left with `+++`, for ATO; null when there is none.
  Tunnel* escaped_tunnel() const { return escaped_tunnel_; }
  /// After CONNECT: DCD is on. A prompt is no data state.
  bool in_data_state() const;
  /// What the TE sends is data now, for a prompt, an upload or a peer.
  bool takes_data() const { return std::holds_alternative<Intake>(mode_) || transparent(); }
  /// A command line has come and its answer is not complete.
  bool answering() const { return std::holds_alternative<Held>(mode_) || delivering(); }
  bool transparent() const { return std::holds_alternative<Transparent>(mode_); }

  /// Leaves transparent mode for command state as `+++` does, without a word (DTR drop).
  void leave_data_state();

  /// Power off or DTR drop: Command mode, nothing pending; results that come later are dropped. What was already
  /// written stays.
  void reset();

  /// The supply was cut: what was written and not taken is lost as well.
  void drop_output();

  /// The printable state, for logs and snapshots.
  std::string_view mode_name() const;

 private:
  friend class Call;
  friend class Responder;

  struct Command {};
  struct Held {};
  struct Intake {
    std::variant<PromptRequest, DataRequest> request;
    Continuation then;
    SecretBytes data{};                          ///< with a sink: what it has not taken yet
    std::size_t received = 0;                    ///< of the announced size
    std::optional<IntakeOutcome::End> ending{};  ///< as soon as the sink has taken everything
  };
  struct Delivery {
    std::shared_ptr<Source> source;
    bool connected;
  };
  struct Transparent {
    Tunnel* tunnel;
  };
  using Mode = std::variant<Command, Held, Intake, Delivery, Transparent>;

  bool has_room_for_answers() const;
  void begin_burst();
  void pump();
  void step();
  void step_command();
  void step_held();
  void step_intake(Intake& intake);
  void step_transparent(Transparent& transparent);

  enum class Line { goes_on, waits, over };

  void begin_line(std::string body);
  void run_line();
  Line apply(Reply reply);
  void carry_on(Reply reply);
  void end_line();
  void begin_command();
  std::string typed_command() const;
  void note_result(const Reply& reply);
  void note_command(std::string_view result);

  void begin_intake(Reply::Intake intake);
  void begin_data_phase(const DataRequest& request);
  void take_prompted(Intake& intake, const PromptRequest& request);
  void take_raw(Intake& intake, const DataRequest& request);
  void await_data(const DataRequest& request);
  void take_data(ByteSpan data, const DataRequest& request);
  void feed_sink(Intake& intake, Sink& sink);
  void finish_intake(IntakeOutcome::End end);
  void end_intake(IntakeOutcome::End end);

  bool delivering() const { return std::holds_alternative<Delivery>(mode_); }
  void begin_delivery(Reply::Delivery delivery);
  void deliver();

  void begin_transparent(Tunnel& tunnel);
  void pass_on(ByteSpan from_te, Tunnel& tunnel);
  void pass_unsent(Tunnel& tunnel);
  void leave_for_command_state(Tunnel& tunnel);
  void swallow_line_feeds(LineEditor::Event line_end);
  void learn_line_feeds();
  ByteSpan without_line_feeds(ByteSpan from_te);
  void flush_urcs();
  void say_next_urc();

  ByteSpan pending() const { return ByteSpan{input_}.subspan(input_used_); }
  void consume(std::size_t count) { input_used_ += count; }

  Timeline& timeline_;
  const Dialogue& dialogue_;
  CommandSet& commands_;
  std::shared_ptr<Channel*> self_;

  SecretBytes input_;
  std::size_t input_used_ = 0;
  Bytes output_;
  std::deque<std::size_t> bursts_;  ///< where in output_ one begins, the first excepted
  ResponseWriter writer_;

  Mode mode_;
  LineEditor editor_;
  CommandLineReader line_{""};
  std::string last_body_;
  bool ok_is_due_ = false;
  std::deque<Urc> urcs_;
  Journal journal_;
  std::optional<Instant> command_since_;  ///< a command is under way that the journal waits for

  std::uint64_t ticket_ = 0;
  std::function<void()> on_abort_;  ///< of a held command that a character ends
  Timer held_;                      ///< latency of the line, limit of a held command
  Timer silence_;                   ///< time-out of a data phase
  EscapeDetector escape_;
  Tunnel* escaped_tunnel_ = nullptr;
  Tunnel* pending_tunnel_ = nullptr;  ///< CONNECT waits in the URC queue
  Bytes unsent_;                      ///< for the peer, not yet taken by its blocked tunnel

  /// The LFs that many hosts send after the CR must never become payload (clients 1, rule 2).
  bool line_feed_may_follow_ = false;            ///< nothing but LFs has come since the CR
  std::size_t line_feeds_ = 0;                   ///< they
  Instant line_ended_{};                         ///< that CR
  bool teaches_ = false;                         ///< it ended a command, not an empty line
  std::optional<std::size_t> usual_line_feeds_;  ///< of this host, after the CR of the command before
  bool pumping_ = false;
  bool running_command_ = false;
};

}  // namespace quasimodem::atcmd
