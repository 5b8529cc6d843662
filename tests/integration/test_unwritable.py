# SPDX-License-Identifier: Apache-2.0
"""A full disk, a standard error that nobody reads, a module that does not answer: nothing hangs, nothing is silent."""

import fcntl
import json
import os
import re
import resource
import signal
import subprocess
import time

import pytest
from support import OK, PROGRAM, WATCHDOG, Deadline, Host
from tls_support import SecureHost

ENDS_HERE = "ends here, it cannot be written: "


def stopped(program):
    """Exit code of the clean end."""
    program.signal(signal.SIGTERM)
    return program.wait()


# ---- a full disk ----


def test_trace_on_a_full_disk(world):
    """Said once; the module goes on, and its exit code tells that not everything was done."""
    running = world.module("--trace", "/dev/full")
    with running.host() as host:
        host.exchange("AT", OK)
        host.exchange("AT+CSQ", "\r\n+CSQ: 30,0\r\n" + OK)
    assert stopped(running) == 3
    assert running.log().count(f"the trace /dev/full {ENDS_HERE}No space left on device") == 1


def test_trace_that_fills_the_disk(world, tmp_path):
    """What is in it up to there is whole lines, but for the last one."""
    limit = 20_000
    trace = tmp_path / "trace"
    running = world.module(
        "--trace", trace, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    with running.host() as host:
        while trace.stat().st_size < limit:
            host.exchange("AT", OK)
        for _ in range(20):
            host.exchange("AT", OK)
    assert stopped(running) == 3
    assert running.log().count(f"the trace {trace} {ENDS_HERE}File too large") == 1
    lines = trace.read_bytes().splitlines(keepends=True)
    assert len(lines) > 50
    for line in lines[:-1]:
        json.loads(line)


def test_a_failure_of_the_host_counts_more(world):
    done = world.run("--trace", "/dev/full", "--", "sh", "-c", "exit 7")
    assert done.returncode == 7
    assert world.run("--trace", "/dev/full", "--", "true").returncode == 3
    assert world.run("--", "true").returncode == 0


def test_a_limit_of_file_sizes_is_as_it_was_for_the_command(world):
    """Its signal is ours to ignore, not the command's."""
    done = world.run("--", "sh", "-c", "grep SigIgn /proc/$$/status")
    ignored = int(done.stdout.split()[1], 16)
    assert ignored >> (signal.SIGXFSZ - 1) & 1 == 0


def test_key_log_on_a_full_disk(world, pki, tls_server):
    server = tls_server("-tls1_2", client_certificate=False)
    running = world.module("--keylog", "/dev/full", "--map", f"peer.test:465=127.0.0.1:{server.port}")
    with running.host() as plain:
        plain.bring_up("AT+QIMUX=1")
        host = SecureHost(plain)
        host.configure(sslversion=3)
        for _ in range(2):
            assert host.open(1, "peer.test", 465) == 0
            host.close(1)
    assert stopped(running) == 3
    assert running.log().count(f"the key log /dev/full {ENDS_HERE}No space left on device") == 1


# ---- standard error ----


@pytest.fixture
def pipe():
    """A pipe of one page that nobody reads."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    yield reader, writer
    os.close(reader)


def read_all(descriptor):
    deadline, text = Deadline("the end of the log"), b""
    while True:
        deadline.readable(descriptor)
        block = os.read(descriptor, 65536)
        if not block:
            return text.decode()
        text += block


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_log_that_nobody_reads(world, pipe, form):
    """The module answers on; what was dropped is counted, and said when there is room again. No line is cut."""
    reader, writer = pipe
    running = subprocess.Popen(
        [PROGRAM, "--profile", "instant", "-vv", "--log-format", form],
        env=world.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=writer,
    )
    os.close(writer)
    try:
        tty = running.stdout.readline().decode().split()[2]
        with Host(tty) as host:
            host.echo_off()
            host.bring_up()
            for _ in range(50):  # each makes some lines of the log
                host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
                for command in ("AT+QIREGAPP", "AT+QIACT"):
                    host.exchange(command, OK)
            log = os.read(reader, 4096).decode()
            host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        running.send_signal(signal.SIGTERM)
        log += read_all(reader)
        assert running.wait(WATCHDOG) == 0
    finally:
        running.kill()
        running.stdout.close()
    told = re.findall(r"(\d+) lines were dropped: nobody read them", log)
    assert len(told) >= 1 and int(told[0]) > 10
    assert log.endswith("\n")
    for line in log.splitlines():
        if form == "json":
            json.loads(line)
        else:
            assert re.match(r"\d\d:\d\d:\d\d\.\d{3} (debug|info|warning|error) ", line), line


def test_the_last_words_do_not_wait_for_ever(world, pipe):
    reader, writer = pipe
    os.write(writer, b"x" * 4096)
    done = subprocess.run(
        [PROGRAM, "--model", "m96"], env=world.environment, stdin=subprocess.DEVNULL, stderr=writer, timeout=WATCHDOG
    )
    os.close(writer)
    assert done.returncode == 2


def test_others_do_not_find_the_pipe_non_blocking(world, pipe):
    _, writer = pipe
    running = subprocess.Popen(
        [PROGRAM, "--profile", "instant"],
        env=world.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=writer,
    )
    try:
        running.stdout.readline()
        assert not fcntl.fcntl(writer, fcntl.F_GETFL) & os.O_NONBLOCK
    finally:
        running.terminate()
        running.wait(WATCHDOG)
        running.stdout.close()
        os.close(writer)


# ---- a module that does not answer ----


@pytest.fixture
def silent(world):
    """A module whose process is stopped: its control socket takes connections and says nothing."""
    running = world.module()
    running.signal(signal.SIGSTOP)
    yield running
    running.signal(signal.SIGCONT)


@pytest.mark.parametrize(
    "arguments",
    [
        ["wait", "--timeout", "300ms"],
        ["ctl", "wait", "AT+QSSLOPEN", "timeout=300ms"],
        ["ctl", "wait", "AT+QSSLOPEN", "--timeout", "300ms"],
    ],
)
def test_a_timeout_holds_against_a_silent_socket(world, silent, arguments):
    before = time.monotonic()
    done = world.run(*arguments)
    assert time.monotonic() - before < WATCHDOG / 2
    assert done.returncode == 124
    assert b"does not answer" in done.stderr


def test_a_silent_module_does_not_hide_another(world, silent):
    other = world.module("--name", "other")
    done = world.run("ctl", "--to", other.tty, "state", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["name"] == "other"


def test_a_slow_clock_is_not_silence(world):
    """The timeout of ctl wait is module time."""
    world.module("--time-scale", "0.1")
    done = world.run("ctl", "wait", "AT+QSSLOPEN", "timeout=300ms")
    assert done.returncode == 124
    assert b"waited in vain" in done.stderr
