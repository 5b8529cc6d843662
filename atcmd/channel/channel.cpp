// SPDX-License-Identifier: Apache-2.0
#include "atcmd/channel/channel.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::atcmd {
namespace {

constexpr std::uint8_t kCtrlZ = 0x1A;
constexpr std::uint8_t kEsc = 0x1B;
constexpr std::uint8_t kLineFeed = 0x0A;

// Typed-ahead bytes kept while a command runs. More than any host sends without reading an answer, and bounded.
constexpr std::size_t kInputLimit = 8192;
// A TE that does not read stops being served above this; nothing that was answered is lost.
constexpr std::size_t kOutputLimit = 65536;
// Of the peer's bytes so many wait here, a packet; the rest stays in the socket. What waits here goes out before the OK
// of `+++`, which must not come seconds late on a slow line.
constexpr std::size_t kThroughLimit = 1460;
// Of a delivery more may wait: nothing but its own result stands behind it.
constexpr std::size_t kDeliveryLimit = 8192;
// Of an upload that a sink takes so much is handed over at a time.
constexpr std::size_t kSinkPortion = 1460;
// An LF that belongs to a line comes right after its CR: even at 300 baud three take no longer.
constexpr Duration kLineFeedsFollow = 100ms;

std::size_t leading_line_feeds(ByteSpan bytes) {
  const auto end = std::find_if(bytes.begin(), bytes.end(), [](auto byte) { return byte != kLineFeed; });
  return static_cast<std::size_t>(end - bytes.begin());
}

ByteSpan without_line_ends(ByteSpan line) {
  const auto ends = [](std::uint8_t byte) { return byte == '\r' || byte == kLineFeed; };
  while (!line.empty() && ends(line.front())) line = line.subspan(1);
  while (!line.empty() && ends(line.back())) line = line.first(line.size() - 1);
  return line;
}

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

Channel::Channel(Timeline& timeline, const Dialogue& dialogue, const ErrorTexts& texts, CommandSet& commands)
    : timeline_{timeline},
      dialogue_{dialogue},
      commands_{commands},
      self_{std::make_shared<Channel*>(this)},
      writer_{output_, dialogue, texts},
      editor_{dialogue},
      held_{timeline},
      silence_{timeline},
      escape_{timeline} {}

void Channel::receive(ByteSpan bytes) {
  append(input_, line_feed_may_follow_ && !bytes.empty() ? without_line_feeds(bytes) : bytes);
  pump();
}

bool Channel::accepts_input() const {
  const auto waiting = pending().size() + (transparent() ? unsent_.size() : 0);
  return waiting < kInputLimit && has_room_for_answers();
}

/// Data gets no answer, so it is taken in however much output the TE has not read yet; `+++` among it too.
bool Channel::has_room_for_answers() const { return in_data_state() || output_.size() < kOutputLimit; }

Bytes Channel::take_output() {
  auto taken = std::exchange(output_, {});
  bursts_.clear();
  pump();
  return taken;
}

Bytes Channel::take_burst() {
  if (pause_is_due()) bursts_.pop_front();
  if (bursts_.empty()) return take_output();
  if (output_.empty()) return {};  // what will begin the next is not there yet
  const auto size = bursts_.front();
  const auto end = output_.begin() + static_cast<std::ptrdiff_t>(size);
  Bytes burst{output_.begin(), end};
  output_.erase(output_.begin(), end);
  for (auto& begin : bursts_) begin -= size;
  pump();
  return burst;
}

void Channel::begin_burst() {
  if (bursts_.empty() || bursts_.back() != output_.size()) bursts_.push_back(output_.size());
}

void Channel::drop_output() {
  output_.clear();
  bursts_.clear();
}

void Channel::pump() {
  if (pumping_) return;
  pumping_ = true;
  bool moved = true;
  while (moved && !pending().empty() && has_room_for_answers()) {
    const auto used = input_used_;
    const auto mode = mode_.index();
    step();
    moved = input_used_ != used || mode_.index() != mode;
  }
  drop_front(input_, std::exchange(input_used_, 0));
  flush_urcs();
  if (auto* transparent = std::get_if<Transparent>(&mode_)) transparent->tunnel->deliver();
  if (delivering()) deliver();
  pumping_ = false;
}

void Channel::step() {
  std::visit(Overloaded{
                 [this](Command&) { step_command(); },
                 [this](Held&) { step_held(); },
                 [this](Intake& intake) { step_intake(intake); },
                 [](Delivery&) {},  // typed-ahead input waits
                 [this](Transparent& transparent) { step_transparent(transparent); },
             },
             mode_);
}

// ---- Command ----

void Channel::step_command() {
  const auto byte = pending().front();
  consume(1);
  if (dialogue_.echo) output_.push_back(byte);
  const auto event = editor_.push(byte);
  if (event == LineEditor::Event::none) return;

  if (event != LineEditor::Event::repeat) swallow_line_feeds(event);
  if (event == LineEditor::Event::noise) return;
  commands_.line_recognised();
  switch (event) {
    case LineEditor::Event::command:
      last_body_ = editor_.take_body();
      begin_line(last_body_);
      break;
    case LineEditor::Event::repeat: begin_line(last_body_); break;
    default: writer_.result(ResultCode::error);
  }
}

/// Typed-ahead input waits, unless the command is one that a character aborts (V.250 5.6.1).
void Channel::step_held() {
  if (!on_abort_) return;
  consume(1);
  std::exchange(on_abort_, nullptr)();
}

// ---- The LFs behind a line ----

// What is there together with the CR follows it directly: its LFs belong to the line, however many they are. OBSERVED:
// mbed's puts ends a line in LF CR LF LF.
void Channel::swallow_line_feeds(LineEditor::Event line_end) {
  line_ended_ = timeline_.now();
  line_feeds_ = leading_line_feeds(pending());
  consume(line_feeds_);
  teaches_ = line_end != LineEditor::Event::noise;
  line_feed_may_follow_ = pending().empty();
  if (!line_feed_may_follow_) learn_line_feeds();
}

void Channel::learn_line_feeds() {
  if (teaches_) usual_line_feeds_ = line_feeds_;
}

// LFs that come after the CR in reads of their own belong to the line as well. Before the first byte of data that is
// not so plain, for data may begin with LF, and the module may have answered before the line has carried all: a host is
// owed as many as it sent after its command before, and only a moment long.
// ASSUMED: of a host that has sent no command yet, LFs alone belong to the line, LFs with data behind them are data.
ByteSpan Channel::without_line_feeds(ByteSpan from_te) {
  const auto count = leading_line_feeds(from_te);
  const bool alone = count == from_te.size();
  const bool in_time = timeline_.now() - line_ended_ <= kLineFeedsFollow;
  if (!takes_data()) {
    // Of a host that has its answer, LFs in front of more are the beginning of its next line.
    if (in_time && (alone || answering())) line_feeds_ += count;
    if (!alone) learn_line_feeds();
    line_feed_may_follow_ = alone;
    return from_te.subspan(count);
  }
  const auto usual = usual_line_feeds_.value_or(alone ? line_feeds_ + count : line_feeds_);
  const auto owed = in_time ? usual - std::min(usual, line_feeds_) : 0;
  const auto swallowed = std::min(count, owed);
  line_feeds_ += swallowed;
  line_feed_may_follow_ = in_time && swallowed == from_te.size();
  return from_te.subspan(swallowed);
}

void Channel::begin_line(std::string body) {
  line_ = CommandLineReader{std::move(body)};
  ok_is_due_ = true;
  mode_ = Held{};
  if (const auto latency = commands_.latency(); latency > Duration::zero()) {
    held_.start(latency, [this] {
      run_line();
      pump();
    });
  } else {
    run_line();
  }
}

void Channel::run_line() {
  while (!line_.done()) {
    const auto call = line_.next();
    ++ticket_;
    if (journal_) begin_command();
    running_command_ = true;
    auto reply = call ? commands_.run(*call, *this) : Reply::error();
    running_command_ = false;
    if (apply(std::move(reply)) != Line::goes_on) return;
  }
  if (ok_is_due_) writer_.result(ResultCode::ok);
  end_line();
}

Channel::Line Channel::apply(Reply reply) {
  if (command_since_) note_result(reply);
  const auto drop_rest = [this] {
    end_line();
    return Line::over;
  };
  return std::visit(Overloaded{
                        [&](Reply::Code& final) {
                          ok_is_due_ = final.code == ResultCode::ok;
                          if (ok_is_due_) return Line::goes_on;
                          writer_.result(final.code);
                          return drop_rest();
                        },
                        [&](Reply::Words& final) {
                          ok_is_due_ = false;
                          writer_.result(final.text);
                          return Line::goes_on;
                        },
                        [&](Reply::CmeError& final) {
                          writer_.cme_error(final.number);
                          return drop_rest();
                        },
                        [&](Reply::CmsError& final) {
                          writer_.cms_error(final.number);
                          return drop_rest();
                        },
                        [&](Reply::Said&) {
                          ok_is_due_ = false;
                          return Line::goes_on;
                        },
                        [&](Reply::Held&) { return Line::waits; },
                        [&](Reply::Intake& intake) {
                          begin_intake(std::move(intake));
                          return Line::waits;
                        },
                        [&](Reply::Through& through) {
                          begin_transparent(*through.tunnel);
                          return Line::over;
                        },
                        [&](Reply::Delivery& delivery) {
                          begin_delivery(std::move(delivery));
                          return Line::waits;
                        },
                    },
                    reply.value());
}

void Channel::begin_command() {
  command_since_ = timeline_.now();
  journal_.command_begins(typed_command());
}

std::string Channel::typed_command() const { return fmt::format("AT{}", line_.last()); }

void Channel::note_result(const Reply& reply) {
  std::visit(Overloaded{
                 [&](const Reply::Code& final) { note_command(ResponseWriter::words(final.code)); },
                 [&](const Reply::Words& final) { note_command(final.text); },
                 [&](const Reply::CmeError& final) { note_command(writer_.cme_words(final.number)); },
                 [&](const Reply::CmsError& final) { note_command(writer_.cms_words(final.number)); },
                 [&](const Reply::Said&) { note_command({}); },
                 [&](const Reply::Through&) { note_command(ResponseWriter::words(ResultCode::connect)); },
                 [](const Reply::Held&) {},
                 [](const Reply::Intake&) {},
                 [](const Reply::Delivery&) {},
             },
             reply.value());
}

void Channel::note_command(std::string_view result) {
  const auto since = std::exchange(command_since_, std::nullopt);
  if (!since) return;
  const auto took = std::chrono::floor<std::chrono::milliseconds>(timeline_.now() - *since);
  journal_.write(RecordKind::at, {{"command", typed_command()}, {"result", result}, {"took_ms", took.count()}});
}

void Channel::carry_on(Reply reply) {
  ++ticket_;
  on_abort_ = nullptr;
  held_.cancel();
  if (apply(std::move(reply)) == Line::goes_on) run_line();
  pump();
}

void Channel::end_line() {
  on_abort_ = nullptr;
  held_.cancel();
  ++ticket_;
  mode_ = Command{};
}

// ---- Intake ----

void Channel::begin_intake(Reply::Intake intake) {
  held_.cancel();
  mode_ = Intake{intake.request, std::move(intake.then)};
  if (const auto* prompt = std::get_if<PromptRequest>(&intake.request)) {
    if (prompt->sign == PromptSign::shown) writer_.prompt();
    if (prompt->send_after) {
      silence_.start(*prompt->send_after, [this] {
        end_intake(IntakeOutcome::End::terminated);
        pump();
      });
    }
  } else {
    writer_.result(ResultCode::connect);
    begin_data_phase(std::get<DataRequest>(intake.request));
  }
}

void Channel::begin_data_phase(const DataRequest& request) {
  await_data(request);
  escape_.start(
      {}, [this, request](ByteSpan data) { take_data(data, request); },
      [this] {
        finish_intake(IntakeOutcome::End::escaped);
        pump();
      });
}

void Channel::await_data(const DataRequest& request) {
  silence_.start(request.timeout, [this] {
    escape_.release();
    finish_intake(IntakeOutcome::End::timed_out);
    pump();
  });
}

void Channel::take_data(ByteSpan data, const DataRequest& request) {
  auto& intake = std::get<Intake>(mode_);
  intake.received += data.size();
  append(intake.data, data);
  await_data(request);
  if (request.sink) feed_sink(intake, *request.sink);
}

/// While it takes nothing it is not the TE that is silent.
void Channel::feed_sink(Intake& intake, Sink& sink) {
  if (!intake.data.empty()) drop_front(intake.data, sink.take(intake.data));
  if (!intake.data.empty()) silence_.cancel();
}

void Channel::sink_ready() {
  auto* intake = std::get_if<Intake>(&mode_);
  const auto* request = intake ? std::get_if<DataRequest>(&intake->request) : nullptr;
  if (!request || !request->sink) return;
  const bool waited = !intake->data.empty();
  feed_sink(*intake, *std::shared_ptr{request->sink});
  if (!intake->data.empty()) return;
  if (intake->ending) {
    end_intake(*intake->ending);
  } else if (waited) {
    await_data(DataRequest{*request});
  }
  pump();
}

void Channel::step_intake(Intake& intake) {
  if (const auto* prompt = std::get_if<PromptRequest>(&intake.request)) {
    take_prompted(intake, PromptRequest{*prompt});
  } else {
    take_raw(intake, DataRequest{std::get<DataRequest>(intake.request)});
  }
}

void Channel::take_prompted(Intake& intake, const PromptRequest& request) {
  const auto input = pending();
  if (request.length) {
    const auto part = input.first(std::min(input.size(), *request.length - intake.data.size()));
    append(intake.data, part);
    if (request.echo == Echo::on) append(output_, part);
    consume(part.size());
    if (intake.data.size() == *request.length) end_intake(IntakeOutcome::End::complete);
    return;
  }
  const auto end = std::find_if(input.begin(), input.end(), [](auto byte) { return byte == kCtrlZ || byte == kEsc; });
  const auto part = input.first(static_cast<std::size_t>(end - input.begin()));
  append(intake.data, part.first(std::min(part.size(), request.limit - intake.data.size())));
  for (const auto byte : part) {
    if (request.echo == Echo::on) output_.push_back(byte);
    if (request.sign_after_lines && byte == dialogue_.line_terminator) writer_.prompt();
  }
  consume(part.size());
  if (end == input.end()) return;
  consume(1);
  end_intake(*end == kCtrlZ ? IntakeOutcome::End::terminated : IntakeOutcome::End::cancelled);
}

void Channel::take_raw(Intake& intake, const DataRequest& request) {
  if (intake.ending || (request.sink && !intake.data.empty())) return;
  auto wanted = request.length - intake.received - escape_.withheld();
  if (request.sink) wanted = std::min(wanted, kSinkPortion);
  const auto part = pending().first(std::min(pending().size(), wanted));
  consume(part.size());
  escape_.feed(part);
  if (intake.received + escape_.withheld() < request.length) return;
  // The announced size is reached: what looked like an escape sequence was the end of the file.
  escape_.release();
  finish_intake(IntakeOutcome::End::complete);
}

/// A sink has what came before.
void Channel::finish_intake(IntakeOutcome::End end) {
  auto& intake = std::get<Intake>(mode_);
  const auto* request = std::get_if<DataRequest>(&intake.request);
  if (!request || !request->sink || intake.data.empty()) return end_intake(end);
  intake.ending = end;
}

void Channel::end_intake(IntakeOutcome::End end) {
  silence_.cancel();
  escape_.stop();
  auto intake = std::move(std::get<Intake>(mode_));
  mode_ = Held{};
  line_feed_may_follow_ = false;
  ++ticket_;
  Call call{*this};
  running_command_ = true;
  auto reply = intake.then(call, {end, std::move(intake.data)});
  running_command_ = false;
  if (apply(std::move(reply)) == Line::goes_on) run_line();
}

// ---- Delivery ----

/// Whoever brings the data has time-outs of its own, and knows them better.
void Channel::begin_delivery(Reply::Delivery delivery) {
  held_.cancel();
  mode_ = Delivery{std::move(delivery.source), delivery.connects};
  if (!delivery.connects) return;
  writer_.result(ResultCode::connect);
  timeline_.post([this, alive = std::weak_ptr{self_}] {
    if (!alive.expired()) pump();
  });
}

/// What it gives may be the end of the delivery, so it is kept meanwhile.
void Channel::deliver() {
  const auto source = std::get<Delivery>(mode_).source;
  while (room_through() > 0) {
    const auto octets = source->take(room_through());
    if (octets.empty()) return;
    write_through(octets);
  }
}

void Channel::source_begins() {
  auto* delivery = std::get_if<Delivery>(&mode_);
  if (!delivery || delivery->connected) return;
  delivery->connected = true;
  begin_burst();
  writer_.result(ResultCode::connect);
  begin_burst();
  pump();
}

// ---- Transparent ----

void Channel::connect_through(Tunnel& tunnel) {
  pending_tunnel_ = &tunnel;
  unsolicited([this](ResponseWriter&) {
    if (pending_tunnel_) begin_transparent(*std::exchange(pending_tunnel_, nullptr));
  });
}

void Channel::begin_transparent(Tunnel& tunnel) {
  end_line();
  escaped_tunnel_ = nullptr;
  mode_ = Transparent{&tunnel};
  writer_.result(ResultCode::connect);
  begin_burst();
  const auto rule = tunnel.escape();
  escape_.start(
      {.guard_time = rule.guard_time, .longest_gap = rule.longest_gap},
      [this, &tunnel](ByteSpan data) { pass_on(data, tunnel); },
      [this, &tunnel] {
        leave_for_command_state(tunnel);
        writer_.result(ResultCode::ok);
        pump();
      });
}

/// `+++` is looked for when the bytes come, not when the tunnel takes them: silence is what the TE makes it.
void Channel::step_transparent(Transparent& transparent) {
  auto& tunnel = *transparent.tunnel;
  const auto from_te = pending();
  consume(from_te.size());
  if (tunnel.escape().enabled) return escape_.feed(from_te);
  pass_on(from_te, tunnel);
}

void Channel::pass_on(ByteSpan from_te, Tunnel& tunnel) {
  if (unsent_.empty()) from_te = from_te.subspan(tunnel.send(from_te));
  append(unsent_, from_te);
}

/// What a blocked tunnel did not take goes before everything that came after it.
void Channel::pass_unsent(Tunnel& tunnel) {
  const auto taken = tunnel.send(unsent_);
  unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(taken));
}

/// Also after `+++`: what the TE gave to the peer before gets there.
void Channel::tunnel_writable() {
  const auto* transparent = std::get_if<Transparent>(&mode_);
  if (auto* tunnel = transparent ? transparent->tunnel : escaped_tunnel_; tunnel && !unsent_.empty()) {
    pass_unsent(*tunnel);
  }
  pump();
}

void Channel::leave_for_command_state(Tunnel& tunnel) {
  mode_ = Command{};
  escaped_tunnel_ = &tunnel;
  tunnel.rest();
}

void Channel::leave_data_state() {
  auto* transparent = std::get_if<Transparent>(&mode_);
  if (!transparent) return;
  escape_.release();
  leave_for_command_state(*transparent->tunnel);
  pump();
}

void Channel::write_through(ByteSpan from_peer) { append(output_, from_peer); }

std::size_t Channel::room_through() const {
  if (const auto* delivery = std::get_if<Delivery>(&mode_))
    return delivery->connected ? kDeliveryLimit - std::min(kDeliveryLimit, output_.size()) : 0;
  return transparent() ? kThroughLimit - std::min(kThroughLimit, output_.size()) : 0;
}

void Channel::close_tunnel(std::string_view last_words) {
  if (transparent()) {
    escape_.stop();
    mode_ = Command{};
  }
  unsent_.clear();
  escaped_tunnel_ = nullptr;
  pending_tunnel_ = nullptr;
  if (!last_words.empty()) unsolicited(std::string{last_words});
  pump();
}

// ---- URCs and reset ----

void Channel::unsolicited(Urc urc) {
  if (urcs_.size() == kMostUrcs) urcs_.pop_front();
  urcs_.push_back(std::move(urc));
  pump();
}

void Channel::unsolicited(std::string line) {
  unsolicited([line = std::move(line)](ResponseWriter& writer) { writer.unsolicited(line); });
}

void Channel::flush_urcs() {
  while (std::holds_alternative<Command>(mode_) && editor_.idle() && !urcs_.empty() && output_.size() < kOutputLimit)
    say_next_urc();
}

void Channel::say_urcs_now() {
  while (std::holds_alternative<Held>(mode_) && !urcs_.empty() && output_.size() < kOutputLimit) say_next_urc();
}

void Channel::say_next_urc() {
  const auto before = output_.size();
  begin_burst();
  const auto urc = std::move(urcs_.front());
  urcs_.pop_front();
  urc(writer_);
  if (journal_ && output_.size() > before) {
    journal_.write(RecordKind::urc, {{"text", without_line_ends(ByteSpan{output_}.subspan(before))}});
  }
}

void Channel::reset() {
  note_command({});  // whoever waited for it waits no more
  held_.cancel();
  silence_.cancel();
  escape_.stop();
  ++ticket_;
  mode_ = Command{};
  escaped_tunnel_ = nullptr;
  pending_tunnel_ = nullptr;
  on_abort_ = nullptr;
  line_.drop_rest();
  last_body_.clear();
  editor_.clear();
  urcs_.clear();
  drop_front(input_, input_.size());
  input_used_ = 0;
  unsent_.clear();
  line_feed_may_follow_ = false;
}

bool Channel::in_data_state() const {
  const auto* intake = std::get_if<Intake>(&mode_);
  const auto* delivery = std::get_if<Delivery>(&mode_);
  return transparent() || (delivery && delivery->connected) ||
         (intake && std::holds_alternative<DataRequest>(intake->request));
}

std::string_view Channel::mode_name() const {
  return std::visit(Overloaded{
                        [](const Command&) { return "command"; },
                        [](const Held&) { return "held"; },
                        [](const Intake&) { return "intake"; },
                        [](const Delivery&) { return "delivery"; },
                        [](const Transparent&) { return "transparent"; },
                    },
                    mode_);
}

}  // namespace quasimodem::atcmd
