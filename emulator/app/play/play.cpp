// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/play/play.hpp"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/json_value.hpp"
#include "emulator/app/play/port_player.hpp"
#include "emulator/app/problem.hpp"
#include "emulator/workbench/player.hpp"

namespace quasimodem::app {
namespace {

using workbench::Transcript;

constexpr const char* kUsage = R"(
Usage: quasimodem play [OPTIONS] FILE...
)";

constexpr const char* kFooter = R"(FILE is a dialogue, every byte of it, as in tests/transcripts/00_format.txt:

  # start: ATE0
  > AT+CSQ\r
  < \r\n+CSQ: 30,0\r\n\r\nOK\r\n

Without --port it is played against a module in memory, its peers made up; with --port against the module, real or
emulated, at the end of that line. There the start and the events are yours to see to: they are shown on standard error.
Every difference is told with file and line; after one the play goes on with the next words of the host.

Exit codes: 0 all as written, 1 something differed, 2 usage or a file that is no transcript, 3 the port.)";

struct Options {
  std::vector<std::string> files;
  std::optional<std::string> port;
  int baud = 115200;
  device::Model model = device::Model::m95;
  std::map<std::string, std::string> values;
  bool json = false;
};

std::string file_text(const std::string& path) {
  std::ifstream stream{path, std::ios::binary};
  if (!stream || std::filesystem::is_directory(path))
    throw Problem{ExitCode::usage, fmt::format("cannot read {}", path)};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

/// `NAME=VALUE`, `NAME=@FILE`.
std::pair<std::string, std::string> read_value(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    usage(fmt::format("--set {}: not NAME=VALUE", text), "--set IP=192.0.2.1, --set CA_CERT_PEM=@ca.pem");
  }
  const auto value = text.substr(equals + 1);
  return {text.substr(0, equals), value.starts_with('@') ? file_text(value.substr(1)) : value};
}

Transcript load(const std::string& path) {
  auto transcript = Transcript::parse(path, file_text(path));
  if (!transcript)
    throw Problem{ExitCode::usage, transcript.error(), "the form of a transcript: quasimodem play --help"};
  if (transcript->steps.empty()) throw Problem{ExitCode::usage, path + ": nothing is said in it"};
  return std::move(*transcript);
}

std::vector<std::string> play_in_memory(const Transcript& transcript, const Options& options) {
  auto world = workbench::World::throwaway();
  world.model = options.model;
  world.values = options.values;
  const auto difference = workbench::play(transcript, world);
  return difference.empty() ? std::vector<std::string>{} : std::vector{difference};
}

void print_verdict(const std::string& name, const std::vector<std::string>& differences) {
  fmt::print("{}  {}\n", differences.empty() ? "pass" : "FAIL", name);
  for (const auto& difference : differences) fmt::print("{}\n", difference);
}

void print_object(const std::string& name, const std::vector<std::string>& differences) {
  Json::Array list;
  for (const auto& difference : differences) list.emplace_back(difference);
  fmt::print("{}\n", to_text(Json::Object{
                         {"transcript", name}, {"pass", differences.empty()}, {"differences", std::move(list)}}));
}

int play_all(const Options& options) {
  std::vector<Transcript> transcripts;
  for (const auto& file : options.files) transcripts.push_back(load(file));
  std::unique_ptr<LinePort> port;
  if (options.port) port = std::make_unique<LinePort>(*options.port, options.baud);
  std::size_t failed = 0;
  for (const auto& transcript : transcripts) {
    const auto differences =
        port ? PortPlayer{*port, {.values = options.values}}.play(transcript) : play_in_memory(transcript, options);
    options.json ? print_object(transcript.name, differences) : print_verdict(transcript.name, differences);
    std::fflush(stdout);
    failed += differences.empty() ? 0 : 1;
  }
  if (!options.json) fmt::print("{} of {} as written\n", transcripts.size() - failed, transcripts.size());
  return static_cast<int>(failed == 0 ? ExitCode::ok : ExitCode::expectation_failed);
}

}  // namespace

int play(const std::vector<std::string>& arguments) {
  Options options;
  std::string model = "m95";
  std::vector<std::string> values;
  CLI::App app{"Plays transcripts against an emulated or a real module and tells every difference.", "quasimodem play"};
  set_usage(app, kUsage);
  app.footer(kFooter);
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_option("--port", options.port, "the line: a terminal device, tcp:HOST:PORT or unix:PATH")->type_name("PORT");
  app.add_option("--baud", options.baud, "rate of a terminal device; default 115200")->type_name("RATE");
  app.add_option("-m,--model", model, "the module in memory: m10, m66, m85 or m95; default m95")->type_name("MODEL");
  app.add_option("--set", values, "value of {NAME} in the files, repeatable; @FILE is the content of a file")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--json", options.json, "one JSON object a transcript instead of text");
  app.add_option("files", options.files, "transcripts")->type_name("FILE");
  app.positionals_at_end();
  if (const auto help = read_arguments(app, arguments)) {
    fmt::print("{}", *help);
    return static_cast<int>(ExitCode::ok);
  }
  if (options.files.empty()) usage("nothing to play", "quasimodem play FILE...");
  const auto named = device::model_named(model);
  if (!named) {
    usage(fmt::format("unknown model \"{}\"{}", model, did_you_mean(model, {"m10", "m66", "m85", "m95"})),
          "the models are m10, m66, m85 and m95");
  }
  options.model = *named;
  for (const auto& text : values) options.values.insert(read_value(text));
  return play_all(options);
}

}  // namespace quasimodem::app
