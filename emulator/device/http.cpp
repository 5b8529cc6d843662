// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/http.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "emulator/device/access_points.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tls_record.hpp"
#include "emulator/device/voice_calls.hpp"
#include "net/http/url.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::device {
namespace {

using net::http::ResponseReader;

// ASSUMED: a connection that nobody answers is given up after this time, however long <to_read_time> is: as a socket's.
constexpr Duration kLongestConnecting = 75s;
// Of the answer so much waits in the module; the rest stays with the server.
constexpr std::size_t kReceiveBuffer = 4096;
constexpr int kFirstRedirect = 300;
constexpr int kFirstRefusal = 400;

}  // namespace

std::string_view name_of(Http::Phase phase) {
  constexpr std::array<std::string_view, 6> kNames{"idle", "input", "requesting", "ready", "reading", "downloading"};
  return kNames[static_cast<std::size_t>(phase)];
}

/// One request and its connection.
struct Http::Session {
  Session(PdpContext& on, net::http::Url where, net::http::Request what)
      : context{on}, url{std::move(where)}, exchange{std::move(what)} {}

  PdpContext& context;
  net::http::Url url;
  net::http::Exchange exchange;
  std::unique_ptr<Stream> stream{};
  bool silent = false;                          ///< a fault
  std::optional<std::size_t> left_until_cut{};  ///< a fault
  bool link_ended = false;
  std::optional<FileWriter> file{};
  std::size_t most = 0;   ///< of the file
  std::size_t taken = 0;  ///< of the body

  ResponseReader& response() { return exchange.response(); }
  /// All that the connection will bring is taken in, or there is none.
  bool stream_dry() const { return !stream || (link_ended && stream->available() == 0); }
};

Http::Http(Surroundings surroundings)
    : surroundings_{std::move(surroundings)}, deadline_{surroundings_.timeline}, pulling_{surroundings_.timeline} {}

Http::~Http() { drop(); }

// ---- from the TE ----

tl::expected<Http::Input, HttpError> Http::begin_input() {
  switch (phase_) {
    case Phase::input:
    case Phase::reading: return tl::unexpected{HttpError::uart_busy};
    case Phase::requesting:
    case Phase::downloading: return tl::unexpected{HttpError::busy};
    case Phase::idle:
    case Phase::ready: break;
  }
  drop();
  phase_ = Phase::input;
  return Input{nullptr, [self = handle()](void*) {
                 if (const auto http = self.lock()) (*http)->end_input();
               }};
}

void Http::end_input() {
  if (phase_ == Phase::input) phase_ = Phase::idle;
}

// ---- the request ----

// ASSUMED: a class B module has no packet data while a call goes on; it says so before it begins.
Http::Refusal Http::look_for_call() const {
  const auto* call = surroundings_.calls.current();
  if (!call) return std::nullopt;
  const bool rings = call->state == VoiceCalls::State::incoming || call->state == VoiceCalls::State::waiting;
  return rings ? HttpError::call_comes_in : HttpError::call;
}

Http::Refusal Http::context_refusal(const PdpContext& context) const {
  switch (context.state()) {
    case TcpIpState::pdp_deact: return HttpError::no_network;
    case TcpIpState::ip_config:
    case TcpIpState::ip_ind: return HttpError::network_busy;
    default: break;
  }
  const bool configured = context.access.mode == 1 && surroundings_.access_points.has(context.access.apn);
  if (!context.active() && !configured) return HttpError::not_configured;
  return std::nullopt;
}

Http::Refusal Http::refuse(HttpError error, std::string_view why) {
  fail(error, why);
  return error;
}

Http::Refusal Http::request(Method method, PdpContext& context, ByteSpan body, Duration to_read, Done done) {
  if (phase_ == Phase::input || phase_ == Phase::reading) return HttpError::uart_busy;
  if (phase_ == Phase::requesting || phase_ == Phase::downloading) return HttpError::busy;
  drop();
  response_.reset();
  came_too_late_ = false;
  if (settings.url.empty()) return refuse(HttpError::no_url, "no URL was given");
  auto url = net::http::parse_url(settings.url);
  if (!url && url.error() == net::http::UrlProblem::address)
    return refuse(HttpError::address, "its host is no address");
  if (!url) return refuse(HttpError::url, "it is no URL of http or https");
  if (url->secure && !surroundings_.ssl.settings.https)
    return refuse(HttpError::url, "https is off (AT+QSSLCFG=\"https\",1)");
  const auto type =
      settings.content_type.empty() ? net::http::kUsualContentType : std::string_view{settings.content_type};
  auto request = method == Method::get ? net::http::get(*url) : net::http::post(*url, body, type);
  if (method == Method::post && settings.own_head) {
    auto own = net::http::own(body);
    if (!own) return refuse(HttpError::encode, fmt::format("the host's own request is none: {}", own.error()));
    request = std::move(*own);
  }
  if (const auto call = look_for_call()) return refuse(*call, "a voice call is in the way");
  if (const auto refusal = context_refusal(context))
    return refuse(*refusal, fmt::format("context {} is in {}", context.id(), name_of(context.state())));

  done_ = std::move(done);
  to_read_ = to_read;
  begin(context, std::move(*url), std::move(request));
  return std::nullopt;
}

void Http::begin(PdpContext& context, net::http::Url url, net::http::Request request) {
  phase_ = Phase::requesting;
  failure_.clear();
  surroundings_.journal.write(RecordKind::http, {{"event", "request"},
                                                 {"context", context.id()},
                                                 {"request", request.line},
                                                 {"host", url.host},
                                                 {"port", url.port},
                                                 {"secure", url.secure}});
  session_ = std::make_unique<Session>(context, std::move(url), std::move(request));
  session_->silent = on_stall && on_stall(settings.url);
  if (on_truncate) session_->left_until_cut = on_truncate(settings.url);
  deadline_.start(to_read_, [this] { time_is_over(); });
  context.enter(*this);
  context.when_up([this](bool succeeded) { up(succeeded); });
}

void Http::time_is_over() {
  const auto* stream = session_->stream.get();
  if (stream && stream->state() == SocketState::connected)
    return fail(HttpError::head_timed_out, "the server did not answer in time");
  if (stream && stream->peer()) return fail(HttpError::connect, "nobody answered there");
  fail(HttpError::timed_out, stream ? "the name server did not answer in time" : "the context took too long");
}

void Http::up(bool succeeded) {
  if (phase_ != Phase::requesting || session_->stream) return;
  if (!succeeded) return fail(HttpError::no_network, "the context could not be activated");
  connect();
}

void Http::connect() {
  auto& ssl = surroundings_.ssl.settings;
  const auto& url = session_->url;
  // ASSUMED: without AT+QSSLCFG="httpsctxi" it is context 0, with the settings that it has.
  const auto ssl_context = url.secure ? std::optional{std::max(ssl.https_context, 0)} : std::nullopt;
  auto stream = session_->context.make_stream("http",
                                              {.host = url.host,
                                               .port = url.port,
                                               .timeout = std::min(to_read_, kLongestConnecting),
                                               .receive_buffer = kReceiveBuffer},
                                              {.opened = [this](Stream::Outcome outcome) { opened(outcome); },
                                               .arrived = [this] { pull(); },
                                               .packet = {},
                                               .ended =
                                                   [this] {
                                                     session_->link_ended = true;
                                                     pull();
                                                   },
                                               .writable = [this] { push(); }},
                                              ssl_context);
  if (!stream) return fail(HttpError::connect, fmt::format("SSL context {}: {}", *ssl_context, stream.error()));
  session_->stream = std::move(*stream);
  session_->stream->open();
}

HttpError Http::error_of(const Stream::Failure& failure) const {
  using Step = Stream::Failure::Step;
  using net::NetError;
  if (failure.error == NetError::no_bearer) return HttpError::deactivated;
  if (failure.step == Step::resolving) return HttpError::name;
  if (failure.error == NetError::no_resources) return HttpError::no_socket;
  if (failure.error == NetError::unreachable) return HttpError::unreachable;
  if (failure.step == Step::connecting) return HttpError::connect;
  return session_->exchange.all_sent() ? HttpError::reset_reading : HttpError::reset_writing;
}

void Http::opened(Stream::Outcome outcome) {
  auto& stream = *session_->stream;
  if (const auto* tls = stream.session())
    note_handshake(surroundings_.journal, *tls, session_->context.id(), {"service", "http"});
  if (outcome == Stream::Outcome::connected) return push();
  const auto why = why_failed(stream);
  fail(error_of(stream.failure()), why.empty() ? "the connection failed" : why);
}

void Http::push() {
  auto& exchange = session_->exchange;
  while (!exchange.all_sent()) {
    const auto sent = session_->stream->send_some(exchange.outgoing());
    if (sent == 0) return;
    exchange.sent(sent);
  }
}

void Http::pull() {
  if (!session_ || session_->silent) return;
  auto& response = session_->response();
  auto& stream = *session_->stream;
  while (response.room() > 0 && stream.available() > 0) response.feed(stream.receive(response.room()));
  if (session_->stream_dry() && !stream.failure().error) response.end_of_input();
  follow();
}

void Http::pull_soon() {
  pulling_.start({}, [this] { pull(); });
}

/// Draws the consequences of what has come.
void Http::follow() {
  if (phase_ == Phase::reading || phase_ == Phase::downloading) return body_moved();
  if (phase_ != Phase::requesting) return;
  const auto& response = session_->response();
  if (response.head() && response.head()->status / 100 != 1) return judge(*response.head());
  using Failure = ResponseReader::Failure;
  switch (response.failure()) {
    case Failure::no_http: return fail(HttpError::decode, "the server's answer is no HTTP");
    case Failure::too_long: return fail(HttpError::memory, "the head of the answer is too long");
    case Failure::cut_short: return fail(HttpError::closed, "the server closed without an answer");
    case Failure::none: break;
  }
  if (session_->stream_dry()) fail(error_of(session_->stream->failure()), "the connection broke");
}

void Http::judge(const net::http::ResponseHead& head) {
  response_ = head;
  if (const auto status = on_status ? on_status(settings.url) : std::nullopt) {
    response_->status = *status;
    response_->reason.clear();
  }
  const int status = response_->status;
  surroundings_.journal.write(
      RecordKind::http,
      {{"event", "response"},
       {"status", status},
       {"reason", response_->reason},
       {"length", response_->content_length ? static_cast<std::int64_t>(*response_->content_length) : -1}});
  const auto words = fmt::format("the server answered {} {}", status, response_->reason);
  if (status >= kFirstRefusal && !surroundings_.firmware.http_error_body) return fail(HttpError::refused, words);
  if (status >= kFirstRedirect && status < kFirstRefusal) return fail(HttpError::relocated, words);
  succeed();
}

void Http::succeed() {
  phase_ = Phase::ready;
  deadline_.start(to_read_, [this] {
    surroundings_.log.info("nobody has fetched the answer in time");
    drop();
    came_too_late_ = true;
  });
  std::exchange(done_, {})(std::nullopt);
}

// ---- the body ----

Http::Refusal Http::may_fetch() const {
  switch (phase_) {
    case Phase::input:
    case Phase::reading: return HttpError::uart_busy;
    case Phase::requesting:
    case Phase::downloading: return HttpError::busy;
    case Phase::idle: return came_too_late_ ? HttpError::read_too_late : HttpError::no_request;
    case Phase::ready: break;
  }
  return std::nullopt;
}

Http::Refusal Http::read(Duration wait, std::function<void()> more, Done done) {
  if (const auto refusal = may_fetch()) return refusal;
  phase_ = Phase::reading;
  wait_ = wait;
  more_ = std::move(more);
  done_ = std::move(done);
  await_more();
  pull_soon();
  return std::nullopt;
}

tl::expected<void, FileProblem> Http::download(const FileName& file, std::size_t most, Duration wait) {
  auto writer = FileWriter::begin(surroundings_.files, file);
  if (!writer) return tl::unexpected{writer.error()};
  phase_ = Phase::downloading;
  wait_ = wait;
  session_->file = std::move(*writer);
  session_->most = most;
  await_more();
  pull_soon();
  return {};
}

void Http::await_more() {
  deadline_.start(wait_, [this] { conclude(HttpError::body_timed_out); });
}

/// There is a body to hand over, or it is at its end.
void Http::body_moved() {
  if (phase_ == Phase::downloading) return store();
  if (session_->response().available() > 0) {
    deadline_.cancel();  // it is the TE's turn
    more_();
  }
  if (phase_ == Phase::reading && body_ended()) conclude(end_of_body());
}

Bytes Http::next_of_body(std::size_t most) {
  auto& left = session_->left_until_cut;
  auto octets = session_->response().read(left ? std::min(most, *left) : most);
  if (left) *left -= octets.size();
  session_->taken += octets.size();
  return octets;
}

bool Http::body_ended() const {
  if (session_->left_until_cut == std::size_t{0}) return true;
  if (session_->response().available() > 0) return false;
  const auto state = session_->response().state();
  const bool broke = session_->stream_dry() && session_->stream->failure().error;
  return broke || state == ResponseReader::State::complete || state == ResponseReader::State::failed;
}

std::optional<HttpError> Http::end_of_body() const {
  if (session_->left_until_cut == std::size_t{0}) return HttpError::closed;
  const auto& response = session_->response();
  if (response.state() == ResponseReader::State::complete) return std::nullopt;
  using Failure = ResponseReader::Failure;
  if (response.failure() == Failure::no_http) return HttpError::decode;
  if (response.failure() == Failure::too_long) return HttpError::memory;
  return session_->stream->failure().error ? error_of(session_->stream->failure()) : HttpError::closed;
}

Bytes Http::take(std::size_t most) {
  if (phase_ != Phase::reading) return {};
  auto octets = next_of_body(most);
  if (octets.empty()) return octets;
  if (session_->response().available() == 0) await_more();
  pull_soon();
  return octets;
}

void Http::stop_reading() {
  if (phase_ != Phase::reading) return;
  done_ = {};
  drop();
}

void Http::store() {
  auto& file = *session_->file;
  while (session_->response().available() > 0 && session_->left_until_cut != std::size_t{0}) {
    const auto room = session_->most - file.size();
    if (room == 0) return conclude_download(std::nullopt, FileProblem::too_large, "<length> is less than the body");
    const auto octets = next_of_body(room);
    const auto written = file.write(octets);
    if (!written) return conclude_download(std::nullopt, written.error(), "the file cannot be written");
    if (*written < octets.size()) return conclude_download(std::nullopt, FileProblem::no_space, "the store is full");
    await_more();
  }
  if (body_ended()) return conclude(end_of_body());
  if (session_->stream->available() > 0 || session_->stream_dry()) pull_soon();
}

// ---- the end ----

void Http::conclude(std::optional<HttpError> error, std::string_view why) {
  if (phase_ == Phase::downloading) return conclude_download(error, std::nullopt, why);
  if (error) return fail(*error, why);
  surroundings_.journal.write(RecordKind::http, {{"event", "read"}, {"size", session_->taken}});
  drop();
  std::exchange(done_, {})(std::nullopt);
}

void Http::conclude_download(std::optional<HttpError> error, std::optional<FileProblem> file, std::string_view why) {
  auto writer = std::exchange(session_->file, std::nullopt);
  if (const auto finished = writer->finish(); !finished && !file) file = finished.error();
  const HttpDownloaded event{.stored = writer->size(),
                             .content_length = response_ ? response_->content_length : std::nullopt,
                             .error = error,
                             .file = file};
  surroundings_.journal.write(RecordKind::http,
                              {{"event", "downloaded"}, {"size", event.stored}, {"file", writer->name().text()}});
  if (error) {
    fail(*error, why);
  } else {
    if (file) explain(why);
    drop();
  }
  surroundings_.events.on_event(event);
}

void Http::explain(std::string_view why) {
  failure_ = settings.url.empty() ? std::string{why} : fmt::format("{}: {}", settings.url, why);
  surroundings_.log.warning("{}", failure_);
}

/// Everything else of the session first: what hears of it may begin the next.
void Http::fail(HttpError error, std::string_view why) {
  explain(why);
  surroundings_.journal.write(RecordKind::http,
                              {{"event", "failed"}, {"error", static_cast<int>(error)}, {"reason", why}});
  auto done = std::exchange(done_, {});
  drop();
  if (done) done(error);
}

void Http::drop() {
  deadline_.cancel();
  pulling_.cancel();
  more_ = {};
  phase_ = Phase::idle;
  if (!session_) return;
  session_->context.leave(*this);
  if (session_->stream) session_->stream->close();
  session_.reset();
}

void Http::evicted() {
  if (phase_ == Phase::ready) return drop();
  conclude(HttpError::deactivated, "the context ended");
}

void Http::power_off() {
  done_ = {};
  drop();
  settings = {};
  response_.reset();
  failure_.clear();
  came_too_late_ = false;
}

}  // namespace quasimodem::device
