// SPDX-License-Identifier: Apache-2.0
// The only unit that knows Boost.Beast.
#include "net/http/message_reader.hpp"

#include <utility>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace quasimodem::net::http {
namespace {

namespace beast = boost::beast::http;
using boost::system::error_code;

auto buffer_of(ByteSpan octets) { return boost::beast::net::const_buffer{octets.data(), octets.size()}; }

/// With the empty line that ends it; nothing when that is not there.
std::optional<std::size_t> head_size(std::string_view text) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto end = text.find(kEnd);
  return end == std::string_view::npos ? std::nullopt : std::optional{end + kEnd.size()};
}

}  // namespace

struct ResponseReader::Parser {
  beast::response_parser<beast::buffer_body> response;
};

ResponseReader::ResponseReader(bool without_body) : without_body_{without_body} { begin(); }
ResponseReader::~ResponseReader() = default;

void ResponseReader::begin() {
  parser_ = std::make_unique<Parser>();
  parser_->response.header_limit(kLongestHead);
  parser_->response.body_limit(boost::none);
  parser_->response.skip(without_body_);
  head_.reset();
  state_ = State::head;
}

std::size_t ResponseReader::room() const {
  const bool open = state_ == State::head || state_ == State::body;
  return open && body_.empty() ? kBodyBuffer : 0;
}

/// What waits from before stands in front; mostly there is nothing, and no octet is copied but into the body.
void ResponseReader::feed(ByteSpan octets) {
  if (state_ == State::complete || state_ == State::failed) return;
  if (unparsed_.empty()) {
    const auto rest = parse(octets);
    unparsed_.assign(rest.begin(), rest.end());
  } else {
    append(unparsed_, octets);
    drop_front(unparsed_, unparsed_.size() - parse(unparsed_).size());
  }
  if (state_ == State::complete || state_ == State::failed) unparsed_.clear();
}

/// What is left.
ByteSpan ResponseReader::parse(ByteSpan octets) {
  while (parse_once(octets)) {
  }
  return octets;
}

/// The parser gets a head when all of it is there: how it was cut makes no difference then. One that begins like none
/// is not waited for.
bool ResponseReader::head_is_whole(ByteSpan octets) {
  constexpr std::string_view kBeginning = "HTTP/";
  const auto text = as_text(octets);
  const auto size = head_size(text.substr(0, kLongestHead));
  if (!kBeginning.starts_with(text.substr(0, kBeginning.size()))) {
    fail(Failure::no_http, "no status line");
  } else if (!size && text.size() >= kLongestHead) {
    fail(Failure::too_long, "its head is too long");
  }
  return size && state_ != State::failed;
}

/// One step of the parser, which takes what it can off the front. False when it needs more, or is at its end.
bool ResponseReader::parse_once(ByteSpan& octets) {
  auto& response = parser_->response;
  if (state_ == State::head && !head_is_whole(octets)) return false;
  // Decoded it is never longer than it came.
  const auto before = body_.size();
  body_.resize(before + octets.size());
  auto& body = response.get().body();
  body.data = body_.data() + before;
  body.size = octets.size();
  body.more = true;
  error_code error;
  const auto used = response.put(buffer_of(octets), error);
  body_.resize(before + octets.size() - body.size);
  octets = octets.subspan(used);
  if (response.is_header_done() && !head_) note_head();

  if (error == beast::error::need_buffer) return !octets.empty();
  if (error == beast::error::need_more) {
    if (octets.size() > kLongestHead) fail(Failure::too_long, "a line of it is too long");
    return false;
  }
  if (error) {
    fail(Failure::no_http, error.message());
    return false;
  }
  if (response.is_done()) {
    message_ended();
    return state_ == State::head && !octets.empty();
  }
  return used > 0 && !octets.empty();
}

void ResponseReader::note_head() {
  const auto& message = parser_->response.get();
  const auto length = parser_->response.content_length();
  head_ = ResponseHead{
      .status = static_cast<int>(message.result_int()), .reason = std::string{message.reason()}, .content_length = {}};
  if (length) head_->content_length = *length;
  state_ = State::body;
}

/// Of 1xx another follows.
void ResponseReader::message_ended() {
  constexpr int kFirstFinalStatus = 200;
  if (head_->status >= kFirstFinalStatus) {
    state_ = State::complete;
    return;
  }
  begin();
}

void ResponseReader::end_of_input() {
  if (state_ == State::complete || state_ == State::failed) return;
  error_code error;
  if (state_ == State::body) parser_->response.put_eof(error);
  if (state_ == State::head || error) return fail(Failure::cut_short, "the server closed in the middle of it");
  state_ = State::complete;
}

void ResponseReader::fail(Failure failure, std::string reason) {
  state_ = State::failed;
  failure_ = failure;
  reason_ = std::move(reason);
}

Bytes ResponseReader::read(std::size_t most) {
  if (most >= body_.size()) return std::exchange(body_, {});
  Bytes taken{body_.begin(), body_.begin() + static_cast<std::ptrdiff_t>(most)};
  drop_front(body_, most);
  return taken;
}

// ---- requests

struct RequestReader::Parser {
  beast::request_parser<beast::string_body> request;
};

RequestReader::RequestReader() = default;
RequestReader::~RequestReader() = default;

std::optional<ReceivedRequest> RequestReader::next() {
  if (failed_) return std::nullopt;
  if (!parser_) {
    parser_ = std::make_unique<Parser>();
    parser_->request.header_limit(ResponseReader::kLongestHead);
    parser_->request.body_limit(kLargestBody);
  }
  auto& request = parser_->request;
  if (!request.is_header_done()) {
    const auto text = as_text(unparsed_);
    const auto size = head_size(text.substr(0, ResponseReader::kLongestHead));
    failed_ = !size && text.size() >= ResponseReader::kLongestHead;
    if (!size) return std::nullopt;
    head_ = text.substr(0, *size);
  }
  while (!unparsed_.empty() && !request.is_done()) {
    error_code error;
    drop_front(unparsed_, request.put(buffer_of(unparsed_), error));
    if (error == beast::error::need_more) return std::nullopt;
    failed_ = static_cast<bool>(error);
    if (failed_) return std::nullopt;
  }
  if (!request.is_done()) return std::nullopt;
  auto message = request.release();
  parser_.reset();
  return ReceivedRequest{.line = head_.substr(0, head_.find("\r\n")),
                         .method = std::string{message.method_string()},
                         .target = std::string{message.target()},
                         .head = std::exchange(head_, {}),
                         .body = to_bytes(message.body()),
                         .keeps_alive = message.keep_alive()};
}

}  // namespace quasimodem::net::http
