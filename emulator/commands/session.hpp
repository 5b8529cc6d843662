// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <map>
#include <optional>

#include "atcmd/channel/channel.hpp"
#include "emulator/commands/settings.hpp"
#include "emulator/device/rooms.hpp"

namespace quasimodem::commands {

/// Something that a command starts and of which the ME tells later.
struct Task {
  enum class Kind { socket, server, name_query, ping, time_sync, http, ftp, mail, mqtt, mqtt_request, call };
  Kind kind;
  int context = 0;  ///< of a socket or server; of a request of MQTT, which command it was
  int index = 0;    ///< of a socket, or the client of MQTT
  auto operator<=>(const Task&) const = default;
};

/// Which terminal started it, by its number: what the ME tells of it goes there.
class Owners {
 public:
  void set(const Task& task, int terminal) {
    auto& owner = owners_[task];
    owner = {terminal, owner.now};
  }
  std::optional<int> of(const Task& task) const {
    const auto found = owners_.find(task);
    return found == owners_.end() ? std::nullopt : found->second.now;
  }
  /// The newest attempt was turned down, because the one before it is still under way.
  void turn_down(const Task& task) { owners_[task].now = owners_[task].before; }
  void release(const Task& task) { owners_.erase(task); }
  /// The terminal is gone, its number is free.
  void forget(int terminal) {
    for (auto& [task, owner] : owners_) {
      if (owner.now == terminal) owner.now.reset();
      if (owner.before == terminal) owner.before.reset();
    }
  }
  void clear() { owners_.clear(); }

 private:
  struct Owner {
    std::optional<int> now;
    std::optional<int> before;
  };
  std::map<Task, Owner> owners_;
};

struct Catalogue;

/// What the commands of one terminal act on.
struct Session {
  int number;  ///< of the terminal: 0 is the serial line itself
  device::MobileEquipment& me;
  atcmd::Channel& channel;
  Owners& owners;
  const Catalogue& catalogue;
  Settings settings{};
  int foreground = 0;  ///< AT+QIFGCNT
};

}  // namespace quasimodem::commands
