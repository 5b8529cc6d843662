// SPDX-License-Identifier: Apache-2.0
// The only file that sees yaml-cpp.
#include <algorithm>
#include <cstddef>
#include <yaml-cpp/yaml.h>

#include <fmt/core.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/scenario/document.hpp"

namespace quasimodem::app::scenario {
namespace {

/// Copies the library's nodes. An alias is copied with all it stands for, so their number has a bound.
class Copier {
 public:
  explicit Copier(const std::string& source) : source_{source} {}

  Node copy(const YAML::Node& from, Place otherwise) {
    constexpr std::size_t kMost = 100'000;
    Node node;
    node.place = place_of(from.Mark(), otherwise);
    if (++copied_ > kMost) wrong_place(source_, node.place, "the file is too large for a scenario");
    switch (from.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: node.kind = Node::Kind::null; break;
      case YAML::NodeType::Scalar:
        node.kind = Node::Kind::scalar;
        node.text = from.Scalar();
        break;
      case YAML::NodeType::Sequence:
        node.kind = Node::Kind::list;
        for (const auto& item : from) node.items.push_back(copy(item, node.place));
        break;
      case YAML::NodeType::Map:
        node.kind = Node::Kind::map;
        for (const auto& member : from) add(node, member.first, member.second);
        break;
    }
    return node;
  }

 private:
  static Place place_of(const YAML::Mark& mark, Place otherwise) {
    return mark.is_null() ? otherwise : Place{mark.line + 1, mark.column + 1};
  }

  void add(Node& map, const YAML::Node& key, const YAML::Node& value) {
    const auto at = place_of(key.Mark(), map.place);
    if (!key.IsScalar()) wrong_place(source_, at, "a name is wanted before the colon");
    if (const auto* first = map.find(key.Scalar())) {
      wrong_place(source_, at, fmt::format("\"{}\" stands twice; first in line {}", first->key, first->key_place.line));
    }
    auto node = copy(value, at);
    node.key = key.Scalar();
    node.key_place = at;
    map.items.push_back(std::move(node));
  }

  const std::string& source_;
  std::size_t copied_ = 0;
};

}  // namespace

const Node* Node::find(std::string_view name) const {
  if (kind != Kind::map) return nullptr;
  const auto found = std::find_if(items.begin(), items.end(), [&](const Node& each) { return each.key == name; });
  return found == items.end() ? nullptr : &*found;
}

Node read_yaml(const std::string& source, const std::string& text) {
  try {
    const auto documents = YAML::LoadAll(text);
    if (documents.size() > 1) wrong_place(source, {}, "there are several documents in it; a scenario is one");
    if (documents.empty()) return {};
    return Copier{source}.copy(documents.front(), {});
  } catch (const YAML::Exception& error) {
    const auto at = error.mark.is_null() ? Place{} : Place{error.mark.line + 1, error.mark.column + 1};
    wrong_place(source, at, fmt::format("not YAML: {}", error.msg));
  }
}

void wrong_place(const std::string& source, Place place, const std::string& what) {
  usage(fmt::format("{}:{}:{}: {}", source, place.line, place.column, what),
        "what a scenario can say: docs/scenarios.md");
}

}  // namespace quasimodem::app::scenario
