# SPDX-License-Identifier: Apache-2.0
"""The manual pages and `quasimodem help`: they say what --help says, and groff has nothing to say."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support import PROGRAM, SOURCE, WATCHDOG
from test_completion import COMMANDS, help_options

PAGES = sorted((Path(PROGRAM).parent / "man").glob("*.[1-9]"))
TOPICS = "uart profiles faults firmware service-errors exit-codes environment files signals".split()


@pytest.fixture
def roff(world):
    done = world.run("man")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def plain(roff):
    """The text of roff without its requests and escapes; the requests that begin something stay."""
    text = re.sub(r"\\f[BIRP]|\\%|\\&", "", roff)
    for escape, character in ((r"\-", "-"), (r"\(aq", "'"), (r"\(ga", "`"), (r"\(ti", "~"), (r"\(ha", "^"), (r"\e", "\\")):
        text = text.replace(escape, character)
    return text


def sections(page):
    """Name → text, of sections and subsections."""
    parts = re.split(r"^\.S[HS] (.*)$", plain(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def options_in(section):
    """The names in the terms: `-m, --model MODEL`."""
    terms = re.findall(r"^\.TP\n(-[\w-]+(?:, --[\w-]+)*)", section, re.MULTILINE)
    return {name for term in terms for name in term.split(", ")}


ALL = [[name] for name in COMMANDS] + [["peer", kind] for kind in ("tls-echo", "tcp-echo", "udp-echo", "http", "ftp", "smtp", "mqtt")]


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_options_are_those_of_the_help(world, roff, command):
    section = sections(roff)["OPTIONS" if command == ["run"] else "quasimodem " + " ".join(command)]
    assert options_in(section) == help_options(world, *command)


def collapsed(text):
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_what_the_help_says_of_each_option_is_in_the_page(world, roff, command):
    """Word for word: names, value and meaning."""
    section = collapsed(sections(roff)["OPTIONS" if command == ["run"] else "quasimodem " + " ".join(command)])
    text = world.run(*command, "--help").stdout.decode()
    meanings = re.findall(r"^  -[^\n]*?(?:  +|\n {20,})(\S[^\n]*)$", text, re.MULTILINE)
    assert len(meanings) == len(re.findall(r"^  -", text, re.MULTILINE))
    for meaning in meanings:
        assert collapsed(meaning) in section


def test_sections(roff):
    names = list(sections(roff))
    main = [name for name in names if name.isupper()]
    assert main[:5] == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS"]
    for name in ("WAYS TO THE UART", "PROFILES", "FAULTS", "EXIT STATUS", "ENVIRONMENT", "FILES", "SIGNALS", "EXAMPLES"):
        assert name in main
    for command in COMMANDS:
        assert command == "run" or f"quasimodem {command}" in names


def test_every_variable_that_the_program_reads_is_in_the_page(roff):
    environment = sections(roff)["ENVIRONMENT"]
    for path in (SOURCE / "emulator/app").rglob("*.cpp"):
        for variable in re.findall(r'(?:getenv|from_environment|set|forced|variable)\("([A-Z_]+)"\)', path.read_text()):
            assert variable in environment, (path, variable)


def test_every_exit_code_is_in_the_page(roff):
    section = sections(roff)["EXIT STATUS"]
    codes = re.findall(r"^  \w+ = (\d+),", (SOURCE / "emulator/app/base/problem.hpp").read_text(), re.MULTILINE)
    assert len(codes) >= 9
    for code in codes:
        assert re.search(rf"\b{code}\b", section), code


def test_every_fault_is_in_the_page(roff):
    faults = re.findall(r"^\| `([\w.]+)` \|", (SOURCE / "docs/faults.md").read_text(), re.MULTILINE)
    terms = re.findall(r"^\.TP\n(\S+)$", sections(roff)["FAULTS"], re.MULTILINE)
    assert terms == faults and len(faults) > 40


@pytest.mark.skipif(not shutil.which("man"), reason="man-db is not installed")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("width", [80, 132])
def test_groff_has_nothing_to_say(page, width, world):
    done = subprocess.run(
        ["man", "--warnings", "--local-file", page],
        env={**world.environment, "MANWIDTH": str(width), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=WATCHDOG,
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    shown = done.stdout.decode()
    assert shown.count("\n") > 50 and "NAME\n" in shown


@pytest.mark.skipif(not shutil.which("lexgrog"), reason="man-db is not installed")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_index_of_man_finds_it(page):
    done = subprocess.run(["lexgrog", page], stdout=subprocess.PIPE, timeout=WATCHDOG, check=True)
    assert f'"{page.stem} - ' in done.stdout.decode()


def test_pages_that_there_should_be():
    names = {page.name for page in PAGES}
    if not names:
        pytest.skip("the manual pages of this build are not made: cmake --build … --target manual")
    assert "quasimodem.1" in names
    if shutil.which("lowdown"):
        for page, document in (("quasimodem-faults.7", "faults"), ("quasimodem-control.7", "control"),
                               ("quasimodem-profiles.7", "profiles"), ("quasimodem.toml.5", "configuration"),
                               ("quasimodem-scenario.5", "scenarios")):  # fmt: skip
            assert (page in names) == (SOURCE / f"docs/{document}.md").exists(), page


# ---- help ----


@pytest.mark.parametrize("topic", TOPICS)
def test_topics(world, roff, topic):
    """Each term of a topic is an entry of its section in the page."""
    done = world.run("help", topic)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert max(len(line) for line in text.splitlines()) <= 100
    section = {"uart": "WAYS TO THE UART", "exit-codes": "EXIT STATUS"}.get(topic, topic.upper().replace("-", " "))
    page = collapsed(re.sub(r"^\.\w+\n", "", sections(roff)[section], flags=re.MULTILINE))
    assert collapsed(text).strip() == page.strip().replace(" .PP ", " ")


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_help_of_a_command_is_its_own(world, command):
    assert world.run("help", *command).stdout == world.run(*command, "--help").stdout


def test_help_of_a_method(world):
    assert world.run("help", "ctl", "network").stdout.startswith(b"network ")
    assert world.run("ctl", "network", "-h").stdout == world.run("ctl", "help", "network").stdout


def test_list_of_topics(world):
    text = world.run("help", "--help").stdout.decode()
    assert re.findall(r"^  ([\w-]+) ", text.split("Topics:")[1], re.MULTILINE) == TOPICS


def test_no_such_topic(world):
    done = world.run("help", "falts")
    assert done.returncode == 2
    assert done.stderr.decode().startswith('error: no help about "falts"; did you mean "faults"?\n')
