// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/port_player.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "core/bytes.hpp"
#include "core/duration_text.hpp"
#include "emulator/workbench/pattern.hpp"

namespace quasimodem::app {
namespace {

using workbench::Transcript;
constexpr std::chrono::milliseconds kModuleQuiet{700};  // nothing for so long: the module has said all

/// `{NAME}` at `at`; its length, or 0.
std::size_t placeholder_at(const std::string& text, std::size_t at) {
  if (text[at] != '{') return 0;
  const auto end = text.find('}', at);
  if (end == std::string::npos || end == at + 1) return 0;
  const auto name = text.substr(at + 1, end - at - 1);
  const auto allowed = [](unsigned char c) { return std::isupper(c) || std::isdigit(c) || c == '_'; };
  return std::all_of(name.begin(), name.end(), allowed) ? end - at + 1 : 0;
}

std::string substituted(const std::string& text, const std::map<std::string, std::string>& values) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = placeholder_at(text, at);
    const auto value = length ? values.find(text.substr(at + 1, length - 2)) : values.end();
    if (value != values.end()) {
      result += value->second;
      at += length;
    } else {
      result += text[at++];
    }
  }
  return result;
}

std::optional<std::string> missing_value(const std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (const auto length = placeholder_at(text, at)) return text.substr(at + 1, length - 2);
  }
  return std::nullopt;
}

}  // namespace

Fit fit(const std::string& expected, const std::string& output) {
  std::size_t used = 0;
  for (std::size_t at = 0; at < expected.size();) {
    if (const auto length = placeholder_at(expected, at)) {
      at += length;
      if (at == expected.size()) return {Fit::State::fits, output.size()};
      const auto next = output.find(expected[at], used);
      if (next == std::string::npos) return {Fit::State::needs_more, 0};
      used = next;
      continue;
    }
    if (used == output.size()) return {Fit::State::needs_more, 0};
    if (output[used] != expected[at]) return {Fit::State::differs, 0};
    ++used;
    ++at;
  }
  return {Fit::State::fits, used};
}

PlayReport PortPlayer::play(const Transcript& transcript) {
  report_ = {.name = transcript.name, .kind = "transcript"};
  last_said_.clear();
  missed_event_ = 0;
  event_before_ = lost_ = false;
  prepare(transcript);
  int line = 0;
  for (const auto& step : transcript.steps) {
    if (step.kind == Step::Kind::host && !lost_) expect_nothing_more(line, std::chrono::milliseconds{0});
    line = step.line;
    perform(step);
  }
  if (!lost_) expect_nothing_more(line, kModuleQuiet);
  return std::move(report_);
}

/// The settings among the start phrases are made; the rest is for whoever has the module before him.
void PortPlayer::prepare(const Transcript& transcript) {
  for (const auto& need : transcript.needs.texts()) {
    report_.skipped.push_back({0, "needs: " + need, "what stands at the port is taken as it is; see to it before"});
  }
  static const workbench::Pattern kSetting{"[A-Z]+=[0-9]+"};
  rest_of_output();
  for (const auto& phrase : transcript.start) {
    const bool echo = phrase == "ATE0" || phrase == "ATE1";
    if (echo || kSetting.whole(phrase)) {
      port_.write(as_bytes((echo ? phrase : "AT+" + phrase) + "\r"));
      rest_of_output();
    } else {
      report_.skipped.push_back({0, "start: " + phrase, "the module is taken as it is; see to it before"});
    }
  }
}

/// Of `# @wait`; no time at all when it is none.
std::chrono::milliseconds PortPlayer::waiting_time(const std::string& text) {
  const auto time = parse_duration(workbench::trimmed(text)).value_or(Duration::zero());
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::min(time, workbench::kLongestWait));
}

void PortPlayer::perform(const Step& step) {
  switch (step.kind) {
    case Step::Kind::host: return say(step);
    case Step::Kind::module:
      if (!lost_) expect(step);
      return;
    case Step::Kind::wait:
      // What comes meanwhile is for the next step to judge.
      return listen(waiting_time(step.text));
    case Step::Kind::event: return happen(step);
  }
}

void PortPlayer::happen(const Step& step) {
  const auto event = workbench::trimmed(step.text);
  // The module does that itself.
  if (event == "TLS handshake done") {
    event_before_ = true;
    return;
  }
  if (options_.attended) {
    fmt::print(stderr, "{}:{}: now: {}\n", report_.name, step.line, event);
    event_before_ = true;
    return;
  }
  report_.skipped.push_back({step.line, "event: " + event, "nobody causes it here; with --attended you do"});
  if (missed_event_ == 0) missed_event_ = step.line;
}

void PortPlayer::say(const Step& step) {
  const auto text = substituted(quasimodem::to_text(unescaped(step.text)), options_.values);
  if (const auto name = missing_value(text)) {
    return differ(step.line, fmt::format("{{{}}} has no value: --set {}=…", *name, *name));
  }
  if (std::exchange(lost_, false)) rest_of_output();
  last_said_ = text;
  ++report_.sent;
  port_.write(as_bytes(text));
}

void PortPlayer::expect(const Step& step) {
  const auto expected = substituted(quasimodem::to_text(unescaped(step.text)), options_.values);
  // What an event that did not happen would have brought never comes.
  const auto usual = missed_event_ ? kModuleQuiet : options_.patience;
  const auto patience = std::exchange(event_before_, false) ? options_.event_patience : usual;
  ++report_.compared;
  for (;;) {
    const auto found = fit(expected, output_);
    if (found.state == Fit::State::fits) {
      output_.erase(0, found.used);
      return;
    }
    const auto more = found.state == Fit::State::differs ? Bytes{} : port_.read(patience);
    if (more.empty()) return differ(step.line, "not the bytes expected", expected);
    output_ += quasimodem::to_text(more);
  }
}

void PortPlayer::listen(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    output_ += quasimodem::to_text(port_.read(std::max(left, std::chrono::milliseconds{0})));
  } while (std::chrono::steady_clock::now() < end);
}

void PortPlayer::expect_nothing_more(int line, std::chrono::milliseconds patience) {
  if (output_.empty()) listen(patience);
  if (!output_.empty()) differ(line, "more than expected follows");
}

void PortPlayer::differ(int line, const std::string& what, const std::string& expected) {
  lost_ = true;
  auto got = rest_of_output();
  if (missed_event_) {
    report_.skipped.push_back(
        {line, fmt::format("{}: expected {}, got {}", what, escaped(expected), escaped(got)),
         fmt::format("it may come from the event of line {}, which did not happen", missed_event_)});
    return;
  }
  const auto parts_at = where_they_part(expected, got);
  report_.differences.push_back({.line = line,
                                 .what = what,
                                 .after = last_said_,
                                 .expected = expected,
                                 .got = std::move(got),
                                 .parts_at = parts_at});
}

/// All that comes until the module is quiet.
std::string PortPlayer::rest_of_output() {
  auto rest = std::exchange(output_, {});
  for (auto more = port_.read(kModuleQuiet); !more.empty(); more = port_.read(kModuleQuiet)) rest += as_text(more);
  return rest;
}

}  // namespace quasimodem::app
