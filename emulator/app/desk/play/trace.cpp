// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/trace.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "atcmd/listen/ear.hpp"
#include "emulator/commands/all.hpp"

namespace quasimodem::app {
namespace {

using Unreadable = tl::unexpected<std::string>;

std::optional<double> number_of(const Json& record, std::string_view field) {
  const auto* value = find_member(record, field);
  if (!value) return std::nullopt;
  if (const auto* whole = value->if_int64()) return static_cast<double>(*whole);
  const auto* number = value->if_double();
  return number ? std::optional{*number} : std::nullopt;
}

tl::expected<Trace::Entry, std::string> read_entry(const Json& record) {
  const auto kind_name = member_text(record, "kind");
  if (!kind_name) return Unreadable{"no record of a trace: it has no kind"};
  const auto kind = record_kind(*kind_name);
  if (!kind) return Unreadable{fmt::format("\"{}\" is no kind of record", *kind_name)};
  const auto time = number_of(record, "t");
  constexpr double kLongest = 1e9;  // thirty years, in seconds
  if (!time || *time < 0 || *time > kLongest) return Unreadable{"there is no time t in it"};
  Trace::Entry entry{.time = Duration{static_cast<Duration::rep>(*time * 1e9)}, .kind = *kind, .record = record};
  if (*kind != RecordKind::uart_rx && *kind != RecordKind::uart_tx) return entry;
  const auto text = member_text(record, "text");
  if (!text) return Unreadable{fmt::format("{} without text", *kind_name)};
  const auto withheld = number_of(record, "withheld").value_or(0);
  constexpr double kMost = 1 << 28;
  if (withheld < 0 || withheld > kMost) return Unreadable{"withheld is no number of bytes"};
  entry.withheld = static_cast<std::size_t>(withheld);
  if (entry.withheld == 0) entry.bytes = quasimodem::to_text(unescaped(*text));
  const auto* heard = find_member(record, "heard");
  entry.heard = !heard || !heard->if_bool() || heard->get_bool();
  return entry;
}

std::string in_file(std::string_view name, int line, std::string_view what) {
  return fmt::format("{}:{}: {}", name, line, what);
}

}  // namespace

bool Trace::looks_like_one(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

bool Trace::begins_like_one(std::string_view text) {
  if (!looks_like_one(text)) return false;
  text.remove_prefix(text.find('{'));
  const auto record = parse_json(text.substr(0, text.find_first_of("\r\n")));
  return record && find_member(*record, "kind");
}

tl::expected<Trace, std::string> Trace::parse(std::string_view name, std::string_view text, const std::string& modem) {
  Trace trace{.name = std::string{name}, .modem = modem, .entries = {}};
  std::set<std::string> modems;
  for (int number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto record = parse_json(line);
    if (!record) return Unreadable{in_file(name, number, "no JSON: " + record.error())};
    auto entry = read_entry(*record);
    if (!entry) return Unreadable{in_file(name, number, entry.error())};
    const auto speaker = member_text(*record, "modem");
    modems.emplace(speaker.value_or(""));
    if (!modem.empty() && (!speaker || *speaker != modem)) continue;
    if (!trace.entries.empty() && entry->time < trace.entries.back().time) entry->time = trace.entries.back().time;
    entry->line = number;
    trace.entries.push_back(std::move(*entry));
  }
  if (modem.empty() && modems.size() > 1) {
    return Unreadable{fmt::format("{}: records of {} modules: {}; say which: --modem {}", name, modems.size(),
                                  fmt::join(modems, ", "), *modems.begin())};
  }
  if (!modem.empty() && trace.entries.empty()) {
    return Unreadable{
        fmt::format("{}: no record of a module \"{}\"; there are: {}", name, modem, fmt::join(modems, ", "))};
  }
  if (trace.modem.empty() && !modems.empty()) trace.modem = *modems.begin();
  return trace;
}

// ---- what was withheld ----

namespace {

/// An upload that is under way.
struct Upload {
  std::string name;  ///< the first parameter, without its quotes
  std::size_t announced = 0;
  std::size_t sent = 0;
};

Upload upload_of(const atcmd::Heard& announcement) {
  std::string name{announcement.text.substr(0, announcement.text.find(','))};
  std::erase_if(name, [](char c) { return c == '"' || c == ' '; });
  return {.name = std::move(name), .announced = announcement.size};
}

}  // namespace

tl::expected<void, std::string> fill_in(Trace& trace, const std::map<std::string, std::string>& files) {
  Upload upload;
  atcmd::Ear ear{commands::all_families(), [&](const atcmd::Heard& heard) {
                   if (heard.kind == atcmd::Heard::Kind::announcement) upload = upload_of(heard);
                 }};
  for (auto& entry : trace.entries) {
    if (entry.kind != RecordKind::uart_rx) continue;
    if (entry.withheld == 0) {
      ear.from_te(as_bytes(entry.bytes), Instant{entry.time});
      continue;
    }
    ear.secret_left_out();
    const auto fail = [&](const std::string& what) { return Unreadable{in_file(trace.name, entry.line, what)}; };
    if (upload.name.empty()) {
      return fail(
          fmt::format("{} bytes are withheld and no command announced them: they cannot be played", entry.withheld));
    }
    const auto file = files.find(upload.name);
    if (file == files.end()) {
      return fail(fmt::format("{} bytes of {} are withheld; --file {}=PATH supplies them", entry.withheld, upload.name,
                              upload.name));
    }
    const auto size = file->second.size();
    const bool fits = size == upload.announced || size == upload.sent + entry.withheld;
    if (!fits || size < upload.sent + entry.withheld) {
      return fail(fmt::format("{} had {} bytes, the file of --file has {}", upload.name,
                              std::max(upload.announced, upload.sent + entry.withheld), size));
    }
    entry.bytes = file->second.substr(upload.sent, entry.withheld);
    upload.sent += entry.withheld;
    entry.withheld = 0;
  }
  return {};
}

}  // namespace quasimodem::app
