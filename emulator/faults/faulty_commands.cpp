// SPDX-License-Identifier: Apache-2.0
#include "emulator/faults/faulty_commands.hpp"

#include <array>
#include <utility>
#include <variant>

#include "atcmd/channel/call.hpp"

namespace quasimodem::emulator {

using atcmd::Reply;

namespace {

/// The number that was said for the command's own class, else the one that was said for the other.
Reply failure(const FaultRule& rule, atcmd::ErrorClass errors) {
  std::array keys{"cme", "cms"};
  if (errors == atcmd::ErrorClass::message) std::swap(keys[0], keys[1]);
  for (const auto* key : keys) {
    if (rule.parameters.contains(key)) return atcmd::numbered_error(errors, rule.number(key, 0));
  }
  return Reply::error();
}

}  // namespace

Reply FaultyCommands::run(const atcmd::CommandCall& typed, atcmd::ErrorClass errors, atcmd::Channel& channel,
                          const Run& command) {
  if (book_.entries().empty()) return command();
  const auto words = "AT" + atcmd::print(typed);
  if (on_command) on_command(words);
  atcmd::Call call{channel};
  // ASSUMED: after a command that it never answers the module takes the next one.
  if (book_.strike("at.silence", words)) return Reply::said();
  if (const auto* rule = book_.strike("at.error", words)) return failure(*rule, errors);
  if (const auto* rule = book_.strike("at.answer", words)) {
    if (const auto text = rule->text("text", ""); !text.empty()) call.respond(text);
    return Reply::ok();
  }
  return disturb(words, channel, command());
}

Reply FaultyCommands::disturb(std::string_view words, atcmd::Channel& channel, Reply reply) {
  auto& value = reply.value();
  if (auto* intake = std::get_if<Reply::Intake>(&value)) return disturb_upload(words, std::move(*intake));
  // What comes later, and what has been said already, has no result here.
  if (std::holds_alternative<Reply::Held>(value) || std::holds_alternative<Reply::Through>(value)) return reply;
  atcmd::Call call{channel};
  if (const auto* rule = book_.strike("at.urc", words)) call.respond(rule->text("text", "RING"));
  const auto* code = std::get_if<Reply::Code>(&value);
  const bool succeeded = code && code->code == atcmd::ResultCode::ok;
  if (succeeded && book_.strike("at.no_ok", words)) return Reply::said();
  if (const auto* rule = book_.strike("at.late", words)) {
    const auto time = rule->time("time", 5s);
    auto responder = call.hold(time + 1s);
    timeline_.after(time, [responder, reply = std::move(reply)] { responder.finish(reply); });
    return Reply::held();
  }
  return reply;
}

Reply FaultyCommands::disturb_upload(std::string_view words, Reply::Intake intake) {
  auto* data = std::get_if<atcmd::DataRequest>(&intake.request);
  if (!data) return Reply::intake(intake.request, std::move(intake.then));
  if (book_.strike("upload.timeout", words)) data->timeout = 1ms;
  if (!book_.strike("upload.checksum", words)) return Reply::intake(intake.request, std::move(intake.then));
  return Reply::intake(intake.request,
                       [then = std::move(intake.then)](atcmd::Call& call, atcmd::IntakeOutcome outcome) {
                         if (!outcome.data.empty()) outcome.data[outcome.data.size() / 2] ^= 1;
                         return then(call, std::move(outcome));
                       });
}

}  // namespace quasimodem::emulator
