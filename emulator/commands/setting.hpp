// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "atcmd/table/command.hpp"
#include "emulator/commands/call.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::commands {

// Most configuration commands are "store a value, say it back". They are one line each:
//
//   constexpr Meaning kIndication[] = {{0, "data comes as it arrives"}, {1, "+QIRDI once, AT+QIRD reads"}};
//   …
//   setting<&TcpIpSettings::notify, kIndication>("+QINDI", "How received data is handled", "M66 11.30")
//
// and with a range in the place of the meanings where a number is just a number: `setting<&Settings::gain, 0, 15>`.

/// Where a setting lives, found by the class of its member.
inline Settings& home(Call& call, Settings*) { return call.settings(); }
inline atcmd::Dialogue& home(Call& call, atcmd::Dialogue*) { return call.settings().dialogue; }
inline StatusSettings& home(Call& call, StatusSettings*) { return call.settings().status; }
inline device::MessageSettings& home(Call& call, device::MessageSettings*) { return call.settings().messages; }
inline CallSettings& home(Call& call, CallSettings*) { return call.settings().calls; }
inline device::TcpIpSettings& home(Call& call, device::TcpIpSettings*) { return call.me().tcpip; }

struct SettingValue {
  int value = 0;
};

template <auto Member>
struct SettingOf {
  using Owner = typename atcmd::detail::MemberOf<decltype(Member)>::Owner;

  static int& value(Call& call) { return home(call, static_cast<Owner*>(nullptr)).*Member; }
  static atcmd::Reply set(Call& call, const SettingValue& args) {
    value(call) = args.value;
    return atcmd::Reply::ok();
  }
  static atcmd::Reply show(const atcmd::Command& command, atcmd::Call& call, const atcmd::CommandCall&) {
    call.respond(fmt::format("{}: {}", command.name, value(static_cast<Call&>(call))));
    return atcmd::Reply::ok();
  }
};

/// The parameter list of a setting; it must outlive the table, hence an object.
template <std::int64_t Lowest, std::int64_t Highest>
constexpr std::array kSettingRange{atcmd::integer<&SettingValue::value>("n", Lowest, Highest).as_range()};
template <const auto& Meanings>
constexpr std::array kSettingChoice{atcmd::choice<&SettingValue::value>("n", Meanings).as_range()};

/// `=<n>`, `?` and `=?` of a number that is stored and said back.
template <auto Member>
constexpr atcmd::Command setting_with(std::span<const atcmd::Param> params, std::string_view name,
                                      std::string_view summary, std::string_view manual) {
  return {.name = name,
          .summary = summary,
          .manual = manual,
          .write = atcmd::write<&SettingOf<Member>::set>(params),
          .read = {.run = &SettingOf<Member>::show}};
}
template <auto Member, std::int64_t Lowest, std::int64_t Highest>
constexpr atcmd::Command setting(std::string_view name, std::string_view summary, std::string_view manual) {
  return setting_with<Member>(kSettingRange<Lowest, Highest>, name, summary, manual);
}
template <auto Member, const auto& Meanings>
constexpr atcmd::Command setting(std::string_view name, std::string_view summary, std::string_view manual) {
  return setting_with<Member>(kSettingChoice<Meanings>, name, summary, manual);
}

/// The same for the network and the TCP/IP stack, where newer firmware has parameters behind the first.
template <auto Member, const auto& Meanings>
constexpr atcmd::Command network_setting(std::string_view name, std::string_view summary, std::string_view manual) {
  return atcmd::ignoring_more(setting<Member, Meanings>(name, summary, manual));
}

/// The same with +CME ERROR for a bad value (at-reference 1.8: all but the TCP/IP and SSL families).
constexpr atcmd::Command with_cme(atcmd::Command command, int number) {
  command.invalid_parameter = number;
  return command;
}
template <auto Member, std::int64_t Lowest, std::int64_t Highest>
constexpr atcmd::Command stored(std::string_view name, std::string_view summary, std::string_view manual) {
  return with_cme(setting<Member, Lowest, Highest>(name, summary, manual), cme::kOperationNotAllowed);
}
template <auto Member, const auto& Meanings>
constexpr atcmd::Command stored(std::string_view name, std::string_view summary, std::string_view manual) {
  return with_cme(setting<Member, Meanings>(name, summary, manual), cme::kOperationNotAllowed);
}

constexpr atcmd::Command as_sure(atcmd::Command command, atcmd::Confidence confidence) {
  command.confidence = confidence;
  return command;
}

/// Several numbers that are stored together and said back: `=<a>[,<b>…]`, what is left out stays, and `?`.
/// `Params` gives names and ranges.
template <auto Member, const auto& Params>
struct ListSetting {
  using Owner = typename atcmd::detail::MemberOf<decltype(Member)>::Owner;

  static auto& values(Call& call) { return home(call, static_cast<Owner*>(nullptr)).*Member; }
  static atcmd::Reply set(Call& call, const std::vector<atcmd::Argument>& typed) {
    auto wanted = values(call);
    if (typed.size() > wanted.size()) return atcmd::Reply::cme(cme::kOperationNotAllowed);
    for (std::size_t i = 0; i < typed.size(); ++i) {
      if (typed[i].omitted()) continue;
      const auto value = atcmd::parse_integer(typed[i].text);
      if (!value || *value < Params[i].lowest || *value > Params[i].highest)
        return atcmd::Reply::cme(cme::kOperationNotAllowed);
      wanted[i] = static_cast<int>(*value);
    }
    values(call) = wanted;
    return atcmd::Reply::ok();
  }
  static atcmd::Reply show(const atcmd::Command& command, atcmd::Call& call, const atcmd::CommandCall&) {
    call.respond(fmt::format("{}: {}", command.name, fmt::join(values(static_cast<Call&>(call)), ",")));
    return atcmd::Reply::ok();
  }
};

template <auto Member, const auto& Params>
constexpr atcmd::Command list_setting(std::string_view name, std::string_view summary, std::string_view manual) {
  return {.name = name,
          .summary = summary,
          .manual = manual,
          .write = atcmd::write_as_typed<&ListSetting<Member, Params>::set>(Params),
          .read = {.run = &ListSetting<Member, Params>::show},
          .invalid_parameter = cme::kOperationNotAllowed};
}

}  // namespace quasimodem::commands
