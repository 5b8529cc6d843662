// SPDX-License-Identifier: Apache-2.0
#include "net/smtp/server.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "core/same_word.hpp"

namespace quasimodem::net::smtp {
namespace {

/// `FROM:<a@b> SIZE=1` after `FROM:` → `a@b`; nullopt when it is no path in angle brackets.
std::optional<std::string> path_in(std::string_view rest, std::string_view name) {
  if (!same_word(rest.substr(0, name.size()), name)) return std::nullopt;
  rest.remove_prefix(name.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const auto end = rest.find('>');
  if (!rest.starts_with('<') || end == std::string_view::npos) return std::nullopt;
  return std::string{rest.substr(1, end - 1)};
}

/// `SIZE=123` among a command's parameters.
std::size_t announced_size(std::string_view rest) {
  static constexpr std::string_view kName = " SIZE=";
  const auto at = rest.find(kName);
  if (at == std::string_view::npos) return 0;
  std::size_t size = 0;
  for (const char c : rest.substr(at + kName.size())) {
    if (c < '0' || c > '9' || size > 1'000'000'000) break;
    size = size * 10 + static_cast<std::size_t>(c - '0');
  }
  return size;
}

}  // namespace

void Server::start() {
  if (std::exchange(greeted_, true) || in_trouble("CONNECT", "CONNECT")) return;
  reply(220, config_.name + " ESMTP quasimodem");
}

void Server::receive(ByteSpan bytes) {
  if (over_ || stalled_) return;
  append(received_, bytes);
  while (!over_ && !stalled_ && !tls_due_) {
    const auto line = take_line();
    if (!line) break;
    in_text_ ? take_text(*line) : take_command(*line);
  }
  if (tls_due_ && !received_.empty()) refuse_early_octets();
  if (over_ || stalled_) received_ = {};
}

/// A message's line may be of any length, within the message's limit.
std::optional<std::string> Server::take_line() {
  const auto feed = std::find(received_.begin() + static_cast<std::ptrdiff_t>(looked_at_), received_.end(), '\n');
  const auto length = static_cast<std::size_t>(feed - received_.begin());
  if (length > (in_text_ ? config_.limit : kLongestLine)) {
    reply(500, "line too long");
    over_ = true;
    return std::nullopt;
  }
  looked_at_ = feed == received_.end() ? length : 0;
  if (feed == received_.end()) return std::nullopt;
  std::string line{received_.begin(), feed};
  received_.erase(received_.begin(), feed + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Bytes Server::take_outgoing() { return std::exchange(outgoing_, {}); }

bool Server::starts_tls() {
  if (!tls_due_ || !outgoing_.empty()) return false;
  tls_due_ = false;
  secure_ = true;
  return true;
}

void Server::take_command(std::string_view line) {
  if (const auto continuation = std::exchange(continuation_, nullptr)) {
    if (line == "*") return reply(501, "authentication cancelled");
    return (this->*continuation)(line);
  }
  const auto blank = std::min(line.find(' '), line.size());
  std::string verb{line.substr(0, blank)};
  std::transform(verb.begin(), verb.end(), verb.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (config_.on_command) config_.on_command(verb == "AUTH" ? line.substr(0, line.find(' ', blank + 1)) : line);
  if (in_trouble(verb, line)) return;
  obey(verb, line.substr(std::min(blank + 1, line.size())));
}

void Server::obey(std::string_view verb, std::string_view rest) {
  if (verb == "EHLO" && config_.extended) return hello(rest, true);
  if (verb == "HELO") return hello(rest, false);
  if (verb == "STARTTLS") return start_tls();
  if (verb == "AUTH") return auth(rest);
  if (verb == "MAIL") return mail(rest);
  if (verb == "RCPT") return recipient(rest);
  if (verb == "DATA") return data();
  if (verb == "NOOP") return reply(250, "ok");
  if (verb == "RSET") {
    forget_mail();
    return reply(250, "ok");
  }
  if (verb != "QUIT") return reply(500, "unknown command");
  reply(221, config_.name + " says goodbye");
  over_ = true;
}

bool Server::in_trouble(std::string_view verb, std::string_view line) {
  for (const auto& trouble : config_.troubles) {
    if (trouble.at != verb || line.find(trouble.match) == std::string_view::npos) continue;
    switch (trouble.kind) {
      case Trouble::Kind::refuse: reply(trouble.code, trouble.text); break;
      case Trouble::Kind::drop: over_ = true; break;
      case Trouble::Kind::stall: stalled_ = true; break;
      case Trouble::Kind::inject: behind_ = trouble.text; return false;
    }
    return true;
  }
  return false;
}

bool Server::offers_auth() const {
  return !config_.users.empty() && !config_.mechanisms.empty() && (secure_ || !config_.auth_needs_tls);
}

void Server::hello(std::string_view name, bool extended) {
  hello_ = name;
  forget_mail();
  if (!extended) return reply(250, config_.name);
  std::vector<std::string> lines{config_.name, fmt::format("SIZE {}", config_.limit)};
  if (config_.eight_bit) lines.emplace_back("8BITMIME");
  if (config_.offers_tls && !secure_) lines.emplace_back("STARTTLS");
  if (offers_auth()) lines.push_back(fmt::format("AUTH {}", fmt::join(config_.mechanisms, " ")));
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) append(outgoing_, fmt::format("250-{}\r\n", lines[i]));
  reply(250, lines.back());
}

/// What a client says in clear behind STARTTLS must not count as said through TLS (RFC 3207 4.2). It may come with it,
/// or later, while the answer has not gone.
void Server::refuse_early_octets() {
  tls_due_ = false;
  reply(554, "nothing may follow STARTTLS");
  over_ = true;
}

void Server::start_tls() {
  if (!config_.offers_tls || secure_) return reply(502, "no STARTTLS here");
  if (!received_.empty()) return refuse_early_octets();
  reply(220, "go ahead");
  tls_due_ = true;
  hello_.clear();
  user_.clear();
  forget_mail();
}

void Server::auth(std::string_view rest) {
  if (!offers_auth()) return reply(502, "no AUTH here");
  if (!user_.empty()) return reply(503, "already authenticated");
  const auto blank = std::min(rest.find(' '), rest.size());
  const auto mechanism = rest.substr(0, blank);
  const auto initial = rest.substr(std::min(blank + 1, rest.size()));
  const bool offered = std::any_of(config_.mechanisms.begin(), config_.mechanisms.end(),
                                   [&](const auto& one) { return same_word(one, mechanism); });
  if (offered && same_word(mechanism, "PLAIN")) return initial.empty() ? ask("", &Server::plain) : plain(initial);
  if (!offered || !same_word(mechanism, "LOGIN")) return reply(504, "unknown mechanism");
  initial.empty() ? ask("Username:", &Server::login_user) : login_user(initial);
}

void Server::ask(std::string_view challenge, Continuation answered) {
  continuation_ = answered;
  reply(334, config_.base64(as_bytes(challenge)));
}

std::optional<std::string> Server::decoded(std::string_view line) {
  const auto octets = config_.unbase64(line);
  if (octets) return to_text(*octets);
  reply(501, "that is no base64");
  return std::nullopt;
}

void Server::plain(std::string_view line) {
  const auto text = decoded(line);
  if (!text) return;
  const auto first = text->find('\0');
  const auto second = first == std::string::npos ? first : text->find('\0', first + 1);
  if (second == std::string::npos) return reply(501, "user and password are missing");
  check(std::string_view{*text}.substr(first + 1, second - first - 1), std::string_view{*text}.substr(second + 1));
}

void Server::login_user(std::string_view line) {
  const auto name = decoded(line);
  if (!name) return;
  login_name_ = *name;
  ask("Password:", &Server::login_password);
}

void Server::login_password(std::string_view line) {
  if (const auto password = decoded(line)) check(login_name_, *password);
}

void Server::check(std::string_view user, std::string_view password) {
  const bool known = std::any_of(config_.users.begin(), config_.users.end(),
                                 [&](const User& one) { return one.name == user && one.password == password; });
  if (!known) return reply(535, "user or password is wrong");
  user_ = user;
  reply(235, "welcome");
}

void Server::mail(std::string_view rest) {
  if (hello_.empty()) return reply(503, "EHLO first");
  if (config_.needs_auth && user_.empty()) return reply(530, "AUTH first");
  if (mail_) return reply(503, "one mail at a time");
  const auto sender = path_in(rest, "FROM:");
  if (!sender) return reply(501, "MAIL FROM:<address>");
  if (announced_size(rest) > config_.limit) return reply(552, "too large");
  mail_ = Delivery{.hello = hello_, .user = user_, .secure = secure_, .sender = *sender, .recipients = {}, .text = {}};
  reply(250, "sender ok");
}

void Server::recipient(std::string_view rest) {
  if (!mail_) return reply(503, "MAIL first");
  const auto path = path_in(rest, "TO:");
  if (!path || path->empty()) return reply(501, "RCPT TO:<address>");
  if (mail_->recipients.size() == kMostRecipients) return reply(452, "too many recipients");
  mail_->recipients.push_back(*path);
  reply(250, "recipient ok");
}

void Server::data() {
  if (!mail_ || mail_->recipients.empty()) return reply(503, "MAIL and RCPT first");
  in_text_ = true;
  too_large_ = false;
  reply(354, "end with a dot alone in its line");
}

void Server::take_text(std::string_view line) {
  if (line == ".") return text_ended();
  if (line.starts_with('.')) line.remove_prefix(1);
  too_large_ |= mail_->text.size() + line.size() + 2 > config_.limit;
  if (too_large_) return;
  mail_->text += line;
  mail_->text += "\r\n";
}

void Server::text_ended() {
  in_text_ = false;
  const auto mail = std::exchange(mail_, std::nullopt);
  if (in_trouble(".", ".")) return;
  if (too_large_) return reply(552, "too large");
  if (config_.deliver && !config_.deliver(*mail)) return reply(451, "it cannot be kept");
  reply(250, "taken");
}

void Server::forget_mail() { mail_.reset(); }

void Server::reply(int code, std::string_view text) {
  append(outgoing_, fmt::format("{} {}\r\n{}", code, text, std::exchange(behind_, {})));
}

}  // namespace quasimodem::net::smtp
