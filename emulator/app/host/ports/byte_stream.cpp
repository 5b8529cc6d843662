// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/byte_stream.hpp"

#include <array>
#include <cerrno>
#include <string.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include "emulator/app/host/ports/backlog.hpp"

namespace quasimodem::app {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

struct ByteStream::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& io, OpenEnd end, Events stream_events, Logger logger)
      : events{std::move(stream_events)}, backlog{std::move(logger)}, in{io, end.in}, out{io} {
    in.non_blocking(true);
    if (end.out == end.in) return;
    out.assign(end.out);
    out.non_blocking(true);
  }

  Events events;
  Backlog backlog;
  stream_descriptor in;
  stream_descriptor out;  // open only when it is not `in`
  std::array<std::uint8_t, 4096> incoming{};
  bool paused = true;
  bool reading = false;
  bool writing = false;
  bool ended = false;
  bool gone = false;

  stream_descriptor& output() { return out.is_open() ? out : in; }

  // Never a read that ends in a handler: what it had read already would wait there while `look` hands over what came
  // later.
  void read() {
    if (reading || paused || ended || gone) return;
    reading = true;
    in.async_wait(stream_descriptor::wait_read, [self = shared_from_this()](const error_code& error) {
      self->reading = false;
      if (self->gone || error == boost::asio::error::operation_aborted) return;
      // No regular file can be waited for, nor has to be.
      if (error && error != boost::asio::error::operation_not_supported) return self->events.broken();
      self->take();
    });
  }

  void take() {
    const auto count = ::read(in.native_handle(), incoming.data(), incoming.size());
    if (count == 0) return end_input();
    if (count < 0 && errno != EAGAIN && errno != EINTR) return events.broken();
    if (count > 0) hand_on(static_cast<std::size_t>(count));
    read();
  }

  /// It may be a key, of which nothing stays here.
  void hand_on(std::size_t count) {
    events.received({incoming.data(), count});
    explicit_bzero(incoming.data(), count);
  }

  /// A terminal tells of its end only once, so that is remembered; what is broken stays so.
  void look() {
    if (paused || ended || gone) return;
    const auto count = ::read(in.native_handle(), incoming.data(), incoming.size());
    if (count > 0) return hand_on(static_cast<std::size_t>(count));
    if (count == 0) boost::asio::post(in.get_executor(), [self = shared_from_this()] { self->end_input(); });
  }

  void end_input() {
    if (gone || std::exchange(ended, true)) return;
    events.input_ended();
  }

  void write(ByteSpan bytes) {
    backlog.push(bytes);
    if (!writing) flush();
  }

  /// False when the other side is gone. Whoever called `write` must not lose the stream under his feet, so it is told
  /// from the loop.
  void flush() {
    while (!backlog.empty()) {
      const auto waiting = backlog.waiting();
      const auto written = ::write(output().native_handle(), waiting.data(), waiting.size());
      if (written > 0) {
        backlog.pop(static_cast<std::size_t>(written));
      } else if (written < 0 && errno == EINTR) {
        continue;
      } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return wait_for_room();
      } else {
        return give_up();
      }
    }
  }

  void wait_for_room() {
    writing = true;
    output().async_wait(stream_descriptor::wait_write, [self = shared_from_this()](const error_code& error) {
      self->writing = false;
      if (self->gone) return;
      if (error) return self->events.broken();
      self->flush();
      if (!self->writing) self->events.drained();
    });
  }

  void give_up() {
    backlog.clear();
    boost::asio::post(in.get_executor(), [self = shared_from_this()] {
      if (!self->gone) self->events.broken();
    });
  }

  void close() {
    gone = true;
    error_code ignored;
    in.close(ignored);
    out.close(ignored);
  }
};

ByteStream::ByteStream(boost::asio::io_context& io, OpenEnd end, Events events, Logger log)
    : impl_{std::make_shared<Impl>(io, end, std::move(events), std::move(log))} {}

ByteStream::~ByteStream() { impl_->close(); }

void ByteStream::write(ByteSpan bytes) { impl_->write(bytes); }
bool ByteStream::write_pending() const { return !impl_->backlog.empty(); }
void ByteStream::look() {
  std::shared_ptr { impl_ } -> look();
}
void ByteStream::pause_reading() { impl_->paused = true; }
void ByteStream::resume_reading() {
  if (std::exchange(impl_->paused, false)) impl_->read();
}
int ByteStream::descriptor() const { return impl_->in.native_handle(); }

}  // namespace quasimodem::app
