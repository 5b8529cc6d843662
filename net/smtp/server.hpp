// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/peer_session.hpp"
#include "net/smtp/mail.hpp"

namespace quasimodem::net::smtp {

/// The inverse of Base64; nullopt for what is none.
using Unbase64 = std::function<std::optional<Bytes>(std::string_view)>;

/// A mail as a server took it.
struct Delivery {
  std::string hello;  ///< what the client called itself
  std::string user;   ///< who authenticated; empty: nobody
  bool secure = false;
  std::string sender;
  std::vector<std::string> recipients;
  std::string text;  ///< header and body, dots undone
};

/// A small mail server's side of one connection, for tests, play and demonstrations: it takes every mail and sends none
/// on. It knows EHLO, HELO, STARTTLS, AUTH LOGIN and PLAIN, MAIL, RCPT, DATA, RSET, NOOP and QUIT, and what goes wrong
/// on request.
class Server final : public PeerSession {
 public:
  struct User {
    std::string name;
    std::string password;
  };

  /// What happens in the place of an answer.
  struct Trouble {
    enum class Kind {
      refuse,  ///< with `code` and `text`
      drop,    ///< the connection ends
      stall,   ///< nothing any more
      inject,  ///< `text` stands behind the right answer, without having been asked for
    };
    std::string at;     ///< a verb in upper case; `CONNECT` the greeting, `.` the end of a message
    std::string match;  ///< only when the line contains this
    Kind kind = Kind::refuse;
    int code = 554;
    std::string text = "refused";
  };

  struct Config {
    std::string name = "mail.example";
    std::vector<User> users;
    std::vector<std::string> mechanisms{"LOGIN", "PLAIN"};
    bool extended = true;           ///< knows EHLO
    bool offers_tls = false;        ///< STARTTLS
    bool secure = false;            ///< it is spoken over TLS from the first byte on
    bool auth_needs_tls = false;    ///< AUTH is offered behind TLS only
    bool needs_auth = false;        ///< MAIL only after AUTH
    bool eight_bit = true;          ///< 8BITMIME
    std::size_t limit = 4'000'000;  ///< octets of a message (SIZE)
    std::vector<Trouble> troubles;
    Base64 base64;
    Unbase64 unbase64;
    std::function<bool(const Delivery&)> deliver;  ///< false: it could not be kept, which the client is told
    /// Each command as it came, AUTH without what may follow the mechanism: that is a secret.
    std::function<void(std::string_view line)> on_command;
  };

  explicit Server(Config config) : config_{std::move(config)}, secure_{config_.secure} {}

  void start() override;
  void receive(ByteSpan bytes) override;
  void input_ended() override { over_ = true; }
  Bytes take_outgoing() override;
  bool wants_input() const override { return outgoing_.size() < kOutgoingLimit; }
  bool over() const override { return over_; }
  bool starts_tls() override;

  static constexpr std::size_t kOutgoingLimit = 16384;
  static constexpr std::size_t kLongestLine = 2048;  ///< of a command
  static constexpr std::size_t kMostRecipients = 100;

 private:
  using Continuation = void (Server::*)(std::string_view line);

  std::optional<std::string> take_line();
  void take_command(std::string_view line);
  void take_text(std::string_view line);
  void obey(std::string_view verb, std::string_view rest);
  bool in_trouble(std::string_view verb, std::string_view line);

  void hello(std::string_view name, bool extended);
  void start_tls();
  void refuse_early_octets();
  void auth(std::string_view rest);
  void plain(std::string_view line);
  void login_user(std::string_view line);
  void login_password(std::string_view line);
  void check(std::string_view user, std::string_view password);
  void mail(std::string_view rest);
  void recipient(std::string_view rest);
  void data();
  void text_ended();
  void forget_mail();
  std::optional<std::string> decoded(std::string_view line);

  void reply(int code, std::string_view text);
  void ask(std::string_view challenge, Continuation answered);
  bool offers_auth() const;

  const Config config_;
  bool secure_;
  bool over_ = false;
  bool stalled_ = false;
  bool tls_due_ = false;
  bool greeted_ = false;

  Bytes received_;
  std::size_t looked_at_ = 0;  ///< octets of it without a line feed
  Bytes outgoing_;
  std::string behind_;  ///< injected behind the next reply

  std::string hello_;
  std::string user_;
  std::string login_name_;
  Continuation continuation_ = nullptr;  ///< of AUTH
  std::optional<Delivery> mail_;
  bool in_text_ = false;
  bool too_large_ = false;
};

}  // namespace quasimodem::net::smtp
