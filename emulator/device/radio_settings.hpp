// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace quasimodem::device {

class Kept;

inline constexpr int kPreferredOperators = 8;  ///< ASSUMED: places of AT+CPOL
inline constexpr std::string_view kAllBands = "GSM850_EGSM_DCS_PCS_MODE";

/// MCC and MNC of each place, or nothing.
using PreferredOperators = std::array<std::string, kPreferredOperators>;

/// What the TE has chosen for the radio.
class RadioSettings {
 public:
  explicit RadioSettings(Kept& kept) : kept_{kept} {}

  /// AT+QBAND. Kept at once.
  const std::string& band() const { return band_; }
  void set_band(std::string_view band);

  /// AT+CPOL. The SIM keeps them.
  const PreferredOperators& preferred_operators() const { return preferred_operators_; }
  /// Places count from 1; an empty number frees one. False when the SIM cannot be written to.
  bool prefer_operator(int index, std::string_view number);

  /// AT+QREFUSECS. ASSUMED: forgotten at power-off.
  bool refuses_messages = false;
  bool refuses_calls = false;

  /// At a start: what was kept.
  void recall();
  void power_off() { refuses_messages = refuses_calls = false; }

 private:
  Kept& kept_;
  std::string band_{kAllBands};
  PreferredOperators preferred_operators_{};
};

}  // namespace quasimodem::device
