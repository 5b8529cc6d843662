// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "core/timeline.hpp"
#include "net/endpoint.hpp"
#include "net/ftp/failure.hpp"
#include "net/ftp/reply.hpp"
#include "net/net_error.hpp"

namespace quasimodem::net::ftp {

/// An FTP client on one control connection: bytes in, bytes out, no socket (RFC 959; services.md 3).
///
/// It does one job after another: log_in() first, of which the greeting is part, then whatever else. A job that could
/// begin ends with exactly one outcome. After every call, and when `on_change` says so, in this order: send what
/// take_outgoing() gives, do what take_data_order() says, look at take_outcome() and over().
///
/// A transfer needs a second connection, which is the owner's: the client says where to connect it, or asks for a port
/// to listen on, and is told what becomes of it. The bytes of the file do not pass through here.
///
/// Nothing of a file is converted, in ASCII mode neither. ASSUMED: no source says that the module does.
class Client {
 public:
  enum class Type { binary, ascii };
  enum class Mode { active, passive };

  /// Whose address a passive data connection goes to.
  enum class PassiveAddress {
    replied,  ///< that of the reply
    guarded,  ///< the reply's, but the server's own where that is public and the reply's cannot be reached from outside
    server,   ///< always that of the control connection
  };

  /// ASSUMED: 60 s where nothing is said (services.md 10); drivers wait 60–180 s for a transfer.
  struct Times {
    Duration reply = 60s;
    Duration data_connection = 60s;
    Duration data_idle = 60s;  ///< without a byte, in either direction
  };

  struct Options {
    IpAddress server;  ///< that the control connection leads to
    PassiveAddress passive_address = PassiveAddress::guarded;
    Times times{};
  };

  struct Transfer {
    Type type = Type::binary;
    Mode mode = Mode::passive;
  };

  // ASSUMED: beyond every limit of an AT parameter (services.md 3.1).
  static constexpr std::size_t kArgumentLimit = 512;

  Client(Timeline& timeline, Logger log, Options options);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Refused at once, with nothing on the wire: another job runs, the session is over or nobody is logged in, or a name
  /// has a character that would end the line, is empty or longer than kArgumentLimit.
  using Started = tl::expected<void, Failure>;

  /// Awaits the greeting and logs in. To be called before the first receive(). When it fails, the session is over.
  Started log_in(std::string_view user, std::string_view password);
  Started change_directory(std::string_view path);
  /// The outcome has the octets. They are asked for in binary mode: many servers refuse it in the other.
  Started size(std::string_view name);
  /// From `offset` on, octets.
  Started get(std::string_view name, std::uint64_t offset, Transfer how);
  Started put(std::string_view name, Transfer how);
  Started append_to(std::string_view name, Transfer how);
  /// Of the directory one is in when `path` is empty. Always in ASCII mode, as RFC 959 has it.
  Started list(std::string_view path, Mode mode);
  Started name_list(std::string_view path, Mode mode);
  Started rename(std::string_view from, std::string_view to);
  Started remove(std::string_view name);
  Started make_directory(std::string_view name);
  Started remove_directory(std::string_view name);
  /// Succeeds whatever the server answers; the session is over then.
  Started quit();

  /// Gives up what is under way and the session with it; its outcome is that failure.
  void give_up(Failure failure) { break_off(std::move(failure)); }

  // The control connection.
  void receive(ByteSpan bytes);
  void input_ended(std::optional<NetError> error);
  Bytes take_outgoing();

  // The data connection.
  struct Connect {
    Endpoint peer;
  };
  struct Listen {};  ///< then data_listening or data_failed
  struct Drop {};    ///< the connection, the attempt or the port: nobody needs it any more
  using DataOrder = std::variant<Connect, Listen, Drop>;
  std::optional<DataOrder> take_data_order();

  /// Where the server is to connect to.
  void data_listening(Endpoint local);
  void data_connected();
  /// It cannot be made.
  void data_failed(NetError error);
  /// Without an error: the peer ended it in order and all of it was taken, or with put() this side did after the last
  /// byte.
  void data_ended(std::optional<NetError> error);
  /// This side has closed it because it needs no more of the file. The job succeeds with the server's last word on it,
  /// whatever that is.
  void data_enough();
  /// Bytes were moved.
  void data_moved();
  /// Whether it is this side that takes or gives nothing: no time-out runs then.
  void data_held(bool held);

  /// The server has agreed to the transfer, and the connection for it is there.
  bool transferring() const;

  struct Success {
    std::uint64_t size = 0;  ///< of size()
  };
  using Outcome = tl::expected<Success, Failure>;
  std::optional<Outcome> take_outcome();

  bool logged_in() const { return logged_in_ && !over_; }
  bool busy() const { return job_.has_value(); }
  /// No job can begin any more; the control connection is to be ended once all is sent.
  bool over() const { return over_; }
  /// Why the session ended, when nobody asked for it.
  const std::optional<Failure>& reason() const { return reason_; }

  /// Each reply, for a journal.
  std::function<void(const Reply&)> on_reply;
  /// There is something to look at though nothing was called: a time-out. It may destroy the client.
  std::function<void()> on_change;

 private:
  struct Step {
    enum class Kind {
      greeting,
      user,      ///< 230 does without the rest
      password,  ///< 2yz
      plain,     ///< 2yz
      more,      ///< 3yz: RNFR
      restart,   ///< 3yz: REST
      size,      ///< 213 and a number
      passive,   ///< 227, then the data connection
      listen,    ///< no command: a port, whose number PORT tells
      transfer,  ///< 1yz and the data, then 2yz
      quit,
    };
    Kind kind;
    std::string line{};
    std::optional<Type> sets_type{};
  };

  struct Job {
    std::deque<Step> steps;  ///< the first is under way
    bool awaits_reply = false;
    std::uint64_t size = 0;
  };

  /// What became of a data connection and of the command that it is for.
  struct Data {
    bool upload = false;
    bool wanted = false;  ///< the owner was asked for it and not yet told to drop it
    bool connected = false;
    bool ended = false;
    bool enough = false;
    bool held = false;
    bool agreed = false;               ///< 1yz
    std::optional<Reply> final{};      ///< 2yz or a refusal, while the data is still coming
    std::optional<Failure> failure{};  ///< known, while the server's last word is still to come
  };

  enum class Wait { nothing, reply, data_connection, data_idle };

  Started begin(std::deque<Step> steps, bool upload = false);
  Started begin_named(std::initializer_list<std::string_view> names, std::deque<Step> steps, bool upload = false);
  std::deque<Step> transfer_steps(Transfer how, std::string line, std::uint64_t offset = 0) const;
  void add_type(std::deque<Step>& steps, Type type) const;
  static void add_data_connection(std::deque<Step>& steps, Mode mode);

  Step::Kind kind() const { return job_->steps.front().kind; }
  bool in_transfer() const { return job_ && kind() == Step::Kind::transfer; }
  void run_step();
  void next_step();
  void send_line(std::string_view line);

  void take_reply(Reply reply);
  void take_answer(const Reply& reply);
  void take_user_answer(const Reply& reply);
  void take_password_answer(const Reply& reply);
  void take_size(const Reply& reply);
  void take_passive(const Reply& reply);
  void take_transfer_reply(const Reply& reply);
  bool more_may_come(const Reply& reply) const;
  void unexpected(const Reply& reply);
  void refused(const Reply& reply);
  void forget_echoed_password(Reply& reply) const;

  void settle();
  void data_lost(Failure failure);
  void order(DataOrder what);
  void drop_data();

  Wait waits_for() const;
  Wait transfer_waits_for() const;
  /// The time-out of what is waited for now; `anew` when it is the same as before, but another of its kind.
  void await(bool anew = false);
  void timed_out();

  void succeed();
  void fail(Failure failure);
  void break_off(Failure failure);
  void conclude(Outcome outcome);

  Logger log_;
  Options options_;
  ReplyReader reader_;
  Timer timer_;
  Wait waiting_ = Wait::nothing;
  Bytes outgoing_;
  std::string password_;       ///< while logging in
  std::optional<Type> type_;   ///< that the server was told
  bool restart_left_ = false;  ///< the server may still hold an offset, for whatever it sends next
  bool logged_in_ = false;
  bool begun_ = false;
  bool over_ = false;
  std::optional<Failure> reason_;
  std::optional<Job> job_;
  Data data_;
  std::optional<DataOrder> data_order_;
  std::optional<Outcome> outcome_;
};

}  // namespace quasimodem::net::ftp
