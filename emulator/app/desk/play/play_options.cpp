// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/play_options.hpp"

#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/base/text_file.hpp"
#include "emulator/device/model.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem play [OPTIONS] FILE...
)";

constexpr std::string_view kFooter = R"(FILE is a dialogue, every byte of it, as in tests/transcripts/00_format.txt:

  # setup: ATE0
  > AT+CSQ\r
  < \r\n+CSQ: 30,0\r\n\r\nOK\r\n

or a trace, of "quasimodem run --trace" or of "quasimodem record": the host's side of it is said again, at the pace of
the trace, and what the module says is compared with what it said there.

Without --port it is played against a module in memory, its peers made up, in no time; with --port against the module,
real or emulated, at the end of that line. Every difference is told: where, what was expected, what came, and the first
byte that is not the same. After one the play goes on with the next words of the host. What could not be done is listed
as skipped.

FILE may be a folder: all files in it are played, to the last. Files that are no dialogue are skipped, and folders in it. A
transcript says in its head which commands go before it, answered with OK, and which state, model, firmware and peers it
needs; in memory it gets them, at a port these are listed as skipped:

  # setup: AT+CMEE=1
  # needs: no SIM
  # model: m66
  # firmware: close-index=on
  # peers: tls {IP}:{PORT} (demands a client certificate), tcp {HOST}:80

A trace withholds certificates and keys: --file RAM:ca.pem=PATH gives back what the host uploaded under that name.

Masks, for --mask: what may differ without being a difference. Without --mask every byte counts.
{}
Exit codes: 0 all as written, 1 something differed, 2 usage or a file that is no dialogue, 3 the port.)";

struct PlayWords {
  std::vector<std::string> files, values, uploads, setup, masks, ignored;
  std::optional<std::string> port, model;
  std::string modem;
  int baud = 115200;
  bool attended = false, json = false;

  CommandLine line() {
    CommandLine line{{.name = "quasimodem play",
                      .description = "Plays dialogues against an emulated or a real module and tells every difference.",
                      .usage = kUsage,
                      .footer = std::string{kFooter}.replace(kFooter.find("{}"), 2, Mask::table())}};
    line.option("--port", port, "TTY|URL",
                "the line: a device, tty:PATH[,BAUD], tcp:HOST:PORT, rfc2217:HOST:PORT, unix:PATH");
    line.option("--baud", baud, "RATE", "rate of a device that names none; default 115200");
    line.flag("--attended", attended, "with --port: you cause the events, when they are asked for");
    line.option("-m,--model", model, "MODEL",
                fmt::format("the module in memory: {}; default: as the transcript says, else m95",
                            device::model_keys_in_words()));
    line.list("--set", values, "NAME=VALUE",
              "value of {NAME} in transcripts, repeatable; @FILE is the content of a file");
    line.list("--file", uploads, "NAME=PATH",
              "what the trace withholds: the file that was uploaded as NAME; repeatable");
    line.list("--setup", setup, "COMMAND", "said before a trace, like ATE0; its answer does not matter; repeatable");
    line.list("--mask", masks, "LIST", "of the masks below: what may differ in a trace");
    line.list("--ignore", ignored, "REGEX", "what may differ in a trace besides; repeatable");
    line.option("--modem", modem, "NAME", "whose records of a trace, when there are several modules in it");
    line.flag("--json", json, "the report as JSON, an object a file");
    line.words("files", files, "FILE", "transcripts and traces, and folders of them");
    return line;
  }
};

/// `NAME=VALUE`.
std::pair<std::string, std::string> read_pair(const std::string& text, const std::string& option,
                                              const std::string& way_out) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    usage(fmt::format("{} {}: not {}", option, text, option == "--set" ? "NAME=VALUE" : "NAME=PATH"), way_out);
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Mask read_mask(const PlayWords& raw) {
  Mask mask;
  for (const auto& list : raw.masks) {
    for (const auto& name : split(list)) {
      if (mask.add(name)) continue;
      usage(fmt::format("--mask {}: there is no such mask{}", name, did_you_mean(name, Mask::names())),
            "the masks: quasimodem play --help");
    }
  }
  for (const auto& expression : raw.ignored) {
    if (!mask.add_expression(expression)) {
      usage(fmt::format("--ignore {}: no regular expression", expression),
            "a backslash before ( ) [ ] { } . * + ? ^ $ |");
    }
  }
  return mask;
}

PlayOptions check(const PlayWords& raw) {
  if (raw.files.empty()) usage("nothing to play", "quasimodem play FILE...");
  PlayOptions options{.files = raw.files, .setup = raw.setup, .modem = raw.modem};
  options.attended = raw.attended;
  options.json = raw.json;
  if (raw.model) options.model = read_model(*raw.model);
  options.mask = read_mask(raw);
  if (raw.port) options.port = read_line_address(*raw.port, "--port", raw.baud);
  for (const auto& text : raw.values) {
    auto [name, value] = read_pair(text, "--set", "--set IP=192.0.2.1, --set CA_CERT_PEM=@ca.pem");
    const auto is_new =
        options.values.emplace(name, value.starts_with('@') ? file_text(value.substr(1), kLargestHandwritten) : value);
    if (!is_new.second) usage(fmt::format("--set {} twice", name), "one value for each name");
  }
  for (const auto& text : raw.uploads) {
    const auto [name, path] = read_pair(text, "--file", "--file RAM:ca_cert.pem=ca.pem");
    const auto is_new = options.uploads.emplace(name, file_text(path, kLargestHandwritten));
    if (!is_new.second) usage(fmt::format("--file {} twice", name), "one file for each name");
  }
  return options;
}

}  // namespace

Declaration declare_play() { return PlayWords{}.line().declaration(); }

tl::expected<PlayOptions, std::string> read_play_options(const std::vector<std::string>& arguments) {
  PlayWords raw;
  if (auto help = raw.line().read(arguments)) return tl::unexpected{std::move(*help)};
  return check(raw);
}

std::string file_text(const std::string& path, std::size_t largest) {
  auto text = read_text_file(path, largest);
  if (!text) throw Problem{ExitCode::usage, fmt::format("cannot read {}: {}", path, text.error())};
  return std::move(*text);
}

}  // namespace quasimodem::app
