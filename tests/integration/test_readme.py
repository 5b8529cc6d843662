# SPDX-License-Identifier: Apache-2.0
"""What the README says beside its commands, which test_documentation.py types."""

import json
import os
import re

import pytest
from support import OK, SOURCE

README = (SOURCE / "README.md").read_text()
PROSE = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)
OURS = "atcmd|core|docs|emulator|net|profiles|python|storage|tests|tls|tools"


def section(title):
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)[1]


def test_every_file_it_points_to_exists():
    links = [target.partition("#")[0] for target in re.findall(r"\]\(([^)#]+)", README)]
    named = re.findall(rf"`((?:{OURS})/[\w./]*)`", README)
    assert len(links) > 10 and len(named) > 3
    for target in links + named:
        assert (SOURCE / target).exists(), target


def test_every_place_in_a_document_that_it_points_to_exists():
    for target, place in re.findall(r"\]\(([^)#]+)#([^)]+)\)", README):
        headings = re.findall(r"^#+ (.*)$", (SOURCE / target).read_text(), re.MULTILINE)
        assert place in [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings], target


def test_the_tools_it_starts_with_are_there():
    """tools/fresh types the first two on a bare system."""
    for tool in ("tools/run", "tools/test", "tools/install"):
        assert f"\n$ {tool} " in README and os.access(SOURCE / tool, os.X_OK)


MODELS = re.findall(r"\bM\d\d\b", README.partition("module that is not there")[0])


@pytest.mark.parametrize("model", MODELS)
def test_the_models(module, model):
    with module("--model", model.lower()).host() as host:
        host.exchange("AT+CGMM", f"\r\nQuectel_{model}\r\n{OK}")


def test_it_names_all_models(world):
    error = world.run("run", "--model", "none").stderr.decode()
    assert [model.lower() for model in MODELS] == re.findall(r"\bm\d\d\b", error)


def test_commands_and_options_it_names(world):
    """In its text, `quasimodem WORD` and `--option`: each has a help of its own, or stands in that of run."""
    words = set(re.findall(r"`quasimodem (?!help)(?!-)(\w+)", PROSE))
    topics = set(re.findall(r"`quasimodem help ([\w-]+)`", PROSE))
    assert {"ctl"} <= words and {"uart", "firmware"} <= topics
    for word in words | topics:
        assert world.run("help", word).returncode == 0, word
    in_table = re.findall(r"\]\(docs/recipes/README.md\): (.*) … \|", section("I want to…"))
    assert in_table and all((SOURCE / "docs/recipes" / name.lower()).is_dir() for name in in_table[0].split(", "))
    options = world.run("run", "--help").stdout.decode()
    for option in set(re.findall(r"`(--[\w-]+)", PROSE)) - {"--help", "--to"}:
        assert option in options, option


def test_the_table_of_suites(world):
    """As this program has it; that it is so on the wire is test_tls_matrix.py's."""
    rows = [line.strip("| ").split(" | ") for line in section("What the TLS is for").splitlines() if line.startswith("|")]
    suites = [name.split()[0] for name in rows[0] if name.startswith("0x")]
    said = {(row[0].replace(" ", ""), suite): cell for row in rows[2:] for suite, cell in zip(suites, row[1:])}
    cells = json.loads(world.run("doctor", "--json").stdout)["tls"]["cells"]
    assert len(said) == len(cells) == 24
    for cell in cells:
        # What is missing lacks the source of mbedTLS; the README says so below the table.
        meant = {"yes": {"works", "missing"}, "not in the protocol": {"not_in_protocol"}}
        assert cell["state"] in meant[said[cell["version"], cell["suite"]]], cell


def test_nothing_is_fetched_at_build_time():
    for path in [*SOURCE.rglob("CMakeLists.txt"), *(SOURCE / "cmake").rglob("*"), SOURCE / "CMakePresets.json"]:
        if path.is_file() and "build" not in path.relative_to(SOURCE).parts and ".cache" not in path.parts:
            found = re.search(r"FetchContent|ExternalProject|\bDOWNLOAD\b|\b(?:curl|wget|git clone)\b", path.read_text())
            assert not found, f"{path}: {found[0]}"


def test_the_licence():
    assert section("Licence").split(".")[0].strip() == "Apache-2"
    text = (SOURCE / "LICENSE").read_text()
    assert "Apache License" in text and "Version 2.0, January 2004" in text
