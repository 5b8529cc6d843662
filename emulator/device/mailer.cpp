// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/mailer.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "emulator/device/events.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/start_tls_stream.hpp"
#include "emulator/device/tls_record.hpp"
#include "emulator/device/voice_calls.hpp"
#include "net/smtp/client.hpp"
#include "tls/base64.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::device {
namespace {

using net::smtp::Cause;
using net::smtp::Client;

// ASSUMED: a connection that nobody answers is given up after this time, however long the mail may take: as a socket's.
constexpr Duration kLongestConnecting = 75s;
// ASSUMED: so long the module waits for the answer to QUIT; what became of the mail is clear before.
constexpr Duration kLongestFarewell = 10s;
constexpr std::size_t kReceiveBuffer = 4096;
constexpr std::size_t kPortion = 1460;

enum class Style { plain = 0, secure = 1, start_tls = 2 };  // "smtpstyle"

std::string_view name_of(Style style) {
  switch (style) {
    case Style::plain: return "plain";
    case Style::secure: return "tls";
    case Style::start_tls: return "starttls";
  }
  return "";
}

MailError error_of(Cause cause) {
  switch (cause) {
    case Cause::refused:
    case Cause::not_offered: return MailError::refused;
    case Cause::unexpected:
    case Cause::malformed:
    case Cause::injected: return MailError::protocol;
    case Cause::unsendable:
    case Cause::nobody: return MailError::incomplete;
    case Cause::unreadable: return MailError::unreadable;
    case Cause::ended: return MailError::broken;
    case Cause::timed_out: return MailError::timed_out;
  }
  return MailError::protocol;
}

}  // namespace

/// One mail on its way.
struct Mailer::Job {
  explicit Job(PdpContext& on) : context{on} {}

  PdpContext& context;
  Style style = Style::plain;
  net::smtp::Mail mail{};
  std::optional<Client> client{};
  std::unique_ptr<Stream> stream{};
  StartTlsStream* start_tls = nullptr;  ///< the stream, in style 2
  bool shaking_hands = false;           ///< that STARTTLS began
};

Mailer::Mailer(Surroundings surroundings)
    : surroundings_{std::move(surroundings)},
      deadline_{surroundings_.timeline},
      farewell_{surroundings_.timeline},
      failing_{surroundings_.timeline} {}

Mailer::~Mailer() { drop(); }

// ---- what it is made of ----

void Mailer::clear() {
  settings = {};
  attachments_.clear();
}

tl::expected<SecretBytes, MailError> Mailer::read(const FileName& file) const {
  auto content = surroundings_.files.read(file);
  if (!content || content->size() > kLargestAttachment) return tl::unexpected{MailError::unreadable};
  return std::move(*content);
}

tl::expected<std::size_t, MailError> Mailer::attach(const FileName& file) {
  if (!may_attach()) return tl::unexpected{MailError::too_many};
  const auto content = read(file);
  if (!content) return tl::unexpected{content.error()};
  attachments_.push_back({.name = file.file, .size = content->size(), .file = file});
  return content->size();
}

tl::expected<std::size_t, MailError> Mailer::attach(std::string name, SecretBytes content) {
  if (!may_attach()) return tl::unexpected{MailError::too_many};
  const auto size = content.size();
  attachments_.push_back({.name = std::move(name), .size = size, .file = std::nullopt, .content = std::move(content)});
  return size;
}

/// ASSUMED: a file is sent as it is when the mail goes out.
tl::expected<std::vector<net::smtp::Attachment>, std::string> Mailer::content_of_attachments() const {
  std::vector<net::smtp::Attachment> all;
  const auto part = [](const SecretBytes& content, std::size_t at, std::size_t most) {
    const auto rest = ByteSpan{content}.subspan(std::min(at, content.size()));
    const auto some = rest.first(std::min(most, rest.size()));
    return Bytes{some.begin(), some.end()};
  };
  for (const auto& each : attachments_) {
    if (!each.file) {
      all.push_back({each.name, each.size,
                     [&each, part](std::size_t at, std::size_t most) { return part(each.content, at, most); }});
      continue;
    }
    const auto content = read(*each.file);
    if (!content) return tl::unexpected{fmt::format("{} cannot be attached", each.file->text())};
    all.push_back({each.name, content->size(), [this, file = *each.file, part](std::size_t at, std::size_t most) {
                     const auto now = read(file);
                     return now ? part(*now, at, most) : Bytes{};
                   }});
  }
  return all;
}

// ---- sending ----

std::optional<std::string_view> Mailer::missing() const {
  if (settings.server.empty()) return "no server is given (AT+QSMTPSRV)";
  if (settings.mail.sender.empty()) return "no sender is given (AT+QSMTPADDR)";
  if (settings.mail.recipients.empty()) return "no recipient is given (AT+QSMTPDST)";
  return std::nullopt;
}

void Mailer::note_begin(const PdpContext& context) const {
  surroundings_.journal.write(RecordKind::mail, {{"event", "begun"},
                                                 {"context", context.id()},
                                                 {"server", settings.server},
                                                 {"port", settings.port},
                                                 {"style", name_of(job_->style)},
                                                 {"recipients", settings.mail.recipients.size()},
                                                 {"attachments", attachments_.size()}});
}

bool Mailer::send(PdpContext& context, Duration limit) {
  if (busy()) return false;
  failure_.clear();
  job_ = std::make_unique<Job>(context);
  job_->style = static_cast<Style>(surroundings_.ssl.settings.smtp_style);
  note_begin(context);
  if (const auto what = missing()) {
    fail_soon(MailError::incomplete, std::string{*what});
    return true;
  }
  auto attached = content_of_attachments();
  if (!attached) {
    fail_soon(MailError::unreadable, attached.error());
    return true;
  }
  // ASSUMED: a class B module has no packet data while a call goes on.
  if (surroundings_.calls.current()) {
    fail_soon(MailError::no_network, "a voice call is in the way");
    return true;
  }
  job_->mail = settings.mail;
  job_->mail.attachments = std::move(*attached);
  deadline_.start(limit, [this] { time_is_over(); });
  context.enter(*this);
  context.when_up([this](bool succeeded) { up(succeeded); });
  return true;
}

void Mailer::up(bool succeeded) {
  if (!job_ || job_->stream || failing_.running()) return;
  if (!succeeded) return fail_soon(MailError::no_network, "the context could not be activated");
  connect();
}

/// ASSUMED: without AT+QSSLCFG="smtpsctxi" it is context 0, with the settings that it has.
bool Mailer::make_stream() {
  const int ssl_context = std::max(surroundings_.ssl.settings.smtps_context, 0);
  Stream::Target target{
      .host = settings.server, .port = settings.port, .timeout = kLongestConnecting, .receive_buffer = kReceiveBuffer};
  Stream::Callbacks callbacks{.opened = [this](Stream::Outcome outcome) { opened(outcome); },
                              .arrived = [this] { pull(); },
                              .packet = {},
                              .ended = [this] { pull(); },
                              .writable = [this] { push(); }};
  auto& context = job_->context;
  const auto secure = job_->style == Style::secure ? std::optional{ssl_context} : std::nullopt;
  if (job_->style != Style::start_tls)
    return take_stream(context.make_stream("mail", std::move(target), std::move(callbacks), secure));
  auto made = context.make_start_tls_stream("mail", std::move(target), std::move(callbacks), ssl_context);
  if (made) job_->start_tls = made->get();
  return take_stream(std::move(made));
}

bool Mailer::take_stream(PdpContext::Made made) {
  if (!made) {
    fail_soon(MailError::settings, made.error());
    return false;
  }
  job_->stream = std::move(*made);
  return true;
}

/// ASSUMED: the module calls itself by its address, as RFC 5321 4.1.3 has it.
void Mailer::make_client() {
  const auto address = job_->context.address();
  job_->client.emplace(
      Client::Settings{.name = fmt::format("[{}]", address ? address->text() : "0.0.0.0"),
                       .start_tls = job_->style == Style::start_tls,
                       .authenticate = authenticate && !settings.user.empty(),
                       .user = settings.user,
                       .password = settings.password},
      job_->mail,
      net::smtp::Message::Form{.date = surroundings_.rtc.utc(),
                               .id = fmt::format("{}.{}", surroundings_.rtc.utc().time_since_epoch().count(), ++count_),
                               .base64 = [](ByteSpan octets) { return tls::base64(octets); }},
      surroundings_.log);
  job_->client->on_command = on_command;
}

void Mailer::connect() {
  if (!make_stream()) return;
  make_client();
  job_->stream->open();
}

void Mailer::opened(Stream::Outcome outcome) {
  const auto& stream = *job_->stream;
  const auto* tls = stream.session();
  if (tls) note_handshake(surroundings_.journal, *tls, job_->context.id(), {"service", "mail"});
  if (outcome == Stream::Outcome::connected) {
    if (std::exchange(job_->shaking_hands, false)) job_->client->tls_started();
    return pull();
  }
  const auto why = why_failed(stream);
  if (tls) return fail(MailError::tls, fmt::format("no TLS: {}", why.empty() ? "the handshake failed" : why));
  fail(MailError::unreachable, why.empty() ? "the connection failed" : why);
}

void Mailer::pull() {
  auto& client = *job_->client;
  auto& stream = *job_->stream;
  while (stream.available() > 0 && client.state() != Client::State::over)
    client.receive(stream.receive(kReceiveBuffer));
  if (!stream.live() && stream.available() == 0 && client.state() != Client::State::over) client.input_ended();
  follow();
}

/// Draws the consequences of what has come.
void Mailer::follow() {
  switch (job_->client->state()) {
    case Client::State::talking: return push();
    case Client::State::wants_tls: job_->shaking_hands = true; return job_->start_tls->start_tls();
    case Client::State::leaving:
      if (!farewell_.running()) farewell_.start(kLongestFarewell, [this] { time_is_over(); });
      return push();
    case Client::State::over: return conclude_by_client();
  }
}

void Mailer::push() {
  auto& client = *job_->client;
  while (job_->stream->state() == SocketState::connected) {
    const auto octets = client.take_outgoing(kPortion);
    if (octets.empty()) break;
    const auto sent = job_->stream->send_some(octets);
    if (sent == octets.size()) continue;
    client.put_back(ByteSpan{octets}.subspan(sent));
    break;
  }
  if (client.state() == Client::State::over) conclude_by_client();
}

void Mailer::time_is_over() {
  const bool talks = job_->stream && job_->stream->state() == SocketState::connected;
  if (!talks) return fail(MailError::timed_out, job_->stream ? "nobody answered in time" : "the context took too long");
  job_->client->time_out();
  conclude_by_client();
}

// ---- the end ----

void Mailer::conclude_by_client() {
  if (job_->client->sent()) return sent();
  const auto& failure = *job_->client->failure();
  fail(error_of(failure.cause), describe(failure));
}

/// Everything else of the job first: what hears of it may begin the next.
void Mailer::sent() {
  surroundings_.journal.write(RecordKind::mail, {{"event", "sent"}, {"size", job_->client->message_size()}});
  drop();
  surroundings_.events.on_event(MailSent{});
}

void Mailer::fail(MailError error, std::string why) {
  failure_ = settings.server.empty() ? std::move(why) : fmt::format("{}:{}: {}", settings.server, settings.port, why);
  surroundings_.log.warning("{}", failure_);
  surroundings_.journal.write(RecordKind::mail, {{"event", "failed"}, {"reason", failure_}});
  drop();
  surroundings_.events.on_event(MailSent{error});
}

void Mailer::fail_soon(MailError error, std::string why) {
  failing_.start({}, [this, error, why = std::move(why)] { fail(error, why); });
}

void Mailer::drop() {
  deadline_.cancel();
  farewell_.cancel();
  failing_.cancel();
  if (!job_) return;
  job_->context.leave(*this);
  if (job_->stream) job_->stream->close();
  job_.reset();
}

void Mailer::evicted() { fail(MailError::no_network, "the context ended"); }

void Mailer::power_off() {
  drop();
  clear();
  authenticate = true;
  failure_.clear();
}

}  // namespace quasimodem::device
