// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "atcmd/syntax/response_writer.hpp"
#include "core/secret_bytes.hpp"
#include "core/time.hpp"

namespace quasimodem::atcmd {

class Call;
class Reply;
class Sink;
class Source;
class Tunnel;

/// How an intake ended and what it took in.
struct IntakeOutcome {
  enum class End {
    complete,    ///< the announced number of bytes is there
    terminated,  ///< Ctrl-Z
    cancelled,   ///< ESC
    escaped,     ///< `+++` with its silences
    timed_out,   ///< nothing arrived for the time-out
  };
  End end;
  SecretBytes data;  ///< may be a key; empty when a sink took it
};

/// What to do with the data; may answer at once, later (Reply::held) or ask for more.
using Continuation = std::function<Reply(Call&, IntakeOutcome)>;

enum class Echo { off, on };
enum class PromptSign { hidden, shown };

/// `> ` and then data, as AT+QISEND takes it.
struct PromptRequest {
  std::optional<std::size_t> length;  ///< exactly so many bytes, all values; none = until Ctrl-Z or ESC
  std::size_t limit = 0;              ///< without a length: what comes beyond is ignored
  Echo echo = Echo::off;
  PromptSign sign = PromptSign::shown;
  std::optional<Duration> send_after{};  ///< as if Ctrl-Z came then
  bool sign_after_lines = false;         ///< `> ` again after each CR of the data (27.005: text of several lines)
};

/// CONNECT and then raw bytes, as AT+QSECWRITE takes them.
struct DataRequest {
  std::size_t length = 0;
  Duration timeout{};            ///< longest silence between two bytes
  std::shared_ptr<Sink> sink{};  ///< takes the data; none: it is kept, and the outcome has it
};

/// What a command handler answers.
class Reply {
 public:
  struct Code {
    ResultCode code;
  };
  struct Words {
    std::string text;
  };
  struct CmeError {
    int number;
  };
  struct CmsError {
    int number;
  };
  struct Said {};
  struct Held {};
  struct Intake {
    std::variant<PromptRequest, DataRequest> request;
    Continuation then;
  };
  struct Through {
    Tunnel* tunnel;
  };
  struct Delivery {
    std::shared_ptr<Source> source;
    bool connects = true;  ///< at once
  };
  using Value = std::variant<Code, Words, CmeError, CmsError, Said, Held, Intake, Through, Delivery>;

  static Reply ok() { return Reply{Code{ResultCode::ok}}; }
  static Reply error() { return Reply{Code{ResultCode::error}}; }
  static Reply code(ResultCode code) { return Reply{Code{code}}; }
  /// A final result of the maker's own in place of OK: `DEACT OK`. Nothing follows it.
  static Reply result(std::string_view words) { return Reply{Words{std::string{words}}}; }
  static Reply cme(int number) { return Reply{CmeError{number}}; }
  static Reply cms(int number) { return Reply{CmsError{number}}; }
  /// The handler has written all there is, the final result included (AT+QILOCIP has none).
  static Reply said() { return Reply{Said{}}; }
  /// The result comes through the Responder that `Call::hold` gave.
  static Reply held() { return Reply{Held{}}; }
  static Reply intake(std::variant<PromptRequest, DataRequest> request, Continuation then) {
    return Reply{Intake{std::move(request), std::move(then)}};
  }
  /// CONNECT, then every byte goes through the tunnel.
  static Reply through(Tunnel& tunnel) { return Reply{Through{&tunnel}}; }

  /// CONNECT, then what the source brings. The result comes through the Responder that `Call::hold` gave.
  static Reply delivering(std::shared_ptr<Source> source) { return Reply{Delivery{std::move(source)}}; }

  /// The same, but CONNECT comes with `Channel::source_begins`, or never.
  static Reply delivering_later(std::shared_ptr<Source> source) { return Reply{Delivery{std::move(source), false}}; }

  const Value& value() const { return value_; }
  Value& value() { return value_; }

 private:
  explicit Reply(Value value) : value_{std::move(value)} {}
  Value value_;
};

}  // namespace quasimodem::atcmd
