// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/play.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "core/bytes.hpp"
#include "emulator/app/base/json.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/text_file.hpp"
#include "emulator/app/desk/line/line_port.hpp"
#include "emulator/app/desk/play/trace.hpp"
#include "emulator/app/desk/play/trace_bench.hpp"
#include "emulator/app/desk/play/trace_player.hpp"
#include "emulator/workbench/bench_play.hpp"
#include "emulator/workbench/transcript_player.hpp"

namespace quasimodem::app {
namespace {

using workbench::PlayReport;
using workbench::Transcript;
/// A dialogue, or already what came of looking for one.
using Loaded = std::variant<Transcript, Trace, PlayReport>;
namespace fs = std::filesystem;

constexpr auto kForm = "the form of a dialogue: quasimodem play --help";
constexpr auto kNoDialogue = "no dialogue: neither a transcript nor a trace";

PlayReport left_out(const std::string& path, const std::string& why) {
  PlayReport report{.name = path, .kind = "none"};
  report.skipped.push_back({0, "file", why});
  return report;
}

Trace load_trace(const std::string& path, const std::string& text, const PlayOptions& options) {
  auto trace = Trace::parse(path, text, options.modem);
  if (!trace) {
    throw Problem{ExitCode::usage, trace.error(),
                  "a trace has a JSON object a line: man quasimodem-control, \"Records\"; docs/control.md"};
  }
  if (const auto filled = fill_in(*trace, options.uploads); !filled) {
    throw Problem{ExitCode::usage, filled.error(),
                  "certificates and keys are never written into a trace; quasimodem record --with-payload does"};
  }
  return std::move(*trace);
}

/// What the head gives as `@FILE` lies beside the transcript; `--set` goes before all of it.
void add_values(Transcript& transcript, const PlayOptions& options) {
  for (auto& [name, value] : transcript.needs.values) {
    if (!value.starts_with('@') || options.values.contains(name)) continue;
    const fs::path beside = value.substr(1);
    if (beside.is_absolute() || std::find(beside.begin(), beside.end(), "..") != beside.end()) {
      throw Problem{
          ExitCode::usage,
          fmt::format("{}: # value: {}={}: a file beside the transcript is wanted", transcript.name, name, value),
          fmt::format("from anywhere else: --set {}={}", name, value)};
    }
    value = file_text(fs::path{transcript.name}.parent_path() / beside, kLargestHandwritten);
  }
}

/// Throws Problem when the text is a dialogue, and something is wrong with it.
Loaded dialogue_in(const std::string& path, const std::string& text, const PlayOptions& options) {
  if (Trace::looks_like_one(text)) return load_trace(path, text, options);
  if (!Transcript::looks_like_one(text)) return left_out(path, kNoDialogue);
  auto transcript = Transcript::parse(path, text);
  if (!transcript) throw Problem{ExitCode::usage, transcript.error(), kForm};
  add_values(*transcript, options);
  return std::move(*transcript);
}

Loaded load(const std::string& path, const PlayOptions& options) {
  return dialogue_in(path, file_text(path, kLargestRecorded), options);
}

/// The same of a member of a folder: what is wrong with one of them does not keep the others from being played.
Loaded load_member(const std::string& path, const PlayOptions& options) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) return left_out(path, "a folder in the folder; by its name it is played");
  if (!fs::is_regular_file(path, unknown)) return left_out(path, "no file");
  try {
    const auto text = file_text(path, kLargestRecorded);
    const bool other_json = Trace::looks_like_one(text) && !Trace::begins_like_one(text);
    return other_json ? left_out(path, kNoDialogue) : dialogue_in(path, text, options);
  } catch (const Problem& problem) {
    // Most of these begin with the place.
    std::string_view what{problem.what()};
    int line = 0;
    if (what.starts_with(path + ":")) what.remove_prefix(path.size() + 1);
    const auto [end, error] = std::from_chars(what.data(), what.data() + what.size(), line);
    if (error == std::errc{}) what.remove_prefix(static_cast<std::size_t>(end - what.data()));
    what.remove_prefix(std::min(what.find_first_not_of(": "), what.size()));
    PlayReport report{.name = path, .kind = "none"};
    report.differences.push_back({.line = line, .what = std::string{what}, .after = {}, .expected = {}, .got = {}});
    return report;
  }
}

/// What is in a folder, by name, but for what is hidden. Throws Problem.
std::vector<std::string> members(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{folder, error}) {
    if (!entry.path().filename().string().starts_with('.')) paths.push_back(entry.path().string());
  }
  if (error) throw Problem{ExitCode::usage, fmt::format("cannot read {}: {}", folder, error.message())};
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// Beside a port is nobody, but who attends to the play: he causes the events when he is asked to on standard error.
class PortStage final : public workbench::TranscriptStage {
 public:
  explicit PortStage(bool attended) : attended_{attended} {}

  std::vector<PlayReport::Skipped> prepare(const Transcript& transcript) override {
    name_ = transcript.name;
    std::vector<PlayReport::Skipped> skipped;
    for (const auto& need : transcript.needs.texts()) {
      skipped.push_back({0, "needs: " + need, "what stands at the port is taken as it is; see to it before"});
    }
    return skipped;
  }

  std::string happen(const Transcript::Step& event) override {
    if (event.text == "TLS handshake done") return {};  // the module does that itself
    if (!attended_) return "nobody causes it here; with --attended you do";
    fmt::print(stderr, "{}:{}: now: {}\n", name_, event.line, event.text);
    return {};
  }

 private:
  bool attended_;
  std::string name_;  ///< of the transcript
};

/// One dialogue, with or without a port.
struct Performance {
  const PlayOptions& options;
  LinePort* port;

  PlayReport operator()(const Transcript& transcript) const {
    const auto& needs = transcript.needs;
    if (!port && !needs.not_yet.empty()) {
      return left_out(transcript.name,
                      fmt::format("the emulated module does not have {} yet", fmt::join(needs.not_yet, ", ")));
    }
    if (port) {
      auto values = options.values;
      values.insert(needs.values.begin(), needs.values.end());
      PortStage stage{options.attended};
      return workbench::TranscriptPlayer{*port, stage, {.values = std::move(values)}}.play(transcript);
    }
    auto world = workbench::World::throwaway();
    world.model = options.model;
    world.values = options.values;
    return workbench::play(transcript, world);
  }

  PlayReport operator()(const Trace& trace) const {
    const TracePlayer::Options how{.mask = options.mask, .setup = options.setup};
    if (port) {
      TraceStage nobody;
      return TracePlayer{*port, nobody, how}.play(trace);
    }
    TraceBench bench{trace, options.model.value_or(device::Model::m95)};
    return TracePlayer{bench.line(), bench, how}.play(trace);
  }

  PlayReport operator()(const PlayReport& already) const { return already; }
};

Json report_json(const PlayReport& report) {
  JsonArray differences, skipped;
  for (const auto& each : report.differences) {
    differences.emplace_back(JsonObject{{"line", each.line},
                                        {"what", each.what},
                                        {"after", escaped(each.after)},
                                        {"expected", escaped(each.expected)},
                                        {"got", escaped(each.got)},
                                        {"parts_at", each.parts_at()}});
  }
  for (const auto& each : report.skipped) {
    skipped.emplace_back(JsonObject{{"line", each.line}, {"step", each.step}, {"why", each.why}});
  }
  return JsonObject{{"file", report.name},          {"kind", report.kind},
                    {"passed", report.passed()},    {"sent", report.sent},
                    {"compared", report.compared},  {"differences", std::move(differences)},
                    {"skipped", std::move(skipped)}};
}

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

/// How many came out how.
struct Tally {
  std::size_t all = 0, failed = 0, skipped = 0;

  void add(const PlayReport& report) {
    ++all;
    failed += report.passed() ? 0 : 1;
    skipped += report.left_out() ? 1 : 0;
  }
  std::string text() const {
    const auto played = all - skipped;
    const auto result = fmt::format("{} of {} as written", played - failed, played);
    return skipped ? fmt::format("{}, {} skipped", result, skipped) : result;
  }
};

}  // namespace

int play(const PlayOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a line that is gone is a message
  std::error_code unknown;
  std::vector<std::pair<std::string, std::optional<Loaded>>> items;  // members of a folder are looked at in their turn
  for (const auto& file : options.files) {
    if (fs::is_directory(file, unknown)) {
      for (auto& path : members(file)) items.emplace_back(std::move(path), std::nullopt);
    } else {
      items.emplace_back(file, load(file, options));
    }
  }
  const bool only = options.files.size() == 1 && items.size() == 1 && items.front().second;
  if (only && std::holds_alternative<PlayReport>(*items.front().second)) {
    throw Problem{ExitCode::usage, fmt::format("{}: {}", items.front().first, kNoDialogue), kForm};
  }
  std::unique_ptr<LinePort> port;
  if (options.port) {
    port = std::make_unique<LinePort>(*options.port);
    check_line(*port, *options.port);
  }
  Tally tally;
  for (auto& [path, loaded] : items) {
    if (!loaded) loaded = load_member(path, options);
    const auto report = std::visit(Performance{options, port.get()}, *loaded);
    loaded.reset();  // a trace may be long
    fmt::print("{}", options.json ? to_text(report_json(report)) + "\n" : report.text());
    std::fflush(stdout);
    tally.add(report);
  }
  if (tally.all == tally.skipped) {
    throw Problem{ExitCode::usage, "nothing was played",
                  "name a dialogue: quasimodem play --help; one that the emulated module cannot play yet: with --port"};
  }
  if (!options.json) fmt::print("{}\n", tally.text());
  return static_cast<int>(tally.failed == 0 ? ExitCode::ok : ExitCode::expectation_failed);
}

}  // namespace quasimodem::app
