// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "atcmd/channel/reply.hpp"
#include "atcmd/channel/responder.hpp"
#include "core/time.hpp"

namespace quasimodem::atcmd {

class Channel;

/// What a command handler can do with the channel it was typed on.
class Call {
 public:
  explicit Call(Channel& channel) : channel_{channel} {}

  /// Writes an information response now, before the final result.
  void respond(std::string_view line);
  void respond(const std::vector<std::string>& lines);
  /// A header line and the raw bytes it announces.
  void respond_data(std::string_view header, ByteSpan data);
  /// Writes a result code that is not the last word of this command (`OK` before `STATE: …`).
  void write_result(ResultCode code);

  /// The command's result comes later. After `limit` without one the command ends with ERROR.
  Responder hold(Duration limit);
  /// While the command is held, the next character from the TE calls this and is dropped (V.250 5.6.1: dialling).
  void on_abort(std::function<void()> abort);
  /// The prompt; the continuation gets the data.
  Reply prompt(PromptRequest request, Continuation then) { return Reply::intake(request, std::move(then)); }
  /// CONNECT and raw data; the continuation gets them.
  Reply data_mode(DataRequest request, Continuation then) { return Reply::intake(request, std::move(then)); }

  /// ATZ: the rest of the line is not carried out.
  void drop_rest_of_line();

  Channel& channel() { return channel_; }
  /// ATV1.
  bool verbose() const;

 private:
  Channel& channel_;
};

}  // namespace quasimodem::atcmd
