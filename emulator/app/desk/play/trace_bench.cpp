// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/trace_bench.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/control/dispatch.hpp"
#include "emulator/app/desk/play/far_end.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/workbench/bench_play.hpp"
#include "emulator/workbench/configured.hpp"

namespace quasimodem::app {
namespace {

using workbench::Ready;
using workbench::Workbench;

std::string word(const Json& record, std::string_view field) {
  return std::string{member_text(record, field).value_or("")};
}

/// The trace begins before the module is switched on.
bool begins_with_power(const Trace& trace) {
  for (const auto& entry : trace.entries) {
    if (entry.kind == RecordKind::uart_rx && entry.heard) return false;
    if (entry.kind == RecordKind::power && word(entry.record, "event") == "key") return true;
  }
  return false;
}

Workbench::Options options_for(bool starts_module, device::Model model) {
  return {.configuration = workbench::configured({.model = model}),
          .ready = starts_module ? Ready::powered_off : Ready::attached,
          .echo = true};
}

// Those that end, replace or hurry the module of the trace. Its records carry the time that has passed anyway.
constexpr std::string_view kNotAgain[] = {"quit", "restore", "reset", "clock"};

}  // namespace

TraceBench::TraceBench(const Trace& trace, device::Model model)
    : name_{trace.modem},
      starts_module_{begins_with_power(trace)},
      bench_{options_for(starts_module_, model)},
      peers_{bench_.network(), workbench::World::throwaway().server} {}

bool TraceBench::acts_on(const Trace::Entry& entry) const {
  return entry.kind == RecordKind::power || entry.kind == RecordKind::ctl;
}

std::string TraceBench::happen(const Trace& trace, std::size_t index) {
  const auto& entry = trace.entries[index];
  switch (entry.kind) {
    case RecordKind::uart_rx: make_peer(trace, index); return {};
    case RecordKind::uart_tx: return arrive(trace, index);
    case RecordKind::power: return power(entry);
    case RecordKind::ctl: return request(entry);
    case RecordKind::fault: return faults_asked_ ? "" : "a fault of --fault or of a scenario: it does not strike here";
    default: return {};
  }
}

std::string TraceBench::power(const Trace::Entry& entry) {
  if (requested_ == "power") return {};  // it came from there
  const auto event = word(entry.record, "event");
  if (event == "key") bench_.modem().power_key();
  if (event == "supply cut") bench_.modem().cut_supply();
  bench_.advance({});
  return event == "reset" ? "a module in memory is not reset" : "";
}

std::string TraceBench::request(const Trace::Entry& entry) {
  const auto method = word(entry.record, "method");
  const auto params = word(entry.record, "params");
  if (std::find(std::begin(kNotAgain), std::end(kNotAgain), method) != std::end(kNotAgain))
    return "a module in memory does not do this again";
  requested_ = method;
  faults_asked_ |= method == "fault.add";
  const auto line = fmt::format("{{\"id\":1,\"method\":{}{}}}", to_text(Json(method)),
                                params.empty() ? "" : fmt::format(",\"params\":{}", params));
  std::string refused;
  control::Subscriber nobody;  // as if nobody waited for its answers
  control::dispatch(
      line, *this, nobody,
      [&](const Json& answer) {
        if (const auto* error = find_member(answer, "error")) refused = word(*error, "message");
      },
      [] {});
  bench_.advance({});
  return refused.empty() ? "" : "refused: " + refused;
}

void TraceBench::make_peer(const Trace& trace, std::size_t index) {
  constexpr std::size_t kLongestCommand = 1024;
  const auto& said = trace.entries[index].bytes;
  requested_.clear();
  const auto opened = said.size() <= kLongestCommand ? workbench::opened_by(said) : std::nullopt;
  if (!opened || opened->port == 0) return;
  if (!was_connected(trace, index, *opened)) {
    bench_.network().refuse(opened->host, opened->port);
    return;
  }
  sockets_[{opened->secure, opened->index}] = *opened;
  if (opened->secure) {
    peers_.secure(opened->host, opened->port).listener().answer = net::SimListener::Answer::accept;
  } else {
    peers_.plain(opened->host, opened->port);
  }
}

std::string TraceBench::arrive(const Trace& trace, std::size_t index) {
  const auto arrival = arrival_in(trace, index);
  if (!arrival) return {};
  if (arrival->kind == Arrival::Kind::other) {
    return !requested_.empty() ? ""
                               : fmt::format("{} comes from the network, where nobody does it here", arrival->line);
  }
  bench_.timeline().run_due();  // what the module is doing at the moment comes first
  if (arrival->kind == Arrival::Kind::context_lost) {
    if (!requested_.empty()) return {};
    bench_.outside().lose_context(bench_.modem().terminal().session().foreground);
    return {};
  }
  const auto socket = sockets_.find({arrival->secure, arrival->index});
  if (socket == sockets_.end()) return "the trace does not show how this connection was made";
  const auto& [secure, number, host, port] = socket->second;
  const bool ends = arrival->kind == Arrival::Kind::closed;
  if (secure) {
    auto& peer = peers_.secure(host, port);
    if (peer.connections() == 0 || !peer.connected()) return "nothing is connected";
    ends ? peer.close() : peer.send(arrival->data);
  } else {
    auto& listener = peers_.plain(host, port);
    if (listener.connections.empty()) return "nothing is connected";
    ends ? listener.last().close() : listener.last().send(arrival->data);
  }
  return {};
}

}  // namespace quasimodem::app
