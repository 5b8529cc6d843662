// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/trace_player.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "core/bytes.hpp"

namespace quasimodem::app {

using workbench::Fit;

std::string TraceStage::happen(const Trace& trace, std::size_t entry) {
  switch (trace.entries[entry].kind) {
    case RecordKind::fault: return "faults strike emulated modules only";
    case RecordKind::ctl: return "a request of the control socket; at a port there is none";
    case RecordKind::power: {
      const auto event = member_text(trace.entries[entry].record, "event");
      const bool cause = event == "key" || event == "supply cut" || event == "reset";
      return cause ? "nobody presses a key or cuts the supply here" : "";
    }
    default: return {};
  }
}

workbench::PlayReport TracePlayer::play(const Trace& trace) {
  report_ = {.name = trace.name, .kind = "trace"};
  for (const auto& command : options_.setup) {
    line_.write(as_bytes(command + "\r"));
    rest_of_output();
  }
  last_said_at_ = line_.now();
  last_said_in_trace_ = trace.entries.empty() ? Duration{} : trace.entries.front().time;
  for (std::size_t index = 0; index < trace.entries.size(); ++index) {
    switch (trace.entries[index].kind) {
      case RecordKind::uart_rx: say(trace, index); break;
      case RecordKind::uart_tx: hear(trace, index); break;
      default: happen(trace, index); break;
    }
  }
  expect_nothing_more();
  return std::move(report_);
}

void TracePlayer::skip(const Trace::Entry& entry, const std::string& why) {
  std::string step{name_of(entry.kind)};
  for (const std::string_view field : {"event", "name", "method", "params", "text"}) {
    if (const auto value = member_text(entry.record, field)) step += fmt::format(" {}", *value);
  }
  report_.skipped.push_back({entry.line, step, why});
}

/// At its time, where that matters. The words of the module tell what must have arrived before them: that comes at
/// once.
void TracePlayer::happen(const Trace& trace, std::size_t index) {
  const auto& entry = trace.entries[index];
  if (stage_.acts_on(entry)) listen_until(last_said_at_ + (entry.time - last_said_in_trace_));
  if (const auto why = stage_.happen(trace, index); !why.empty()) skip(entry, why);
}

void TracePlayer::say(const Trace& trace, std::size_t index) {
  const auto& entry = trace.entries[index];
  if (!entry.heard) return;  // the module was off
  if (spoken_ || stage_.starts_module()) listen_until(last_said_at_ + (entry.time - last_said_in_trace_));
  if (std::exchange(lost_, false)) rest_of_output();
  stage_.happen(trace, index);
  carried_ = output_.size();
  carried_line_ = last_line_;
  carried_after_ = last_said_;
  last_said_in_trace_ = entry.time;
  last_said_at_ = line_.now();
  last_line_ = entry.line;
  spoken_ = true;
  speak(entry.bytes);
}

void TracePlayer::hear(const Trace& trace, std::size_t index) {
  const auto& entry = trace.entries[index];
  if (!spoken_ && !stage_.starts_module()) return skip(entry, "it was said before the host spoke");
  happen(trace, index);
  if (lost_) return;
  entry.withheld ? expect_unknown(entry) : expect(entry);
  last_line_ = entry.line;
}

void TracePlayer::expect(const Trace::Entry& entry) {
  ++report_.compared;
  // The trace may have waited long for this.
  const auto took = entry.time - last_said_in_trace_;
  const auto end = std::max(line_.now(), last_said_at_ + std::max(took, Duration{})) + options_.patience;
  for (;;) {
    const auto found = fit(entry.bytes, output_, options_.mask);
    if (found.state == Fit::State::fits) {
      output_.erase(0, found.used);
      carried_ -= std::min(carried_, found.used);
      return;
    }
    // What had come already before the host spoke, and does not stand in the trace, was too much there.
    if (found.state == Fit::State::differs && carried_ > 0) {
      too_much(carried_line_, carried_after_, output_.substr(0, carried_));
      output_.erase(0, std::exchange(carried_, 0));
      continue;
    }
    if (found.state == Fit::State::differs) return differ(entry.line, "the module says something else", entry.bytes);
    const auto left = end - line_.now();
    if (left <= Duration{} || listen(left).empty()) {
      return differ(entry.line, output_.empty() ? "the module says nothing" : "the module says less", entry.bytes);
    }
  }
}

/// Bytes that the trace withholds: as many of any kind.
void TracePlayer::expect_unknown(const Trace::Entry& entry) {
  const auto end = line_.now() + options_.patience;
  while (output_.size() < entry.withheld && line_.now() < end && !listen(end - line_.now()).empty()) {
  }
  output_.erase(0, entry.withheld);
}

void TracePlayer::expect_nothing_more() {
  if (lost_ || !spoken_) return;
  if (auto rest = rest_of_output(); !rest.empty()) too_much(last_line_, last_said_, std::move(rest));
}

void TracePlayer::too_much(int line, const std::string& after, std::string got) {
  report_.differences.push_back(
      {.line = line, .what = "the module says more", .after = after, .expected = {}, .got = std::move(got)});
}

}  // namespace quasimodem::app
