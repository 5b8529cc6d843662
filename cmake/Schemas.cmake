# SPDX-License-Identifier: Apache-2.0
# JSON Schemas for editors, in ${PROJECT_BINARY_DIR}/schemas: the program prints them from the tables that it reads files by.
include(GNUInstallDirs)
if(CMAKE_CROSSCOMPILING)
  message(STATUS "Cross-compiling: the JSON Schemas, which the program prints, are not made")
  return()
endif()

set(schema_directory "${PROJECT_BINARY_DIR}/schemas")
file(MAKE_DIRECTORY "${schema_directory}")
set(schema_files "")
# qm_schema(kind name): NAME.schema.json, of a KIND of file.
function(qm_schema kind name)
  set(file "${schema_directory}/${name}.schema.json")
  add_custom_command(
    OUTPUT "${file}"
    DEPENDS quasimodem
    COMMAND quasimodem schema ${kind} > "${file}"
    VERBATIM)
  set(schema_files ${schema_files} "${file}" PARENT_SCOPE)
endfunction()

qm_schema(configuration quasimodem)
qm_schema(scenario scenario)
qm_schema(profile profile)
add_custom_target(schemas ALL DEPENDS ${schema_files})
# The first line of docs/quasimodem.toml, docs/scenarios/*.yaml and profiles/*.toml names this place under /usr.
install(FILES ${schema_files} DESTINATION "${CMAKE_INSTALL_DATADIR}/quasimodem/schemas")
