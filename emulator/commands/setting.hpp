// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>

#include "emulator/commands/family.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::commands {

// Most configuration commands are "store a value, say it back". They are one line each:
//
//   constexpr Meaning kIndication[] = {{0, "data comes as it arrives"}, {1, "+QIRDI once, AT+QIRD reads"}};
//   …
//   setting<&TcpIpSettings::notify, kIndication>("+QINDI", "How received data is handled", "M66 11.30")
//
// and with a range in the place of the meanings where a number is just a number: `setting<&Settings::gain, 0, 15>`.
// The member is a number, a bool or an enumeration. What nobody but its command needs has no member, only its factory
// value: `remembered<kSleep, 0>(…)`. What AT&F, AT&W and ATZ do with it is said around it: `in_profile(…)`.

/// Where a setting lives, found by the class of its member: with the terminal, in the whole module.
template <class Owner>
constexpr bool kOfTerminal = std::is_same_v<Owner, Settings> || std::is_same_v<Owner, atcmd::Dialogue> ||
                             std::is_same_v<Owner, device::MessageSettings> || std::is_same_v<Owner, CallSettings>;
template <class Owner>
constexpr auto& home(auto& settings) {
  if constexpr (std::is_same_v<Owner, atcmd::Dialogue>) {
    return settings.dialogue;
  } else if constexpr (std::is_same_v<Owner, device::MessageSettings>) {
    return settings.messages;
  } else if constexpr (std::is_same_v<Owner, CallSettings>) {
    return settings.calls;
  } else {
    return settings;
  }
}
/// A family whose settings live elsewhere in the module says where with one of these.
inline device::TcpIpSettings& home_of(Call& call, device::TcpIpSettings*) { return call.tcpip(); }
template <class Owner>
Owner& home(Call& call) {
  if constexpr (kOfTerminal<Owner>) {
    return home<Owner>(call.settings());
  } else {
    return home_of(call, static_cast<Owner*>(nullptr));
  }
}

/// The numbers of a command that live in members.
template <auto... Members>
struct InMembers {
  static constexpr std::size_t kCount = sizeof...(Members);
  template <auto Member>
  using OwnerOf = typename atcmd::detail::MemberOf<decltype(Member)>::Owner;
  static constexpr bool kInProfile = (kOfTerminal<OwnerOf<Members>> && ...);
  static constexpr bool kAnyMayStay = false;

  static std::array<int, kCount> get(std::string_view, auto& where) {
    return {static_cast<int>(home<OwnerOf<Members>>(where).*Members)...};
  }
  static void put(std::string_view, auto& where, const std::array<int, kCount>& numbers) {
    const auto* next = numbers.data();
    ((home<OwnerOf<Members>>(where).*Members =
          static_cast<typename atcmd::detail::MemberOf<decltype(Members)>::Type>(*next++)),
     ...);
  }
};

/// Those that nobody but the command needs: they live under its name, once they are not the factory's.
template <int... Factory>
struct Remembered {
  static constexpr std::size_t kCount = sizeof...(Factory);
  static constexpr bool kInProfile = true;
  static constexpr bool kAnyMayStay = kCount > 1;  // ASSUMED: the first too, whatever the test response says

  static std::array<int, kCount> get(std::string_view name, auto& where) {
    std::array<int, kCount> numbers{Factory...};
    const auto& all = home<Settings>(where).remembered;
    if (const auto found = all.find(name); found != all.end())
      std::copy_n(found->second.begin(), kCount, numbers.begin());
    return numbers;
  }
  static void put(std::string_view name, auto& where, const std::array<int, kCount>& numbers) {
    if (numbers != get(name, where)) home<Settings>(where).remembered[name].assign(numbers.begin(), numbers.end());
  }
};

/// What was typed, over `numbers`; what is left out stays, or has its default. False: the command does not take it.
bool take_numbers(const Command& command, const CommandCall& typed, std::span<int> numbers, bool any_may_stay);
/// `+X: 1,2`
std::string shown_numbers(const Command& command, std::span<const int> numbers);
std::vector<std::string> texts_of(std::span<const int> numbers);
/// False when there is no such place, or the text is no number.
bool number_from(std::string_view text, std::span<int> numbers, std::size_t which);

/// What a command does with numbers that it stores and says back.
template <class Numbers>
struct NumberForms {
  static Reply set(const Command& command, atcmd::Call& channel_call, const CommandCall& typed) {
    auto& call = static_cast<Call&>(channel_call);
    auto numbers = Numbers::get(command.name, call);
    if (!take_numbers(command, typed, numbers, Numbers::kAnyMayStay)) return atcmd::invalid(command);
    Numbers::put(command.name, call, numbers);
    return Reply::ok();
  }
  static Reply show(const Command& command, atcmd::Call& call, const CommandCall&) {
    call.respond(shown_numbers(command, Numbers::get(command.name, static_cast<Call&>(call))));
    return Reply::ok();
  }
  static std::vector<std::string> read(const Command& command, const void* settings) {
    return texts_of(Numbers::get(command.name, *static_cast<const Settings*>(settings)));
  }
  static void write(const Command& command, void* settings, std::size_t which, std::string_view text) {
    auto& where = *static_cast<Settings*>(settings);
    auto numbers = Numbers::get(command.name, where);
    if (number_from(text, numbers, which)) Numbers::put(command.name, where, numbers);
  }
};

template <class Numbers>
constexpr Form written(std::span<const Param> params) {
  return {.run = &NumberForms<Numbers>::set, .params = params};
}
template <class Numbers>
constexpr Form said() {
  return {.run = &NumberForms<Numbers>::show};
}
/// None of what is the whole module's: a profile is a terminal's.
template <class Numbers>
constexpr atcmd::Values values_of() {
  if constexpr (Numbers::kInProfile) {
    return {.read = &NumberForms<Numbers>::read, .write = &NumberForms<Numbers>::write};
  } else {
    return {};
  }
}

/// `=<n>`, `?` and `=?` of numbers that are stored and said back.
template <class Numbers>
constexpr Command setting_of(std::span<const Param> params, std::string_view name, std::string_view summary,
                             std::string_view manual) {
  return {.name = name,
          .summary = summary,
          .manual = manual,
          .write = written<Numbers>(params),
          .read = said<Numbers>(),
          .values = values_of<Numbers>()};
}

/// The parameter list of a setting; it must outlive the table, hence an object.
template <std::int64_t Lowest, std::int64_t Highest>
constexpr std::array kSettingRange{atcmd::integer("n", Lowest, Highest).as_range()};
template <const auto& Meanings>
constexpr std::array kSettingChoice{atcmd::choice("n", Meanings).as_range()};
/// Of meanings, or of parameters.
template <const auto& Values>
constexpr std::span<const Param> params_of() {
  if constexpr (std::is_same_v<decltype(*std::begin(Values)), const Param&>) {
    return Values;
  } else {
    return kSettingChoice<Values>;
  }
}

template <auto Member, std::int64_t Lowest, std::int64_t Highest>
constexpr Command setting(std::string_view name, std::string_view summary, std::string_view manual) {
  return setting_of<InMembers<Member>>(kSettingRange<Lowest, Highest>, name, summary, manual);
}
template <auto Member, const auto& Meanings>
constexpr Command setting(std::string_view name, std::string_view summary, std::string_view manual) {
  return setting_of<InMembers<Member>>(kSettingChoice<Meanings>, name, summary, manual);
}
/// Several that are set together.
template <const auto& Params, auto... Members>
constexpr Command setting_list(std::string_view name, std::string_view summary, std::string_view manual) {
  return setting_of<InMembers<Members...>>(Params, name, summary, manual);
}

/// The same for the network and the TCP/IP stack, where newer firmware has parameters behind the first.
template <auto Member, const auto& Meanings>
constexpr Command network_setting(std::string_view name, std::string_view summary, std::string_view manual) {
  return atcmd::ignoring_more(setting<Member, Meanings>(name, summary, manual));
}

/// Without a member: `remembered<kSleep, 0>`, `remembered<kMicrophone, 4, 9, 8>` for several, and
/// `remembered_number<0, 255, 1>` for a number from 0 to 255 that is 1 at first.
template <const auto& Values, int... Factory>
constexpr Command remembered(std::string_view name, std::string_view summary, std::string_view manual) {
  return setting_of<Remembered<Factory...>>(params_of<Values>(), name, summary, manual);
}
template <std::int64_t Lowest, std::int64_t Highest, int Factory>
constexpr Command remembered_number(std::string_view name, std::string_view summary, std::string_view manual) {
  return setting_of<Remembered<Factory>>(kSettingRange<Lowest, Highest>, name, summary, manual);
}

/// AT&V shows it, snapshots keep it, and the profiles leave it alone.
constexpr Profile kNotKept{.restored = false, .stored = false};

constexpr Command as_sure(Command command, Confidence confidence) {
  command.confidence = confidence;
  return command;
}

}  // namespace quasimodem::commands
