# SPDX-License-Identifier: Apache-2.0
# The files of profiles/ as a source file: ${QUASIMODEM_PROFILES_SOURCE}. Made again when one of them changes.
set(entries "")
foreach(name IN ITEMS instant lab realistic poor)  # in the order in which they are listed
  set(file "${PROJECT_SOURCE_DIR}/profiles/${name}.toml")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  string(APPEND entries "    BuiltinProfile{\"${name}\", R\"toml(${text})toml\"},\n")
endforeach()
set(QUASIMODEM_PROFILES_SOURCE "${PROJECT_BINARY_DIR}/generated/builtin_profiles.cpp")
file(
  CONFIGURE
  OUTPUT "${QUASIMODEM_PROFILES_SOURCE}"
  CONTENT
    "// Made from profiles/ by cmake/Profiles.cmake.
#include <array>

#include \"emulator/app/profile.hpp\"

namespace quasimodem::app {

std::span<const BuiltinProfile> builtin_profiles() {
  static constexpr std::array kProfiles{
@entries@  };
  return kProfiles;
}

}  // namespace quasimodem::app
"
  @ONLY)
