// SPDX-License-Identifier: Apache-2.0
#include "core/duration_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <fmt/core.h>

namespace quasimodem {
namespace {

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array kUnits{Unit{"h", 1h}, Unit{"min", 1min}, Unit{"s", 1s}, Unit{"ms", 1ms}, Unit{"us", 1us}};

constexpr std::string_view kUnitOfBareNumber = "s";
constexpr double kLongest = 1e9;  // seconds, thirty years: what a Duration holds without trouble

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string number{text.substr(0, digits)};
  const auto name = text.substr(digits);
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != '\0' || number == ".") return std::nullopt;
  const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(), [name](const Unit& each) {
    return each.name == (name.empty() ? kUnitOfBareNumber : name);
  });
  if (unit == kUnits.end()) return std::nullopt;
  const auto nanoseconds = value * static_cast<double>(unit->length.count());
  if (nanoseconds > kLongest * 1e9) return std::nullopt;
  return Duration{std::llround(nanoseconds)};
}

std::string duration_pattern() {
  std::string units;
  for (const auto& unit : kUnits) units += fmt::format("{}{}", units.empty() ? "" : "|", unit.name);
  return fmt::format(R"((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:{})?)", units);
}

std::string duration_text(Duration duration) {
  const auto rounded = std::chrono::round<std::chrono::microseconds>(duration);
  for (const auto& unit : kUnits) {
    if (rounded >= unit.length && rounded % unit.length == Duration::zero()) {
      return fmt::format("{}{}", rounded / unit.length, unit.name);
    }
  }
  return "0s";
}

}  // namespace quasimodem
