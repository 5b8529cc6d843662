// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

namespace quasimodem::app {

/// Standard input without line editing, echo and signals, for as long as this lives.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  termios before_{};
};

/// Signals that would end the program, as a descriptor to wait for: what is to be put right afterwards can be.
class EndSignals {
 public:
  EndSignals();
  ~EndSignals();
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace quasimodem::app
