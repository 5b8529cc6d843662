#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the source to the stairs emulator → {atcmd, tls, storage, net} → core.

Three kinds of rule, each a table below: which folder may include which, which libraries may be included where, and
which words may be written where. Comments are free to say anything. Run without arguments in a checkout; CTest does.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Folder → the folders it may include besides itself. A file belongs to the longest folder that matches.
SERVICES = {"net/http", "net/ftp", "net/smtp", "net/mqtt"}
MODULE = {"core", "atcmd", "tls", "tls/server", "storage", "net", "net/sim", "emulator", "emulator/device",
          "emulator/commands", "emulator/terminal", "emulator/uart"} | SERVICES
APP = {f"emulator/app/{room}" for room in ("base", "base/process", "config", "control", "host", "desk", "peer", "cli")}
EVERYTHING = MODULE | APP | {"net/host", "emulator/workbench", "emulator/library", "tests"}
# The attic: what a room may include of the other rooms. A room may include the module as well.
BASE = {"emulator/app/base", "emulator/app/base/process"}
ROOMS = {
    "base": set(),  # below all
    "base/process": {"emulator/app/base"},  # what a program has of its operating system
    "config": {"emulator/app/base"},  # what a module is asked to be
    "control": BASE,
    "host": BASE | {"emulator/app/config", "emulator/app/control"},  # one module in the real world
    "desk": BASE | {"emulator/app/config", "emulator/app/control", "emulator/app/host"},  # the engineer's side of the cable
    "peer": BASE,  # stands alone
    "cli": APP,
}
MAY_INCLUDE = {
    "core": set(),
    "atcmd": {"core"},
    "tls": {"core", "tls/server"},  # capabilities: the library shakes hands with itself
    "tls/server": {"core", "tls"},
    "storage": {"core"},
    "net": {"core"},
    "net/sim": {"core", "net"},
    "net/host": {"core", "net"},
    "emulator/device": {"core", "tls", "storage", "net"} | SERVICES,
    "emulator/commands": {"core", "atcmd", "storage", "emulator/device"},
    "emulator/terminal": {"core", "atcmd", "emulator/device", "emulator/commands", "emulator/uart"},
    "emulator/uart": {"core", "atcmd"},
    "emulator": {"core", "atcmd", "tls", "storage", "net", "emulator/device", "emulator/commands", "emulator/terminal",
                 "emulator/uart"},
    "emulator/workbench": MODULE,  # a module in memory, for play and tests
    "tests": EVERYTHING,
}
for service in SERVICES:
    MAY_INCLUDE[service] = {"core", "net"}
for room, others in ROOMS.items():
    MAY_INCLUDE[f"emulator/app/{room}"] = MODULE | others
# A module in a C program's memory: what of the attic has no socket, thread or clock.
MAY_INCLUDE["emulator/library"] = MODULE | {"emulator/workbench", "emulator/app/base", "emulator/app/config",
                                            "emulator/app/control"}
for room in ("control", "host", "peer"):  # that talk to the world
    MAY_INCLUDE[f"emulator/app/{room}"].add("net/host")
for room in ("desk", "cli"):
    MAY_INCLUDE[f"emulator/app/{room}"].add("emulator/workbench")

# Library (first part of <library/…>) → where it may be included: folders with /, files, or globs.
# std, fmt and tl are free everywhere.
LIBRARY_HOMES = {
    "boost": ["net/host/", "emulator/app/"],
    "boost/asio": ["net/host/", "emulator/app/base/process/signals.hpp", "emulator/app/base/process/signals.cpp",
                   "emulator/app/base/process/host_clock.hpp",
                   "emulator/app/control/socket/server.hpp", "emulator/app/control/socket/server.cpp",
                   "emulator/app/control/socket/session.hpp", "emulator/app/control/socket/session.cpp", "emulator/app/host/",
                   "emulator/app/peer/", "emulator/app/desk/record/", "emulator/app/cli/run/",
                   "emulator/app/cli/doctor/", "tests/"],
    "boost/beast": ["net/http/message_reader.cpp"],
    "boost/json": ["emulator/app/base/json.hpp", "emulator/app/base/json.cpp"],
    "boost/regex": ["emulator/workbench/pattern.cpp"],
    "mbedtls": ["tls/*.cpp", "tls/detail/", "tls/server/", "tests/tls/", "tests/bench/"],
    "spdlog": ["emulator/app/base/process/spdlog_sink.cpp", "emulator/app/cli/portable/"],
    "CLI": ["emulator/app/base/process/command_line.cpp"],
    "toml++": ["emulator/app/config/"],
    "yaml-cpp": ["emulator/app/desk/scenario/yaml_document.cpp"],
    "catch2": ["tests/"],
    "POSIX": ["net/host/", "emulator/app/", "storage/", "tests/"],  # <unistd.h>, <sys/stat.h> …
}
FREE_LIBRARIES = {"fmt", "tl"}
POSIX_FOLDERS = {"sys", "arpa", "net", "netinet", "linux", "asm"}

# (what it is, pattern over code without comments and literals, homes)
WORDS = [
    ("the host's clock", r"\b(steady_clock|system_clock|high_resolution_clock|clock_gettime|gettimeofday)\b",
     ["emulator/app/", "net/host/", "tests/"]),
    ("sleeping", r"\b(sleep_for|sleep_until|usleep|nanosleep)\b", ["emulator/app/", "net/host/"]),
    ("a thread", r"\bstd::(thread|jthread|async)\b", ["emulator/app/", "net/host/", "tests/"]),
    ("the host's randomness", r"\bstd::rand\b|\brandom_device\b|\bgetrandom\b", ["emulator/app/", "net/host/"]),
    ("a question about faults", r"\bif\s*\([^;{}]*(?<![Dd]e)[Ff]ault",
     ["net/faults/", "storage/faulty_flash.hpp", "emulator/uart/noisy_line.cpp", "emulator/faults/", "core/fault_book.cpp",
      "emulator/app/", "tests/"]),
]

# (what it is, pattern over the text between the quotes, homes)
LITERALS = [
    ("the name of an AT command or URC", r"^\+[QC]",
     ["emulator/commands/", "emulator/app/", "emulator/workbench/", "tests/"]),
    ("CR LF", r"\\r\\n|\\x0[dD]\\x0[aA]|\\015\\012",
     ["atcmd/syntax/", "net/http/", "net/ftp/", "net/smtp/",  # protocols of their own
      "emulator/app/", "emulator/workbench/", "tests/"]),  # a TE frames its own lines
]
# A literal that is allowed in one more place: (literal's beginning, home).
LITERAL_EXCEPTIONS = [("+CME ERROR", "atcmd/syntax/"), ("+CMS ERROR", "atcmd/syntax/")]

TOKEN = re.compile(r"""
    (?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
  | (?P<raw>R"(?P<delimiter>[^()\\\s]{0,16})\((?P<raw_text>.*?)\)(?P=delimiter)")
  | (?P<string>"(?P<text>(?:\\.|[^"\\\n])*)")
  | (?P<char>(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')
""", re.VERBOSE | re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def at_home(path, homes):
    """homes: "folder/" is everything below it, "folder/*.cpp" the files right in it, anything else one file."""
    for home in homes:
        if home.endswith("/"):
            if path.startswith(home):
                return True
        elif "*" in home:
            if re.fullmatch(re.escape(home).replace(r"\*", "[^/]*"), path):
                return True
        elif path == home:
            return True
    return False


def layer_of(path):
    folders = [layer for layer in MAY_INCLUDE if path.startswith(layer + "/")]
    return max(folders, key=len, default=None)


def library_of(header):
    """The library of <header>, None for the standard library and what is free everywhere."""
    first, slash, rest = header.partition("/")
    if first == "boost":  # many libraries
        part = "boost/" + rest.split("/")[0].removesuffix(".hpp")
        return part if part in LIBRARY_HOMES else "boost"
    if slash:
        if first in FREE_LIBRARIES:
            return None
        return "POSIX" if first in POSIX_FOLDERS else first
    return "POSIX" if header.endswith(".h") else None


def take_apart(text):
    """(text with comments and literals blanked, text with only comments blanked, [(offset, literal's text)])"""
    literals = []

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    def blank_all(match):
        if match["string"] is not None:
            literals.append((match.start(), match["text"]))
        elif match["raw"] is not None:
            literals.append((match.start(), match["raw_text"].replace("\r\n", r"\r\n")))
        return blank(match)

    bare = TOKEN.sub(blank_all, text)
    commentless = TOKEN.sub(lambda match: blank(match) if match["comment"] else match.group(), text)
    return bare, commentless, literals


def check(path, text):
    """The violations in a file, as (line, message)."""
    layer = layer_of(path)
    if layer is None:
        return [(1, "is in no known folder")]
    found = []

    def report(offset, message):
        found.append((text.count("\n", 0, offset) + 1, message))

    if "SPDX-License-Identifier: Apache-2.0" not in text.split("\n", 1)[0]:
        report(0, "first line is not the SPDX licence line")

    bare, commentless, literals = take_apart(text)
    includes = [range(match.start(), match.end()) for match in INCLUDE.finditer(commentless)]
    for match in INCLUDE.finditer(commentless):
        header = match[2]
        if match[1] == "<":
            library = library_of(header)
            if library is None:
                continue
            if library not in LIBRARY_HOMES:
                report(match.start(), f"<{header}>: unknown library (tools/check_layers.py lists the known ones)")
            elif not at_home(path, LIBRARY_HOMES[library]):
                report(match.start(), f"<{header}>: {library} belongs in {', '.join(LIBRARY_HOMES[library])}")
        else:
            target = layer_of(header)
            if target is None:
                report(match.start(), f'"{header}": name it from the project root')
            elif target != layer and target not in MAY_INCLUDE[layer]:
                report(match.start(), f'"{header}": {layer} must not include {target}')

    for what, pattern, homes in WORDS:
        if not at_home(path, homes):
            for match in re.finditer(pattern, bare):
                report(match.start(), f"{match.group()}: {what} belongs in {', '.join(homes)}")

    for offset, literal in literals:
        if any(offset in include for include in includes):
            continue
        for what, pattern, homes in LITERALS:
            if at_home(path, homes) or not re.search(pattern, literal):
                continue
            if any(literal.startswith(start) and at_home(path, [home]) for start, home in LITERAL_EXCEPTIONS):
                continue
            report(offset, f'"{literal}": {what} belongs in {", ".join(homes)}')
    return sorted(found)


def main():
    count = 0
    bad = 0
    for folder in sorted({layer.split("/")[0] for layer in MAY_INCLUDE}):
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            count += 1
            name = path.relative_to(ROOT).as_posix()
            for line, message in check(name, path.read_text(encoding="utf-8")):
                print(f"{name}:{line}: {message}")
                bad += 1
    print(f"layers: {count} files, {bad} violations")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
