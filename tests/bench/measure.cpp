// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/core.h>

#include "core/random.hpp"

namespace quasimodem::bench {
namespace {

constexpr std::size_t kBlock = 1'000'003;  // prime, so that no buffer size divides it

const Bytes& block() {
  static const Bytes kBytes = [] {
    Bytes bytes(kBlock);
    SeededRandom{7}.fill(bytes);
    return bytes;
  }();
  return kBytes;
}

}  // namespace

void fail_with_errno(const std::string& what) {
  const bool too_late = errno == EINTR;  // the alarm of the measurement
  throw Failure{fmt::format("{}: {}", what, too_late ? "took too long" : std::generic_category().message(errno))};
}

ByteSpan Pattern::next(std::size_t size) const {
  const auto offset = at_ % kBlock;
  return ByteSpan{block()}.subspan(offset, std::min(size, kBlock - offset));
}

void Pattern::compare(ByteSpan received) {
  while (!received.empty()) {
    const auto expected = next(received.size());
    const auto difference = std::mismatch(expected.begin(), expected.end(), received.begin()).first - expected.begin();
    if (static_cast<std::size_t>(difference) != expected.size()) {
      throw Failure{fmt::format("octet {} is wrong", at_ + static_cast<std::size_t>(difference))};
    }
    advance(expected.size());
    received = received.subspan(expected.size());
  }
}

}  // namespace quasimodem::bench
