// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "storage/flash.hpp"

namespace quasimodem::storage {

/// Makes the n-th operation of another Flash fail, for tests that go through every point of failure.
class FaultyFlash final : public Flash {
 public:
  explicit FaultyFlash(Flash& inner) : inner_{inner} {}

  /// The n-th operation from now on fails, once, without reaching the inner flash; 0 = none.
  void fail_operation(std::size_t n, FlashError error = FlashError::failed) {
    operations_ = 0;
    failing_ = n;
    error_ = error;
  }
  /// Operations counted since the construction or the last `fail_operation`. Below n: the sweep is at its end.
  std::size_t operations() const { return operations_; }

  tl::expected<std::optional<Bytes>, FlashError> read(std::string_view name) const override {
    if (next_fails()) return tl::unexpected{error_};
    return inner_.read(name);
  }
  tl::expected<void, FlashError> write(std::string_view name, ByteSpan content) override {
    if (next_fails()) return tl::unexpected{error_};
    return inner_.write(name, content);
  }
  tl::expected<void, FlashError> erase(std::string_view name) override {
    if (next_fails()) return tl::unexpected{error_};
    return inner_.erase(name);
  }
  tl::expected<std::vector<std::string>, FlashError> list() const override {
    if (next_fails()) return tl::unexpected{error_};
    return inner_.list();
  }

 private:
  bool next_fails() const { return ++operations_ == failing_; }

  Flash& inner_;
  mutable std::size_t operations_ = 0;  // reading is an operation too
  std::size_t failing_ = 0;
  FlashError error_ = FlashError::failed;
};

}  // namespace quasimodem::storage
