// SPDX-License-Identifier: Apache-2.0
// The networks that the firmware knows and those that the SIM prefers (27.007 7.19, 7.21; names only:
// at-reference 1.11).
#include <algorithm>

#include "emulator/commands/character_set.hpp"
#include "emulator/commands/family.hpp"
#include "emulator/commands/sim_results.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/operators.hpp"
#include "emulator/device/radio_settings.hpp"

namespace quasimodem::commands {
namespace {

enum Format { long_name = 0, short_name = 1, number = 2 };

/// In the format of AT+CPOL; one that has no name shows its number.
std::string shown(std::string_view plmn, int format, std::string_view character_set) {
  const auto* known = device::operator_of(plmn);
  if (!known || format == number) return std::string{plmn};
  return shown_name(format == long_name ? known->name : known->short_name, character_set);
}

std::optional<std::string> number_of(std::string_view typed, int format, std::string_view character_set) {
  if (format == number) {
    const bool digits = typed.find_first_not_of("0123456789") == std::string_view::npos;
    return digits && (typed.size() == 5 || typed.size() == 6) ? std::optional{std::string{typed}} : std::nullopt;
  }
  const auto name = typed_text(typed, character_set);
  for (const auto& known : device::known_operators()) {
    if (name == device::sms::from_utf8(format == long_name ? known.name : known.short_name))
      return std::string{known.number};
  }
  return std::nullopt;
}

std::optional<int> unavailable(Call& call) {
  const auto error = cme_of(call.me().sim_status());
  return error ? std::optional{error} : std::nullopt;
}

// AT+CPOL=[<index>][,<format>[,<oper>]] — an index alone deletes, a format alone is for the list       [27.007 7.19]
struct Preferred {
  std::optional<int> index;
  std::optional<int> format;
  std::optional<std::string_view> name;
};
constexpr std::array kPreferred{
    atcmd::integer<&Preferred::index>("index", 1, device::kPreferredOperators).optional(),
    atcmd::integer<&Preferred::format>("format", 0, 2).optional(),
    atcmd::text<&Preferred::name>("oper", 1, 80).optional(),
};

/// Without an index: the first place that is free.
Reply write_preferred(Call& call, const Preferred& args) {
  const auto plmn = number_of(*args.name, args.format.value_or(number), call.settings().character_set);
  if (!plmn) return Reply::cme(cme::kOperatorFormatWrong);
  const auto& list = call.me().radio().preferred_operators();
  const auto free = std::find(list.begin(), list.end(), "") - list.begin();
  const auto index = args.index ? *args.index : static_cast<int>(free) + 1;
  if (index > device::kPreferredOperators) return Reply::cme(cme::kMemoryFull);
  return call.me().radio().prefer_operator(index, *plmn) ? Reply::ok() : Reply::cme(cme::kMemoryFailure);
}

Reply set_preferred(Call& call, const Preferred& args) {
  if (const auto error = unavailable(call)) return Reply::cme(*error);
  if (args.name) return write_preferred(call, args);
  if (args.format) call.settings().preferred_format = *args.format;
  if (args.format || !args.index) return args.format ? Reply::ok() : Reply::cme(cme::kOperationNotAllowed);
  return call.me().radio().prefer_operator(*args.index, {}) ? Reply::ok() : Reply::cme(cme::kMemoryFailure);
}

Reply show_preferred(Call& call) {
  if (const auto error = unavailable(call)) return Reply::cme(*error);
  const int format = call.settings().preferred_format;
  std::vector<std::string> lines;
  int index = 0;
  for (const auto& plmn : call.me().radio().preferred_operators()) {
    ++index;
    if (!plmn.empty())
      lines.push_back(
          fmt::format("+CPOL: {},{},\"{}\"", index, format, shown(plmn, format, call.settings().character_set)));
  }
  if (!lines.empty()) call.respond(lines);
  return Reply::ok();
}

// AT+COPN → +COPN: "<number>","<name>" for each                                                        [27.007 7.21]
Reply list_known_operators(Call& call) {
  std::vector<std::string> lines;
  for (const auto& each : device::known_operators())
    lines.push_back(
        fmt::format("+COPN: \"{}\",\"{}\"", each.number, shown_name(each.name, call.settings().character_set)));
  call.respond(lines);
  return Reply::ok();
}

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+CPOL",
            .summary = "Preferred operators",
            .manual = "27.007 7.19",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&set_preferred>(kPreferred).ignores_more(),
            .read = atcmd::plain<&show_preferred>(),
            .test_text = " (1-8),(0-2)",
            .invalid_parameter = cme::kOperatorFormatWrong},
    Command{.name = "+COPN",
            .summary = "Names of operators",
            .manual = "27.007 7.21",
            .confidence = Confidence::inferred,
            .execution = atcmd::plain<&list_known_operators>()},
});
static_assert(atcmd::names_are_unique(kCommands));
static_assert(device::kPreferredOperators == 8, "as the test form says");

}  // namespace

const atcmd::Family kOperatorListsFamily{"Operator lists", kCommands};

}  // namespace quasimodem::commands
