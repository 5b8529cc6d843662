// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/watch/view.hpp"

#include <utility>

#include <fmt/core.h>

#include "core/bytes.hpp"
#include "emulator/app/base/printable.hpp"

namespace quasimodem::app {
namespace {

double seconds_in(const Json& record) {
  const auto* time = find_member(record, "t");
  if (!time) return 0;
  boost::system::error_code ignored;
  return time->to_number<double>(ignored);
}

/// The member as text, whatever it is; empty when there is none.
std::string words_of(const Json& record, std::string_view name) {
  const auto* member = find_member(record, name);
  if (!member) return {};
  const auto text = text_of(*member);
  return printable(text ? std::string{*text} : to_text(*member));
}

/// The member with what belongs before it, when it says something.
std::string with(std::string_view before, const Json& record, std::string_view name) {
  const auto words = words_of(record, name);
  return words.empty() ? words : std::string{before} + words;
}

struct Happening {
  Ink ink;
  std::string words;
};

Happening state_of(const Json& record) {
  const auto what = words_of(record, "what");
  const auto subject = what == "module" ? "" : what + with(" ", record, "context") + ": ";
  return {Ink::network, subject + words_of(record, "state")};
}

Happening socket_of(const Json& record) {
  const auto number = with("socket ", record, "socket");  // of AT+QISERVER there is none, or a client
  auto words = number.empty() ? std::string{"server: "} : number + ": ";
  words += words_of(record, "event") + with(" ", record, "client") + with(" ", record, "transport");
  const auto host = words_of(record, "host");
  if (!host.empty()) words += fmt::format(" {}{}", host, with(":", record, "port"));
  const auto peer = words_of(record, "peer");
  if (!peer.empty() && peer != fmt::format("{}{}", host, with(":", record, "port")))
    words += fmt::format(" ({})", peer);
  const auto reason = with(": ", record, "reason");
  const bool failed = words_of(record, "event").find("fail") != std::string::npos;
  return {failed ? Ink::error : Ink::network, words + reason};
}

Happening tls_of(const Json& record) {
  const auto event = words_of(record, "event");
  return {event == "failed" ? Ink::error : Ink::network,
          fmt::format("tls {}: {}{}{}{}{}", words_of(record, "socket"), event, with(" ", record, "version"),
                      with(" ", record, "suite"), with(", ", record, "subject"), with(": ", record, "reason"))};
}

Happening bearer_of(const Json& record) {
  const auto event = words_of(record, "event");
  return {event == "lost" ? Ink::error : Ink::network,
          fmt::format("bearer{}: {}{}{}", with(" ", record, "context"), event, with(" ", record, "address"),
                      with(", apn ", record, "apn"))};
}

Happening http_of(const Json& record) {
  const auto event = words_of(record, "event");
  return {event == "failed" ? Ink::error : Ink::network,
          fmt::format("http {}{}{}{}{}{}{}", event, with(" ", record, "request"), with(" to ", record, "host"),
                      with(" ", record, "status"), with(", octets: ", record, "size"), with(" ", record, "error"),
                      with(": ", record, "reason"))};
}

Happening mqtt_of(const Json& record) {
  const auto event = words_of(record, "event");
  const bool bad = event == "failed" || event == "refused" || event == "ended";
  return {bad ? Ink::error : Ink::network,
          fmt::format("mqtt{} {}{}{}{}{}{}{}", with(" ", record, "client"), event, with(" to ", record, "host"),
                      with(" ", record, "topic"), with(", octets: ", record, "size"), with(" ", record, "code"),
                      with(" ", record, "error"), with(": ", record, "reason"))};
}

Happening ftp_of(const Json& record) {
  const auto event = words_of(record, "event");
  return {event == "failed" ? Ink::error : Ink::network,
          fmt::format("ftp {}{}{}{}{}{}{}{}", event, with(" ", record, "command"), with(" ", record, "code"),
                      with(" ", record, "text"), with(" ", record, "name"), with(", octets: ", record, "size"),
                      with(" ", record, "what"), with(": ", record, "reason"))};
}

Happening mail_of(const Json& record) {
  const auto event = words_of(record, "event");
  return {event == "failed" ? Ink::error : Ink::network,
          fmt::format("mail {}{}{}{}{}{}", event, with(" by ", record, "server"), with(":", record, "port"),
                      with(", recipients: ", record, "recipients"), with(", octets: ", record, "size"),
                      with(": ", record, "reason"))};
}

Happening file_of(const Json& record) {
  const auto size = words_of(record, "size");
  return {Ink::network, fmt::format("file {}: {}{}", words_of(record, "event"), words_of(record, "name"),
                                    size.empty() ? "" : fmt::format(", {} octets", size))};
}

Happening message_of(const Json& record) {
  return {Ink::network, fmt::format("sms {}{}{}{}{}{}", words_of(record, "event"), with(" to ", record, "to"),
                                    with(" in ", record, "memory"), with(" ", record, "index"),
                                    with(": ", record, "text"), with(": ", record, "cause"))};
}

Happening happening(RecordKind kind, const Json& record) {
  switch (kind) {
    case RecordKind::state: return state_of(record);
    case RecordKind::bearer: return bearer_of(record);
    case RecordKind::socket: return socket_of(record);
    case RecordKind::tls: return tls_of(record);
    case RecordKind::http: return http_of(record);
    case RecordKind::mqtt: return mqtt_of(record);
    case RecordKind::ftp: return ftp_of(record);
    case RecordKind::mail: return mail_of(record);
    case RecordKind::file: return file_of(record);
    case RecordKind::sms: return message_of(record);
    case RecordKind::fault:
      return {Ink::fault, fmt::format("fault {}{}", words_of(record, "name"), with(" strikes ", record, "subject"))};
    case RecordKind::power: return {Ink::host, "power: " + words_of(record, "event")};
    case RecordKind::ctl:
      return {Ink::faint, fmt::format("ctl {}{}", words_of(record, "method"), with(" ", record, "params"))};
    default: return {};
  }
}

}  // namespace

bool View::shows(RecordKind kind) { return kind != RecordKind::at && kind != RecordKind::urc; }

void View::show(const Json& record) {
  const auto kind = record_kind(member_text(record, "kind").value_or(""));
  if (!kind || !shows(*kind)) return;
  if (*kind != RecordKind::uart_rx && *kind != RecordKind::uart_tx) return happens(*kind, record);
  const auto bytes = quasimodem::to_text(unescaped(member_text(record, "text").value_or("")));
  *kind == RecordKind::uart_rx ? host_says(record, bytes) : module_says(record, bytes);
}

void View::host_says(const Json& record, std::string_view bytes) {
  const bool withheld = find_member(record, "withheld");
  const bool heard = words_of(record, "heard") != "false";
  // An answer without a line end stands before what the host says next; an echo goes on.
  const bool echoing = (host_.begun() + std::string{bytes}).find(module_.begun()) != std::string::npos;
  if (withheld || !heard || !echoing) finish_lines();
  host_time_ = seconds_in(record);
  const auto show = [&](const std::string& line) { show_host(line, heard ? "" : "not heard: the module is off"); };
  host_.hear(bytes, show);
  if (withheld || !heard) host_.finish(show);
}

void View::module_says(const Json& record, std::string_view bytes) {
  const bool withheld = find_member(record, "withheld");
  if (withheld || host_.begun().find(bytes) == std::string::npos) {
    host_.finish([this](const auto& line) { show_host(line); });
  }
  const auto show = [this](const std::string& line) { show_module(line); };
  if (withheld) module_.finish(show);
  module_time_ = seconds_in(record);
  module_.hear(bytes, show);
  if (withheld) module_.finish(show);
}

void View::finish_lines() {
  host_.finish([this](const auto& line) { show_host(line); });
  module_.finish([this](const auto& line) { show_module(line); });
}

void View::show_host(const std::string& line, std::string_view remark) {
  echo_ = line;
  put_(rows_.row(host_time_, Ink::host, "> " + escaped(line), remark, Ink::faint));
}

void View::show_module(const std::string& line) {
  const bool echo = std::exchange(echo_, {}) == line;
  put_(rows_.row(module_time_, echo ? Ink::faint : ink_of_module_line(line), "< " + escaped(line)));
}

void View::happens(RecordKind kind, const Json& record) {
  finish_lines();
  const auto [ink, words] = happening(kind, record);
  put_(rows_.row(seconds_in(record), Ink::none, {}, words, ink));
}

}  // namespace quasimodem::app
