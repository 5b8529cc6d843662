// SPDX-License-Identifier: Apache-2.0
#include "net/ftp/client.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "core/whole_number.hpp"
#include "net/ftp/address.hpp"

namespace quasimodem::net::ftp {

namespace {

constexpr int kClosingControl = 421;
constexpr int kAccountWanted = 332;  // which the module does not have
constexpr int kNoDataConnection = 425, kTransferBroken = 426;

/// Nothing in it ends the line or the command: what a host gives as a name must not become a command of its own.
bool can_be_sent(std::string_view argument) {
  return argument.size() <= Client::kArgumentLimit &&
         argument.find_first_of(std::string_view{"\r\n\0", 3}) == argument.npos;
}

bool goes_on(const Reply& reply) { return reply.wants_more() && reply.code != kAccountWanted; }

Failure from(Cause cause, const Reply& reply) { return {cause, reply.code, reply.text}; }

std::string with_argument(std::string_view verb, std::string_view argument) {
  return argument.empty() ? std::string{verb} : fmt::format("{} {}", verb, argument);
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

}  // namespace

Client::Client(Timeline& timeline, Logger log, Options options)
    : log_{std::move(log)}, options_{options}, timer_{timeline} {}

// Jobs

Client::Started Client::begin(std::deque<Step> steps, bool upload) {
  job_ = Job{.steps = std::move(steps)};
  data_ = Data{.upload = upload};
  run_step();
  return {};
}

Client::Started Client::begin_named(std::initializer_list<std::string_view> names, std::deque<Step> steps,
                                    bool upload) {
  if (!logged_in()) return tl::unexpected{Failure{Cause::not_connected}};
  if (busy()) return tl::unexpected{Failure{Cause::busy}};
  for (const auto name : names) {
    if (name.empty() || !can_be_sent(name)) return tl::unexpected{Failure{Cause::bad_name}};
  }
  return begin(std::move(steps), upload);
}

Client::Started Client::log_in(std::string_view user, std::string_view password) {
  if (over_) return tl::unexpected{Failure{Cause::not_connected}};
  if (begun_) return tl::unexpected{Failure{Cause::busy}};
  if (user.empty() || !can_be_sent(user) || !can_be_sent(password)) return tl::unexpected{Failure{Cause::bad_name}};
  begun_ = true;
  password_ = password;
  return begin({
      Step{Step::Kind::greeting},
      Step{Step::Kind::user, with_argument("USER", user)},
      Step{Step::Kind::password},
  });
}

Client::Started Client::change_directory(std::string_view path) {
  return begin_named({path}, {Step{Step::Kind::plain, with_argument("CWD", path)}});
}

Client::Started Client::size(std::string_view name) {
  std::deque<Step> steps;
  add_type(steps, Type::binary);
  steps.push_back(Step{Step::Kind::size, with_argument("SIZE", name)});
  return begin_named({name}, std::move(steps));
}

Client::Started Client::get(std::string_view name, std::uint64_t offset, Transfer how) {
  return begin_named({name}, transfer_steps(how, with_argument("RETR", name), offset));
}

Client::Started Client::put(std::string_view name, Transfer how) {
  return begin_named({name}, transfer_steps(how, with_argument("STOR", name)), true);
}

Client::Started Client::append_to(std::string_view name, Transfer how) {
  return begin_named({name}, transfer_steps(how, with_argument("APPE", name)), true);
}

Client::Started Client::list(std::string_view path, Mode mode) {
  if (!can_be_sent(path)) return tl::unexpected{Failure{Cause::bad_name}};
  return begin_named({}, transfer_steps({Type::ascii, mode}, with_argument("LIST", path)));
}

Client::Started Client::name_list(std::string_view path, Mode mode) {
  if (!can_be_sent(path)) return tl::unexpected{Failure{Cause::bad_name}};
  return begin_named({}, transfer_steps({Type::ascii, mode}, with_argument("NLST", path)));
}

Client::Started Client::rename(std::string_view from_name, std::string_view to_name) {
  return begin_named({from_name, to_name}, {
                                               Step{Step::Kind::more, with_argument("RNFR", from_name)},
                                               Step{Step::Kind::plain, with_argument("RNTO", to_name)},
                                           });
}

Client::Started Client::remove(std::string_view name) {
  return begin_named({name}, {Step{Step::Kind::plain, with_argument("DELE", name)}});
}

Client::Started Client::make_directory(std::string_view name) {
  return begin_named({name}, {Step{Step::Kind::plain, with_argument("MKD", name)}});
}

Client::Started Client::remove_directory(std::string_view name) {
  return begin_named({name}, {Step{Step::Kind::plain, with_argument("RMD", name)}});
}

Client::Started Client::quit() { return begin_named({}, {Step{Step::Kind::quit, "QUIT"}}); }

std::deque<Client::Step> Client::transfer_steps(Transfer how, std::string line, std::uint64_t offset) const {
  std::deque<Step> steps;
  add_type(steps, how.type);
  add_data_connection(steps, how.mode);
  // Directly before the command that it is for: RFC 959 4.1.3.
  if (offset > 0 || restart_left_) steps.push_back(Step{Step::Kind::restart, fmt::format("REST {}", offset)});
  steps.push_back(Step{Step::Kind::transfer, std::move(line)});
  return steps;
}

void Client::add_type(std::deque<Step>& steps, Type type) const {
  if (type_ == type) return;
  steps.push_back(Step{Step::Kind::plain, type == Type::ascii ? "TYPE A" : "TYPE I", type});
}

/// The connection is there before the transfer is asked for. ASSUMED: as most clients do it; a server that cannot be
/// reached is then known before it opens the file.
void Client::add_data_connection(std::deque<Step>& steps, Mode mode) {
  steps.push_back(mode == Mode::passive ? Step{Step::Kind::passive, "PASV"} : Step{Step::Kind::listen});
}

// Steps

void Client::run_step() {
  const auto& step = job_->steps.front();
  if (step.kind == Step::Kind::greeting) {
    job_->awaits_reply = true;
  } else if (step.kind == Step::Kind::listen) {
    order(Listen{});
  } else if (step.kind == Step::Kind::password) {
    log_.debug("> PASS ****");
    append(outgoing_, fmt::format("PASS {}\r\n", password_));
    job_->awaits_reply = true;
  } else {
    send_line(step.line);
  }
  await(true);
}

void Client::next_step() {
  if (data_.failure) return fail(*std::exchange(data_.failure, std::nullopt));
  job_->steps.pop_front();
  if (job_->steps.empty()) return succeed();
  run_step();
}

void Client::send_line(std::string_view line) {
  log_.debug("> {}", escaped(line));
  append(outgoing_, line);
  append(outgoing_, "\r\n");
  job_->awaits_reply = true;
}

// The control connection

void Client::receive(ByteSpan bytes) {
  while (!bytes.empty() && !over_) {
    if (auto reply = reader_.next(bytes)) {
      take_reply(*std::move(reply));
    } else if (!reader_.problem().empty()) {
      break_off({Cause::protocol, 0, std::string{reader_.problem()}});
    }
  }
}

void Client::input_ended(std::optional<NetError> error) {
  if (over_) return;
  if (job_ && kind() == Step::Kind::quit) {
    over_ = true;
    return succeed();
  }
  break_off({Cause::broken, 0, std::string{error ? describe(*error) : "the server closed it"}});
}

Bytes Client::take_outgoing() { return std::exchange(outgoing_, {}); }

void Client::take_reply(Reply reply) {
  forget_echoed_password(reply);
  log_.debug("< {} {}", reply.code, escaped(reply.text));
  if (on_reply) on_reply(reply);
  const bool quitting = job_ && kind() == Step::Kind::quit;
  if (reply.code == kClosingControl && !quitting) {
    return break_off(from(job_ && !logged_in_ ? Cause::log_in_refused : Cause::refused, reply));
  }
  if (!begun_) return break_off(from(Cause::protocol, reply));
  if (!job_ || !job_->awaits_reply) {
    log_.warning("the FTP server said {} {} to nothing", reply.code, escaped(reply.text));
    return;
  }
  // An answer to a command that has not been sent: from here on every reply would be taken for another's.
  if (!outgoing_.empty()) return break_off({Cause::protocol, reply.code, "an answer before its command"});
  if (kind() == Step::Kind::transfer) return take_transfer_reply(reply);
  if (reply.preliminary()) return;  // 120, and what else announces a reply to come; the time-out goes on
  job_->awaits_reply = false;
  take_answer(reply);
}

void Client::take_answer(const Reply& reply) {
  switch (kind()) {
    case Step::Kind::greeting: return reply.completed() ? next_step() : refused(reply);
    case Step::Kind::user: return take_user_answer(reply);
    case Step::Kind::password: return take_password_answer(reply);
    case Step::Kind::size: return take_size(reply);
    case Step::Kind::passive: return take_passive(reply);
    case Step::Kind::quit: over_ = true; return succeed();
    case Step::Kind::more: return goes_on(reply) ? next_step() : unexpected(reply);
    case Step::Kind::restart:
      if (!goes_on(reply)) return unexpected(reply);
      restart_left_ = true;
      return next_step();
    case Step::Kind::plain:
      if (!reply.completed()) return unexpected(reply);
      if (const auto& type = job_->steps.front().sets_type) type_ = type;
      return next_step();
    case Step::Kind::listen:
    case Step::Kind::transfer: return;
  }
}

void Client::take_user_answer(const Reply& reply) {
  if (goes_on(reply)) return next_step();
  if (!reply.completed()) return refused(reply);
  job_->steps.clear();  // no password is wanted
  logged_in_ = true;
  succeed();
}

void Client::take_password_answer(const Reply& reply) {
  if (!reply.completed()) return refused(reply);
  logged_in_ = true;
  next_step();
}

void Client::take_size(const Reply& reply) {
  if (!reply.completed()) return unexpected(reply);
  const auto size = whole_number<std::uint64_t>(trimmed(reply.text));
  if (!size) return fail(from(Cause::protocol, reply));
  job_->size = *size;
  next_step();
}

void Client::take_passive(const Reply& reply) {
  if (!reply.completed()) return unexpected(reply);
  auto peer = find_comma_form(reply.text);
  if (!peer) return fail(from(Cause::protocol, reply));
  const bool unreachable = is_private(peer->address) && !is_private(options_.server);
  const bool guarded = options_.passive_address == PassiveAddress::guarded && unreachable;
  const bool nowhere = peer->address == IpAddress{};  // 0.0.0.0: a server that does not know its own
  if (nowhere || guarded || options_.passive_address == PassiveAddress::server) peer->address = options_.server;
  order(Connect{*peer});
  await(true);
}

void Client::take_transfer_reply(const Reply& reply) {
  if (reply.preliminary()) {
    data_.agreed = true;
    restart_left_ = false;
    return await();
  }
  job_->awaits_reply = false;
  if (data_.enough && (reply.completed() || reply.refused())) return succeed();
  if (reply.refused()) {
    const bool of_data = reply.code == kNoDataConnection || reply.code == kTransferBroken || data_.failure.has_value();
    auto failure = from(of_data ? Cause::data_connection : Cause::refused, reply);
    if (!more_may_come(reply)) return fail(std::move(failure));
    data_.failure = std::move(failure);
    data_.final = reply;
    return await(true);
  }
  if (!reply.completed()) return unexpected(reply);
  if (data_.failure) return fail(*std::exchange(data_.failure, std::nullopt));
  // The end of an upload is this side's to say: what the server has now is not known.
  if (data_.upload && !data_.ended) return fail(from(Cause::protocol, reply));
  data_.final = reply;
  settle();
}

/// What the server sent before it gave up is under way, and worth having.
/// In active mode the server may know of the connection, and of its end, before this side does.
bool Client::more_may_come(const Reply& reply) const {
  if (data_.upload || !data_.agreed || data_.ended || data_.failure) return false;
  return data_.connected || reply.code == kTransferBroken;
}

/// Refused, or an answer of a kind that this command cannot have: then nobody knows what the server has understood.
void Client::unexpected(const Reply& reply) {
  reply.refused() || reply.code == kAccountWanted ? fail(from(Cause::refused, reply))
                                                  : break_off(from(Cause::protocol, reply));
}

/// The log-in is.
void Client::refused(const Reply& reply) {
  const bool no_answer = reply.completed() || goes_on(reply);
  break_off(from(no_answer ? Cause::protocol : Cause::log_in_refused, reply));
}

/// What the server says goes to the log and the journal, and there are servers that repeat what they do not like.
void Client::forget_echoed_password(Reply& reply) const {
  if (password_.empty()) return;
  for (std::size_t at = 0; (at = reply.text.find(password_, at)) != std::string::npos; at += 4) {
    reply.text.replace(at, password_.size(), "****");
  }
}

// The data connection

std::optional<Client::DataOrder> Client::take_data_order() { return std::exchange(data_order_, std::nullopt); }

void Client::order(DataOrder what) {
  data_.wanted = !std::holds_alternative<Drop>(what);
  data_order_ = what;
}

void Client::drop_data() {
  if (data_.wanted) order(Drop{});
}

void Client::data_listening(Endpoint local) {
  if (!job_ || kind() != Step::Kind::listen) return;
  job_->steps.front() = Step{Step::Kind::plain, with_argument("PORT", comma_form(local))};
  run_step();
}

void Client::data_connected() {
  if (!data_.wanted || data_.connected) return;
  data_.connected = true;
  if (kind() == Step::Kind::passive) return next_step();
  await();
}

void Client::data_failed(NetError error) {
  if (!data_.wanted || data_.connected) return;
  data_lost({Cause::data_connection, 0, std::string{describe(error)}});
}

void Client::data_ended(std::optional<NetError> error) {
  if (!data_.wanted || !data_.connected || data_.ended) return;
  if (error) return data_lost({Cause::data_connection, 0, std::string{describe(*error)}});
  // With a passive one this may come before the transfer was asked for. What the server says to that counts.
  data_.ended = true;
  if (in_transfer()) settle();
}

void Client::data_enough() {
  if (!in_transfer() || !data_.wanted || data_.ended) return;
  data_.ended = data_.enough = true;
  settle();
}

void Client::data_moved() {
  if (waiting_ == Wait::data_idle) await(true);
}

void Client::data_held(bool held) {
  if (!in_transfer() || data_.held == held) return;
  data_.held = held;
  await();
}

bool Client::transferring() const {
  const bool lost = data_.failure && !data_.final;
  return in_transfer() && (data_.agreed || data_.final) && data_.connected && !data_.ended && !lost;
}

/// It is lost; the job with it. Where a transfer is under way the server's word on it is still to come.
void Client::data_lost(Failure failure) {
  drop_data();
  if (!job_->awaits_reply) return fail(data_.failure.value_or(std::move(failure)));
  data_.failure = std::move(failure);
  await(true);
}

/// Both have ended, the data and what the server says of it, in whatever order.
void Client::settle() {
  if (!data_.final || !data_.ended) return await(true);
  data_.failure && !data_.enough ? fail(*std::exchange(data_.failure, std::nullopt)) : succeed();
}

// Time

Client::Wait Client::waits_for() const {
  if (!job_) return Wait::nothing;
  if (in_transfer()) return transfer_waits_for();
  return job_->awaits_reply ? Wait::reply : Wait::data_connection;
}

Client::Wait Client::transfer_waits_for() const {
  if ((data_.failure && !data_.final) || data_.ended) return Wait::reply;
  if (!data_.agreed && !data_.final) return Wait::reply;
  if (!data_.connected) return Wait::data_connection;
  return data_.held ? Wait::nothing : Wait::data_idle;
}

void Client::await(bool anew) {
  const auto now = waits_for();
  if (now == waiting_ && !anew) return;
  waiting_ = now;
  const auto in_time = [this](Duration limit) { timer_.start(limit, [this] { timed_out(); }); };
  switch (now) {
    case Wait::nothing: return timer_.cancel();
    case Wait::reply: return in_time(options_.times.reply);
    case Wait::data_connection: return in_time(options_.times.data_connection);
    case Wait::data_idle: return in_time(options_.times.data_idle);
  }
}

void Client::timed_out() {
  switch (waiting_) {
    case Wait::nothing: return;
    case Wait::data_connection: data_lost({Cause::data_connection, 0, "timed out"}); break;
    case Wait::data_idle: data_lost({Cause::timed_out, 0, "no data"}); break;
    case Wait::reply:
      if (kind() == Step::Kind::quit) {
        over_ = true;
        succeed();
      } else {
        // An answer that comes after all would be taken for the next command's.
        break_off(data_.failure.value_or(Failure{Cause::timed_out, 0, "no answer"}));
      }
  }
  const auto tell = on_change;  // it may destroy the client
  if (tell) tell();
}

// Outcomes

std::optional<Client::Outcome> Client::take_outcome() { return std::exchange(outcome_, std::nullopt); }

void Client::succeed() { conclude(Success{job_->size}); }

void Client::fail(Failure failure) { conclude(tl::unexpected{std::move(failure)}); }

void Client::break_off(Failure failure) {
  if (over_) return;
  over_ = true;
  outgoing_.clear();
  reason_ = failure;
  if (job_) fail(std::move(failure));
}

void Client::conclude(Outcome outcome) {
  drop_data();
  job_.reset();
  data_ = {};
  std::fill(password_.begin(), password_.end(), '\0');
  password_.clear();
  outcome_ = std::move(outcome);
  await();
}

}  // namespace quasimodem::net::ftp
