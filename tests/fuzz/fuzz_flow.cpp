// SPDX-License-Identifier: Apache-2.0
// XON/XOFF with its byte stuffing (quirk Q1).
#include <algorithm>

#include "emulator/uart/software_flow.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using uart::SoftwareFlow;

namespace {

bool is_flow_control(std::uint8_t byte) { return byte == SoftwareFlow::kXon || byte == SoftwareFlow::kXoff; }

/// Data comes through as it is, whatever flow control stands between its bytes.
void round_trip(ByteSpan data) {
  const auto line = SoftwareFlow::encode(data);
  fuzz::require(std::none_of(line.begin(), line.end(), is_flow_control), "stuffed data has no flow control in it");
  Bytes disturbed;
  for (std::size_t i = 0; i < line.size(); ++i) {
    disturbed.push_back(line[i]);
    if (i % 3 == 0) disturbed.push_back(i % 2 ? SoftwareFlow::kXon : SoftwareFlow::kXoff);
  }
  SoftwareFlow flow;
  fuzz::require(as_text(flow.decode(disturbed)) == as_text(data), "stuffed data comes back");
}

/// Any bytes from the line: in one piece or in many they mean the same.
void any_line(ByteSpan line) {
  SoftwareFlow whole;
  SoftwareFlow pieces;
  const auto data = whole.decode(line);
  SecretBytes collected;
  for (std::size_t at = 0; at < line.size();) {
    const auto length = std::min<std::size_t>(line.size() - at, 1 + line[at] % 5);
    append(collected, pieces.decode(line.subspan(at, length)));
    at += length;
  }
  fuzz::require(collected == data, "pieces make no difference");
  fuzz::require(whole.stopped() == pieces.stopped(), "pieces make no difference to what is stopped");
  const auto last = std::find_if(line.rbegin(), line.rend(), is_flow_control);
  fuzz::require(whole.stopped() == (last != line.rend() && *last == SoftwareFlow::kXoff),
                "the last XON or XOFF counts");
  const auto fillers = static_cast<std::size_t>(std::count(line.begin(), line.end(), SoftwareFlow::kXoff));
  fuzz::require(whole.take_urgent(true, SoftwareFlow::Filler::after_xoff) == Bytes(fillers, 0xFF),
                "one filler for every XOFF, and no XON");
  fuzz::require(pieces.take_urgent(true).empty(), "no filler unless it is wanted");
  fuzz::require(whole.take_urgent(false) == Bytes{SoftwareFlow::kXoff}, "its own XOFF");
  fuzz::require(whole.take_urgent(false).empty(), "its own XOFF once");
  fuzz::require(whole.take_urgent(true) == Bytes{SoftwareFlow::kXon}, "its own XON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  round_trip({data, size});
  any_line({data, size});
  return 0;
}
