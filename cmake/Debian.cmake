# SPDX-License-Identifier: Apache-2.0
# Run by CPack between installing and packing: what Debian wants otherwise than `cmake --install` leaves it.
set(usr "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr")
set(documents "${usr}/share/doc/quasimodem")
file(MAKE_DIRECTORY "${documents}")

# Policy 8.1: a library has packages of its own. There is none yet; `cmake --install` brings it.
file(REMOVE_RECURSE "${usr}/include" "${usr}/lib")

# Policy 12.5: one file `copyright`, which refers to the licences that every Debian has.
file(REMOVE "${documents}/LICENSE")
file(COPY_FILE "${CMAKE_CURRENT_LIST_DIR}/debian/copyright" "${documents}/copyright")
if(CPACK_QUASIMODEM_MBEDTLS STREQUAL "legacy")
  file(MAKE_DIRECTORY "${usr}/share/lintian/overrides")
  file(COPY_FILE "${CMAKE_CURRENT_LIST_DIR}/debian/lintian-overrides" "${usr}/share/lintian/overrides/quasimodem")
endif()

# Policy 12.7, 12.1: the changelog and the manual pages are compressed, without a time in them.
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)  # SOURCE_DATE_EPOCH counts
file(
  WRITE "${documents}/changelog"
  "quasimodem (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Packed from the source tree; its history says what changed.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
file(GLOB_RECURSE compressed "${usr}/share/man/*.[1-9]")
execute_process(COMMAND gzip --best --no-name --force "${documents}/changelog" ${compressed} COMMAND_ERROR_IS_FATAL ANY)

# zsh: site-functions belongs to the administrator.
file(MAKE_DIRECTORY "${usr}/share/zsh/vendor-completions")
file(RENAME "${usr}/share/zsh/site-functions/_quasimodem" "${usr}/share/zsh/vendor-completions/_quasimodem")
file(REMOVE_RECURSE "${usr}/share/zsh/site-functions")

# Units of users: where Debian has them.
file(MAKE_DIRECTORY "${usr}/lib/systemd")
file(RENAME "${usr}/share/systemd/user" "${usr}/lib/systemd/user")
file(REMOVE_RECURSE "${usr}/share/systemd")
