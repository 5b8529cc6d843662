# SPDX-License-Identifier: Apache-2.0
"""tools/lib/mbedtls and boost, as tools/setup uses them: where the sources are looked for, what is refused, what is said.
No package is installed and nothing is fetched: apt's commands are stand-ins that note how they were called."""

import hashlib
import io
import os
import subprocess
import tarfile

import pytest
from support import SOURCE, WATCHDOG

FRAME = """
set -euo pipefail
say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }
candidate() { case "$1" in libmbedtls-dev) echo "${DISTRIBUTION:-}" ;; *) echo "${BOOST:-}" ;; esac; }
missing() { :; }
can_install() { [ -z "${NOBODY:-}" ]; }
update_once() { echo "update" >>calls; }
install() { echo "install $*" >>calls; }
"""


def tarball(path, version="2.28.3"):
    """As upstream packs it, but for its size; its SHA-256."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in [
            ("library/ssl_cli.c", "int ssl_cli;\n"),
            ("include/mbedtls/version.h", f'#define MBEDTLS_VERSION_STRING         "{version}"\n'),
        ]:
            entry = tarfile.TarInfo(f"Mbed-TLS-mbedtls-0000000/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def checkout(tmp_path):
    """`provide(…)` runs provide_mbedtls in an empty checkout: its exit code, what it says, which apt commands it called."""
    place = tmp_path / "checkout"
    place.mkdir()
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    good = tarball(mirror / "good.tar.gz")
    helper = tmp_path / "apt-helper"
    helper.write_text(
        '#!/bin/sh\nfor url; do case $url in http*) from=$url ;; /*) to=$url ;; esac; done\necho "fetch $from" >>calls\n'
        f'[ -z "${{REACHED:-}}" ] || case $from in *$REACHED*) cp {mirror}/good.tar.gz "$to"; exit ;; esac\n'
        'echo "E: Failed to fetch $from  404  Not Found" >&2\nexit 100\n'
    )
    helper.chmod(0o755)
    code = (SOURCE / "tools/lib/mbedtls").read_text()
    assert "/usr/lib/apt/apt-helper" in code
    library = tmp_path / "mbedtls"
    library.write_text(code.replace("/usr/lib/apt/apt-helper", str(helper)))

    def provide(pin=good, mirrors="http://mirror.test/debian/", **environment):
        script = FRAME + f'. {library}\nmbedtls_sha256[2.28.3]={pin}\n'
        script += 'mbedtls_from_source_package() { echo "source package" >>calls; tried "the source package"; return 1; }\n'
        script += f'apt-get() {{ printf "%s\\n" {mirrors}; }}\nprovide_mbedtls\n'
        (place / "calls").write_text("")
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=place,
            env={"PATH": os.environ["PATH"], **environment},
            stderr=subprocess.PIPE,
            text=True,
            timeout=WATCHDOG,
        )
        return done.returncode, done.stderr, (place / "calls").read_text().splitlines()

    provide.place = place
    provide.mirror = mirror
    return provide


def source_in(place):
    return (place / ".cache/mbedtls-2.28.3/library/ssl_cli.c").is_file()


def test_the_order(checkout):
    code, said, calls = checkout(REACHED="mirror.test")
    assert (code, calls) == (
        0,
        ["source package", "fetch http://mirror.test/debian/pool/main/m/mbedtls/mbedtls_2.28.3.orig.tar.gz"],
    )
    assert source_in(checkout.place)
    assert checkout() == (0, "", [])  # it is there: nothing is called, nothing is said


def test_upstream_comes_last(checkout):
    code, said, calls = checkout(REACHED="github")
    assert code == 0 and source_in(checkout.place)
    assert [call.split("/")[2] for call in calls[1:]] == ["mirror.test", "codeload.github.com"]


def test_another_tarball_is_refused(checkout):
    code, said, calls = checkout(pin="0" * 64, REACHED="test", DISTRIBUTION="2.28.3-1")
    assert code == 0 and not source_in(checkout.place)
    assert "until then: building with the distribution's library, so without SSL 3.0" in said


def test_a_mirror_of_another_system_is_not_asked(checkout):
    _, _, calls = checkout(mirrors="http://mirror.test/ubuntu/", DISTRIBUTION="2.28.8-1")
    assert [call.split("/")[2] for call in calls[1:]] == ["codeload.github.com"]


def test_nothing_reached(checkout):
    code, said, calls = checkout(DISTRIBUTION="2.28.3-1")
    assert code == 0 and len(calls) == 3
    for tried in ("the source package", "http://mirror.test/debian/pool/", "https://codeload.github.com/", "404"):
        assert tried in said
    assert "QUASIMODEM_MBEDTLS_SOURCE=FOLDER tools/run" in said
    # Not again for a day, so that an offline machine starts fast.
    code, said, calls = checkout(DISTRIBUTION="2.28.3-1", REACHED="mirror.test")
    assert calls == [] and ".cache/mbedtls-source-unavailable" in said
    (checkout.place / ".cache/mbedtls-source-unavailable").unlink()
    assert checkout(REACHED="mirror.test")[0] == 0 and source_in(checkout.place)


def test_a_source_of_the_users_own(checkout, tmp_path):
    good = checkout.mirror / "good.tar.gz"
    code, said, calls = checkout(QUASIMODEM_MBEDTLS_SOURCE=str(good))
    assert (code, calls) == (0, []) and source_in(checkout.place)

    own = tmp_path / "own"
    with tarfile.open(good) as archive:
        archive.extractall(own)
    assert checkout(QUASIMODEM_MBEDTLS_SOURCE=str(own / "Mbed-TLS-mbedtls-0000000")) == (0, "", [])


@pytest.mark.parametrize(
    "given, words",
    [
        ("nowhere", "there is no such folder or file"),
        ("empty", "is no unpacked source of mbedTLS 2.28"),
        ("new", "is no unpacked source of mbedTLS 2.28"),
        ("other.tar.gz", "is none of the tarballs known here"),
    ],
)
def test_a_wrong_source_of_the_users_own(checkout, tmp_path, given, words):
    (tmp_path / "empty").mkdir()
    tarball(tmp_path / "other.tar.gz", "3.6.0")
    with tarfile.open(tmp_path / "other.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked")
    (tmp_path / "unpacked/Mbed-TLS-mbedtls-0000000").rename(tmp_path / "new")
    code, said, calls = checkout(QUASIMODEM_MBEDTLS_SOURCE=str(tmp_path / given))
    assert code == 1 and calls == []
    assert words in said and str(tmp_path / given) in said


def test_no_package_is_ever_removed():
    text = (SOURCE / "tools/setup").read_text()
    assert text.count("install --no-install-recommends") == text.count("install --no-install-recommends --no-remove")
    for tool in ("setup", "lib/boost", "lib/mbedtls"):
        words = (SOURCE / "tools" / tool).read_text()
        assert not any(word in words for word in ("apt-get remove", "apt-get purge", "autoremove"))


def test_no_mirror_is_named():
    """Which mirror there is stands in apt's configuration."""
    for tool in ("setup", "lib/boost", "lib/mbedtls", "fresh"):
        assert "debian.org" not in (SOURCE / "tools" / tool).read_text()


def test_the_cmake_of_another_source(tmp_path):
    """tools/lib/build hands a folder on to CMake, and configures again when it is another one."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "cmake").write_text(
        '#!/bin/sh\necho "$*" >>calls\ncase $1 in --preset) mkdir -p build/dev; : >build/dev/build.ninja\n'
        'for word; do case $word in -D*) echo "${word#-D}" | sed "s/=/:PATH=/" >build/dev/CMakeCache.txt ;; esac; done ;; esac\n'
    )
    (bin_ / "cmake").chmod(0o755)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()

    def build(source):
        (tmp_path / "calls").write_text("")
        subprocess.run(
            ["bash", "-euc", f"sources=(); . {SOURCE}/tools/lib/build; sources=(bin); build dev"],
            cwd=tmp_path,
            env={"PATH": f"{bin_}:{os.environ['PATH']}", "QUASIMODEM_MBEDTLS_SOURCE": source},
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=WATCHDOG,
        )
        return [call for call in (tmp_path / "calls").read_text().splitlines() if call.startswith("--preset")]

    one, two = tmp_path / "one", tmp_path / "two"
    assert build(str(one)) == [f"--preset dev -DQUASIMODEM_MBEDTLS_SOURCE={one}"]
    assert build(str(one)) == []
    assert build("") == []  # what was chosen stays
    assert build(str(two)) == [f"--preset dev -DQUASIMODEM_MBEDTLS_SOURCE={two}"]
