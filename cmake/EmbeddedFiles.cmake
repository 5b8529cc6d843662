# SPDX-License-Identifier: Apache-2.0
# qm_embed(source HEADER header TYPE type FUNCTION function FILES files…): a source file in which `function` gives a span
# of `type`, each with the stem of a file's name and the file's text. Made again when one of them changes.
function(qm_embed source)
  cmake_parse_arguments(ARG "" "HEADER;TYPE;FUNCTION" "FILES" ${ARGN})
  set(entries "")
  foreach(file IN LISTS ARG_FILES)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    cmake_path(GET file STEM name)
    file(READ "${file}" text)
    string(APPEND entries "    ${ARG_TYPE}{\"${name}\", R\"file(${text})file\"},\n")
  endforeach()
  file(
    CONFIGURE
    OUTPUT "${source}"
    CONTENT
      "// Made by cmake/EmbeddedFiles.cmake.
#include <array>

#include \"@ARG_HEADER@\"

namespace quasimodem::app {

std::span<const @ARG_TYPE@> @ARG_FUNCTION@() {
  static constexpr std::array kFiles{
@entries@  };
  return kFiles;
}

}  // namespace quasimodem::app
"
    @ONLY)
endfunction()
