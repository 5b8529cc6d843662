// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/transcript_player.hpp"

#include <optional>

#include <fmt/core.h>

#include "atcmd/listen/ear.hpp"
#include "emulator/workbench/pattern.hpp"
#include "net/endpoint.hpp"

namespace quasimodem::workbench {
namespace {

constexpr Duration kSetupPatience = 150s;  // of AT+QIACT [M66 11.7]

std::optional<Pattern::Match> placeholder_in(std::string_view text) {
  static const Pattern kPlaceholder{R"(\{([A-Z0-9_]+)\})"};
  return kPlaceholder.find(text);
}

}  // namespace

std::string bytes_of(const std::string& text, const std::map<std::string, std::string>& values) {
  auto rest = to_text(unescaped(text));
  std::string bytes;
  while (const auto placeholder = placeholder_in(rest)) {
    const auto value = values.find((*placeholder)[1]);
    bytes += rest.substr(0, placeholder->at) + (value == values.end() ? (*placeholder)[0] : value->second);
    rest.erase(0, placeholder->end());
  }
  return bytes + rest;
}

Fit fit(std::string_view expected, std::string_view output) {
  using State = Fit::State;
  std::size_t used = 0;
  for (bool anything = false;; anything = true) {
    const auto placeholder = placeholder_in(expected);
    const auto literal = expected.substr(0, placeholder ? placeholder->at : expected.size());
    if (anything) used = literal.empty() ? output.size() : output.find(literal.front(), used);
    if (used > output.size()) return {State::needs_more, 0};
    const auto rest = output.substr(used, literal.size());
    if (!literal.starts_with(rest)) return {State::differs, 0};
    if (rest.size() < literal.size()) return {State::needs_more, 0};
    used += literal.size();
    if (!placeholder) return {State::fits, used};
    expected.remove_prefix(placeholder->end());
  }
}

PlayReport TranscriptPlayer::play(const Transcript& transcript) {
  report_ = {.name = transcript.name, .kind = "transcript"};
  try {
    report_.skipped = stage_.prepare(transcript);
    rest_of_output();
    int line = 0;
    for (const auto& step : transcript.steps) {
      const bool beside = step.kind == Step::Kind::wait || step.kind == Step::Kind::event;
      if (step.from_host() || (beside && options_.exact)) expect_nothing_more(line, {});
      perform(step);
      line = step.line;
    }
    expect_nothing_more(line, kQuiet);
  } catch (const Unplayable& why) {
    report_.differences.push_back({.line = why.line, .what = why.what(), .after = {}, .expected = {}, .got = {}});
  }
  return std::move(report_);
}

void TranscriptPlayer::perform(const Step& step) {
  using Kind = Step::Kind;
  switch (step.kind) {
    case Kind::setup: return set_up(step);
    case Kind::host: return say(step);
    case Kind::module: return lost_ ? void() : expect(step);
    case Kind::wait: return listen_until(line_.now() + step.time);  // what comes is for the next step to judge
    case Kind::event: return happen(step);
  }
}

std::string TranscriptPlayer::bytes(const Step& step) const {
  auto bytes = bytes_of(step.text, options_.values);
  const auto unknown = placeholder_in(bytes);
  if (unknown && (step.kind != Step::Kind::module || options_.exact))
    throw Unplayable{step.line, fmt::format("unknown placeholder {}: --set {}=…", (*unknown)[0], (*unknown)[1])};
  return bytes;
}

/// A command before the dialogue, whose answer is a matter of course.
void TranscriptPlayer::set_up(const Step& step) {
  const auto command = bytes(step);
  std::optional<std::string> result;
  atcmd::Ear ear{{}, [&](const atcmd::Heard& heard) {
                   using Kind = atcmd::Heard::Kind;
                   if (heard.kind == Kind::answer || heard.kind == Kind::prompt) result = heard.text;
                   // AT+QILOCIP says an address, and no final result.
                   if (heard.kind == Kind::information && net::IpAddress::parse(heard.text)) result = "OK";
                 }};
  output_.clear();
  lost_ = false;
  line_.write(as_bytes(command + "\r"));
  ear.from_te(as_bytes(command + "\r"), {});
  for (auto more = listen(kSetupPatience); !more.empty(); more = listen(kSetupPatience)) {
    ear.from_module(as_bytes(more));
    if (result) break;
  }
  const auto answer = rest_of_output();
  if (!result || (!result->ends_with("OK") && *result != "0")) {
    throw Unplayable{step.line,
                     fmt::format("setup: {} answered {}", command, answer.empty() ? "nothing" : escaped(answer))};
  }
}

void TranscriptPlayer::say(const Step& step) {
  if (std::exchange(lost_, false)) rest_of_output();
  speak(bytes(step));
}

void TranscriptPlayer::expect(const Step& step) {
  const auto expected = bytes(step);
  // What an event that did not happen would have brought never comes.
  const auto usual = missed_event_ ? kQuiet : options_.patience;
  const auto patience = std::exchange(event_before_, false) ? options_.event_patience : usual;
  ++report_.compared;
  for (;;) {
    const auto found = fit(expected, output_);
    if (found.state == Fit::State::fits) {
      output_.erase(0, found.used);
      return;
    }
    if (found.state == Fit::State::differs || listen(patience).empty())
      return differ(step.line, "not the bytes expected", expected);
  }
}

void TranscriptPlayer::happen(const Step& step) {
  const auto why_not = stage_.happen(step);
  event_before_ = why_not.empty();
  if (event_before_) return;
  report_.skipped.push_back({step.line, "event: " + step.text, why_not});
  if (missed_event_ == 0) missed_event_ = step.line;
}

void TranscriptPlayer::expect_nothing_more(int line, Duration patience) {
  if (lost_) return;
  if (output_.empty()) listen(patience);
  if (!output_.empty()) differ(line, "more than expected follows");
}

void TranscriptPlayer::differ(int line, const std::string& what, const std::string& expected) {
  Player::differ(line, what, expected);
  if (missed_event_ == 0) return;
  const auto& difference = report_.differences.back();
  report_.skipped.push_back(
      {line, fmt::format("{}: expected {}, got {}", what, escaped(expected), escaped(difference.got)),
       fmt::format("it may come from the event of line {}, which did not happen", missed_event_)});
  report_.differences.pop_back();
}

}  // namespace quasimodem::workbench
