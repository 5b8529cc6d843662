# SPDX-License-Identifier: Apache-2.0
"""A full disk, a pipe that nobody reads, a module that does not answer: nothing hangs, nothing is silent."""

import contextlib
import fcntl
import json
import os
import re
import resource
import signal
import socket
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


# ---- a pipe whose reader has stopped reading ----


@pytest.fixture(params=["FIFO", "pipe"])
def stalled(request, tmp_path):
    """Where to write, and both ends: a FIFO, or what a shell makes of `>(command)`. Its reader reads nothing."""
    if request.param == "FIFO":
        place = tmp_path / "fifo"
        os.mkfifo(place)
        reader = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
        writer = os.open(place, os.O_WRONLY)
    else:
        reader, writer = os.pipe()
        place = f"/dev/fd/{writer}"
    yield place, reader, writer
    os.close(reader)
    with contextlib.suppress(OSError):
        os.close(writer)


def fill(writer):
    """For whom writes next there is no room."""
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)


def test_trace_that_nobody_reads(world, stalled):
    """As on a full disk."""
    place, reader, writer = stalled
    running = world.module("--trace", place, pass_fds=[writer])
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    assert os.get_blocking(writer)  # others do not find it non-blocking
    with running.host() as host:
        for _ in range(1000):
            host.exchange("AT", OK)
    assert stopped(running) == 3
    assert running.log().count(f"the trace {place} {ENDS_HERE}nobody reads it") == 1
    os.close(writer)
    lines = read_all(reader).splitlines()
    assert len(lines) > 5
    for line in lines[:-1]:
        json.loads(line)


def test_key_log_that_nobody_reads(world, tls_server, stalled):
    place, _, writer = stalled
    server = tls_server("-tls1_2", client_certificate=False)
    running = world.module("--keylog", place, pass_fds=[writer])
    fill(writer)
    with running.host() as plain:
        plain.bring_up("AT+QIMUX=1")
        host = SecureHost(plain)
        host.configure(sslversion=3)
        for _ in range(2):
            assert host.open(1, "127.0.0.1", server.port) == 0
            host.close(1)
    assert stopped(running) == 3
    assert running.log().count(f"the key log {place} {ENDS_HERE}nobody reads it") == 1


def test_a_reader_may_be_slow(world, stalled):
    """It gets everything, also what a pipe of the usual size does not hold."""
    place, reader, writer = stalled
    running = world.module("--trace", place, pass_fds=[writer])
    with running.host() as host:
        for _ in range(500):
            host.exchange("AT", OK)
    running.stop()
    os.close(writer)
    trace = read_all(reader)
    assert len(trace) > 65536
    assert len([json.loads(line) for line in trace.splitlines()]) > 1000


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


@pytest.fixture
def sockets(world):
    """`sockets(name)` is a control socket with nobody behind it, in whose queue there is still room."""
    directory = world.runtime / "quasimodem"
    directory.mkdir(mode=0o700)
    with contextlib.ExitStack() as opened:

        def listener(name, queue=socket.SOMAXCONN):
            one = opened.enter_context(socket.socket(socket.AF_UNIX))
            one.bind(str(directory / f"{name}.ctl"))
            one.listen(queue)
            return one

        yield listener


def test_silent_sockets_share_a_timeout(world, sockets):
    """Whose UART is at a link they are all asked."""
    for number in range(40):
        sockets(f"silent-{number}")
    before = time.monotonic()
    done = world.run("wait", "--to", "./x", "--timeout", "300ms")
    assert time.monotonic() - before < WATCHDOG / 2
    assert done.returncode == 124
    message = done.stderr.decode()
    assert "silent-0, silent-1, silent-10, " in message and "do not answer" in message
    assert "is running" not in message


def test_silent_module_may_be_the_one(world, silent):
    done = world.run("wait", "--to", silent.tty, "--timeout", "300ms")
    assert done.returncode == 124
    message = done.stderr.decode()
    assert "m95 does not answer" in message and "is running" not in message
    done = world.run("ctl", "--to", silent.tty, "state")
    assert done.returncode == 3
    assert b"m95 does not answer" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["ctl", "--to", "full", "wait", "timeout=300ms"], ["wait", "--to", "full", "--timeout", "300ms"]]
)
def test_a_timeout_holds_against_a_full_queue(world, sockets, arguments):
    path = sockets("full", queue=0).getsockname()
    with contextlib.ExitStack() as clients:
        with contextlib.suppress(BlockingIOError):
            while True:
                client = clients.enter_context(socket.socket(socket.AF_UNIX))
                client.setblocking(False)
                client.connect(path)
        done = world.run(*arguments)
    assert done.returncode == 124
    assert b"does not answer" in done.stderr


def test_a_silent_module_does_not_hide_another(world, silent):
    other = world.module("--name", "other")
    assert world.run("wait", "--to", other.tty).returncode == 0
    done = world.run("ctl", "--to", other.tty, "state", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["name"] == "other"


def test_a_slow_clock_is_not_silence(world):
    """The timeout of ctl wait is module time."""
    world.module("--time-scale", "0.1")
    done = world.run("ctl", "wait", "AT+QSSLOPEN", "timeout=300ms")
    assert done.returncode == 124
    assert b"waited in vain" in done.stderr
