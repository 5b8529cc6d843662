// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "core/time.hpp"
#include "emulator/app/base/json.hpp"

namespace quasimodem::app::control {

class Subscriber;
class Target;

/// `error.code` of an answer. The negative ones are those of JSON-RPC 2.0.
enum class ErrorCode {
  not_json = -32700,
  not_a_request = -32600,
  unknown_method = -32601,
  invalid_parameter = -32602,
  impossible = 1,  ///< not in the module's present state
  timed_out = 2,
};

struct Failure {
  ErrorCode code;
  std::string message;
};

inline Failure impossible(std::string message) { return {ErrorCode::impossible, std::move(message)}; }
inline Failure invalid(std::string message) { return {ErrorCode::invalid_parameter, std::move(message)}; }

enum class ParamType { boolean, integer, number, text, duration, json };
std::string_view name_of(ParamType type);  ///< `true|false`, `NUMBER` …: as the help shows it

enum class Need { required, optional };

/// One parameter of a method. From this come the check of a request, `ctl help` and docs/control.md.
struct Param {
  std::string_view name;
  ParamType type;
  std::string_view help;
  Need need = Need::optional;
};

/// The parameters of one request: names and types are checked, nothing else.
class Arguments {
 public:
  using Value = std::variant<bool, std::int64_t, double, std::string, Duration, Json>;

  void add(std::string_view name, Value value) { values_.emplace_back(name, std::move(value)); }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  bool empty() const { return values_.empty(); }

  /// False when it was not given.
  bool flag(std::string_view name) const;
  /// How many of these are flags that are true.
  int flags(std::span<const Param> params) const;
  template <class T>
  std::optional<T> get(std::string_view name) const {
    const auto* value = find(name);
    return value ? std::optional{std::get<T>(*value)} : std::nullopt;
  }

 private:
  const Value* find(std::string_view name) const;

  std::vector<std::pair<std::string, Value>> values_;
};

/// Answers a request that was not answered at once. Copy it freely: late and second answers go nowhere.
class Answer {
 public:
  using Send = std::function<void(const tl::expected<Json, Failure>&)>;
  explicit Answer(Send send) : state_{std::make_shared<State>(State{std::move(send), {}})} {}

  void operator()(const tl::expected<Json, Failure>& result) const {
    if (const auto send = std::exchange(state_->send, {})) send(result);
    abandon();
  }
  bool open() const { return static_cast<bool>(state_->send); }
  /// Nobody is there any more who wants it.
  void abandon() const {
    state_->send = {};
    if (const auto release = std::exchange(state_->release, {})) release();
  }
  /// Called once, when it is given or abandoned: whoever works for it can stop.
  void when_over(std::function<void()> release) const { state_->release = std::move(release); }

 private:
  struct State {
    Send send;
    std::function<void()> release;
  };
  std::shared_ptr<State> state_;
};

/// What a handler works with.
struct Call {
  Target& target;
  const Arguments& arguments;
  Subscriber& client;
  Answer answer;  ///< for those who return Later
};

struct Later {};
using Outcome = std::variant<Json, Failure, Later>;

/// Requests of methods that change something are written into the journal.
enum class Effect { none, changes };

/// One method of the control socket.
struct Method {
  std::string_view name;
  std::string_view summary;
  std::span<const Param> params;
  Outcome (*run)(Call& call);
  Effect effect = Effect::changes;
  /// The parameter that a word without `=` gives on a command line, unless it names a flag; empty: none.
  std::string_view word{};
};

/// All methods, in the order of the documentation. A family of methods is a span in a file of its own, added there.
std::span<const Method> methods();
const Method* find_method(std::string_view name);

/// Checks `params` (an object or null) against the method's table.
tl::expected<Arguments, Failure> read_arguments(const Method& method, const Json& params);
/// The same for words of a command line: `key=value`, `--key value` or `--key=value`; a word alone is a flag, or the
/// value of the method's `word`.
tl::expected<Json, Failure> params_from_words(const Method& method, std::span<const std::string> words);

Failure unknown_method(std::string_view name);
Failure given_twice(const Method& method, std::string_view name);

// Each family is a table in a file of its own.
std::span<const Method> state_methods();
std::span<const Method> module_methods();
std::span<const Method> network_methods();
std::span<const Method> message_methods();
std::span<const Method> fault_methods();
std::span<const Method> journal_methods();
std::span<const Method> program_methods();

// ---- for people ----

/// What `quasimodem ctl help` prints: all methods, or everything about one.
std::string help_text();
std::string help_text(const Method& method);
/// The table in docs/control.md.
std::string reference_table();

}  // namespace quasimodem::app::control
