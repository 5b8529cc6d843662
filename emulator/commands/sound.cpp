// SPDX-License-Identifier: Apache-2.0
// Loudspeaker of V.250, echo, side tone and tones: nobody hears them, so they are stored and said back. OBSERVED: forms
// and names in a driver's table of the M10's commands (M10 AT manual V1.04).

#include "emulator/commands/setting.hpp"

namespace quasimodem::commands {
namespace {

// ---- ATL, ATM, ATP, ATT: V.250 6.3.2, 6.3.3, 6.3.13, 6.3.14 ----

template <int Highest>
constexpr std::array kLevel{atcmd::integer("value", 0, Highest).optional(0)};

template <int Highest>
constexpr Command level(std::string_view name, std::string_view summary, std::string_view manual) {
  auto command = setting_of<Remembered<0>>(kLevel<Highest>, name, summary, manual);
  command.read = {};
  return as_sure(command, Confidence::inferred);
}

// ---- AT+QECHO, AT+QSIDET, AT+QTONEDET ----

constexpr std::string_view kSource = "M10 AT manual V1.04";

constexpr Param any_number(std::string_view name) { return atcmd::integer(name, 0, 65535).as_range(); }
// ASSUMED: five numbers, as AT&V shows them for one audio channel; which one belongs to the fifth.
constexpr std::array kEchoCancellation{
    any_number("Vox"), any_number("Min_Mic_Energy").optional(), any_number("Sampling_Parameter").optional(),
    any_number("Noise_Floor").optional(), atcmd::integer("channel", 0, 2).as_range().optional()};

// ASSUMED: all ranges, and the numbers at first. Tones that are detected (+QTONEDET: <code>) do not come: calls have no
// sound here.
constexpr auto kCommands = with_cme(std::array{
    level<3>("L", "Loudness of the loudspeaker", "V.250 6.3.13"),
    level<2>("M", "When the loudspeaker is on", "V.250 6.3.14"),
    // GSM has neither pulses nor tones of dialling.
    level<0>("P", "Dial with pulses", "V.250 6.3.3"),
    level<0>("T", "Dial with tones", "V.250 6.3.2"),
    as_sure(remembered<kEchoCancellation, 253, 96, 16388, 57351, 0>("+QECHO", "Echo cancellation", kSource),
            Confidence::inferred),
    as_sure(remembered_number<0, 255, 80>("+QSIDET", "Side tone", kSource), Confidence::inferred),
    as_sure(remembered_number<0, 1, 0>("+QTONEDET", "Report tones of the far end", kSource), Confidence::inferred),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSoundFamily{"Sound", kCommands};

}  // namespace quasimodem::commands
