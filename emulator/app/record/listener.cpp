// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/record/listener.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace quasimodem::app {
namespace {

constexpr std::size_t kLongest = 600;  // of a command line; what comes behind does not matter

/// `AT+IPR=9600`, also behind other commands.
std::optional<int> rate_in(std::string line) {
  std::erase(line, ' ');
  std::ranges::transform(line, line.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  constexpr std::string_view kRateCommand = "+IPR=";
  const auto at = line.find(kRateCommand);
  if (!line.starts_with("AT") || at == std::string::npos) return std::nullopt;
  int rate = 0;
  std::from_chars(line.data() + at + kRateCommand.size(), line.data() + line.size(), rate);
  return rate > 0 ? std::optional{rate} : std::nullopt;
}

}  // namespace

void Listener::from_host(ByteSpan bytes) {
  for (const char c : as_text(bytes)) {
    if (c == '\r' || c == '\n') {
      if (!typed_.empty()) asked_rate_ = rate_in(std::exchange(typed_, {}));
    } else if (typed_.size() < kLongest) {
      typed_ += c;
    }
  }
}

std::optional<int> Listener::from_module(ByteSpan bytes) {
  std::optional<int> agreed;
  for (const char c : as_text(bytes)) {
    if (c != '\r' && c != '\n') {
      if (line_.size() < kLongest) line_ += c;
      continue;
    }
    if (line_.empty()) continue;
    last_line_ = std::exchange(line_, {});
    // Numeric result codes (ATV0) say 0.
    if (last_line_ == "OK" || last_line_ == "0") agreed = std::exchange(asked_rate_, {});
    if (last_line_ == "ERROR") asked_rate_.reset();
  }
  return agreed;
}

}  // namespace quasimodem::app
