// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "core/bytes.hpp"
#include "core/time.hpp"
#include "emulator/app/desk/play/trace.hpp"

namespace quasimodem::app {

/// What a recording is played into: a UART, and the time that goes with it.
class ReplayLine {
 public:
  virtual ~ReplayLine() = default;

  virtual void write(ByteSpan bytes) = 0;
  /// What comes within `patience`, as soon as something comes; empty when nothing does.
  virtual Bytes read(Duration patience) = 0;
  virtual Duration now() = 0;

  /// The module is switched on as the trace tells; otherwise it runs already, in a state that the trace does not know.
  virtual bool starts_module() const = 0;
  /// `happen` does something about such a record: its time counts.
  virtual bool acts_on(const Trace::Entry& entry) const = 0;
  /// The record is about to be played: does what belongs to it beside the UART, or says why that cannot be done here.
  virtual std::string happen(const Trace& trace, std::size_t entry) = 0;
};

}  // namespace quasimodem::app
