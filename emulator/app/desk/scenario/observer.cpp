// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/observer.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/bytes.hpp"
#include "emulator/app/desk/scenario/command_match.hpp"
#include "emulator/commands/all.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model.hpp"
#include "emulator/terminal/terminal.hpp"

namespace quasimodem::app::scenario {
namespace {

constexpr std::size_t kRemembered = 200;  // commands, for messages

std::string text_field(const Record& record, std::string_view name) {
  const auto* value = record.find(name);
  return value ? readable(*value).value_or("") : std::string{};
}

}  // namespace

Observer::Observer(control::Target& target)
    : target_{target},
      table_{commands::all_families(), device::bits_of(target.modem().me().profile())},
      ear_{commands::all_families(), [this](const atcmd::Heard& heard) {
             // A/ has no end of its own, so that the module has begun with it already.
             if (heard.kind == atcmd::Heard::Kind::command_line) on_line_(heard.text);
           }} {}

std::vector<Happening> Observer::happenings_of(const Record& record) {
  std::vector<Happening> out;
  const auto add = [&](Happening::Kind kind, std::string text) {
    out.push_back({.kind = kind, .text = std::move(text), .answer = {}, .record = record.kind});
  };
  // What a request did is an event; the request itself, which may be a step, is none.
  if (record.kind != RecordKind::ctl) add(Happening::Kind::event, record.text());
  switch (record.kind) {
    case RecordKind::uart_rx:
      if (record.find("withheld")) {
        ear_.secret_left_out();
        break;
      }
      add(Happening::Kind::from_host, quasimodem::to_text(unescaped(text_field(record, "text"))));
      read_lines(record, std::string{out.back().text}, out);
      break;
    case RecordKind::uart_tx:
      if (record.find("withheld")) break;
      last_from_module_ = text_field(record, "text");
      add(Happening::Kind::from_module, quasimodem::to_text(unescaped(last_from_module_)));
      break;
    case RecordKind::urc: add(Happening::Kind::urc, quasimodem::to_text(unescaped(text_field(record, "text")))); break;
    case RecordKind::at: note_answer(record, out); break;
    case RecordKind::fault: note_fault(record); break;
    default: break;
  }
  return out;
}

std::vector<Happening> Observer::happenings_of_beginning(const Record& record) {
  std::vector<Happening> out;
  const auto command = text_field(record, "command");
  if (unanswered(command) == sent_.end()) note_sent(record, command, out);
  return out;
}

void Observer::read_lines(const Record& record, std::string_view bytes, std::vector<Happening>& out) {
  const auto& channel = target_.modem().terminal().channel();
  on_line_ = [&](std::string_view body) { read_line(record, body, out); };
  ear_.from_te(as_bytes(bytes), record.time, {.takes_data = channel.takes_data(), .dialogue = channel.dialogue()});
}

void Observer::read_line(const Record& record, std::string_view body, std::vector<Happening>& out) {
  for (const auto& command : commands_of(std::string{body})) note_sent(record, command, out);
  if (body.find_first_not_of(' ') == std::string_view::npos && !record.find("heard")) note_attention(out);
}

/// AT alone is no command: it has no record of its own.
void Observer::note_attention(std::vector<Happening>& out) {
  sent_.back().answer = "OK";
  out.push_back(
      {.kind = Happening::Kind::answered, .text = sent_.back().command, .answer = "OK", .record = RecordKind::at});
}

void Observer::note_sent(const Record& record, const std::string& command, std::vector<Happening>& out) {
  sent_.push_back({command, record.time, std::nullopt, {}});
  if (sent_.size() > kRemembered) sent_.pop_front();
  out.push_back({.kind = Happening::Kind::sent,
                 .text = command,
                 .answer = {},
                 .unknown = is_unknown(command),
                 .record = record.kind});
}

std::deque<Observer::Sent>::iterator Observer::unanswered(std::string_view command) {
  const auto plain = plain_command(command);
  return std::find_if(sent_.begin(), sent_.end(),
                      [&](const Sent& each) { return !each.answer && plain_command(each.command) == plain; });
}

void Observer::note_answer(const Record& record, std::vector<Happening>& out) {
  const auto command = text_field(record, "command");
  auto found = unanswered(command);
  if (found == sent_.end()) {  // it was begun before anybody listened
    note_sent(record, command, out);
    found = std::prev(sent_.end());
  }
  // Commands are answered in order: what came before and was not answered never will be.
  for (auto each = sent_.begin(); each != found; ++each) {
    if (!each->answer) each->answer = "";
  }
  found->answer = text_field(record, "result");
  out.push_back({.kind = Happening::Kind::answered, .text = command, .answer = *found->answer, .record = record.kind});
}

void Observer::note_fault(const Record& record) {
  const auto found = unanswered(text_field(record, "subject"));
  if (found != sent_.end()) found->fault = text_field(record, "name");
}

bool Observer::is_unknown(const std::string& command) const {
  if (command == "AT") return false;
  const auto call = atcmd::CommandLineReader{command.substr(2)}.next();
  return !call || !table_.find(call->name);
}

}  // namespace quasimodem::app::scenario
