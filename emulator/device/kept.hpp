// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/log.hpp"
#include "emulator/device/alarm.hpp"
#include "emulator/device/radio_settings.hpp"

namespace quasimodem::storage {
class Flash;
}

namespace quasimodem::device {

struct Access;
struct TcpIpSettings;
struct TimeServer;

/// Settings that outlive the power, one record each in the flash. Nothing comes back that was never kept, or cannot be
/// read any more. Files, messages, phonebooks and AT&W have records of their own elsewhere.
class Kept {
 public:
  Kept(storage::Flash& flash, Logger log) : flash_{flash}, log_{std::move(log)} {}

  std::optional<TimeServer> time_server() const;  ///< AT+QNTP
  void keep(const TimeServer& server);
  std::optional<int> clock_update() const;  ///< AT+CTZU
  void keep_clock_update(int mode);
  std::optional<std::string> band() const;  ///< AT+QBAND
  void keep_band(std::string_view band);
  std::optional<Alarm::Setting> alarm() const;  ///< AT+QALARM
  void keep(const std::optional<Alarm::Setting>& alarm);
  PreferredOperators preferred_operators() const;  ///< AT+CPOL
  /// False when the flash fails.
  bool keep(const PreferredOperators& operators);
  /// AT+QISCON (M66 11.22): what both contexts share, and one context's own. What its record does not say stays.
  void recall_tcpip(int context, TcpIpSettings& settings, Access& access) const;
  /// False when the flash fails.
  bool keep_tcpip(int context, const TcpIpSettings& settings, const Access& access);

 private:
  bool write(std::string_view record, std::string_view value);
  void write_or_warn(std::string_view record, std::string_view value);
  std::optional<std::string> read(std::string_view record) const;

  storage::Flash& flash_;
  Logger log_;
};

/// The text of AT+QISCON's record, and back. Unknown lines are skipped.
std::string tcpip_record(const TcpIpSettings& settings, const Access& access);
void recall_tcpip(std::string_view record, TcpIpSettings& settings, Access& access);

}  // namespace quasimodem::device
