// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atcmd/channel/call.hpp"
#include "atcmd/channel/reply.hpp"
#include "atcmd/syntax/command_line.hpp"
#include "atcmd/table/param.hpp"

namespace quasimodem::atcmd {

struct Command;

/// One of the things that a command sets whose first parameter names it: `AT+QSSLCFG="seclevel",0,2`.
struct Selector {
  std::string_view name;
  Param value;  ///< what follows the name, and the command's second parameter when there is `indexed`
  bool indexed = false;
  /// `values` are all that follow the name; without a value it is a query.
  Reply (*run)(const Selector& selector, Call& call, std::span<const Argument> values) = nullptr;
  bool (*there)(Call& call) = nullptr;  ///< this and the next as with a Command
  std::string_view firmware{};
};

/// What one form of a command does. Empty when the command does not have the form.
struct Form {
  Reply (*run)(const Command& command, Call& call, const CommandCall& typed) = nullptr;
  std::span<const Param> params{};
  std::span<const Selector> selectors{};
  Surplus surplus = Surplus::refused;  ///< what becomes of trailing parameters that nobody asked for

  /// Parameters behind the last one are passed over: newer firmware has more of them, and hosts send them to this one.
  constexpr Form ignores_more() const {
    Form form = *this;
    form.surplus = Surplus::ignored;
    return form;
  }

  constexpr explicit operator bool() const { return run != nullptr; }
};

/// How sure we are that the module behaves like this.
enum class Confidence {
  documented,  ///< D: a manual or the application note
  seen,        ///< S: a real driver's parser, or a log
  inferred,    ///< I: nobody has told us
};

/// Which numbered errors a command has: +CME ERROR, or +CMS ERROR as the short message commands (27.005).
enum class ErrorClass { equipment, message };

/// What the host sends behind a command line, at a prompt or after CONNECT.
struct Payload {
  enum class Content {
    secret,    ///< a certificate, a key, or a file that may be one: no journal shows it
    ordinary,  ///< what everybody may see
  };
  Content content = Content::secret;
  std::optional<std::size_t> size_in{};  ///< the parameter that announces its size, from 0 on; none: Ctrl-Z or ESC ends
                                         ///< it, or behind CONNECT the module
};

/// The values that a command sets, outside of its own forms. `settings` is of the type that its handlers know.
struct Values {
  std::vector<std::string> (*read)(const Command& command, const void* settings) = nullptr;
  /// Takes one of them back from its text; what is none changes nothing.
  void (*write)(const Command& command, void* settings, std::size_t which, std::string_view text) = nullptr;
};

/// What the profile commands do with a command's values (V.250 6.1). AT&V may show them, and snapshots keep them.
struct Profile {
  bool restored = true;  ///< AT&F and ATZ set them
  bool stored = true;    ///< AT&W keeps them
};

/// The modules that the tables were written for. One that came later is named by the commands that it has.
inline constexpr std::uint32_t kFirstModels = 0b1111;

/// One AT command, declared in one place. Dispatch, validation, the `=?` text, COMMANDS.md and `explain` come from it.
struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view manual;  ///< `SSL 2.2.2`, `M66 11.1`
  Confidence confidence = Confidence::documented;

  Form write{};
  Form read{};
  Form execution{};
  Form test{};                    ///< only where generation from `write` is not enough
  std::string_view test_text{};   ///< the manual's own words for an odd `=?`, without the name
  std::span<const Line> lines{};  ///< what it makes the module say, beside answers that look like its parameters

  Values values{};
  std::optional<Profile> profile{};  ///< of `values`; none: no profile has them

  std::optional<Payload> payload{};  ///< whoever listens must know of it: without it the command gets none

  /// Whether a module that has it by `models` has it in its firmware, and the name of what decides; none: yes. Where it
  /// is not there it is as unknown as any word.
  bool (*there)(Call& call) = nullptr;
  std::string_view firmware{};

  ErrorClass errors = ErrorClass::equipment;
  int invalid_parameter = 0;            ///< error number for a bad value or form; 0 = plain ERROR
  bool plain_without_form = false;      ///< a form that it does not have is a plain ERROR all the same
  std::uint32_t models = kFirstModels;  ///< which modules have it, one bit each
};

inline Reply numbered_error(ErrorClass errors, int number) {
  return errors == ErrorClass::message ? Reply::cms(number) : Reply::cme(number);
}

/// The answer to a bad value or a form that the command does not have.
inline Reply invalid(const Command& command) {
  return command.invalid_parameter ? numbered_error(command.errors, command.invalid_parameter) : Reply::error();
}

namespace detail {

template <class>
struct HandlerTraits;
template <class C>
struct HandlerTraits<Reply (*)(C&)> {
  using CallType = C;
};
template <class C, class A>
struct HandlerTraits<Reply (*)(C&, const A&)> {
  using CallType = C;
  using Args = A;
};

template <auto Handler>
Reply run_with_args(const Command& command, Call& call, const CommandCall& typed) {
  using Traits = HandlerTraits<decltype(Handler)>;
  const auto args = arguments_as<typename Traits::Args>(command.write.params, typed.arguments, command.write.surplus);
  if (!args) return invalid(command);
  return Handler(static_cast<typename Traits::CallType&>(call), *args);
}

template <auto Handler>
Reply run_with_typed(const Command&, Call& call, const CommandCall& typed) {
  using Traits = HandlerTraits<decltype(Handler)>;
  return Handler(static_cast<typename Traits::CallType&>(call), typed.arguments);
}

template <auto Handler>
Reply run_plain(const Command&, Call& call, const CommandCall&) {
  using Traits = HandlerTraits<decltype(Handler)>;
  return Handler(static_cast<typename Traits::CallType&>(call));
}

Reply run_selected(const Command& command, Call& call, const CommandCall& typed);

}  // namespace detail

/// The selector with that name, whatever its case, or null.
const Selector* selector_named(const Form& form, std::string_view name);

/// `Reply handler(Call&, const Args&)`, its parameters checked and stored through `params` first.
template <auto Handler>
constexpr Form write(std::span<const Param> params) {
  return {.run = &detail::run_with_args<Handler>, .params = params};
}

/// `Reply handler(Call&, const std::vector<Argument>&)`: what the parameters mean depends on more than their place.
/// `params` are for the test response and the reference page only; a handler that passes over more than it knows says
/// so with `ignores_more()` and does it itself.
template <auto Handler>
constexpr Form write_as_typed(std::span<const Param> params = {}) {
  return {.run = &detail::run_with_typed<Handler>, .params = params};
}

/// The first parameter says which of the selectors. `params` are for the test response and the reference page.
constexpr Form write_selected(std::span<const Param> params, std::span<const Selector> selectors) {
  return {.run = &detail::run_selected, .params = params, .selectors = selectors};
}

/// `Reply handler(Call&)`, for read, execution and test forms.
template <auto Handler>
constexpr Form plain() {
  return {.run = &detail::run_plain<Handler>};
}

/// A command whose write form passes over parameters behind its last one.
constexpr Command ignoring_more(Command command) {
  command.write = command.write.ignores_more();
  return command;
}

constexpr Command taking(Payload payload, Command command) {
  command.payload = payload;
  return command;
}

constexpr Command saying(std::span<const Line> lines, Command command) {
  command.lines = lines;
  return command;
}

constexpr Command tested_as(std::string_view text, Command command) {
  command.test_text = text;
  return command;
}

constexpr Command in_profile(Command command, Profile profile = {}) {
  command.profile = profile;
  return command;
}

/// The form exists and says nothing but OK.
constexpr Form answers_ok() {
  return {.run = [](const Command&, Call&, const CommandCall&) { return Reply::ok(); }};
}

/// The lines of `AT+X=?`, from the command's own entry. Empty when the command has no parameters: just OK.
std::string test_response(const Command& command);

}  // namespace quasimodem::atcmd
