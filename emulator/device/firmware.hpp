// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/device/model.hpp"

namespace quasimodem::device {

struct ModelProfile;

/// The firmware in which a model has something by itself.
struct FirmwareSpan {
  std::optional<FirmwareDate> from{};    ///< none: never
  std::optional<FirmwareDate> before{};  ///< it was taken out again; none: it was not

  bool has(FirmwareDate date) const { return from && date >= *from && !(before && date >= *before); }
  auto operator<=>(const FirmwareSpan&) const = default;
};

inline constexpr FirmwareSpan kAlways{.from = FirmwareDate{}};
constexpr FirmwareSpan from(FirmwareDate date) { return {.from = date}; }
constexpr FirmwareSpan before(FirmwareDate date) { return {.from = kAlways.from, .before = date}; }

/// Everything in which one firmware of a model differs from another, switch by switch; each has its row in
/// firmware_switches(). `Value` is `bool` for what a module has, `std::optional<bool>` for what somebody asked for, and
/// `FirmwareSpan` for the firmware in which a model has it by itself.
template <class Value>
struct FirmwareSet {
  Value close_index{};
  Value transparent_ssl{};
  Value ccid_prefix{};
  Value cusd_blank{};
  Value nvram_names{};
  Value sni{};
  Value xoff_filler{};
  Value long_pdu{};
  Value shared_context{};
  Value http_config{};
  Value http_error_body{};
  Value smtp{};
  Value mqtt{};
  Value mqtt_bare_payload{};
  Value ftp_blank{};
  Value ftp_error_line{};
};

/// What a module has.
using Firmware = FirmwareSet<bool>;
/// What was asked for; the rest follows model and date.
using FirmwareChoice = FirmwareSet<std::optional<bool>>;
/// What a model has by itself, and when.
using FirmwareHistory = FirmwareSet<FirmwareSpan>;

/// One switch, its only declaration: from it come `--firmware NAME=on|off`, `quasimodem help firmware` and the table in
/// docs/fidelity.md. Which models have it on by themselves is in their profiles. To add one is to add a member above
/// and a row.
struct FirmwareSwitch {
  std::string_view name;      ///< `close-index`
  std::string_view effect;    ///< what is so when it is on
  std::string_view evidence;  ///< who says so
  bool Firmware::*value;
  std::optional<bool> FirmwareChoice::*choice;
  FirmwareSpan FirmwareHistory::*when;
};

std::span<const FirmwareSwitch> firmware_switches();
/// Null when there is none of that name.
const FirmwareSwitch* firmware_switch(std::string_view name);

/// What `choice` leaves open is as the model had it at `date`.
Firmware firmware_of(const ModelProfile& model, FirmwareDate date, const FirmwareChoice& choice = {});

/// `off`, `on`, `on for m95`, `on from 2017-06`, `on for m66; for m95 from 2017-06`, `on for m95; for mc60 before
/// 2017-01`: the default in words.
std::string default_in_words(const FirmwareSwitch& row);

}  // namespace quasimodem::device
