// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <iterator>
#include <list>
#include <utility>

namespace quasimodem::emulator {

/// A setting that several faults change at once: the latest that still runs decides, and when none does the setting is
/// what it was before the first. `Value` may be incomplete where an Overlay is only a member.
template <class Value>
class Overlay {
 public:
  using Read = std::function<Value()>;
  using Apply = std::function<void(const Value&)>;

  Overlay(Read read, Apply apply) : read_{std::move(read)}, apply_{std::move(apply)} {}
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  /// Gives what takes it away again.
  std::function<void()> put(Value value) {
    if (layers_.empty()) layers_.push_back(read_());
    layers_.push_back(std::move(value));
    const auto layer = std::prev(layers_.end());
    apply_(*layer);
    return [this, layer] { take(layer); };
  }
  bool covered() const { return !layers_.empty(); }
  /// Changes what is to come back.
  void set_beneath(Value value) { layers_.front() = std::move(value); }

 private:
  void take(typename std::list<Value>::iterator layer) {
    const bool decides = std::next(layer) == layers_.end();
    layers_.erase(layer);
    if (decides) apply_(layers_.back());
    if (layers_.size() == 1) layers_.clear();
  }

  Read read_;
  Apply apply_;
  std::list<Value> layers_;  ///< what was before them first; empty without any
};

}  // namespace quasimodem::emulator
