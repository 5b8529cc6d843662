# SPDX-License-Identifier: Apache-2.0
"""cmake/Version.cmake: which version a commit is, from git and from an archive."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support import PROGRAM, SOURCE, WATCHDOG

pytestmark = pytest.mark.skipif(not (shutil.which("cmake") and shutil.which("git")), reason="cmake and git are needed")

FILES = ("cmake/Version.cmake", "cmake/exported_version", ".gitattributes", "CHANGELOG.md")
# Without the user's configuration: no hooks, no signatures.
ENVIRONMENT = {
    **os.environ,
    **{"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"},
    **{f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(directory, *arguments):
    done = subprocess.run(["git", *arguments], cwd=directory, env=ENVIRONMENT, stdout=subprocess.PIPE, timeout=WATCHDOG, check=True)
    return done.stdout.decode().strip()


def commit(source, text):
    (source / "CHANGELOG.md").write_text(text)
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message", text)
    return git(source, "rev-parse", "HEAD")


def write(source, out):
    subprocess.run(
        ["cmake", f"-DSOURCE={source}", "-DPROJECT=0.1.0", f"-DOUT={out}", "-P", source / "cmake/Version.cmake"],
        **{"env": ENVIRONMENT, "timeout": WATCHDOG, "check": True},
    )


def version(source):
    """(version, commit, time) as the build would write them."""
    out = source.parent / f"{source.name}.out"
    write(source, out)
    said, of, time = (out / "version.txt").read_text().split("\n")[:3]
    unit = (out / "version.cpp").read_text()
    assert f'"{said}"' in unit and f'"{of}"' in unit
    return said, of, int(time)


def copy(to):
    for name in FILES:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SOURCE / name, to / name)
    return to


@pytest.fixture
def plain(tmp_path):
    """The source, in no repository."""
    return copy(tmp_path / "source")


@pytest.fixture
def source(plain):
    """The same with one commit, no tag."""
    git(plain, "init", "--quiet")
    commit(plain, "one")
    return plain


def unpack(source, to, what="HEAD"):
    """What `git archive` exports."""
    to.mkdir()
    archive = subprocess.run(["git", "archive", what], cwd=source, env=ENVIRONMENT, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "x"], cwd=to, input=archive, timeout=WATCHDOG, check=True)
    return to


def test_without_git(plain):
    os.utime(plain / "CHANGELOG.md", (1234567890, 1234567890))
    assert version(plain) == ("0.1.0", "unknown", 1234567890)


def test_a_repository_around_is_not_ours(source):
    inner = copy(source / "vendor/quasimodem")
    assert version(inner)[:2] == ("0.1.0", "unknown")


def test_without_a_tag(source):
    head = git(source, "rev-parse", "HEAD")
    assert version(source) == (f"0.1.0+g{head[:7]}", head, int(git(source, "log", "-1", "--format=%ct")))


def test_changes_are_told(source):
    (source / "CHANGELOG.md").write_text("changed")
    assert re.fullmatch(r"0\.1\.0\+g[0-9a-f]{7}\.modified", version(source)[0])
    git(source, "tag", "v0.2.0")
    assert version(source)[0] == "0.2.0+modified"


def test_tags(source):
    git(source, "tag", "v0.2.0")
    git(source, "tag", "not-a-version")
    assert version(source)[0] == "0.2.0"
    head = commit(source, "two")
    assert version(source)[:2] == (f"0.2.0+1.g{head[:7]}", head)


@pytest.mark.parametrize("tagged, later", [(False, False), (True, False), (True, True)])
def test_an_archive_says_what_the_repository_says(source, tmp_path, tagged, later):
    if tagged:
        git(source, "tag", "--annotate", "--message", "a release", "v0.2.0")
    if later:
        commit(source, "two")
    assert version(unpack(source, tmp_path / "unpacked")) == version(source)


def test_nothing_is_written_when_nothing_changed(source):
    out = source.parent / "out"
    files = [out / "version.cpp", out / "version.txt"]
    write(source, out)
    for file in files:
        os.utime(file, ns=(1, 1))
    write(source, out)
    assert [file.stat().st_mtime_ns for file in files] == [1, 1]
    commit(source, "two")
    write(source, out)
    assert 1 not in [file.stat().st_mtime_ns for file in files]


@pytest.mark.skipif(not shutil.which("dpkg"), reason="no dpkg here")
def test_versions_are_those_of_debian_and_in_order(source):
    git(source, "tag", "v0.2.0")
    said = [version(source)[0]]
    for number in range(11):
        commit(source, str(number))
    said.append(version(source)[0])
    git(source, "tag", "v0.2.1")
    said.append(version(source)[0])
    assert said[1].startswith("0.2.0+11.g")
    for earlier, later in zip(said, said[1:]):
        subprocess.run(["dpkg", "--compare-versions", earlier, "lt", later], check=True)
    for each in said:
        subprocess.run(["dpkg", "--validate-version", each], check=True)
        assert re.fullmatch(r"\d+(\.\d+)*(\+[a-z0-9]+(\.[a-z0-9]+)*)?", each)  # PEP 440, for the Python package


def test_the_program_is_what_its_build_says(world):
    made = Path(PROGRAM).parent / "generated/version.txt"
    if not made.exists():
        pytest.skip("the program is not in its build directory")
    said, of, _ = made.read_text().split("\n")[:3]
    assert world.run("--version").stdout.decode() == f"quasimodem {said}, commit {of}\n"
