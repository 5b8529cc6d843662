// SPDX-License-Identifier: Apache-2.0
// A channel in command mode: lines, echo, several commands, held commands, URCs, limits.
#include <string>

#include "tests/atcmd/channel_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;
using namespace quasimodem::atcmd::test;
using namespace std::string_view_literals;

// ---- lines and echo ----

TEST_CASE("a command line is echoed with its CR, then answered", "[channel][M66 15.2]") {
  ChannelBench bench{1};
  CHECK(bench.ask("AT+INFO\r") == "AT+INFO\r\r\n+INFO: 1\r\n\r\nOK\r\n");
  CHECK(bench.ask("AT\r") == "AT\r\r\nOK\r\n");
  CHECK(bench.ask("AT+BAD\r") == "AT+BAD\r\r\nERROR\r\n");
}

TEST_CASE("echo comes byte by byte, backspace and noise included", "[channel]") {
  ChannelBench bench{1};
  CHECK(bench.ask("A") == "A");
  CHECK(bench.ask("X\bT\x1a") == "X\bT\x1a");
  CHECK(bench.ask("\r") == "\r\r\nOK\r\n");
  CHECK(bench.ask("hello\r") == "hello\r");
}

TEST_CASE("the LF after the CR is swallowed, echo or not", "[channel][clients 1.2]") {
  const int echo = GENERATE(0, 1);
  ChannelBench bench{echo};
  const auto echoed = [&](std::string text) { return echo ? text : std::string{}; };
  CHECK(bench.ask("AT\r\n") == echoed("AT\r") + "\r\nOK\r\n");
  CHECK(bench.ask("AT\r") == echoed("AT\r") + "\r\nOK\r\n");
  CHECK(bench.ask("\n") == "");
  CHECK(bench.ask("AT\r\nAT\r\n") == echoed("AT\r") + "\r\nOK\r\n" + echoed("AT\r") + "\r\nOK\r\n");
}

TEST_CASE("lines without AT are dropped without an answer", "[channel]") {
  ChannelBench bench;
  CHECK(bench.ask("hello\r\r\n+++\r\x1b\x1a\0\xFF"sv) == "");
  CHECK(bench.ran.empty());
  CHECK(bench.lines == 0);
  CHECK(bench.ask("AT\r") == "\r\nOK\r\n");
  CHECK(bench.lines == 1);
}

TEST_CASE("an overlong line is an error and nothing of it runs", "[channel][M66 1.2.1]") {
  ChannelBench bench;
  const std::string start = "AT+OK;+INFO";
  CHECK(bench.ask(start + std::string(256 - start.size(), ' ') + "\r") == "\r\n+INFO: 1\r\n\r\nOK\r\n");
  CHECK(bench.ask(start + std::string(257 - start.size(), ' ') + "\r") == "\r\nERROR\r\n");
  CHECK(bench.ask(start + std::string(300, ' ') + "\r") == "\r\nERROR\r\n");
  CHECK(bench.ran == "+OK+INFO");
  CHECK(bench.lines == 3);  // its prefix was good: autobaud knows the rate
}

TEST_CASE("A/ repeats the last line at once", "[channel][M66 15.1]") {
  ChannelBench bench{1};
  CHECK(bench.ask("A/") == "A/\r\nOK\r\n");  // nothing yet
  bench.ask("AT+INFO\r");
  CHECK(bench.ask("A/") == "A/\r\n+INFO: 1\r\n\r\nOK\r\n");
  CHECK(bench.ask("\r\n") == "\r");  // what a host sends after it out of habit
  bench.ask("AT+BAD\r");
  bench.ask("noise\r");
  CHECK(bench.ask("a/") == "a/\r\nERROR\r\n");
}

// ---- several commands on a line ----

TEST_CASE("one line has one final result", "[channel][clients 1.1]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+OK;+OK;+OK\r") == "\r\nOK\r\n");
  CHECK(bench.ask("AT+INFO;+OK;+INFO\r") == "\r\n+INFO: 1\r\n\r\n+INFO: 1\r\n\r\nOK\r\n");
}

TEST_CASE("the first failure ends the line", "[channel][M66 16.7]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+INFO;+BAD;+INFO\r") == "\r\n+INFO: 1\r\n\r\nERROR\r\n");
  CHECK(bench.ask("AT+CME;+INFO\r") == "\r\n+CME ERROR: 10\r\n");
  CHECK(bench.ask("AT+BUSY;+INFO\r") == "\r\nBUSY\r\n");
  CHECK(bench.ask("AT+INFO;+X=\"\r") == "\r\n+INFO: 1\r\n\r\nERROR\r\n");
  CHECK(bench.ran == "+INFO+BAD+CME+BUSY+INFO");
}

TEST_CASE("a result of the maker's own takes the place of OK", "[channel]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+DONE\r") == "\r\nDONE\r\n");
  CHECK(bench.ask("AT+SAID\r") == "\r\n10.1.83.188\r\n");
  CHECK(bench.ask("AT+STATE\r") == "\r\nOK\r\n\r\nSTATE: 1\r\n");
  CHECK(bench.ask("AT+DONE;+INFO\r") == "\r\nDONE\r\n\r\n+INFO: 1\r\n\r\nOK\r\n");
  CHECK(bench.ask("AT+INFO;+SAID\r") == "\r\n+INFO: 1\r\n\r\n10.1.83.188\r\n");
}

TEST_CASE("a command can drop the rest of its line", "[channel][M66 2.18]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+LAST;+INFO;+BAD\r") == "\r\nOK\r\n");
}

TEST_CASE("typed-ahead lines are answered in order", "[channel][clients 1.13]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+INFO\rAT+BAD\rAT\r") == "\r\n+INFO: 1\r\n\r\nOK\r\n\r\nERROR\r\n\r\nOK\r\n");
}

// ---- held commands ----

TEST_CASE("a held command is answered when its result comes", "[channel]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+HOLD\r") == "");
  CHECK(bench.channel->mode_name() == "held");
  CHECK(bench.responders[0].awaited());
  bench.responders[0].finish(Reply::result("LATE"));
  CHECK(bench.take() == "\r\nLATE\r\n");
  CHECK(bench.channel->mode_name() == "command");
  CHECK(!bench.responders[0].awaited());
}

TEST_CASE("a second result does nothing", "[channel]") {
  ChannelBench bench;
  bench.send("AT+HOLD\r");
  bench.responders[0].finish(Reply::ok());
  bench.responders[0].finish(Reply::error());
  CHECK(bench.take() == "\r\nOK\r\n");
  bench.send("AT+HOLD\r");
  bench.responders[0].finish(Reply::error());  // of the first command, not of this one
  CHECK(bench.take() == "");
  CHECK(bench.responders[1].awaited());
}

TEST_CASE("without a result a held command ends with ERROR after its limit", "[channel]") {
  ChannelBench bench;
  bench.send("AT+HOLD\r");
  bench.advance(9'999ms);
  CHECK(bench.take() == "");
  bench.advance(1ms);
  CHECK(bench.take() == "\r\nERROR\r\n");
  bench.responders[0].finish(Reply::ok());
  bench.advance(1min);
  CHECK(bench.take() == "");
  CHECK(bench.timeline.idle());
}

TEST_CASE("the limit of an answered command does not end the next one", "[channel]") {
  ChannelBench bench;
  bench.send("AT+HOLD\r");
  bench.advance(5s);
  bench.responders[0].finish(Reply::ok());
  bench.send("AT+HOLD\r");
  bench.advance(9s);
  CHECK(bench.take() == "\r\nOK\r\n");
  bench.advance(1s);
  CHECK(bench.take() == "\r\nERROR\r\n");
}

TEST_CASE("a result that comes before the command says that it is held is not lost", "[channel]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+ATONCE\r") == "");
  bench.timeline.run_due();
  CHECK(bench.take() == "\r\nDONE\r\n");
  CHECK(bench.channel->mode_name() == "command");
}

TEST_CASE("a held command in the middle of a line", "[channel]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+INFO;+HOLD;+INFO;+HOLD;+DONE\r") == "\r\n+INFO: 1\r\n");
  bench.responders[0].finish(Reply::ok());
  CHECK(bench.take() == "\r\n+INFO: 1\r\n");
  bench.responders[1].finish(Reply::ok());
  CHECK(bench.take() == "\r\nDONE\r\n");
}

TEST_CASE("a held command that fails ends the line", "[channel]") {
  ChannelBench bench;
  bench.send("AT+HOLD;+INFO\r");
  bench.responders[0].finish(Reply::cme(10));
  CHECK(bench.take() == "\r\n+CME ERROR: 10\r\n");
  CHECK(bench.ran == "+HOLD");
}

TEST_CASE("what is typed while a command is held waits", "[channel][M66 1.2.2]") {
  ChannelBench bench{1};
  CHECK(bench.ask("AT+HOLD\r\nAT+INFO\r\nAT+HOLD\rAT") == "AT+HOLD\r");
  bench.responders[0].finish(Reply::ok());
  CHECK(bench.take() == "\r\nOK\r\nAT+INFO\r\r\n+INFO: 1\r\n\r\nOK\r\nAT+HOLD\r");
  bench.responders[1].finish(Reply::ok());
  CHECK(bench.take() == "\r\nOK\r\nAT");
  CHECK(bench.ask("\r") == "\r\r\nOK\r\n");
}

TEST_CASE("the channel answers after the module's latency", "[channel]") {
  ChannelBench bench;
  bench.line_latency = 5ms;
  CHECK(bench.ask("AT+INFO\r\nAT+HOLD\r") == "");
  bench.advance(4ms);
  CHECK(bench.take() == "");
  bench.advance(1ms);
  CHECK(bench.take() == "\r\n+INFO: 1\r\n\r\nOK\r\n");
  bench.advance(5ms);
  REQUIRE(bench.responders.size() == 1);
  bench.advance(10s);
  CHECK(bench.take() == "\r\nERROR\r\n");
}

TEST_CASE("a result for a channel that is gone does nothing", "[channel]") {
  ChannelBench bench;
  bench.send("AT+HOLD\r");
  const auto responder = bench.responders[0];
  bench.tunnel.reset();
  bench.channel.reset();
  CHECK(!responder.awaited());
  responder.finish(Reply::ok());
  bench.advance(1min);
}

// ---- URCs ----

TEST_CASE("a URC is written at once when nothing is in the way", "[channel][M66 1.5]") {
  ChannelBench bench;
  bench.channel->unsolicited("RING");
  CHECK(bench.take() == "\r\nRING\r\n");
  bench.dialogue.verbose = 0;
  bench.channel->unsolicited("RING");
  CHECK(bench.take() == "RING\r\n");
}

TEST_CASE("a URC waits for the command that is running", "[channel][M66 1.5]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+URC;+INFO\r") == "\r\n+URC: written after this\r\n\r\n+INFO: 1\r\n\r\nOK\r\n\r\n+URC\r\n");
  bench.send("AT+HOLD\r");
  bench.channel->unsolicited("RING");
  CHECK(bench.take() == "");
  bench.responders[0].finish(Reply::ok());
  CHECK(bench.take() == "\r\nOK\r\n\r\nRING\r\n");
}

TEST_CASE("a URC waits while a line is half typed", "[channel]") {
  ChannelBench bench;
  bench.send("AT+IN");
  bench.channel->unsolicited("RING");
  bench.advance(1min);
  CHECK(bench.take() == "");
  CHECK(bench.ask("FO\r") == "\r\n+INFO: 1\r\n\r\nOK\r\n\r\nRING\r\n");
}

TEST_CASE("a URC does not wait for noise", "[channel]") {
  ChannelBench bench;
  bench.send("+++\x1b\x1a");
  bench.channel->unsolicited("RING");
  CHECK(bench.take() == "\r\nRING\r\n");
}

TEST_CASE("a URC waits until a half typed line was taken back", "[channel]") {
  ChannelBench bench;
  bench.send("AT");
  bench.channel->unsolicited("RING");
  CHECK(bench.ask("\b") == "");
  CHECK(bench.ask("\b") == "\r\nRING\r\n");
}

TEST_CASE("a URC waits while a prompt is open and while data is taken in", "[channel]") {
  ChannelBench bench;
  for (const auto* command : {"AT+PROMPT=3\r", "AT+DATA=3\r"}) {
    bench.send(command);
    bench.take();
    bench.channel->unsolicited("RING");
    CHECK(bench.ask("ab") == "");
    CHECK(bench.ask("c") == "\r\nTAKEN\r\n\r\nRING\r\n");
  }
}

TEST_CASE("URCs come in the order of their events, also between typed-ahead commands", "[channel]") {
  ChannelBench bench;
  bench.send("AT+HOLD\rAT+HOLD\r");
  bench.channel->unsolicited("first");
  bench.channel->unsolicited("second");
  bench.responders[0].finish(Reply::ok());
  // The next command was there before the module was free.
  CHECK(bench.take() == "\r\nOK\r\n");
  bench.responders[1].finish(Reply::ok());
  CHECK(bench.take() == "\r\nOK\r\n\r\nfirst\r\n\r\nsecond\r\n");
}

TEST_CASE("a URC may cause another", "[channel]") {
  ChannelBench bench;
  bench.channel->unsolicited([&](ResponseWriter& writer) {
    writer.unsolicited("first");
    bench.channel->unsolicited("second");
  });
  CHECK(bench.take() == "\r\nfirst\r\n\r\nsecond\r\n");
}

TEST_CASE("a host that never lets a URC out loses the oldest", "[channel]") {
  ChannelBench bench;
  bench.send("AT");
  for (std::size_t i = 0; i < Channel::kMostUrcs + 2; ++i) bench.channel->unsolicited(std::to_string(i));
  const auto output = bench.ask("\r");
  CHECK(output.find("\r\nOK\r\n\r\n2\r\n\r\n3\r\n") == 0);
  CHECK(output.ends_with("\r\n1001\r\n"));
}

// ---- limits ----

TEST_CASE("a flood without CR is swallowed and keeps nothing", "[channel]") {
  ChannelBench bench;
  const std::string flood(1'000'000, 'x');
  CHECK(bench.ask(flood) == "");
  CHECK(bench.channel->accepts_input());
  CHECK(bench.ask("\r") == "");
  CHECK(bench.ask("AT" + flood + "\r") == "\r\nERROR\r\n");
  CHECK(bench.ask("AT\r") == "\r\nOK\r\n");
}

TEST_CASE("the line's CTS falls while typed-ahead input piles up", "[channel]") {
  ChannelBench bench;
  bench.send("AT+HOLD\r");
  CHECK(bench.channel->accepts_input());
  std::size_t typed = 0;
  while (bench.channel->accepts_input()) {
    bench.send("AT\r");
    REQUIRE((typed += 3) < 100'000);
  }
  CHECK(typed < 10'000);
  bench.responders[0].finish(Reply::ok());
  CHECK(bench.channel->accepts_input());
  CHECK(bench.take().size() == 6 * (1 + typed / 3));
}

TEST_CASE("a TE that does not read is not served any more, and loses nothing", "[channel]") {
  ChannelBench bench{1};
  constexpr std::size_t kLines = 20'000;
  for (std::size_t i = 0; i < kLines; ++i) {
    if (i % 100 == 0) bench.channel->unsolicited("URC");
    bench.send("AT\r");
  }
  CHECK(!bench.channel->accepts_input());
  CHECK(bench.channel->output_size() < 70'000);
  std::string all;
  for (auto part = bench.take(); !part.empty(); part = bench.take()) {
    CHECK(part.size() < 70'000);
    all += part;
  }
  CHECK(bench.channel->accepts_input());
  std::size_t answers = 0;
  for (auto at = all.find("OK"); at != std::string::npos; at = all.find("OK", at + 1)) ++answers;
  CHECK(answers == kLines);
  CHECK(all.size() == kLines * 9 + kLines / 100 * 7);
}

// ---- reset ----

TEST_CASE("a reset brings every mode back to command mode with nothing pending", "[channel]") {
  ChannelBench bench;
  const auto* command = GENERATE("AT+HOLD;+INFO\rAT+INFO\r", "AT+PROMPT=9\rab", "AT+PROMPT\rab", "AT+DATA=9\rab+++",
                                 "AT+GO\rab", "AT+IN", "AT+INFO\r");
  bench.send(command);
  bench.take();
  if (bench.channel->mode_name() != "command") bench.channel->unsolicited("RING");
  bench.channel->reset();
  CHECK(bench.channel->mode_name() == "command");
  CHECK(bench.channel->accepts_input());
  CHECK(!bench.channel->in_data_state());
  for (const auto& responder : bench.responders) {
    CHECK(!responder.awaited());
    responder.finish(Reply::ok());
  }
  bench.advance(10min);
  CHECK(bench.take() == "");
  CHECK(bench.timeline.idle());
  CHECK(bench.ask("AT\r") == "\r\nOK\r\n");
  CHECK(bench.ask("A/") == "\r\nOK\r\n");
}

TEST_CASE("a reset leaves what was already written", "[channel]") {
  ChannelBench bench;
  bench.send("AT\r");
  bench.channel->reset();
  CHECK(bench.take() == "\r\nOK\r\n");
}

TEST_CASE("a reset during the latency of a line", "[channel]") {
  ChannelBench bench;
  bench.line_latency = 5ms;
  bench.send("AT+INFO\r");
  bench.channel->reset();
  bench.advance(1s);
  CHECK(bench.take() == "");
  CHECK(bench.ran.empty());
}

// ---- bursts ----

TEST_CASE("what comes later on hardware is a burst of its own", "[channel][clients 1.4]") {
  ChannelBench bench;
  const auto next = [&] { return to_text(bench.channel->take_burst()); };
  SECTION("a URC behind the answer that it waited for") {
    bench.send("AT+URC\r");
    CHECK(!bench.channel->pause_is_due());
    CHECK(next() == "\r\n+URC: written after this\r\n\r\nOK\r\n");
    CHECK(bench.channel->pause_is_due());
    CHECK(next() == "\r\n+URC\r\n");
  }
  SECTION("one URC and the next") {
    for (const auto* line : {"+CMTI: \"SM\",1", "+CMTI: \"SM\",2", "+CMTI: \"SM\",3"}) bench.channel->unsolicited(line);
    for (const auto* line : {"\r\n+CMTI: \"SM\",1\r\n", "\r\n+CMTI: \"SM\",2\r\n", "\r\n+CMTI: \"SM\",3\r\n"}) {
      CHECK(bench.channel->pause_is_due());
      CHECK(next() == line);
    }
  }
  SECTION("CONNECT of a connection that was made later, and the peer's first words") {
    bench.tunnel->from_peer = "220 ready";
    bench.send("AT+HOLD\r");
    bench.channel->connect_through(*bench.tunnel);
    bench.responders[0].finish(Reply::ok());
    CHECK(next() == "\r\nOK\r\n");
    CHECK(bench.channel->pause_is_due());
    CHECK(next() == "\r\nCONNECT\r\n");
    CHECK(bench.channel->pause_is_due());
    CHECK(next() == "220 ready");
  }
  SECTION("the peer's first words, when they come after CONNECT was taken") {
    bench.send("AT+GO\r");
    CHECK(next() == "\r\nCONNECT\r\n");
    CHECK(next() == "");
    bench.tunnel->from_peer = "220 ready";
    bench.tunnel->deliver();
    CHECK(bench.channel->pause_is_due());
    CHECK(next() == "220 ready");
  }
  CHECK(!bench.channel->pause_is_due());
  CHECK(next() == "");
  CHECK(bench.channel->output_size() == 0);
}

TEST_CASE("an answer is one burst, however many lines it has and however many were asked for",
          "[channel][clients 1.5]") {
  ChannelBench bench{1};
  bench.send("AT+STATE\rAT+INFO;+INFO\rAT\r");
  CHECK(to_text(bench.channel->take_burst()).ends_with("\r\nOK\r\n"));
  CHECK(bench.channel->output_size() == 0);
}

TEST_CASE("bursts come out in order while more are added", "[channel]") {
  ChannelBench bench;
  std::string all;
  for (int i = 0; i < 300; ++i) {
    bench.send("AT\r");
    bench.channel->unsolicited("+URC: " + std::to_string(i));
    if (i % 3 == 0) all += to_text(bench.channel->take_burst());
  }
  while (bench.channel->output_size() > 0) all += to_text(bench.channel->take_burst());
  std::string expected;
  for (int i = 0; i < 300; ++i) expected += "\r\nOK\r\n\r\n+URC: " + std::to_string(i) + "\r\n";
  CHECK(all == expected);
}

TEST_CASE("what is dropped leaves no burst behind", "[channel]") {
  ChannelBench bench;
  bench.send("AT\r");
  bench.channel->unsolicited("+URC");
  bench.channel->drop_output();
  CHECK(!bench.channel->pause_is_due());
  bench.send("AT\r");
  CHECK(to_text(bench.channel->take_burst()) == "\r\nOK\r\n");
}
