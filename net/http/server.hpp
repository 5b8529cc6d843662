// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http/message_reader.hpp"
#include "net/peer_session.hpp"

namespace quasimodem::net::http {

/// What a small server of ours holds under one path, and how it says it.
struct Resource {
  enum class Framing { content_length, chunked, until_close };

  int status = 200;
  std::string content;
  std::string location{};  ///< of a redirect
  std::string content_type = "text/plain";
  Framing framing = Framing::content_length;
  std::size_t chunk = 0;  ///< octets of one; 0: all in one
  bool silent = false;    ///< the request is taken in and never answered
};

/// A site, shared by all its connections.
struct Site {
  std::map<std::string, Resource> resources;  ///< by target; what is not there is 404
  /// Is asked first; nothing: as `resources` say.
  std::function<std::optional<Resource>(const ReceivedRequest&)> answers{};
  /// What came in so far, oldest first, at most `most_kept`.
  std::vector<ReceivedRequest> received{};
  std::size_t most_kept = 100;
};

/// A server's side of one connection; requests may follow each other on it.
class ServerSession final : public PeerSession {
 public:
  explicit ServerSession(std::shared_ptr<Site> site) : site_{std::move(site)} {}

  void start() override {}
  void receive(ByteSpan bytes) override;
  void input_ended() override { over_ = true; }
  Bytes take_outgoing() override { return std::exchange(outgoing_, {}); }
  bool wants_input() const override { return outgoing_.empty(); }
  bool over() const override { return over_; }

 private:
  void answer(const ReceivedRequest& request);
  void say(const Resource& resource, const ReceivedRequest& request);

  std::shared_ptr<Site> site_;
  RequestReader reader_;
  Bytes outgoing_;
  bool over_ = false;
};

/// `OK`, `Not Found` …
std::string_view reason_phrase(int status);

}  // namespace quasimodem::net::http
