// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/bytes.hpp"

namespace quasimodem::storage {

enum class FlashError {
  full,     ///< no space
  failed,   ///< could not be read or written
  damaged,  ///< the record is there, but is not what was written
};

/// Non-volatile memory: named records. A write replaces the record as a whole or leaves the old one; there is no half.
/// Whoever reads a damaged record does without it, as if it had never been written.
class Flash {
 public:
  virtual ~Flash() = default;

  virtual tl::expected<std::optional<Bytes>, FlashError> read(std::string_view name) const = 0;
  /// What is left of a record that `read` calls damaged: for whoever has to tell the damage by a check of his own.
  virtual Bytes remains_of([[maybe_unused]] std::string_view name) const { return {}; }
  virtual tl::expected<void, FlashError> write(std::string_view name, ByteSpan content) = 0;
  /// Erasing what is not there is not an error.
  virtual tl::expected<void, FlashError> erase(std::string_view name) = 0;
  virtual tl::expected<std::vector<std::string>, FlashError> list() const = 0;
};

}  // namespace quasimodem::storage
