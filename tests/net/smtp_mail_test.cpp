// SPDX-License-Identifier: Apache-2.0
// What a mail looks like, found out by taking it apart.
#include <algorithm>

#include "net/smtp/mail.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mime.hpp"

using namespace quasimodem;
using namespace quasimodem::net::smtp;
using namespace quasimodem::test;

namespace {

constexpr UtcTime kDate{std::chrono::seconds{1'796'068'016}};

Mail mail_from_transcript() {
  return {.sender_name = "Meter 7",
          .sender = "meter7@example.org",
          .recipients = {{Field::to, "a@example.org"}, {Field::cc, "b@example.org"}, {Field::bcc, "c@example.org"}},
          .subject = {Charset::us_ascii, "Report"},
          .body = {Charset::utf_8, "All is well."},
          .attachments = {}};
}

Attachment attachment(std::string name, Bytes content) {
  const auto size = content.size();
  return {std::move(name), size, [content = std::move(content)](std::size_t at, std::size_t most) {
            const auto rest = ByteSpan{content}.subspan(std::min(at, content.size()));
            const auto some = rest.first(std::min(most, rest.size()));
            return Bytes{some.begin(), some.end()};
          }};
}

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return bytes;
}

std::string written(const Mail& mail, bool eight_bit = false, std::string id = "1") {
  Message message{mail, {.date = kDate, .id = std::move(id), .eight_bit = eight_bit, .base64 = to_base64}};
  std::string text;
  for (auto piece = message.next(); !piece.empty(); piece = message.next()) {
    CHECK(piece.size() <= 4096);
    text += piece;
  }
  CHECK_FALSE(message.unreadable());
  CHECK(message.size() == text.size());
  return text;
}

MimePart read(const Mail& mail, bool eight_bit = false) { return taken_apart(written(mail, eight_bit)); }

}  // namespace

TEST_CASE("a plain mail, octet by octet", "[net][smtp]") {
  CHECK(written(mail_from_transcript()) ==
        "Date: Mon, 30 Nov 2026 19:46:56 +0000\r\n"
        "From: \"Meter 7\" <meter7@example.org>\r\n"
        "To: <a@example.org>\r\n"
        "Cc: <b@example.org>\r\n"
        "Subject: Report\r\n"
        "Message-ID: <1@example.org>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "All is well.\r\n");
}

TEST_CASE("the date, in all its parts", "[net][smtp]") {
  auto mail = mail_from_transcript();
  mail.body.text.clear();
  const auto date = [&](std::int64_t seconds) {
    Message message{mail, {.date = UtcTime{std::chrono::seconds{seconds}}, .id = "1", .base64 = to_base64}};
    return taken_apart(message.next()).header("Date");
  };
  CHECK(date(0) == "Thu, 1 Jan 1970 00:00:00 +0000");
  CHECK(date(951'782'399) == "Mon, 28 Feb 2000 23:59:59 +0000");
  CHECK(date(951'782'400) == "Tue, 29 Feb 2000 00:00:00 +0000");
  CHECK(date(4'102'444'799) == "Thu, 31 Dec 2099 23:59:59 +0000");
}

TEST_CASE("a mail without a name, an id and a subject", "[net][smtp]") {
  auto mail = mail_from_transcript();
  mail.sender_name.clear();
  mail.subject.text.clear();
  const auto part = taken_apart(written(mail, false, ""));
  CHECK(part.header("From") == "<meter7@example.org>");
  CHECK(part.all("Subject") == std::vector<std::string>{""});
  CHECK(part.all("Message-ID").empty());
}

TEST_CASE("many recipients stand in folded lines, and nobody sees who is in Bcc", "[net][smtp]") {
  auto mail = mail_from_transcript();
  for (int i = 0; i < 17; ++i) mail.recipients.push_back({Field::to, "number" + std::to_string(i) + "@example.org"});
  const auto text = written(mail);
  for (const auto& line : mime::lines_of(text)) CHECK(line.size() <= 78);
  const auto part = taken_apart(text);
  CHECK(part.header("To").starts_with("<a@example.org>, <number0@example.org>, "));
  CHECK(part.header("Cc") == "<b@example.org>");
  CHECK(part.all("Bcc").empty());
  CHECK(text.find("c@example.org") == std::string::npos);
}

TEST_CASE("line ends of every kind become CR LF", "[net][smtp]") {
  const auto [given, sent] = GENERATE(table<std::string, std::string>({{"", "\r\n"},
                                                                       {"a", "a\r\n"},
                                                                       {"a\r\n", "a\r\n"},
                                                                       {"a\n", "a\r\n"},
                                                                       {"a\r", "a\r\n"},
                                                                       {"a\rb\nc\r\nd", "a\r\nb\r\nc\r\nd\r\n"},
                                                                       {"\n\r\r\n", "\r\n\r\n\r\n"},
                                                                       {"a\n\rb", "a\r\n\r\nb\r\n"}}));
  auto mail = mail_from_transcript();
  mail.body.text = given;
  CHECK(read(mail).body == sent);
  mail.attachments.push_back(attachment("x", {}));
  const auto lines_alone = given.empty() || given.find_last_of("\r\n") == given.size() - 1
                               ? (given.empty() ? "" : sent)
                               : sent.substr(0, sent.size() - 2);
  CHECK(read(mail).parts.at(0).body == lines_alone);
}

TEST_CASE("a text of any size comes whole over the edges of the pieces", "[net][smtp]") {
  const auto size = GENERATE(2735U, 2736U, 2737U, 5471U, 5472U, 10240U);
  const std::string text = GENERATE("x\n", "\n", "\xC3\xBC\r\n");
  auto mail = mail_from_transcript();
  while (mail.body.text.size() < size) mail.body.text += text;
  auto expected = mail.body.text;
  if (text.find('\r') == std::string::npos)
    for (std::size_t at = 0; (at = expected.find('\n', at)) != std::string::npos; at += 2) expected.insert(at, "\r");
  const bool eight_bit = GENERATE(false, true);
  CHECK(read(mail, eight_bit).body == expected);
  mail.attachments.push_back(attachment("x", pattern(1)));
  CHECK(read(mail, eight_bit).parts.at(0).body == expected);
}

TEST_CASE("a text is sent as it is where the server takes that, else as base64", "[net][smtp]") {
  const auto charset = GENERATE(Charset::us_ascii, Charset::utf_8, Charset::gb2312, Charset::big5);
  auto mail = mail_from_transcript();
  mail.body = {charset, "\xC4\xE3\xBA\xC3\nxyz"};
  for (const bool eight_bit : {false, true}) {
    const auto part = read(mail, eight_bit);
    CHECK(part.header("Content-Type") == "text/plain; charset=" + std::string{name_of(charset)});
    CHECK(part.header("Content-Transfer-Encoding") == (eight_bit ? "8bit" : "base64"));
    CHECK(part.body.starts_with("\xC4\xE3\xBA\xC3\r\nxyz"));
  }
  mail.attachments.push_back(attachment("x", pattern(3)));
  CHECK(read(mail, true).header("Content-Transfer-Encoding") == "8bit");
  CHECK(read(mail, false).header("Content-Transfer-Encoding").empty());
}

TEST_CASE("a line that is too long for a mail, and a NUL, make it base64", "[net][smtp]") {
  auto mail = mail_from_transcript();
  mail.body.text = std::string(998, 'x') + "\n" + std::string(998, 'y');
  CHECK(read(mail, true).header("Content-Transfer-Encoding") == "7bit");
  mail.body.text = std::string(999, 'x');
  CHECK(read(mail, true).header("Content-Transfer-Encoding") == "base64");
  CHECK(read(mail, true).body == mail.body.text);
  mail.body.text = std::string(3, '\0');
  CHECK(read(mail, true).header("Content-Transfer-Encoding") == "base64");
  CHECK(read(mail, true).body == mail.body.text);
}

TEST_CASE("a subject that is not ASCII stands in words of RFC 2047 that cut no character", "[net][smtp]") {
  struct Case {
    Charset charset;
    std::string character;
  };
  const auto [set, character] = GENERATE(values<Case>({{Charset::utf_8, "\xC3\xBC"},
                                                       {Charset::utf_8, "\xE4\xBD\xA0"},
                                                       {Charset::utf_8, "\xF0\x9F\x98\x80"},
                                                       {Charset::gb2312, "\xC4\xE3"},
                                                       {Charset::big5, "\xA7\x41"}}));
  const auto charset = set;
  const auto count = GENERATE(1U, 10U, 17U, 60U);
  auto mail = mail_from_transcript();
  mail.subject = {charset, "x"};
  for (std::size_t i = 0; i < count; ++i) mail.subject.text += character;
  const auto text = written(mail);
  for (const auto& line : mime::lines_of(text)) CHECK(line.size() <= 76);
  std::string name;
  CHECK(decoded_words(taken_apart(text).header("Subject"), &name) == mail.subject.text);
  CHECK(name == name_of(charset));
  for (auto at = text.find("?B?"); at != std::string::npos; at = text.find("?B?", at + 1)) {
    const auto word = from_base64(std::string_view{text}.substr(at + 3, text.find("?=", at + 3) - at - 3));
    REQUIRE(word);
    const auto characters = word->size() - (word->front() == 'x' ? 1 : 0);
    CHECK(characters % character.size() == 0);
  }
}

TEST_CASE("octets that are no characters of their set are sent all the same", "[net][smtp]") {
  auto mail = mail_from_transcript();
  const auto charset = GENERATE(Charset::us_ascii, Charset::utf_8, Charset::gb2312, Charset::big5);
  for (const std::string text : {"\xFF", "\xC3", "\xE4\xBD", "x\x80\x80\x80", "\xF5\x80\x80\x80", "\xC0\x80\xED"}) {
    mail.subject = {charset, text};
    CHECK(decoded_words(read(mail).header("Subject")) == text);
    mail.body = {charset, text};
    CHECK(read(mail, false).body == text);
  }
}

TEST_CASE("a name that is not ASCII has the subject's character set, and UTF-8 beside an ASCII one", "[net][smtp]") {
  auto mail = mail_from_transcript();
  mail.sender_name = "Z\xC3\xA4hler";
  std::string charset;
  CHECK(decoded_words(read(mail).header("From"), &charset) == "Z\xC3\xA4hler <meter7@example.org>");
  CHECK(charset == "utf-8");
  mail.sender_name = "\xC4\xE3";
  mail.subject = {Charset::gb2312, "\xC4\xE3"};
  CHECK(decoded_words(read(mail).header("From"), &charset) == "\xC4\xE3 <meter7@example.org>");
  CHECK(charset == "gb2312");
}

TEST_CASE("a name is quoted", "[net][smtp]") {
  auto mail = mail_from_transcript();
  mail.sender_name = "A \"B\" \\ <c@d>, e";
  CHECK(read(mail).header("From") == "\"A \\\"B\\\" \\\\ <c@d>, e\" <meter7@example.org>");
}

TEST_CASE("no field puts a header in, and none a line that is too long", "[net][smtp]") {
  const std::string evil =
      GENERATE(std::string{"x\r\nBcc: <victim@example.org>\r\n\r\nbody"}, std::string{"x\nX-Header: 1"},
               std::string{"x\rX-Header: 1"}, std::string("x\0y", 3), std::string(1, '\x7F'), std::string(5000, 'x'),
               std::string(5000, '\xFC') + "\r\nX-Header: 1");
  auto mail = mail_from_transcript();
  mail.sender_name = mail.subject.text = evil;
  mail.attachments = {attachment(evil, pattern(10))};
  const auto part = read(mail);
  std::vector<std::string> names;
  for (const auto& [name, value] : part.headers) names.push_back(name);
  CHECK(names ==
        std::vector<std::string>{"Date", "From", "To", "Cc", "Subject", "Message-ID", "MIME-Version", "Content-Type"});
  CHECK(part.parts.at(1).headers.size() == 3);
  CHECK(part.parts.at(1).body == to_text(pattern(10)));
}

TEST_CASE("an address that a command cannot hold is not sendable", "[net][smtp]") {
  CHECK(sendable("a@b"));
  CHECK(sendable("postmaster"));
  CHECK(sendable(std::string(254, 'x')));
  for (const std::string address : {"", "a b@c", "a\r\nRCPT TO:<x@y>", "a\n", "<a@b>", "a>b", "\xC3\xBC@b", "a\x7F@b"})
    CHECK_FALSE(sendable(address));
  CHECK_FALSE(sendable(std::string(255, 'x')));
}

TEST_CASE("attachments come whole, whatever their size and name", "[net][smtp]") {
  auto mail = mail_from_transcript();
  const auto size = GENERATE(0U, 1U, 56U, 57U, 58U, 2736U, 2737U, 102400U);
  mail.attachments = {attachment("log.txt", to_bytes("line 1\n")), attachment("a \"b\".bin", pattern(size)),
                      attachment("\xC3\xBC.bin", pattern(2)), attachment("\xFC.bin", pattern(2))};
  const auto part = read(mail);
  REQUIRE(part.parts.size() == 5);
  CHECK(part.header("Content-Type").starts_with("multipart/mixed; boundary=\"=_"));
  CHECK(part.parts[0].body == "All is well.");
  CHECK(part.parts[0].header("Content-Type") == "text/plain; charset=utf-8");
  CHECK(part.parts[1].body == "line 1\n");
  CHECK(part.parts[1].header("Content-Type") == "application/octet-stream");
  CHECK(part.parts[1].header("Content-Disposition") == "attachment; filename=\"log.txt\"");
  CHECK(part.parts[2].body == to_text(pattern(size)));
  CHECK(part.parts[2].header("Content-Disposition") == "attachment; filename=\"a \\\"b\\\".bin\"");
  CHECK(part.parts[3].header("Content-Disposition") == "attachment; filename*=utf-8''%C3%BC.bin");
  CHECK(part.parts[4].header("Content-Disposition") == "attachment; filename*=''%FC.bin");
}

TEST_CASE("a text that has the boundary in it gets another", "[net][smtp]") {
  auto mail = mail_from_transcript();
  mail.attachments = {attachment("x", pattern(5))};
  const auto type = read(mail).header("Content-Type");
  const auto begin = type.find('"') + 1;
  const auto boundary = type.substr(begin, type.rfind('"') - begin);
  mail.body.text = "before\r\n--" + boundary + "--\r\nbehind";
  const auto part = read(mail);
  CHECK(part.header("Content-Type") != type);
  CHECK(part.parts.at(0).body == mail.body.text);
  CHECK(part.parts.at(1).body == to_text(pattern(5)));
}

TEST_CASE("an attachment that is read in small pieces is the same", "[net][smtp]") {
  auto mail = mail_from_transcript();
  const auto content = pattern(6000);
  mail.attachments = {{"x", content.size(), [&](std::size_t at, std::size_t most) {
                         const auto some = ByteSpan{content}.subspan(at, std::min<std::size_t>(most, 100));
                         return Bytes{some.begin(), some.end()};
                       }}};
  CHECK(read(mail).parts.at(1).body == to_text(content));
}

TEST_CASE("an attachment that shrinks or grows while it is read ends the message", "[net][smtp]") {
  auto mail = mail_from_transcript();
  const bool grows = GENERATE(false, true);
  mail.attachments = {{"x", 6000, [&](std::size_t at, std::size_t most) {
                         return at < 3000 ? Bytes(std::min<std::size_t>(most, 500)) : Bytes(grows ? most + 1 : 0);
                       }}};
  Message message{mail, {.date = kDate, .id = "1", .base64 = to_base64}};
  std::string text;
  for (auto piece = message.next(); !piece.empty(); piece = message.next()) text += piece;
  CHECK(message.unreadable());
  CHECK(message.next().empty());
  CHECK(text.size() < message.size());
}

TEST_CASE("a dot that begins a line is doubled, in pieces too", "[net][smtp]") {
  const std::string text = ".\r\n..x\r\ny.\r\n.z";
  const auto length = GENERATE(1U, 2U, 3U, 100U);
  DotStuffing stuffing;
  std::string stuffed;
  for (std::size_t at = 0; at < text.size(); at += length) stuffed += stuffing(text.substr(at, length));
  CHECK(stuffed == "..\r\n...x\r\ny.\r\n..z");
  CHECK(stuffing.end() == "\r\n.\r\n");
  stuffing("\r\n");
  CHECK(stuffing.end() == ".\r\n");
}
