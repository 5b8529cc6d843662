# SPDX-License-Identifier: Apache-2.0
"""tools/install, in a checkout where tools/run has nothing to build and cmake installs one file. With what is really
installed it is typed by test_documentation.py, and by tools/fresh on a bare system."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from support import SOURCE, WATCHDOG

CMAKE = """#!/bin/sh -e
# cmake --install build/release --prefix PREFIX --strip
test "$1 $2 $3 $5" = "--install build/release --prefix --strip"
mkdir -p "$DESTDIR$4/bin"
printf '#!/bin/sh\\necho installed\\n' >"$DESTDIR$4/bin/quasimodem"
chmod 755 "$DESTDIR$4/bin/quasimodem"
"""


class Checkout:
    def __init__(self, place):
        self.place = place
        self.tree = place / "source"
        self.home = place / "home"
        self.programs = place / "programs"
        for directory in (self.tree / "tools", self.home, self.programs):
            directory.mkdir(parents=True, mode=0o755)
        shutil.copy(SOURCE / "tools/install", self.tree / "tools")
        self.program(self.tree / "tools/run", '#!/bin/sh\ntest "$*" = --version && echo built >>"$BUILT"\n')
        self.program(self.programs / "cmake", CMAKE)
        self.built = place / "built"
        # All but what a system may have of its own: sudo.
        for name in "bash sh cat cp dirname mkdir mktemp readlink realpath rm sed chmod env".split():
            (self.programs / name).symlink_to(shutil.which(name))

    @staticmethod
    def program(path, text):
        path.write_text(text)
        path.chmod(0o755)

    def install(self, *arguments, path="", **options):
        environment = {
            "HOME": str(self.home), "BUILT": str(self.built), "TMPDIR": "/tmp",
            "PATH": f"{self.programs}{path}",
        }  # fmt: skip
        return subprocess.run(
            [str(self.tree / "tools/install"), *map(str, arguments)],
            env=environment,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=WATCHDOG,
            **options,
        )


@pytest.fixture
def checkout():
    with tempfile.TemporaryDirectory() as place:  # tmp_path is closed to others
        os.chmod(place, 0o755)
        yield Checkout(Path(place))


def test_into_the_home_directory(checkout):
    done = checkout.install()
    program = checkout.home / ".local/bin/quasimodem"
    assert (done.returncode, done.stdout) == (0, f"{program}\n"), done.stderr
    assert subprocess.run([program], stdout=subprocess.PIPE, timeout=WATCHDOG).stdout == b"installed\n"
    assert checkout.built.read_text() == "built\n"
    assert f"{program.parent} is not on the PATH" in done.stderr
    assert '  export PATH="$HOME/.local/bin:$PATH"\n' in done.stderr


def test_what_it_says_puts_it_on_the_path(checkout):
    done = checkout.install(checkout.place / "opt")
    line = done.stderr.splitlines()[-1].strip()
    found = subprocess.run(["sh", "-c", f"{line}; quasimodem"], stdout=subprocess.PIPE, timeout=WATCHDOG)
    assert found.stdout == b"installed\n"


def test_on_the_path_there_is_nothing_to_say(checkout):
    bin_directory = f":{checkout.home}/.local/bin"
    assert checkout.install(path=bin_directory).stderr == ""
    # Unless another one comes first.
    other = checkout.programs / "quasimodem"
    checkout.program(other, "#!/bin/sh\n")
    assert checkout.install(path=bin_directory).stderr == f"install: note: {other} comes before it on the PATH\n"


def test_again_while_it_runs(checkout):
    """The file is another one then: what runs keeps its own."""
    checkout.install()
    program = checkout.home / ".local/bin/quasimodem"
    with program.open() as before:
        assert checkout.install().returncode == 0
        assert os.fstat(before.fileno()).st_ino != program.stat().st_ino


@pytest.mark.parametrize("arguments", [["a", "b"], ["--prefix"], [""]])
def test_usage(checkout, arguments):
    done = checkout.install(*arguments)
    assert (done.returncode, done.stdout) == (2, "") and "usage: tools/install [PREFIX]" in done.stderr
    assert not checkout.built.exists()


def test_help(checkout):
    done = checkout.install("--help")
    assert done.returncode == 0 and "tools/install PREFIX" in done.stdout and not checkout.built.exists()


def test_prefix_below_a_file(checkout):
    done = checkout.install(checkout.tree / "tools/install/prefix")
    assert done.returncode == 1 and "is no directory" in done.stderr and not checkout.built.exists()


@pytest.fixture
def somebody(checkout):
    """Options of `install` for one who may not write everywhere."""
    if os.geteuid() != 0:
        return {}
    os.chmod(checkout.place, 0o777)  # for the file `built`
    return {"user": 65534, "group": 65534, "extra_groups": []}


def test_a_prefix_of_somebody_else_without_sudo(checkout, somebody):
    """It is said before anything is built."""
    locked = checkout.place / "locked"
    locked.mkdir(mode=0o555)
    done = checkout.install(locked / "usr", **somebody)
    assert done.returncode == 1 and f"{locked} is not yours to write, and there is no sudo" in done.stderr
    assert not checkout.built.exists()


def test_a_prefix_of_somebody_else_with_sudo(checkout, somebody):
    """sudo only copies, and what it is asked for is said first."""
    locked = checkout.place / "locked"
    locked.mkdir(mode=0o555)
    checkout.program(checkout.programs / "sudo", '#!/bin/sh\necho "sudo $*" >&2\n')
    done = checkout.install(locked, **somebody)
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    assert said[0] == f"install: {locked} is not yours to write: sudo will be asked to copy into it"
    assert [line.split()[:2] for line in said if line.startswith("sudo")] == [["sudo", "mkdir"], ["sudo", "cp"]]


def test_sudo_is_not_asked_without_need(checkout):
    checkout.program(checkout.programs / "sudo", "#!/bin/sh\nexit 9\n")
    assert checkout.install().returncode == 0
