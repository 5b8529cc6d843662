// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "atcmd/listen/ear.hpp"
#include "core/journal.hpp"
#include "core/timeline.hpp"

namespace quasimodem::emulator {

/// Writes both directions of the UART into the journal: a line at a time where there are lines, otherwise what came
/// without a pause; what was sent stands before the answer to it. Of certificates and keys it writes only how many
/// bytes they were.
class UartJournal {
 public:
  /// Of certificates and keys.
  enum class Payload { withheld, shown };
  /// `listener` hears what the journal's ear tells beside the bytes.
  UartJournal(Timeline& timeline, Journal journal, Payload payload = Payload::withheld,
              atcmd::Ear::Tell listener = nullptr);

  enum class Power { off, on };  ///< off: nobody hears what comes
  using Rest = atcmd::Ear::Rest;
  void received(ByteSpan from_te, Power power, const atcmd::Ear::Insight& insight);
  void sent(ByteSpan to_te, Rest rest);
  /// No more is to come: what has come is written down.
  void end();

 private:
  /// One direction: what came and is not in the journal yet.
  struct Stream {
    Stream(RecordKind of, Timeline& timeline) : kind{of}, idle{timeline} {}

    std::string_view whole() const { return text.empty() ? as_text(fresh) : text; }

    RecordKind kind;
    std::string text;
    ByteSpan fresh;  ///< goes behind the text; lies in what the call that goes on was given
    std::size_t withheld = 0;
    Timer idle;
  };

  void hear(const atcmd::Heard& heard);
  void show(Stream& stream, ByteSpan bytes);
  void keep(Stream& stream);
  void end_call(Stream& stream, bool line_ends);
  void withhold(Stream& stream, std::size_t count);
  void write_text(Stream& stream);
  void write_withheld(Stream& stream);
  void flush(Stream& stream);

  Timeline& timeline_;
  Journal journal_;
  Payload payload_;
  atcmd::Ear::Tell listener_;
  atcmd::Ear ear_;
  Power power_ = Power::on;
  ByteSpan call_;  ///< what the call that goes on was given
  Stream in_;
  Stream out_;
};

}  // namespace quasimodem::emulator
