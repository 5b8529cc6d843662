// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "emulator/app/base/json.hpp"
#include "emulator/app/cli/doctor/report.hpp"

namespace quasimodem::app {
namespace {

JsonObject with_facts(JsonObject object, const Report::Facts& facts) {
  for (const auto& [name, value] : facts) object.emplace(name, value);
  return object;
}

std::string_view word(CellState state) {
  switch (state) {
    case CellState::works: return "works";
    case CellState::not_in_protocol: return "not_in_protocol";
    case CellState::missing: return "missing";
  }
  return {};
}

std::string_view word(Finding::Verdict verdict) {
  switch (verdict) {
    case Finding::Verdict::fine: return "fine";
    case Finding::Verdict::limited: return "limited";
    case Finding::Verdict::broken: return "broken";
  }
  return {};
}

JsonObject tls_object(const Report& report) {
  JsonObject object;
  for (const auto state : {CellState::works, CellState::not_in_protocol, CellState::missing}) {
    object.emplace(word(state),
                   std::ranges::count_if(report.tls, [&](const auto& cell) { return state_of(cell) == state; }));
  }
  JsonArray cells;
  for (const auto& cell : report.tls) {
    cells.push_back(JsonObject{{"version", tls::name(cell.version)},
                               {"suite", fmt::format("0x{:04X}", static_cast<unsigned>(cell.suite))},
                               {"name", tls::name(cell.suite)},
                               {"state", word(state_of(cell))},
                               {"why_not", cell.why_not}});
  }
  object.emplace("cells", std::move(cells));
  return object;
}

}  // namespace

std::string report_json(const Report& report, DoctorOptions::Extent extent) {
  const bool everything = extent == DoctorOptions::Extent::everything;
  JsonObject object{{"program", with_facts({{"name", "quasimodem"}, {"version", report.version}}, report.build)}};
  if (everything) object.emplace("system", with_facts({}, report.system));
  object.emplace("tls", tls_object(report));
  if (everything) {
    JsonArray checks;
    for (const auto& finding : report.findings) {
      checks.push_back(JsonObject{{"subject", finding.subject},
                                  {"verdict", word(finding.verdict)},
                                  {"detail", finding.detail},
                                  {"way_out", finding.way_out}});
    }
    object.emplace("checks", std::move(checks));
  }
  object.emplace("usable", report.usable());
  return to_text(object) + "\n";
}

}  // namespace quasimodem::app
