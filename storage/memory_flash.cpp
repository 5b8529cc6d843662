// SPDX-License-Identifier: Apache-2.0
#include "storage/memory_flash.hpp"

namespace quasimodem::storage {

tl::expected<std::optional<Bytes>, FlashError> MemoryFlash::read(std::string_view name) const {
  const auto found = records_.find(name);
  return found == records_.end() ? std::nullopt : std::optional{found->second};
}

tl::expected<void, FlashError> MemoryFlash::write(std::string_view name, ByteSpan content) {
  records_.insert_or_assign(std::string{name}, Bytes{content.begin(), content.end()});
  return {};
}

tl::expected<void, FlashError> MemoryFlash::erase(std::string_view name) {
  if (const auto found = records_.find(name); found != records_.end()) records_.erase(found);
  return {};
}

tl::expected<std::vector<std::string>, FlashError> MemoryFlash::list() const {
  std::vector<std::string> names;
  for (const auto& [name, content] : records_) names.push_back(name);
  return names;
}

}  // namespace quasimodem::storage
