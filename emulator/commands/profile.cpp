// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/profile.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "core/bytes.hpp"
#include "emulator/commands/all.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model_profile.hpp"
#include "storage/flash.hpp"

namespace quasimodem::commands {
namespace {

constexpr std::string_view kProfileRecord = "profile";

/// `+CNMI,2`: the second value of AT+CNMI.
void recall_value(Session& session, std::string_view name, std::string_view value, Recall recall) {
  const auto comma = std::min(name.find(','), name.size());
  std::size_t number = 1;
  if (comma < name.size()) std::from_chars(name.data() + comma + 1, name.data() + name.size(), number);
  const auto* command = session.catalogue.in_profile(name.substr(0, comma));
  if (command && number > 0 && (recall == Recall::everything || command->profile->restored))
    command->values.write(*command, &session.settings, number - 1, value);
}

Settings factory_settings(const Session& session) {
  Settings settings;
  settings.terminal_ready = static_cast<DtrDrop>(session.me.profile().factory.dtr_drop);
  return settings;
}

}  // namespace

void restore_factory(Session& session) {
  const auto factory = factory_settings(session);
  for (const auto* command : session.catalogue.profile) {
    if (!command->profile->restored) continue;
    std::size_t which = 0;
    for (const auto& value : command->values.read(*command, &factory))
      command->values.write(*command, &session.settings, which++, value);
  }
}

std::string profile_text(const Session& session, Extent extent) {
  std::string text;
  for (const auto* command : session.catalogue.profile) {
    if (extent == Extent::stored && !command->profile->stored) continue;
    int number = 0;
    for (const auto& value : command->values.read(*command, &session.settings)) {
      text += ++number == 1 ? fmt::format("{}={}\n", command->name, value)
                            : fmt::format("{},{}={}\n", command->name, number, value);
    }
  }
  return text;
}

void recall_profile(Session& session, std::string_view text, Recall recall) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto equals = line.find('=');
    if (equals != std::string_view::npos)
      recall_value(session, line.substr(0, equals), line.substr(equals + 1), recall);
  }
}

bool store_profile(Session& session) {
  return session.me.flash().write(kProfileRecord, to_bytes(profile_text(session, Extent::stored))).has_value();
}

void recall_profile(Session& session, Recall recall) {
  if (recall == Recall::everything) {
    session.settings = factory_settings(session);
  } else {
    restore_factory(session);
  }
  const auto record = session.me.flash().read(kProfileRecord);
  if (record && *record) recall_profile(session, as_text(**record), recall);
  session.me.messaging().settings_changed();
}

}  // namespace quasimodem::commands
