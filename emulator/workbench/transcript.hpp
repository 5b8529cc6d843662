// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/time.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/model.hpp"

namespace quasimodem::workbench {

/// Somebody whom a module reaches over the network in a transcript: `tls {IP}:{PORT} (echoes)` in its head.
struct NeededPeer {
  enum class Kind {
    tls,            ///< a TLS server
    tcp,            ///< a TCP server
    http,           ///< an HTTP server
    https,          ///< the same over TLS
    smtp,           ///< a mail server; user u, password p
    smtp_starttls,  ///< the same with STARTTLS, and AUTH only behind it: `(STARTTLS)`
    smtps,          ///< the same over TLS
    ftp,            ///< an FTP server
    mqtt,           ///< an MQTT broker; all of a transcript are one, except those that refuse
    mqtts,          ///< the same over TLS
    silent,         ///< an address that never answers
    time,           ///< a time server; without a port, as the next one
    host,           ///< a name that can be looked up; answers a ping
  };
  Kind kind;
  std::string host;  ///< placeholders still in it, as in the port
  std::string port;
  bool demands_certificate = false;
  int refuses = 0;   ///< of a broker: with this code
  std::string text;  ///< as written
};

/// What a transcript says of the module and the world that it is about.
struct Needs {
  std::optional<device::Model> model;            ///< none: any
  device::FirmwareChoice firmware;               ///< the rest does not matter
  std::optional<std::vector<NeededPeer>> peers;  ///< none: it does not say
  std::map<std::string, std::string> values;     ///< of `{NAME}`; `@FILE`, beside the transcript, is a file's content
  /// What its servers hold: `# content: /hello "hello"`.
  struct Content {
    struct Word {
      std::string text;  ///< without quotes and escapes
      bool quoted = false;
    };
    int line;
    std::string path;
    std::vector<Word> words;
  };
  std::vector<Content> contents;
  std::vector<std::string> not_yet;  ///< commands of real modules that the emulated one does not have

  struct State {
    int line;
    std::string text;
  };
  std::vector<State> states;  ///< what no command can bring about: `no SIM`

  /// For people, a phrase for each: `model m66`, `firmware close-index=on`, `peer tls {IP}:{PORT}`, `no SIM`.
  std::vector<std::string> texts() const;
};

/// A dialogue on the UART, byte for byte, in the form of tests/transcripts/00_format.txt.
struct Transcript {
  struct Step {
    enum class Kind {
      setup,  ///< a command line, without its CR, that is answered with OK
      host,
      module,
      wait,
      event
    };
    Kind kind;
    int line;            ///< in the file
    std::string text;    ///< escapes and placeholders still in it
    Duration time = {};  ///< of a wait

    bool from_host() const { return kind == Kind::setup || kind == Kind::host; }
  };

  std::string name;  ///< for messages: `<name>:<line>`
  Needs needs;
  std::vector<Step> steps;

  /// Or what is wrong with the text, and where.
  static tl::expected<Transcript, std::string> parse(std::string_view name, std::string_view text);
  /// Whether the text is meant as one: the first line that is no remark belongs to the host or the module.
  static bool looks_like_one(std::string_view text);
};

/// Parts between commas and semicolons, those in parentheses and between digits (IFC=0,0) not counted.
std::vector<std::string> phrases_of(std::string_view text);

}  // namespace quasimodem::workbench
