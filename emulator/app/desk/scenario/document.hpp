// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quasimodem::app::scenario {

/// Where something stands in a file, both from 1.
struct Place {
  int line = 1;
  int column = 1;
};

/// A value of a scenario file with its place. Small on purpose: the library that reads YAML stays in one file.
struct Node {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  std::string key;  ///< of a member of a map
  Place key_place;
  std::string text;  ///< of a scalar, as it was written, without its quotes
  Place place;
  std::vector<Node> items;  ///< of a list; members of a map in the order of writing

  /// The member of a map; null when there is none of that name.
  const Node* find(std::string_view name) const;
};

/// Reads one YAML document of bounded size. Throws Problem with ExitCode::usage, as `wrong_place` does.
Node read_yaml(const std::string& source, const std::string& text);

/// `source:line:column: what`: something in the file is wrong.
[[noreturn]] void wrong_place(const std::string& source, Place place, const std::string& what);

}  // namespace quasimodem::app::scenario
