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

struct Level {
  int value = 0;
};
template <int Highest>
constexpr std::array kLevel{atcmd::integer<&Level::value>("value", 0, Highest).optional(0)};

template <int StatusSettings::*Member>
Reply set_level(Call& call, const Level& args) {
  call.settings().status.*Member = args.value;
  return Reply::ok();
}

// GSM has neither pulses nor tones of dialling.
Reply choose_dialling(Call&, const Level&) { return Reply::ok(); }

// ---- AT+QECHO, AT+QSIDET, AT+QTONEDET ----

template <int StatusSettings::*Member, std::int64_t Highest>
constexpr Command stored(std::string_view name, std::string_view summary) {
  return as_sure(with_cme(setting<Member, 0, Highest>(name, summary, "M10 AT manual V1.04"), cme::kOperationNotAllowed),
                 Confidence::inferred);
}

struct IgnoredSound {
  int value = 0;
};
constexpr atcmd::Param any_number(std::string_view name) {
  return atcmd::integer<&IgnoredSound::value>(name, 0, 65535).as_range();
}
// ASSUMED: five numbers, as AT&V shows them for one audio channel; which one belongs to the fifth.
constexpr std::array kEcho{any_number("Vox"), any_number("Min_Mic_Energy").optional(),
                           any_number("Sampling_Parameter").optional(), any_number("Noise_Floor").optional(),
                           atcmd::integer<&IgnoredSound::value>("channel", 0, 2).as_range().optional()};

// ASSUMED: all ranges. Tones that are detected (+QTONEDET: <code>) do not come: calls have no sound here.
constexpr std::array kCommands{
    Command{.name = "L",
            .summary = "Loudness of the loudspeaker",
            .manual = "V.250 6.3.13",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&set_level<&StatusSettings::speaker_loudness>>(kLevel<3>)},
    Command{.name = "M",
            .summary = "When the loudspeaker is on",
            .manual = "V.250 6.3.14",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&set_level<&StatusSettings::speaker_mode>>(kLevel<2>)},
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
    as_sure(
        list_setting<&StatusSettings::echo_cancellation, kEcho>("+QECHO", "Echo cancellation", "M10 AT manual V1.04"),
        Confidence::inferred),
    stored<&StatusSettings::side_tone, 255>("+QSIDET", "Side tone"),
    stored<&StatusSettings::tone_detection, 1>("+QTONEDET", "Report tones of the far end"),
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSoundFamily{"Sound", kCommands};

}  // namespace quasimodem::commands
