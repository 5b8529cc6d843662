// SPDX-License-Identifier: Apache-2.0
#include "emulator/faults/fault_table.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/duration_text.hpp"
#include "core/suggestion.hpp"
#include "core/whole_number.hpp"

namespace quasimodem::emulator {
namespace {

using enum FaultTrigger;
using enum ParameterType;

const FaultParameter kEvery{"every", time, "again after that long, while `count` allows"};
const FaultParameter kDirection{"direction", text, "`in` (to the module) or `out`; both unless given"};

constexpr FaultParameter kCommon[] = {
    {"match", text, "strikes only what contains this text"},
    {"after", time, "not before that long from now"},
    {"for", time, "no longer than that; what it changed is undone"},
    {"count", number, "at most so often"},
    {"probability", number, "0 to 1, each time"},
};

const std::vector<FaultKind>& table() {
  static const std::vector<FaultKind> kinds{
      // UART
      {"uart.loss", each, "bytes", "a byte is lost", {kDirection}},
      {"uart.corrupt", each, "bytes", "one bit of a byte is turned over", {kDirection}},
      {"uart.wrong_baud", each, "bytes", "a byte arrives as garbage, as at another baud rate", {kDirection}},
      {"uart.split",
       each,
       "bytes",
       "the module's output comes in pieces",
       {{"size", number, "bytes a piece; 1"}, {"gap", time, "between two pieces; 20ms"}}},
      {"uart.merge", each, "bytes", "the module's output is held and comes as one", {{"time", time, "50ms"}}},
      {"uart.stall", each, "bytes", "the module's output stops for a while", {{"time", time, "1s"}}},
      {"uart.dtr", clock, "", "DTR drops, and comes back after `for` (1s)", {kEvery}},
      // AT
      {"at.silence", each, "command", "a command is not answered at all, nor carried out"},
      {"at.late", each, "command", "the final result comes late", {{"time", time, "5s"}}},
      {"at.error",
       each,
       "command",
       "a command fails without being carried out",
       {{"cme", number, "the number of the error; without any: ERROR"},
        {"cms", number, "the same for short message commands, which fail as +CMS ERROR"}}},
      {"at.answer", each, "command", "a command is answered with this and OK", {{"text", text, "the response"}}},
      {"at.urc", each, "command", "a URC comes between response and result", {{"text", text, "RING unless given"}}},
      {"at.no_ok", each, "command", "the OK is missing"},
      // SIM and network
      {"sim.removed", clock, "", "the SIM is gone, until `for` is over", {kEvery}},
      {"sim.pin", clock, "", "the SIM asks for its PIN", {{"pin", text, "1234"}, kEvery}},
      {"sim.puk", clock, "", "the SIM asks for its PUK", {kEvery}},
      {"network.denied", clock, "", "the network refuses the module, until `for` is over", {kEvery}},
      {"network.lost", clock, "", "the operator is gone: no network is found, until `for` is over", {kEvery}},
      {"network.search", clock, "", "the cell is lost until `for` is over; the contexts stay", {kEvery}},
      {"network.roaming", clock, "", "a foreign network serves the module, until `for` is over", {kEvery}},
      {"signal.drop", clock, "", "the signal falls, until `for` is over", {{"rssi", number, "of AT+CSQ; 3"}, kEvery}},
      {"sms.refuse",
       each,
       "number",
       "the network refuses a message after its text: `+CMS ERROR`",
       {{"cause", number, "RP cause as it is, MM cause and 2048, or 500 for unknown; 21"}}},
      {"sms.undelivered",
       each,
       "number",
       "a message does not reach its recipient: its status report says so",
       {{"status", number, "TP-ST of 23.040: 32 to 63 still tried, from 64 given up; 70"}}},
      {"pdp.drop", clock, "", "the network takes the context away: `+PDP DEACT`", {kEvery}},
      // Bearer
      {"attach.timeout", each, "attach", "attaching takes that much longer", {{"time", time, "3min"}}},
      {"pdp.refuse", each, "context", "AT+QIACT fails"},
      {"dns.fail", each, "host", "a name is not found", {{"time", time, "later; 0"}}},
      {"bearer.outage", clock, "", "nothing moves for `for` (10s); nothing is lost", {kEvery}},
      {"bearer.latency",
       each,
       "round_trip",
       "a round trip takes that much longer",
       {{"time", time, "1s"}, {"jitter", time, "and up to that much more by chance; 0"}}},
      {"bearer.rate",
       clock,
       "",
       "the bearer has this rate, until `for` is over",
       {{"down", number, "kbit/s; 10"}, {"up", number, "kbit/s; 5"}, kEvery}},
      {"peer.refuse", each, "peer", "a connection is refused"},
      {"peer.half_open", each, "peer", "the peer is gone without a word: nothing arrives on either side"},
      {"peer.reset", each, "peer", "a connection is reset when data arrives"},
      {"peer.slow_close", each, "peer", "the end of a connection arrives late", {{"time", time, "30s"}}},
      // TLS
      {"tls.stall", each, "peer", "the server falls silent in the handshake"},
      {"tls.alert", each, "peer", "the server ends the handshake with an alert", {{"alert", number, "40"}}},
      {"tls.expired", each, "certificate", "the server's certificate has expired (seclevel 1 and 2)"},
      {"tls.unknown_ca", each, "certificate", "nobody knows the CA of the server's certificate (seclevel 1 and 2)"},
      {"tls.wrong_host", each, "host", "the name leads to another server", {{"to", text, "its name or address"}}},
      {"tls.corrupt", each, "peer", "a bit of a record with data is turned over"},
      {"tls.cut", each, "peer", "the connection ends without close_notify when data arrives"},
      // Services
      {"http.status", each, "url", "the server answers with another status", {{"status", number, "503"}}},
      {"http.stall", each, "url", "the server takes the request and never answers"},
      {"http.truncate",
       each,
       "url",
       "the body ends early, and the connection with it",
       {{"size", number, "octets that arrive; 0"}}},
      {"mqtt.refuse", each, "client", "the broker refuses a client", {{"code", number, "of CONNACK, 1 to 5; 5"}}},
      {"mqtt.drop", each, "topic", "a message that the module publishes does not reach the broker"},
      {"ftp.refuse",
       each,
       "command",
       "the server refuses a command (`RETR f.bin`)",
       {{"code", number, "550"}, {"text", text, "its words"}}},
      {"ftp.break", each, "file", "the data connection breaks", {{"size", number, "octets that get through; 0"}}},
      {"smtp.refuse",
       each,
       "command",
       "the mail server refuses a command, or with match=\"the message\" the mail itself",
       {{"code", number, "of its reply, 400 to 599; 554"}}},
      // Storage
      {"nvram.full", each, "record", "writing to NVRAM fails: full"},
      {"nvram.corrupt", each, "record", "what is read from NVRAM has a bit turned over"},
      {"upload.timeout", each, "command", "an upload after CONNECT times out at once"},
      {"upload.checksum", each, "command", "one bit of an upload is turned over on its way"},
      // Power
      {"power.down", clock, "", "the module switches itself off: `NORMAL POWER DOWN`", {kEvery}},
      {"power.under_voltage",
       clock,
       "",
       "`UNDER_VOLTAGE WARNING`; with `down=1` also `UNDER_VOLTAGE POWER DOWN`, and it is off",
       {{"down", number, "1: switches off"}, kEvery}},
      {"power.watchdog", clock, "", "the module starts again without a word", {kEvery}},
      {"power.brownout", clock, "", "the supply breaks down and comes back after `for` (200ms)", {kEvery}},
  };
  return kinds;
}

std::vector<std::string> words_of(const FaultKind& kind) {
  std::vector<std::string> all;
  for (const auto& parameter : kCommon) all.emplace_back(parameter.name);
  for (const auto& parameter : kind.parameters) all.emplace_back(parameter.name);
  return all;
}

bool valid(ParameterType type, const std::string& value) {
  switch (type) {
    case time: return parse_duration(value).has_value();
    case number: return whole_number<int>(value).value_or(-1) >= 0;
    case text: return true;
  }
  return false;
}

std::string_view wanted(ParameterType type) {
  static const std::string kTime = fmt::format("a time ({})", kDurationForm);
  switch (type) {
    case time: return kTime;
    case number: return "a whole number";
    case text: return "text";
  }
  return {};
}

tl::unexpected<std::string> wrong(std::string_view name, std::string_view key, std::string_view value,
                                  std::string_view what) {
  return tl::unexpected{fmt::format("{}: {}={}: {} is wanted", name, key, value, what)};
}

/// `for`, `after`, `count`, `probability`, `match`; false when it is none of them.
tl::expected<bool, std::string> read_common(FaultRule& rule, const std::string& key, const std::string& value) {
  if (key == "match") return rule.match = value, true;
  if (key == "after" || key == "for") {
    const auto parsed = parse_duration(value);
    if (!parsed) return wrong(rule.name, key, value, wanted(time));
    key == "after" ? rule.after = *parsed : rule.lasting.emplace(*parsed);
    return true;
  }
  if (key == "count") {
    if (!valid(number, value) || value == "0") return wrong(rule.name, key, value, "a whole number from 1");
    rule.count = std::atoi(value.c_str());
    return true;
  }
  if (key != "probability") return false;
  char* end = nullptr;
  rule.probability = std::strtod(value.c_str(), &end);
  if (value.empty() || *end != '\0' || !(rule.probability >= 0 && rule.probability <= 1)) {
    return wrong(rule.name, key, value, "a number from 0 to 1");
  }
  return true;
}

struct Word {
  std::string key;  ///< empty: no `=`
  std::string value;
};

/// The next blank-separated word; blanks between quotes belong to it, and a backslash keeps what follows as it is.
tl::expected<Word, std::string> next_word(std::string_view& rest) {
  Word word;
  bool quoted = false;
  bool has_key = false;
  std::size_t used = 0;
  for (; used < rest.size() && (quoted || rest[used] != ' '); ++used) {
    const char c = rest[used];
    if (c == '\\' && used + 1 < rest.size()) {
      word.value += rest[++used];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '=' && !quoted && !has_key) {
      word.key = std::exchange(word.value, {});
      has_key = true;
    } else {
      word.value += c;
    }
  }
  if (quoted) return tl::unexpected{std::string{"a quote is not closed"}};
  rest.remove_prefix(used);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return word;
}

std::string in_quotes(const std::string& value) {
  if (!value.empty() && value.find_first_of(" \"\\=") == std::string::npos) return value;
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

std::span<const FaultKind> fault_kinds() { return table(); }
std::span<const FaultParameter> common_fault_parameters() { return kCommon; }

const FaultKind* fault_kind(std::string_view name) {
  const auto& kinds = table();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [name](const FaultKind& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

tl::expected<FaultRule, std::string> make_fault(const FaultWords& fault) {
  const auto& [name, words] = fault;
  const auto* kind = fault_kind(name);
  if (!kind) {
    std::vector<std::string> known;
    for (const auto& each_kind : table()) known.emplace_back(each_kind.name);
    return tl::unexpected{fmt::format("there is no fault \"{}\" (all of them: quasimodem help faults){}", name,
                                      did_you_mean(name, known))};
  }
  FaultRule rule{.name = name};
  for (auto word = words.begin(); word != words.end(); ++word) {
    const auto& key = word->first;
    const auto& value = word->second;
    if (std::any_of(words.begin(), word, [&](const auto& before) { return before.first == key; })) {
      return tl::unexpected{fmt::format("{}: {} twice", name, key)};
    }
    const auto common = read_common(rule, key, value);
    if (!common) return tl::unexpected{common.error()};
    if (*common) continue;
    const auto found = std::find_if(kind->parameters.begin(), kind->parameters.end(),
                                    [&](const FaultParameter& each_one) { return each_one.name == key; });
    if (found == kind->parameters.end()) {
      const auto has = words_of(*kind);
      return tl::unexpected{
          fmt::format("{} has no \"{}\"; it has {}{}", name, key, fmt::join(has, ", "), did_you_mean(key, has))};
    }
    if (!valid(found->type, value)) return wrong(name, key, value, wanted(found->type));
    rule.parameters[key] = value;
  }
  const bool repeats = rule.count.value_or(1) > 1 && rule.match.empty();
  if (kind->trigger == clock && repeats && rule.time("every", {}) == Duration::zero()) {
    return tl::unexpected{
        fmt::format("{}: count={} needs every=TIME: how long from one to the next", name, *rule.count)};
  }
  return rule;
}

tl::expected<FaultWords, std::string> fault_words(std::string_view spec) {
  spec.remove_prefix(std::min(spec.find_first_not_of(' '), spec.size()));
  FaultWords fault;
  while (!spec.empty()) {
    const auto word = next_word(spec);
    if (!word) return tl::unexpected{word.error()};
    if (word->key == "name" || (word->key.empty() && fault.name.empty())) {
      fault.name = word->value;
    } else if (word->key.empty()) {
      return tl::unexpected{fmt::format("\"{}\" stands alone; it should be KEY=VALUE", word->value)};
    } else {
      fault.words.emplace_back(word->key, word->value);
    }
  }
  return fault;
}

tl::expected<FaultRule, std::string> parse_fault(std::string_view spec) {
  const auto words = fault_words(spec);
  if (!words) return tl::unexpected{words.error()};
  return make_fault(*words);
}

std::string fault_text(const FaultRule& rule) {
  auto text = rule.name;
  if (!rule.match.empty()) text += fmt::format(" match={}", in_quotes(rule.match));
  if (rule.after > Duration::zero()) text += fmt::format(" after={}", duration_text(rule.after));
  if (rule.lasting) text += fmt::format(" for={}", duration_text(*rule.lasting));
  if (rule.count) text += fmt::format(" count={}", *rule.count);
  if (rule.probability < 1) text += fmt::format(" probability={}", rule.probability);
  for (const auto& [key, value] : rule.parameters) text += fmt::format(" {}={}", key, in_quotes(value));
  return text;
}

}  // namespace quasimodem::emulator
