// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/manual/candidates.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "emulator/app/base/process/declaration.hpp"
#include "emulator/app/cli/commands.hpp"

namespace quasimodem::app {
namespace {

using Words = std::span<const std::string>;

const DeclaredOption* option_named(const Declaration& command, const std::string& name) {
  for (const auto& option : command.options) {
    if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) return &option;
  }
  return nullptr;
}

/// The option whose value follows `word`: `--model`, `-m`, `-qm`.
const DeclaredOption* takes_next(const Declaration& command, const std::string& word) {
  if (word.size() < 2 || word.front() != '-') return nullptr;
  const auto* option = option_named(command, word.starts_with("--") ? word : std::string{'-', word.back()});
  return option && !option->value.empty() ? option : nullptr;
}

Candidates with_options(Candidates found, const Declaration& command) {
  for (const auto& option : command.options) {
    for (const auto& name : option.names) found.words.push_back({name, option.meaning});
  }
  return found;
}

/// `--color=al`
std::optional<Candidates> value_in_the_word(const Declaration& command, const std::string& word) {
  const auto equals = word.find('=');
  if (!word.starts_with("--") || equals == std::string::npos) return std::nullopt;
  const auto* option = option_named(command, word.substr(0, equals));
  if (!option) return Candidates{};
  auto found = candidates_for(option->value, word.substr(equals + 1), {});
  const auto before = word.substr(0, equals + 1);
  for (auto& candidate : found.words) candidate.text = before + candidate.text;
  found.before = before + found.before;
  return found;
}

/// The words that belong to no option.
std::vector<std::string> plain_words(const Declaration& command, Words words) {
  std::vector<std::string> plain;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (takes_next(command, words[i])) {
      ++i;
    } else if (!words[i].starts_with("-")) {
      plain.push_back(words[i]);
    }
  }
  return plain;
}

/// The command that the first words name; they are taken away.
Declaration command_of(Words& words) {
  const auto commands = command_summaries();
  const auto named = [&](const auto& command) { return command.name == words.front(); };
  if (words.size() < 2 || std::none_of(commands.begin(), commands.end(), named)) return declaration_of("run");
  auto command = declaration_of(words.front());
  words = words.subspan(1);
  while (words.size() > 1) {
    const auto sub = std::find_if(command.commands.begin(), command.commands.end(), named);
    if (sub == command.commands.end()) break;
    command = Declaration{*sub};
    words = words.subspan(1);
  }
  return command;
}

Candidates after_dashes(std::size_t words) { return {.also = words == 1 ? Also::programs : Also::a_command_line}; }

Candidates unfiltered(Words words) {
  const bool first = words.size() == 1;
  const auto command = command_of(words);
  const auto& word = words.back();
  const auto before = words.first(words.size() - 1);
  if (const auto dashes = std::find(before.begin(), before.end(), "--"); dashes != before.end()) {
    return after_dashes(static_cast<std::size_t>(before.end() - dashes));
  }
  if (const auto* option = before.empty() ? nullptr : takes_next(command, before.back())) {
    return candidates_for(option->value, word, {});
  }
  if (auto found = value_in_the_word(command, word)) return std::move(*found);
  if (word.starts_with("-")) return with_options({}, command);
  Candidates found;
  const auto earlier = plain_words(command, before);
  if (first) {
    for (const auto& [name, summary] : command_summaries())
      found.words.push_back({std::string{name}, std::string{summary}});
  } else if (!command.commands.empty()) {
    if (!earlier.empty()) return {};
    for (const auto& sub : command.commands) found.words.push_back({sub.name, sub.description});
  } else if (!command.words.empty()) {
    found = candidates_for(command.words.front().value, word, earlier);
  } else if (word.empty()) {
    found = with_options({}, command);
  }
  return found;
}

}  // namespace

Candidates candidates(Words words) {
  auto found = unfiltered(words);
  const auto& word = words.back();
  std::erase_if(found.words, [&](const auto& candidate) { return !candidate.text.starts_with(word); });
  return found;
}

}  // namespace quasimodem::app
