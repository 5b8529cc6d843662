// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/transcript.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace quasimodem::workbench {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

/// Parts between commas and semicolons, those in parentheses not counted.
std::vector<std::string> phrases_of(std::string_view text) {
  std::vector<std::string> phrases(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth == 0 && (c == ',' || c == ';')) {
      phrases.emplace_back();
    } else {
      phrases.back() += c;
    }
  }
  for (auto& phrase : phrases) phrase = trimmed(phrase);
  return phrases;
}

tl::expected<Transcript, std::string> Transcript::parse(std::string_view name, std::string_view text) {
  constexpr std::string_view kStart = "# start:", kWait = "# @wait", kEvent = "# @event";
  Transcript transcript{.name = std::string{name}};
  int number = 0;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++number;
    const auto add = [&](Step::Kind kind, std::size_t prefix) {
      transcript.steps.push_back({kind, number, std::string{line.substr(prefix)}});
    };
    if (line.starts_with(kStart)) {
      transcript.start = phrases_of(line.substr(kStart.size()));
    } else if (line.starts_with(kWait)) {
      add(Step::Kind::wait, kWait.size());
    } else if (line.starts_with(kEvent)) {
      add(Step::Kind::event, kEvent.size());
    } else if (line.starts_with("< ")) {
      add(Step::Kind::module, 2);
    } else if (line.starts_with("> ")) {
      // Consecutive lines of the host are one stream: what stands between two answers is sent in one burst.
      if (!transcript.steps.empty() && transcript.steps.back().kind == Step::Kind::host) {
        transcript.steps.back().text += line.substr(2);
      } else {
        add(Step::Kind::host, 2);
      }
    } else if (!line.starts_with("#") && !line.empty()) {
      return tl::unexpected{fmt::format("{}:{}: neither host, module nor remark", name, number)};
    }
  }
  return transcript;
}

}  // namespace quasimodem::workbench
