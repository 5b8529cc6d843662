// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/model_profile.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace quasimodem::device {
namespace {

// M66FAR01A01 is in the M66 manual 2.1, M95FAR02A08 in a driver's comment.
// ASSUMED: the revisions of M10 and M85; no source names one (at-reference 1.5). The date of all of them: that of the
// application note V3.1, which they follow.
constexpr FirmwareDate kNote{2015, 4};

constexpr std::array kProfiles{
    ModelProfile{Model::m10, "M10", "m10", "M10FAR03A01", kNote},
    ModelProfile{Model::m66, "M66", "m66", "M66FAR01A01", kNote},
    ModelProfile{Model::m85, "M85", "m85", "M85FAR01A01", kNote},
    ModelProfile{Model::m95, "M95", "m95", "M95FAR02A08", kNote},
};

}  // namespace

std::span<const ModelProfile> model_profiles() { return kProfiles; }

const ModelProfile& profile_of(Model model) { return kProfiles[static_cast<std::size_t>(model)]; }

std::optional<Model> model_named(std::string_view key) {
  const auto same = [key](const ModelProfile& profile) {
    return std::equal(key.begin(), key.end(), profile.key.begin(), profile.key.end(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
  };
  const auto* found = std::find_if(kProfiles.begin(), kProfiles.end(), same);
  if (found == kProfiles.end()) return std::nullopt;
  return found->model;
}

}  // namespace quasimodem::device
