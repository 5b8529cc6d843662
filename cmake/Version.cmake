# SPDX-License-Identifier: Apache-2.0
# Which version and commit the source in SOURCE is: of git, or of an archive that git exported (cmake/exported_version).
#   included in CMakeLists.txt     the target qm_version: emulator/app/base/version.hpp, made again at each build whose
#                                  commit differs from that of the last. Nothing else is compiled for a commit.
#   cmake -P, SOURCE PROJECT OUT   writes OUT/version.cpp and OUT/version.txt (version, commit, seconds since 1970), each
#                                  only when it changes
#
# Of the tag v0.1.0: 0.1.0. Twelve commits later: 0.1.0+12.gabc1234. Where no tag is known: PROJECT+gabc1234, without a
# commit PROJECT alone. With changes that are not committed: .modified at the end. No hyphen, so that Debian and Python
# take it as a version too.

# qm_version(source project version commit time): sets the last three. `commit` is "unknown" where nothing says it; `time`
# then is that of the newest change known here, CHANGELOG.md.
function(qm_version source project version_variable commit_variable time_variable)
  set(described "")
  set(commit "unknown")
  set(time "")
  file(STRINGS "${source}/cmake/exported_version" exported)
  if(NOT exported MATCHES "Format:")
    string(REGEX MATCH "describe ([^;]*)" ignored "${exported}")
    set(described "${CMAKE_MATCH_1}")
    string(REGEX MATCH "commit ([0-9a-f]+)" ignored "${exported}")
    set(commit "${CMAKE_MATCH_1}")
    string(REGEX MATCH "time ([0-9]+)" ignored "${exported}")
    set(time "${CMAKE_MATCH_1}")
  elseif(EXISTS "${source}/.git")  # not that of a repository in which an unpacked source happens to lie
    find_program(QUASIMODEM_GIT git)
    if(QUASIMODEM_GIT)
      # safe.directory: a checkout of another user, as containers of CI have it. No locks: somebody may be committing.
      set(git "${QUASIMODEM_GIT}" --no-optional-locks -c "safe.directory=*" -C "${source}")
      execute_process(COMMAND ${git} log -1 "--format=%H;%ct" OUTPUT_VARIABLE last OUTPUT_STRIP_TRAILING_WHITESPACE
                      RESULT_VARIABLE failed ERROR_QUIET)
      if(NOT failed)
        list(GET last 0 commit)
        list(GET last 1 time)
        execute_process(COMMAND ${git} describe --tags --long --always --dirty --abbrev=7 "--match=v[0-9]*"
                        OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
      endif()
    endif()
  endif()

  set(modified "")
  if(described MATCHES "^(.*)-dirty$")
    set(described "${CMAKE_MATCH_1}")
    set(modified "modified")
  endif()
  set(version "${project}")
  set(local "")
  if(described MATCHES "^v([0-9][0-9.]*)$")  # an archive of a tag
    set(version "${CMAKE_MATCH_1}")
  elseif(described MATCHES "^v([0-9][0-9.]*)-([0-9]+)-(g[0-9a-f]+)$")
    set(version "${CMAKE_MATCH_1}")
    if(CMAKE_MATCH_2 GREATER 0)
      set(local "${CMAKE_MATCH_2}.${CMAKE_MATCH_3}")
    endif()
  elseif(NOT commit STREQUAL "unknown")
    string(SUBSTRING "${commit}" 0 7 short)
    set(local "g${short}")
  endif()
  if(modified AND local)
    string(APPEND local ".${modified}")
  elseif(modified)
    set(local "${modified}")
  endif()
  if(local)
    string(APPEND version "+${local}")
  endif()
  if(NOT time)
    file(TIMESTAMP "${source}/CHANGELOG.md" time "%s" UTC)
  endif()
  set(${version_variable} "${version}" PARENT_SCOPE)
  set(${commit_variable} "${commit}" PARENT_SCOPE)
  set(${time_variable} "${time}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
  qm_version("${SOURCE}" "${PROJECT}" version commit time)
  file(
    CONFIGURE
    OUTPUT "${OUT}/version.cpp"
    CONTENT
      "// Made by cmake/Version.cmake.
#include \"emulator/app/base/version.hpp\"

namespace quasimodem::app {

std::string_view program_version() { return \"@version@\"; }
std::string_view program_commit() { return \"@commit@\"; }

}  // namespace quasimodem::app
"
    @ONLY)
  file(CONFIGURE OUTPUT "${OUT}/version.txt" CONTENT "@version@\n@commit@\n@time@\n" @ONLY)
  return()
endif()

set(version_directory "${PROJECT_BINARY_DIR}/generated")
set(version_file "${version_directory}/version.txt")  # for the manual pages and the packages
add_custom_target(
  qm_version_of_commit
  COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${PROJECT_SOURCE_DIR}" "-DPROJECT=${PROJECT_VERSION}" "-DOUT=${version_directory}"
          -P "${CMAKE_CURRENT_LIST_FILE}"
  BYPRODUCTS "${version_directory}/version.cpp" "${version_file}"
  COMMENT "Which commit this is"
  VERBATIM)
add_library(qm_version STATIC "${version_directory}/version.cpp")
add_dependencies(qm_version qm_version_of_commit)
target_link_libraries(qm_version PRIVATE qm_options)
