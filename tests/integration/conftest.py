# SPDX-License-Identifier: Apache-2.0
import subprocess
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
