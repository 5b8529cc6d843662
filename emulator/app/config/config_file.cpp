// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/config/settings.hpp"
#include "emulator/app/config/toml_text.hpp"

namespace quasimodem::app {
namespace {

constexpr auto kSeeKeys = "what it can say: man quasimodem.toml; docs/configuration.md";

/// Null when there is no such key; in any section, when `section` is empty.
const Option* option_of(OptionTable table, std::string_view section, std::string_view key) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Option& option) {
    return !option.section.empty() && (section.empty() || option.section == section) && key_of(option) == key;
  });
  return found == table.end() ? nullptr : &*found;
}

/// `; did you mean "profile"?`, or where a key belongs that stands in the wrong section.
std::string suggestion(OptionTable table, std::string_view section, const std::string& key) {
  if (const auto* elsewhere = option_of(table, "", key)) return fmt::format("; it belongs in [{}]", elsewhere->section);
  std::vector<std::string> here, all;
  for (const auto& option : table) {
    if (option.section.empty()) continue;
    all.push_back(key_of(option));
    if (option.section == section) here.push_back(all.back());
  }
  if (auto meant = did_you_mean(key, here); !meant.empty()) return meant;
  return did_you_mean(key, all);
}

/// The parts of a table in the order of the file, so that the first thing that is wrong is told first.
std::vector<std::pair<const toml::key*, const toml::node*>> in_order(const toml::table& table) {
  std::vector<std::pair<const toml::key*, const toml::node*>> parts;
  for (const auto& [key, node] : table) parts.emplace_back(&key, &node);
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
    return a.first->source().begin.line < b.first->source().begin.line;
  });
  return parts;
}

template <class Value>
std::string streamed(const Value& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

/// UTF-8 characters, as near as a terminal's columns are.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

/// The lines of a text, for messages that show what they are about.
class Excerpts {
 public:
  explicit Excerpts(std::string_view text) : lines_{split(std::string{text}, '\n')} {
    for (auto& line : lines_) {
      if (line.ends_with('\r')) line.pop_back();
      std::replace(line.begin(), line.end(), '\t', ' ');  // one column each, as the caret's line has it
    }
  }

  /// The line with a caret under each of `width` characters from `column` on, below its section's line. Lines and
  /// columns count from 1; width 0 goes to the end of the line, section 0 is none.
  std::string of(std::size_t section, std::size_t line, std::size_t column, std::size_t width) const {
    const auto text = at(line);
    const auto digits = std::to_string(line).size();
    const auto to_end = characters(text) + 1 - std::min(column, characters(text));
    const auto carets = width == 0 ? to_end : width;
    const auto above =
        section > 0 && section < line ? fmt::format("{:>{}} | {}\n", section, digits, at(section)) : std::string{};
    return fmt::format("{}{} | {}\n{:{}} | {:{}}{:^>{}}", above, line, text, "", digits, "", column - 1, "", carets);
  }

 private:
  std::string at(std::size_t line) const {
    return line >= 1 && line <= lines_.size() ? lines_[line - 1] : std::string{};
  }

  std::vector<std::string> lines_;
};

/// Reads one file. Everything wrong with it ends in a Problem that shows the line.
class FileReader {
 public:
  FileReader(std::string_view text, std::string source, OptionTable table, Settings& settings)
      : excerpts_{text}, source_{std::move(source)}, table_{table}, settings_{settings} {}

  void read(const toml::table& root) {
    for (const auto& [key, node] : in_order(root)) {
      const std::string name{key->str()};
      const auto sections = option_sections(table_);
      if (std::find(sections.begin(), sections.end(), name) != sections.end()) {
        const auto* table = node->as_table();
        if (!table) wrong(*node, fmt::format("\"{}\" is a section: [{}]", name, name));
        read_section(name, *key, *table);
      } else if (node->is_table() || node->is_array_of_tables()) {
        at(key->source(),
           fmt::format("unknown section [{}]{}", name, did_you_mean(name, {sections.begin(), sections.end()})));
      } else {
        at(key->source(), unknown_key(name, "") + " outside of a section" + suggestion(table_, "", name));
      }
    }
  }

 private:
  void read_section(const std::string& section, const toml::key& header, const toml::table& table) {
    header_line_ = header.source().begin.line;
    for (const auto& [key, node] : in_order(table)) {
      const std::string name{key->str()};
      const auto* option = option_of(table_, section, name);
      if (!option) {
        at(key->source(), unknown_key(name, section) + suggestion(table_, section, name));
      }
      Setting setting{.source = Source::file, .values = {}};
      if (const auto* array = node->as_array(); array && option->kind == OptionKind::list) {
        for (const auto& element : *array) setting.values.push_back(value_of(*option, element));
      } else {
        setting.values.push_back(value_of(*option, *node));
      }
      settings_.add(*option, std::move(setting));
    }
  }

  GivenValue value_of(const Option& option, const toml::node& node) const {
    auto text = text_of(option, node);
    if (!text) wrong(node, fmt::format("{}: {} is wanted", key_of(option), wanted(option)));
    return {std::move(*text), place(node.source()), excerpt(node.source())};
  }

  static std::optional<std::string> text_of(const Option& option, const toml::node& node) {
    const bool number =
        option.kind == OptionKind::number || option.kind == OptionKind::count || option.kind == OptionKind::duration;
    const bool flag = option.kind == OptionKind::flag;
    if (const auto* value = node.as_boolean()) return flag ? std::optional{**value ? "true" : "false"} : std::nullopt;
    if (flag) return std::nullopt;
    if (const auto* value = node.as_string()) return **value;
    if (const auto* value = node.as_integer(); value && number) return std::to_string(**value);
    if (const auto* value = node.as_floating_point(); value && number) {
      // No exponent, which a time has not.
      return option.kind == OptionKind::duration ? fmt::format("{:.9f}", **value) : fmt::format("{}", **value);
    }
    if (option.kind != OptionKind::time) return std::nullopt;
    if (const auto* value = node.as_date_time()) return streamed(**value);
    if (const auto* value = node.as_date()) return streamed(**value);
    return std::nullopt;
  }

  static std::string_view wanted(const Option& option) {
    switch (option.kind) {
      case OptionKind::flag: return "true or false";
      case OptionKind::list: return "a string, or an array of strings,";
      case OptionKind::number:
      case OptionKind::count: return "a number";
      case OptionKind::time: return "a string or a date and time";
      case OptionKind::duration: return R"(a time, like "500ms", "10s" or a number of seconds,)";
      case OptionKind::text: break;
    }
    return "a string";
  }

  std::string place(const toml::source_region& region) const {
    return fmt::format("{}:{}", source_, region.begin.line);
  }
  std::string excerpt(const toml::source_region& region) const {
    const auto width = region.end.line == region.begin.line && region.end.column > region.begin.column
                           ? region.end.column - region.begin.column
                           : 0;
    return excerpts_.of(header_line_, region.begin.line, region.begin.column, width);
  }
  [[noreturn]] void at(const toml::source_region& region, const std::string& what) const {
    toml_problem(source_, region, what, excerpt(region));
  }
  [[noreturn]] void wrong(const toml::node& node, const std::string& what) const { at(node.source(), what); }

  Excerpts excerpts_;
  std::string source_;
  OptionTable table_;
  Settings& settings_;
  std::size_t header_line_ = 0;
};

}  // namespace

void parse_configuration(std::string_view text, const std::string& source, OptionTable table, Settings& settings) {
  const auto way_out = [&](const toml::source_position* at) {
    return at ? fmt::format("{}\n{}", Excerpts{text}.of(0, at->line, at->column, 1), kSeeKeys) : std::string{kSeeKeys};
  };
  FileReader{text, source, table, settings}.read(parse_toml(text, source, way_out));
}

}  // namespace quasimodem::app
