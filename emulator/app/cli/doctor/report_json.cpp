// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "emulator/app/base/json_text.hpp"
#include "emulator/app/cli/doctor/report_text.hpp"

namespace quasimodem::app {
namespace {

std::string member(std::string_view name, std::string_view value) {
  return fmt::format("{}:{}", json_string(name), json_string(value));
}

std::string members(const Report::Facts& facts) {
  std::string text;
  for (const auto& [name, value] : facts) text += (text.empty() ? "" : ",") + member(name, value);
  return text;
}

/// `[…]` of objects, each written by `object`.
template <class List, class Write>
std::string array(const List& list, Write object) {
  std::string text;
  for (const auto& entry : list) text += (text.empty() ? "" : ",") + object(entry);
  return "[" + text + "]";
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

std::string tls_object(const Report& report) {
  const auto count = [&](CellState state) {
    return std::ranges::count_if(report.tls, [&](const auto& cell) { return state_of(cell) == state; });
  };
  const auto cells = array(report.tls, [](const tls::Capability& cell) {
    return fmt::format("{{{},{},{},{},{}}}", member("version", tls::name(cell.version)),
                       member("suite", fmt::format("0x{:04X}", static_cast<unsigned>(cell.suite))),
                       member("name", tls::name(cell.suite)), member("state", word(state_of(cell))),
                       member("why_not", cell.why_not));
  });
  return fmt::format(R"({{"works":{},"not_in_protocol":{},"missing":{},"cells":{}}})", count(CellState::works),
                     count(CellState::not_in_protocol), count(CellState::missing), cells);
}

}  // namespace

std::string report_json(const Report& report, DoctorOptions::Extent extent) {
  auto text = fmt::format(R"({{"program":{{{},{},{}}})", member("name", "quasimodem"),
                          member("version", report.version), members(report.build));
  if (extent == DoctorOptions::Extent::everything) {
    text += fmt::format(R"(,"system":{{{}}})", members(report.system));
  }
  text += fmt::format(R"(,"tls":{})", tls_object(report));
  if (extent == DoctorOptions::Extent::everything) {
    const auto checks = array(report.findings, [](const Finding& finding) {
      return fmt::format("{{{},{},{},{}}}", member("subject", finding.subject),
                         member("verdict", word(finding.verdict)), member("detail", finding.detail),
                         member("way_out", finding.way_out));
    });
    text += fmt::format(R"(,"checks":{})", checks);
  }
  return text + fmt::format(R"(,"usable":{}}})", report.usable()) + "\n";
}

}  // namespace quasimodem::app
