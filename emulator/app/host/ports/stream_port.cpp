// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/stream_port.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace quasimodem::app {
StreamPort::StreamPort(boost::asio::io_context& io, Source source, PortEvents events, Logger log)
    : io_{io}, source_{std::move(source)}, events_{std::move(events)}, log_{std::move(log)} {
  source_->start([this](OpenEnd end) { open(end); });
}

StreamPort::~StreamPort() { source_->stop(); }

void StreamPort::open(OpenEnd end) {
  if (stream_ && !input_ended_) {
    log_.warning("{} is in use; a second TE was turned away", address());
    ::close(end.in);
    return;
  }
  // Who sends no more has mostly gone for good, and gives way to the next.
  if (stream_) close_end();
  log_.debug("a TE is at {}", address());
  stream_ = std::make_unique<ByteStream>(io_, end,
                                         ByteStream::Events{
                                             .received = [this](ByteSpan bytes) { events_.received(bytes); },
                                             .drained = [this] { events_.writable(); },
                                             .input_ended =
                                                 [this] {
                                                   input_ended_ = true;
                                                   events_.changed();
                                                 },
                                             .broken = [this] { close_end(); },
                                         },
                                         log_);
  if (!paused_) stream_->resume_reading();
  // A source that has its end at once opens it while the module is still being put together.
  if (!std::exchange(ever_attached_, true)) stream_->write(std::exchange(held_, {}));
  events_.changed();
}

void StreamPort::close_end() {
  if (!stream_) return;
  stream_.reset();
  input_ended_ = false;
  log_.debug("no TE is at {}", address());
  const bool last = !source_->closed();
  events_.changed();
  if (last) events_.finished();
}

void StreamPort::write(ByteSpan bytes) {
  if (stream_) return stream_->write(bytes);
  if (ever_attached_) return;
  append(held_, bytes);
  held_.resize(std::min(held_.size(), kHeldForFirstTerminal));
}

void StreamPort::pause_reading() {
  paused_ = true;
  if (stream_) stream_->pause_reading();
}

void StreamPort::resume_reading() {
  paused_ = false;
  if (stream_) stream_->resume_reading();
}

}  // namespace quasimodem::app
