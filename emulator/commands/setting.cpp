// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/setting.hpp"

#include <charconv>

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quasimodem::commands {

bool take_numbers(const atcmd::Command& command, const atcmd::CommandCall& typed, std::span<int> numbers,
                  bool any_may_stay) {
  const auto& [run, params, selectors, surplus] = command.write;
  if (typed.arguments.size() > params.size() && surplus == atcmd::Surplus::refused) return false;
  const atcmd::Argument left_out;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto& argument = i < typed.arguments.size() ? typed.arguments[i] : left_out;
    const bool stays = argument.omitted() && any_may_stay;
    if (!stays && !atcmd::takes(params[i], argument)) return false;
    const auto value = argument.omitted() ? params[i].default_value : atcmd::parse_integer(argument.text);
    if (value && i < numbers.size()) numbers[i] = static_cast<int>(*value);
  }
  return true;
}

std::string shown_numbers(const atcmd::Command& command, std::span<const int> numbers) {
  return fmt::format("{}: {}", command.name, fmt::join(numbers, ","));
}

std::vector<std::string> texts_of(std::span<const int> numbers) {
  std::vector<std::string> texts;
  for (const int number : numbers) texts.push_back(std::to_string(number));
  return texts;
}

bool number_from(std::string_view text, std::span<int> numbers, std::size_t which) {
  return which < numbers.size() &&
         std::from_chars(text.data(), text.data() + text.size(), numbers[which]).ec == std::errc{};
}

}  // namespace quasimodem::commands
