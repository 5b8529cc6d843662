// SPDX-License-Identifier: Apache-2.0
// The only file that sees yaml-cpp.
#include <algorithm>
#include <cstddef>
#include <map>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/desk/scenario/document.hpp"

namespace quasimodem::app::scenario {
namespace {

constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kMostText = 4 * 1024 * 1024;
constexpr std::size_t kDeepest = 64;

Place place_of(const YAML::Mark& mark, Place otherwise = {}) {
  return mark.is_null() ? otherwise : Place{mark.line + 1, mark.column + 1};
}

/// How much a value holds, with itself.
struct Size {
  std::size_t nodes = 1;
  std::size_t text = 0;
  std::size_t depth = 1;
};

/// Builds the document while it is parsed, so that a bound is met before anything has grown beyond it. An alias is
/// copied with all it stands for, and counts as that.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const std::string& source) : source_{source} {}

  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {
    if (++documents_ > 1) wrong_place(source_, {}, "there are several documents in it; a scenario is one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    value(node_at(mark, Node::Kind::null), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string& text) override {
    auto node = node_at(mark, Node::Kind::scalar);
    node.text = text;
    value(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    const auto place = place_of(mark, here());
    if (found == anchored_.end()) wrong_place(source_, place, "an alias within what it stands for has no end");
    count(found->second.second, place);
    add(found->second.first, found->second.second);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node_at(mark, Node::Kind::list), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node_at(mark, Node::Kind::map), anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map that has not ended yet.
  struct Open {
    Node node;
    YAML::anchor_t anchor;
    Size size{};
    bool has_key = false;  ///< of a map: the next value belongs to `key`
    std::string key{};
    Place key_place{};
    std::unordered_map<std::string, int> lines{};  ///< of a map: where its keys stand
  };

  Place here() const { return open_.empty() ? Place{} : open_.back().node.place; }

  Node node_at(const YAML::Mark& mark, Node::Kind kind) const {
    Node node;
    node.kind = kind;
    node.place = place_of(mark, here());
    return node;
  }

  void count(const Size& size, Place place) {
    nodes_ += size.nodes;
    text_ += size.text;
    if (nodes_ > kMostNodes || text_ > kMostText) wrong_place(source_, place, "the file is too large for a scenario");
    if (open_.size() + size.depth > kDeepest) {
      wrong_place(source_, place, fmt::format("more than {} lists and maps within each other", kDeepest));
    }
  }

  void value(Node node, YAML::anchor_t anchor) {
    const Size size{.nodes = wants_key() ? 0U : 1U, .text = node.text.size(), .depth = 1};
    count(size, node.place);
    finish(std::move(node), size, anchor);
  }

  void open(Node node, YAML::anchor_t anchor) {
    count({}, node.place);
    if (wants_key()) no_name(node.place);
    open_.push_back({.node = std::move(node), .anchor = anchor});
  }

  void close() {
    auto closed = std::move(open_.back());
    open_.pop_back();
    finish(std::move(closed.node), closed.size, closed.anchor);
  }

  void finish(Node node, const Size& size, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      count(size, node.place);  // the copy
      anchored_.insert_or_assign(anchor, std::pair{node, size});
    }
    add(std::move(node), size);
  }

  bool wants_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::map && !open_.back().has_key;
  }

  [[noreturn]] void no_name(Place place) const { wrong_place(source_, place, "a name is wanted before the colon"); }

  /// Where the value belongs.
  void add(Node node, const Size& size) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    if (wants_key()) return set_key(node);
    auto& into = open_.back();
    into.size.nodes += size.nodes;
    into.size.text += size.text;
    into.size.depth = std::max(into.size.depth, size.depth + 1);
    if (std::exchange(into.has_key, false)) {
      node.key = std::move(into.key);
      node.key_place = into.key_place;
    }
    into.node.items.push_back(std::move(node));
  }

  void set_key(const Node& node) {
    auto& map = open_.back();
    if (node.kind != Node::Kind::scalar) no_name(node.place);
    const auto [first, is_new] = map.lines.emplace(node.text, node.place.line);
    if (!is_new) {
      wrong_place(source_, node.place, fmt::format("\"{}\" stands twice; first in line {}", node.text, first->second));
    }
    map.size.text += node.text.size();
    map.key = node.text;
    map.key_place = node.place;
    map.has_key = true;
  }

  const std::string& source_;
  int documents_ = 0;
  std::size_t nodes_ = 0;
  std::size_t text_ = 0;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::pair<Node, Size>> anchored_;
  Node root_;
};

}  // namespace

const Node* Node::find(std::string_view name) const {
  if (kind != Kind::map) return nullptr;
  const auto found = std::find_if(items.begin(), items.end(), [&](const Node& each) { return each.key == name; });
  return found == items.end() ? nullptr : &*found;
}

Node read_yaml(const std::string& source, const std::string& text) {
  try {
    std::istringstream stream{text};
    YAML::Parser parser{stream};
    Builder builder{source};
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const YAML::Exception& error) {
    wrong_place(source, place_of(error.mark), fmt::format("not YAML: {}", error.msg));
  }
}

void wrong_place(const std::string& source, Place place, const std::string& what) {
  usage(fmt::format("{}:{}:{}: {}", source, place.line, place.column, what),
        "what a scenario can say: man quasimodem-scenario; docs/scenarios.md");
}

}  // namespace quasimodem::app::scenario
