// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/transcript.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include <fmt/core.h>

#include "core/suggestion.hpp"
#include "emulator/device/model_profile.hpp"

namespace quasimodem::workbench {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

/// Parts between commas and semicolons, those in parentheses not counted.
std::vector<std::string> phrases_of(std::string_view text) {
  std::vector<std::string> phrases(1);
  int depth = 0;
  for (const char c : text) {
    depth = std::max(0, depth + (c == '(' ? 1 : c == ')' ? -1 : 0));
    if (depth == 0 && (c == ',' || c == ';')) {
      phrases.emplace_back();
    } else {
      phrases.back() += c;
    }
  }
  for (auto& phrase : phrases) phrase = trimmed(phrase);
  return phrases;
}

namespace {

using Error = tl::unexpected<std::string>;

std::string_view next_line(std::string_view& text) {
  auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  if (line.ends_with('\r')) line.remove_suffix(1);  // of an editor's line end: a CR of the dialogue is written \r
  return line;
}

/// Some editors begin a file of UTF-8 with a mark.
void drop_mark(std::string_view& text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
}

/// `tls {IP}:{PORT} (demands a client certificate, echoes)`
tl::expected<NeededPeer, std::string> peer_of(const std::string& text) {
  using Kind = NeededPeer::Kind;
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"tls", Kind::tls},       {"tcp", Kind::tcp},   {"http", Kind::http}, {"ftp", Kind::ftp},
      {"silent", Kind::silent}, {"time", Kind::time}, {"host", Kind::host}};
  const auto blank = std::min(text.find(' '), text.size());
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const auto& k) { return k.first == text.substr(0, blank); });
  if (kind == std::end(kKinds))
    return Error{"a peer is tls, tcp, http, ftp, silent, time or host, not \"" + text + '"'};
  const auto remarks = std::min(text.find('('), text.size());
  const auto where = trimmed(std::string_view{text}.substr(blank, remarks - blank));
  NeededPeer peer{.kind = kind->second, .host = where, .port = {}, .text = text};
  const bool has_port = peer.kind != Kind::time && peer.kind != Kind::host;
  const auto colon = where.rfind(':');
  if (where.empty() || has_port != (colon != std::string::npos)) {
    return Error{fmt::format("a peer is written like \"{}\", not \"{}\"",
                             has_port ? "tls {IP}:{PORT}" : "time {NTPHOST}", text)};
  }
  if (has_port) {
    peer.host = where.substr(0, colon);
    peer.port = where.substr(colon + 1);
    const bool digits = peer.port.find_first_not_of("0123456789") == std::string::npos;
    const auto number = digits && peer.port.size() <= 5 ? std::atoi(peer.port.c_str()) : 0;
    if (peer.port.find('{') == std::string::npos && (number < 1 || number > 65535)) {
      return Error{fmt::format("\"{}\" is no port: 1 to 65535, or a {{VALUE}}", peer.port)};
    }
  }
  peer.demands_certificate = text.find("demands a client certificate", remarks) != std::string::npos;
  return peer;
}

/// What a line of the head begins with; `#Model:` is meant, too. Empty: it is no such line.
std::string name_in(std::string_view line) {
  const auto colon = line.find(':');
  if (!line.starts_with('#') || colon == std::string_view::npos) return {};
  auto name = trimmed(line.substr(1, colon - 1));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

/// The lines of the head that say what is needed; the rest of the head is for people.
class Head {
 public:
  explicit Head(Needs& needs) : needs_{needs} {}

  /// False when the line is none of them.
  tl::expected<bool, std::string> read(std::string_view line) const {
    constexpr std::pair<std::string_view, tl::expected<bool, std::string> (Head::*)(const std::string&) const>
        kLines[] = {{"model", &Head::model},
                    {"firmware", &Head::firmware},
                    {"peers", &Head::peers},
                    {"value", &Head::value},
                    {"not yet", &Head::not_yet}};
    const auto name = name_in(line);
    for (const auto& [known, take] : kLines) {
      if (name == known) return (this->*take)(trimmed(line.substr(line.find(':') + 1)));
    }
    return false;
  }

 private:
  using Result = tl::expected<bool, std::string>;

  Result model(const std::string& text) const {
    needs_.model = device::model_named(text);
    if (!needs_.model) {
      return Error{fmt::format("unknown model \"{}\"; one of {}, or no such line{}", text,
                               device::models_in_words(&device::ModelProfile::key, "and"),
                               did_you_mean(text, device::model_keys()))};
    }
    return true;
  }

  Result firmware(const std::string& text) const {
    for (const auto& phrase : phrases_of(text)) {
      const auto equals = std::min(phrase.find('='), phrase.size());
      const auto* row = device::firmware_switch(phrase.substr(0, equals));
      const bool on = phrase.ends_with("=on");
      if (!row || (!on && !phrase.ends_with("=off"))) {
        return Error{"unknown firmware \"" + phrase + "\"; SWITCH=on or SWITCH=off, as in `quasimodem help firmware`"};
      }
      needs_.firmware.*row->choice = on;
    }
    return true;
  }

  Result peers(const std::string& text) const {
    if (!needs_.peers) needs_.peers.emplace();
    if (text == "none") return true;
    for (const auto& phrase : phrases_of(text)) {
      const auto peer = peer_of(phrase);
      if (!peer) return Error{peer.error()};
      needs_.peers->push_back(*peer);
    }
    return true;
  }

  Result value(const std::string& text) const {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{"a value is NAME=TEXT or NAME=@FILE, not \"" + text + '"'};
    needs_.values[text.substr(0, equals)] = text.substr(equals + 1);
    return true;
  }

  Result not_yet(const std::string& text) const {
    if (text.empty()) return Error{"what is not there yet is named, like AT+CMUX"};
    for (auto& phrase : phrases_of(text)) needs_.not_yet.push_back(std::move(phrase));
    return true;
  }

  Needs& needs_;
};

}  // namespace

std::vector<std::string> Needs::texts() const {
  std::vector<std::string> texts;
  if (model) texts.push_back(fmt::format("model {}", device::profile_of(*model).key));
  for (const auto& row : device::firmware_switches()) {
    const auto& choice = firmware.*row.choice;
    if (choice) texts.push_back(fmt::format("firmware {}={}", row.name, *choice ? "on" : "off"));
  }
  for (const auto& peer : peers.value_or(std::vector<NeededPeer>{})) texts.push_back("peer " + peer.text);
  return texts;
}

bool Transcript::looks_like_one(std::string_view text) {
  bool host = false;
  drop_mark(text);
  while (!text.empty()) {
    const auto line = next_line(text);
    if (name_in(line) == "model" || name_in(line) == "peers" || line.starts_with("< ")) return true;
    if (line.empty() || line.starts_with('#')) continue;
    if (!line.starts_with("> ") && !host) return false;
    host = true;  // a quotation in prose has no answer
  }
  return false;
}

tl::expected<Transcript, std::string> Transcript::parse(std::string_view name, std::string_view text) {
  constexpr std::string_view kStart = "# start:", kWait = "# @wait", kEvent = "# @event";
  Transcript transcript{.name = std::string{name}};
  int number = 0;
  drop_mark(text);
  while (!text.empty()) {
    const auto line = next_line(text);
    ++number;
    const auto in_head = Head{transcript.needs}.read(line);
    if (!in_head) return tl::unexpected{fmt::format("{}:{}: {}", name, number, in_head.error())};
    if (*in_head) continue;
    const auto add = [&](Step::Kind kind, std::size_t prefix) {
      transcript.steps.push_back({kind, number, std::string{line.substr(prefix)}});
    };
    if (line.starts_with(kStart)) {
      transcript.start = phrases_of(line.substr(kStart.size()));
    } else if (line.starts_with(kWait)) {
      add(Step::Kind::wait, kWait.size());
    } else if (line.starts_with(kEvent)) {
      add(Step::Kind::event, kEvent.size());
    } else if (line.starts_with("< ")) {
      add(Step::Kind::module, 2);
    } else if (line.starts_with("> ")) {
      // Consecutive lines of the host are one stream: what stands between two answers is sent in one burst.
      if (!transcript.steps.empty() && transcript.steps.back().kind == Step::Kind::host) {
        transcript.steps.back().text += line.substr(2);
      } else {
        add(Step::Kind::host, 2);
      }
    } else if (!line.starts_with("#") && !line.empty()) {
      return tl::unexpected{fmt::format("{}:{}: neither host, module nor remark", name, number)};
    }
  }
  return transcript;
}

}  // namespace quasimodem::workbench
