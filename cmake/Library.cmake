# SPDX-License-Identifier: Apache-2.0
# The target quasimodem_module, libquasimodem.so: a module behind the C functions of emulator/library/quasimodem.h, and what
# others need to find it installed: the header, a CMake package (quasimodem::module) and a file for pkg-config. They are the
# component `library`.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(library "${PROJECT_SOURCE_DIR}/emulator/library")
file(GLOB library_sources CONFIGURE_DEPENDS "${library}/*.cpp")
add_library(quasimodem_module SHARED ${library_sources})
target_link_libraries(quasimodem_module PRIVATE qm_app_core qm_version)
target_include_directories(
  quasimodem_module INTERFACE "$<BUILD_INTERFACE:${library}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_link_options(quasimodem_module PRIVATE "LINKER:--version-script=${library}/exports.map")
set_target_properties(
  quasimodem_module PROPERTIES OUTPUT_NAME quasimodem EXPORT_NAME module VERSION "${PROJECT_VERSION}" SOVERSION 0
                               LINK_DEPENDS "${library}/exports.map" LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}"
                               UNITY_BUILD ${QUASIMODEM_UNITY} UNITY_BUILD_UNIQUE_ID QM_UNIT)
if(QUASIMODEM_SANITIZE)  # a program has to bring their run-time library along
  target_link_options(quasimodem_module INTERFACE -fsanitize=address,undefined)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")  # its part for C++ too, which a program in C does not ask for
    target_link_options(quasimodem_module INTERFACE -fsanitize-link-c++-runtime)
    target_link_libraries(quasimodem_module INTERFACE stdc++)
  endif()
endif()
qm_precompiled(quasimodem_module)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/quasimodem")
install(TARGETS quasimodem_module EXPORT quasimodem LIBRARY COMPONENT library NAMELINK_COMPONENT library)
install(FILES "${library}/quasimodem.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT library)
install(EXPORT quasimodem FILE quasimodemConfig.cmake NAMESPACE quasimodem:: DESTINATION "${package}" COMPONENT library)
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/generated/quasimodemConfigVersion.cmake" VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/generated/quasimodemConfigVersion.cmake" DESTINATION "${package}" COMPONENT library)
file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
file(
  CONFIGURE
  OUTPUT "${PROJECT_BINARY_DIR}/generated/quasimodem.pc"
  CONTENT
    "prefix=\${pcfiledir}/@up@
Name: quasimodem
Description: emulator of Quectel GSM modules, in memory
Version: @PROJECT_VERSION@
Cflags: -I\${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
Libs: -L\${prefix}/@CMAKE_INSTALL_LIBDIR@ -lquasimodem
"
  @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/generated/quasimodem.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT library)
