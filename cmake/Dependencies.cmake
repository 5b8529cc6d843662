# SPDX-License-Identifier: Apache-2.0
# Everything comes from the distribution's packages (tools/setup installs them); CMake itself uses no network.
find_package(fmt 9 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp)  # 0.7 has the name without its namespace, 0.8 deprecates that
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
find_package(Threads REQUIRED)

if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)
endif()
# Where an older Boost is installed, tools/setup has unpacked a newer one's headers.
set(unpacked_boost "${PROJECT_SOURCE_DIR}/.cache/boost/usr/include")
if(EXISTS "${unpacked_boost}/boost/version.hpp")
  add_library(Boost::headers INTERFACE IMPORTED)
  target_include_directories(Boost::headers INTERFACE "${unpacked_boost}")
else()
  find_package(Boost 1.81 QUIET)
  if(NOT Boost_FOUND)
    message(FATAL_ERROR "Boost 1.81 or newer is needed. Run tools/setup: it installs it, or unpacks its headers into .cache/ "
                        "where an older one is installed.")
  endif()
endif()

find_path(QUASIMODEM_EXPECTED_INCLUDE tl/expected.hpp)
mark_as_advanced(QUASIMODEM_EXPECTED_INCLUDE)
if(NOT QUASIMODEM_EXPECTED_INCLUDE)
  message(FATAL_ERROR "tl/expected.hpp is needed. Debian, Ubuntu: install libexpected-dev, or run tools/setup.")
endif()
add_library(qm_expected INTERFACE)
target_include_directories(qm_expected SYSTEM INTERFACE "${QUASIMODEM_EXPECTED_INCLUDE}")

# Asio's own code is compiled once, in net/host/asio_impl.cpp.
add_library(qm_asio INTERFACE)
target_link_libraries(qm_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(qm_asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
