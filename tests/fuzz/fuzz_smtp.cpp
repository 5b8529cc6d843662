// SPDX-License-Identifier: Apache-2.0
// SMTP from both sides: what a server says to the client, what a client says to the server of ours, and a mail made of
// anything. The first octet says into how large pieces it is cut, and what the client wants; in what a server says a
// line of `%` is the moment when TLS is up.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "net/smtp/client.hpp"
#include "net/smtp/server.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using namespace quasimodem::net::smtp;

namespace {

/// No more than a stand-in: only that it is ASCII without line ends counts here.
std::string hexadecimal(ByteSpan octets) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto octet : octets) text += {kDigits[octet >> 4U], kDigits[octet & 15U]};
  return text;
}

std::optional<Bytes> from_hexadecimal(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  return to_bytes(text.substr(0, text.size() / 2));
}

/// A byte stream cut: each with the same piece.
template <class Take>
void in_pieces(ByteSpan input, std::size_t length, const Take& take) {
  for (std::size_t at = 0; at < input.size(); at += length)
    take(input.subspan(at, std::min(length, input.size() - at)));
}

void check_lines(std::string_view text, std::size_t longest) {
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    fuzz::require(end != std::string_view::npos, "every line ends with CR LF");
    fuzz::require(end <= longest, "no line is too long");
    fuzz::require(text.substr(0, end).find_first_of("\r\n") == std::string_view::npos, "no bare CR or LF");
    text.remove_prefix(end + 2);
  }
}

Mail mail_of(std::string_view text) {
  const auto part = [&](std::size_t number) {
    return std::string{text.substr(text.size() / 4 * number, text.size() / 4)};
  };
  return {.sender_name = part(0),
          .sender = "m@example.org",
          .recipients = {{Field::to, "a@example.org"}, {Field::bcc, part(1)}},
          .subject = {static_cast<Charset>(text.size() % 4), part(2)},
          .body = {static_cast<Charset>(text.size() / 4 % 4), part(3)},
          .attachments = {}};
}

/// Whatever a server says, the client ends, and in style 2 says nothing but EHLO, STARTTLS and QUIT in clear.
void listen_to_server(ByteSpan input, std::size_t length, bool start_tls) {
  const auto mail = mail_of("");
  Client client{{.name = "x", .start_tls = start_tls, .authenticate = true, .user = "u", .password = "p"},
                mail,
                {.date = {}, .id = "1", .base64 = hexadecimal},
                {}};
  bool secure = !start_tls;
  std::string said;
  in_pieces(input, length, [&](ByteSpan bytes) {
    if (client.state() == Client::State::wants_tls && bytes.front() == '%') {
      client.tls_started();
      secure = true;
    } else {
      client.receive(bytes);
    }
    std::string now;
    for (auto out = client.take_outgoing(length); !out.empty(); out = client.take_outgoing(length)) now += as_text(out);
    const bool harmless = now.empty() || now.starts_with("EHLO ") || now.starts_with("HELO ") ||
                          now == "STARTTLS\r\n" || now == "QUIT\r\n";
    fuzz::require(secure || harmless, "nothing of the mail goes in clear");
    check_lines(now, 998);
    said += now;
  });
  fuzz::require(!client.sent() || said.find("\r\n.\r\n") != std::string::npos, "what is sent was sent");
  client.input_ended();
  fuzz::require(client.state() == Client::State::over, "the end of the stream ends it");
  fuzz::require(client.sent() != client.failure().has_value(), "sent or failed");
  if (client.failure()) fuzz::require(!describe(*client.failure()).empty(), "a failure has its words");
}

std::string replies(ByteSpan input, std::size_t length) {
  ReplyReader reader;
  std::string read;
  in_pieces(input, length, [&](ByteSpan bytes) {
    reader.add(bytes);
    while (const auto reply = reader.next()) read += std::to_string(reply->code) + reply->text() + '\n';
  });
  return read + (reader.malformed() ? "malformed" : "");
}

struct Heard {
  std::string said;
  std::vector<std::string> mails;
  bool operator==(const Heard&) const = default;
};

Heard listen_to_client(ByteSpan input, std::size_t length) {
  Heard heard;
  Server server{{.users = {{"", ""}},
                 .limit = 5000,
                 .base64 = hexadecimal,
                 .unbase64 = from_hexadecimal,
                 .deliver = [&](const Delivery& delivery) {
                   heard.mails.push_back(delivery.text);
                   return true;
                 }}};
  server.start();
  in_pieces(input, length, [&](ByteSpan bytes) { server.receive(bytes); });
  server.input_ended();
  heard.said = to_text(server.take_outgoing());
  check_lines(heard.said, 998);
  for (const auto& mail : heard.mails) fuzz::require(mail.size() <= 5000, "a mail has its limit");
  return heard;
}

void write_mail(ByteSpan input, bool eight_bit) {
  auto mail = mail_of(as_text(input));
  mail.attachments = {{mail.sender_name, input.size(), [&](std::size_t at, std::size_t most) {
                         const auto some = input.subspan(at, std::min(most, input.size() - at));
                         return Bytes{some.begin(), some.end()};
                       }}};
  Message message{mail, {.date = {}, .id = "1", .eight_bit = eight_bit, .base64 = hexadecimal}};
  std::string text;
  for (auto piece = message.next(); !piece.empty(); piece = message.next()) text += piece;
  check_lines(text, 998);
  fuzz::require(!message.unreadable(), "an attachment that is there is read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto input = ByteSpan{data, size}.subspan(1);
  const auto length = 1 + std::size_t{data[0]} / 2;
  const bool odd = data[0] % 2 != 0;
  listen_to_server(input, length, odd);
  listen_to_server(input, 1, odd);
  fuzz::require(replies(input, length) == replies(input, 1), "pieces make no difference to replies");
  fuzz::require(listen_to_client(input, length) == listen_to_client(input, 1), "nor to a server of ours");
  write_mail(input, odd);
  return 0;
}
