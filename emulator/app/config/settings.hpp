// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/config/option.hpp"

namespace quasimodem::app {

/// Who has said it; the later one in this list counts.
enum class Source { standard, file, environment, flag };

/// One value of an option, as text, with the place it comes from.
struct GivenValue {
  std::string text;
  std::string place;    ///< `--seed`, `QUASIMODEM_SEED`, `quasimodem.toml:14`
  std::string excerpt;  ///< of a file: the line and what is meant in it
};

/// What one source says of one option.
struct Setting {
  Source source = Source::standard;
  std::vector<GivenValue> values;  ///< more than one for lists only; a list can be empty
};

/// What was said of the options, by name; an option that is not there has its default.
class Settings {
 public:
  /// Null when nobody said anything.
  const Setting* find(std::string_view option) const;
  /// Whoever comes first in `Source` gives way.
  void add(const Option& option, Setting setting);
  void remove(std::string_view option);
  /// Takes over what `other` says of this option, nothing included.
  void follow(const Settings& other, std::string_view option);

 private:
  std::map<std::string_view, Setting> settings_;
};

/// Whether two settings, either of which may be null, say the same, whoever says it.
bool same_values(const Setting* one, const Setting* other);

/// Takes the values over in the order of the table, each by `take`. Throws Problem, which names the place.
void take_settings(const Settings& settings, OptionTable table,
                   const std::function<void(const Option& option, const std::string& value)>& take);
/// What is said of a module.
void take_settings(const Settings& settings, ModuleOptions& options);

/// Adds what the text of a configuration file says; it can say what is in the table, and `source` stands in the
/// messages. Throws Problem: a key that does not exist, a value of the wrong type; with file, line and what stands
/// there.
void parse_configuration(std::string_view text, const std::string& source, OptionTable table, Settings& settings);

}  // namespace quasimodem::app
