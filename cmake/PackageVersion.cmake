# SPDX-License-Identifier: Apache-2.0
# Run by CPack before everything: the version of what was built (cmake/Version.cmake), not that of the configuration.
file(STRINGS "${CPACK_QUASIMODEM_VERSION_FILE}" version LIMIT_COUNT 1)
set(CPACK_PACKAGE_VERSION "${version}")
