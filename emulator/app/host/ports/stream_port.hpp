// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/log.hpp"
#include "emulator/app/host/ports/byte_stream.hpp"
#include "emulator/app/host/ports/port.hpp"
#include "emulator/app/host/ports/stream_source.hpp"

namespace quasimodem::app {

/// A UART as a plain stream of bytes, for one TE at a time; a second one is turned away.
class StreamPort final : public Port {
 public:
  StreamPort(boost::asio::io_context& io, Source source, PortEvents events, Logger log);
  ~StreamPort() override;

  bool attached() const override { return stream_ != nullptr; }
  bool coming() const override { return !stream_ && source_->coming(); }
  bool input_ended() const override { return input_ended_; }
  void close_end() override;
  void write(ByteSpan bytes) override;
  bool write_pending() const override { return stream_ && stream_->write_pending(); }
  void look() override {
    if (stream_) stream_->look();
  }
  void pause_reading() override;
  void resume_reading() override;
  std::string address() const override { return source_->address(); }

  /// Of the TE that is attached, else -1.
  int descriptor() const { return stream_ ? stream_->descriptor() : -1; }

 private:
  void open(OpenEnd end);

  boost::asio::io_context& io_;
  Source source_;
  PortEvents events_;
  Logger log_;
  std::unique_ptr<ByteStream> stream_;
  Bytes held_;  ///< for the first TE
  bool ever_attached_ = false;
  bool input_ended_ = false;
  bool paused_ = true;  ///< until the module wants to hear
};

}  // namespace quasimodem::app
