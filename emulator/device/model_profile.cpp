// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/model_profile.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "core/same_word.hpp"
#include "emulator/device/firmware.hpp"

namespace quasimodem::device {
namespace {

// The application note V3.1.
constexpr FirmwareDate kNote{2015, 4};
// ASSUMED: the date; the note's V3.2 is known from a forum only.
constexpr FirmwareDate kNextNote{2016, 1};

// ASSUMED: the date of the services that came later: that of the M95's note on MQTT.
constexpr FirmwareDate kLaterServices{2017, 6};

// ASSUMED: no firmware of the M10 has what came later.
constexpr FirmwareHistory kOfTheM10{
    .close_index = kAlways, .transparent_ssl = kAlways, .nvram_names = from(kNextNote), .smtp = kAlways};
constexpr FirmwareHistory kOfTheNote{.close_index = kAlways,
                                     .transparent_ssl = kAlways,
                                     .nvram_names = from(kNextNote),
                                     .http_config = from(kLaterServices),
                                     .smtp = kAlways};
constexpr FirmwareHistory kOfTheM66{.close_index = kAlways,
                                    .transparent_ssl = kAlways,
                                    .nvram_names = from(kNextNote),
                                    .sni = from(kLaterServices),
                                    .http_config = from(kLaterServices),
                                    .smtp = kAlways,
                                    .mqtt = from(kLaterServices)};
constexpr FirmwareHistory kOfTheM95{.close_index = kAlways,
                                    .transparent_ssl = kAlways,
                                    .ccid_prefix = kAlways,
                                    .nvram_names = from(kNextNote),
                                    .sni = from(kLaterServices),
                                    .http_config = from(kLaterServices),
                                    .smtp = kAlways,
                                    .mqtt = from(kLaterServices),
                                    .ftp_blank = from(kLaterServices)};
// Release notes of the MC60: transparent SSL came with R01A06, in 2017, and SMTP went; MQTT came with R01A07. ASSUMED:
// the months, and that of R01A08, which brought SNI, some way between its neighbours.
constexpr FirmwareDate kMc60R01A06{2017, 1};
constexpr FirmwareDate kMc60R01A07{2017, 9};
constexpr FirmwareDate kMc60R01A08{2018, 3};
constexpr FirmwareHistory kOfTheMc60{.close_index = kAlways,
                                     .transparent_ssl = from(kMc60R01A06),
                                     .nvram_names = from(kNextNote),
                                     .sni = from(kMc60R01A08),
                                     .shared_context = kAlways,
                                     .http_config = from(kLaterServices),
                                     .smtp = before(kMc60R01A06),
                                     .mqtt = from(kMc60R01A07)};
// MC60 3.2, 4.12.
constexpr FactorySettings kOfTheMc60Factory{.dtr_drop = 2, .clock_update = 3};

constexpr std::array kProfiles{
    // M66FAR01A01 is in the M66 manual 2.1, M95FAR02A08 in a driver's comment.
    // ASSUMED: the revisions of M10 and M85; no source names one (at-reference 1.5). The date of all of them: that of
    // the application note V3.1, which they follow.
    ModelProfile{Model::m10, "M10", "m10", "M10FAR03A01", kNote, &kOfTheM10},
    ModelProfile{Model::m66, "M66", "m66", "M66FAR01A01", kNote, &kOfTheM66},
    ModelProfile{Model::m85, "M85", "m85", "M85FAR01A01", kNote, &kOfTheNote},
    ModelProfile{Model::m95, "M95", "m95", "M95FAR02A08", kNote, &kOfTheM95},
    // OBSERVED: M26FBR03A03-TTS, in answers to ATI. ASSUMED: the name without speech, and the date, that of its manual
    // V1.1. ASSUMED: all that its manual, RT-Thread's and mbed's drivers and field reports 12 and 13 do not tell is as
    // with the M66, whose manual lies in its SDK (at-reference 9).
    ModelProfile{Model::m26, "M26", "m26", "M26FBR03A03", {2015, 8}, &kOfTheM66, Model::m66},
    // OBSERVED: MC60CAR01A10, in a log of a real one (field report 5); its files are of October 2018. ASSUMED: all that
    // its manual V1.2, its release notes, TinyGSM's driver and field reports 5, 7, 8 and 15 do not tell is as with the
    // M66, with which it shares an SDK.
    ModelProfile{Model::mc60, "MC60", "mc60", "MC60CAR01A10", {2018, 10}, &kOfTheMc60, Model::m66, kOfTheMc60Factory},
};

std::string in_words(std::string_view ModelProfile::*called, std::string_view word) {
  std::string words;
  for (const auto& profile : kProfiles) {
    if (&profile == &kProfiles.back()) {
      words += fmt::format(" {} ", word);
    } else if (!words.empty()) {
      words += ", ";
    }
    words += profile.*called;
  }
  return words;
}

}  // namespace

std::span<const ModelProfile> model_profiles() { return kProfiles; }

const ModelProfile& profile_of(Model model) { return kProfiles[static_cast<std::size_t>(model)]; }

std::string_view key_of(Model model) { return profile_of(model).key; }

std::optional<Model> model_named(std::string_view key) {
  const auto* found = std::find_if(kProfiles.begin(), kProfiles.end(),
                                   [key](const ModelProfile& profile) { return same_word(key, profile.key); });
  if (found == kProfiles.end()) return std::nullopt;
  return found->model;
}

std::vector<std::string> model_keys() {
  std::vector<std::string> keys;
  for (const auto& profile : kProfiles) keys.emplace_back(profile.key);
  return keys;
}

std::uint32_t bits_of(const ModelProfile& profile) {
  return bit(profile.model) | (profile.sibling ? bit(*profile.sibling) : 0);
}

std::string model_keys_in_words(std::string_view word) { return in_words(&ModelProfile::key, word); }

std::string model_names_in_words(std::string_view word) { return in_words(&ModelProfile::name, word); }

}  // namespace quasimodem::device
