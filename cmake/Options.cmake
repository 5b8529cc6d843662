# SPDX-License-Identifier: Apache-2.0
option(QUASIMODEM_WERROR "Warnings are errors, with the compilers we know: g++ 12, clang 14 (on in our presets, but release)" OFF)
option(QUASIMODEM_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(QUASIMODEM_FUZZ "libFuzzer instrumentation and the targets of tests/fuzz (clang only)" OFF)
option(QUASIMODEM_PCH "Precompiled headers" ON)
option(QUASIMODEM_UNITY "Several source files in one compilation: half the processor time for a whole build" OFF)

# What every target of ours is compiled with.
add_library(qm_options INTERFACE)
target_include_directories(qm_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(qm_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                                            -Wno-missing-field-initializers)
# Every part can stand in libquasimodem, which shows nothing but its C functions. All alike: one precompiled header does.
target_compile_options(qm_options INTERFACE -fPIC -fvisibility=hidden)
set(compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
if(QUASIMODEM_WERROR AND compiler MATCHES "^(GNU 12|Clang 14)\\.")
  target_compile_options(qm_options INTERFACE -Werror)
endif()
if(QUASIMODEM_SANITIZE)
  target_compile_definitions(qm_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_compile_options(qm_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                              -fno-omit-frame-pointer)
  target_link_options(qm_options INTERFACE -fsanitize=address,undefined)
  if(NOT QUASIMODEM_FUZZ)
    # A third of the compile time; AddressSanitizer sees null pointers too.
    target_compile_options(qm_options INTERFACE -fno-sanitize=null,alignment)
  endif()
endif()
if(QUASIMODEM_FUZZ)
  target_compile_options(qm_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(QUASIMODEM_LLD ld.lld)
mark_as_advanced(QUASIMODEM_LLD)
if(QUASIMODEM_LLD)
  target_link_options(qm_options INTERFACE -fuse-ld=lld)
endif()

find_program(QUASIMODEM_CCACHE ccache)
mark_as_advanced(QUASIMODEM_CCACHE)
if(QUASIMODEM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness is what ccache's manual asks for with precompiled headers.
  set(CMAKE_C_COMPILER_LAUNCHER "${QUASIMODEM_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
                                  "${QUASIMODEM_CCACHE}")
  if(QUASIMODEM_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(qm_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  elseif(QUASIMODEM_PCH)
    target_compile_options(qm_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endif()

# An empty file, not touched again when it is there.
function(qm_empty_file path)
  if(NOT EXISTS "${path}")
    file(WRITE "${path}" "")
  endif()
endfunction()

# qm_precompiled(target): uses the one precompiled header of the project.
function(qm_precompiled target)
  if(NOT QUASIMODEM_PCH)
    return()
  endif()
  if(NOT TARGET qm_pch)
    qm_empty_file("${PROJECT_BINARY_DIR}/pch/qm_pch.cpp")
    add_library(qm_pch STATIC "${PROJECT_BINARY_DIR}/pch/qm_pch.cpp")
    target_link_libraries(qm_pch PRIVATE qm_options fmt::fmt)
    target_precompile_headers(qm_pch PRIVATE <algorithm> <array> <chrono> <cstdint> <deque> <functional> <map> <memory>
                              <optional> <span> <string> <string_view> <utility> <variant> <vector> <fmt/core.h>
                              <fmt/format.h> <tl/expected.hpp>)
  endif()
  target_precompile_headers(${target} REUSE_FROM qm_pch)
endfunction()

# qm_library(name [DEPENDS libs…] [PRIVATE libs…] [FOLDERS folders…] [EXCLUDE folders or files…] [ALONE folders or files…]):
# a static library of every .cpp in the current folder (or FOLDERS) and below it, without what is named after EXCLUDE. What is
# named after ALONE shares no compilation with others. A folder that has no .cpp yet makes an interface library, so that
# dependants need not care.
function(qm_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;PRIVATE;FOLDERS;EXCLUDE;ALONE" ${ARGN})
  if(NOT ARG_FOLDERS)
    set(ARG_FOLDERS .)
  endif()
  list(TRANSFORM ARG_FOLDERS REPLACE ".+" "${CMAKE_CURRENT_SOURCE_DIR}/\\0/*.cpp")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" ${ARG_FOLDERS})
  foreach(excluded IN LISTS ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "^${excluded}(/|$)")
  endforeach()
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE qm_options ${ARG_DEPENDS})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${QUASIMODEM_UNITY} UNITY_BUILD_BATCH_SIZE 12
                                           UNITY_BUILD_UNIQUE_ID QM_UNIT
                                           UNITY_BUILD_CODE_BEFORE_INCLUDE "#include \"cmake/unity_names.hpp\"")
  foreach(alone IN LISTS ARG_ALONE)
    set(files ${sources})
    list(FILTER files INCLUDE REGEX "^${alone}(/|$)")
    set_source_files_properties(${files} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()
  target_link_libraries(${name} PUBLIC qm_options ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE})
  qm_precompiled(${name})
endfunction()
