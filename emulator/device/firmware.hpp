// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/device/model_profile.hpp"

namespace quasimodem::device {

/// Everything in which one firmware of a model differs from another, switch by switch; each has its row in
/// firmware_switches(). `Value` is `bool` for what a module has, `std::optional<bool>` for what somebody asked for.
template <class Value>
struct FirmwareSet {
  Value close_index{};
  Value transparent_ssl{};
  Value ccid_prefix{};
  Value cusd_blank{};
  Value nvram_names{};
  Value xoff_filler{};
  Value long_pdu{};
};

/// What a module has.
using Firmware = FirmwareSet<bool>;
/// What was asked for; the rest follows model and date.
using FirmwareChoice = FirmwareSet<std::optional<bool>>;

/// One switch, its only declaration: from it come `--firmware NAME=on|off`, `quasimodem help firmware` and the table in
/// docs/fidelity.md. To add one is to add a member above and a row.
struct FirmwareSwitch {
  std::string_view name;      ///< `close-index`
  std::string_view effect;    ///< what is so when it is on
  std::string_view evidence;  ///< who says so
  bool Firmware::*value;
  std::optional<bool> FirmwareChoice::*choice;
  std::uint32_t models = 0;  ///< bits of those that have it on by themselves
  FirmwareDate since{};      ///< from firmware of this date on
};

std::span<const FirmwareSwitch> firmware_switches();
/// Null when there is none of that name.
const FirmwareSwitch* firmware_switch(std::string_view name);

/// What `choice` leaves open is as the model had it at `date`.
Firmware firmware_of(const ModelProfile& model, FirmwareDate date, const FirmwareChoice& choice = {});

/// `off`, `on`, `on for m95`, `on from 2017-06`: the default in words.
std::string default_in_words(const FirmwareSwitch& row);
/// All of them as a table in Markdown, as in docs/fidelity.md.
std::string firmware_reference();

}  // namespace quasimodem::device
