// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "net/http/exchange.hpp"
#include "net/http/server.hpp"
#include "net/http/url.hpp"
#include "tests/support/catch.hpp"

namespace quasimodem::net::http {
namespace {

using State = ResponseReader::State;
using Failure = ResponseReader::Failure;

/// Feeds in pieces and reads whatever comes.
std::string body_of(ResponseReader& reader, std::string_view octets, std::size_t piece) {
  std::string body;
  while (!octets.empty() && reader.state() != State::failed) {
    const auto part = octets.substr(0, std::min(piece, reader.room()));
    if (part.empty()) break;
    reader.feed(as_bytes(part));
    octets.remove_prefix(part.size());
    body += to_text(reader.read(ResponseReader::kBodyBuffer * 4));
  }
  return body;
}

struct Read {
  State state;
  Failure failure;
  std::string body;
};
Read read(std::string_view octets, std::size_t piece) {
  ResponseReader reader;
  auto body = body_of(reader, octets, piece);
  return {reader.state(), reader.failure(), std::move(body)};
}

constexpr std::size_t kPieces[] = {1, 2, 7, 4096};

}  // namespace

TEST_CASE("a body with Content-Length ends with it", "[http]") {
  for (const auto piece : kPieces) {
    ResponseReader reader;
    const auto body = body_of(reader, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", piece);
    CHECK(body == "hello");
    CHECK(reader.state() == State::complete);
    CHECK(reader.head()->status == 200);
    CHECK(reader.head()->reason == "OK");
    CHECK(reader.head()->content_length == 5);
  }
}

TEST_CASE("the head is there before the body", "[http]") {
  ResponseReader reader;
  reader.feed(as_bytes("HTTP/1.1 404 Nowhere to be seen\r\nContent-Length: 3\r\n\r\n"));
  CHECK(reader.state() == State::body);
  CHECK(reader.head()->status == 404);
  CHECK(reader.head()->reason == "Nowhere to be seen");
  CHECK(reader.available() == 0);
}

TEST_CASE("no body at all", "[http]") {
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1).state == State::complete);
  CHECK(read("HTTP/1.1 204 No Content\r\n\r\n", 3).state == State::complete);
  ResponseReader head_only{true};
  head_only.feed(as_bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
  CHECK(head_only.state() == State::complete);
}

TEST_CASE("chunks are put together, trailers dropped", "[http]") {
  for (const auto piece : kPieces) {
    const auto octets =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nhel\r\n4;name=value\r\nlo, \r\n5\r\nworld\r\n0\r\nX-Sum: 1\r\n\r\n";
    ResponseReader reader;
    CHECK(body_of(reader, octets, piece) == "hello, world");
    CHECK(reader.state() == State::complete);
    CHECK_FALSE(reader.head()->content_length);
  }
}

TEST_CASE("a body without a length lasts until the server closes", "[http]") {
  for (const auto piece : kPieces) {
    ResponseReader reader;
    CHECK(body_of(reader, "HTTP/1.0 200 OK\r\n\r\nuntil the end", piece) == "until the end");
    CHECK(reader.state() == State::body);
    reader.end_of_input();
    CHECK(reader.state() == State::complete);
  }
}

TEST_CASE("1xx is passed over", "[http]") {
  for (const auto piece : kPieces) {
    ResponseReader reader;
    const auto body = body_of(reader,
                              "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 201 "
                              "Created\r\nContent-Length: 2\r\n\r\nok",
                              piece);
    CHECK(body == "ok");
    CHECK(reader.head()->status == 201);
    CHECK(reader.state() == State::complete);
  }
}

TEST_CASE("what is no response is told apart from one that ends early", "[http]") {
  for (const auto piece : kPieces) {
    CHECK(read("220 ftp.example ready\r\n\r\n", piece).failure == Failure::no_http);
    CHECK(read("\x15\x03\x01\x02\x02\x28 not at all", piece).failure == Failure::no_http);
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", piece).failure == Failure::no_http);
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", piece).failure ==
          Failure::no_http);
    CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", piece).failure ==
          Failure::no_http);
    CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", piece).failure == Failure::no_http);
  }
  for (const auto* early : {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    ResponseReader reader;
    body_of(reader, early, 1);
    reader.end_of_input();
    CHECK(reader.failure() == Failure::cut_short);
  }
}

TEST_CASE("heads and chunk lines without end cost no memory", "[http]") {
  for (const auto piece : {std::size_t{1}, std::size_t{1000}, std::size_t{4096}}) {
    CHECK(read("HTTP/1.1 200 OK\r\nX: " + std::string(1024 * 1024, 'x'), piece).failure == Failure::too_long);
    CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(1024 * 1024, 'x'), piece)
              .failure == Failure::too_long);
  }
  std::string many = "HTTP/1.1 200 OK\r\n";
  while (many.size() < 1024 * 1024) many += "X-Field: value\r\n";
  CHECK(read(many, 4096).failure == Failure::too_long);
}

TEST_CASE("nothing is taken while the body waits", "[http]") {
  ResponseReader reader;
  reader.feed(as_bytes("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
  std::size_t fed = 0;
  while (const auto room = reader.room()) {
    reader.feed(Bytes(room, 'x'));
    fed += room;
  }
  CHECK(reader.available() == fed);
  CHECK(fed <= 2 * ResponseReader::kBodyBuffer);
  reader.read(fed);
  CHECK(reader.room() > 0);
}

TEST_CASE("what stands behind the response is dropped", "[http]") {
  const auto seen = read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 Oh\r\n\r\n", 4096);
  CHECK(seen.body == "ok");
  CHECK(seen.state == State::complete);
}

TEST_CASE("URLs", "[http]") {
  const auto plain = parse_url("http://web.example/a?b=c#d");
  REQUIRE(plain);
  CHECK_FALSE(plain->secure);
  CHECK(plain->host == "web.example");
  CHECK(plain->port == 80);
  CHECK(plain->target == "/a?b=c");
  CHECK(plain->authority() == "web.example");

  const auto secure = parse_url("HTTPS://10.0.0.1:8443");
  REQUIRE(secure);
  CHECK(secure->secure);
  CHECK(secure->port == 8443);
  CHECK(secure->target == "/");
  CHECK(secure->authority() == "10.0.0.1:8443");
  CHECK(parse_url("http://h?x=1")->target == "/?x=1");
  CHECK(parse_url("https://h:443/")->authority() == "h");

  for (const auto* bad : {"", "web.example", "ftp://web.example/a", "http://", "http:///a", "http://u:p@h/",
                          "http://h:0/", "http://h:65536/", "http://h:/", "http://h:8x/", "http://a b/", "http://h/a b",
                          "http://h/\r\nX: 1", "http://[::1]/", "http://h\x01/"}) {
    INFO(bad);
    REQUIRE_FALSE(parse_url(bad));
    CHECK(parse_url(bad).error() == UrlProblem::form);
  }
  CHECK(parse_url("http://" + std::string(100, 'h') + "/"));
  CHECK_FALSE(parse_url("http://" + std::string(101, 'h') + "/"));
  for (const auto* bad : {"http://300.1.1.1/", "http://1.2.3/", "http://1.2.3.4.5/", "http://1..2.3/"}) {
    INFO(bad);
    REQUIRE_FALSE(parse_url(bad));
    CHECK(parse_url(bad).error() == UrlProblem::address);
  }
}

TEST_CASE("requests", "[http]") {
  const auto url = *parse_url("http://web.example:8080/form");
  CHECK(to_text(get(url).octets) ==
        "GET /form HTTP/1.1\r\nHost: web.example:8080\r\nAccept: */*\r\nUser-Agent: QUECTEL_MODULE\r\n"
        "Connection: Keep-Alive\r\n\r\n");
  CHECK(to_text(post(url, as_bytes("a=1")).octets) ==
        "POST /form HTTP/1.1\r\nHost: web.example:8080\r\nAccept: */*\r\nUser-Agent: QUECTEL_MODULE\r\n"
        "Connection: Keep-Alive\r\nContent-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1");
  const auto own_words = own(as_bytes("DELETE /api HTTP/1.1\r\nHost: h\r\n\r\n"));
  REQUIRE(own_words);
  CHECK(own_words->line == "DELETE /api HTTP/1.1");
  CHECK_FALSE(own_words->answered_without_body);
  CHECK(own(as_bytes("HEAD / HTTP/1.1\r\n\r\n"))->answered_without_body);
  CHECK_FALSE(own(as_bytes("{\"a\":1}")));
  CHECK_FALSE(own(as_bytes("POST /api HTTP/1.1\r\nHost: h\r\n")));
}

TEST_CASE("our own server answers our own client", "[http]") {
  const auto site = std::make_shared<Site>();
  site->resources["/hello"] = {.content = "hello"};
  site->resources["/chunked"] = {.content = "hello, world", .framing = Resource::Framing::chunked, .chunk = 5};
  site->resources["/close"] = {.content = "until the end", .framing = Resource::Framing::until_close};
  site->resources["/silent"] = {.silent = true};
  const auto ask = [&](const Request& request, std::size_t piece) {
    ServerSession server{site};
    Exchange exchange{request};
    while (!exchange.all_sent()) {
      const auto part = exchange.outgoing().first(std::min(piece, exchange.outgoing().size()));
      server.receive(part);
      exchange.sent(part.size());
    }
    const auto answer = to_text(server.take_outgoing());
    auto body = body_of(exchange.response(), answer, piece);
    if (server.over()) exchange.response().end_of_input();
    return std::pair{exchange.response().head() ? exchange.response().head()->status : 0, body};
  };
  for (const auto piece : kPieces) {
    CHECK(ask(get(*parse_url("http://h/hello")), piece) == std::pair{200, std::string{"hello"}});
    CHECK(ask(get(*parse_url("http://h/chunked")), piece) == std::pair{200, std::string{"hello, world"}});
    CHECK(ask(get(*parse_url("http://h/close")), piece) == std::pair{200, std::string{"until the end"}});
    CHECK(ask(get(*parse_url("http://h/none")), piece) == std::pair{404, std::string{"not found"}});
    CHECK(ask(get(*parse_url("http://h/silent")), piece).first == 0);
  }
  ask(post(*parse_url("http://h/form"), as_bytes("a=1")), 2);
  CHECK(site->received.back().line == "POST /form HTTP/1.1");
  CHECK(to_text(site->received.back().body) == "a=1");
  CHECK(site->received.back().head.find("Content-Length: 3\r\n") != std::string::npos);
}

TEST_CASE("our own server refuses what is no request", "[http]") {
  ServerSession server{std::make_shared<Site>()};
  server.receive(as_bytes("\x16\x03\x01 hello?\r\n\r\n"));
  CHECK(to_text(server.take_outgoing()).starts_with("HTTP/1.1 400"));
  CHECK(server.over());
}

}  // namespace quasimodem::net::http
