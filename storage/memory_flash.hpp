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
  tl::expected<std::optional<Bytes>, FlashError> read(std::string_view name) const override;
  tl::expected<void, FlashError> write(std::string_view name, ByteSpan content) override;
  tl::expected<void, FlashError> erase(std::string_view name) override;
  tl::expected<std::vector<std::string>, FlashError> list() const override;

 private:
  std::map<std::string, Bytes, std::less<>> records_;
};

}  // namespace quasimodem::storage
