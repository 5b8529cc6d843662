// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/far_end.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "atcmd/listen/ear.hpp"
#include "atcmd/table/param.hpp"
#include "emulator/workbench/pattern.hpp"

namespace quasimodem::app {
namespace {

using workbench::Pattern;

constexpr std::size_t kFarthest = 1 << 20;   // bytes of the module that are looked at for one question
constexpr std::size_t kLongestWords = 4096;  // a longer record is data

/// What the module says from a record on.
template <class Look>
void each_output_from(const Trace& trace, std::size_t entry, const Look& look) {
  std::string said;
  for (std::size_t i = entry; i < trace.entries.size() && said.size() < kFarthest; ++i) {
    if (trace.entries[i].kind != RecordKind::uart_tx) continue;
    said += trace.entries[i].bytes;
    if (look(said)) return;
  }
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// `+QSSLRECV: 198.51.100.9:443,TCP,7\r\n1234567` from `at` on; nothing while it is not complete.
std::optional<std::string> payload_at(std::string_view said, std::size_t at) {
  const auto line_end = said.find("\r\n", at);
  const auto comma = said.rfind(',', line_end);
  if (line_end == std::string_view::npos || comma == std::string_view::npos || comma < at) return std::nullopt;
  auto digits = said.substr(comma + 1, line_end - comma - 1);
  while (digits.starts_with(' ')) digits.remove_prefix(1);
  std::size_t size = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (said.size() < line_end + 2 + size) return std::nullopt;
  return std::string{said.substr(line_end + 2, size)};
}

int number(const std::string& digits) { return std::atoi(digits.c_str()); }

/// AT+QSSLRECV=<cid>,<ssid>,<length> or AT+QIRD=<cid>,<role>,<index>,<length>
bool reads(const atcmd::CommandCall& call, const Arrival& arrival) {
  const std::size_t index_in = arrival.secure ? 1 : 2;
  if (call.name != (arrival.secure ? "+QSSLRECV" : "+QIRD") || call.arguments.size() <= index_in) return false;
  return atcmd::parse_integer(call.arguments[index_in].text) == arrival.index;
}

/// All that the host reads from a socket until it is told of more.
std::string data_read(const Trace& trace, std::size_t entry, const Arrival& arrival) {
  const std::string_view header = arrival.secure ? "+QSSLRECV: " : "+QIRD: ";
  std::string data, said;
  bool reading = false;
  atcmd::Ear ear{{}, [&](const atcmd::Heard& heard) {
                   if (heard.kind != atcmd::Heard::Kind::command_line) return;
                   for (const auto& call : atcmd::calls_of(heard.text)) reading = reading || reads(call, arrival);
                 }};
  for (std::size_t i = entry + 1; i < trace.entries.size() && data.size() < kFarthest; ++i) {
    const auto& each = trace.entries[i];
    if (each.kind == RecordKind::uart_rx && each.bytes.size() <= kLongestWords) {
      reading = false;
      said.clear();
      ear.from_te(as_bytes(each.bytes), Instant{each.time});
    }
    if (each.kind != RecordKind::uart_tx) continue;
    if (contains(each.bytes, arrival.line)) break;
    said += each.bytes;
    const auto at = reading ? said.find(header) : std::string::npos;
    if (at == std::string::npos) continue;
    if (const auto payload = payload_at(said, at)) {
      data += *payload;
      reading = false;
    }
  }
  return data;
}

}  // namespace

bool was_connected(const Trace& trace, std::size_t entry, const workbench::OpenedBy& opened) {
  bool connected = true;
  const auto mark = fmt::format("+QSSLOPEN: {},", opened.index);
  each_output_from(trace, entry, [&](const std::string& said) {
    if (const auto at = opened.secure ? said.find(mark) : std::string::npos; at != std::string::npos) {
      connected = said.compare(at + mark.size(), 1, "0") == 0;
      return true;
    }
    if (contains(said, "CONNECT FAIL")) connected = false;
    return contains(said, "CONNECT FAIL") || contains(said, "CONNECT OK") || contains(said, "CONNECT\r");
  });
  return connected;
}

std::optional<Arrival> arrival_in(const Trace& trace, std::size_t entry) {
  const auto& bytes = trace.entries[entry].bytes;
  if (bytes.size() > kLongestWords) return std::nullopt;
  static const Pattern kSecureData{R"re(\+QSSLURC: "recv",\d,(\d))re"}, kPlainData{R"(\+QIRDI: \d,\d,(\d))"};
  static const Pattern kPushed{R"(\+RECEIVE: (\d), ?(\d+)\r\n)"};
  static const Pattern kSecureClosed{R"re(\+QSSLURC: "closed",(\d))re"}, kPlainClosed{R"(\r\n(?:(\d), )?CLOSED\r\n)"};
  static const Pattern kOther{
      R"(\r\n(RING|\+CRING: \w+|\+CMTI: [^\r]*|\+CMT: [^\r]*|\+CDSI?: [^\r]*|\+CUSD: [^\r]*)\r\n)"};
  for (const auto& [expression, secure] : {std::pair{&kSecureData, true}, std::pair{&kPlainData, false}}) {
    if (const auto match = expression->find(bytes)) {
      Arrival arrival{Arrival::Kind::data, secure, number((*match)[1]), {}, (*match)[0]};
      arrival.data = data_read(trace, entry, arrival);
      return arrival;
    }
  }
  if (const auto match = kPushed.find(bytes)) {
    Arrival arrival{Arrival::Kind::data, false, number((*match)[1]), {}, (*match)[0]};
    each_output_from(trace, entry, [&](const std::string& said) {
      const auto payload = payload_at(said, match->at);
      arrival.data = payload.value_or("");
      return payload.has_value();
    });
    return arrival;
  }
  if (const auto match = kSecureClosed.find(bytes))
    return Arrival{Arrival::Kind::closed, true, number((*match)[1]), {}, (*match)[0]};
  if (const auto match = kPlainClosed.find(bytes))
    return Arrival{Arrival::Kind::closed, false, number((*match)[1]), {}, (*match)[0]};
  if (contains(bytes, "+PDP DEACT\r")) return Arrival{Arrival::Kind::context_lost, false, 0, {}, "+PDP DEACT"};
  if (const auto match = kOther.find(bytes)) return Arrival{Arrival::Kind::other, false, 0, {}, (*match)[1]};
  return std::nullopt;
}

}  // namespace quasimodem::app
