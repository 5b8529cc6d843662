# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from support import PROGRAM, SOURCE, OpensslServer, TcpServer, World


@pytest.fixture
def world(tmp_path):
    """Starts the program with runtime, state and home directories of its own; see support.World."""
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def module(world):
    """`module(*options)` starts a module and waits until it is ready."""
    return world.module


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    """The folder with the certificates of tools/make_certs: those of the build, or new ones."""
    made = Path(PROGRAM).parent / "tests/certs/pki"
    if not (made / "made").exists():
        made = tmp_path_factory.mktemp("pki")
        subprocess.run([SOURCE / "tools/make_certs", made], check=True, timeout=100)
    return made


@pytest.fixture
def tls_server(pki):
    """`tls_server(version, client_certificate=True)` is an `openssl s_server` that listens."""
    servers = []

    def start(*arguments, **options):
        servers.append(OpensslServer(pki, *arguments, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def tcp_server():
    """A TCP server whose connections the test plays itself."""
    with TcpServer() as server:
        yield server


@pytest.fixture
def echo_server():
    with TcpServer(echo=True) as server:
        yield server


@pytest.fixture(scope="session")
def interposer(tmp_path_factory):
    """`interposer(NAME=value)` is the environment in which the program meets interposer.c."""
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    library = tmp_path_factory.mktemp("interposer") / "interposer.so"
    source = Path(__file__).parent / "interposer.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True, timeout=100)

    def environment(**variables):
        return {
            "LD_PRELOAD": str(library),
            # AddressSanitizer would rather be the first library.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
            **{f"INTERPOSE_{name}": str(value) for name, value in variables.items()},
        }

    return environment


@pytest.fixture
def as_nobody():
    """A directory that belongs to root, and the options of `world.run` that start the program as somebody else."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become somebody else")
    if not all(directory.stat().st_mode & 0o001 for directory in Path(PROGRAM).resolve().parents):
        pytest.skip("other users cannot start the program where it is")
    with tempfile.TemporaryDirectory() as place:  # tmp_path is closed to others
        os.chmod(place, 0o711)
        yield Path(place), {"user": 65534, "group": 65534, "extra_groups": [], "cwd": "/"}
