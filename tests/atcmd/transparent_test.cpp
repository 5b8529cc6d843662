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
