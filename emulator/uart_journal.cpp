// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart_journal.hpp"

#include <functional>
#include <utility>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"

namespace quasimodem::emulator {
namespace {

constexpr auto kPause = 20ms;    // ends a record of text
constexpr auto kLongPause = 1s;  // ends a record of withheld bytes: a file arrives in many pieces
constexpr std::size_t kLongestText = 1024;

}  // namespace

UartJournal::UartJournal(Timeline& timeline, Journal journal, Payload payload, atcmd::Ear::Tell listener)
    : timeline_{timeline},
      journal_{journal},
      payload_{payload},
      listener_{std::move(listener)},
      ear_{commands::all_families(), [this](const atcmd::Heard& heard) { hear(heard); },
           listener_ ? atcmd::Ear::Attention::words : atcmd::Ear::Attention::secrets},
      in_{RecordKind::uart_rx, timeline},
      out_{RecordKind::uart_tx, timeline} {}

void UartJournal::received(ByteSpan from_te, Power power, const atcmd::Ear::Insight& insight) {
  if (!journal_) return;
  if (power_ != power) flush(in_);
  power_ = power;
  if (in_.text.find(out_.text) == std::string::npos) flush(out_);
  call_ = from_te;
  if (payload_ == Payload::shown) show(in_, from_te);
  ear_.from_te(from_te, timeline_.now(), insight);
  // Many hosts end a line with CR LF; the LF is no beginning of the next.
  auto line = in_.whole();
  if (line.ends_with('\n')) line.remove_suffix(1);
  end_call(in_, line.ends_with(static_cast<char>(insight.dialogue.line_terminator)));
  if (in_.withheld > 0 && !ear_.hears_secret()) write_withheld(in_);
}

void UartJournal::sent(ByteSpan to_te, Rest rest) {
  if (!journal_) return;
  const bool echo = payload_ == Payload::withheld && ear_.hears_echo_of_secret();
  // What the host said stands before the answer to it. An echo is no answer, it may come in the middle of a line.
  if (!echo && (in_.withheld > 0 || !in_.text.ends_with(as_text(to_te)))) flush(in_);
  call_ = to_te;
  if (payload_ == Payload::shown) show(out_, to_te);
  ear_.from_module(to_te, rest);
  end_call(out_, out_.whole().ends_with('\n') || out_.whole().ends_with("> "));
  if (echo && !ear_.hears_echo_of_secret()) write_withheld(out_);
}

void UartJournal::end() {
  flush(in_);
  flush(out_);
}

void UartJournal::hear(const atcmd::Heard& heard) {
  using Kind = atcmd::Heard::Kind;
  const bool withheld = payload_ == Payload::withheld;
  switch (heard.kind) {
    case Kind::typed: return withheld ? show(in_, heard.bytes) : void();
    case Kind::said: return withheld ? show(out_, heard.bytes) : void();
    case Kind::payload: return withheld && heard.secret ? withhold(in_, heard.size) : void();
    case Kind::withheld: return withheld ? withhold(out_, heard.size) : void();
    default:
      if (listener_) listener_(heard);
  }
}

/// What comes whole, as nearly everything does, goes into its record without being copied.
void UartJournal::show(Stream& stream, ByteSpan bytes) {
  write_withheld(stream);
  const bool follows = !stream.fresh.empty() && stream.fresh.data() + stream.fresh.size() == bytes.data();
  if (follows) {
    stream.fresh = {stream.fresh.data(), stream.fresh.size() + bytes.size()};
  } else {
    keep(stream);
    stream.fresh = bytes;
  }
  const std::less_equal<> not_behind;
  const bool of_call =
      not_behind(call_.data(), bytes.data()) && not_behind(bytes.data() + bytes.size(), call_.data() + call_.size());
  if (!of_call || !stream.text.empty()) keep(stream);
}

/// Beyond the call that brought it.
void UartJournal::keep(Stream& stream) {
  if (stream.fresh.empty()) return;
  stream.text += as_text(std::exchange(stream.fresh, {}));
  stream.idle.start(kPause, [&stream, this] { write_text(stream); });
}

void UartJournal::end_call(Stream& stream, bool line_ends) {
  if (line_ends || stream.whole().size() >= kLongestText) write_text(stream);
  keep(stream);
}

void UartJournal::withhold(Stream& stream, std::size_t count) {
  write_text(stream);
  stream.withheld += count;
  stream.idle.start(kLongPause, [&stream, this] { write_withheld(stream); });
}

void UartJournal::write_text(Stream& stream) {
  if (stream.whole().empty()) return;
  if (!stream.text.empty()) keep(stream);
  stream.idle.cancel();
  const auto text = std::exchange(stream.text, {});
  const auto bytes = text.empty() ? std::exchange(stream.fresh, {}) : as_bytes(text);
  if (stream.kind == RecordKind::uart_rx && power_ == Power::off) {
    journal_.write(stream.kind, {{"text", bytes}, {"heard", false}});
  } else {
    journal_.write(stream.kind, {{"text", bytes}});
  }
}

void UartJournal::write_withheld(Stream& stream) {
  if (stream.withheld == 0) return;
  stream.idle.cancel();
  const auto count = std::exchange(stream.withheld, 0);
  journal_.write(stream.kind, {{"text", fmt::format("<{} bytes of certificate>", count)}, {"withheld", count}});
}

void UartJournal::flush(Stream& stream) {
  write_text(stream);
  write_withheld(stream);
}

}  // namespace quasimodem::emulator
