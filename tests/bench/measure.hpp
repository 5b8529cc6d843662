// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.hpp"

namespace quasimodem::bench {

/// A measurement that cannot be made. The others go on.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The same with the errno of the call that failed.
[[noreturn]] void fail_with_errno(const std::string& what);

class Stopwatch {
 public:
  using Clock = std::chrono::steady_clock;  // the same in all processes
  using Instant = Clock::time_point;

  double seconds() const { return seconds_until(Clock::now()); }
  double seconds_until(Instant end) const { return std::chrono::duration<double>(end - start_).count(); }

 private:
  Instant start_ = Clock::now();
};

/// `part` of the values are below it.
inline double quantile(std::vector<double> values, double part) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(values.size()) * part);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

/// Bytes of every value in no order, the same in every process, so that whoever receives them can compare each one.
class Pattern {
 public:
  /// The next `size` octets, or fewer where the block ends.
  ByteSpan next(std::size_t size) const;
  void advance(std::size_t size) { at_ += size; }
  /// Compares and advances. Throws Failure at the first difference.
  void compare(ByteSpan received);
  std::size_t position() const { return at_; }

 private:
  std::size_t at_ = 0;
};

constexpr double kMega = 1e6;

}  // namespace quasimodem::bench
