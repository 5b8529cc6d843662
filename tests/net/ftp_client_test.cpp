// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "net/ftp/address.hpp"
#include "net/ftp/client.hpp"
#include "tests/net/ftp_lan.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;
using namespace quasimodem::net::ftp;

namespace {

constexpr auto kPieces = {std::size_t{1}, std::size_t{3}, std::size_t{1500}};
constexpr Client::Transfer kPassive{}, kActive{.mode = Client::Mode::active};

/// A client against a script of the test's.
struct Scripted {
  explicit Scripted(Client::Options options = {.server = kFtpServer}) : client{timeline, {}, options} {}

  void says(std::string_view text) { client.receive(as_bytes(text)); }
  std::string sent() { return to_text(client.take_outgoing()); }
  /// As the server's answers to what it was asked, one by one.
  void answers(std::initializer_list<std::string_view> texts) {
    for (const auto text : texts) {
      client.take_outgoing();
      says(text);
    }
  }
  void log_in() {
    REQUIRE(client.log_in("u", "p"));
    answers({"220 hi\r\n", "331 ?\r\n", "230 in\r\n"});
    REQUIRE(client.take_outcome().value().has_value());
  }
  /// A passive GET up to where RETR is on the wire.
  void begin_get() {
    REQUIRE(client.get("f", 0, kPassive));
    answers({"200 I\r\n", "227 (203,0,113,7,4,1)\r\n"});
    REQUIRE(client.take_data_order());
    client.data_connected();
    REQUIRE(sent() == "RETR f\r\n");
  }
  void begin_put() {
    REQUIRE(client.put("f", kPassive));
    answers({"200 I\r\n", "227 (203,0,113,7,4,1)\r\n"});
    REQUIRE(client.take_data_order());
    client.data_connected();
    REQUIRE(sent() == "STOR f\r\n");
  }
  Failure failure() {
    const auto outcome = client.take_outcome();
    REQUIRE(outcome);
    REQUIRE_FALSE(outcome->has_value());
    return outcome->error();
  }
  bool succeeded() {
    const auto outcome = client.take_outcome();
    REQUIRE(outcome);
    return outcome->has_value();
  }
  bool dropped() {
    const auto order = client.take_data_order();
    return order && std::holds_alternative<Client::Drop>(*order);
  }

  Timeline timeline;
  Client client;
};

std::optional<Endpoint> connects(Scripted& s) {
  const auto order = s.client.take_data_order();
  if (!order || !std::holds_alternative<Client::Connect>(*order)) return std::nullopt;
  return std::get<Client::Connect>(*order).peer;
}

Cause refusal(const Client::Started& started) {
  REQUIRE_FALSE(started);
  return started.error().cause;
}

/// What a job comes to when its first command is answered so.
std::string after(std::string_view reply, const std::function<Client::Started(Client&)>& job) {
  Scripted s;
  s.log_in();
  REQUIRE(job(s.client));
  s.answers({reply});
  const auto line = s.failure().line();
  return line + (s.client.over() ? " (over)" : "");
}

}  // namespace

TEST_CASE("replies are read in whatever pieces they come", "[net][ftp]") {
  const std::string text =
      "220 hi\r\n"
      "230-first\r\n 230 not the end\r\n231 nor this\r\n230-nor that\r\n230 last\r\n"
      "150\r\n"
      "226-only the first has words\n226 \n"
      "200-\r\n200\r\n";
  for (const auto piece : kPieces) {
    ReplyReader reader;
    std::string found;
    for (ByteSpan rest = as_bytes(text); !rest.empty();) {
      auto now = rest.first(std::min(piece, rest.size()));
      rest = rest.subspan(now.size());
      while (!now.empty()) {
        if (const auto reply = reader.next(now)) found += std::to_string(reply->code) + "=" + reply->text + ";";
      }
    }
    CHECK(found == "220=hi;230=last;150=;226=only the first has words;200=;");
    CHECK(reader.problem().empty());
  }
}

TEST_CASE("what is no reply ends the reading, and memory is bounded", "[net][ftp]") {
  const auto problem = [](std::string_view text) {
    ReplyReader reader;
    auto bytes = as_bytes(text);
    CHECK_FALSE(reader.next(bytes));
    return std::string{reader.problem()};
  };
  for (const auto* const text : {"HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-x\r\n", "\r\n", "22\r\n", "2200 x\r\n",
                                 "099 x\r\n", "600 x\r\n", "220x\r\n", "\x16\x03\x01\n"}) {
    CHECK(problem(text) == "what came is no FTP reply");
  }
  CHECK(problem("220 " + std::string(1 << 20, 'x')) == "a line without end");
  std::string lines = "220-\r\n";
  while (lines.size() < (1 << 20)) lines += "more\r\n";
  CHECK(problem(lines) == "a reply without end");
  CHECK(problem(std::string(ReplyReader::kLineLimit + 1, '2')) == "a line without end");
}

TEST_CASE("the address of a passive reply is found wherever it stands", "[net][ftp]") {
  const auto found = [](std::string_view text) {
    const auto endpoint = find_comma_form(text);
    return endpoint ? endpoint->text() : "none";
  };
  CHECK(found("Entering Passive Mode (10,0,0,1,4,1).") == "10.0.0.1:1025");
  CHECK(found("Entering Passive Mode 10,0,0,1,4,1") == "10.0.0.1:1025");
  CHECK(found("2 ways, 10,0,0,1,255,255") == "10.0.0.1:65535");
  CHECK(found("=10,0,0,1,4,1") == "10.0.0.1:1025");
  for (const auto* const text : {"", "(10,0,0,1,4)", "(10,0,0,1,4,)", "(256,0,0,1,4,1)", "(10,0,0,1,0,0)",
                                 "(10,0,0,-1,4,1)", "(10, 0, 0, 1, 4, 1)", "10.0.0.1:1025", "(10,0,0,1,4,256)"}) {
    CHECK(found(text) == "none");
  }
  CHECK(comma_form({{{10, 0, 0, 1}}, 1025}) == "10,0,0,1,4,1");
}

TEST_CASE("every command does its work, in whatever pieces", "[net][ftp]") {
  for (const auto piece : kPieces) {
    for (const auto how : {kPassive, kActive}) {
      Lan lan{piece};
      auto& client = *lan.client;
      REQUIRE(lan.log_in());
      REQUIRE(client.change_directory("/pub/"));
      REQUIRE(lan.outcome());
      REQUIRE(client.size("f.bin"));
      CHECK(lan.outcome().value().size == 10);
      REQUIRE(client.get("f.bin", 0, how));
      REQUIRE(lan.outcome());
      CHECK(as_text(lan.got) == "0123456789");
      REQUIRE(client.get("f.bin", 4, how));
      REQUIRE(lan.outcome());
      CHECK(as_text(lan.got) == "456789");
      lan.upload = to_bytes("hello");
      REQUIRE(client.put("a.txt", how));
      REQUIRE(lan.outcome());
      lan.upload = to_bytes(" world");
      REQUIRE(client.append_to("a.txt", how));
      REQUIRE(lan.outcome());
      CHECK(as_text(*lan.site->files.find("/pub/a.txt")) == "hello world");
      REQUIRE(client.rename("a.txt", "/pub/sub/c.txt"));
      REQUIRE(lan.outcome());
      REQUIRE(client.make_directory("new"));
      REQUIRE(lan.outcome());
      REQUIRE(client.name_list("", how.mode));
      REQUIRE(lan.outcome());
      CHECK(as_text(lan.got) == "f.bin\r\nnew\r\nsub\r\n");
      REQUIRE(client.list("sub", how.mode));
      REQUIRE(lan.outcome());
      CHECK(as_text(lan.got) == "-rw-r--r-- 1 ftp ftp           11 Jan 01 00:00 c.txt\r\n");
      REQUIRE(client.remove("sub/c.txt"));
      REQUIRE(lan.outcome());
      REQUIRE(client.remove_directory("new"));
      REQUIRE(lan.outcome());
      CHECK(lan.site->files.list("/pub").size() == 2);
      CHECK_FALSE(client.over());
      REQUIRE(client.quit());
      CHECK(lan.outcome());
      CHECK(client.over());
      CHECK_FALSE(client.reason());
      CHECK(lan.timeline.idle());
    }
  }
}

TEST_CASE("an empty file and a large one arrive as they are, both ways", "[net][ftp]") {
  Bytes large(300'000);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  for (const auto how : {kPassive, kActive}) {
    Lan lan;
    REQUIRE(lan.log_in());
    *lan.site->files.create("/large") = large;
    lan.site->files.create("/empty");
    REQUIRE(lan.client->get("large", 0, how));
    REQUIRE(lan.outcome());
    CHECK(lan.got == large);
    REQUIRE(lan.client->get("empty", 0, how));
    REQUIRE(lan.outcome());
    CHECK(lan.got.empty());
    lan.upload = large;
    REQUIRE(lan.client->put("copy", how));
    REQUIRE(lan.outcome());
    CHECK(*lan.site->files.find("/copy") == large);
    lan.upload = Bytes{};
    REQUIRE(lan.client->put("copy", how));
    REQUIRE(lan.outcome());
    CHECK(lan.site->files.find("/copy")->empty());
  }
}

TEST_CASE("the commands on the wire are those of services.md 3.4", "[net][ftp]") {
  Lan lan;
  REQUIRE(lan.log_in());
  REQUIRE(lan.client->get("pub/f.bin", 4, kPassive));
  REQUIRE(lan.outcome());
  REQUIRE(lan.client->get("pub/f.bin", 0, kActive));
  REQUIRE(lan.outcome());
  REQUIRE(lan.client->name_list("", Client::Mode::passive));
  REQUIRE(lan.outcome());
  CHECK(lan.said ==
        "USER u\r\nPASS p\r\n"
        "TYPE I\r\nPASV\r\nREST 4\r\nRETR pub/f.bin\r\n"
        "PORT 203,0,113,200,78,33\r\nRETR pub/f.bin\r\n"
        "TYPE A\r\nPASV\r\nNLST\r\n");
}

TEST_CASE("ASCII mode asks for it and leaves the bytes alone", "[net][ftp]") {
  Lan lan;
  REQUIRE(lan.log_in());
  append(*lan.site->files.create("/t"), "a\nb\r\n");
  REQUIRE(lan.client->get("t", 0, {.type = Client::Type::ascii}));
  REQUIRE(lan.outcome());
  CHECK(as_text(lan.got) == "a\nb\r\n");
  CHECK_THAT(lan.said, Catch::Contains("TYPE A\r\n"));
}

TEST_CASE("passwords are in no log, also when the server repeats them", "[net][ftp]") {
  Lan lan;
  lan.site->misbehaviour.answers["PASS"] = "530 s3cret is no password, s3cret\r\n";
  CHECK_FALSE(lan.log_in("u", "s3cret"));
  CHECK_THAT(lan.log, Catch::Contains("> PASS ****"));
  CHECK_THAT(lan.log, Catch::Contains("530 **** is no password, ****"));
  CHECK_THAT(lan.log, !Catch::Contains("s3cret"));
  CHECK_THAT(lan.client->reason().value().text, !Catch::Contains("s3cret"));
}

TEST_CASE("a server may do without a password, keep one waiting, and want more than the module has", "[net][ftp]") {
  SECTION("230 to USER") {
    Scripted s;
    REQUIRE(s.client.log_in("anonymous", ""));
    s.answers({"120 soon\r\n220-\r\n220 hi\r\n", "230 in\r\n"});
    CHECK(s.succeeded());
    CHECK(s.client.logged_in());
    CHECK(s.sent().empty());
  }
  SECTION("202 to PASS") {
    Scripted s;
    REQUIRE(s.client.log_in("u", ""));
    s.answers({"220 hi\r\n", "331 ?\r\n"});
    CHECK(s.sent() == "PASS \r\n");
    s.says("202 not needed\r\n");
    CHECK(s.succeeded());
  }
  const auto failing = [](std::initializer_list<std::string_view> answers) {
    Scripted s;
    REQUIRE(s.client.log_in("u", "p"));
    s.answers(answers);
    CHECK(s.client.over());
    CHECK(s.sent().empty());
    CHECK(refusal(s.client.size("f")) == Cause::not_connected);
    return s.failure().line();
  };
  CHECK(failing({"220 hi\r\n", "332 account\r\n"}) == "log-in refused: 332 account");
  CHECK(failing({"220 hi\r\n", "331 ?\r\n", "332 account\r\n"}) == "log-in refused: 332 account");
  CHECK(failing({"220 hi\r\n", "331 ?\r\n", "530 no\r\n"}) == "log-in refused: 530 no");
  CHECK(failing({"220 hi\r\n", "530 no\r\n"}) == "log-in refused: 530 no");
  CHECK(failing({"421 too many\r\n"}) == "log-in refused: 421 too many");
  CHECK(failing({"554 go away\r\n"}) == "log-in refused: 554 go away");
  CHECK(failing({"331 ?\r\n"}) == "no FTP: 331 ?");
  CHECK(failing({"220 hi\r\n", "331 ?\r\n", "331 ?\r\n"}) == "no FTP: 331 ?");
  CHECK(failing({"HTTP/1.1 400 Bad Request\r\n"}) == "no FTP: what came is no FTP reply");
  CHECK(failing({std::string(1 << 20, '2')}) == "no FTP: a line without end");
}

TEST_CASE("a name cannot carry a command", "[net][ftp]") {
  Scripted s;
  CHECK(refusal(s.client.log_in("u\r\nDELE f", "p")) == Cause::bad_name);
  CHECK(refusal(s.client.log_in("u", "p\n")) == Cause::bad_name);
  CHECK(refusal(s.client.log_in("", "p")) == Cause::bad_name);
  s.log_in();
  for (const std::string_view name : {std::string_view{"a\r\nDELE b"}, std::string_view{"a\nb"},
                                      std::string_view{"a\rb"}, std::string_view{"a\0b", 3}}) {
    CHECK(refusal(s.client.change_directory(name)) == Cause::bad_name);
    CHECK(refusal(s.client.size(name)) == Cause::bad_name);
    CHECK(refusal(s.client.get(name, 0, kPassive)) == Cause::bad_name);
    CHECK(refusal(s.client.put(name, kPassive)) == Cause::bad_name);
    CHECK(refusal(s.client.append_to(name, kPassive)) == Cause::bad_name);
    CHECK(refusal(s.client.list(name, Client::Mode::passive)) == Cause::bad_name);
    CHECK(refusal(s.client.name_list(name, Client::Mode::passive)) == Cause::bad_name);
    CHECK(refusal(s.client.rename("a", name)) == Cause::bad_name);
    CHECK(refusal(s.client.rename(name, "a")) == Cause::bad_name);
    CHECK(refusal(s.client.remove(name)) == Cause::bad_name);
    CHECK(refusal(s.client.make_directory(name)) == Cause::bad_name);
    CHECK(refusal(s.client.remove_directory(name)) == Cause::bad_name);
  }
  CHECK(refusal(s.client.remove("")) == Cause::bad_name);
  CHECK(refusal(s.client.remove(std::string(Client::kArgumentLimit + 1, 'x'))) == Cause::bad_name);
  CHECK(s.sent().empty());
  CHECK(s.client.logged_in());
}

TEST_CASE("one job at a time, and none before the log-in", "[net][ftp]") {
  Scripted s;
  CHECK(refusal(s.client.size("f")) == Cause::not_connected);
  CHECK(refusal(s.client.quit()) == Cause::not_connected);
  s.log_in();
  CHECK(refusal(s.client.log_in("u", "p")) == Cause::busy);
  REQUIRE(s.client.size("f"));
  CHECK(refusal(s.client.size("f")) == Cause::busy);
  CHECK(refusal(s.client.quit()) == Cause::busy);
}

TEST_CASE("each command refused keeps the session, each senseless answer ends it", "[net][ftp]") {
  const std::vector<std::function<Client::Started(Client&)>> jobs{
      [](Client& c) { return c.change_directory("d"); }, [](Client& c) { return c.size("f"); },
      [](Client& c) { return c.get("f", 0, kPassive); }, [](Client& c) { return c.put("f", kPassive); },
      [](Client& c) { return c.rename("a", "b"); },      [](Client& c) { return c.remove("f"); },
      [](Client& c) { return c.make_directory("d"); },   [](Client& c) { return c.remove_directory("d"); },
  };
  for (const auto& job : jobs) {
    CHECK(after("550 no\r\n", job) == "refused: 550 no");
    CHECK(after("450-not\r\n450 now\r\n", job) == "refused: 450 now");
    CHECK(after("332 account\r\n", job) == "refused: 332 account");
    CHECK(after("421 bye\r\n", job) == "refused: 421 bye (over)");
    CHECK(after("nonsense\r\n", job) == "no FTP: what came is no FTP reply (over)");
  }
  CHECK(after("250 so be it\r\n", [](Client& c) { return c.rename("a", "b"); }) == "no FTP: 250 so be it (over)");
  CHECK(after("350 ?\r\n", [](Client& c) { return c.remove("a"); }) == "no FTP: 350 ? (over)");
}

TEST_CASE("a server of ours refuses each verb in its place", "[net][ftp]") {
  const auto failing = [](std::string_view verb, const std::function<Client::Started(Client&)>& job) {
    Lan lan;
    REQUIRE(lan.log_in());
    lan.site->misbehaviour.answers[std::string{verb}] = "504 not that\r\n";
    REQUIRE(job(*lan.client));
    const auto outcome = lan.outcome();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().line() == "refused: 504 not that");
    lan.site->misbehaviour.answers.clear();
    REQUIRE(lan.client->get("/pub/f.bin", 0, kPassive));  // and goes on
    CHECK(lan.outcome());
    CHECK(as_text(lan.got) == "0123456789");
  };
  const auto get = [](Client& c) { return c.get("/pub/f.bin", 3, kPassive); };
  failing("TYPE", get);
  failing("PASV", get);
  failing("REST", get);
  failing("RETR", get);
  failing("PORT", [](Client& c) { return c.get("/pub/f.bin", 0, kActive); });
  failing("RETR", [](Client& c) { return c.get("/pub/f.bin", 0, kActive); });
  failing("STOR", [](Client& c) { return c.put("x", kPassive); });
  failing("APPE", [](Client& c) { return c.append_to("x", kActive); });
  failing("SIZE", [](Client& c) { return c.size("/pub/f.bin"); });
  failing("CWD", [](Client& c) { return c.change_directory("/pub"); });
  failing("RNFR", [](Client& c) { return c.rename("/pub/f.bin", "x"); });
  failing("RNTO", [](Client& c) { return c.rename("/pub/f.bin", "x"); });
  failing("DELE", [](Client& c) { return c.remove("/pub/f.bin"); });
  failing("MKD", [](Client& c) { return c.make_directory("x"); });
  failing("RMD", [](Client& c) { return c.remove_directory("/pub/sub"); });
  failing("LIST", [](Client& c) { return c.list("", Client::Mode::passive); });
  failing("NLST", [](Client& c) { return c.name_list("", Client::Mode::active); });
}

TEST_CASE("an offset that was not used is taken back", "[net][ftp]") {
  Lan lan;
  REQUIRE(lan.log_in());
  lan.site->misbehaviour.answers["RETR"] = "450 not now\r\n";
  REQUIRE(lan.client->get("/pub/f.bin", 3, kPassive));
  CHECK_FALSE(lan.outcome());
  lan.site->misbehaviour.answers.clear();
  for (int i = 0; i < 2; ++i) {
    lan.said.clear();
    REQUIRE(lan.client->get("/pub/f.bin", 0, kPassive));
    CHECK(lan.outcome());
    CHECK(as_text(lan.got) == "0123456789");
    CHECK((lan.said.find("REST 0\r\n") != std::string::npos) == (i == 0));
  }
}

TEST_CASE("sizes that are none", "[net][ftp]") {
  for (const std::string text : {"213 -1\r\n", "213 \r\n", "213 ten\r\n", "213 99999999999999999999999\r\n"}) {
    Scripted s;
    s.log_in();
    REQUIRE(s.client.size("f"));
    s.answers({"200 I\r\n", text});
    CHECK(s.failure().cause == Cause::protocol);
    CHECK(s.client.logged_in());
  }
  Scripted s;
  s.log_in();
  REQUIRE(s.client.size("f"));
  s.answers({"200 I\r\n", "213  18446744073709551615 \r\n"});
  CHECK(s.client.take_outcome().value().value().size == 18446744073709551615U);
}

TEST_CASE("where the data connection goes", "[net][ftp]") {
  struct Case {
    Client::PassiveAddress option;
    IpAddress server;
    const char* reply;
    const char* goes_to;
  };
  using enum Client::PassiveAddress;
  const IpAddress inside{{10, 0, 0, 9}};
  for (const auto& [option, server, reply, goes_to] :
       {Case{guarded, kFtpServer, "203,0,113,7,4,1", "203.0.113.7:1025"},
        Case{guarded, kFtpServer, "203,0,113,8,4,1", "203.0.113.8:1025"},
        Case{guarded, kFtpServer, "192,168,1,2,4,1", "203.0.113.7:1025"},
        Case{guarded, kFtpServer, "10,1,1,2,4,1", "203.0.113.7:1025"},
        Case{guarded, kFtpServer, "172,31,1,2,4,1", "203.0.113.7:1025"},
        Case{guarded, kFtpServer, "172,32,1,2,4,1", "172.32.1.2:1025"},
        Case{guarded, kFtpServer, "100,64,1,2,4,1", "203.0.113.7:1025"},
        Case{guarded, kFtpServer, "169,254,1,2,4,1", "203.0.113.7:1025"},
        Case{guarded, kFtpServer, "127,0,0,1,4,1", "203.0.113.7:1025"},
        Case{guarded, inside, "192,168,1,2,4,1", "192.168.1.2:1025"},
        Case{guarded, inside, "0,0,0,0,4,1", "10.0.0.9:1025"},
        Case{replied, kFtpServer, "192,168,1,2,4,1", "192.168.1.2:1025"},
        Case{replied, kFtpServer, "0,0,0,0,4,1", "203.0.113.7:1025"},
        Case{Client::PassiveAddress::server, kFtpServer, "198,51,100,1,4,1", "203.0.113.7:1025"}}) {
    Scripted s{{.server = server, .passive_address = option}};
    s.log_in();
    REQUIRE(s.client.get("f", 0, kPassive));
    s.answers({"200 I\r\n", std::string{"227 ("} + reply + ")\r\n"});
    const auto peer = connects(s);
    REQUIRE(peer);
    CHECK(peer->text() == goes_to);
  }
}

TEST_CASE("a malformed passive reply fails the transfer alone", "[net][ftp]") {
  for (const std::string reply : {"227 Entering Passive Mode\r\n", "227 (1,2,3)\r\n", "227 (1,2,3,4,0,0)\r\n",
                                  "227 (999,2,3,4,5,6)\r\n", "200 Done.\r\n"}) {
    Scripted s;
    s.log_in();
    REQUIRE(s.client.get("f", 0, kPassive));
    s.answers({"200 I\r\n", reply});
    CHECK(s.failure().cause == Cause::protocol);
    CHECK_FALSE(s.client.take_data_order());
    CHECK(s.client.logged_in());
  }
}

TEST_CASE("a data connection that cannot be made", "[net][ftp]") {
  Lan lan;
  REQUIRE(lan.log_in());
  lan.unreachable = true;
  REQUIRE(lan.client->get("/pub/f.bin", 0, kPassive));
  auto outcome = lan.outcome();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().line() == "data connection: connection refused");
  REQUIRE(lan.client->get("/pub/f.bin", 0, kActive));
  outcome = lan.outcome();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().line() == "data connection: 425 No data connection.");
  lan.unreachable = false;
  REQUIRE(lan.client->get("/pub/f.bin", 0, kActive));
  CHECK(lan.outcome());
}

TEST_CASE("a data connection that nobody answers", "[net][ftp]") {
  for (const auto how : {kPassive, kActive}) {
    Lan lan{1500, {.server = kFtpServer, .times = {.reply = 20s, .data_connection = 30s}}};
    REQUIRE(lan.log_in());
    lan.deaf = true;
    REQUIRE(lan.client->get("/pub/f.bin", 0, how));
    lan.settle();
    lan.timeline.advance(how.mode == Client::Mode::passive ? 29s : 19s);
    CHECK_FALSE(lan.client->take_outcome());
    lan.timeline.advance(1s);
    const auto outcome = lan.outcome();
    REQUIRE_FALSE(outcome);
    // Of a passive one the server knows nothing yet; with an active one it owes an answer.
    CHECK(outcome.error().line() ==
          (how.mode == Client::Mode::passive ? "data connection: timed out" : "timed out: no answer"));
    CHECK(lan.client->over() == (how.mode == Client::Mode::active));
    CHECK(lan.drops == 1);
    CHECK(lan.timeline.idle());
  }
}

TEST_CASE("an active transfer that the server agrees to and never connects", "[net][ftp]") {
  Scripted s{{.server = kFtpServer, .times = {.reply = 20s, .data_connection = 30s}}};
  s.log_in();
  REQUIRE(s.client.get("f", 0, kActive));
  s.answers({"200 I\r\n"});
  REQUIRE(std::holds_alternative<Client::Listen>(s.client.take_data_order().value()));
  s.client.data_listening({kFtpClient, 1025});
  CHECK(s.sent() == "PORT 203,0,113,200,4,1\r\n");
  s.says("200 ok\r\n");
  CHECK(s.sent() == "RETR f\r\n");
  s.says("150 connecting\r\n");
  CHECK_FALSE(s.client.transferring());
  s.timeline.advance(30s);
  CHECK(s.dropped());
  CHECK_FALSE(s.client.take_outcome());
  SECTION("and says so at last") {
    s.says("425 cannot\r\n");
    CHECK(s.failure().line() == "data connection: 425 cannot");
    CHECK(s.client.logged_in());
  }
  SECTION("and says nothing") {
    s.timeline.advance(20s);
    CHECK(s.failure().line() == "data connection: timed out");
    CHECK(s.client.over());
  }
  CHECK(s.timeline.idle());
}

TEST_CASE("no port to listen on", "[net][ftp]") {
  Scripted s;
  s.log_in();
  REQUIRE(s.client.get("f", 0, kActive));
  s.answers({"200 I\r\n"});
  REQUIRE(s.client.take_data_order());
  s.client.data_failed(NetError::no_resources);
  CHECK(s.failure().cause == Cause::data_connection);
  CHECK(s.client.logged_in());
  CHECK(s.sent().empty());
}

TEST_CASE("a download is done when data and reply are, in either order", "[net][ftp]") {
  Scripted s;
  s.log_in();
  s.begin_get();
  SECTION("the reply first") {
    s.says("150 go\r\n226 done\r\n");
    CHECK(s.client.transferring());
    CHECK_FALSE(s.client.take_outcome());
    s.client.data_ended({});
  }
  SECTION("the data first") {
    s.says("125 go\r\n");
    s.client.data_ended({});
    CHECK_FALSE(s.client.transferring());
    CHECK_FALSE(s.client.take_outcome());
    s.says("250 done\r\n");
  }
  SECTION("the data before the server has agreed") {
    s.client.data_ended({});
    s.says("150 go\r\n226 done\r\n");
  }
  CHECK(s.succeeded());
  CHECK(s.client.logged_in());
  CHECK(s.timeline.idle());
}

TEST_CASE("a download that fails", "[net][ftp]") {
  Scripted s;
  s.log_in();
  s.begin_get();
  s.says("150 go\r\n");
  SECTION("the data was cut, the server knows") {
    s.client.data_ended(NetError::reset);
    CHECK(s.dropped());
    s.says("426 cut\r\n");
    CHECK(s.failure().line() == "data connection: 426 cut");
  }
  SECTION("the data was cut, the server does not know") {
    s.client.data_ended(NetError::reset);
    s.says("226 done\r\n");
    CHECK(s.failure().line() == "data connection: connection reset");
  }
  SECTION("the data was cut after the last reply") {
    s.says("226 done\r\n");
    s.client.data_ended(NetError::reset);
    CHECK(s.failure().line() == "data connection: connection reset");
  }
  SECTION("the data ended in order, and the server says that it broke") {
    s.client.data_ended({});
    s.says("451 disk\r\n");
    CHECK(s.failure().line() == "refused: 451 disk");
  }
  SECTION("the server gives up while data is still under way") {
    s.says("426 cut\r\n");
    CHECK_FALSE(s.client.take_outcome());
    CHECK(s.client.transferring());
    SECTION("and ends in order") { s.client.data_ended({}); }
    SECTION("and is cut") { s.client.data_ended(NetError::reset); }
    SECTION("and stops") { s.timeline.advance(60s); }
    CHECK(s.failure().line() == "data connection: 426 cut");
    CHECK(s.dropped());
  }
  SECTION("the server gives up, and this side has enough") {
    s.says("426 cut\r\n");
    s.client.data_enough();
    CHECK(s.succeeded());
  }
  CHECK(s.client.logged_in());
  CHECK(s.timeline.idle());
}

TEST_CASE("an active connection may be heard of after the server's last word", "[net][ftp]") {
  Scripted s;
  s.log_in();
  REQUIRE(s.client.get("f", 0, kActive));
  s.answers({"200 I\r\n"});
  REQUIRE(s.client.take_data_order());
  s.client.data_listening({kFtpClient, 1025});
  s.answers({"200 ok\r\n"});
  s.client.take_outgoing();
  SECTION("which is good") {
    s.says("150 go\r\n226 done\r\n");
    s.client.data_connected();
    CHECK(s.client.transferring());
    s.client.data_ended({});
    CHECK(s.succeeded());
  }
  SECTION("which is bad") {
    s.says("150 go\r\n426 cut\r\n");
    CHECK_FALSE(s.client.take_outcome());
    s.client.data_connected();
    CHECK(s.client.transferring());
    s.client.data_ended(NetError::reset);
    CHECK(s.failure().line() == "data connection: 426 cut");
  }
  SECTION("which is bad, and nothing comes") {
    s.says("150 go\r\n426 cut\r\n");
    s.timeline.advance(60s);
    CHECK(s.failure().line() == "data connection: 426 cut");
  }
  CHECK(s.client.logged_in());
  CHECK(s.timeline.idle());
}

TEST_CASE("a refusal counts more than the end of the data connection that comes with it", "[net][ftp]") {
  Scripted s;
  s.log_in();
  s.begin_get();
  s.client.data_ended({});
  s.says("550 none\r\n");
  CHECK(s.failure().line() == "refused: 550 none");
}

TEST_CASE("an upload ends when this side says so", "[net][ftp]") {
  Scripted s;
  s.log_in();
  s.begin_put();
  CHECK_FALSE(s.client.transferring());
  s.says("150 go\r\n");
  CHECK(s.client.transferring());
  SECTION("and the server has it") {
    s.client.data_ended({});
    s.says("226 done\r\n");
    CHECK(s.succeeded());
  }
  SECTION("not when the server does") {
    s.says("226 done\r\n");
    CHECK(s.failure().line() == "no FTP: 226 done");
    CHECK(s.dropped());
  }
  SECTION("or the server has no more room") {
    s.says("452 full\r\n");
    CHECK(s.failure().line() == "refused: 452 full");
    CHECK(s.dropped());
  }
  SECTION("or it breaks") {
    s.client.data_ended(NetError::reset);
    CHECK_FALSE(s.client.take_outcome());
    s.says("426 broke\r\n");
    CHECK(s.failure().line() == "data connection: 426 broke");
  }
  CHECK(s.client.logged_in());
}

TEST_CASE("a download of which this side has enough succeeds, whatever the server says of it", "[net][ftp]") {
  for (const auto piece : kPieces) {
    Lan lan{piece};
    REQUIRE(lan.log_in());
    *lan.site->files.create("/large") = Bytes(100'000, 'x');
    lan.enough = 4;
    REQUIRE(lan.client->get("large", 0, kPassive));
    CHECK(lan.outcome());
    CHECK(lan.client->logged_in());
    lan.enough.reset();
    REQUIRE(lan.client->get("/pub/f.bin", 0, kPassive));
    CHECK(lan.outcome());
    CHECK(as_text(lan.got) == "0123456789");
  }
}

TEST_CASE("the server breaks the data connection after some octets, once, and goes on", "[net][ftp]") {
  for (const auto piece : kPieces) {
    for (const auto how : {kPassive, kActive}) {
      Lan lan{piece};
      REQUIRE(lan.log_in());
      lan.site->misbehaviour.break_data_after = 4;
      lan.site->misbehaviour.breaks = 1;
      REQUIRE(lan.client->get("/pub/f.bin", 0, how));
      const auto outcome = lan.outcome();
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().cause == Cause::data_connection);
      CHECK(as_text(lan.got).substr(0, 4) == "0123");
      REQUIRE(lan.client->get("/pub/f.bin", 4, how));
      CHECK(lan.outcome());
      CHECK(as_text(lan.got) == "456789");
      lan.site->misbehaviour.breaks = 1;
      lan.upload = to_bytes("hello");
      REQUIRE(lan.client->put("up", how));
      CHECK_FALSE(lan.outcome());
      CHECK(as_text(*lan.site->files.find("/up")) == "hell");
    }
  }
}

TEST_CASE("data that stops coming", "[net][ftp]") {
  Lan lan{1500, {.server = kFtpServer, .times = {.reply = 20s, .data_idle = 30s}}};
  REQUIRE(lan.log_in());
  lan.site->misbehaviour.stall_data_after = 4;
  REQUIRE(lan.client->get("/pub/f.bin", 0, kPassive));
  lan.settle();
  CHECK(as_text(lan.got) == "0123");
  lan.timeline.advance(30s);
  CHECK(lan.drops == 1);
  lan.timeline.advance(20s);
  const auto outcome = lan.outcome();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().line() == "timed out: no data");
  CHECK(lan.client->over());
}

TEST_CASE("no time-out runs while this side holds the data up", "[net][ftp]") {
  Scripted s{{.server = kFtpServer, .times = {.reply = 20s, .data_idle = 30s}}};
  s.log_in();
  s.begin_get();
  s.says("150 go\r\n");
  s.timeline.advance(29s);
  s.client.data_moved();
  s.timeline.advance(29s);
  s.client.data_held(true);
  s.timeline.advance(10min);
  s.says("226 sent all\r\n");
  s.timeline.advance(10min);
  CHECK(s.client.transferring());
  s.client.data_held(false);
  s.timeline.advance(29s);
  CHECK_FALSE(s.client.take_outcome());
  s.timeline.advance(1s);
  CHECK(s.failure().line() == "timed out: no data");
  CHECK(s.client.logged_in());  // the server's last word is there
  CHECK(s.timeline.idle());
}

TEST_CASE("a server that says nothing, in each step", "[net][ftp]") {
  const std::vector<std::string_view> answers{
      "220 hi\r\n", "331 ?\r\n",  "230 in\r\n",  "200 I\r\n", "227 (203,0,113,7,4,1)\r\n",
      "350 ok\r\n", "150 go\r\n", "226 done\r\n"};
  enum class Way { silence, endless_delay, closes, resets, gives_up };
  for (const auto way : {Way::silence, Way::endless_delay, Way::closes, Way::resets, Way::gives_up}) {
    for (std::size_t steps = 0; steps < answers.size(); ++steps) {
      Scripted s{{.server = kFtpServer, .times = {.reply = 20s, .data_connection = 20s, .data_idle = 20s}}};
      int told = 0;
      s.client.on_change = [&told] { ++told; };
      REQUIRE(s.client.log_in("u", "p"));
      for (std::size_t i = 0; i < steps; ++i) {
        s.answers({answers[i]});
        if (i == 2) {
          CHECK(s.succeeded());
          REQUIRE(s.client.get("f", 4, kPassive));
        }
        if (i == 4) s.client.data_connected();
        if (i == 6) s.client.data_ended({});
      }
      s.client.take_outgoing();
      s.client.take_data_order();
      switch (way) {
        case Way::silence: s.timeline.advance(20s); break;
        case Way::endless_delay:
          for (int i = 0; i < 20; ++i) {
            s.says("120 soon\r\n");
            s.timeline.advance(1s);
          }
          break;
        case Way::closes: s.client.input_ended({}); break;
        case Way::resets: s.client.input_ended(NetError::reset); break;
        case Way::gives_up: s.client.give_up({Cause::broken, 0, "no bearer"}); break;
      }
      if (way == Way::endless_delay && !s.client.over()) s.timeline.advance(20s);  // 120 counts as 150 in a transfer
      const bool slow = way == Way::silence || way == Way::endless_delay;
      CHECK(s.failure().cause == (slow ? Cause::timed_out : Cause::broken));
      CHECK(s.client.over());
      CHECK((told > 0) == slow);
      CHECK(s.client.reason());
      CHECK(s.sent().empty());
      CHECK(s.timeline.idle());
      CHECK(s.dropped() == (steps >= 5));
    }
  }
}

TEST_CASE("an answer that comes before its command ends the session", "[net][ftp]") {
  Scripted s;
  REQUIRE(s.client.log_in("u", "p"));
  s.answers({"220 hi\r\n", "331 ?\r\n230 in\r\n"});
  CHECK(s.failure().line() == "no FTP: 230 an answer before its command");
  CHECK(s.client.over());
  CHECK(s.sent().empty());

  Scripted early;
  early.says("220 hi\r\n");  // nobody has asked for it
  CHECK(early.client.over());
}

TEST_CASE("a reply to nothing is left alone, but for one that closes", "[net][ftp]") {
  Scripted s;
  s.log_in();
  s.says("226 and another\r\n");
  CHECK(s.client.logged_in());
  REQUIRE(s.client.remove("f"));
  s.answers({"250 done\r\n"});
  CHECK(s.succeeded());
  s.says("421 you were idle\r\n");
  CHECK(s.client.over());
  CHECK(s.client.reason().value().line() == "refused: 421 you were idle");
  CHECK_FALSE(s.client.take_outcome());
}

TEST_CASE("replies that come while the data connection is being made do not stand for the transfer's", "[net][ftp]") {
  Scripted s;
  s.log_in();
  REQUIRE(s.client.get("f", 0, kPassive));
  s.answers({"200 I\r\n", "227 (203,0,113,7,4,1)\r\n150 go\r\n226 done\r\n"});
  REQUIRE(connects(s));
  s.client.data_connected();
  CHECK(s.sent() == "RETR f\r\n");
  s.client.data_ended({});
  CHECK_FALSE(s.client.take_outcome());
  s.says("150 go\r\n226 done\r\n");
  CHECK(s.succeeded());
}

TEST_CASE("quitting succeeds whatever the server does", "[net][ftp]") {
  Scripted s;
  s.log_in();
  REQUIRE(s.client.quit());
  CHECK(s.sent() == "QUIT\r\n");
  SECTION("says goodbye") { s.says("221 bye\r\n"); }
  SECTION("closes at once") { s.client.input_ended({}); }
  SECTION("cuts it") { s.client.input_ended(NetError::reset); }
  SECTION("refuses") { s.says("500 what?\r\n"); }
  SECTION("is closing anyway") { s.says("421 bye\r\n"); }
  SECTION("says nothing") { s.timeline.advance(60s); }
  CHECK(s.succeeded());
  CHECK(s.client.over());
  CHECK_FALSE(s.client.reason());
  CHECK(s.timeline.idle());
}

TEST_CASE("what the owner tells of a data connection that nobody needs any more is ignored", "[net][ftp]") {
  Scripted s;
  s.log_in();
  const auto everything = [&s] {
    s.client.data_listening({kFtpClient, 1});
    s.client.data_connected();
    s.client.data_moved();
    s.client.data_held(true);
    s.client.data_enough();
    s.client.data_failed(NetError::refused);
    s.client.data_ended(NetError::reset);
  };
  everything();
  CHECK(s.client.logged_in());
  REQUIRE(s.client.remove("f"));
  everything();
  s.answers({"250 done\r\n"});
  CHECK(s.succeeded());
  CHECK_FALSE(s.client.take_data_order());
}
