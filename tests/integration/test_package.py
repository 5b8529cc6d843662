# SPDX-License-Identifier: Apache-2.0
"""tools/package, as far as it goes without a build: what it refuses. All of it runs in .github/workflows/package.yml and
in tools/fresh --package."""

import shutil
import subprocess

import pytest
from support import PROGRAM, SOURCE, WATCHDOG

pytestmark = pytest.mark.skipif(not shutil.which("objdump"), reason="no objdump (binutils)")


def package(*arguments):
    done = subprocess.run(
        [SOURCE / "tools/package", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=WATCHDOG
    )
    return done.returncode, done.stdout.decode()


def test_a_program_with_shared_libraries_is_not_portable():
    code, said = package("--check", PROGRAM)
    linked = subprocess.run(["ldd", PROGRAM], stdout=subprocess.PIPE, text=True).stdout
    if "libstdc++" not in linked:
        pytest.skip("this program is the portable one")
    assert code == 1 and " needs lib" in said and "not portable" in said, said


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
def test_a_program_of_glibc_alone_is(tmp_path):
    (tmp_path / "a.c").write_text("int main(void) { return 0; }\n")
    subprocess.run(["cc", "-o", tmp_path / "a", tmp_path / "a.c"], check=True)
    assert package("--check", tmp_path / "a") == (0, "")


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
def test_a_newer_glibc_is_refused(tmp_path):
    """A stand-in for a newer glibc: a library of its name that defines a version of 2.99."""
    (tmp_path / "c.c").write_text("int newest(void) { return 0; }\n")
    (tmp_path / "map").write_text("GLIBC_2.99 { newest; };\n")
    (tmp_path / "a.c").write_text("int newest(void);\nint user(void) { return newest(); }\n")
    library = tmp_path / "libc.so.6"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-Wl,-soname,libc.so.6", f"-Wl,--version-script={tmp_path}/map", "-o", library, tmp_path / "c.c"],
        check=True,
    )
    subprocess.run(["cc", "-shared", "-fPIC", "-nostdlib", "-o", tmp_path / "a", tmp_path / "a.c", library], check=True)
    code, said = package("--check", tmp_path / "a")
    assert code == 1 and "needs glibc 2.99, newer than 2.36: build it on Debian 12" in said, said


def test_what_is_no_program(tmp_path):
    (tmp_path / "text").write_text("no program\n")
    code, said = package("--check", tmp_path / "text")
    assert code == 1 and "is it a program" in said


@pytest.mark.parametrize("arguments", [["rpm"], ["--check"], ["--help"]])
def test_wrong_use(arguments):
    code, said = package(*arguments)
    assert code == 1 and "usage: tools/package" in said
