// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/command_match.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include <fmt/core.h>

#include "atcmd/syntax/command_line.hpp"
#include "core/suggestion.hpp"

namespace quasimodem::app::scenario {
namespace {

constexpr std::string_view kPrefix = "AT";

/// `AT+QISEND` of `AT+QISEND=1,5`.
std::string_view name_of(std::string_view command) { return command.substr(0, command.find_first_of("=?*")); }

std::optional<atcmd::CommandCall> parsed(std::string_view command) {
  if (!command.starts_with(kPrefix)) return std::nullopt;
  const auto call = atcmd::CommandLineReader{std::string{command.substr(kPrefix.size())}}.next();
  return call ? std::optional{*call} : std::nullopt;
}

std::string in_words(const atcmd::Argument& argument) {
  if (argument.omitted()) return "nothing";
  return argument.kind == atcmd::Argument::Kind::quoted ? fmt::format("\"{}\"", argument.text) : argument.text;
}

}  // namespace

bool like(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, in = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resume = in;
    } else if (at < pattern.size() && pattern[at] == text[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

std::string plain_command(std::string_view typed) {
  std::string plain;
  bool quoted = false;
  for (const char c : typed) {
    if (c == '"') quoted = !quoted;
    if (c == ' ' && !quoted) continue;
    plain += quoted ? c : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return plain;
}

std::vector<std::string> commands_of(const std::string& body) {
  std::vector<std::string> commands;
  atcmd::CommandLineReader line{body};
  while (!line.done()) {
    const bool good = line.next().has_value();
    commands.push_back(fmt::format("{}{}", kPrefix, line.last()));
    if (!good) break;  // the module does not read on either
  }
  if (commands.empty()) commands.emplace_back(kPrefix);
  return commands;
}

bool means(std::string_view pattern, std::string_view command) {
  if (pattern.empty()) return true;
  const auto wanted = plain_command(pattern);
  const auto sent = plain_command(command);
  if (wanted.find_first_of("=?*") != std::string::npos) return like(wanted, sent);
  return sent == wanted || (sent.starts_with(wanted) && (sent[wanted.size()] == '=' || sent[wanted.size()] == '?'));
}

std::optional<std::string> nearest_command(std::string_view pattern, std::span<const std::string> sent) {
  const auto wanted = plain_command(pattern);
  std::vector<std::string> names;
  for (const auto& command : sent) names.emplace_back(name_of(plain_command(command)));
  const auto name = nearest(name_of(wanted), names);
  if (!name) return std::nullopt;
  return sent[static_cast<std::size_t>(std::find(names.begin(), names.end(), *name) - names.begin())];
}

std::string difference(std::string_view pattern, std::string_view command) {
  const auto wanted = plain_command(pattern);
  const auto sent = plain_command(command);
  if (name_of(wanted) != name_of(sent)) return "differs in the command name";
  const auto wanted_call = parsed(wanted);
  const auto sent_call = parsed(sent);
  if (!wanted_call || !sent_call) return "differs behind the command name";
  if (wanted_call->form != sent_call->form) return "is another form of the command";
  const auto& expected = wanted_call->arguments;
  const auto& got = sent_call->arguments;
  for (std::size_t i = 0; i < std::min(expected.size(), got.size()); ++i) {
    if (like(expected[i].text, got[i].text) && expected[i].kind == got[i].kind) continue;
    if (expected[i].text == "*") continue;
    return fmt::format("differs in parameter {}: {} instead of {}", i + 1, in_words(got[i]), in_words(expected[i]));
  }
  if (expected.size() == got.size()) return "differs behind the command name";
  return fmt::format("has {} parameter{} instead of {}", got.size(), got.size() == 1 ? "" : "s", expected.size());
}

}  // namespace quasimodem::app::scenario
