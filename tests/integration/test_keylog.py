# SPDX-License-Identifier: Apache-2.0
"""`--keylog` and SSLKEYLOGFILE: the secrets a packet analyser needs, and that nobody gets them by accident."""

import os
import re
import stat
import subprocess

import pytest
from support import WATCHDOG, Deadline, free_port, listens, wait_until
from tls_support import SecureHost

WARNING = "warning: the secrets of every TLS connection are written to {}; with them anybody can decrypt it"
LINE = re.compile(r"CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}")


@pytest.fixture
def openssl(pki, tmp_path):
    """`openssl s_server` with a key log of its own: (port, file)."""
    port, file = free_port(), tmp_path / "openssl.keys"
    process = subprocess.Popen(
        [
            *("openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", "-keylogfile", file, "-no_ticket"),
            *("-cert", pki / "server.crt", "-key", pki / "server.key", "-cipher", "ALL:@SECLEVEL=0"),
            *("-min_protocol", "TLSv1"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: listens(port), "openssl s_server")
    yield port, file
    process.kill()
    process.wait(WATCHDOG)
    process.stdin.close()


def connect(module, port, *versions):
    with module.host() as plain:
        plain.bring_up("AT+QIMUX=1")
        host = SecureHost(plain)
        for version in versions:
            host.configure(sslversion=version)
            assert host.open(1, "127.0.0.1", port) == 0
            host.close(1)


def secrets(file):
    return [line for line in file.read_text().splitlines() if not line.startswith("#")]


def test_the_secrets_are_those_of_the_server(module, openssl, tmp_path):
    port, theirs = openssl
    file = tmp_path / "keys"
    ours = module("--keylog", file)
    connect(ours, port, 1, 2, 3)
    lines = secrets(file)
    assert len(lines) == 3
    assert all(LINE.fullmatch(line) for line in lines)
    wait_until(lambda: len(secrets(theirs)) >= 3, "openssl's key log")
    assert [line.lower() for line in lines] == [line.lower().replace("client_random", "client_random") for line in secrets(theirs)]
    ours.stop()
    assert WARNING.format(file) in ours.log().splitlines()
    assert not LINE.search(ours.log())


def test_the_file_is_private_and_appended_to(module, openssl, tmp_path):
    port, _ = openssl
    file = tmp_path / "keys"
    old = os.umask(0)
    try:
        connect(module("--keylog", file), port, 3)
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    connect(module("--keylog", file, "--name", "second"), port, 3)
    assert len(secrets(file)) == 2


def test_environment(module, openssl, tmp_path):
    port, _ = openssl
    named, ignored = tmp_path / "named", tmp_path / "ignored"
    connect(module(environment={"SSLKEYLOGFILE": str(named)}), port, 3)
    assert len(secrets(named)) == 1
    flag = module("--keylog", named, "--name", "second", environment={"SSLKEYLOGFILE": str(ignored)})
    connect(flag, port, 3)
    assert len(secrets(named)) == 2
    assert not ignored.exists()


def test_nobody_asked(module, openssl, tmp_path):
    quiet = module(environment={"SSLKEYLOGFILE": ""})
    connect(quiet, openssl[0], 3)
    quiet.stop()
    assert "secrets" not in quiet.log()


def test_warning_in_spite_of_quiet(world, tmp_path):
    done = world.run("run", "-q", "--keylog", tmp_path / "keys", "--", "true")
    assert done.returncode == 0
    assert done.stderr.decode() == WARNING.format(tmp_path / "keys") + "\n"


@pytest.mark.parametrize("way", ["flag", "environment"])
def test_file_that_cannot_be_written(world, tmp_path, way):
    file = tmp_path / "missing" / "keys"
    options = ["--keylog", file] if way == "flag" else []
    environment = {"SSLKEYLOGFILE": str(file)} if way == "environment" else {}
    done = world.run(*options, environment=environment)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode().splitlines() == [
        f"error: cannot write the key log {file}: No such file or directory",
        "       name another file, --keylog FILE, or unset SSLKEYLOGFILE",
    ]


def test_descriptor_is_not_inherited(world, tmp_path):
    """The command of `run --` has its own business with secrets."""
    done = world.run("run", "--keylog", tmp_path / "keys", "--", "sh", "-c", "readlink /proc/self/fd/*")
    assert str(tmp_path / "keys") not in done.stdout.decode()


def test_pipe(world, tmp_path):
    """Whatever can be appended to."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        module = world.module("--keylog", fifo, "--ephemeral")
        module.stop()
        Deadline("the end of the pipe").readable(reading)
        assert os.read(reading, 10) == b""
    finally:
        os.close(reading)
