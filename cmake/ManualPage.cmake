# SPDX-License-Identifier: Apache-2.0
# cmake -P: a manual page NAME(SECTION) in the file PAGE, from the Markdown file SOURCE by LOWDOWN. The version is the first
# line of VERSION_FILE.
# The title of a document, `# Faults: what can go wrong`, is what NAME says; its chapters become the sections.
file(READ "${SOURCE}" text)
file(STRINGS "${VERSION_FILE}" version LIMIT_COUNT 1)
if(NOT text MATCHES "^# ([^\n]+)\n")
  message(FATAL_ERROR "${SOURCE}: does not begin with a title, `# …`")
endif()
set(title "${CMAKE_MATCH_1}")
string(REGEX REPLACE "^[^:]+: " "" summary "${title}")
string(REGEX REPLACE "^# [^\n]+\n" "" text "${text}")
string(REGEX REPLACE "\n##(#*) " "\n#\\1 " text "${text}")
file(WRITE "${PAGE}.md" "# NAME\n\n${NAME} - ${summary}\n\n# DESCRIPTION\n${text}\n# SEE ALSO\n\nquasimodem(1)\n")
execute_process(
  COMMAND "${LOWDOWN}" -s -tman --parse-no-intraemph --out-no-smarty --nroff-nolinks -M "title=${NAME}" -M "section=${SECTION}" -M "date= "
          -M "source=quasimodem ${version}" "${PAGE}.md"
  OUTPUT_VARIABLE roff COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE "${PAGE}.md")
# Narrow columns cannot be adjusted at both sides; words of a program are not divided (\%).
# AD is groff 1.23's word for it, which its macros go back to.
string(REGEX REPLACE "(\n\\.TH [^\n]*\n)" "\n.ds AD l\\1.ad l\n" roff "${roff}")
# Tables: no boxes; a cell of one word is as wide as that word, the last column gets what is left.
string(REPLACE " expand allbox;" ";" roff "${roff}")
string(REPLACE "T{\nT}" "" roff "${roff}")
string(REGEX REPLACE "T{\n([^ \n{}]+)\nT}" "\\1" roff "${roff}")
string(REGEX REPLACE "\n(l[ l]*) l\\.\n" "\n\\1 lx.\n" roff "${roff}")
string(REGEX REPLACE "\nl l l lx\\.\n" "\nl lx l lx.\n" roff "${roff}")
string(REPLACE "\n.SH\n" "\n.SH " roff "${roff}")
string(REPLACE "\\fC" "\\fB\\%" roff "${roff}")
string(PREPEND roff "'\\\" t\n")  # has tables
file(WRITE "${PAGE}" "${roff}")
