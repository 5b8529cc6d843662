# SPDX-License-Identifier: Apache-2.0
"""cmake --install and the Debian package, of the build that is tested.

The program in the package is that of the preset, stripped: in `dev` with sanitizers. What is tested is what is where, that
it runs from there and what lintian says; not that the release build is fast. Nothing is built again.
"""

import gzip
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from support import PROGRAM, SOURCE, WATCHDOG

BUILD = Path(PROGRAM).parent

pytestmark = pytest.mark.skipif(not (BUILD / "CMakeCache.txt").exists(), reason="the program is not in its build directory")


def run(*command, **options):
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=WATCHDOG, text=True, **options
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def files_in(directory):
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The tree under a prefix `usr`."""
    if not shutil.which("lowdown"):
        pytest.skip("lowdown, which makes the manual pages, is not installed")
    tree = tmp_path_factory.mktemp("installed")
    run("cmake", "--install", BUILD, "--prefix", tree / "usr", "--strip")
    return tree


@pytest.fixture(scope="module")
def package(installed, tmp_path_factory):
    """The .deb, made from the installed tree."""
    if not shutil.which("dpkg-shlibdeps"):
        pytest.skip("dpkg-dev is not installed")
    place = tmp_path_factory.mktemp("package")
    run(
        *("cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "DEB", "-B", place),
        *("-D", "CPACK_INSTALL_CMAKE_PROJECTS=", "-D", f"CPACK_INSTALLED_DIRECTORIES={installed};/"),
        *("-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip"),
    )
    (deb,) = place.glob("*.deb")
    return deb


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory):
    tree = tmp_path_factory.mktemp("unpacked")
    run("dpkg-deb", "--extract", package, tree)
    return tree


EVERYWHERE = """
bin/quasimodem
share/man/man1/quasimodem.1
share/man/man5/quasimodem.toml.5
share/man/man5/quasimodem-scenario.5
share/man/man7/quasimodem-control.7
share/man/man7/quasimodem-faults.7
share/man/man7/quasimodem-profiles.7
share/bash-completion/completions/quasimodem
share/zsh/site-functions/_quasimodem
share/fish/vendor_completions.d/quasimodem.fish
share/systemd/user/quasimodem@.service
share/quasimodem/schemas/quasimodem.schema.json
share/quasimodem/schemas/scenario.schema.json
share/quasimodem/schemas/profile.schema.json
share/doc/quasimodem/LICENSE
share/doc/quasimodem/README.md
share/doc/quasimodem/CHANGELOG.md
share/doc/quasimodem/CONTRIBUTING.md
share/doc/quasimodem/SECURITY.md
share/doc/quasimodem/emulator/commands/COMMANDS.md
share/doc/quasimodem/docs/using.md
share/doc/quasimodem/docs/installing.md
share/doc/quasimodem/docs/quasimodem.toml
share/doc/quasimodem/docs/scenarios/sms.yaml
share/doc/quasimodem/docs/recipes/docker/Dockerfile
share/doc/quasimodem/docs/recipes/in-process/test_driver.c
share/doc/quasimodem/profiles/realistic.toml
share/doc/quasimodem/tests/transcripts/00_format.txt
""".split()
LIBRARY = """
include/quasimodem.h
lib/libquasimodem.so
lib/libquasimodem.so.0
lib/cmake/quasimodem/quasimodemConfig.cmake
lib/cmake/quasimodem/quasimodemConfigVersion.cmake
lib/pkgconfig/quasimodem.pc
""".split()


def test_everything_is_in_its_place(installed):
    files = files_in(installed / "usr")
    assert {*EVERYWHERE, *LIBRARY} <= files
    assert os.access(installed / "usr/bin/quasimodem", os.X_OK)
    # Of the libraries the one in C, and of the tests what can be played.
    assert not [name for name in files if name.endswith((".a", ".hpp"))]
    assert all(name.startswith("lib/cmake/quasimodem/") for name in files if name.endswith(".cmake"))
    assert {name.split("/")[4] for name in files if "/tests/" in name} == {"transcripts"}
    assert {name.split("/")[0] for name in files} == {"bin", "include", "lib", "share"}


def test_the_document_says_where_things_are(installed):
    """docs/installing.md names every directory, and no other."""
    rows = re.findall(r"^\| (`.*?) \|", (SOURCE / "docs/installing.md").read_text(), re.MULTILINE)
    places = [place for row in rows for place in re.findall(r"`([^`]+)`", row)]
    for name in files_in(installed / "usr"):
        assert any(name == place or name.startswith(place + "/") for place in places), name
    for place in places:
        assert (installed / "usr" / place).exists(), place


PAGE = r"\bman (?:[1-9] )?(quasimodem[\w.-]*\w)|\b(quasimodem[\w.-]*)\([1-9]\)"


def pages_in(text):
    return {name or other for name, other in re.findall(PAGE, text)}


def installed_pages(installed):
    return {path.stem for path in (installed / "usr/share/man").glob("man*/*")}


def test_what_messages_name_is_installed(installed):
    """Paths as in the source, and manual pages, in every text of the program."""
    paths, pages = set(), set()
    for source in (SOURCE / "emulator/app").rglob("*.[ch]pp"):
        for literal in re.findall(r'R"\w*\(.*?\)\w*"|"(?:\\.|[^"\\\n])*"', source.read_text(), re.DOTALL):
            paths |= set(re.findall(r"\b(?:docs|profiles|tests/transcripts)/[\w./@-]*\w", literal))
            pages |= pages_in(literal)
    assert {"docs/configuration.md", "tests/transcripts/00_format.txt"} <= paths and "quasimodem.toml" in pages
    for path in paths:
        assert (installed / "usr/share/doc/quasimodem" / path).exists(), path
    assert pages <= installed_pages(installed)


def test_what_documents_name_is_installed(installed):
    """Their links, their paths below docs/ and profiles/, and manual pages. What else they name of the source is for who has it."""
    root = installed / "usr/share/doc/quasimodem"
    links = 0
    for document in root.rglob("*.md"):
        text = document.read_text()
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            if not re.match(r"\w+:", target):
                assert (document.parent / target).exists(), (document, target)
                links += 1
        for path in re.findall(r"(?<![\w/.-])(?:docs|profiles|tests/transcripts)/[\w./@-]*\w", text):
            assert (root / path).exists(), (document, path)
        assert pages_in(text) <= installed_pages(installed), document
    assert links > 50


def test_the_installed_program_runs(installed, world):
    program = installed / "usr/bin/quasimodem"
    assert run(program, "--version", env=world.environment).encode() == world.run("--version").stdout
    says = 'printf "AT\\r" >"$QUASIMODEM_TTY"; test -c "$QUASIMODEM_TTY" && echo on a tty'
    assert run(program, "run", "--", "sh", "-c", says, env=world.environment) == "on a tty\n"


def test_installed_scripts_are_those_of_the_program(installed, world):
    usr = installed / "usr/share"
    for shell, place in (
        ("bash", "bash-completion/completions/quasimodem"),
        ("zsh", "zsh/site-functions/_quasimodem"),
        ("fish", "fish/vendor_completions.d/quasimodem.fish"),
    ):
        assert (usr / place).read_bytes() == world.run("completion", shell).stdout
    assert (usr / "man/man1/quasimodem.1").read_bytes() == world.run("man").stdout


def test_the_unit_starts_what_is_installed(installed):
    unit = (installed / "usr/share/systemd/user/quasimodem@.service").read_text()
    assert re.search(r"^ExecStart=/usr/bin/env PATH=%h/\.local/bin:\S+ quasimodem run --name %i$", unit, re.MULTILINE)
    assert "man:quasimodem(1)" in unit


def test_package_has_what_was_installed(installed, unpacked):
    """Man pages are compressed there, the licence is Debian's, zsh's and systemd's directories others, the library is not."""
    expected = {name for name in files_in(installed) if not name.endswith(("/LICENSE", "/_quasimodem"))}
    expected = {name for name in expected if not name.startswith(("usr/include/", "usr/lib/"))}
    expected = {name + ".gz" if "/share/man/" in name else name for name in expected}
    expected |= {"usr/share/zsh/vendor-completions/_quasimodem"}
    expected = {name.replace("usr/share/systemd/", "usr/lib/systemd/") for name in expected}
    expected |= {f"usr/share/doc/quasimodem/{name}" for name in ("copyright", "changelog.gz")}
    assert files_in(unpacked) - {"usr/share/lintian/overrides/quasimodem"} == expected
    for path in unpacked.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) in (0o644, 0o755), path
    page = gzip.decompress((unpacked / "usr/share/man/man1/quasimodem.1.gz").read_bytes())
    assert page == (installed / "usr/share/man/man1/quasimodem.1").read_bytes()


def test_package_says_what_it_is(package, world):
    control = run("dpkg-deb", "--field", package)
    version = re.search(r"^Version: (.*)$", control, re.MULTILINE)[1]
    assert world.run("--version").stdout.decode().startswith(f"quasimodem {version}, ")
    assert package.name.startswith(f"quasimodem_{version}_")
    assert re.search(r"^Package: quasimodem$", control, re.MULTILINE)
    assert re.search(r"^Section: comm$", control, re.MULTILINE)
    depends = re.search(r"^Depends: (.*)$", control, re.MULTILINE)[1]
    assert "libc6 (>= " in depends and "libspdlog" in depends and "libfmt" in depends
    description = control[control.index("Description: ") :].splitlines()
    assert "M95" in description[0] and len(description) > 5


@pytest.mark.skipif(not shutil.which("lintian"), reason="lintian is not installed")
def test_lintian_accepts_the_package(package):
    said = run("lintian", "--fail-on", "error,warning", "--allow-root", package)
    assert said == ""
