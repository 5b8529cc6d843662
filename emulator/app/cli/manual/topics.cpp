// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/manual/topics.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/config/profile.hpp"
#include "emulator/app/config/uart_url.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/service_errors.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app {
namespace {

using Entries = std::vector<TopicEntry>;

Entries uart_entries() {
  Entries entries;
  for (const auto& form : uart_forms()) entries.push_back({std::string{form.form}, std::string{form.meaning}});
  return entries;
}

Entries fault_entries() {
  Entries entries;
  for (const auto& kind : emulator::fault_kinds()) {
    auto meaning = std::string{kind.effect};
    for (const auto& parameter : kind.parameters) meaning += fmt::format("; {}: {}", parameter.name, parameter.meaning);
    if (!kind.subject.empty()) meaning += fmt::format(" [match: {}]", kind.subject);
    entries.push_back({std::string{kind.name}, std::move(meaning)});
  }
  return entries;
}

/// What the file says of itself: its first comment after the licence.
std::string summary_of(std::string_view toml) {
  constexpr std::string_view kSign = "# ";
  std::string summary;
  for (auto end = toml.find('\n'); toml.starts_with(kSign) && end != std::string_view::npos; end = toml.find('\n')) {
    const auto line = toml.substr(kSign.size(), end - kSign.size());
    toml.remove_prefix(end + 1);
    if (!line.starts_with("SPDX")) summary += (summary.empty() ? "" : " ") + std::string{line};
  }
  return summary;
}

Entries profile_entries() {
  Entries entries;
  for (const auto& profile : builtin_profiles()) {
    entries.push_back({std::string{profile.name}, summary_of(profile.text)});
  }
  return entries;
}

Entries firmware_entries() {
  Entries entries;
  for (const auto& row : device::firmware_switches()) {
    entries.push_back({std::string{row.name}, fmt::format("{}. Default: {}. Source: {}.", row.effect,
                                                          device::default_in_words(row), row.evidence)});
  }
  return entries;
}

Entries service_error_entries() {
  Entries entries;
  for (const auto& row : device::service_error_rows()) {
    const auto evidence = row.evidence.empty() ? std::string{} : fmt::format(" Source: {}.", row.evidence);
    entries.push_back({std::string{row.name}, fmt::format("{}. Default: {}.{}", row.cause, row.number, evidence)});
  }
  return entries;
}

Entries exit_codes() {
  return {
      {"0", "all right"},
      {"1", "an expectation failed: --expect or --fail, a transcript of play, a line that explain does not know"},
      {"2", "wrong use: an option, a value, a file that is not what it should be"},
      {"3",
       "the environment: a port or link is taken, a directory not writable, NVRAM in use; a trace or key log "
       "not written to its end"},
      {"4", "an internal error; please report it"},
      {"124", "--timeout: too late"},
      {"126, 127", "run -- CMD: CMD cannot be started, or was not found"},
      {"128+n", "run -- CMD: signal n ended CMD"},
      {"other", "run -- CMD: CMD's own"},
  };
}

Entries environment() {
  return {
      {"QUASIMODEM_TTY", "given to the CMD of `run -- CMD`: path of the first pty; _0, _1 ... with --count"},
      {"QUASIMODEM_TCP", "the same: HOST:PORT of the first tcp-listen:"},
      {"QUASIMODEM_RFC2217", "the same: HOST:PORT of the first rfc2217:"},
      {"QUASIMODEM_CTL", "the same: the control socket; `ctl` and `wait` take it unless --to says another"},
      {"SSLKEYLOGFILE", "as --keylog, which goes before it"},
      {"NOTIFY_SOCKET", "READY=1 is sent there once every endpoint is open (systemd, Type=notify)"},
      {"NO_COLOR", "no colour, unless it is empty"},
      {"CLICOLOR_FORCE, FORCE_COLOR", "colour even where there is no terminal, unless 0"},
      {"TERM", "dumb: no colour"},
      {"COLUMNS", "how wide `watch` draws, in characters, where the terminal does not know"},
      {"XDG_RUNTIME_DIR", "where the runtime directory is, see FILES"},
      {"XDG_STATE_HOME, HOME", "where the state directory is, see FILES"},
      {"PATH", "where a CMD is looked for; and the program, for what is said to type after `ready`"},
  };
}

Entries files() {
  return {
      {"$XDG_RUNTIME_DIR/quasimodem/NAME", "link of the UART's pty, unless --uart pty:LINK names one"},
      {"$XDG_RUNTIME_DIR/quasimodem/NAME.ctl", "control socket, mode 0600; here too when the link is elsewhere"},
      {"/tmp/quasimodem-UID", "the runtime directory without XDG_RUNTIME_DIR; mode 0700"},
      {"$XDG_STATE_HOME/quasimodem/NAME",
       "NVRAM certificates and what AT&W saved, unless --nvram or --ephemeral; default of XDG_STATE_HOME: "
       "~/.local/state"},
      {"PREFIX/share/doc/quasimodem",
       "of an installation: what messages name docs/, profiles/ and tests/transcripts/ lies below it; PREFIX is /usr, "
       "/usr/local or ~/.local"},
  };
}

Entries signals() {
  return {
      {"SIGINT, SIGTERM", "the module stops in order: links and sockets are removed, NVRAM is on disk"},
      {"SIGHUP",
       "the configuration is read again; the module stops as above when the signal comes because the terminal is gone; "
       "nothing happens when it was ignored at the start (nohup)"},
      {"with run -- CMD", "the signal goes to CMD; the module stops when CMD has ended"},
  };
}

constexpr Topic kTopics[] = {
    {"uart", "WAYS TO THE UART", "the ways to the UART, --uart",
     "--uart URL may be given several times; all ends are at "
     "the module at once.",
     &uart_entries,
     "An empty HOST is 127.0.0.1; PORT 0 is any that is free. Whatever else than this machine can reach is warned "
     "about."},
    {"profiles", "PROFILES", "how long everything takes, --profile",
     "--profile NAME, or a FILE of your own of the same "
     "form (a name with a / or a dot).",
     &profile_entries},
    {"faults", "FAULTS", "what can go wrong, --fault",
     "--fault \"NAME [match=TEXT] [after=TIME] [for=TIME] [count=N] [probability=P] [every=TIME] ...\", repeatable; "
     "while "
     "it runs: quasimodem ctl fault.add spec=\"...\". A value with blanks stands in quotes.",
     &fault_entries},
    {"firmware", "FIRMWARE", "in what firmwares differ, --firmware",
     "--firmware SWITCH=on or SWITCH=off, repeatable; what is not said is as the model had it at --firmware-date.",
     &firmware_entries},
    {"service-errors", "SERVICE ERRORS", "the numbers of failures of FTP and mail, --service-error",
     "--service-error CAUSE=NUMBER, repeatable: what a failed AT+QFTP… or AT+QSMTP… says in the place of 0 or a size. "
     "The "
     "numbers of real firmware are not known, those of yours may be others.",
     &service_error_entries},
    {"exit-codes", "EXIT STATUS", "the exit codes", "", &exit_codes},
    {"environment", "ENVIRONMENT", "the variables that are read and set", "", &environment},
    {"files", "FILES", "where things lie", "", &files},
    {"signals", "SIGNALS", "what signals do", "", &signals},
};

/// Words from `column` on, in lines of at most kWidth; the first stands where the caller is.
std::string wrapped(std::string_view text, std::size_t column) {
  constexpr std::size_t kWidth = 100;
  std::string lines;
  auto at = column;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (at + word.size() > kWidth && at > column) {
      lines.back() = '\n';
      lines += std::string(column, ' ');
      at = column;
    }
    lines += std::string{word} + " ";
    at += word.size() + 1;
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  if (!lines.empty()) lines.back() = '\n';
  return lines;
}

}  // namespace

std::span<const Topic> topics() { return kTopics; }

std::string topic_text(const Topic& topic) {
  auto text = topic.introduction.empty() ? std::string{} : wrapped(topic.introduction, 0) + "\n";
  const auto entries = topic.entries();
  std::size_t longest = 0;
  for (const auto& entry : entries) longest = std::max(longest, entry.term.size());
  const auto column = std::min<std::size_t>(longest, 28) + 4;
  for (const auto& entry : entries) {
    text += fmt::format("  {:{}}", entry.term, column - 2);
    if (entry.term.size() + 4 > column) text += "\n" + std::string(column, ' ');
    text += wrapped(entry.meaning, column);
  }
  if (!topic.closing.empty()) text += "\n" + wrapped(topic.closing, 0);
  return text;
}

}  // namespace quasimodem::app
