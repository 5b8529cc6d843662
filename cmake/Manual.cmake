# SPDX-License-Identifier: Apache-2.0
# The manual pages, in ${PROJECT_BINARY_DIR}/man: quasimodem(1) is printed by the program itself, the others are made from
# docs/ by lowdown. A build without it works; an installation without its pages does not, unless it is asked for.
option(QUASIMODEM_MANUAL "Manual pages of sections 5 and 7, which lowdown makes from docs/" ON)
find_program(QUASIMODEM_LOWDOWN lowdown)
mark_as_advanced(QUASIMODEM_LOWDOWN)
set(manual_directory "${PROJECT_BINARY_DIR}/man")
file(MAKE_DIRECTORY "${manual_directory}")

set(manual_pages "")
set(manual_references "")  # for SEE ALSO
# qm_manual_page(name section document): a page from docs/DOCUMENT.md.
function(qm_manual_page name section document)
  set(source "${PROJECT_SOURCE_DIR}/docs/${document}.md")
  if(NOT QUASIMODEM_MANUAL OR NOT QUASIMODEM_LOWDOWN OR NOT EXISTS "${source}")
    return()
  endif()
  set(page "${manual_directory}/${name}.${section}")
  set(script "${PROJECT_SOURCE_DIR}/cmake/ManualPage.cmake")
  add_custom_command(
    OUTPUT "${page}"
    DEPENDS "${source}" "${script}" "${version_file}"
    COMMAND "${CMAKE_COMMAND}" "-DLOWDOWN=${QUASIMODEM_LOWDOWN}" "-DSOURCE=${source}" "-DNAME=${name}"
            "-DSECTION=${section}" "-DVERSION_FILE=${version_file}" "-DPAGE=${page}" -P "${script}"
    VERBATIM)
  set(manual_pages ${manual_pages} "${page}" PARENT_SCOPE)
  set(manual_references ${manual_references} "${name}(${section})" PARENT_SCOPE)
endfunction()

qm_manual_page(quasimodem.toml 5 configuration)
qm_manual_page(quasimodem-scenario 5 scenarios)
qm_manual_page(quasimodem-control 7 control)
qm_manual_page(quasimodem-faults 7 faults)
qm_manual_page(quasimodem-profiles 7 profiles)
if(QUASIMODEM_MANUAL AND NOT QUASIMODEM_LOWDOWN)
  set(remedy "install lowdown (tools/setup does) and configure again, or go without them by -D QUASIMODEM_MANUAL=OFF.")
  message(STATUS "No manual pages from docs/, and no installation: ${remedy}")
  install(CODE "message(FATAL_ERROR \"The manual pages from docs/ are missing: ${remedy}\")")
endif()
list(JOIN manual_references ", " manual_references)
set_source_files_properties(
  "${PROJECT_SOURCE_DIR}/emulator/app/cli/manual/man_page.cpp" TARGET_DIRECTORY qm_app
  PROPERTIES COMPILE_DEFINITIONS "QUASIMODEM_MANUAL_REFERENCES=\"${manual_references}\"")

if(CMAKE_CROSSCOMPILING)
  message(STATUS "Cross-compiling: quasimodem(1), which the program prints, is not made")
else()
  add_custom_command(
    OUTPUT "${manual_directory}/quasimodem.1"
    DEPENDS quasimodem
    COMMAND quasimodem man > "${manual_directory}/quasimodem.1"
    VERBATIM)
  list(APPEND manual_pages "${manual_directory}/quasimodem.1")
endif()
add_custom_target(manual ALL DEPENDS ${manual_pages})
