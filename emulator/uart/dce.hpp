// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bytes.hpp"
#include "core/secret_bytes.hpp"

namespace quasimodem::uart {

/// The module's end of a serial line.
class Dce {
 public:
  virtual ~Dce() = default;

  /// Bytes of the TE as they come in at the port: flow control acts at once. What it returns is for `receive`, when the
  /// line has carried it.
  virtual SecretBytes arrive(ByteSpan from_te) = 0;
  /// What `arrive` left of the bytes from the TE. All are taken; while `clear_to_send()` is false more should not be
  /// sent.
  virtual void receive(ByteSpan from_te) = 0;
  virtual bool clear_to_send() const = 0;
  /// Bytes for the TE, in order. Call again until nothing comes: what waited for room follows.
  virtual Bytes take_output() = 0;
  /// On hardware time lies between what `take_output` gave last and what it gives next: they must not arrive as one.
  virtual bool pause_is_due() const { return false; }
  /// False while the TE holds the module back, by RTS or XOFF: what is on the line stays there.
  virtual bool may_send() const { return true; }
  /// Whether anything that the TE does could make `may_send` false.
  virtual bool heeds_te() const { return true; }
  /// Bytes that go ahead of everything, flow control or not.
  virtual Bytes take_urgent() { return {}; }
  /// The fixed rate in bit/s of what `take_output` gives next; 0 while the module takes the TE's.
  virtual int baud() const = 0;
};

}  // namespace quasimodem::uart
