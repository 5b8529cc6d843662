// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "storage/flash.hpp"

namespace quasimodem::storage {

/// A Flash that forgets with the process: for tests and `--ephemeral`. Never fails.
class MemoryFlash final : public Flash {
 public:
  tl::expected<std::optional<Bytes>, FlashError> read(std::string_view name) const override {
    const auto found = records_.find(name);
    return found == records_.end() ? std::nullopt : std::optional{found->second};
  }
  tl::expected<void, FlashError> write(std::string_view name, ByteSpan content) override {
    records_.insert_or_assign(std::string{name}, Bytes{content.begin(), content.end()});
    return {};
  }
  tl::expected<void, FlashError> erase(std::string_view name) override {
    records_.erase(std::string{name});
    return {};
  }
  tl::expected<std::vector<std::string>, FlashError> list() const override {
    std::vector<std::string> names;
    for (const auto& [name, content] : records_) names.push_back(name);
    return names;
  }

 private:
  std::map<std::string, Bytes, std::less<>> records_;
};

}  // namespace quasimodem::storage
