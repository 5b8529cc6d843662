// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/journal.hpp"
#include "core/timeline.hpp"
#include "emulator/payload_guard.hpp"

namespace quasimodem::emulator {

/// Writes both directions of the UART into the journal: a line at a time where there are lines, otherwise what came
/// without a pause; what was sent stands before the answer to it. Of certificates and keys it writes only how many
/// bytes they were.
class UartJournal {
 public:
  /// Of certificates and keys.
  enum class Payload { withheld, shown };
  UartJournal(Timeline& timeline, Journal journal, Payload payload = Payload::withheld);

  /// What the module does with bytes from the TE at the moment.
  struct Listening {
    bool powered = true;   ///< otherwise nobody hears them
    bool echoing = false;  ///< in command state, with ATE1
    char terminator = '\r';
  };
  void received(ByteSpan from_te, Listening listening);
  /// `rest` says that more is still to come: input not looked at yet, output not taken.
  enum class Rest { none, waits };
  void sent(ByteSpan to_te, Rest rest);
  /// No more is to come: what has come is written down.
  void end();

 private:
  /// One direction: what came and is not in the journal yet.
  struct Stream {
    Stream(RecordKind of, Timeline& timeline) : kind{of}, idle{timeline} {}

    RecordKind kind;
    std::string text;
    std::size_t withheld = 0;
    Timer idle;
  };

  void show(Stream& stream, ByteSpan bytes);
  void withhold(Stream& stream, std::size_t count);
  void write_text(Stream& stream);
  void write_withheld(Stream& stream);
  void flush(Stream& stream);

  Timeline& timeline_;
  Journal journal_;
  Payload payload_;
  PayloadGuard guard_;
  PemFinder pem_out_;
  bool echoes_payload_ = false;
  bool powered_ = true;
  Stream in_;
  Stream out_;
};

}  // namespace quasimodem::emulator
