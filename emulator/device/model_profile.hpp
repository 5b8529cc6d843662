// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "emulator/device/model.hpp"

namespace quasimodem::device {

struct FirmwareSpan;
template <class Value>
struct FirmwareSet;
using FirmwareHistory = FirmwareSet<FirmwareSpan>;

/// What is set when a module comes from the factory, as far as models differ in it. The rest: M66 16.3.
struct FactorySettings {
  int dtr_drop = 0;      ///< AT&D
  int clock_update = 0;  ///< AT+CTZU
};

/// Everything in which one module differs from another. Models are data: no code asks which one it is. To add one is to
/// add its name to Model and a row; the commands that it has say so themselves, or it has those of its sibling. What
/// differs from firmware to firmware is in firmware.hpp. No source tells of one with other limits: six sockets, six SSL
/// contexts and the sizes of files are those of them all.
struct ModelProfile {
  Model model;
  std::string_view name;            ///< `M95`
  std::string_view key;             ///< `m95`, as the command line takes it
  std::string_view revision;        ///< firmware, as ATI prints it
  FirmwareDate released;            ///< of that firmware
  const FirmwareHistory* firmware;  ///< when it has which switch on
  /// What no source tells of this module is as this one's. Empty for those of which the tables tell by name.
  std::optional<Model> sibling{};
  FactorySettings factory{};
};

std::span<const ModelProfile> model_profiles();
const ModelProfile& profile_of(Model model);

}  // namespace quasimodem::device
