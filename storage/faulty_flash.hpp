// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/fault_book.hpp"
#include "storage/flash.hpp"

namespace quasimodem::storage {

/// Makes operations of another Flash go wrong: the n-th one, for tests that go through every point of failure, or what
/// the book says: nvram.*.
class FaultyFlash final : public Flash {
 public:
  explicit FaultyFlash(Flash& inner, FaultBook* book = nullptr) : inner_{inner}, book_{book} {}

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
    auto content = inner_.read(name);
    const bool damaged = content && *content && !(*content)->empty() && strikes("nvram.corrupt", name);
    if (damaged) return tl::unexpected{FlashError::damaged};
    return content;
  }
  Bytes remains_of(std::string_view name) const override {
    const auto whole = inner_.read(name);
    if (!whole || !*whole || (*whole)->empty()) return inner_.remains_of(name);
    auto remains = **whole;
    remains[remains.size() / 2] ^= 1;
    return remains;
  }
  tl::expected<void, FlashError> write(std::string_view name, ByteSpan content) override {
    if (next_fails()) return tl::unexpected{error_};
    if (strikes("nvram.full", name)) return tl::unexpected{FlashError::full};
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
  bool strikes(std::string_view fault, std::string_view record) const { return book_ && book_->strike(fault, record); }

  Flash& inner_;
  FaultBook* book_;
  mutable std::size_t operations_ = 0;  // reading is an operation too
  std::size_t failing_ = 0;
  FlashError error_ = FlashError::failed;
};

}  // namespace quasimodem::storage
