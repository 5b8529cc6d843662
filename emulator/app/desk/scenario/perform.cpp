// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/perform.hpp"

#include <utility>

#include <fmt/core.h>

#include "emulator/app/control/dispatch.hpp"

namespace quasimodem::app::scenario {
namespace {

/// A step wants no events.
class Nobody final : public control::Subscriber {
 public:
  void subscribe(std::vector<RecordKind>) override {}
  void unsubscribe() override {}
};

tl::expected<Json, std::string> run(control::Target& target, const control::Method& method, const Json& params) {
  const auto arguments = control::read_arguments(method, params);
  if (!arguments) return tl::unexpected{arguments.error().message};
  Nobody nobody;
  control::Call call{target, *arguments, nobody, control::Answer{[](const auto&) {}}};
  auto outcome = method.run(call);
  if (auto* failure = std::get_if<control::Failure>(&outcome)) return tl::unexpected{std::move(failure->message)};
  auto* result = std::get_if<Json>(&outcome);
  return result ? std::move(*result) : Json{};
}

}  // namespace

tl::expected<Json, std::string> perform(control::Target& target, const Act& act) {
  control::note_request(target, *act.method, act.params);
  return run(target, *act.method, act.params);
}

tl::expected<void, std::string> clear_faults(control::Target& target, const ClearFaults& faults) {
  const auto* clear = control::find_method("fault.clear");
  if (faults.name == "all") return perform(target, Act{clear, JsonObject{}}).map([](const Json&) {});
  std::vector<int> ids;
  for (const auto& entry : target.faults().book().entries()) {
    if (entry.rule.name == faults.name) ids.push_back(entry.id);
  }
  if (ids.empty()) return tl::unexpected{fmt::format("there is no fault {} to clear", faults.name)};
  for (const auto id : ids) {
    if (const auto done = perform(target, Act{clear, JsonObject{{"id", id}}}); !done) {
      return tl::unexpected{done.error()};
    }
  }
  return {};
}

}  // namespace quasimodem::app::scenario
