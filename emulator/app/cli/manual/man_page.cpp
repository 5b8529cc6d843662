// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "emulator/app/base/version.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/manual/topics.hpp"
#include "emulator/device/model.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kDescription =
    "A program that behaves like a Quectel {} GSM/GPRS module, byte for byte, on a serial port. Behind the port run a "
    "complete AT interpreter, the module's state machine, sockets on real TCP and real TLS, and the RAM "
    "and NVRAM certificate stores. For those who write host firmware: at the desk without hardware or SIM, and in CI.";

/// Text that troff prints as it is. A minus is one that can be copied.
std::string plain(std::string_view text) {
  std::string roff;
  for (const char c : text) {
    switch (c) {
      case '\\': roff += "\\e"; break;
      case '-': roff += "\\-"; break;
      case '\'': roff += "\\(aq"; break;
      case '`': roff += "\\(ga"; break;
      case '^': roff += "\\(ha"; break;
      case '~': roff += "\\(ti"; break;
      default: roff += c;
    }
  }
  return roff;
}

/// A paragraph: nothing at the start of a line is a request.
std::string paragraph(std::string_view text) { return "\\&" + plain(text) + "\n"; }

std::string section(std::string_view name) { return fmt::format(".SH {}\n", plain(name)); }
std::string subsection(std::string_view name) { return fmt::format(".SS {}\n", plain(name)); }

std::string entry(const std::string& term, std::string_view meaning) {
  return ".TP\n" + term + "\n" + paragraph(meaning);
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

/// Lines as they are, as --help shows them.
std::string verbatim(std::string_view text) {
  std::string roff = ".PP\n.nf\n";
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    roff += line.empty() ? ".sp\n" : paragraph(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return roff + ".fi\n";
}

std::string stripped(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string{text};
}

std::string term_of(const DeclaredOption& option) {
  std::string term;
  for (const auto& name : option.names) term += (term.empty() ? "" : ", ") + bold(name);
  if (!option.value.empty()) term += " " + italic(option.value);
  return term;
}

std::string options_of(const Declaration& command) {
  std::string roff;
  for (const auto& word : command.words) roff += entry(italic(word.value), word.meaning);
  for (const auto& option : command.options) roff += entry(term_of(option), option.meaning);
  return roff;
}

std::string command_section(const Declaration& command, const std::string& name) {
  auto roff = subsection(name) + paragraph(command.description) + verbatim(stripped(command.usage));
  roff += options_of(command);
  if (const auto footer = stripped(command.footer); !footer.empty()) roff += verbatim(footer);
  for (const auto& sub : command.commands) roff += command_section(sub, fmt::format("{} {}", name, sub.name));
  return roff;
}

std::string topic_section(const Topic& topic) {
  auto roff = section(topic.section);
  if (!topic.introduction.empty()) roff += paragraph(topic.introduction);
  for (const auto& [term, meaning] : topic.entries()) roff += entry(bold(term), meaning);
  if (!topic.closing.empty()) roff += ".PP\n" + paragraph(topic.closing);
  return roff;
}

/// "Usage: a\n       b", without the word and what stands in its column.
std::string synopsis(const Declaration& run) {
  constexpr std::string_view kWord = "Usage: ";
  const auto usage = stripped(run.usage);
  std::string lines;
  for (std::string_view rest = usage; !rest.empty() && rest.front() != '\n';) {
    const auto line = rest.substr(0, rest.find('\n'));
    lines += std::string{line.substr(std::min(line.size(), kWord.size()))} + "\n";
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return lines;
}

struct ManWords {
  static CommandLine line() {
    return CommandLine{{.name = "quasimodem man",
                        .description = "Prints the manual page.",
                        .usage = "\nUsage: quasimodem man | man -l -\n"}};
  }
  static int run() { return printed(man_page()); }
};

}  // namespace

std::string man_page() {
  const auto run = declaration_of("run");
  auto roff = fmt::format(".\\\" Made by quasimodem man.\n.TH QUASIMODEM 1 \"\" \"quasimodem {}\" \"User Commands\"\n",
                          program_version());
  roff += ".nr HY 0\n.ad l\n";  // names of options and paths stay in one piece
  const auto models = device::model_names_in_words();
  roff += section("NAME") + fmt::format("quasimodem \\- a Quectel {} GSM/GPRS module that is not there\n", models);
  roff += section("SYNOPSIS") + verbatim(synopsis(run));
  roff += section("DESCRIPTION") + paragraph(fmt::format(kDescription, models));
  roff += section("OPTIONS") + "\\&Of " + bold("quasimodem run") + ", which is also what happens without a command.\n";
  roff += options_of(run);
  roff += section("COMMANDS");
  for (const auto& command : command_summaries()) {
    if (command.name == "run") continue;
    roff += command_section(declaration_of(command.name), fmt::format("quasimodem {}", command.name));
  }
  for (const auto& topic : topics()) roff += topic_section(topic);
  roff += section("EXAMPLES") + verbatim(stripped(run.footer));
  constexpr std::string_view kReferences = QUASIMODEM_MANUAL_REFERENCES;
  if (!kReferences.empty()) roff += section("SEE ALSO") + paragraph(kReferences);
  return roff;
}

Verb man_command() { return verb<ManWords>(); }

}  // namespace quasimodem::app
