// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "core/big_endian.hpp"
#include "core/sealer.hpp"

namespace quasimodem::storage::testing {

/// Unreadable enough for tests: XOR with a constant, and four tag bytes behind it that any changed byte spoils.
class ToySealer final : public Sealer {
 public:
  static constexpr std::size_t kTagSize = 4;

  Bytes seal(ByteSpan content) override {
    auto sealed = masked(content);
    append(sealed, tag_of(content));
    return sealed;
  }

  Opened open(ByteSpan sealed) const override {
    if (sealed.size() < kTagSize) return {};
    const auto body = sealed.first(sealed.size() - kTagSize);
    auto content = masked(body);
    const auto tag = tag_of(content);
    const bool authentic = std::equal(tag.begin(), tag.end(), sealed.end() - kTagSize);
    return {std::move(content), authentic};
  }

 private:
  static Bytes masked(ByteSpan bytes) {
    Bytes result{bytes.begin(), bytes.end()};
    for (auto& byte : result) byte ^= 0xA5;
    return result;
  }

  static Bytes tag_of(ByteSpan content) {
    std::uint32_t tag = 2166136261;  // FNV-1a
    for (const auto byte : content) tag = (tag ^ byte) * 16777619;
    const auto bytes = to_be(tag);
    return {bytes.begin(), bytes.end()};
  }
};

}  // namespace quasimodem::storage::testing
