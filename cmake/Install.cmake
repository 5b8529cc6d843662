# SPDX-License-Identifier: Apache-2.0
# cmake --install, and the Debian package (cpack -G DEB). What only the package has comes from cmake/Debian.cmake.
include(GNUInstallDirs)
install(TARGETS quasimodem)
foreach(page IN LISTS manual_pages)
  cmake_path(GET page EXTENSION LAST_ONLY section)
  string(SUBSTRING "${section}" 1 -1 section)
  install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
endforeach()

set(shells "${PROJECT_SOURCE_DIR}/emulator/app/cli/manual/shells")
install(FILES "${shells}/bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME quasimodem)
install(FILES "${shells}/zsh" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" RENAME _quasimodem)
install(FILES "${shells}/fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" RENAME quasimodem.fish)

# Where systemd looks for units of users, in ~/.local too: lib/ it knows only below /usr.
install(FILES docs/recipes/systemd/quasimodem@.service DESTINATION share/systemd/user)

# As in the source, so that the paths which messages and documents name hold: docs/faults.md, docs/scenarios/sms.yaml.
install(FILES LICENSE README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES atcmd/README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}/atcmd")
install(FILES emulator/commands/COMMANDS.md emulator/commands/README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}/emulator/commands")
install(
  DIRECTORY docs
  DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  USE_SOURCE_PERMISSIONS
  PATTERN __pycache__ EXCLUDE
  PATTERN .pytest_cache EXCLUDE)
# The program has them built in; these are to start one's own from.
install(DIRECTORY profiles DESTINATION "${CMAKE_INSTALL_DOCDIR}")
# To be played to a module: `quasimodem play`.
install(DIRECTORY tests/transcripts DESTINATION "${CMAKE_INSTALL_DOCDIR}/tests")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "quasimodem")
# ASSUMED: nobody's address; whoever publishes packages gives theirs (cpack -D CPACK_PACKAGE_CONTACT=…).
set(CPACK_PACKAGE_CONTACT "quasimodem maintainers <maintainers@quasimodem.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "emulator of the Quectel GSM modules M10, M66, M85, M95, M26 and MC60")
set(CPACK_PACKAGE_DESCRIPTION
"quasimodem behaves like the module, byte for byte, on a pseudo terminal, a
TCP or RFC 2217 port or a real serial line: AT interpreter, state machine,
sockets on real TCP and TLS (SSL 3.0 to TLS 1.2), certificate stores.
.
It is for those who write host firmware: at the desk without hardware or
SIM, and in continuous integration. Faults, profiles of slow networks and a
control socket make it as difficult as a real network can be.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_QUASIMODEM_MBEDTLS "${QUASIMODEM_MBEDTLS_KIND}")
get_target_property(CPACK_QUASIMODEM_MBEDTLS_INCLUDE qm_mbedtls INTERFACE_INCLUDE_DIRECTORIES)  # its licence lies beside it
# Which commit was built is known after the configuration only.
set(CPACK_QUASIMODEM_VERSION_FILE "${version_file}")
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_SOURCE_DIR}/cmake/PackageVersion.cmake")
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmake/Debian.cmake")
include(CPack)
