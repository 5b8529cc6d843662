// SPDX-License-Identifier: Apache-2.0
// What a web server answers, and what somebody asks ours: however the octets are cut, the same comes of them, and no
// more is kept than the bounds allow.
#include <algorithm>
#include <memory>
#include <string>

#include "net/http/message_reader.hpp"
#include "net/http/server.hpp"
#include "net/http/url.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using namespace quasimodem::net::http;

namespace {

using State = ResponseReader::State;

struct Outcome {
  State state;
  ResponseReader::Failure failure;
  int status;
  std::string body;
  bool operator==(const Outcome&) const = default;
};

Outcome read(ByteSpan input, std::size_t piece) {
  ResponseReader reader;
  Outcome outcome{};
  const auto take = [&] {
    const auto octets = reader.read(1 + piece);
    outcome.body += as_text(octets);
    return !octets.empty();
  };
  while (!input.empty() && reader.state() != State::complete && reader.state() != State::failed) {
    const auto room = reader.room();
    fuzz::require(room > 0 || reader.available() > 0, "it takes octets or has some to give");
    const auto part = input.first(std::min({input.size(), piece, room}));
    reader.feed(part);
    input = input.subspan(part.size());
    fuzz::require(reader.available() <= 2 * ResponseReader::kBodyBuffer + ResponseReader::kLongestHead, "bounded");
    if (reader.room() == 0 || piece % 2 == 0) {
      while (take()) {
      }
    }
  }
  reader.end_of_input();
  while (take()) {
  }
  outcome.state = reader.state();
  outcome.failure = reader.failure();
  outcome.status = reader.head() ? reader.head()->status : 0;
  fuzz::require(outcome.state == State::complete || outcome.state == State::failed, "it ends");
  fuzz::require((outcome.state == State::failed) == (outcome.failure != ResponseReader::Failure::none),
                "with a reason");
  return outcome;
}

std::string asked(ByteSpan input, std::size_t piece) {
  auto site = std::make_shared<Site>();
  site->resources["/"] = {.content = "hello"};
  ServerSession server{site};
  std::string said;
  for (std::size_t at = 0; at < input.size() && !server.over(); at += piece) {
    server.receive(input.subspan(at, std::min(piece, input.size() - at)));
    said += as_text(server.take_outgoing());
  }
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto input = ByteSpan{data, size}.subspan(1);
  const auto whole = read(input, ResponseReader::kBodyBuffer);
  fuzz::require(read(input, 1) == whole, "octet by octet it is the same");
  fuzz::require(read(input, 1 + std::size_t{data[0]}) == whole, "and in pieces");
  fuzz::require(asked(input, 1) == asked(input, input.size() + 1), "a server answers the same");
  if (const auto url = parse_url(as_text(input))) {
    fuzz::require(!url->host.empty() && url->port > 0 && url->target.front() == '/', "a URL that can be asked for");
  }
  return 0;
}
