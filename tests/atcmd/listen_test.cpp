// SPDX-License-Identifier: Apache-2.0
// The ear by itself: what it tells of a dialogue, and what it keeps to itself.
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "atcmd/listen/ear.hpp"
#include "atcmd/syntax/response_writer.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;

namespace {

using Lines = std::vector<std::string>;
using Content = Payload::Content;

constexpr std::array kCommands{
    Command{.name = "+KEY", .payload = Payload{.content = Content::secret, .size_in = 1}},
    Command{.name = "+LATEKEY", .payload = Payload{.content = Content::secret, .size_in = 2}},
    Command{.name = "+SEND", .payload = Payload{.content = Content::ordinary, .size_in = 0}},
    Command{.name = "+TEXT", .payload = Payload{.content = Content::ordinary}},
    Command{.name = "+CSQ"},
};
constexpr std::array kFamilies{Family{"All", kCommands}};

std::string_view name_of(Heard::Kind kind) {
  using Kind = Heard::Kind;
  switch (kind) {
    case Kind::typed: return "typed";
    case Kind::command_line: return "line";
    case Kind::repetition: return "again";
    case Kind::announcement: return "announced";
    case Kind::payload: return "payload";
    case Kind::said: return "said";
    case Kind::withheld: return "withheld";
    case Kind::answer: return "answer";
    case Kind::information: return "information";
    case Kind::urc: return "urc";
    case Kind::prompt: return "prompt";
  }
  return "";
}

/// An ear and what it told, bytes and happenings apart.
struct Listening {
  void host(std::string_view text) { ear.from_te(as_bytes(text), now); }
  void module(std::string_view text, Ear::Rest rest = Ear::Rest::none) { ear.from_module(as_bytes(text), rest); }
  void pause(Duration time) { now += time; }
  Lines take() { return std::exchange(told, {}); }

  void hear(const Heard& heard) {
    switch (heard.kind) {
      case Heard::Kind::typed: shown += as_text(heard.bytes); return;
      case Heard::Kind::said: said += as_text(heard.bytes); return;
      case Heard::Kind::payload:
        told.push_back(fmt::format("payload {}{}", heard.size, heard.secret ? " secret" : ""));
        if (heard.secret) shown += fmt::format("<{}>", heard.size);
        return;
      case Heard::Kind::announcement: told.push_back(fmt::format("announced {} of {}", heard.size, heard.text)); return;
      case Heard::Kind::withheld: said += fmt::format("<{}>", heard.size); return;
      case Heard::Kind::prompt: told.emplace_back("prompt"); return;
      default: told.push_back(fmt::format("{} {}", name_of(heard.kind), heard.text));
    }
  }

  Instant now{};
  std::string shown, said;
  Lines told;
  Ear ear{kFamilies, [this](const Heard& heard) { hear(heard); }};
};

}  // namespace

TEST_CASE("a command line, its echo, what the module tells and its answer", "[listen]") {
  Listening on;
  on.host("at+csq;+creg?\r");
  on.module("at+csq;+creg?\r\r\n+CSQ: 30,0\r\n\r\n+CREG: 0,1\r\n\r\nOK\r\n\r\nRING\r\n");
  CHECK(on.take() ==
        Lines{"line +csq;+creg?", "information +CSQ: 30,0", "information +CREG: 0,1", "answer OK", "urc RING"});
  CHECK(on.shown == "at+csq;+creg?\r");
  CHECK(on.said.ends_with("RING\r\n"));
}

TEST_CASE("a line is edited as the module does it", "[listen]") {
  Listening on;
  on.host("\r\nAT+CSX\bQ\r\nnoise\rA/AT\r");
  CHECK(on.take() == Lines{"line +CSQ", "again +CSQ", "line "});
  on.ear.from_te(as_bytes(std::string_view{"AT+CSQ;"}), on.now, {.dialogue = {.line_terminator = ';'}});
  CHECK(on.take() == Lines{"line +CSQ"});
}

TEST_CASE("final result codes", "[listen]") {
  for (const auto* line : {"OK", "ERROR", "NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "CONNECT", "CONNECT 9600",
                           "+CME ERROR: 10", "+CMS ERROR: 500"}) {
    INFO(line);
    CHECK(is_final_result(line));
  }
  for (const auto* line : {"", "0", "RING", "OKAY", "+CSQ: 1,0", "SEND OK"}) CHECK(!is_final_result(line));

  Listening on;
  on.module("0\r\n0, CLOSE OK\r\n");
  CHECK(on.take() == Lines{"urc 0", "urc 0, CLOSE OK"});
  on.host("AT+CSQ\r");
  on.module("0\r\n");
  on.host("AT+CSQ\r");
  on.module("\r\n0, CLOSE OK\r\n");
  CHECK(on.take() == Lines{"line +CSQ", "answer 0", "line +CSQ", "answer 0, CLOSE OK"});
}

TEST_CASE("what is sent at a prompt is no command", "[listen]") {
  Listening on;
  on.host("AT+SEND=8\r");
  on.module("\r\n> ");
  on.host("AT+CSQ\r\rAT+CSQ\r");
  CHECK(on.take() == Lines{"line +SEND=8", "prompt", "payload 8", "line +CSQ"});
  on.module("\r\nSEND OK\r\n");

  on.host("AT+TEXT\r");
  on.module("\r\n> ");
  on.host(
      "AT+CSQ\rAT+CSQ\r\x1a"
      "AT+CSQ\r");
  CHECK(on.take() == Lines{"answer SEND OK", "line +TEXT", "prompt", "payload 15", "line +CSQ"});

  on.host("AT+TEXT\r");
  on.module("\r\n> ");
  on.host("AT");
  on.module("\r\nERROR\r\n");  // the module gave up
  on.host("AT+CSQ\r");
  CHECK(on.take() == Lines{"line +TEXT", "prompt", "payload 2", "answer ERROR", "line +CSQ"});
}

TEST_CASE("CONNECT: an upload, and a peer until the module speaks for itself", "[listen]") {
  Listening on;
  on.host("AT+CSQ\r");
  on.module("\r\nCONNECT\r\n");
  CHECK(on.ear.in_data_state());
  on.host("AT+CSQ\r+++");
  CHECK(on.take() == Lines{"line +CSQ", "answer CONNECT", "payload 10"});
  on.module("\r\nOK\r\n");
  CHECK(!on.ear.in_data_state());
  on.host("AT+CSQ\r");
  CHECK(on.take() == Lines{"answer OK", "line +CSQ"});
  on.module("\r\nCONNECT OK\r\n");
  CHECK(!on.ear.in_data_state());
}

TEST_CASE("behind a whole upload commands follow, also before its answer", "[listen]") {
  Listening on;
  on.host("AT+KEY=n,4\r");
  on.module("\r\nCONNECT\r\n");
  on.host("abcdAT+CSQ\r");
  CHECK(on.take() == Lines{"line +KEY=n,4", "announced 4 of n,4", "answer CONNECT", "payload 4 secret", "line +CSQ"});
}

TEST_CASE("what is known of the module counts more than its words", "[listen]") {
  Listening on;
  on.ear.from_te(as_bytes(std::string_view{"AT+CSQ\r"}), on.now, {.takes_data = true});
  on.ear.from_te(as_bytes(std::string_view{"AT+CSQ\r"}), on.now, {.takes_data = false});
  CHECK(on.take() == Lines{"payload 7", "line +CSQ"});
}

// ---- secrets ----

TEST_CASE("an announced secret is counted, whichever parameter announces it", "[listen][secret]") {
  Listening on;
  on.host("at + key = \"n\" , 5\r\n12345AT\r");
  CHECK(on.shown == "at + key = \"n\" , 5\r\n<5>AT\r");
  Listening late;
  late.host("AT+LATEKEY=1,2,6\r");
  late.host("abc");
  late.host("defAT\r");
  CHECK(late.shown == "AT+LATEKEY=1,2,6\r<3><3>AT\r");
}

TEST_CASE("what announces a secret need be no line that the module understands", "[listen][secret]") {
  Listening on;
  on.host("noise AT+CSQ=1;+KEY=\"RAM:a\",12x\r");
  on.host("secret");
  CHECK(on.take() == Lines{"announced 12 of \"RAM:a\",12x", "payload 6 secret"});
  on.pause(1s);
  on.host("AT+KEY\r");
  on.host("AT+KEY=?\r");
  CHECK(on.take() == Lines{"line +KEY", "line +KEY=?", "announced 0 of ?"});
}

TEST_CASE("an ordinary payload is shown", "[listen][secret]") {
  Listening on;
  on.host("AT+SEND=5\rhello");
  CHECK(on.shown == "AT+SEND=5\rhello");
}

TEST_CASE("A/ announces once more; a payload that never comes is no harm", "[listen][secret]") {
  Listening on;
  on.host("AT+KEY=n,3\rAT\rA/xyz\rAT\r");
  CHECK(on.shown == "AT+KEY=n,3\rAT\rA/<3>\rAT\r");
  Listening again;
  again.host("AT+KEY=n,3\r");
  again.host("abc\r");
  again.host("A/");
  CHECK(again.ear.hears_secret());
}

TEST_CASE("more than was announced is secret too, and a silence lets a command through", "[listen][secret]") {
  Listening on;
  on.host("AT+KEY=n,3\rabcdef");
  on.host("ghi");
  CHECK(on.shown == "AT+KEY=n,3\r<6><3>");
  on.pause(PayloadGuard::kSilence);
  on.host("AT+CSQ\r");
  CHECK(on.shown.ends_with("AT+CSQ\r"));
  CHECK(on.take().back() == "line +CSQ");
}

TEST_CASE("a PEM block shows in neither direction", "[listen][secret]") {
  Listening on;
  on.host("x-----BEGIN KEY-----\nMIIC\nAT+X\n-----END KEY-----\n");
  CHECK(on.shown.starts_with("x-----BEGIN <"));
  CHECK(on.shown.find("MIIC") == std::string::npos);
  CHECK(on.ear.hears_echo_of_secret());
  Listening read;
  read.module("\r\nCONNECT\r\n-----BEGIN KEY-----\nMIIC\n-----END KEY-----\r\nOK\r\n");
  CHECK(read.said == "\r\nCONNECT\r\n-----BEGIN <23>KEY-----\r\nOK\r\n");
}

TEST_CASE("within a PEM block a silence shows no more than what may be a command's beginning", "[listen][secret]") {
  Listening on;
  on.host("-----BEGIN KEY-----\nMIIC");
  on.pause(PayloadGuard::kSilence);
  on.host("AT+AAAA\nMIIC");
  CHECK(on.shown == "-----BEGIN <13>AT+A<8>");
}

TEST_CASE("the echo of a secret is withheld until there is no more of it", "[listen][secret]") {
  Listening on;
  on.host("AT+KEY=n,8\r");
  on.module("AT+KEY=n,8\r\r\nERROR\r\n");
  on.host("abcd");
  on.module("abcd");
  on.host("efgh");
  on.module("ef", Ear::Rest::waits);
  on.host("\rAT\r");
  on.module("gh\rAT\r\r\n");
  on.module("OK\r\n");
  CHECK(on.said == "AT+KEY=n,8\r\r\nERROR\r\n<4><2><8>OK\r\n");
  Listening connected;
  connected.host("AT+KEY=n,4\r");
  connected.module("\r\nCONNECT\r\n");
  connected.host("abcd");
  connected.module("\r\nOK\r\n");
  CHECK(connected.said == "\r\nCONNECT\r\n\r\nOK\r\n");
}

// ---- pieces ----

namespace {

/// The bytes as they were shown, with the counts of neighbours added up, and the happenings likewise.
std::string in_one(const Listening& on) {
  std::string all = on.shown + "|" + on.said;
  for (auto at = all.find("><"); at != std::string::npos; at = all.find("><")) {
    const auto begin = all.rfind('<', at);
    const auto end = all.find('>', at + 1);
    const auto sum = std::stoi(all.substr(begin + 1)) + std::stoi(all.substr(at + 2));
    all.replace(begin, end + 1 - begin, fmt::format("<{}>", sum));
  }
  std::size_t data = 0;
  const auto end_data = [&] {
    if (data > 0) all += fmt::format("|data {}", std::exchange(data, 0));
  };
  for (const auto& line : on.told) {
    if (line.ends_with(" secret")) continue;  // among the bytes
    if (line.starts_with("payload ")) {
      data += std::stoul(line.substr(8));
      continue;
    }
    end_data();
    all += "|" + line;
  }
  end_data();
  return all;
}

}  // namespace

TEST_CASE("the same bytes in other pieces give the same happenings", "[listen]") {
  const auto seed = GENERATE(range(1, 200));
  SeededRandom random{static_cast<std::uint64_t>(seed)};
  const auto one_of = [&](std::size_t count) { return random.next() % count; };
  const std::string_view words[] = {"AT+KEY=n,9\r", "AT+SEND=4\r",   "AT+TEXT\r",  "AT+CSQ\r\n", "abc",        "A/",
                                    "\x1a",         "-----BEGIN X",  "-----END X", "\r\n> ",     "\r\nOK\r\n", "\b",
                                    "at",           "\r\nCONNECT\r", "+CSQ: 1\r",  "SEND OK\r",  "MIIC",       "\n"};
  Listening whole, parted;
  for (int i = 0; i < 40; ++i) {
    std::string text;
    for (auto left = 1 + one_of(4); left > 0; --left) text += words[one_of(std::size(words))];
    if (one_of(5) == 0) {
      whole.pause(500ms);
      parted.pause(500ms);
    }
    const bool from_host = one_of(2) == 0;
    from_host ? whole.host(text) : whole.module(text);
    for (std::size_t at = 0; at < text.size();) {
      const auto piece = std::string_view{text}.substr(at, 1 + one_of(5));
      at += piece.size();
      from_host ? parted.host(piece) : parted.module(piece, at < text.size() ? Ear::Rest::waits : Ear::Rest::none);
    }
  }
  INFO("seed " << seed);
  CHECK(in_one(whole) == in_one(parted));
}
