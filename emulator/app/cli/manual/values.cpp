// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/demo/acts.hpp"
#include "emulator/app/cli/manual/candidates.hpp"
#include "emulator/app/cli/manual/topics.hpp"
#include "emulator/app/config/profile.hpp"
#include "emulator/app/config/uart_url.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/socket/connection.hpp"
#include "emulator/app/peer/fault.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/service_errors.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app {
namespace {

using Earlier = std::span<const std::string>;

/// A word for each row of a table that has a name, with what the row says about it.
template <class Table, class Row>
void add_rows(Candidates& found, const Table& table, std::string_view Row::*meaning, std::string_view end = "") {
  for (const auto& row : table) found.words.push_back({fmt::format("{}{}", row.name, end), std::string{row.*meaning}});
}

Candidates models(const std::string&, Earlier) {
  Candidates found;
  for (const auto& model : device::model_profiles()) found.words.push_back({std::string{model.key}, {}});
  return found;
}

Candidates profiles(const std::string&, Earlier) {
  Candidates found{.also = Also::files};
  for (const auto& name : builtin_profile_names()) found.words.push_back({name, {}});
  return found;
}

/// The part of a URL that is a path is completed as one.
Candidates path_behind(const std::string& word, std::initializer_list<std::string_view> schemes) {
  for (const auto scheme : schemes) {
    if (word.starts_with(scheme)) return {.also = Also::files, .before = std::string{scheme}};
  }
  return {};
}

Candidates uarts(const std::string& word, Earlier) {
  auto found = path_behind(word, {"pty:", "unix:", "tty:"});
  if (!found.before.empty()) return found;
  for (const auto& form : uart_forms()) {
    const auto colon = form.form.find(':') == std::string_view::npos ? "" : ":";
    found.words.push_back({fmt::format("{}{}", form.name, colon), std::string{form.meaning}});
  }
  return found;
}

Candidates ports(const std::string& word, Earlier) {
  auto found = path_behind(word, {"unix:"});
  if (!found.before.empty()) return found;
  return {.words = {{"tcp:", "HOST:PORT"}, {"unix:", "PATH"}}, .also = Also::files};
}

/// `bearer.outage for=6s cou`: the name first, then what that kind takes.
Candidates faults(const std::string& word, Earlier) {
  Candidates found;
  const auto blank = word.rfind(' ');
  if (blank == std::string::npos) {
    add_rows(found, emulator::fault_kinds(), &emulator::FaultKind::effect);
    return found;
  }
  const auto* kind = emulator::fault_kind(word.substr(0, word.find(' ')));
  if (!kind) return found;
  const auto before = word.substr(0, blank + 1);
  const auto add = [&](std::string_view name, std::string_view meaning) {
    found.words.push_back({fmt::format("{}{}=", before, name), std::string{meaning}});
  };
  for (const auto& parameter : kind->parameters) add(parameter.name, parameter.meaning);
  for (const auto* name : {"match", "after", "for", "count", "probability"}) add(name, "");
  return found;
}

/// `close-index=o`: the switch first, then on or off.
Candidates firmware(const std::string& word, Earlier) {
  Candidates found;
  const auto equals = word.find('=');
  if (equals == std::string::npos) add_rows(found, device::firmware_switches(), &device::FirmwareSwitch::effect, "=");
  if (!device::firmware_switch(word.substr(0, equals)) || equals == std::string::npos) return found;
  for (const auto* value : {"on", "off"}) found.words.push_back({word.substr(0, equals + 1) + value, {}});
  return found;
}

Candidates service_errors(const std::string&, Earlier) {
  Candidates found;
  add_rows(found, device::service_error_rows(), &device::ServiceErrorRow::cause, "=");
  return found;
}

Candidates peer_faults(const std::string& word, Earlier) {
  Candidates found{.words = {{"none", "a connection without a fault"}}};
  const auto at = word.find('@');
  if (at == std::string::npos) {
    for (const auto& kind : fault_kind_names()) found.words.push_back({kind + "@", {}});
  } else {
    for (const auto& step : fault_step_names()) found.words.push_back({word.substr(0, at + 1) + step, {}});
  }
  return found;
}

Candidates running(const std::string&, Earlier) {
  Candidates found{.also = Also::files};
  try {
    for (const auto& socket : control::running_modules()) found.words.push_back({socket.stem().string(), {}});
  } catch (const Problem&) {  // no runtime directory: no module
  }
  return found;
}

Candidates acts_of_demo(const std::string&, Earlier) {
  Candidates found;
  add_rows(found, acts(), &Act::summary);
  return found;
}

Candidates methods(const std::string&, Earlier earlier) {
  Candidates found;
  if (earlier.empty() || earlier.front() == "help") {
    if (earlier.size() > 1) return found;
    add_rows(found, control::methods(), &control::Method::summary);
    return found;
  }
  const auto* method = control::find_method(earlier.front());
  if (!method) return found;
  for (const auto& param : method->params) {
    const auto end = param.type == control::ParamType::boolean ? "" : "=";
    found.words.push_back({fmt::format("{}{}", param.name, end), std::string{param.help}});
  }
  return found;
}

Candidates help_topics(const std::string&, Earlier earlier) {
  Candidates found;
  if (!earlier.empty()) return found;
  add_rows(found, topics(), &Topic::summary);
  add_rows(found, command_summaries(), &CommandSummary::summary);
  return found;
}

Candidates value_of_a_name(const std::string& word, Earlier) {
  const auto at = word.find("=@");
  if (at == std::string::npos) return {};
  return {.also = Also::files, .before = word.substr(0, at + 2)};
}

Candidates files(const std::string&, Earlier) { return {.also = Also::files}; }
Candidates directories(const std::string&, Earlier) { return {.also = Also::directories}; }

struct Kind {
  std::string_view value;  ///< as --help shows it
  Candidates (*find)(const std::string& word, Earlier earlier);
};

constexpr Kind kKinds[] = {
    {"MODEL", &models},
    {"PROFILE", &profiles},
    {"URL", &uarts},
    {"PORT", &ports},
    {"FAULT", &faults},
    {"SWITCH=on|off", &firmware},
    {"CAUSE=NUMBER", &service_errors},
    {"KIND@STEP", &peer_faults},
    {"NAME|PATH", &running},
    {"ACT", &acts_of_demo},
    {"METHOD", &methods},
    {"TOPIC", &help_topics},
    {"NAME=VALUE", &value_of_a_name},
    {"FILE", &files},
    {"DIR", &directories},
};

bool is_capital(unsigned char c) { return std::isupper(c) != 0; }

}  // namespace

Candidates candidates_for(const std::string& value, const std::string& word, std::span<const std::string> earlier) {
  for (const auto& kind : kKinds) {
    if (kind.value == value) return kind.find(word, earlier);
  }
  // `auto|always|never` stands for itself, `pin:PIN` begins like this, `TIME` says nothing.
  Candidates found;
  for (const auto& alternative : split(value, '|')) {
    const std::string fixed{alternative.begin(), std::find_if(alternative.begin(), alternative.end(), is_capital)};
    if (!fixed.empty()) found.words.push_back({fixed, {}});
  }
  return found;
}

}  // namespace quasimodem::app
