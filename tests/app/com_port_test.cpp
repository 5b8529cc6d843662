// SPDX-License-Identifier: Apache-2.0
// RFC 2217 byte by byte: the machine behind --uart rfc2217:, without a socket.
#include "emulator/app/host/ports/rfc2217/com_port.hpp"

#include <initializer_list>
#include <utility>

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::app;

namespace {

constexpr std::uint8_t kIac = 255, kDont = 254, kDo = 253, kWont = 252, kWill = 251, kSb = 250, kSe = 240, kBrk = 243;
constexpr std::uint8_t kComPort = 44;

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) append(all, part);
  return all;
}

Bytes request(std::uint8_t command, const Bytes& value = {}) {
  return joined({{kIac, kSb, kComPort, command}, Telnet::escape(value), {kIac, kSe}});
}

/// A client that has agreed on everything.
struct Client {
  Client() {
    port.start();
    for (const std::uint8_t option : {0, 3, 44}) send({kIac, kDo, option, kIac, kWill, option});
    sent.clear();
  }

  void send(const Bytes& bytes) { port.receive(bytes); }
  Bytes ask(std::uint8_t command, const Bytes& value = {}) {
    send(request(command, value));
    return std::exchange(sent, {});
  }

  Bytes data, sent;
  int lines_changed = 0, flow_changed = 0, output_purged = 0, input_purged = 0;
  std::size_t heard_at_change = 0;
  std::vector<std::string> notes;
  ComPort port{ComPort::Events{
                   .data = [this](ByteSpan bytes) { append(data, bytes); },
                   .send = [this](ByteSpan bytes) { append(sent, bytes); },
                   .lines_changed =
                       [this] {
                         ++lines_changed;
                         heard_at_change = data.size();
                       },
                   .flow_changed = [this] { ++flow_changed; },
                   .purge_output = [this] { ++output_purged; },
                   .purge_input = [this] { ++input_purged; },
                   .note = [this](const std::string& note) { notes.push_back(note); },
               },
               ModuleLines{.cts = true, .dsr = true}};
};

}  // namespace

TEST_CASE("the options are offered once and agreed on in both directions", "[rfc2217]") {
  Bytes sent;
  ComPort fresh{ComPort::Events{.data = [](ByteSpan) {},
                                .send = [&](ByteSpan bytes) { append(sent, bytes); },
                                .lines_changed = [] {},
                                .flow_changed = [] {},
                                .purge_output = [] {},
                                .purge_input = [] {},
                                .note = [](const std::string&) {}},
                {}};
  fresh.start();
  const auto offer = joined({{kIac, kWill, 0, kIac, kWill, 1, kIac, kWill, 3}, {kIac, kDo, 0, kIac, kDo, 3}});
  CHECK(std::exchange(sent, {}) == offer);
  SECTION("an answer is not answered") {
    fresh.receive(Bytes{kIac, kDo, 0, kIac, kWill, 0, kIac, kDo, 0, kIac, kWill, 0});
    CHECK(sent.empty());
  }
  SECTION("the client's own COM-PORT brings the state of the lines") {
    fresh.receive(Bytes{kIac, kDo, 44});
    CHECK(std::exchange(sent, {}) == Bytes{kIac, kWill, 44});
    fresh.receive(Bytes{kIac, kWill, 44});
    CHECK(sent == joined({{kIac, kDo, 44}, request(107, {0x10})}));
  }
  SECTION("so does its first request, when it never said a word") {
    fresh.receive(request(2, {7}));
    CHECK(sent == joined({request(107, {0x10}), request(102, {7})}));
  }
  SECTION("what nobody knows is refused, and a refusal accepted") {
    fresh.receive(Bytes{kIac, kDo, 99, kIac, kWill, 99, kIac, kDont, 0, kIac, kWont, 0});
    CHECK(sent == Bytes{kIac, kWont, 99, kIac, kDont, 99});
  }
  SECTION("what was agreed on can be taken back and agreed on again") {
    fresh.receive(Bytes{kIac, kDo, 0, kIac, kDont, 0, kIac, kDo, 0});
    CHECK(sent == Bytes{kIac, kWont, 0, kIac, kWill, 0});
  }
}

TEST_CASE("every setting is answered with what counts", "[rfc2217]") {
  Client client;
  CHECK(client.ask(1, {0, 0, 0, 0}) == request(101, {0, 1, 0xC2, 0}));  // 115200
  CHECK(client.ask(1, {0, 0, 0x25, 0x80}) == request(101, {0, 0, 0x25, 0x80}));
  CHECK(client.port.rate() == 9600);
  CHECK(client.ask(1, {0, 0, 0xFF, 0xFF}) == request(101, {0, 0, 0xFF, 0xFF}));  // the value is escaped
  CHECK(client.port.rate() == 65535);
  CHECK(client.ask(2, {7}) == request(102, {7}));
  CHECK(client.ask(3, {3}) == request(103, {3}));
  CHECK(client.ask(4, {1}) == request(104, {1}));
  CHECK(client.port.framing() == "7E1");
  CHECK(client.ask(2, {0}) == request(102, {7}));
  CHECK(client.ask(3, {0}) == request(103, {3}));
  CHECK(client.ask(4, {3}) == request(104, {3}));
  CHECK(client.notes.empty());

  CHECK(client.ask(1, {1, 2}) == request(101, {0, 0, 0xFF, 0xFF}));  // no rate has two bytes
  CHECK(client.ask(1, {0xFF, 0xFF, 0xFF, 0xFF}) == request(101, {0, 0, 0xFF, 0xFF}));
  CHECK(client.ask(2, {9}) == request(102, {7}));
  CHECK(client.ask(3, {6}) == request(103, {3}));
  CHECK(client.ask(4, {4}) == request(104, {3}));
  CHECK(client.notes.size() == 5);
}

TEST_CASE("every control is answered and does what it says", "[rfc2217]") {
  Client client;
  for (const std::uint8_t flow : {2, 3, 17, 19, 1}) {
    CHECK(client.ask(5, {flow}) == request(105, {flow}));
    CHECK(client.ask(5, {0}) == request(105, {flow}));
  }
  for (const std::uint8_t flow : {15, 16, 18, 14}) {
    CHECK(client.ask(5, {flow}) == request(105, {flow}));
    CHECK(client.ask(5, {13}) == request(105, {flow}));
  }
  CHECK(client.lines_changed == 0);
  CHECK(client.ask(5, {7}) == request(105, {8}));
  CHECK(client.ask(5, {9}) == request(105, {9}));
  CHECK_FALSE(client.port.terminal_lines().dtr);
  CHECK(client.ask(5, {7}) == request(105, {9}));
  CHECK(client.ask(5, {8}) == request(105, {8}));
  CHECK(client.port.terminal_lines().dtr);
  CHECK(client.ask(5, {12}) == request(105, {12}));
  CHECK_FALSE(client.port.terminal_lines().rts);
  CHECK(client.ask(5, {10}) == request(105, {12}));
  CHECK(client.ask(5, {11}) == request(105, {11}));
  CHECK(client.ask(5, {5}) == request(105, {5}));
  CHECK(client.port.terminal_lines().sending_break);
  CHECK(client.ask(5, {4}) == request(105, {5}));
  CHECK(client.ask(5, {6}) == request(105, {6}));
  CHECK(client.lines_changed == 6);
  CHECK(client.notes.empty());
  CHECK(client.ask(5, {77}) == request(105, {1}));
  CHECK(client.notes.size() == 1);
}

TEST_CASE("the module's lines are told as they change, under the mask", "[rfc2217]") {
  Client client;
  ModuleLines lines{.cts = true, .dsr = true};
  CHECK(client.ask(7) == request(107, {0x30}));
  lines.dcd = true;
  client.port.set_module_lines(lines);
  CHECK(std::exchange(client.sent, {}) == request(107, {0xB8}));
  client.port.set_module_lines(lines);
  CHECK(client.sent.empty());
  lines.ri = true;
  client.port.set_module_lines(lines);
  CHECK(std::exchange(client.sent, {}) == request(107, {0xF0}));
  lines.ri = false;
  client.port.set_module_lines(lines);
  CHECK(std::exchange(client.sent, {}) == request(107, {0xB4}));  // the trailing edge
  lines.cts = false;
  client.port.set_module_lines(lines);
  CHECK(std::exchange(client.sent, {}) == request(107, {0xA1}));

  CHECK(client.ask(11, {0x80}) == joined({request(111, {0x80}), request(107, {0x80})}));
  lines.ri = lines.cts = true;
  client.port.set_module_lines(lines);
  CHECK(client.sent.empty());
  lines.dcd = false;
  client.port.set_module_lines(lines);
  CHECK(client.sent == request(107, {0x00}));
}

TEST_CASE("line state, purge, flow control and signature", "[rfc2217]") {
  Client client;
  CHECK(client.ask(6) == request(106, {0x60}));
  CHECK(client.ask(10, {0}) == request(110, {0}));
  CHECK(client.ask(10, {0x20}) == joined({request(110, {0x20}), request(106, {0x20})}));
  CHECK(client.ask(12, {1}) == request(112, {1}));
  CHECK((client.output_purged == 1 && client.input_purged == 0));
  CHECK(client.ask(12, {2}) == request(112, {2}));
  CHECK((client.output_purged == 1 && client.input_purged == 1));
  CHECK(client.ask(12, {3}) == request(112, {3}));
  CHECK((client.output_purged == 2 && client.input_purged == 2));
  CHECK(client.ask(8).empty());
  CHECK(client.port.suspended());
  CHECK(client.ask(9).empty());
  CHECK_FALSE(client.port.suspended());
  CHECK(client.flow_changed == 2);
  CHECK(client.ask(0) == request(100, to_bytes("quasimodem")));
  CHECK(client.ask(0, to_bytes("gensio\x01")).empty());
  CHECK(client.notes == std::vector<std::string>{"the client is gensio\\x01"});
}

TEST_CASE("data passes whatever its bytes are and wherever it is cut", "[rfc2217]") {
  Client client;
  Bytes all;
  for (int value = 0; value < 256; ++value) all.push_back(static_cast<std::uint8_t>(value));
  append(all, Bytes{'\r', 0, '\r', '\n', 255, 255, 240, 250});
  const auto line = Telnet::escape(all);
  CHECK(line.size() == all.size() + 3);
  for (const auto byte : line) client.send({byte});
  CHECK(client.data == all);
  CHECK(client.sent.empty());
}

TEST_CASE("a telnet client in text mode ends its lines with CR NUL", "[rfc2217]") {
  Client client;
  client.send({kIac, kWont, 0});
  client.data.clear();
  client.send({'A', 'T', '\r'});
  client.send({0, 'A', 'T', '\r', '\n', 0});
  CHECK(client.data == Bytes{'A', 'T', '\r', 'A', 'T', '\r', '\n', 0});
}

TEST_CASE("a request takes its place among the data", "[rfc2217]") {
  Client client;
  client.send(joined({to_bytes("AT\r"), request(5, {9}), to_bytes("ATI\r")}));
  CHECK(to_text(client.data) == "AT\rATI\r");
  CHECK(client.heard_at_change == 3);
}

TEST_CASE("the BREAK key of plain telnet", "[rfc2217]") {
  Client client;
  client.send({kIac, kBrk});
  CHECK(client.lines_changed == 2);
  CHECK_FALSE(client.port.terminal_lines().sending_break);
}

TEST_CASE("nonsense is dropped, bounded, and does not end the conversation", "[rfc2217]") {
  Client client;
  const auto still_works = [&] {
    client.sent.clear();
    client.data.clear();
    CHECK(client.ask(5, {7}) == request(105, {8}));
    client.send(to_bytes("AT\r"));
    CHECK(to_text(client.data) == "AT\r");
  };
  SECTION("an end without a beginning") { client.send({kIac, kSe}); }
  SECTION("an empty subnegotiation") { client.send({kIac, kSb, kIac, kSe}); }
  SECTION("one without a command") { client.send({kIac, kSb, kComPort, kIac, kSe}); }
  SECTION("one of another option") { client.send({kIac, kSb, 24, 1, kIac, kSe}); }
  SECTION("an unknown command") { client.send(request(55, {1})); }
  SECTION("a command of the server") { client.send(request(101, {0, 0, 0, 1})); }
  SECTION("a purge of nothing") { CHECK(client.ask(12, {9}) == request(112, {9})); }
  SECTION("one that a command cuts short") { client.send({kIac, kSb, kComPort, 1, kIac, kWill, 3}); }
  SECTION("a megabyte of it") {
    client.send({kIac, kSb, kComPort, 0});
    client.send(Bytes(1 << 20, 'x'));
    client.send({kIac, kSe});
    CHECK(client.data.empty());
    CHECK(client.sent.empty());
  }
  CHECK(client.notes.size() == 1);
  CHECK(client.data.empty());
  still_works();
}
