// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/fault.hpp"

#include <span>
#include <vector>

#include <fmt/core.h>

#include "core/suggestion.hpp"
#include "emulator/app/base/arguments.hpp"
#include "tls/alert.hpp"

namespace quasimodem::app {
namespace {

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};

constexpr Named<FaultKind> kKinds[] = {{"stall", FaultKind::stall},
                                       {"alert", FaultKind::alert},
                                       {"reset", FaultKind::reset},
                                       {"close", FaultKind::close},
                                       {"garbage", FaultKind::garbage}};

constexpr Named<FaultStep> kSteps[] = {{"accept", FaultStep::accept},
                                       {"hello", FaultStep::hello},
                                       {"certificate", FaultStep::certificate},
                                       {"key-exchange", FaultStep::key_exchange},
                                       {"finished", FaultStep::finished},
                                       {"connected", FaultStep::connected},
                                       {"data", FaultStep::data}};

std::vector<Named<std::uint8_t>> named_alerts() {
  std::vector<Named<std::uint8_t>> list;
  for (const auto& alert : tls::known_alerts()) list.push_back({alert.name, alert.description});
  return list;
}

/// The value with this name, or what to tell the user.
template <class Value>
tl::expected<Value, std::string> look_up(const char* what, std::string_view name, std::span<const Named<Value>> known) {
  if (const auto* found = named(known, name)) return found->value;
  return tl::make_unexpected(
      fmt::format("unknown {} \"{}\"{}", what, name, did_you_mean(std::string{name}, names_of(known))));
}

}  // namespace

std::vector<std::string> fault_kind_names() { return names_of(kKinds); }
std::vector<std::string> fault_step_names() { return names_of(kSteps); }

tl::expected<std::optional<Fault>, std::string> read_fault(std::string_view text) {
  if (text == "none") return std::nullopt;
  const auto at = text.find('@');
  if (at == std::string_view::npos) return tl::make_unexpected("a fault is KIND@STEP, like stall@hello, or none");
  const auto kind_text = text.substr(0, at);
  const auto colon = kind_text.find(':');

  const auto kind = look_up<FaultKind>("kind of fault", kind_text.substr(0, colon), kKinds);
  if (!kind) return tl::make_unexpected(kind.error());
  const auto step = look_up<FaultStep>("step", text.substr(at + 1), kSteps);
  if (!step) return tl::make_unexpected(step.error());
  Fault fault{.kind = *kind, .step = *step, .text = std::string{text}};
  if (colon == std::string_view::npos) return fault;

  if (*kind != FaultKind::alert) return tl::make_unexpected("only an alert has a name: alert:unknown_ca@hello");
  const auto alerts = named_alerts();
  const auto alert = look_up<std::uint8_t>("alert", kind_text.substr(colon + 1), alerts);
  if (!alert) return tl::make_unexpected(alert.error());
  fault.alert = *alert;
  return fault;
}

}  // namespace quasimodem::app
