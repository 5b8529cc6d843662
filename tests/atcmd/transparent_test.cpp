// SPDX-License-Identifier: Apache-2.0
// A channel in transparent mode: every byte, back-pressure both ways, +++ and the ways back.
#include <string>

#include "tests/atcmd/channel_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;
using namespace quasimodem::atcmd::test;

namespace {

/// In transparent mode, with the CONNECT read.
struct Connected : ChannelBench {
  explicit Connected(int echo = 0) : ChannelBench{echo} {
    send("AT+GO\r");
    take();
    REQUIRE(channel->mode_name() == "transparent");
  }
  void escape_sequence() {
    advance(500ms);
    send("+++");
    advance(500ms);
  }
};

std::string plus_signs_and_letters(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += i % 3 == 0 ? '+' : static_cast<char>('a' + i % 26);
  return text;
}

}  // namespace

TEST_CASE("CONNECT, then every byte goes through", "[transparent][M66 11.23]") {
  ChannelBench bench{1};
  CHECK(bench.ask("AT+GO\r") == "AT+GO\r\r\nCONNECT\r\n");
  CHECK(bench.channel->in_data_state());
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  CHECK(bench.ask(bytes + "AT\r\x1a\x1b") == "");
  CHECK(bench.tunnel->sent == bytes + "AT\r\x1a\x1b");
}

TEST_CASE("what was typed behind the command goes through, its LF does not", "[transparent][clients 1.2]") {
  ChannelBench bench;
  bench.send("AT+GO\r\nabc");
  CHECK(bench.tunnel->sent == "abc");
}

TEST_CASE("bytes from the peer go to the TE", "[transparent]") {
  Connected bench;
  bench.tunnel->from_peer = "from the peer";
  bench.tunnel->deliver();
  CHECK(bench.take() == "from the peer");
}

TEST_CASE("a connection made later says CONNECT when no command is in the way", "[transparent]") {
  ChannelBench bench;
  bench.send("AT+HOLD\r");
  bench.channel->connect_through(*bench.tunnel);
  CHECK(bench.take() == "");
  bench.responders[0].finish(Reply::ok());
  CHECK(bench.take() == "\r\nOK\r\n\r\nCONNECT\r\n");
  bench.send("abc");
  CHECK(bench.tunnel->sent == "abc");
}

TEST_CASE("a connection that ends before CONNECT could be said", "[transparent]") {
  ChannelBench bench;
  bench.send("AT");
  bench.channel->connect_through(*bench.tunnel);
  bench.channel->close_tunnel("CLOSED");
  bench.tunnel.reset();
  CHECK(bench.ask("\r") == "\r\nOK\r\n\r\nCLOSED\r\n");
  CHECK(bench.channel->mode_name() == "command");
}

TEST_CASE("+++ between silences leaves, ATO comes back", "[transparent][M66 7.4]") {
  Connected bench;
  bench.send("abc");
  bench.escape_sequence();
  CHECK(bench.take() == "\r\nOK\r\n");
  CHECK(bench.tunnel->sent == "abc");
  CHECK(bench.tunnel->rests == 1);
  CHECK(!bench.channel->in_data_state());
  CHECK(bench.channel->escaped_tunnel() == bench.tunnel.get());
  CHECK(bench.ask("AT+INFO\r") == "\r\n+INFO: 1\r\n\r\nOK\r\n");

  bench.tunnel->from_peer = "held";
  bench.tunnel->deliver();
  CHECK(bench.take() == "");
  CHECK(bench.ask("ATO\r") == "\r\nCONNECT\r\nheld");
  CHECK(bench.channel->in_data_state());
  CHECK(bench.channel->escaped_tunnel() == nullptr);
  bench.send("def");
  CHECK(bench.tunnel->sent == "abcdef");
}

TEST_CASE("ATO without a connection", "[transparent][M66 7.5]") {
  ChannelBench bench;
  CHECK(bench.ask("ATO\r") == "\r\nNO CARRIER\r\n");
}

TEST_CASE("URCs wait in transparent mode and come out after +++", "[transparent]") {
  Connected bench;
  bench.channel->unsolicited("RING");
  CHECK(bench.take() == "");
  bench.escape_sequence();
  CHECK(bench.take() == "\r\nOK\r\n\r\nRING\r\n");
}

TEST_CASE("+++ goes through where the escape is switched off", "[transparent][M66 11.24]") {
  Connected bench;
  bench.tunnel->rule.enabled = false;
  bench.escape_sequence();
  CHECK(bench.tunnel->sent == "+++");
  CHECK(bench.take() == "");
}

TEST_CASE("the plus signs may be 20 ms apart and no more", "[transparent][M66 7.4]") {
  const auto [gap, text] = GENERATE(table<Duration, std::string>({{20ms, ""}, {21ms, "+++"}}));
  Connected bench;
  bench.advance(500ms);
  for (int i = 0; i < 3; ++i) {
    bench.send("+");
    bench.advance(gap);
  }
  bench.advance(1s);
  CHECK(bench.tunnel->sent == text);
  CHECK((bench.channel->mode_name() == "command") == text.empty());
}

TEST_CASE("plus signs in the stream go through", "[transparent]") {
  Connected bench;
  const auto text = plus_signs_and_letters(1000) + "++++" + std::string(1000, '+') + "+++a";
  bench.send(text);
  bench.advance(5s);
  CHECK(bench.tunnel->sent == text);
}

TEST_CASE("nothing is lost or changes places while the tunnel is blocked", "[transparent]") {
  const std::size_t portion = GENERATE(1, 7, 1000);
  Connected bench;
  bench.tunnel->room = 0;
  const auto text = plus_signs_and_letters(5000);
  for (std::size_t at = 0; at < text.size(); at += portion) {
    bench.send(text.substr(at, portion));
    bench.advance(at % 5 == 0 ? 600ms : 1ms);
    if (at % 2) bench.tunnel->room += at % 3;
    bench.channel->tunnel_writable();
  }
  while (bench.tunnel->sent.size() < text.size()) {
    const auto before = bench.tunnel->sent.size();
    bench.tunnel->room = 11;
    bench.channel->tunnel_writable();
    REQUIRE(bench.tunnel->sent.size() > before);
  }
  CHECK(bench.tunnel->sent == text);
}

TEST_CASE("plus signs that turn out to be data wait for a blocked tunnel", "[transparent]") {
  Connected bench;
  bench.tunnel->room = 0;
  bench.advance(1s);
  bench.send("++");
  bench.advance(1s);  // no escape after all
  CHECK(bench.tunnel->sent == "");
  bench.send("abc");
  bench.tunnel->room = 3;
  bench.channel->tunnel_writable();
  CHECK(bench.tunnel->sent == "++a");
  bench.tunnel->room = 100;
  bench.channel->tunnel_writable();
  CHECK(bench.tunnel->sent == "++abc");
}

TEST_CASE("+++ that had to wait for the tunnel is data: no silence lay before it when it came", "[transparent]") {
  Connected bench;
  bench.tunnel->room = 3;
  bench.send("abc+++");
  bench.advance(2s);
  bench.tunnel->room = 100;
  bench.channel->tunnel_writable();
  bench.advance(2s);
  CHECK(bench.tunnel->sent == "abc+++");
  CHECK(bench.channel->mode_name() == "transparent");
}

TEST_CASE("the line's CTS falls while the tunnel is blocked", "[transparent]") {
  Connected bench;
  bench.tunnel->room = 0;
  std::size_t typed = 0;
  while (bench.channel->accepts_input()) {
    bench.send(std::string(100, 'x'));
    REQUIRE((typed += 100) < 100'000);
  }
  bench.tunnel->room = 1'000'000;
  bench.channel->tunnel_writable();
  CHECK(bench.tunnel->sent.size() == typed);
  CHECK(bench.channel->accepts_input());
}

TEST_CASE("a TE that does not read stops the peer, and loses nothing", "[transparent]") {
  Connected bench;
  bench.tunnel->from_peer = plus_signs_and_letters(500'000);
  const auto all = bench.tunnel->from_peer;
  bench.tunnel->deliver();
  CHECK(!bench.channel->can_write_through());
  CHECK(bench.tunnel->from_peer.size() > 400'000);
  std::string read;
  for (auto part = bench.take(); !part.empty(); part = bench.take()) read += part;
  CHECK(read == all);
}

TEST_CASE("the peer closes in data state", "[transparent][at-reference 2.7]") {
  Connected bench;
  bench.channel->close_tunnel("CLOSED");
  bench.tunnel.reset();
  CHECK(bench.take() == "\r\nCLOSED\r\n");
  CHECK(bench.ask("AT\r") == "\r\nOK\r\n");
  CHECK(bench.ask("ATO\r") == "\r\nNO CARRIER\r\n");
}

TEST_CASE("the peer closes after +++", "[transparent]") {
  Connected bench;
  bench.escape_sequence();
  bench.take();
  bench.channel->close_tunnel("CLOSED");
  bench.tunnel.reset();
  CHECK(bench.take() == "\r\nCLOSED\r\n");
  CHECK(bench.ask("ATO\r") == "\r\nNO CARRIER\r\n");
}

TEST_CASE("the peer closes while plus signs are withheld", "[transparent]") {
  Connected bench;
  bench.advance(1s);
  bench.send("+++");
  bench.channel->close_tunnel("CLOSED");
  bench.tunnel.reset();
  bench.advance(5s);
  CHECK(bench.take() == "\r\nCLOSED\r\n");
  CHECK(bench.timeline.idle());
}

TEST_CASE("a tunnel that ends without last words says nothing", "[transparent]") {
  Connected bench;
  bench.channel->close_tunnel({});
  CHECK(bench.take() == "");
  CHECK(bench.channel->mode_name() == "command");
}

TEST_CASE("leaving the data state from outside goes without a word", "[transparent][M66 3.2]") {
  Connected bench;
  bench.channel->leave_data_state();
  CHECK(bench.take() == "");
  CHECK(bench.channel->mode_name() == "command");
  CHECK(bench.ask("ATO\r") == "\r\nCONNECT\r\n");
  bench.channel->leave_data_state();
  bench.channel->leave_data_state();
  CHECK(bench.tunnel->rests == 2);
}

TEST_CASE("leaving the data state while plus signs are withheld gives them to the peer", "[transparent]") {
  Connected bench;
  bench.advance(1s);
  bench.send("++");
  bench.channel->leave_data_state();
  CHECK(bench.tunnel->sent == "++");
  bench.advance(5s);
  CHECK(bench.take() == "");
}

TEST_CASE("an upload while a connection rests does not disturb it", "[transparent]") {
  Connected bench;
  bench.escape_sequence();
  bench.take();
  CHECK(bench.ask("AT+DATA=3\rabc") == "\r\nCONNECT\r\n\r\nTAKEN\r\n");
  CHECK(bench.data == "abc");
  CHECK(bench.ask("ATO\r") == "\r\nCONNECT\r\n");
  bench.send("def");
  CHECK(bench.tunnel->sent == "def");
}

TEST_CASE("what the peer sends while an upload goes on is not mixed into it", "[transparent]") {
  Connected bench;
  bench.escape_sequence();
  bench.take();
  bench.send("AT+DATA=3\ra");
  bench.tunnel->from_peer = "peer";
  bench.tunnel->deliver();
  CHECK(bench.ask("bc") == "\r\nCONNECT\r\n\r\nTAKEN\r\n");
  CHECK(bench.tunnel->from_peer == "peer");
}

// ---- more than the TE reads ----

namespace {

/// The TE reads nothing, and the peer sends without end.
struct Flooded : Connected {
  Flooded() {
    tunnel->from_peer = all;
    tunnel->deliver();
    REQUIRE(!channel->can_write_through());
  }
  std::string read_all() {
    std::string read;
    for (auto part = take(); !part.empty(); part = take()) read += part;
    return read;
  }

  const std::string all = plus_signs_and_letters(300'000);
};

}  // namespace

TEST_CASE("under load the TE's bytes go to the peer", "[transparent]") {
  Flooded bench;
  for (const auto* piece : {"abc", "++", "+", "def"}) bench.send(piece);
  CHECK(bench.tunnel->sent == "abc+++def");
  CHECK(bench.channel->accepts_input());
  CHECK(bench.read_all() == bench.all);
}

TEST_CASE("+++ leaves under load, and nothing is lost", "[transparent][M66 7.4]") {
  Flooded bench;
  bench.send("abc");
  bench.escape_sequence();
  CHECK(!bench.channel->in_data_state());
  CHECK(bench.tunnel->sent == "abc");
  // The OK stands behind what is on its way to the TE already, and that is little.
  auto read = bench.read_all();
  REQUIRE(read.ends_with("\r\nOK\r\n"));
  read.resize(read.size() - 6);
  CHECK(read.size() < 1460 + 1000);  // a packet; this peer hands over 1000 at a time
  CHECK(bench.ask("AT\r") == "\r\nOK\r\n");
  CHECK(bench.ask("ATO\r").starts_with("\r\nCONNECT\r\n" + bench.all.substr(read.size(), 100)));
}

TEST_CASE("+++ and ATO again and again under load", "[transparent][M66 7.4]") {
  Flooded bench;
  std::string read, typed;
  const auto expect_end = [&](std::string_view words) {
    read += bench.read_all();
    REQUIRE(read.ends_with(words));
    read.resize(read.size() - words.size());
  };
  while (!bench.tunnel->from_peer.empty()) {
    const auto part = plus_signs_and_letters(read.size() % 50);
    bench.send(part + ".");
    typed += part + ".";
    read += bench.take();
    bench.escape_sequence();
    expect_end("\r\nOK\r\n");
    const auto answer = bench.ask("ATO\r");
    REQUIRE(answer.starts_with("\r\nCONNECT\r\n"));
    read += answer.substr(11);
    for (int i = 0; i < 10; ++i) read += bench.take();
  }
  read += bench.read_all();
  CHECK((read == bench.all));
  CHECK((bench.tunnel->sent == typed));
}

TEST_CASE("a DTR drop leaves under load", "[transparent][M66 3.2]") {
  Flooded bench;
  bench.send("abc");
  bench.channel->leave_data_state();
  const auto read = bench.read_all();
  CHECK(read == bench.all.substr(0, read.size()));
  CHECK(bench.tunnel->sent == "abc");
  CHECK(bench.ask("AT\r") == "\r\nOK\r\n");
}

TEST_CASE("+++ leaves while the peer takes nothing; what the TE said before gets there later", "[transparent]") {
  const bool comes_back = GENERATE(false, true);
  Connected bench;
  bench.tunnel->room = 1;
  bench.send("abcAT\rdef");
  if (GENERATE(false, true)) {
    bench.escape_sequence();
    CHECK(bench.take() == "\r\nOK\r\n");
  } else {
    bench.channel->leave_data_state();
  }
  CHECK(bench.tunnel->sent == "a");
  CHECK(bench.ask("AT\r") == "\r\nOK\r\n");  // and not one more for the AT among the data
  if (comes_back) {
    CHECK(bench.ask("ATO\r") == "\r\nCONNECT\r\n");
    bench.send("ghi");
  }
  bench.tunnel->room = 100;
  bench.channel->tunnel_writable();
  CHECK(bench.tunnel->sent == (comes_back ? "abcAT\rdefghi" : "abcAT\rdef"));
}

TEST_CASE("an upload goes on while the TE does not read", "[intake]") {
  ChannelBench bench;
  // CONNECT is the last that has room.
  while (bench.channel->output_size() < 65'530) bench.send("AT\r");
  bench.send("AT+DATA=100\r");
  CHECK(bench.channel->output_size() > 65'536);
  CHECK(bench.channel->accepts_input());
  bench.send("abc");
  bench.advance(500ms);
  bench.send("+++");
  bench.advance(500ms);
  CHECK(bench.end == IntakeOutcome::End::escaped);
  CHECK(bench.data == "abc");
}
