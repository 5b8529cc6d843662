// SPDX-License-Identifier: Apache-2.0
#include "atcmd/channel/channel.hpp"

#include <algorithm>
#include <array>
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
  // A line feed that comes alone, after the prompt, may still belong to the CR of the command line.
  const bool alone = bytes.size() == 1 && input_used_ == input_.size();
  if (line_feed_may_follow_ && takes_data() && !bytes.empty()) {
    line_feed_may_follow_ = false;
    const bool belongs_to_line = habit_ == LineFeedHabit::sends || (habit_ == LineFeedHabit::unknown && alone);
    if (bytes.front() == kLineFeed && belongs_to_line) bytes = bytes.subspan(1);
  }
  append(input_, bytes);
  pump();
}

bool Channel::accepts_input() const {
  return input_.size() - input_used_ < kInputLimit && output_.size() < kOutputLimit;
}

Bytes Channel::take_output() {
  auto taken = std::exchange(output_, {});
  pump();
  return taken;
}

void Channel::pump() {
  if (pumping_) return;
  pumping_ = true;
  bool moved = true;
  while (moved && !pending().empty() && output_.size() < kOutputLimit) {
    const auto used = input_used_;
    const auto mode = mode_.index();
    step();
    moved = input_used_ != used || mode_.index() != mode;
  }
  input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(input_used_));
  input_used_ = 0;
  flush_urcs();
  if (auto* transparent = std::get_if<Transparent>(&mode_)) {
    overdue_ = input_.size();
    transparent->tunnel->deliver();
  }
  pumping_ = false;
}

void Channel::step() {
  std::visit(Overloaded{
                 [this](Command&) { step_command(); },
                 [this](Held&) { step_held(); },
                 [this](Intake& intake) { step_intake(intake); },
                 [this](Transparent& transparent) { step_transparent(transparent); },
             },
             mode_);
}

// ---- Command ----

void Channel::step_command() {
  const auto byte = pending().front();
  consume(1);
  if (std::exchange(line_feed_may_follow_, false)) {
    habit_ = byte == kLineFeed ? LineFeedHabit::sends : LineFeedHabit::omits;
    if (byte == kLineFeed) return;
  }
  if (dialogue_.echo) output_.push_back(byte);
  const auto event = editor_.push(byte);
  if (event == LineEditor::Event::none) return;

  line_feed_may_follow_ = event != LineEditor::Event::repeat;
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
  const auto byte = pending().front();
  consume(1);
  // The LF that follows the CR of the line is no character typed later.
  if (std::exchange(line_feed_may_follow_, false) && byte == kLineFeed) return;
  std::exchange(on_abort_, nullptr)();
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
    if (journal_) command_since_ = timeline_.now();
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
                    },
                    reply.value());
}

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
             },
             reply.value());
}

void Channel::note_command(std::string_view result) {
  const auto since = std::exchange(command_since_, std::nullopt);
  if (!since) return;
  const auto took = std::chrono::floor<std::chrono::milliseconds>(timeline_.now() - *since);
  journal_.write(RecordKind::at,
                 {{"command", fmt::format("AT{}", line_.last())}, {"result", result}, {"took_ms", took.count()}});
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
  mode_ = Intake{intake.request, std::move(intake.then), {}};
  swallow_line_feed_before_data();
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

// What arrived before the prompt went out follows the CR directly: its LF belongs to the command line, not to the data.
void Channel::swallow_line_feed_before_data() {
  if (!line_feed_may_follow_ || pending().empty()) return;
  line_feed_may_follow_ = false;
  if (pending().front() == kLineFeed) consume(1);
}

void Channel::begin_data_phase(const DataRequest& request) {
  const auto restart = [this, request] {
    silence_.start(request.timeout, [this] {
      escape_.release();
      end_intake(IntakeOutcome::End::timed_out);
      pump();
    });
  };
  restart();
  escape_.start(
      {},
      [this, restart](ByteSpan data) {
        append(std::get<Intake>(mode_).data, data);
        restart();
      },
      [this] {
        end_intake(IntakeOutcome::End::escaped);
        pump();
      });
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
  const auto wanted = request.length - intake.data.size() - escape_.withheld();
  const auto part = pending().first(std::min(pending().size(), wanted));
  consume(part.size());
  escape_.feed(part);
  if (intake.data.size() + escape_.withheld() < request.length) return;
  // The announced size is reached: what looked like an escape sequence was the end of the file.
  escape_.release();
  end_intake(IntakeOutcome::End::complete);
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
  swallow_line_feed_before_data();
  writer_.result(ResultCode::connect);
  const auto rule = tunnel.escape();
  escape_.start(
      {.guard_time = rule.guard_time, .longest_gap = rule.longest_gap},
      [this, &tunnel](ByteSpan data) {
        append(released_, data);
        pass_released(tunnel);
      },
      [this, &tunnel] {
        leave_for_command_state(tunnel);
        writer_.result(ResultCode::ok);
        pump();
      });
}

void Channel::step_transparent(Transparent& transparent) {
  auto& tunnel = *transparent.tunnel;
  if (!pass_released(tunnel)) return;
  // Bytes that had to wait for the tunnel are data: no silence lay before them when they came.
  const bool may_escape = overdue_ == 0 && tunnel.escape().enabled;
  if (may_escape && (pending().front() == '+' || escape_.withheld() > 0)) {
    const std::array byte{pending().front()};
    consume(1);
    escape_.feed(byte);
    return;
  }
  const auto taken = tunnel.send(overdue_ > 0 ? pending().first(overdue_) : pending());
  overdue_ -= std::min(overdue_, taken);
  if (taken > 0) escape_.note_data();
  consume(taken);
}

/// Plus signs that were no escape go before everything that came after them. True when none is left.
bool Channel::pass_released(Tunnel& tunnel) {
  if (released_.empty()) return true;
  const auto taken = tunnel.send(released_);
  released_.erase(released_.begin(), released_.begin() + static_cast<std::ptrdiff_t>(taken));
  return released_.empty();
}

void Channel::tunnel_writable() {
  if (auto* transparent = std::get_if<Transparent>(&mode_)) pass_released(*transparent->tunnel);
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
  drop_unsent();
  leave_for_command_state(*transparent->tunnel);
  pump();
}

/// What was meant for the peer and will not get there must not be taken for commands.
void Channel::drop_unsent() {
  consume(std::exchange(overdue_, 0));
  released_.clear();
}

void Channel::write_through(ByteSpan from_peer) { append(output_, from_peer); }

bool Channel::can_write_through() const { return transparent() && output_.size() < kOutputLimit; }

void Channel::close_tunnel(std::string_view last_words) {
  if (transparent()) {
    escape_.stop();
    drop_unsent();
    mode_ = Command{};
  }
  released_.clear();
  escaped_tunnel_ = nullptr;
  pending_tunnel_ = nullptr;
  if (!last_words.empty()) unsolicited(std::string{last_words});
  pump();
}

// ---- URCs and reset ----

void Channel::unsolicited(Urc urc) {
  urcs_.push(std::move(urc));
  pump();
}

void Channel::unsolicited(std::string line) {
  unsolicited([line = std::move(line)](ResponseWriter& writer) { writer.unsolicited(line); });
}

void Channel::flush_urcs() {
  while (std::holds_alternative<Command>(mode_) && editor_.idle() && !urcs_.empty() && output_.size() < kOutputLimit) {
    const auto before = output_.size();
    urcs_.pop()(writer_);
    if (journal_ && output_.size() > before) {
      journal_.write(RecordKind::urc, {{"text", without_line_ends(ByteSpan{output_}.subspan(before))}});
    }
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
  input_.clear();
  input_used_ = 0;
  overdue_ = 0;
  released_.clear();
  line_feed_may_follow_ = false;
}

bool Channel::in_data_state() const {
  const auto* intake = std::get_if<Intake>(&mode_);
  return std::holds_alternative<Transparent>(mode_) || (intake && std::holds_alternative<DataRequest>(intake->request));
}

std::string_view Channel::mode_name() const {
  return std::visit(Overloaded{
                        [](const Command&) { return "command"; },
                        [](const Held&) { return "held"; },
                        [](const Intake&) { return "intake"; },
                        [](const Transparent&) { return "transparent"; },
                    },
                    mode_);
}

}  // namespace quasimodem::atcmd
