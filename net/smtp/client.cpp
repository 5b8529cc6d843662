// SPDX-License-Identifier: Apache-2.0
#include "net/smtp/client.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "core/same_word.hpp"

namespace quasimodem::net::smtp {
namespace {

std::string upper_case(std::string_view word) {
  std::string upper{word};
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

/// Cuts the next word off `line`; empty at its end.
std::string_view next_word(std::string_view& line) {
  static constexpr std::string_view kBlanks = " \t";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const auto word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

std::string_view step_word(Step step) {
  switch (step) {
    case Step::greeting: return "the greeting";
    case Step::hello: return "EHLO";
    case Step::start_tls: return "STARTTLS";
    case Step::authentication: return "AUTH";
    case Step::sender: return "MAIL FROM";
    case Step::recipient: return "RCPT TO";
    case Step::data: return "DATA";
    case Step::message: return "the message";
  }
  return "";
}

std::string happened(const Failure& failure) {
  switch (failure.cause) {
    case Cause::refused: return "was refused";
    case Cause::unexpected: return "got a reply that is no answer to it";
    case Cause::malformed: return "got something that is no SMTP";
    case Cause::not_offered: return "is not offered by the server";
    case Cause::injected: return "was answered with more than its reply, in clear";
    case Cause::unsendable: return "cannot be sent with this address";
    case Cause::nobody: return "has nobody to be sent to";
    case Cause::unreadable: return "has an attachment that cannot be read any more";
    case Cause::ended: return "was not answered: the server ended the connection";
    case Cause::timed_out: return "was not answered in time";
  }
  return "";
}

}  // namespace

std::string describe(const Failure& failure) {
  const std::string subject{failure.command.empty() ? step_word(failure.step) : failure.command};
  auto line = fmt::format("{} {}", subject, happened(failure));
  if (failure.code != 0) line += fmt::format(": {} {}", failure.code, failure.text);
  return escaped(line);
}

Client::Client(Settings settings, const Mail& mail, Message::Form form, const Logger& log)
    : settings_{std::move(settings)}, mail_{mail}, form_{std::move(form)}, log_{log} {}

void Client::receive(ByteSpan bytes) {
  if (state_ == State::wants_tls) return fail(Cause::injected);
  if (state_ == State::over) return;
  replies_.add(bytes);
  while (state_ == State::talking || state_ == State::leaving) {
    const auto reply = replies_.next();
    if (!reply) break;
    log_.debug("server: {} {}", reply->code, escaped(reply->text()));
    take(*reply);
  }
  if (replies_.malformed()) fail(Cause::malformed);
}

void Client::take(Reply reply) {
  if (state_ == State::leaving) {
    state_ = State::over;
    return;
  }
  const auto code = on_command ? on_command(command_.empty() ? step_word(step_) : command_) : std::nullopt;
  if (code) reply = {*code, {"refused"}};
  if (awaits_reply()) return (this->*answered_)(reply);
  // A server that shuts down, or has had enough of the message, says so without being asked.
  reply.code >= 400 ? reject(reply) : fail(Cause::unexpected, reply);
}

void Client::input_ended() {
  if (state_ == State::leaving) state_ = State::over;
  fail(Cause::ended);
}

void Client::time_out() {
  if (state_ == State::leaving) state_ = State::over;
  fail(Cause::timed_out);
}

void Client::tls_started() {
  secure_ = true;
  server_ = {};
  replies_.reset();
  state_ = State::talking;
  say_hello();
}

Bytes Client::take_outgoing(std::size_t most) {
  make_message(most);
  const auto end = outgoing_.begin() + static_cast<std::ptrdiff_t>(std::min(most, outgoing_.size()));
  Bytes taken{outgoing_.begin(), end};
  outgoing_.erase(outgoing_.begin(), end);
  return taken;
}

void Client::make_message(std::size_t wanted) {
  while (making_ && outgoing_.size() < wanted) {
    const auto piece = message_->next();
    if (message_->unreadable()) return fail(Cause::unreadable);
    making_ = !piece.empty();
    append(outgoing_, making_ ? stuffing_(piece) : stuffing_.end());
  }
}

void Client::say(std::string_view line) {
  append(outgoing_, line);
  append(outgoing_, "\r\n");
}

void Client::command(Step step, std::string text, Handler answered) {
  step_ = step;
  answered_ = answered;
  log_.debug("client: {}", text);
  say(text);
  command_ = std::move(text);
}

void Client::secret(std::string_view shown, std::string_view octets, Handler answered) {
  answered_ = answered;
  log_.debug("client: {}", shown);
  say(form_.base64(as_bytes(octets)));
}

void Client::greeted(const Reply& reply) {
  if (!reply.positive()) return reject(reply);
  say_hello();
}

void Client::say_hello() { command(Step::hello, fmt::format("EHLO {}", settings_.name), &Client::ehlo_answered); }

void Client::ehlo_answered(const Reply& reply) {
  if (reply.code >= 500) return command(Step::hello, fmt::format("HELO {}", settings_.name), &Client::helo_answered);
  if (!reply.positive()) return reject(reply);
  for (std::size_t i = 1; i < reply.lines.size(); ++i) learn(reply.lines[i]);
  know_server();
}

void Client::helo_answered(const Reply& reply) {
  if (!reply.positive()) return reject(reply);
  know_server();
}

void Client::learn(std::string_view line) {
  static constexpr std::string_view kOldAuth = "AUTH=";  // as servers before RFC 2554 say it, and some beside it
  auto keyword = upper_case(next_word(line));
  if (keyword.starts_with(kOldAuth)) {
    learn_mechanism(std::string_view{keyword}.substr(kOldAuth.size()));
    keyword = "AUTH";
  }
  server_.start_tls |= keyword == "STARTTLS";
  server_.eight_bit |= keyword == "8BITMIME";
  server_.size |= keyword == "SIZE";
  if (keyword != "AUTH") return;
  for (auto word = next_word(line); !word.empty(); word = next_word(line)) learn_mechanism(word);
}

void Client::learn_mechanism(std::string_view word) {
  server_.login |= same_word(word, "LOGIN");
  server_.plain |= same_word(word, "PLAIN");
}

void Client::know_server() {
  if (!settings_.start_tls || secure_) return authenticate();
  step_ = Step::start_tls;
  command_ = "STARTTLS";
  if (!server_.start_tls) return fail(Cause::not_offered);
  command(Step::start_tls, "STARTTLS", &Client::start_tls_answered);
}

void Client::start_tls_answered(const Reply& reply) {
  if (!reply.positive()) return reject(reply);
  if (replies_.anything_left()) return fail(Cause::injected);
  state_ = State::wants_tls;
}

/// ASSUMED: a server that offers no way to authenticate is left, not tried without.
void Client::authenticate() {
  if (!settings_.authenticate) return begin_mail();
  step_ = Step::authentication;
  command_ = "AUTH";
  if (server_.login) return command(Step::authentication, "AUTH LOGIN", &Client::login_begun);
  if (!server_.plain) return fail(Cause::not_offered);
  command_ = "AUTH PLAIN";
  append(outgoing_, "AUTH PLAIN ");
  const std::string zero(1, '\0');
  secret("AUTH PLAIN (user and password)", zero + settings_.user + zero + settings_.password, &Client::authenticated);
}

void Client::login_begun(const Reply& reply) {
  if (reply.code != 334) return reject(reply);
  secret("(user)", settings_.user, &Client::user_taken);
}

void Client::user_taken(const Reply& reply) {
  if (reply.code != 334) return reject(reply);
  secret("(password)", settings_.password, &Client::authenticated);
}

void Client::authenticated(const Reply& reply) {
  if (!reply.positive()) return reject(reply);
  begin_mail();
}

void Client::begin_mail() {
  step_ = Step::sender;
  command_ = "MAIL FROM";
  if (!sendable(mail_.sender)) return fail(Cause::unsendable);
  form_.eight_bit = server_.eight_bit;
  message_.emplace(mail_, form_);
  auto text = fmt::format("MAIL FROM:<{}>", mail_.sender);
  if (server_.size) text += fmt::format(" SIZE={}", message_->size());
  if (message_->eight_bit()) text += " BODY=8BITMIME";
  command(Step::sender, std::move(text), &Client::sender_taken);
}

void Client::sender_taken(const Reply& reply) {
  if (!reply.positive()) return reject(reply);
  next_recipient();
}

void Client::next_recipient() {
  step_ = Step::recipient;
  command_ = "RCPT TO";
  if (recipient_ == mail_.recipients.size() && recipient_ > 0)
    return command(Step::data, "DATA", &Client::data_answered);
  if (recipient_ == mail_.recipients.size()) return fail(Cause::nobody);
  const auto& address = mail_.recipients[recipient_++].address;
  if (!sendable(address)) return fail(Cause::unsendable);
  command(Step::recipient, fmt::format("RCPT TO:<{}>", address), &Client::recipient_taken);
}

void Client::recipient_taken(const Reply& reply) {
  if (!reply.positive()) return reject(reply);
  next_recipient();
}

void Client::data_answered(const Reply& reply) {
  if (reply.code != 354) return reject(reply);
  step_ = Step::message;
  command_ = "the message";
  answered_ = &Client::message_taken;
  making_ = true;
}

void Client::message_taken(const Reply& reply) {
  if (!reply.positive()) return reject(reply);
  sent_ = true;
  quit();
}

void Client::reject(const Reply& reply) { fail(reply.code >= 400 ? Cause::refused : Cause::unexpected, reply); }

/// Who refused a command is told goodbye. In the midst of a message, or to a server that leaves or is none, there is
/// nothing more to say.
void Client::fail(Cause cause, const Reply& reply) {
  if (state_ == State::over) return;
  if (state_ == State::leaving) {
    state_ = State::over;
    return;
  }
  failure_ = Failure{step_, cause, command_, reply.code, reply.text()};
  const bool still_there =
      cause == Cause::refused || cause == Cause::not_offered || cause == Cause::unsendable || cause == Cause::nobody;
  const bool in_message = making_ || !outgoing_.empty();
  making_ = false;
  outgoing_.clear();
  if (still_there && !in_message && reply.code != 421) return quit();
  state_ = State::over;
}

void Client::quit() {
  log_.debug("client: QUIT");
  say("QUIT");
  state_ = State::leaving;
}

}  // namespace quasimodem::net::smtp
