// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/journal.hpp"
#include "core/log.hpp"
#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/file_writer.hpp"
#include "emulator/device/number_row.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/rooms.hpp"
#include "net/http/exchange.hpp"

namespace quasimodem::device {

/// Why a request, or the fetching of its answer, came to nothing; the numbers of +CME ERROR and +QHTTPDL.
// ASSUMED: which cause has which of the numbers, except where services.md 2.5 has seen it: 3804, 3813, 3815, 3821,
// 3822, 3827 and 3829.
enum class HttpError {
  timed_out = 3801,        ///< the time was over before there was a connection to wait for
  busy = 3802,             ///< another request is under way
  uart_busy = 3803,        ///< another terminal is in its data phase
  no_request = 3804,       ///< nothing was asked for, or it has been fetched
  network_busy = 3805,     ///< the context is being activated by somebody else
  no_network = 3806,       ///< the context could not be activated
  not_configured = 3807,   ///< the context is not for GPRS, or has no APN that the network knows
  deactivated = 3808,      ///< the context ended
  unreachable = 3809,      ///< no way leads to the server
  url = 3810,              ///< the scheme or the form
  no_url = 3811,           ///< none was given
  address = 3812,          ///< dots and digits, and no address
  name = 3813,             ///< not found
  no_socket = 3814,        ///< none was to be had
  connect = 3815,          ///< refused, no answer, or TLS came to nothing
  reset_reading = 3816,    ///< the connection broke while the answer came
  reset_writing = 3817,    ///< while the request went out
  closed = 3818,           ///< the server ended it before the answer was complete
  encode = 3819,           ///< the TE's own head is none
  decode = 3820,           ///< the answer is no HTTP
  read_too_late = 3821,    ///< the answer was not fetched in <to_read_time>
  refused = 3822,          ///< status 400 and above
  call_comes_in = 3823,    ///< a voice call
  call = 3824,             ///< the same, and it is being held
  input_timed_out = 3825,  ///< URL or body did not come from the TE
  body_timed_out = 3826,   ///< a gap in the body, longer than <wait_time>
  head_timed_out = 3827,   ///< no answer in <to_read_time>
  memory = 3828,           ///< the head of the answer does not fit
  relocated = 3829,        ///< status 3xx; not followed
};

/// HTTP and HTTPS of AT+QHTTP*: one request at a time, over a connection of its own that no socket index knows. The
/// answer waits with the server until it is read, into the TE or into a file.
class Http final : private Tenant {
 public:
  struct Surroundings {
    Timeline& timeline;
    FileStore& files;
    const SslContexts& ssl;
    const VoiceCalls& calls;
    const AccessPoints& access_points;
    const Firmware& firmware;
    EventSink& events;
    Logger log;
    Journal journal{};
  };
  /// Comes once, from the Timeline or when the context ends; without an error all is well.
  using Done = std::function<void(std::optional<HttpError>)>;
  using Refusal = std::optional<HttpError>;

  enum class Method { get, post };
  enum class Phase {
    idle,
    input,       ///< a URL or a body comes from the TE
    requesting,  ///< from the command until the head of the answer
    ready,       ///< the body waits
    reading,     ///< it goes to the TE
    downloading  ///< it goes into a file
  };

  explicit Http(Surroundings surroundings);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  struct Settings {
    std::string url;           ///< until the next, or power off
    bool own_head = false;     ///< AT+QHTTPCFG="REQUESTHEADER": what the TE posts is the whole request
    std::string content_type;  ///< AT+QHTTPCFG="CONTENT-TYPE"; empty: the usual one
    int request_time = 60;     ///< AT+QHTTPCFG="requesttimeout": <to_read_time> of who gives none, in seconds
  };
  Settings settings;

  /// A URL or a body is about to come from the TE: until `end_input`, or until nobody holds on to it any more.
  using Input = std::shared_ptr<void>;
  tl::expected<Input, HttpError> begin_input();
  void end_input();
  /// AT+QHTTPGET and AT+QHTTPPOST: done when the head of the answer is there. `to_read` is how long that may take, and
  /// how long the body then waits.
  Refusal request(Method method, PdpContext& context, ByteSpan body, Duration to_read, Done done);
  /// AT+QHTTPREAD: `more` is called whenever there is something to take. `wait`: the longest gap in the body.
  Refusal read(Duration wait, std::function<void()> more, Done done);
  /// What there is, at most so much, while it is being read.
  Bytes take(std::size_t most);
  /// Who reads is there no longer.
  void stop_reading();
  /// For who may outlive it.
  std::weak_ptr<Http*> handle() const { return self_; }
  /// AT+QHTTPDL into a new file, no more than `most` octets; `HttpDownloaded` follows. The file is checked first: it
  /// may be open.
  tl::expected<void, FileProblem> download(const FileName& file, std::size_t most, Duration wait);
  /// Something waits to be read or downloaded.
  Refusal may_fetch() const;

  Phase phase() const { return phase_; }
  /// Of the last answer: AT+QHTTPRSP.
  const std::optional<net::http::ResponseHead>& response() const { return response_; }
  /// Why the last request came to nothing, in one line; empty when it did not.
  const std::string& failure() const { return failure_; }

  void power_off();

  /// What befalls an answer; none: nothing does.
  std::function<std::optional<int>(std::string_view url)> on_status;            ///< it has another
  std::function<bool(std::string_view url)> on_stall;                           ///< it never comes
  std::function<std::optional<std::size_t>(std::string_view url)> on_truncate;  ///< its body ends after so many octets

 private:
  struct Session;

  Refusal refuse(HttpError error, std::string_view why);
  Refusal look_for_call() const;
  void begin(PdpContext& context, net::http::Url url, net::http::Request request);
  void time_is_over();
  Refusal context_refusal(const PdpContext& context) const;
  void up(bool succeeded);
  void connect();
  void opened(Stream::Outcome outcome);
  void push();
  void pull();
  void pull_soon();
  void follow();
  void judge(const net::http::ResponseHead& head);
  void body_moved();
  void store();
  void await_more();
  Bytes next_of_body(std::size_t most);
  bool body_ended() const;
  HttpError error_of(const Stream::Failure& failure) const;
  std::optional<HttpError> end_of_body() const;

  void succeed();
  void fail(HttpError error, std::string_view why);
  void explain(std::string_view why);
  void conclude(std::optional<HttpError> error, std::string_view why = "the body is not complete");
  void conclude_download(std::optional<HttpError> error, std::optional<FileProblem> file, std::string_view why);
  void drop();
  void evicted() override;

  Surroundings surroundings_;
  Phase phase_ = Phase::idle;
  std::unique_ptr<Session> session_;
  Done done_;
  std::function<void()> more_;
  Duration to_read_{};
  Duration wait_{};
  Timer deadline_;  ///< of the request, and of a gap in the body
  Timer pulling_;
  bool came_too_late_ = false;
  std::optional<net::http::ResponseHead> response_;
  std::string failure_;
  std::shared_ptr<Http*> self_ = std::make_shared<Http*>(this);
};

// Its settings, for snapshots.
inline constexpr NumberRow<Http::Settings> kHttpRows[] = {
    number_row<&Http::Settings::own_head>("own_head", 0, 1),
    number_row<&Http::Settings::request_time>("request_time", 1, 65535),
};
inline constexpr TextRow<Http::Settings> kHttpTexts[] = {
    {"url", &Http::Settings::url},
    {"content_type", &Http::Settings::content_type},
};

/// `idle`, `requesting` …
std::string_view name_of(Http::Phase phase);

}  // namespace quasimodem::device
