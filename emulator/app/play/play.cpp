// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/play/play.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "core/bytes.hpp"
#include "emulator/app/play/bench_line.hpp"
#include "emulator/app/play/play_report.hpp"
#include "emulator/app/play/port_line.hpp"
#include "emulator/app/play/port_player.hpp"
#include "emulator/app/play/trace.hpp"
#include "emulator/app/play/trace_player.hpp"
#include "emulator/app/problem.hpp"
#include "emulator/app/text_file.hpp"
#include "emulator/workbench/player.hpp"

namespace quasimodem::app {
namespace {

using workbench::Transcript;
using Dialogue = std::variant<Transcript, Trace>;

Trace load_trace(const std::string& path, const std::string& text, const PlayOptions& options) {
  auto trace = Trace::parse(path, text, options.modem);
  if (!trace) {
    throw Problem{ExitCode::usage, trace.error(), "a trace has a JSON object a line: docs/control.md, \"Records\""};
  }
  if (const auto filled = fill_in(*trace, options.uploads); !filled) {
    throw Problem{ExitCode::usage, filled.error(),
                  "certificates and keys are never written into a trace; quasimodem record --with-payload does"};
  }
  return std::move(*trace);
}

Dialogue load(const std::string& path, const PlayOptions& options) {
  const auto text = file_text(path, kLargestRecorded);
  if (Trace::looks_like_one(text)) return load_trace(path, text, options);
  auto transcript = Transcript::parse(path, text);
  if (!transcript) throw Problem{ExitCode::usage, transcript.error(), "the form of a dialogue: quasimodem play --help"};
  if (transcript->steps.empty()) throw Problem{ExitCode::usage, path + ": nothing is said in it"};
  return std::move(*transcript);
}

/// One dialogue, with or without a port.
struct Performance {
  const PlayOptions& options;
  LinePort* port;

  PlayReport operator()(const Transcript& transcript) const {
    if (port) return PortPlayer{*port, {.values = options.values, .attended = options.attended}}.play(transcript);
    auto world = workbench::World::throwaway();
    world.model = options.model;
    world.values = options.values;
    PlayReport report{.name = transcript.name, .kind = "transcript"};
    for (const auto& step : transcript.steps) {
      report.sent += step.kind == Transcript::Step::Kind::host ? 1 : 0;
      report.compared += step.kind == Transcript::Step::Kind::module ? 1 : 0;
    }
    for (auto& each : workbench::differences(transcript, world)) {
      const auto parts_at = where_they_part(each.expected, each.actual);
      report.differences.push_back({each.line, std::move(each.what), std::move(each.after), std::move(each.expected),
                                    std::move(each.actual), parts_at});
    }
    return report;
  }

  PlayReport operator()(const Trace& trace) const {
    const TracePlayer::Options how{.mask = options.mask, .setup = options.setup};
    if (port) {
      PortLine line{*port};
      return TracePlayer{line, how}.play(trace);
    }
    BenchLine line{trace, options.model};
    return TracePlayer{line, how}.play(trace);
  }
};

/// Whether anything is there, before every step of a dialogue waits for it in vain. AT also trains autobaud.
void check_line(LinePort& port, const LineAddress& address) {
  constexpr int kTries = 3;
  constexpr std::chrono::milliseconds kAnswerTakes{1000}, kQuiet{200};
  bool answered = false;
  for (int tries = 0; tries < kTries && !answered; ++tries) {
    port.write(as_bytes("AT\r"));
    answered = !port.read(kAnswerTakes).empty();
  }
  if (!answered) {
    throw Problem{ExitCode::environment, fmt::format("nothing answers AT at {}", address.text()),
                  "is the module on, the rate right (--baud), the port free of other programs?"};
  }
  while (!port.read(kQuiet).empty()) {
  }
}

}  // namespace

int play(const PlayOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a line that is gone is a message
  std::vector<Dialogue> dialogues;
  for (const auto& file : options.files) dialogues.push_back(load(file, options));
  std::unique_ptr<LinePort> port;
  if (options.port) {
    port = std::make_unique<LinePort>(*options.port);
    check_line(*port, *options.port);
  }
  std::size_t failed = 0;
  for (const auto& dialogue : dialogues) {
    const auto report = std::visit(Performance{options, port.get()}, dialogue);
    fmt::print("{}", options.json ? to_text(play_report_json(report)) + "\n" : play_report_text(report));
    std::fflush(stdout);
    failed += report.passed() ? 0 : 1;
  }
  if (!options.json) fmt::print("{} of {} as written\n", dialogues.size() - failed, dialogues.size());
  return static_cast<int>(failed == 0 ? ExitCode::ok : ExitCode::expectation_failed);
}

}  // namespace quasimodem::app
