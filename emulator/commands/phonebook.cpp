// SPDX-License-Identifier: Apache-2.0
// Phonebook (M66 9).
#include "emulator/device/phonebook.hpp"

#include "emulator/commands/character_set.hpp"
#include "emulator/commands/family.hpp"
#include "emulator/commands/sim_results.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/phonebooks.hpp"

namespace quasimodem::commands {
namespace {

using device::Phonebook;
using device::PhonebookEntry;

// ASSUMED: the longest number and name, those of common SIMs.
constexpr std::size_t kLongestNumber = 40;
constexpr std::size_t kLongestName = 18;

constexpr int kMemoryFull = 20;
constexpr int kInvalidIndex = 21;
constexpr int kNotFound = 22;
constexpr int kTextTooLong = 24;
constexpr int kInvalidText = 25;
constexpr int kNumberTooLong = 26;
constexpr int kInvalidNumber = 27;

Reply failure(Phonebook::Problem problem) {
  switch (problem) {
    case Phonebook::Problem::invalid_index: return Reply::cme(kInvalidIndex);
    case Phonebook::Problem::full: return Reply::cme(kMemoryFull);
    case Phonebook::Problem::read_only: return Reply::cme(cme::kOperationNotAllowed);
    case Phonebook::Problem::failed: break;
  }
  return Reply::cme(cme::kMemoryFailure);
}

std::optional<Reply> refusal(Call& call) {
  const auto error = cme_of(call.me().sim_status());
  return error ? std::optional{Reply::cme(error)} : std::nullopt;
}

Phonebook& book(Call& call) { return *call.me().phonebooks().find(call.settings().phonebook); }

// AT+CPBS="<storage>"                                                                                          [M66 9]
struct Storage {
  std::string_view name;
};
constexpr std::array kStorage{atcmd::text<&Storage::name>("storage", 2, 2)};

Reply set_storage(Call& call, const Storage& args) {
  if (auto refused = refusal(call)) return *refused;
  if (!call.me().phonebooks().find(args.name)) return Reply::cme(cme::kOperationNotAllowed);
  call.settings().phonebook = args.name;
  return Reply::ok();
}
Reply show_storage(Call& call) {
  if (auto refused = refusal(call)) return *refused;
  call.respond(fmt::format("+CPBS: \"{}\",{},{}", call.settings().phonebook, book(call).used(), book(call).capacity()));
  return Reply::ok();
}

std::string line_of(Call& call, std::string_view name, int index, const PhonebookEntry& entry) {
  const auto* plus = entry.type == 145 ? "+" : "";
  return fmt::format("{}: {},\"{}{}\",{},\"{}\"", name, index, plus, entry.number, entry.type,
                     shown_text(entry.name, call.settings().character_set));
}

// AT+CPBR=<index1>[,<index2>]                                                                                  [M66 9]
struct Range {
  int first = 0;
  std::optional<int> last;
};
constexpr std::array kRange{
    atcmd::integer<&Range::first>("index1", 0, 999),
    atcmd::integer<&Range::last>("index2", 0, 999).optional(),
};

Reply read(Call& call, const Range& args) {
  if (auto refused = refusal(call)) return *refused;
  const int last = args.last.value_or(args.first);
  if (args.first < 1 || last < args.first || last > book(call).capacity()) return Reply::cme(kInvalidIndex);
  std::vector<std::string> lines;
  for (const auto& [index, entry] : book(call).entries()) {
    if (index >= args.first && index <= last) lines.push_back(line_of(call, "+CPBR", index, entry));
  }
  if (!lines.empty()) call.respond(lines);
  return Reply::ok();
}
Reply test_read(Call& call) {
  if (auto refused = refusal(call)) return *refused;
  call.respond(fmt::format("+CPBR: (1-{}),{},{}", book(call).capacity(), kLongestNumber, kLongestName));
  return Reply::ok();
}

// AT+CPBW=[<index>][,<number>[,<type>[,<text>]]] — the index alone deletes                                    [M66 9]
struct Write {
  std::optional<int> index;
  std::optional<std::string_view> number;
  std::optional<int> type;
  std::string_view text;
};
constexpr std::array kWrite{
    atcmd::integer<&Write::index>("index", 0, 999).optional(),
    atcmd::text<&Write::number>("number", 0, 250).optional(),
    atcmd::integer<&Write::type>("type", 128, 255).optional(),
    atcmd::text<&Write::text>("text", 0, 250).optional(),
};

/// The entry that was typed, or the +CME ERROR for it.
tl::expected<PhonebookEntry, int> entry_of(Call& call, const Write& args) {
  const auto& set = call.settings().character_set;
  auto number = typed_number(args.number.value_or(std::string_view{}), set);
  const bool international = number.starts_with('+');
  if (international) number.erase(0, 1);
  if (number.size() > kLongestNumber) return tl::unexpected{kNumberTooLong};
  if (number.find_first_not_of("0123456789*#+pPwW,?") != std::string::npos) return tl::unexpected{kInvalidNumber};
  const auto name = typed_text(args.text, set);
  if (!name) return tl::unexpected{kInvalidText};
  if (name->size() > kLongestName) return tl::unexpected{kTextTooLong};
  return PhonebookEntry{number, args.type.value_or(international ? 145 : 129), *name};
}

Reply write(Call& call, const Write& args) {
  if (auto refused = refusal(call)) return *refused;
  if (!args.number && args.text.empty()) {
    if (!args.index) return Reply::cme(cme::kOperationNotAllowed);
    const auto removed = book(call).remove(*args.index);
    return removed ? Reply::ok() : failure(removed.error());
  }
  auto entry = entry_of(call, args);
  if (!entry) return Reply::cme(entry.error());
  const auto written = book(call).write(args.index, std::move(*entry));
  return written ? Reply::ok() : failure(written.error());
}
Reply test_write(Call& call) {
  if (auto refused = refusal(call)) return *refused;
  call.respond(fmt::format("+CPBW: (1-{}),{},(129,145,161),{}", book(call).capacity(), kLongestNumber, kLongestName));
  return Reply::ok();
}

// AT+CPBF="<findtext>" — names that begin with it                                                              [M66 9]
struct Find {
  std::string_view text;
};
constexpr std::array kFind{atcmd::text<&Find::text>("findtext", 0, 250)};

Reply find(Call& call, const Find& args) {
  if (auto refused = refusal(call)) return *refused;
  const auto wanted = typed_text(args.text, call.settings().character_set);
  if (!wanted) return Reply::cme(kInvalidText);
  std::vector<std::string> lines;
  for (const auto& [index, entry] : book(call).entries()) {
    if (entry.name.starts_with(*wanted)) lines.push_back(line_of(call, "+CPBF", index, entry));
  }
  if (lines.empty()) return Reply::cme(kNotFound);  // ASSUMED
  call.respond(lines);
  return Reply::ok();
}
Reply test_find(Call& call) {
  call.respond(fmt::format("+CPBF: {},{}", kLongestNumber, kLongestName));
  return Reply::ok();
}

// AT+CNUM → +CNUM: "<alpha>","<number>",<type>,<speed>,<service>                                               [M66 9]
Reply own_number(Call& call) {
  if (auto refused = refusal(call)) return *refused;
  const auto& number = call.me().configuration().own_number;
  if (!number.empty()) {
    call.respond(fmt::format("+CNUM: \"\",\"{}\",{},7,4", number, number.starts_with('+') ? 145 : 129));
  }
  return Reply::ok();
}

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+CPBF",
            .summary = "Find phonebook entries",
            .manual = "M66 9",
            .write = atcmd::write<&find>(kFind),
            .test = atcmd::plain<&test_find>()},
    Command{.name = "+CPBR",
            .summary = "Read phonebook entries",
            .manual = "M66 9",
            .write = atcmd::write<&read>(kRange),
            .test = atcmd::plain<&test_read>()},
    Command{.name = "+CPBS",
            .summary = "Phonebook storage",
            .manual = "M66 9",
            .write = atcmd::write<&set_storage>(kStorage),
            .read = atcmd::plain<&show_storage>(),
            .test_text = " (\"SM\",\"ME\",\"FD\",\"ON\",\"DC\",\"LD\",\"MC\",\"RC\",\"EN\")"},
    Command{.name = "+CPBW",
            .summary = "Write or delete a phonebook entry",
            .manual = "M66 9",
            .write = atcmd::write<&write>(kWrite),
            .test = atcmd::plain<&test_write>()},
    Command{.name = "+CNUM", .summary = "Own number", .manual = "M66 9", .execution = atcmd::plain<&own_number>()},
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kPhonebookFamily{"Phonebook", kCommands};

}  // namespace quasimodem::commands
