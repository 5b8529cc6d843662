// SPDX-License-Identifier: Apache-2.0
// HTTP and HTTPS, AT+QHTTP* (services.md 2, from drivers and a table of the maker's commands). Errors are +CME ERROR
// 38xx, a bad value is 3765.
#include "emulator/device/http.hpp"

#include <memory>
#include <type_traits>
#include <utility>

#include "atcmd/channel/channel.hpp"
#include "atcmd/channel/source.hpp"
#include "core/same_word.hpp"
#include "emulator/commands/family.hpp"
#include "emulator/commands/file_results.hpp"
#include "emulator/commands/firmware_command.hpp"
#include "emulator/commands/http_text.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {
namespace {

using device::FileName;
using device::FileProblem;
using device::Http;
using device::HttpError;

constexpr int kLongestTime = 65535;  // seconds
constexpr int kLargestUrl = 450;
constexpr int kLargestPost = 29696;
constexpr std::size_t kLongestTyped = 85;  // a name of 80 characters, in /RAM/

// ASSUMED: the time that is meant when none is given: 60 s.
constexpr int kUsualTime = 60;

Reply failed(HttpError error) { return Reply::cme(static_cast<int>(error)); }
Reply result(std::optional<HttpError> error) { return error ? failed(*error) : Reply::ok(); }

constexpr Param seconds(Param time) { return time.as_range().optional(kUsualTime); }

// ---- the URL ----

// AT+QHTTPURL=<url_length>[,<input_time>] → CONNECT → the URL → OK
struct UrlSize {
  int length = 0;
  int input_s = 0;
};
constexpr std::array kUrlSize{
    atcmd::integer<&UrlSize::length>("url_length", 1, kLargestUrl).as_range(),
    seconds(atcmd::integer<&UrlSize::input_s>("input_time", 1, kLongestTime)),
};

// ASSUMED: an upload that fails leaves no URL.
Reply take_url(Call& call, const UrlSize& args) {
  auto& http = call.me().http();
  auto input = http.begin_input();
  if (!input) return failed(input.error());
  http.settings.url.clear();
  return call.data_mode(
      {.length = static_cast<std::size_t>(args.length), .timeout = std::chrono::seconds{args.input_s}},
      [input = std::move(*input)](Call& resumed, const IntakeOutcome& outcome) {
        auto& waiting = resumed.me().http();
        waiting.end_input();
        if (outcome.end != IntakeOutcome::End::complete) return failed(HttpError::input_timed_out);
        waiting.settings.url = as_text(outcome.data);
        return Reply::ok();
      });
}

// ---- requests ----

/// The result comes when the head of the answer does.
Reply ask(Call& call, Http::Method method, ByteSpan body, int to_read_s) {
  const auto to_read = std::chrono::seconds{to_read_s};
  constexpr auto kMargin = 10s;  // its own time-out is the one that counts
  auto done = call.hold(to_read + kMargin, [](Call&, std::optional<HttpError> error) { return result(error); });
  const auto refusal = call.me().http().request(method, call.context(), body, to_read, std::move(done));
  return refusal ? failed(*refusal) : Reply::held();
}

int usual_time(Call& call) { return call.me().http().settings.request_time; }

// AT+QHTTPGET[=<to_read_time>[,<x>]]                     OBSERVED: a driver sends a second number
struct Get {
  std::optional<int> to_read_s{};
  int unknown = 0;
};
constexpr std::array kGet{
    atcmd::integer<&Get::to_read_s>("to_read_time", 1, kLongestTime).as_range(),
    atcmd::integer<&Get::unknown>("x", 1, kLongestTime).as_range().optional(),
};

Reply get(Call& call, const Get& args) {
  return ask(call, Http::Method::get, {}, args.to_read_s.value_or(usual_time(call)));
}
Reply get_in_usual_time(Call& call) { return get(call, {}); }

// AT+QHTTPPOST=<data_size>[,<input_time>[,<to_read_time>]] → CONNECT → the body → OK
struct Post {
  int size = 0;
  int input_s = 0;
  std::optional<int> to_read_s{};
};
constexpr std::array kPost{
    atcmd::integer<&Post::size>("data_size", 1, kLargestPost).as_range(),
    seconds(atcmd::integer<&Post::input_s>("input_time", 1, kLongestTime)),
    atcmd::integer<&Post::to_read_s>("to_read_time", 1, kLongestTime).as_range().optional(),
};

Reply post(Call& call, const Post& args) {
  auto& http = call.me().http();
  if (http.settings.url.empty()) return failed(HttpError::no_url);  // ASSUMED: before CONNECT
  auto input = http.begin_input();
  if (!input) return failed(input.error());
  return call.data_mode({.length = static_cast<std::size_t>(args.size), .timeout = std::chrono::seconds{args.input_s}},
                        [input = std::move(*input), args](Call& resumed, const IntakeOutcome& outcome) {
                          resumed.me().http().end_input();
                          if (outcome.end != IntakeOutcome::End::complete) return failed(HttpError::input_timed_out);
                          const int to_read_s = args.to_read_s.value_or(usual_time(resumed));
                          return ask(resumed, Http::Method::post, outcome.data, to_read_s);
                        });
}

// ---- the answer ----

/// The body on its way to the TE.
class Body final : public atcmd::Source {
 public:
  Body(Http& http, atcmd::Channel& channel) : http_{http.handle()}, channel_{channel} {}
  ~Body() override {
    if (const auto http = http_.lock()) (*http)->stop_reading();
  }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  void go_on() { channel_.source_ready(); }

  Bytes take(std::size_t most) override {
    const auto http = http_.lock();
    return http ? (*http)->take(most) : Bytes{};
  }

 private:
  std::weak_ptr<Http*> http_;
  atcmd::Channel& channel_;  ///< which this belongs to
};

// AT+QHTTPREAD[=<wait_time>] → CONNECT, the body, OK
struct Wait {
  int wait_s = 0;
};
constexpr std::array kWait{atcmd::integer<&Wait::wait_s>("wait_time", 1, kLongestTime).as_range()};

// ASSUMED: with its time-out the output stops and +CME ERROR: 3826 stands in the place of OK.
Reply read(Call& call, const Wait& args) {
  auto& http = call.me().http();
  if (const auto refusal = http.may_fetch()) return failed(*refusal);
  auto body = std::make_shared<Body>(http, call.channel());
  const auto more = [weak = std::weak_ptr{body}] {
    if (const auto reading = weak.lock()) reading->go_on();
  };
  const auto wait = std::chrono::seconds{args.wait_s};
  auto done = call.hold(wait, [](Call&, std::optional<HttpError> error) { return result(error); });
  if (const auto refusal = http.read(wait, more, std::move(done))) return failed(*refusal);
  return Reply::delivering(std::move(body));
}
Reply read_in_usual_time(Call& call) { return read(call, {kUsualTime}); }

// AT+QHTTPDL=<filename>[,<length>[,<wait_time>]] → OK, later +QHTTPDL: <stored>,<content_length>,<err>
struct Download {
  std::string_view file;
  int length = 0;
  int wait_s = 0;
};
// OBSERVED: 10240 is in a header of the maker's SDK.
constexpr int kUsualLength = 10240;
constexpr std::array kDownload{
    atcmd::text<&Download::file>("filename", 1, kLongestTyped),
    atcmd::integer<&Download::length>("length", 0, 0x7FFFFFFF).optional(0),
    seconds(atcmd::integer<&Download::wait_s>("wait_time", 1, kLongestTime)),
};
constexpr Line kDownloadLines[] = {
    {"+QHTTPDL: <stored>,<content_length>,<err>", Line::urc,
     "the download has ended: octets in the file, those that the server announced or -1, and 0, a number of "
     "+CME ERROR: 38xx, or one of a file: 4008 the store is full, 4017 the body is longer than <length>"}};

Reply download(Call& call, const Download& args) {
  auto& http = call.me().http();
  const auto name = FileName::parse(args.file);
  if (!name) return Reply::cme(cme::kInvalidInput);
  if (const auto refusal = http.may_fetch()) return failed(*refusal);
  const auto most = static_cast<std::size_t>(args.length == 0 ? kUsualLength : args.length);
  const auto begun = http.download(*name, most, std::chrono::seconds{args.wait_s});
  if (!begun) return Reply::cme(error_number(begun.error()));
  call.own({Task::Kind::http});
  return Reply::ok();
}

// ---- later firmware ----

// AT+QHTTPCFG=<name>[,<value>]                              [samples for MC60 and M26; release notes of the MC60]
using Values = std::span<const Argument>;

constexpr Meaning kOwnHeads[] = {{0, "the module writes the head"},
                                 {1, "what AT+QHTTPPOST takes is the whole request, head and body"}};
constexpr std::size_t kLongestType = 100;

/// ASSUMED: without a value it is a query.
template <auto Member>
Reply configure_http(const Selector& row, atcmd::Call& channel_call, Values values) {
  auto& call = static_cast<Call&>(channel_call);
  auto& setting = call.me().http().settings.*Member;
  using Setting = std::remove_reference_t<decltype(setting)>;
  constexpr bool kIsText = std::is_same_v<Setting, std::string>;
  if (values.empty()) {
    if constexpr (kIsText) {
      call.respond(fmt::format("+QHTTPCFG: \"{}\",\"{}\"", row.name, setting));
    } else {
      call.respond(fmt::format("+QHTTPCFG: \"{}\",{}", row.name, static_cast<int>(setting)));
    }
    return Reply::ok();
  }
  if (values.size() != 1 || !takes(row.value, values[0])) return Reply::cme(cme::kInvalidInput);
  if constexpr (kIsText) {
    setting = values[0].text;
  } else {
    setting = static_cast<Setting>(*atcmd::parse_integer(values[0].text));
  }
  return Reply::ok();
}

constexpr std::array kConfiguration{
    atcmd::text("name", 1, 20),
    atcmd::text("value", 0, kLongestType).optional(),
};
constexpr Selector kSelectors[] = {
    {"REQUESTHEADER", atcmd::choice("own_head", kOwnHeads), false, &configure_http<&Http::Settings::own_head>},
    {"CONTENT-TYPE", atcmd::text("type", 0, kLongestType), false, &configure_http<&Http::Settings::content_type>},
    {"requesttimeout", atcmd::integer("seconds", 1, kLongestTime), false,
     &configure_http<&Http::Settings::request_time>},
};

// AT+QHTTPRSP? → +QHTTPRSP: <status>,<length>                                                        [MC60 11.36]
constexpr Line kResponseLines[] = {
    {"+QHTTPRSP: <status>,<length>", Line::result, "of the last answer; length 0: none, -1: it came in chunks"}};

// ASSUMED: before the first answer it is OK alone; a body that lasts until the server closes has no length either.
Reply show_response(Call& call) {
  const auto& head = call.me().http().response();
  if (!head) return Reply::ok();
  const auto length = head->content_length ? fmt::format("{}", *head->content_length) : "-1";
  call.respond(fmt::format("+QHTTPRSP: {},{}", head->status, length));
  return Reply::ok();
}

// ---- the table ----

// ASSUMED: what a host posts is its own affair, and no key.
constexpr atcmd::Payload kSized{.content = atcmd::Payload::Content::ordinary, .size_in = 0};
constexpr Line kBodyLines[] = {{"CONNECT", Line::result, "the body of the answer follows, then OK"}};
constexpr std::string_view kDrivers = "drivers (services.md 2)";

constexpr Command http_command(std::string_view name, std::string_view summary, Form write, Form execution = {}) {
  return {.name = name,
          .summary = summary,
          .manual = kDrivers,
          .confidence = Confidence::seen,
          .write = write,
          .execution = execution,
          .invalid_parameter = cme::kInvalidInput};
}

constexpr Command tested_ok(Command command) {
  command.test = atcmd::answers_ok();
  return command;
}

constexpr std::array kCommands{
    taking(kSized, tested_as(" (1-450),(1-65535)", http_command("+QHTTPURL", "Give the URL of a request",
                                                                atcmd::write<&take_url>(kUrlSize)))),
    tested_as(" (1-65535)", http_command("+QHTTPGET", "Ask a server with GET", atcmd::write<&get>(kGet),
                                         atcmd::plain<&get_in_usual_time>())),
    taking(kSized, tested_as(" (1-29696),(1-65535),(1-65535)",
                             http_command("+QHTTPPOST", "Send a body with POST", atcmd::write<&post>(kPost)))),
    saying(kBodyLines, http_command("+QHTTPREAD", "Read the body of the answer", atcmd::write<&read>(kWait),
                                    atcmd::plain<&read_in_usual_time>())),
    saying(kDownloadLines,
           tested_as(" <filename>,(1-),(1-65535)", http_command("+QHTTPDL", "Store the body of the answer in a file",
                                                                atcmd::write<&download>(kDownload)))),
    depending_on<&device::Firmware::http_config>(
        "http-config", tested_ok(http_command("+QHTTPCFG", "Settings of requests",
                                              atcmd::write_selected(kConfiguration, kSelectors)))),
    depending_on<&device::Firmware::http_config>("http-config",
                                                 Command{.name = "+QHTTPRSP",
                                                         .summary = "Status and length of the last answer",
                                                         .manual = "MC60 11.36",
                                                         .confidence = Confidence::inferred,
                                                         .read = atcmd::plain<&show_response>(),
                                                         .test_text = " \"httprsp\",\"content-length\"",
                                                         .lines = kResponseLines}),
};
static_assert(atcmd::names_are_unique(kCommands));

int error_number(const device::HttpDownloaded& event) {
  if (event.error) return static_cast<int>(*event.error);
  if (!event.file) return 0;
  constexpr int kShortBuffer = 4017;  // OBSERVED: `+QHTTPDL: 2048,105332,4017`
  return *event.file == FileProblem::too_large ? kShortBuffer : commands::error_number(*event.file);
}

}  // namespace

std::string download_line(const device::HttpDownloaded& event) {
  const auto length = event.content_length ? static_cast<long long>(*event.content_length) : -1;
  return fmt::format("+QHTTPDL: {},{},{}", event.stored, length, error_number(event));
}

const atcmd::Family kHttpFamily{"HTTP", kCommands};

}  // namespace quasimodem::commands
