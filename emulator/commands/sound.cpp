// SPDX-License-Identifier: Apache-2.0
// Loudspeaker of V.250, echo, side tone and tones: nobody hears them, so they are stored and said back. OBSERVED: forms
// and names in a driver's table of the M10's commands (M10 AT manual V1.04).
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/setting.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Command;
using atcmd::Confidence;
using atcmd::Reply;

// ---- ATL, ATM, ATP, ATT: V.250 6.3.2, 6.3.3, 6.3.13, 6.3.14 ----

template <int Highest>
constexpr std::array kLevel{atcmd::integer<&SettingValue::value>("value", 0, Highest).optional(0)};

// GSM has neither pulses nor tones of dialling.
Reply choose_dialling(Call&, const SettingValue&) { return Reply::ok(); }

// ---- AT+QECHO, AT+QSIDET, AT+QTONEDET ----

constexpr std::string_view kSource = "M10 AT manual V1.04";

constexpr atcmd::Param any_number(std::string_view name) { return atcmd::integer(name, 0, 65535).as_range(); }
// ASSUMED: five numbers, as AT&V shows them for one audio channel; which one belongs to the fifth.
constexpr std::array kEchoCancellation{
    any_number("Vox"), any_number("Min_Mic_Energy").optional(), any_number("Sampling_Parameter").optional(),
    any_number("Noise_Floor").optional(), atcmd::integer("channel", 0, 2).as_range().optional()};

// ASSUMED: all ranges. Tones that are detected (+QTONEDET: <code>) do not come: calls have no sound here.
constexpr std::array kCommands{
    Command{.name = "L",
            .summary = "Loudness of the loudspeaker",
            .manual = "V.250 6.3.13",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&SettingOf<&StatusSettings::speaker_loudness>::set>(kLevel<3>)},
    Command{.name = "M",
            .summary = "When the loudspeaker is on",
            .manual = "V.250 6.3.14",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&SettingOf<&StatusSettings::speaker_mode>::set>(kLevel<2>)},
    Command{.name = "P",
            .summary = "Dial with pulses",
            .manual = "V.250 6.3.3",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&choose_dialling>(kLevel<0>)},
    Command{.name = "T",
            .summary = "Dial with tones",
            .manual = "V.250 6.3.2",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&choose_dialling>(kLevel<0>)},
    as_sure(list_setting<&StatusSettings::echo_cancellation, kEchoCancellation>("+QECHO", "Echo cancellation", kSource),
            Confidence::inferred),
    as_sure(stored<&StatusSettings::side_tone, 0, 255>("+QSIDET", "Side tone", kSource), Confidence::inferred),
    as_sure(stored<&StatusSettings::tone_detection, 0, 1>("+QTONEDET", "Report tones of the far end", kSource),
            Confidence::inferred),
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSoundFamily{"Sound", kCommands};

}  // namespace quasimodem::commands
