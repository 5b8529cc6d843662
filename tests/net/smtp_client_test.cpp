// SPDX-License-Identifier: Apache-2.0
// The client against words of a server, against a server of ours, and both against what nobody should say.
#include <algorithm>

#include "net/smtp/client.hpp"
#include "net/smtp/server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mime.hpp"

using namespace quasimodem;
using namespace quasimodem::net::smtp;
using namespace quasimodem::test;

using State = Client::State;
using Trouble = Server::Trouble;

namespace {

struct Lines final : LogSink {
  bool wants(LogLevel) const override { return true; }
  void write(LogLevel, std::string_view, std::string_view message) override {
    text += message;
    text += '\n';
  }
  std::string text;
};

Mail some_mail() {
  return {.sender_name = "Meter 7",
          .sender = "meter7@example.org",
          .recipients = {{Field::to, "a@example.org"}, {Field::cc, "b@example.org"}, {Field::bcc, "c@example.org"}},
          .subject = {Charset::us_ascii, "Report"},
          .body = {Charset::utf_8, "All is well.\n.\n..dots"},
          .attachments = {}};
}

Client::Settings with_user() {
  return {.name = "[10.0.0.1]", .start_tls = false, .authenticate = true, .user = "u", .password = "s3cret"};
}

/// A client that a test speaks to.
struct Dialogue {
  explicit Dialogue(Client::Settings settings = with_user(), Mail what = some_mail())
      : mail{std::move(what)},
        client{std::move(settings), mail, {.date = {}, .id = "1", .base64 = to_base64}, Logger{log, "smtp"}} {}

  /// What the client answers to this.
  std::string on(std::string_view words) {
    client.receive(as_bytes(words));
    return said();
  }
  std::string said() {
    std::string text;
    for (auto bytes = client.take_outgoing(piece); !bytes.empty(); bytes = client.take_outgoing(piece)) {
      CHECK(bytes.size() <= piece);
      text += as_text(bytes);
    }
    return text;
  }
  Cause cause() const { return client.failure().value().cause; }

  std::size_t piece = 1000;
  Lines log;
  Mail mail;
  Client client;
};

constexpr const char* kGreeting = "220 mail.example\r\n";
constexpr const char* kAuth = "250-mail.example\r\n250 AUTH LOGIN PLAIN\r\n";

/// Up to the message.
void tell_recipients(Dialogue& d) {
  CHECK(d.on("250 ok\r\n") == "RCPT TO:<a@example.org>\r\n");
  CHECK(d.on("250 ok\r\n") == "RCPT TO:<b@example.org>\r\n");
  CHECK(d.on("251 elsewhere\r\n") == "RCPT TO:<c@example.org>\r\n");
  CHECK(d.on("250 ok\r\n") == "DATA\r\n");
}

/// A client and a server with a wire between, cut into pieces. TLS is told to both where it should begin.
struct Wire {
  explicit Wire(Client::Settings settings = with_user(), Server::Config config = {}, Mail what = some_mail())
      : mail{std::move(what)},
        client{std::move(settings), mail, {.date = {}, .id = "1", .base64 = to_base64}, Logger{log, "smtp"}},
        server{complete(std::move(config))} {}

  Server::Config complete(Server::Config config) {
    config.base64 = to_base64;
    config.unbase64 = from_base64;
    config.deliver = [this](const Delivery& delivery) {
      box.push_back(delivery);
      return true;
    };
    if (config.users.empty()) config.users = {{"u", "s3cret"}};
    return config;
  }

  void run(std::size_t piece = 1000) {
    server.start();
    while (step(piece)) {
    }
  }

  bool step(std::size_t piece) {
    const auto answer = server.take_outgoing();
    const bool tls = server.starts_tls();
    in_pieces(answer, piece, [&](ByteSpan bytes) { client.receive(bytes); });
    if (server.over()) client.input_ended();
    if (tls && client.state() == State::wants_tls) {
      ++handshakes;
      client.tls_started();
    }
    if (client.state() == State::over) {
      server.input_ended();
      return false;
    }
    const auto words = client.take_outgoing(piece);
    said += as_text(words);
    server.receive(words);
    return !answer.empty() || !words.empty();
  }

  template <class Take>
  static void in_pieces(ByteSpan bytes, std::size_t piece, const Take& take) {
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      take(bytes.subspan(at, std::min(piece, bytes.size() - at)));
  }

  Lines log;
  Mail mail;
  std::vector<Delivery> box;
  std::string said;
  int handshakes = 0;
  Client client;
  Server server;
};

Server::Config config_with(Trouble trouble) {
  Server::Config config;
  config.troubles = {std::move(trouble)};
  return config;
}

}  // namespace

TEST_CASE("a session, word by word", "[net][smtp]") {
  Dialogue d;
  CHECK(d.said().empty());
  CHECK(d.on(kGreeting) == "EHLO [10.0.0.1]\r\n");
  CHECK(d.on("250-mail.example hello\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 AUTH LOGIN PLAIN\r\n") ==
        "AUTH LOGIN\r\n");
  CHECK(d.on("334 VXNlcm5hbWU6\r\n") == "dQ==\r\n");
  CHECK(d.on("334 UGFzc3dvcmQ6\r\n") == "czNjcmV0\r\n");
  const auto sender = d.on("235 welcome\r\n");
  CHECK(sender == "MAIL FROM:<meter7@example.org> SIZE=" + std::to_string(d.client.message_size()) + "\r\n");
  tell_recipients(d);
  const auto message = d.on("354 go ahead\r\n");
  REQUIRE(message.ends_with("\r\n\r\nAll is well.\r\n..\r\n...dots\r\n.\r\n"));
  CHECK(message.size() == d.client.message_size() + 5);  // two dots, and the one that ends it
  CHECK_FALSE(d.client.sent());
  CHECK(d.on("250 taken\r\n") == "QUIT\r\n");
  CHECK(d.client.sent());
  CHECK(d.client.state() == State::leaving);
  CHECK(d.on("221 bye\r\n").empty());
  CHECK(d.client.state() == State::over);
  CHECK(d.client.sent());
  CHECK_FALSE(d.client.failure());
}

TEST_CASE("nothing secret is in the log", "[net][smtp]") {
  const auto* offered = GENERATE("LOGIN", "PLAIN");
  const bool right = GENERATE(true, false);
  auto settings = with_user();
  if (!right) settings.password = "wr0ng";
  Server::Config config;
  config.mechanisms = {offered};
  Wire wire{settings, config};
  wire.run();
  CHECK(wire.client.sent() == right);
  REQUIRE(wire.log.text.find("AUTH") != std::string::npos);
  for (const auto& secret : {settings.password, to_base64(as_bytes(settings.password)),
                             to_base64(as_bytes(std::string{"\0u\0", 3} + settings.password))}) {
    CHECK(wire.log.text.find(secret) == std::string::npos);
    if (!right) CHECK(describe(*wire.client.failure()).find(secret) == std::string::npos);
  }
}

TEST_CASE("PLAIN is taken where LOGIN is not offered", "[net][smtp]") {
  Dialogue d;
  d.on(kGreeting);
  CHECK(d.on("250-mail.example\r\n250 AUTH CRAM-MD5 plain\r\n") ==
        "AUTH PLAIN " + to_base64(as_bytes(std::string{"\0u\0s3cret", 9})) + "\r\n");
  CHECK(d.on("235 welcome\r\n").starts_with("MAIL FROM:<meter7@example.org>\r\n"));
}

TEST_CASE("AUTH= of old servers is understood", "[net][smtp]") {
  Dialogue d;
  d.on(kGreeting);
  CHECK(d.on("250-mail.example\r\n250 auth=login\r\n") == "AUTH LOGIN\r\n");
}

TEST_CASE("without a way to authenticate nothing is sent", "[net][smtp]") {
  Dialogue d;
  d.on(kGreeting);
  CHECK(d.on(GENERATE("250 mail.example\r\n", "250-mail.example\r\n250 AUTH CRAM-MD5 XOAUTH2\r\n",
                      "250-mail.example\r\n250 AUTHLOGIN\r\n")) == "QUIT\r\n");
  CHECK(d.cause() == Cause::not_offered);
  CHECK(d.client.failure()->step == Step::authentication);
  CHECK(describe(*d.client.failure()) == "AUTH is not offered by the server");
}

TEST_CASE("without a user nothing is said of AUTH", "[net][smtp]") {
  Dialogue d{{.name = "x"}};
  d.on(kGreeting);
  CHECK(d.on(kAuth) == "MAIL FROM:<meter7@example.org>\r\n");
}

TEST_CASE("a server that knows no EHLO gets HELO, and nothing of what it did not offer", "[net][smtp]") {
  auto mail = some_mail();
  mail.body.text = "Gr\xC3\xBC\xC3\x9F";
  Dialogue d{{.name = "x"}, mail};
  d.on(kGreeting);
  CHECK(d.on(GENERATE("500 what\r\n", "502 not here\r\n", "550 no\r\n")) == "HELO x\r\n");
  CHECK(d.on("250 mail.example\r\n") == "MAIL FROM:<meter7@example.org>\r\n");
  tell_recipients(d);
  CHECK(d.on("354 go\r\n").find("Content-Transfer-Encoding: base64\r\n\r\nR3LDvMOf\r\n") != std::string::npos);
}

TEST_CASE("8BITMIME is made use of where a mail needs it", "[net][smtp]") {
  auto mail = some_mail();
  mail.body.text = "Gr\xC3\xBC\xC3\x9F";
  Dialogue d{{.name = "x"}, mail};
  d.on(kGreeting);
  CHECK(d.on("250-mail.example\r\n250 8BITMIME\r\n") == "MAIL FROM:<meter7@example.org> BODY=8BITMIME\r\n");
  tell_recipients(d);
  CHECK(d.on("354 go\r\n").find("8bit\r\n\r\nGr\xC3\xBC\xC3\x9F\r\n.\r\n") != std::string::npos);
}

TEST_CASE("STARTTLS comes before anything else, and what was said before it is forgotten", "[net][smtp]") {
  auto settings = with_user();
  settings.start_tls = true;
  Dialogue d{settings};
  d.on(kGreeting);
  CHECK(d.on("250-mail.example\r\n250-SIZE 9\r\n250-8BITMIME\r\n250-STARTTLS\r\n250 AUTH LOGIN\r\n") == "STARTTLS\r\n");
  CHECK(d.on("220 go ahead\r\n").empty());
  REQUIRE(d.client.state() == State::wants_tls);
  d.client.tls_started();
  CHECK(d.client.state() == State::talking);
  CHECK(d.said() == "EHLO [10.0.0.1]\r\n");
  CHECK(d.on("250-mail.example\r\n250 AUTH PLAIN\r\n").starts_with("AUTH PLAIN "));
  CHECK(d.on("235 ok\r\n") == "MAIL FROM:<meter7@example.org>\r\n");
}

TEST_CASE("without STARTTLS nothing goes on in clear", "[net][smtp]") {
  auto settings = with_user();
  settings.start_tls = true;
  Dialogue d{settings};
  d.on(kGreeting);
  SECTION("it is not offered") {
    CHECK(d.on(kAuth) == "QUIT\r\n");
    CHECK(d.cause() == Cause::not_offered);
  }
  SECTION("there is not even EHLO") {
    CHECK(d.on("502 no\r\n") == "HELO [10.0.0.1]\r\n");
    CHECK(d.on("250 mail.example\r\n") == "QUIT\r\n");
    CHECK(d.cause() == Cause::not_offered);
  }
  SECTION("it is offered and refused") {
    d.on("250-mail.example\r\n250 STARTTLS\r\n");
    CHECK(d.on("454 not now\r\n") == "QUIT\r\n");
    CHECK(d.cause() == Cause::refused);
    CHECK(d.client.failure()->code == 454);
  }
  CHECK(d.client.failure()->step == Step::start_tls);
  CHECK_FALSE(d.client.sent());
}

TEST_CASE("what is sent in clear behind the answer to STARTTLS ends the session", "[net][smtp]") {
  auto settings = with_user();
  settings.start_tls = true;
  Dialogue d{settings};
  d.on(kGreeting);
  d.on("250-mail.example\r\n250 STARTTLS\r\n");
  SECTION("in the same piece") {
    const auto* more = GENERATE("250 AUTH LOGIN\r\n", "250-AUTH", "2", "\r\n");
    CHECK(d.on(std::string{"220 go ahead\r\n"} + more).empty());
  }
  SECTION("in the next") {
    d.on("220 go ahead\r\n");
    CHECK(d.on("250 AUTH LOGIN\r\n").empty());
  }
  CHECK(d.client.state() == State::over);
  CHECK(d.cause() == Cause::injected);
}

TEST_CASE("a reply to what was not yet asked ends the session", "[net][smtp]") {
  Dialogue d;
  SECTION("behind the greeting") { d.on("220 mail.example\r\n250 you are welcome\r\n"); }
  SECTION("before the command was sent") {
    d.client.receive(as_bytes(kGreeting));
    d.client.take_outgoing(3);
    d.on("250 mail.example\r\n");
  }
  SECTION("in the midst of the message") {
    d.on(kGreeting), d.on(kAuth), d.on("334 \r\n"), d.on("334 \r\n"), d.on("235 \r\n");
    tell_recipients(d);
    d.client.receive(as_bytes("354 go\r\n"));
    d.client.take_outgoing(10);
    d.on("250 taken\r\n");
  }
  CHECK(d.client.state() == State::over);
  CHECK(d.cause() == Cause::unexpected);
  CHECK_FALSE(d.client.sent());
  CHECK(d.said().empty());
}

TEST_CASE("a server that shuts down in the midst of the message is not told more", "[net][smtp]") {
  Dialogue d;
  d.on(kGreeting), d.on(kAuth), d.on("334 \r\n"), d.on("334 \r\n"), d.on("235 \r\n");
  tell_recipients(d);
  d.client.receive(as_bytes("354 go\r\n"));
  d.client.take_outgoing(10);
  CHECK(d.on("452 disk full\r\n").empty());
  CHECK(d.client.state() == State::over);
  CHECK(d.cause() == Cause::refused);
  CHECK(d.client.failure()->step == Step::message);
  CHECK(describe(*d.client.failure()) == "the message was refused: 452 disk full");
}

TEST_CASE("what is no answer to a command ends the session", "[net][smtp]") {
  Dialogue d;
  SECTION("to the greeting") { d.on("354 go ahead\r\n"); }
  SECTION("to EHLO") { d.on(kGreeting), d.on("334 \r\n"); }
  SECTION("to AUTH LOGIN") { d.on(kGreeting), d.on(kAuth), d.on("235 welcome\r\n"); }
  SECTION("to the user") { d.on(kGreeting), d.on(kAuth), d.on("334 \r\n"), d.on("235 welcome\r\n"); }
  SECTION("to DATA") {
    d.on(kGreeting), d.on(kAuth), d.on("334 \r\n"), d.on("334 \r\n"), d.on("235 \r\n");
    tell_recipients(d);
    d.on("250 taken\r\n");
  }
  CHECK(d.cause() == Cause::unexpected);
  CHECK(d.client.state() == State::over);
}

TEST_CASE("what is no SMTP ends the session, and is not kept", "[net][smtp]") {
  Dialogue d;
  const std::string words =
      GENERATE(std::string{"SSH-2.0-OpenSSH_9.2\r\n"}, std::string{"HTTP/1.1 200 OK\r\n"}, std::string{"\r\n"},
               std::string{"22 x\r\n"}, std::string{"199 x\r\n"}, std::string{"600 x\r\n"}, std::string{"2200\r\n"},
               std::string{"220-a\r\n250 b\r\n"}, std::string{"\x15\x03\x01\x00\x02\x02\x46\n", 8},
               std::string(1025, '2'), std::string(1'000'000, 'x'));
  CHECK(d.on(words).empty());
  CHECK(d.cause() == Cause::malformed);
  CHECK(d.client.failure()->step == Step::greeting);
  CHECK(d.client.state() == State::over);
}

TEST_CASE("a reply without end is not kept", "[net][smtp]") {
  Dialogue d;
  const std::string line = GENERATE(std::string{"220-\r\n"}, "220-" + std::string(900, 'x') + "\r\n");
  int lines = 0;
  while (d.client.state() == State::talking && lines < 1000) {
    d.on(line);
    ++lines;
  }
  CHECK(lines <= 65);
  CHECK(d.cause() == Cause::malformed);
}

TEST_CASE("replies of many lines, in pieces, with and without text", "[net][smtp]") {
  const auto piece = GENERATE(1U, 2U, 3U, 7U, 100U);
  const std::string words = "250-mail.example\r\n250-\r\n250-X\n250-AUTH LOGIN\r\n250\r\n";
  Dialogue d;
  d.on("220\n");
  std::string answer;
  for (std::size_t at = 0; at < words.size(); at += piece) answer += d.on(words.substr(at, piece));
  CHECK(answer == "AUTH LOGIN\r\n");
}

TEST_CASE("a stream that ends, and a time-out, say at which step", "[net][smtp]") {
  Dialogue d;
  const bool late = GENERATE(false, true);
  const auto end = [&] { late ? d.client.time_out() : d.client.input_ended(); };
  SECTION("before the greeting") {
    end();
    CHECK(d.client.failure()->step == Step::greeting);
    CHECK(describe(*d.client.failure()).starts_with("the greeting was not answered"));
  }
  SECTION("in a command") {
    d.on(kGreeting), d.on(kAuth), d.on("334 \r\n"), d.on("334 \r\n"), d.on("235 \r\n");
    end();
    CHECK(d.client.failure()->step == Step::sender);
  }
  SECTION("when TLS is wanted") {
    auto settings = with_user();
    settings.start_tls = true;
    Dialogue secure{settings};
    secure.on(kGreeting), secure.on("250-x\r\n250 STARTTLS\r\n"), secure.on("220 go\r\n");
    late ? secure.client.time_out() : secure.client.input_ended();
    CHECK(secure.client.failure()->step == Step::start_tls);
    CHECK(secure.client.state() == State::over);
    end();
  }
  CHECK(d.cause() == (late ? Cause::timed_out : Cause::ended));
  CHECK(d.client.state() == State::over);
  CHECK(d.said().empty());
}

TEST_CASE("a mail that the server took is sent, whatever becomes of the farewell", "[net][smtp]") {
  Dialogue d;
  d.on(kGreeting), d.on(kAuth), d.on("334 \r\n"), d.on("334 \r\n"), d.on("235 \r\n");
  tell_recipients(d);
  d.on("354 go\r\n");
  REQUIRE(d.on("250 taken\r\n") == "QUIT\r\n");
  SECTION("the stream ends") { d.client.input_ended(); }
  SECTION("nothing comes") { d.client.time_out(); }
  SECTION("QUIT is refused") { d.on("500 what\r\n"); }
  SECTION("something comes that is no SMTP") { d.on("garbage\r\n"); }
  CHECK(d.client.state() == State::over);
  CHECK(d.client.sent());
  CHECK_FALSE(d.client.failure());
}

TEST_CASE("an address that no command can hold is not said", "[net][smtp]") {
  auto mail = some_mail();
  const bool sender = GENERATE(false, true);
  (sender ? mail.sender : mail.recipients[1].address) = "x@y>\r\nRCPT TO:<victim@example.org";
  Dialogue d{{.name = "x"}, mail};
  d.on(kGreeting);
  auto said = d.on(kAuth);
  if (!sender) d.on("250 ok\r\n"), said = d.on("250 ok\r\n");
  CHECK(said == "QUIT\r\n");
  CHECK(d.cause() == Cause::unsendable);
  CHECK(d.client.failure()->step == (sender ? Step::sender : Step::recipient));
}

TEST_CASE("a mail to nobody is not sent", "[net][smtp]") {
  auto mail = some_mail();
  mail.recipients.clear();
  Dialogue d{{.name = "x"}, mail};
  d.on(kGreeting), d.on(kAuth);
  CHECK(d.on("250 ok\r\n") == "QUIT\r\n");
  CHECK(d.cause() == Cause::nobody);
}

TEST_CASE("a mail whose attachment goes away is not ended with a dot", "[net][smtp]") {
  auto mail = some_mail();
  mail.attachments = {{"x", 9000, [](std::size_t at, std::size_t most) { return Bytes(at < 5000 ? most : 0); }}};
  Dialogue d{with_user(), mail};
  d.on(kGreeting), d.on(kAuth), d.on("334 \r\n"), d.on("334 \r\n"), d.on("235 \r\n");
  tell_recipients(d);
  const auto said = d.on("354 go\r\n");
  CHECK(said.find("\r\n.\r\n") == std::string::npos);
  CHECK(d.cause() == Cause::unreadable);
  CHECK(d.client.state() == State::over);
}

TEST_CASE("the message is made while it is fetched", "[net][smtp]") {
  auto mail = some_mail();
  std::size_t asked = 0;
  mail.attachments = {{"x", 102400, [&](std::size_t at, std::size_t most) {
                         asked = at + most;
                         return Bytes(most);
                       }}};
  Dialogue d{with_user(), mail};
  d.on(kGreeting), d.on(kAuth), d.on("334 \r\n"), d.on("334 \r\n"), d.on("235 \r\n");
  tell_recipients(d);
  d.client.receive(as_bytes("354 go\r\n"));
  std::size_t taken = 0;
  while (taken < 20000) {
    const auto bytes = d.client.take_outgoing(1460);
    taken += bytes.size();
    CHECK(asked < taken + 8192);
  }
  const auto more = d.client.take_outgoing(1000);
  d.client.put_back(ByteSpan{more}.subspan(400));
  const auto again = d.client.take_outgoing(600);
  CHECK(again == Bytes(more.begin() + 400, more.end()));
}

TEST_CASE("a mail arrives as it was given, in pieces of any size", "[net][smtp]") {
  const auto piece = GENERATE(1U, 7U, 1460U);
  auto mail = some_mail();
  const Bytes content(3001, 0xA5);
  mail.attachments = {{"x.bin", content.size(), [&](std::size_t at, std::size_t most) {
                         return Bytes(
                             content.begin() + static_cast<std::ptrdiff_t>(at),
                             content.begin() + static_cast<std::ptrdiff_t>(std::min(at + most, content.size())));
                       }}};
  Wire wire{with_user(), {}, mail};
  wire.run(piece);
  CHECK(wire.client.sent());
  REQUIRE(wire.box.size() == 1);
  const auto& delivery = wire.box.front();
  CHECK(delivery.hello == "[10.0.0.1]");
  CHECK(delivery.user == "u");
  CHECK_FALSE(delivery.secure);
  CHECK(delivery.sender == "meter7@example.org");
  CHECK(delivery.recipients == std::vector<std::string>{"a@example.org", "b@example.org", "c@example.org"});
  const auto part = taken_apart(delivery.text);
  REQUIRE(part.parts.size() == 2);
  CHECK(part.parts[0].body == "All is well.\r\n.\r\n..dots");
  CHECK(part.parts[1].body == to_text(content));
}

TEST_CASE("STARTTLS with a server of ours", "[net][smtp]") {
  auto settings = with_user();
  settings.start_tls = true;
  Server::Config config;
  config.auth_needs_tls = true;
  config.offers_tls = GENERATE(true, false);
  Wire wire{settings, config};
  wire.run(GENERATE(1U, 1000U));
  CHECK(wire.client.sent() == config.offers_tls);
  CHECK(wire.handshakes == (config.offers_tls ? 1 : 0));
  REQUIRE(wire.box.size() == (config.offers_tls ? 1 : 0));
  if (config.offers_tls) CHECK(wire.box.front().secure);
  CHECK((wire.said.find("AUTH") != std::string::npos) == config.offers_tls);
}

TEST_CASE("an answer injected behind that to STARTTLS is found out", "[net][smtp]") {
  auto settings = with_user();
  settings.start_tls = true;
  auto config =
      config_with({.at = "STARTTLS", .match = "", .kind = Trouble::Kind::inject, .text = "250 AUTH LOGIN\r\n"});
  config.offers_tls = true;
  Wire wire{settings, config};
  wire.run(GENERATE(1U, 1000U));
  CHECK(wire.client.failure().value().cause == Cause::injected);
  CHECK(wire.handshakes == 0);
  CHECK(wire.said.find("AUTH") == std::string::npos);
}

TEST_CASE("every verb refused, dropped and stalled", "[net][smtp]") {
  struct Case {
    const char* at;
    const char* match;
    Step step;
  };
  const auto one = GENERATE(values<Case>({{"CONNECT", "", Step::greeting},
                                          {"HELO", "", Step::hello},
                                          {"STARTTLS", "", Step::start_tls},
                                          {"AUTH", "", Step::authentication},
                                          {"MAIL", "", Step::sender},
                                          {"RCPT", "a@", Step::recipient},
                                          {"RCPT", "c@", Step::recipient},
                                          {"DATA", "", Step::data},
                                          {".", "", Step::message}}));
  const auto kind = GENERATE(Trouble::Kind::refuse, Trouble::Kind::drop, Trouble::Kind::stall);
  const auto code = GENERATE(421, 450, 554);
  auto settings = with_user();
  auto config = config_with({.at = one.at, .match = one.match, .kind = kind, .code = code, .text = "not today"});
  config.extended = one.step != Step::hello;
  config.offers_tls = settings.start_tls = one.step == Step::start_tls;
  Wire wire{settings, config};
  wire.run();
  if (kind == Trouble::Kind::stall) {
    CHECK_FALSE(wire.client.failure());
    wire.client.time_out();
  }
  CHECK(wire.client.state() == State::over);
  CHECK_FALSE(wire.client.sent());
  CHECK(wire.box.empty());
  REQUIRE(wire.client.failure());
  CHECK(wire.client.failure()->step == one.step);
  if (kind == Trouble::Kind::refuse) {
    CHECK(wire.client.failure()->cause == Cause::refused);
    CHECK(wire.client.failure()->code == code);
    CHECK(describe(*wire.client.failure()).ends_with(fmt::format("was refused: {} not today", code)));
    CHECK(wire.said.ends_with("QUIT\r\n") == (code != 421));
  }
}

TEST_CASE("a server's text is printable where it is told", "[net][smtp]") {
  Dialogue d;
  d.on("554 go\x1b[31m away\x07\r\n");
  CHECK(describe(*d.client.failure()) == "the greeting was refused: 554 go\\x1b[31m away\\x07");
  CHECK(d.log.text.find('\x1b') == std::string::npos);
}

TEST_CASE("a server of ours holds a client to the order of things", "[net][smtp]") {
  std::vector<Delivery> box;
  Server::Config config;
  config.users = {{"u", "p"}};
  config.needs_auth = true;
  config.limit = 1000;
  config.base64 = to_base64;
  config.unbase64 = from_base64;
  bool room = true;
  std::vector<std::string> commands;
  config.on_command = [&](std::string_view line) { commands.emplace_back(line); };
  config.deliver = [&](const Delivery& delivery) {
    if (room) box.push_back(delivery);
    return room;
  };
  Server server{config};
  const auto on = [&](const std::string& line) {
    server.receive(as_bytes(line + "\r\n"));
    return to_text(server.take_outgoing()).substr(0, 3);
  };
  server.start();
  CHECK(to_text(server.take_outgoing()) == "220 mail.example ESMTP quasimodem\r\n");
  CHECK(on("FROB") == "500");
  CHECK(on("MAIL FROM:<a@b>") == "503");
  CHECK(on("ehlo x") == "250");
  CHECK(on("MAIL FROM:<a@b>") == "530");
  CHECK(on("STARTTLS") == "502");
  CHECK(on("AUTH CRAM-MD5") == "504");
  CHECK(on("AUTH PLAIN ====") == "501");
  CHECK(on("AUTH PLAIN " + to_base64(as_bytes("up"))) == "501");
  CHECK(on("AUTH LOGIN") == "334");
  CHECK(on("*") == "501");
  CHECK(on("AUTH LOGIN dQ==") == "334");
  CHECK(on("dQ==") == "535");
  CHECK(on("AUTH PLAIN") == "334");
  CHECK(on(to_base64(as_bytes(std::string{"\0u\0p", 4}))) == "235");
  CHECK(on("AUTH LOGIN") == "503");
  CHECK(on("RCPT TO:<a@b>") == "503");
  CHECK(on("DATA") == "503");
  CHECK(on("MAIL FROM:a@b") == "501");
  CHECK(on("MAIL FROM:<a@b> SIZE=1001") == "552");
  CHECK(on("MAIL FROM:<a@b> SIZE=99999999999999999999") == "552");
  CHECK(on("MAIL FROM:<> SIZE=1000") == "250");
  CHECK(on("MAIL FROM:<a@b>") == "503");
  CHECK(on("DATA") == "503");
  CHECK(on("RCPT TO:<>") == "501");
  for (std::size_t i = 0; i < Server::kMostRecipients; ++i) CHECK(on("RCPT TO:<a@b>") == "250");
  CHECK(on("RCPT TO:<a@b>") == "452");
  CHECK(on("RSET") == "250");
  CHECK(on("NOOP") == "250");
  CHECK(on("DATA") == "503");
  CHECK(on("MAIL FROM:<a@b>") == "250");
  CHECK(on("RCPT TO:<a@b>") == "250");
  CHECK(on("DATA") == "354");
  CHECK(on(std::string(999, 'x') + "\r\n.") == "552");
  CHECK(box.empty());
  CHECK(on("MAIL FROM:<a@b>") == "250");
  CHECK(on("RCPT TO:<a@b>") == "250");
  CHECK(on("DATA") == "354");
  CHECK(on("..x\r\ny\r\n.") == "250");
  REQUIRE(box.size() == 1);
  CHECK(box.front().text == ".x\r\ny\r\n");
  room = false;
  CHECK(on("MAIL FROM:<a@b>") == "250");
  CHECK(on("RCPT TO:<a@b>") == "250");
  CHECK(on("DATA") == "354");
  CHECK(on("lost\r\n.") == "451");
  CHECK(on("QUIT") == "221");
  CHECK(server.over());
  // What is told has no secrets.
  CHECK(commands.size() > 100);
  CHECK(commands.front() == "FROB");
  CHECK(std::count(commands.begin(), commands.end(), "AUTH PLAIN") == 3);
  CHECK(std::count(commands.begin(), commands.end(), "AUTH LOGIN") == 3);
  for (const auto& line : commands) CHECK(line.find("dQ==") == std::string::npos);
}

TEST_CASE("what follows STARTTLS in clear never counts as said through TLS", "[net][smtp]") {
  Server::Config config;
  config.offers_tls = true;
  Server server{config};
  server.start();
  server.receive(as_bytes("EHLO x\r\n"));
  server.take_outgoing();
  SECTION("in one piece") {
    server.receive(as_bytes("STARTTLS\r\nMAIL FROM:<injected@b>\r\n"));
    CHECK(to_text(server.take_outgoing()).starts_with("554 "));
  }
  SECTION("half a line") {
    server.receive(as_bytes("STARTTLS\r\nMA"));
    CHECK(to_text(server.take_outgoing()).starts_with("554 "));
  }
  SECTION("in a piece of its own, before the answer was taken") {
    server.receive(as_bytes("STARTTLS\r\n"));
    CHECK_FALSE(server.starts_tls());
    server.receive(as_bytes("MAIL FROM:<injected@b>\r\n"));
    CHECK(to_text(server.take_outgoing()).find("\r\n554 ") != std::string::npos);
  }
  CHECK_FALSE(server.starts_tls());
  CHECK(server.over());
}

TEST_CASE("a server of ours keeps no line without end", "[net][smtp]") {
  Wire wire;
  wire.server.start();
  for (int i = 0; i < 100 && !wire.server.over(); ++i) wire.server.receive(Bytes(100, 'x'));
  CHECK(wire.server.over());
  CHECK(to_text(wire.server.take_outgoing()).ends_with("500 line too long\r\n"));
}

TEST_CASE("a client that speaks on behind STARTTLS is left", "[net][smtp]") {
  Server::Config config;
  config.offers_tls = true;
  Wire wire{with_user(), config};
  wire.server.start();
  wire.server.receive(as_bytes("EHLO x\r\nSTARTTLS\r\nEHLO y\r\n"));
  CHECK(to_text(wire.server.take_outgoing()).ends_with("554 nothing may follow STARTTLS\r\n"));
  CHECK(wire.server.over());
  CHECK_FALSE(wire.server.starts_tls());
}
