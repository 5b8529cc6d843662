// SPDX-License-Identifier: Apache-2.0
// What a client of --uart rfc2217: sends, raw: telnet with COM-PORT. The first octet says into how large pieces it is
// cut.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "emulator/app/host/ports/rfc2217/com_port.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using namespace quasimodem::app;

namespace {

constexpr std::uint8_t kIac = 255, kSb = 250, kSe = 240;

/// One access server and what it said and did, in order.
class Server {
 public:
  void start() { port_.start(); }
  void receive(ByteSpan bytes) { port_.receive(bytes); }
  void lines(const ModuleLines& lines) { port_.set_module_lines(lines); }

  const Bytes& data() const { return data_; }
  const Bytes& sent() const { return sent_; }
  const std::string& happened() const { return happened_; }
  const ComPort& port() const { return port_; }

 private:
  void did(const char* what) { happened_ += what; }

  Bytes data_;
  Bytes sent_;
  std::string happened_;
  ComPort port_{ComPort::Events{
                    .data = [this](ByteSpan bytes) { append(data_, bytes); },
                    .send = [this](ByteSpan bytes) { append(sent_, bytes); },
                    .lines_changed = [this] { did("lines "); },
                    .flow_changed = [this] { did("flow "); },
                    .purge_output = [this] { did("output "); },
                    .purge_input = [this] { did("input "); },
                    .note = [this](const std::string& note) { did(note.c_str()); },
                },
                ModuleLines{.cts = true, .dsr = true}};
};

/// What goes out is telnet itself: every command whole, every subnegotiation ended, no data among them.
void check_sent(ByteSpan sent) {
  std::size_t i = 0;
  const auto next = [&] {
    fuzz::require(i < sent.size(), "what is sent is whole");
    return sent[i++];
  };
  while (i < sent.size()) {
    fuzz::require(next() == kIac, "only commands are sent");
    const auto verb = next();
    fuzz::require(verb >= kSb && verb < kIac, "a command that a client knows");
    next();  // the option
    if (verb != kSb) continue;
    for (auto byte = next(); byte != kIac || next() == kIac;) byte = next();
    fuzz::require(sent[i - 1] == kSe, "a subnegotiation ends");
  }
}

void check_settings(const ComPort& port) {
  const auto framing = port.framing();
  fuzz::require(framing.size() >= 3 && framing[0] >= '5' && framing[0] <= '8', "data bits there are");
  fuzz::require(std::string_view{"NOEMS"}.find(framing[1]) != std::string_view::npos, "a parity there is");
  fuzz::require(port.rate() > 0 && port.rate() <= 4'000'000, "a rate there is");
}

void in_pieces(ByteSpan input, std::size_t length, Server& server) {
  ModuleLines lines{.cts = true, .dsr = true};
  for (std::size_t at = 0; at < input.size(); at += length) {
    server.receive(input.subspan(at, std::min(length, input.size() - at)));
    lines.ri = !lines.ri;
    lines.dcd = at % 3 == 0;
    server.lines(lines);
    check_settings(server.port());
  }
}

/// Data goes through as it is, with every 0xFF twice on the way, once the client is binary.
void round_trip(ByteSpan data) {
  Server server;
  server.start();
  server.receive(Bytes{kIac, 251, Telnet::kBinary});
  server.receive(Telnet::escape(data));
  fuzz::require(server.data() == Bytes(data.begin(), data.end()), "escaped data comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto input = ByteSpan{data, size}.subspan(1);
  Server whole, cut, changing;
  for (auto* server : {&whole, &cut, &changing}) server->start();
  whole.receive(input);
  for (const auto byte : input) cut.receive({&byte, 1});
  fuzz::require(whole.data() == cut.data(), "pieces make no difference to the data");
  fuzz::require(whole.sent() == cut.sent(), "pieces make no difference to the answers");
  fuzz::require(whole.happened() == cut.happened(), "pieces make no difference to what happens");
  fuzz::require(whole.port().terminal_lines() == cut.port().terminal_lines(), "nor to the lines");
  in_pieces(input, 1 + std::size_t{data[0]}, changing);
  check_sent(whole.sent());
  check_sent(changing.sent());
  check_settings(whole.port());
  fuzz::require(whole.data().size() <= input.size(), "nothing is added");
  round_trip(input);
  return 0;
}
