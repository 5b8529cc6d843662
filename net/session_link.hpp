// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "net/link.hpp"

namespace quasimodem::net {

/// The handle that the module holds of a session, which outlives it: what was accepted still goes out.
template <class Session>
class SessionLink final : public Link {
 public:
  explicit SessionLink(std::shared_ptr<Session> session) : session_{std::move(session)} {}
  ~SessionLink() override { session_->leave(); }

  std::size_t send(ByteSpan data) override { return session_->send(data); }
  void pause() override { session_->pause(); }
  void resume() override { session_->resume(); }
  std::size_t unacknowledged() const override { return session_->unacknowledged(); }
  void abort() override { session_->abort(); }
  Endpoint peer() const override { return session_->peer(); }

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace quasimodem::net
