// SPDX-License-Identifier: Apache-2.0
// Prompts and the data mode of uploads.
#include <string>

#include "tests/atcmd/channel_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;
using namespace quasimodem::atcmd::test;

using End = IntakeOutcome::End;

namespace {

std::string every_byte() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

}  // namespace

// ---- prompts ----

TEST_CASE("a prompt with a length takes exactly so many bytes, all values", "[intake][M66 11.2]") {
  ChannelBench bench{1};
  CHECK(bench.ask("AT+PROMPT=256\r") == "AT+PROMPT=256\r\r\n> ");
  CHECK(bench.channel->mode_name() == "intake");
  CHECK(bench.ask(every_byte().substr(0, 255)) == "");
  CHECK(bench.ask("\xFF") == "\r\nTAKEN\r\n");
  CHECK(bench.data == every_byte());
  CHECK(bench.end == End::complete);
}

TEST_CASE("Ctrl-Z and ESC are data where a length was given", "[intake]") {
  ChannelBench bench;
  bench.send("AT+PROMPT=4\r");
  bench.send("\x1a\x1b\x1a\x1b");
  CHECK(bench.data == "\x1a\x1b\x1a\x1b");
}

TEST_CASE("a stray Ctrl-Z after a fixed length is ignored", "[intake][architecture 2.6]") {
  ChannelBench bench;
  bench.send("AT+PROMPT=2\r");
  CHECK(bench.ask("ab\x1a") == "\r\n> \r\nTAKEN\r\n");
  CHECK(bench.ask("AT\r") == "\r\nOK\r\n");
}

TEST_CASE("a prompt without a length ends with Ctrl-Z", "[intake][M66 11.2]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+PROMPT\r") == "\r\n> ");
  CHECK(bench.ask("abc\r\n+++") == "");
  CHECK(bench.ask("\x1a") == "\r\nTAKEN\r\n");
  CHECK(bench.data == "abc\r\n+++");
  CHECK(bench.end == End::terminated);
}

TEST_CASE("ESC cancels a prompt without a length", "[intake][M66 11.2]") {
  ChannelBench bench;
  bench.send("AT+PROMPT\r");
  CHECK(bench.ask("abc\x1b") == "\r\n> \r\nTAKEN\r\n");
  CHECK(bench.end == End::cancelled);
}

TEST_CASE("an empty prompt is terminated as well", "[intake]") {
  ChannelBench bench;
  bench.send("AT+PROMPT\r");
  bench.send("\x1a");
  CHECK(bench.data.empty());
  CHECK(bench.end == End::terminated);
}

TEST_CASE("what exceeds the limit of a prompt is ignored", "[intake][at-reference 2.4]") {
  ChannelBench bench;
  bench.send("AT+PROMPT\r0123456789ABC");
  bench.send("DEF\x1a");
  CHECK(bench.data == "0123456789");
  bench.send("AT+PROMPT\r");
  bench.send(std::string(1'000'000, 'x'));
  CHECK(bench.channel->accepts_input());
  bench.send("\x1a");
  CHECK(bench.data == "xxxxxxxxxx");
}

TEST_CASE("data at a prompt is echoed if the command wants it, its end is not", "[intake][M66 11.32]") {
  ChannelBench bench;
  bench.prompt_echo = Echo::on;
  bench.send("AT+PROMPT\r");
  CHECK(bench.ask("ab\rc\x1a") == "\r\n> ab\rc\r\nTAKEN\r\n");
  CHECK(bench.ask("AT+PROMPT=3\rabc") == "\r\n> abc\r\nTAKEN\r\n");
}

TEST_CASE("a prompt may be hidden", "[intake]") {
  ChannelBench bench;
  bench.prompt_sign = PromptSign::hidden;
  CHECK(bench.ask("AT+PROMPT=2\r") == "");
  CHECK(bench.ask("ab") == "\r\nTAKEN\r\n");
}

TEST_CASE("bytes that arrive before the prompt are payload", "[intake][clients 1.2]") {
  ChannelBench bench;
  bench.send("AT+HOLD;+PROMPT=5\rhel");
  CHECK(bench.take() == "");
  bench.responders[0].finish(Reply::ok());
  CHECK(bench.take() == "\r\n> ");
  CHECK(bench.ask("loAT\r") == "\r\nTAKEN\r\n\r\nOK\r\n");
  CHECK(bench.data == "hello");
}

TEST_CASE("the line goes on after the data", "[intake]") {
  ChannelBench bench;
  bench.then = [](Call&) { return Reply::ok(); };
  CHECK(bench.ask("AT+PROMPT=2;+INFO\rab") == "\r\n> \r\n+INFO: 1\r\n\r\nOK\r\n");
  bench.then = [](Call&) { return Reply::error(); };
  CHECK(bench.ask("AT+PROMPT=2;+INFO\rab") == "\r\n> \r\nERROR\r\n");
}

TEST_CASE("what follows the data may be held", "[intake]") {
  ChannelBench bench;
  bench.then = [&](Call& call) {
    bench.responders.push_back(call.hold(10s));
    return Reply::held();
  };
  CHECK(bench.ask("AT+PROMPT=2\rabAT\r") == "\r\n> ");
  CHECK(bench.channel->mode_name() == "held");
  bench.responders[0].finish(Reply::result("SENT"));
  CHECK(bench.take() == "\r\nSENT\r\n\r\nOK\r\n");
}

TEST_CASE("what follows the data may be another prompt", "[intake]") {
  ChannelBench bench;
  std::string all;
  bench.then = [&](Call& call) {
    all += bench.data;
    if (all.size() == 4) return Reply::ok();
    return call.prompt({.length = 2}, bench.keep());
  };
  CHECK(bench.ask("AT+PROMPT=2\rabcd") == "\r\n> \r\n> \r\nOK\r\n");
  CHECK(all == "abcd");
}

// ---- the LF that many hosts send after the CR ----

TEST_CASE("the LF of the command line is no payload, in one burst", "[intake][clients 1.2]") {
  for (const auto* command : {"AT+PROMPT=5\r\nhello", "AT+DATA=5\r\nhello"}) {
    ChannelBench bench;
    bench.send(command);
    CHECK(bench.data == "hello");
  }
}

TEST_CASE("the LF of the command line is no payload, as a byte of its own", "[intake][clients 1.2]") {
  for (const auto* command : {"AT+PROMPT=5\r", "AT+DATA=5\r"}) {
    ChannelBench bench;
    bench.send(command);
    bench.send("\n");
    bench.send("hello");
    CHECK(bench.data == "hello");
  }
}

TEST_CASE("the LF of the command line is no payload while the command is held", "[intake][clients 1.2]") {
  const auto* line_feed = GENERATE("\n", "");
  ChannelBench bench;
  bench.send(std::string{"AT+HOLD;+PROMPT=5\r"} + line_feed);
  bench.responders[0].finish(Reply::ok());
  bench.send("hello");
  CHECK(bench.data == "hello");
}

TEST_CASE("a host that sends LF after CR may send it together with the data", "[intake][clients 1.2]") {
  ChannelBench bench;
  bench.send("AT\r\n");
  bench.send("AT\r\n");
  bench.send("AT+PROMPT=5\r");
  bench.send("\nhello");
  CHECK(bench.data == "hello");
}

TEST_CASE("for a host that never sends LF after CR it is payload", "[intake][clients 1.2]") {
  ChannelBench bench;
  bench.send("AT\rAT\r");
  bench.send("AT+PROMPT=3\r");
  bench.send("\n");
  bench.send("\n\n");
  CHECK(bench.data == "\n\n\n");
}

TEST_CASE("every LF that directly follows the CR belongs to the line", "[intake][clients 1.2]") {
  const auto* command = GENERATE("AT+PROMPT=4\n\r", "AT+DATA=4\n\r", "AT+GO\n\r");
  const auto* line_feeds = GENERATE("\n", "\n\n", "\n\n\n");
  INFO(command << line_feeds);
  ChannelBench bench;
  bench.send(std::string{command} + line_feeds);
  bench.send("a\nb\n");
  CHECK(bench.data + bench.tunnel->sent == "a\nb\n");
}

TEST_CASE("the LFs of the line may come a moment later, as many as this host usually sends", "[intake][clients 1.2]") {
  const auto* command = GENERATE("AT+PROMPT=4\n\r", "AT+DATA=4\n\r", "AT+GO\n\r");
  const auto in_pieces =
      GENERATE(std::vector<std::string>{"\n\n", "\nb\n\n"}, std::vector<std::string>{"\n", "\n", "\nb\n\n"},
               std::vector<std::string>{"\n", "\n", "\n", "b", "\n", "\n"}, std::vector<std::string>{"\n", "\n\nb\n\n"},
               std::vector<std::string>{"\n\n\nb\n\n"});
  ChannelBench bench;
  bench.send("AT\n\r\n\n");
  bench.send(command);
  for (const auto& piece : in_pieces) {
    bench.advance(1ms);
    bench.send(piece);
  }
  CHECK(bench.data + bench.tunnel->sent == "\nb\n\n");
}

TEST_CASE("the LFs of the first line of all may come in reads of their own", "[intake][clients 1.2]") {
  for (const auto* command : {"AT+PROMPT=4\n\r", "AT+DATA=4\n\r", "AT+GO\n\r"}) {
    ChannelBench bench;
    bench.send(command);
    for (const auto* piece : {"\n", "\n\n", "a\nb\n"}) bench.send(piece);
    CHECK(bench.data + bench.tunnel->sent == "a\nb\n");
  }
}

TEST_CASE("data may begin with LF when the line's own LFs have come", "[intake][clients 1.2]") {
  // A host that waits for the prompt; byte by byte, as an emulated UART hands them over.
  const bool alone = GENERATE(false, true);
  ChannelBench bench;
  for (const auto* piece : {"AT\r", "\n", "AT+PROMPT=3\r", "\n"}) bench.send(piece);
  if (alone) {
    for (const auto* piece : {"\n", "a", "\n"}) bench.send(piece);
  } else {
    bench.send("\na\n");
  }
  CHECK(bench.data == "\na\n");
}

TEST_CASE("a moment after the line an LF is data, whatever the host's habit", "[intake][clients 1.7]") {
  const auto* command = GENERATE("AT+PROMPT=2\r", "AT+DATA=2\r", "AT+GO\r");
  ChannelBench bench;
  bench.send("AT\r\n");
  bench.send(command);
  bench.advance(101ms);
  bench.send("\n");
  bench.send("\n");
  CHECK(bench.data + bench.tunnel->sent == "\n\n");
}

TEST_CASE("LFs before a command are not those behind the line before", "[intake][clients 1.7]") {
  const auto* next = GENERATE("\nAT+PROMPT=2\r", "\nAT+DATA=2\r", "\r\nAT+GO\r");
  ChannelBench bench;
  bench.send("\nAT\r");
  bench.send(next);
  bench.send("\n\n");
  CHECK(bench.data + bench.tunnel->sent == "\n\n");
}

TEST_CASE("an empty line tells nothing of a host's LFs", "[intake][clients 1.2]") {
  ChannelBench bench;
  bench.send("AT\r");
  bench.send("\r\n");
  bench.send("AT+PROMPT=2\r");
  bench.send("\n\n");
  CHECK(bench.data == "\n\n");
}

TEST_CASE("an LF behind the first byte of the data is data", "[intake][clients 1.2]") {
  ChannelBench bench;
  bench.send("AT\r\nAT+PROMPT=2\r");
  bench.send("a");
  bench.send("\n");
  CHECK(bench.data == "a\n");
}

TEST_CASE("the LFs of a line that a character would abort are no such character", "[intake][clients 1.2]") {
  ChannelBench bench;
  bench.send("AT+ABORTABLE\r\n\n");
  CHECK(bench.take() == "");
  CHECK(bench.ask("x") == "\r\nNO CARRIER\r\n");
}

TEST_CASE("after the data a line end belongs to nothing", "[intake]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+PROMPT=2\rab\r\n") == "\r\n> \r\nTAKEN\r\n");
  CHECK(bench.ask("AT\r\n") == "\r\nOK\r\n");
}

// ---- data mode ----

TEST_CASE("an upload takes raw bytes until the size is reached", "[intake][SSL 2.2.7]") {
  ChannelBench bench{1};
  CHECK(bench.ask("AT+DATA=256\r") == "AT+DATA=256\r\r\nCONNECT\r\n");
  CHECK(bench.channel->in_data_state());
  CHECK(bench.ask(every_byte() + "AT\r") == "\r\nTAKEN\r\nAT\r\r\nOK\r\n");
  CHECK(bench.data == every_byte());
  CHECK(bench.end == End::complete);
  CHECK(!bench.channel->in_data_state());
}

TEST_CASE("an upload byte by byte", "[intake]") {
  ChannelBench bench;
  bench.send("AT+DATA=256\r");
  for (const char c : every_byte()) {
    bench.send(std::string_view{&c, 1});
    bench.advance(1ms);
  }
  CHECK(bench.data == every_byte());
}

TEST_CASE("+++ between silences ends an upload", "[intake][SSL 2.2.7]") {
  ChannelBench bench;
  bench.send("AT+DATA=100\rabc");
  bench.advance(500ms);
  bench.send("+++");
  bench.advance(499ms);
  CHECK(!bench.end);
  bench.advance(1ms);
  CHECK(bench.end == End::escaped);
  CHECK(bench.data == "abc");
  CHECK(bench.take() == "\r\nCONNECT\r\n\r\nTAKEN\r\n");
}

TEST_CASE("+++ ends an upload that has not begun", "[intake]") {
  ChannelBench bench;
  bench.send("AT+DATA=100\r");
  bench.advance(500ms);
  bench.send("+++");
  bench.advance(500ms);
  CHECK(bench.end == End::escaped);
  CHECK(bench.data.empty());
}

TEST_CASE("+++ without silence is data of an upload", "[intake]") {
  ChannelBench bench;
  bench.send("AT+DATA=9\rab");
  bench.advance(100ms);
  bench.send("+++");
  bench.advance(600ms);
  bench.send("++");
  bench.advance(600ms);
  CHECK(!bench.end);
  bench.send("cd");
  CHECK(bench.data == "ab+++++cd");
}

TEST_CASE("an upload may end with plus signs after a silence", "[intake]") {
  const auto* tail = GENERATE("+", "++", "+++");
  ChannelBench bench;
  bench.send("AT+DATA=" + std::to_string(2 + std::string{tail}.size()) + "\rab");
  bench.advance(2s);
  CHECK(bench.ask(tail) == "\r\nCONNECT\r\n\r\nTAKEN\r\n");
  CHECK(bench.end == End::complete);
  CHECK(bench.data == std::string{"ab"} + tail);
}

TEST_CASE("plus signs that are withheld count for the size of an upload", "[intake]") {
  ChannelBench bench;
  bench.send("AT+DATA=5\rab");
  bench.advance(1s);
  bench.send("++");
  CHECK(bench.ask("cde\rAT\r") == "\r\nCONNECT\r\n\r\nTAKEN\r\n\r\nOK\r\n");
  CHECK(bench.data == "ab++c");
}

TEST_CASE("more plus signs than the size allows", "[intake]") {
  ChannelBench bench;
  bench.send("AT+DATA=3\ra");
  bench.advance(1s);
  CHECK(bench.ask("+++") == "\r\nCONNECT\r\n\r\nTAKEN\r\n");
  CHECK(bench.data == "a++");
  CHECK(bench.ask("\rAT\r") == "\r\nOK\r\n");
}

TEST_CASE("an upload times out when nothing comes", "[intake][SSL 2.2.7]") {
  ChannelBench bench;
  bench.send("AT+DATA=9\r");
  bench.advance(4'999ms);
  CHECK(!bench.end);
  bench.advance(1ms);
  CHECK(bench.end == End::timed_out);
  CHECK(bench.data.empty());
  CHECK(bench.take() == "\r\nCONNECT\r\n\r\nTAKEN\r\n");
}

TEST_CASE("the time-out counts from the last byte", "[intake][SSL 2.2.7]") {
  ChannelBench bench;
  bench.send("AT+DATA=9\r");
  for (const auto* byte : {"a", "b", "c"}) {
    bench.advance(4s);
    bench.send(byte);
  }
  bench.advance(4'999ms);
  CHECK(!bench.end);
  bench.advance(1ms);
  CHECK(bench.end == End::timed_out);
  CHECK(bench.data == "abc");
  CHECK(bench.timeline.idle());
}

TEST_CASE("plus signs that are withheld when the time-out comes are data", "[intake]") {
  ChannelBench bench;
  bench.send("AT+DATA=9\rabc");
  bench.advance(4'800ms);
  bench.send("++");
  bench.advance(200ms);
  CHECK(bench.end == End::timed_out);
  CHECK(bench.data == "abc++");
  bench.advance(10s);
  CHECK(bench.timeline.idle());
}

TEST_CASE("two uploads on one line", "[intake]") {
  ChannelBench bench;
  bench.then = [](Call&) { return Reply::ok(); };
  bench.send("AT+DATA=9;+DATA=9\rabc");
  bench.advance(500ms);
  bench.send("+++");
  bench.advance(500ms);
  CHECK(bench.take() == "\r\nCONNECT\r\n\r\nCONNECT\r\n");
  CHECK(bench.data == "abc");
  bench.advance(500ms);
  bench.send("+++");
  bench.advance(500ms);
  CHECK(bench.take() == "\r\nOK\r\n");
  CHECK(bench.data == "");
  CHECK(bench.timeline.idle());
}

TEST_CASE("with ATV0 CONNECT is a digit", "[intake]") {
  ChannelBench bench;
  bench.dialogue.verbose = 0;
  CHECK(bench.ask("AT+DATA=2\rab") == "1\rTAKEN\r\n");
}

// ---- sinks and sources ----

TEST_CASE("a sink takes an upload as it comes, and nothing is kept", "[intake]") {
  ChannelBench bench;
  CHECK(bench.ask("AT+SINK=256\r") == "\r\nCONNECT\r\n");
  bench.send(every_byte().substr(0, 100));
  CHECK(bench.sink->taken == every_byte().substr(0, 100));
  CHECK(bench.ask(every_byte().substr(100) + "\r\nAT\r") == "\r\nTAKEN\r\n\r\nOK\r\n");
  CHECK(bench.sink->taken == every_byte());
  CHECK(bench.end == End::complete);
  CHECK(bench.data.empty());
}

TEST_CASE("while a sink takes nothing the TE is held up, and no time-out runs", "[intake]") {
  ChannelBench bench;
  bench.ask("AT+SINK=100000\r");
  bench.sink->room = 10;
  std::string given;
  while (bench.channel->accepts_input()) {
    bench.send(std::string(500, 'x'));
    given += std::string(500, 'x');
    REQUIRE(given.size() < 50'000);
  }
  bench.advance(1min);
  CHECK_FALSE(bench.end);
  CHECK(bench.sink->taken.size() == 10);
  bench.sink->room = 1'000'000;
  bench.channel->sink_ready();
  CHECK(bench.sink->taken == given);
  CHECK(bench.channel->accepts_input());
  bench.advance(4s);
  CHECK_FALSE(bench.end);
  bench.advance(1s);
  CHECK(bench.end == End::timed_out);
  CHECK(bench.take() == "\r\nTAKEN\r\n");
}

TEST_CASE("an upload ends when its sink has all of it", "[intake]") {
  ChannelBench bench;
  bench.ask("AT+SINK=20\r");
  bench.sink->room = 5;
  SECTION("complete") {
    bench.send("01234567890123456789AT\r");
    CHECK_FALSE(bench.end);
    bench.sink->room = 5;
    bench.channel->sink_ready();
    CHECK_FALSE(bench.end);
    bench.sink->room = 100;
    bench.channel->sink_ready();
    CHECK(bench.end == End::complete);
    CHECK(bench.sink->taken == "01234567890123456789");
    CHECK(bench.take() == "\r\nTAKEN\r\n\r\nOK\r\n");
  }
  SECTION("by +++") {
    bench.send("0123456789");
    bench.advance(1s);
    bench.send("+++");
    bench.advance(1s);
    bench.sink->room = 100;
    bench.channel->sink_ready();
    bench.advance(1s);
    CHECK(bench.sink->taken.substr(0, 10) == "0123456789");
    if (bench.end) CHECK(bench.end == End::escaped);
  }
}

TEST_CASE("a delivery may say CONNECT later, or never", "[intake]") {
  ChannelBench bench;
  bench.source->data = "data";
  CHECK(bench.ask("AT+LATER\rAT\r") == "\r\nOK\r\n");
  CHECK_FALSE(bench.channel->in_data_state());
  bench.advance(1min);
  CHECK(bench.take().empty());
  SECTION("later") {
    bench.channel->source_begins();
    CHECK(bench.channel->in_data_state());
    bench.channel->source_begins();
    CHECK(bench.take() == "\r\nCONNECT\r\ndata");
  }
  bench.responders.back().finish(Reply::result("+END: 4"));
  CHECK(bench.take() == "\r\n+END: 4\r\n\r\nOK\r\n");
  bench.channel->source_begins();
  CHECK(bench.take().empty());
}
