// SPDX-License-Identifier: Apache-2.0
#include "storage/file_name.hpp"

#include <algorithm>

#include "core/same_word.hpp"

namespace quasimodem::storage {
namespace {

// ASSUMED: the note gives no limit for the name of a RAM file; the longest seen in the field has 11 characters.
constexpr std::size_t kMaxRamName = 80;
// ASSUMED: the same for later firmware's NVRAM; the longest seen has 21 characters. Each takes two digits of the name
// of a flash record.
constexpr std::size_t kMaxNvramName = 40;

bool is_free_name(std::string_view file, std::size_t longest) {
  // ASSUMED: any printable ASCII but the quote, which cannot occur inside a string parameter.
  const auto allowed = [](char c) { return c >= ' ' && c <= '~' && c != '"'; };
  return !file.empty() && file.size() <= longest && std::all_of(file.begin(), file.end(), allowed);
}

bool is_nvram_name(std::string_view file) {
  return std::find(kNvramFiles.begin(), kNvramFiles.end(), file) != kNvramFiles.end();
}

}  // namespace

std::optional<SecurityFileName> SecurityFileName::parse(std::string_view text, NvramNames nvram) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto volume = text.substr(0, colon);
  const auto file = text.substr(colon + 1);
  if (same_word(volume, "RAM") && is_free_name(file, kMaxRamName)) {
    return SecurityFileName{Volume::ram, std::string{file}};
  }
  const bool in_nvram = nvram == NvramNames::any ? is_free_name(file, kMaxNvramName) : is_nvram_name(file);
  if (same_word(volume, "NVRAM") && in_nvram) {
    return SecurityFileName{Volume::nvram, std::string{file}};
  }
  return std::nullopt;
}

bool SecurityFileName::is_one_of_four() const { return volume_ == Volume::nvram && is_nvram_name(file_); }

std::string SecurityFileName::text() const { return (volume_ == Volume::ram ? "RAM:" : "NVRAM:") + file_; }

}  // namespace quasimodem::storage
