// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/explain/explain.hpp"

#include <algorithm>
#include <iostream>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <fmt/format.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/json_text.hpp"
#include "emulator/app/problem.hpp"
#include "emulator/commands/explain.hpp"

namespace quasimodem::app {
namespace {

using commands::Explanation;

constexpr const char* kUsage = R"(
Usage: quasimodem explain [OPTIONS] TEXT...     a command, response, URC or error code
       quasimodem explain [OPTIONS] <FILE       every line of standard input
)";

constexpr const char* kFooter = R"(Examples:
  quasimodem explain +CME ERROR: 3
  quasimodem explain 'AT+QSSLOPEN=1,0,"host",443,0'
  quasimodem explain '+QSSLURC: "recv",0,1'

Exit codes: 0 explained, 1 not a line of these modules, 2 usage.)";

enum class Output { text, json };

std::string as_json(const Explanation& explanation) {
  std::string fields;
  for (const auto& field : explanation.fields) {
    fields += fmt::format("{}{{\"name\":{},\"value\":{},\"meaning\":{}}}", fields.empty() ? "" : ",",
                          json_string(field.name), json_string(field.value), json_string(field.meaning));
  }
  return fmt::format("{{\"line\":{},\"kind\":{},\"meaning\":{},\"manual\":{},\"fields\":[{}]}}\n",
                     json_string(explanation.line), json_string(explanation.kind), json_string(explanation.meaning),
                     json_string(explanation.manual), fields);
}

std::string as_text(const Explanation& explanation) {
  std::string text = fmt::format("{}\n  {}: {}\n", explanation.line, explanation.kind, explanation.meaning);
  std::size_t names = 0, values = 0;
  for (const auto& field : explanation.fields) {
    names = std::max(names, field.name.size());
    values = std::max(values, field.value.size());
  }
  for (const auto& field : explanation.fields) {
    const auto row = fmt::format("    {:{}}  {:{}}  {}", field.name, names, field.value, values, field.meaning);
    text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  if (!explanation.manual.empty()) text += fmt::format("  manual: {}\n", explanation.manual);
  return text;
}

/// False when there is nothing to say.
bool explain_line(const std::string& line, Output output) {
  const auto explanations = commands::explain(line);
  for (const auto& explanation : explanations) {
    fmt::print("{}", output == Output::json ? as_json(explanation) : as_text(explanation));
  }
  return !explanations.empty();
}

std::string way_out(const std::string& line) {
  const auto suggestion = did_you_mean("AT" + line.substr(0, line.find_first_of(":=? ")), commands::command_names());
  return "these modules neither know nor say it" + suggestion;
}

}  // namespace

int explain(const std::vector<std::string>& arguments) {
  bool json = false;
  std::vector<std::string> words;
  CLI::App app{"Says what a line of an AT dialogue means, with its section of the manual.", "quasimodem explain"};
  set_usage(app, kUsage);
  app.footer(kFooter);
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_flag("--json", json, "one JSON object a line instead of text");
  app.add_option("text", words, "the line; its words are joined by blanks")->type_name("TEXT");
  app.positionals_at_end();
  if (const auto help = read_arguments(app, arguments)) {
    fmt::print("{}", *help);
    return static_cast<int>(ExitCode::ok);
  }
  const auto output = json ? Output::json : Output::text;
  if (!words.empty()) {
    const auto line = fmt::format("{}", fmt::join(words, " "));
    if (explain_line(line, output)) return static_cast<int>(ExitCode::ok);
    throw Problem{ExitCode::expectation_failed, fmt::format("cannot explain \"{}\"", line), way_out(line)};
  }
  if (::isatty(STDIN_FILENO)) usage("nothing to explain", "quasimodem explain +CME ERROR: 3");
  auto code = ExitCode::ok;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.find_first_not_of("\r\n") == std::string::npos || explain_line(line, output)) continue;
    fmt::print(stderr, "cannot explain \"{}\": {}\n", line, way_out(line));
    code = ExitCode::expectation_failed;
  }
  return static_cast<int>(code);
}

}  // namespace quasimodem::app
