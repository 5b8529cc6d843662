// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/socket/session.hpp"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

#include "emulator/app/control/dispatch.hpp"

namespace quasimodem::app::control {
namespace {

namespace asio = boost::asio;

// Answers that pile up stop the reading before they drop the client: who asks much and reads late is only slow.
constexpr std::size_t kUnreadThatStops = 1 << 20;

}  // namespace

void Session::end() {
  const auto keep = shared_from_this();
  subscription_.reset();
  for (const auto& answer : std::exchange(to_come_, {})) answer.abandon();
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (const auto* around = std::exchange(around_, nullptr)) around->ended(keep);
}

// ---- requests ----

void Session::read() {
  if (reading_ || heard_all_ || !around_ || dropped_ || too_much_waits()) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(block_), [self = shared_from_this()](const auto& error, std::size_t size) {
    self->reading_ = false;
    if (!self->around_) return;
    if (error == asio::error::eof) return self->read_all_there_was();
    if (error) return self->end();
    self->unread_.append(self->block_.data(), size);
    self->work();
    self->read();
  });
}

/// The last line need not have an end.
void Session::read_all_there_was() {
  heard_all_ = true;
  if (!unread_.empty()) unread_ += '\n';
  // A client that has closed is an error of the socket, now or later; one that only sends no more is none.
  socket_.async_wait(Socket::wait_error, [self = shared_from_this()](const auto& error) {
    if (!error && self->around_) self->end();
  });
  work();
  end_when_done();
}

bool Session::too_much_waits() const { return waiting_.size() > kUnreadThatStops; }

/// Carries out the lines that are complete, as long as their answers are read.
void Session::work() {
  for (auto end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n')) {
    if (!around_ || dropped_ || too_much_waits()) return;
    const auto line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    if (std::exchange(too_long_, false)) continue;
    line.size() > kLongestRequest ? refuse_long_line() : request(line);
  }
  if (unread_.size() <= kLongestRequest && !too_long_) return;
  if (!std::exchange(too_long_, true)) refuse_long_line();
  unread_.clear();
}

void Session::refuse_long_line() {
  send(to_text(failure_line(
      nullptr, {ErrorCode::not_a_request, fmt::format("a request has at most {} octets", kLongestRequest)})));
}

void Session::request(const std::string& line) {
  if (line.find_first_not_of(" \t\r") == std::string::npos) return;
  const auto weak = weak_from_this();
  const auto reply = [weak](const Json& answer) {
    if (const auto self = weak.lock()) self->send(to_text(answer));
  };
  const auto answered_later = [weak] {
    if (const auto self = weak.lock()) std::erase_if(self->to_come_, [](const Answer& each) { return !each.open(); });
  };
  around_->enter([&] { dispatch(line, around_->target, *this, reply, answered_later); });
}

void Session::awaits(const Answer& answer) {
  if (to_come_.size() < kMostWaiting) return to_come_.push_back(answer);
  answer(tl::unexpected{
      Failure{ErrorCode::impossible, fmt::format("{} requests of this client wait already", kMostWaiting)}});
}

// ---- answers and events ----

void Session::send(const std::string& line) {
  if (!around_ || dropped_) return;
  if (waiting_.size() + writing_.size() + line.size() > kMostUnread) return drop();
  waiting_ += line;
  waiting_ += '\n';
  if (writing_.empty()) write();
}

void Session::drop() {
  around_->log.warning("a client of the control socket does not read; dropped");
  dropped_ = true;
  // Not here: this may be in the middle of the module's work, or of the list of listeners.
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->end(); });
}

void Session::write() {
  writing_ = std::exchange(waiting_, {});
  asio::async_write(socket_, asio::buffer(writing_), [self = shared_from_this()](const auto& error, std::size_t) {
    self->writing_.clear();
    if (!self->around_) return;
    if (error) return self->end();
    if (!self->waiting_.empty()) self->write();
    self->work();
    self->read();
    self->end_when_done();
  });
}

void Session::end_when_done() {
  if (heard_all_ && around_ && unread_.empty() && to_come_.empty() && waiting_.empty() && writing_.empty() &&
      !subscription_)
    end();
}

}  // namespace quasimodem::app::control
