// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "atcmd/channel/channel.hpp"
#include "atcmd/table/command.hpp"
#include "core/fault_book.hpp"

namespace quasimodem::emulator {

/// Stands before the commands of a module and answers for them as the book says: at.*, upload.*.
class FaultyCommands {
 public:
  using Run = std::function<atcmd::Reply()>;

  FaultyCommands(Timeline& timeline, FaultBook& book) : timeline_{timeline}, book_{book} {}

  /// `errors`: those that the command has.
  atcmd::Reply run(const atcmd::CommandCall& typed, atcmd::ErrorClass errors, atcmd::Channel& channel,
                   const Run& command);

  /// Hears every command before it is carried out, as the TE would have typed it.
  std::function<void(std::string_view command)> on_command;

 private:
  atcmd::Reply disturb(std::string_view words, atcmd::Channel& channel, atcmd::Reply reply);
  atcmd::Reply disturb_upload(std::string_view words, atcmd::Reply::Intake intake);

  Timeline& timeline_;
  FaultBook& book_;
};

}  // namespace quasimodem::emulator
