// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "net/smtp/mail.hpp"
#include "net/smtp/reply.hpp"

namespace quasimodem::net::smtp {

/// How far a session was when it failed.
enum class Step { greeting, hello, start_tls, authentication, sender, recipient, data, message };

/// Why it failed.
enum class Cause {
  refused,      ///< the server said so: Failure::code and text
  unexpected,   ///< a reply that is no answer to the command, or before it
  malformed,    ///< what came is no SMTP, or without end
  not_offered,  ///< the server has no STARTTLS, or no way to authenticate that is known here
  injected,     ///< something was sent in clear behind the answer to STARTTLS
  unsendable,   ///< an address that no command can hold
  nobody,       ///< there is no recipient
  unreadable,   ///< an attachment that is not there any more
  ended,        ///< the server ended the stream
  timed_out,
};

struct Failure {
  Step step = Step::greeting;
  Cause cause = Cause::refused;
  std::string command;  ///< the one under way; nothing secret is in it
  int code = 0;         ///< of the server's reply; 0: there was none
  std::string text;     ///< of the reply; as the server sent it, up to ReplyReader::kLargestReply
};

/// One plain line: `RCPT TO:<b@example.org> was refused: 550 no such user`. Printable, whatever the server sent.
std::string describe(const Failure& failure);

/// An SMTP client that sends one mail (RFC 5321): bytes in, bytes out. No socket, no clock.
///
///   receive(from the server) ──▶ [client] ──▶ take_outgoing() for the server
///
/// After every call look at `state()`, and send what `take_outgoing` gives until it gives nothing; the mail is made
/// while it is fetched. In State::wants_tls the owner sends all that is outgoing, begins TLS on the same stream and
/// calls `tls_started`. In State::over it ends the stream, without sending anything more after a failure.
///
/// All recipients get the mail, or nobody. What may be lost is said of no mail that the server has: from its 250 on it
/// is `sent`, whatever becomes of the farewell.
class Client {
 public:
  struct Settings {
    std::string name;  ///< what EHLO says: a domain, or an address as `[10.0.0.1]`
    bool start_tls = false;
    bool authenticate = false;  ///< with user and password
    std::string user{};
    std::string password{};
  };

  enum class State {
    talking,
    wants_tls,  ///< the server waits for the ClientHello
    leaving,    ///< it is clear what came of it; QUIT is said, the answer is still to come
    over,
  };

  /// `mail` must outlive it and stay the same. Form::eight_bit is the server's to say.
  Client(Settings settings, const Mail& mail, Message::Form form, const Logger& log);

  void receive(ByteSpan bytes);
  /// The stream ended.
  void input_ended();
  /// The owner waits no longer.
  void time_out();
  /// TLS is up: the rest goes through it. All that the server said before is forgotten (RFC 3207 4.2).
  void tls_started();

  /// At most so many bytes for the server, oldest first.
  Bytes take_outgoing(std::size_t most);
  /// Puts back the tail of what `take_outgoing` gave and the transport did not accept.
  void put_back(ByteSpan unsent) { outgoing_.insert(outgoing_.begin(), unsent.begin(), unsent.end()); }

  State state() const { return state_; }
  bool sent() const { return sent_; }
  /// Why it was not sent, once that is clear.
  const std::optional<Failure>& failure() const { return failure_; }
  /// The step under way, or the last.
  Step step() const { return step_; }
  /// Has a hand in a server's reply to a command, as Failure::command calls it: it is refused with this code.
  std::function<std::optional<int>(std::string_view command)> on_command;

  /// Octets of the message, once MAIL was said.
  std::size_t message_size() const { return message_ ? message_->size() : 0; }

 private:
  using Handler = void (Client::*)(const Reply&);

  /// What the answer to EHLO says of the server.
  struct Extensions {
    bool login = false;  ///< ways of AUTH
    bool plain = false;
    bool start_tls = false;
    bool eight_bit = false;
    bool size = false;
  };
  void learn(std::string_view line);
  void learn_mechanism(std::string_view word);

  void command(Step step, std::string text, Handler answered);
  /// The same for what must not be told: `shown` stands for it.
  void secret(std::string_view shown, std::string_view octets, Handler answered);
  void say(std::string_view line);
  void take(Reply reply);
  bool awaits_reply() const { return outgoing_.empty() && !making_; }

  // What the reply is to.
  void greeted(const Reply& reply);
  void ehlo_answered(const Reply& reply);
  void helo_answered(const Reply& reply);
  void start_tls_answered(const Reply& reply);
  void login_begun(const Reply& reply);
  void user_taken(const Reply& reply);
  void authenticated(const Reply& reply);
  void sender_taken(const Reply& reply);
  void recipient_taken(const Reply& reply);
  void data_answered(const Reply& reply);
  void message_taken(const Reply& reply);

  void say_hello();
  void know_server();
  void authenticate();
  void begin_mail();
  void next_recipient();
  void make_message(std::size_t wanted);

  void reject(const Reply& reply);
  void fail(Cause cause, const Reply& reply = {});
  void quit();

  const Settings settings_;
  const Mail& mail_;
  Message::Form form_;
  const Logger log_;

  State state_ = State::talking;
  Step step_ = Step::greeting;
  bool secure_ = false;  ///< TLS that STARTTLS began
  bool sent_ = false;
  std::optional<Failure> failure_;

  ReplyReader replies_;
  Bytes outgoing_;
  std::string command_;  ///< under way, as it may be told
  Handler answered_ = &Client::greeted;
  Extensions server_;
  std::size_t recipient_ = 0;
  std::optional<Message> message_;
  DotStuffing stuffing_;
  bool making_ = false;  ///< the message is given out
};

}  // namespace quasimodem::net::smtp
