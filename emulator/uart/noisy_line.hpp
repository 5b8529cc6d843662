// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fault_book.hpp"
#include "core/timeline.hpp"
#include "emulator/uart/dce.hpp"

namespace quasimodem::uart {

/// A serial line on which bytes get lost, change or come late as the book says: uart.*.
class NoisyLine final : public Dce {
 public:
  NoisyLine(Timeline& timeline, FaultBook& book, Dce& module) : book_{book}, module_{module}, gap_{timeline} {}

  /// The noise strikes here: before the module sees a byte, and on flow control too.
  SecretBytes arrive(ByteSpan from_te) override;
  void receive(ByteSpan from_te) override { module_.receive(from_te); }
  bool clear_to_send() const override { return module_.clear_to_send(); }
  Bytes take_output() override;
  bool pause_is_due() const override { return held_.empty() && module_.pause_is_due(); }
  bool may_send() const override { return module_.may_send(); }
  bool heeds_te() const override { return module_.heeds_te(); }
  Bytes take_urgent() override { return module_.take_urgent(); }
  int baud() const override { return held_.empty() ? module_.baud() : held_baud_; }

 private:
  SecretBytes disturbed(ByteSpan bytes, std::string_view direction);
  void hold(Duration time);
  void let_go();
  Bytes next_piece();
  bool is_full() const;

  FaultBook& book_;
  Dce& module_;
  Bytes held_;  ///< from the module, for the TE
  int held_baud_ = 0;
  std::size_t piece_ = 0;  ///< bytes that go out at a time; 0: all
  Duration pause_{};       ///< between them
  bool merging_ = false;   ///< the module's pauses are not kept
  Timer gap_;              ///< running: nothing goes out
  int holder_ = 0;         ///< the fault because of which; 0: none
};

}  // namespace quasimodem::uart
