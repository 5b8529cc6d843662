// SPDX-License-Identifier: Apache-2.0
#include "atcmd/channel/call.hpp"

#include "atcmd/channel/channel.hpp"

namespace quasimodem::atcmd {

void Call::respond(std::string_view line) { channel_.writer_.information(line); }
void Call::respond(const std::vector<std::string>& lines) { channel_.writer_.information(lines); }
void Call::respond_data(std::string_view header, ByteSpan data) { channel_.writer_.data(header, data); }
void Call::write_result(ResultCode code) { channel_.writer_.result(code); }
bool Call::verbose() const { return channel_.writer_.verbose(); }
void Call::drop_rest_of_line() { channel_.line_.drop_rest(); }

Responder Call::hold(Duration limit) {
  Responder responder{channel_.self_, channel_.ticket_};
  channel_.held_.start(limit, [responder] { responder.finish(Reply::error()); });
  return responder;
}

void Call::on_abort(std::function<void()> abort) { channel_.on_abort_ = std::move(abort); }

bool Responder::awaited() const {
  const auto channel = channel_.lock();
  return channel && (*channel)->ticket_ == ticket_;
}

void Responder::finish(Reply reply) const {
  const auto channel = channel_.lock();
  if (!channel || (*channel)->ticket_ != ticket_) return;
  if ((*channel)->running_command_) {
    // The handler itself finished it, before it said that the command is held.
    (*channel)->timeline_.post([self = *this, reply = std::move(reply)] { self.finish(reply); });
    return;
  }
  (*channel)->carry_on(std::move(reply));
}

}  // namespace quasimodem::atcmd
