# SPDX-License-Identifier: Apache-2.0
# The target quasimodem_portable, for the tarball of tools/package: the program as it is, linked once more so that it needs
# nothing but glibc. Debian has a static library of yaml-cpp, none of fmt and spdlog: their code is in their headers and is
# compiled in app/portable. The shared ones still stand in the linker's command, from qm_app; nothing is left for them to
# define, and --as-needed drops them. tools/package looks at what came out.
#
# Built only when asked for, and there only where it can be: fmt 9, as Debian 12 has it. Of a newer fmt the glibc beside it
# is newer than the tarball promises anyway.
find_library(QUASIMODEM_YAML_CPP_STATIC NAMES libyaml-cpp.a)
mark_as_advanced(QUASIMODEM_YAML_CPP_STATIC)
if(NOT TARGET quasimodem OR NOT QUASIMODEM_YAML_CPP_STATIC OR fmt_VERSION VERSION_GREATER_EQUAL 10)
  return()
endif()
set(portable "${PROJECT_SOURCE_DIR}/emulator/app/cli/portable")
add_executable(quasimodem_portable EXCLUDE_FROM_ALL app/cli/main.cpp "${portable}/fmt.cpp" "${portable}/spdlog.cpp")
set_source_files_properties(
  "${portable}/spdlog.cpp" PROPERTIES COMPILE_DEFINITIONS "SPDLOG_COMPILED_LIB;SPDLOG_FMT_EXTERNAL")
target_link_libraries(quasimodem_portable PRIVATE qm_app "${QUASIMODEM_YAML_CPP_STATIC}")
target_link_options(quasimodem_portable PRIVATE -static-libgcc -static-libstdc++ LINKER:--as-needed)
set_target_properties(quasimodem_portable PROPERTIES UNITY_BUILD OFF RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
