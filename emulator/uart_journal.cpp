// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart_journal.hpp"

#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::emulator {
namespace {

constexpr auto kPause = 20ms;    // ends a record of text
constexpr auto kLongPause = 1s;  // ends a record of withheld bytes: a file arrives in many pieces
constexpr std::size_t kLongestText = 1024;

}  // namespace

UartJournal::UartJournal(Timeline& timeline, Journal journal, Payload payload)
    : timeline_{timeline},
      journal_{journal},
      payload_{payload},
      in_{RecordKind::uart_rx, timeline},
      out_{RecordKind::uart_tx, timeline} {}

void UartJournal::received(ByteSpan from_te, Listening listening) {
  if (!journal_) return;
  if (powered_ != listening.powered) flush(in_);
  powered_ = listening.powered;
  if (in_.text.find(out_.text) == std::string::npos) flush(out_);
  if (payload_ == Payload::shown) {
    show(in_, from_te);
  } else {
    guard_.feed(
        from_te, timeline_.now(), listening.terminator, [this](ByteSpan bytes) { show(in_, bytes); },
        [&](std::size_t count) {
          withhold(in_, count);
          if (listening.echoing || guard_.overrun()) echoes_payload_ = true;
        });
  }
  // Many hosts end a line with CR LF; the LF is no beginning of the next.
  std::string_view line{in_.text};
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with(listening.terminator) || in_.text.size() >= kLongestText) write_text(in_);
  if (in_.withheld > 0 && !guard_.locked()) write_withheld(in_);
}

void UartJournal::sent(ByteSpan to_te, Rest rest) {
  if (!journal_) return;
  if (echoes_payload_) {
    withhold(out_, to_te.size());
    echoes_payload_ = guard_.locked() || rest == Rest::waits;
    if (!echoes_payload_) write_withheld(out_);
    return;
  }
  // What the host said stands before the answer to it. An echo is no answer, it may come in the middle of a line.
  if (in_.withheld > 0 || !std::string_view{in_.text}.ends_with(as_text(to_te))) flush(in_);
  std::size_t begin = 0;
  const auto end_run = [&](bool inside, std::size_t end) {
    const auto run = to_te.subspan(begin, end - begin);
    begin = end;
    if (run.empty()) return;
    inside ? withhold(out_, run.size()) : show(out_, run);
  };
  for (std::size_t at = 0; payload_ == Payload::withheld && at < to_te.size(); ++at) {
    const bool inside = pem_out_.inside();
    pem_out_.look_at(static_cast<char>(to_te[at]));
    if (inside != pem_out_.inside()) end_run(inside, at + 1);
  }
  end_run(pem_out_.inside(), to_te.size());
  const bool line_ends = out_.text.ends_with('\n') || out_.text.ends_with("> ");
  if (line_ends || out_.text.size() >= kLongestText) write_text(out_);
}

void UartJournal::end() {
  flush(in_);
  flush(out_);
}

void UartJournal::show(Stream& stream, ByteSpan bytes) {
  write_withheld(stream);
  stream.text += as_text(bytes);
  stream.idle.start(kPause, [&stream, this] { write_text(stream); });
}

void UartJournal::withhold(Stream& stream, std::size_t count) {
  write_text(stream);
  stream.withheld += count;
  stream.idle.start(kLongPause, [&stream, this] { write_withheld(stream); });
}

void UartJournal::write_text(Stream& stream) {
  if (stream.text.empty()) return;
  stream.idle.cancel();
  const auto text = std::exchange(stream.text, {});
  if (stream.kind == RecordKind::uart_rx && !powered_) {
    journal_.write(stream.kind, {{"text", as_bytes(text)}, {"heard", false}});
  } else {
    journal_.write(stream.kind, {{"text", as_bytes(text)}});
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
