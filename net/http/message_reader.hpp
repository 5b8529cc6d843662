// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/bytes.hpp"

namespace quasimodem::net::http {

/// What a server says before the body.
struct ResponseHead {
  int status = 0;
  std::string reason;                           ///< of the status line
  std::optional<std::uint64_t> content_length;  ///< none: chunked, or until the server closes
};

/// Takes a response apart as it comes, in pieces of any size: Content-Length, chunked, or until the end of the stream;
/// answers of 1xx before it are passed over.
class ResponseReader {
 public:
  // ASSUMED: the longest head, and the longest line of a chunk.
  static constexpr std::size_t kLongestHead = 8192;
  /// The most that it takes at a time, and so of the body that waits to be read.
  static constexpr std::size_t kBodyBuffer = 4096;

  enum class State { head, body, complete, failed };
  enum class Failure {
    none,
    no_http,    ///< what came is no HTTP response
    too_long,   ///< its head does not fit
    cut_short,  ///< the stream ended in the middle of it
  };

  /// `without_body`: the request was HEAD.
  explicit ResponseReader(bool without_body = false);
  ~ResponseReader();

  /// How many octets `feed` takes now; 0 while the body waits to be read, and at the end.
  std::size_t room() const;
  /// At most `room()` of them. What stands behind the response is dropped.
  void feed(ByteSpan octets);
  /// The server ended its stream.
  void end_of_input();

  State state() const { return state_; }
  Failure failure() const { return failure_; }
  /// In words, when it failed.
  const std::string& reason() const { return reason_; }
  /// There from the state `body` on.
  const std::optional<ResponseHead>& head() const { return head_; }

  std::size_t available() const { return body_.size(); }
  Bytes read(std::size_t most);

 private:
  struct Parser;

  void begin();
  ByteSpan parse(ByteSpan octets);
  bool head_is_whole(ByteSpan octets);
  bool parse_once(ByteSpan& octets);
  void note_head();
  void message_ended();
  void fail(Failure failure, std::string reason);

  bool without_body_;
  std::unique_ptr<Parser> parser_;
  State state_ = State::head;
  Failure failure_ = Failure::none;
  std::string reason_;
  std::optional<ResponseHead> head_;
  Bytes unparsed_;
  Bytes body_;
};

/// A request as a small server of ours takes it in.
struct ReceivedRequest {
  std::string line;    ///< `POST /form HTTP/1.1`
  std::string method;  ///< `POST`
  std::string target;
  std::string head;  ///< all of it, line by line, as it came
  Bytes body;
  bool keeps_alive = true;
};

class RequestReader {
 public:
  static constexpr std::size_t kLargestBody = 1024 * 1024;

  RequestReader();
  ~RequestReader();

  void feed(ByteSpan octets) { append(unparsed_, octets); }
  /// The next one that is complete. Nothing: it is not there yet, or never will be: `failed`.
  std::optional<ReceivedRequest> next();
  bool failed() const { return failed_; }

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  Bytes unparsed_;
  std::string head_;
  bool failed_ = false;
};

}  // namespace quasimodem::net::http
