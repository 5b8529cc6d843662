// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/module_state.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/desk/scenario/method_step.hpp"

namespace quasimodem::app::scenario {
namespace {

Json state_of(control::Target& target) {
  auto state = perform(target, Act{control::find_method("state"), JsonObject{}});
  return state ? std::move(*state) : Json{};
}

/// A member of an object, or an item of a list by its number from 0.
const Json* member(const Json& json, std::string_view name) {
  const auto* array = json.if_array();
  if (!array) return find_member(json, name);
  const auto index = whole_number<std::size_t>(name);
  return index && *index < array->size() ? &(*array)[*index] : nullptr;
}

std::vector<std::string> members_of(const Json& json) {
  std::vector<std::string> names;
  if (const auto* object = json.if_object()) {
    for (const auto& each : *object) names.push_back(each.key());
  }
  return names;
}

/// The parts of `contexts.0.state`.
std::vector<std::string> parts(std::string path) {
  std::replace(path.begin(), path.end(), '.', ',');
  return split(path);
}

/// Compares what is wanted with what is there, and says in words what is not so.
class Comparison {
 public:
  bool same(const Json& there, const Node& wanted, const std::string& path) {
    switch (wanted.kind) {
      case Node::Kind::map:
        return std::all_of(wanted.items.begin(), wanted.items.end(),
                           [&](const Node& each) { return has(there, each, path); });
      case Node::Kind::list: return list(there, wanted, path);
      case Node::Kind::null: return scalar(there, "null", path);
      case Node::Kind::scalar: return scalar(there, wanted.text, path);
    }
    return false;
  }

  const std::string& difference() const { return difference_; }

 private:
  bool has(const Json& there, const Node& wanted, std::string path) {
    const auto* at = &there;
    for (const auto& part : parts(wanted.key)) {
      path += (path.empty() ? "" : ".") + part;
      at = member(*at, part);
      if (!at) return differs(fmt::format("there is no {}", path));
    }
    return same(*at, wanted, path);
  }

  /// Each item is somewhere in the module's list; an empty one means that this is empty.
  bool list(const Json& there, const Node& wanted, const std::string& path) {
    const auto* array = there.if_array();
    if (!array) return differs(fmt::format("{} is no list but {}", path, to_text(there)));
    if (wanted.items.empty() && !array->empty()) {
      return differs(fmt::format("{} is not empty but {}", path, to_text(there)));
    }
    for (const auto& item : wanted.items) {
      const auto fits = [&](const Json& each) { return Comparison{}.same(each, item, path); };
      if (std::none_of(array->begin(), array->end(), fits)) {
        return differs(fmt::format("{} is {}: what line {} wants is not in it", path, to_text(there), item.place.line));
      }
    }
    return true;
  }

  bool scalar(const Json& there, const std::string& wanted, const std::string& path) {
    const auto text = text_of(there);
    if (text ? *text == wanted : to_text(there) == wanted) return true;
    return differs(fmt::format("{} is {}, not {}", path, to_text(there), wanted));
  }

  bool differs(std::string words) {
    difference_ = std::move(words);
    return false;
  }

  std::string difference_;
};

std::optional<NoSuchState> unknown_member(const Json& there, const Node& wanted) {
  const auto* at = &there;
  for (const auto& part : parts(wanted.key)) {
    if (at->if_array()) {
      // An item may come later.
      const bool number = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
      if (!number)
        return NoSuchState{wanted.key_place, fmt::format("\"{}\": a number from 0 is wanted in a list", part)};
      at = member(*at, part);
      if (!at) return std::nullopt;
      continue;
    }
    const auto names = members_of(*at);
    at = member(*at, part);
    if (!at) {
      return NoSuchState{wanted.key_place,
                         fmt::format("the module's state has no \"{}\"{}", part, did_you_mean(part, names))};
    }
  }
  if (wanted.kind != Node::Kind::map) return std::nullopt;
  for (const auto& each : wanted.items) {
    if (auto unknown = unknown_member(*at, each)) return unknown;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> mismatch(control::Target& target, const Node& wanted) {
  Comparison comparison;
  if (comparison.same(state_of(target), wanted, "")) return std::nullopt;
  return comparison.difference();
}

std::optional<NoSuchState> impossible_state(control::Target& target, const Node& wanted) {
  const auto state = state_of(target);
  for (const auto& each : wanted.items) {
    if (auto unknown = unknown_member(state, each)) return unknown;
  }
  return std::nullopt;
}

}  // namespace quasimodem::app::scenario
