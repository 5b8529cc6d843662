# SPDX-License-Identifier: Apache-2.0
"""`quasimodem console`: a person at a terminal, and a pipe."""

import os
import pty
import signal
import socket
import subprocess
import termios

import pytest

from support import PROGRAM, WATCHDOG, Deadline, OnTerminal, as_bytes

END = b"\x1d"  # Ctrl-]


class Person(OnTerminal):
    """`quasimodem console` on a terminal of its own."""

    def __init__(self, world, *arguments):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [PROGRAM, "console", *map(str, arguments)],
            env=world.environment,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
        )
        self.seen = b""

    def sees(self, text):
        deadline = Deadline(f"{text!r} on the screen, after {self.seen!r}")
        while as_bytes(text) not in self.seen:
            deadline.readable(self.master)
            self.seen += os.read(self.master, 4096)
        self.seen = self.seen.split(as_bytes(text), 1)[1]

    def ends(self, code):
        assert self.process.wait(WATCHDOG) == code
        assert termios.tcgetattr(self.slave) == self.before, "the terminal is not as it was"


def test_a_person(world, module):
    running = module()
    with Person(world) as person:
        person.sees(f"console of tty:{running.tty},115200; Ctrl-] ends it\r\n")
        for key in "AT+CSQ\r":
            person.types(key)
        person.sees("AT+CSQ\r\r\n+CSQ: 30,0\r\n\r\nOK\r\n")
        person.types(b"\x03\x1a\x04")  # Ctrl-C, Ctrl-Z, Ctrl-D are the module's
        person.types("\rATE0\r")
        person.sees("\r\nOK\r\n")
        person.types(END)
        person.ends(0)


def test_keys_before_the_end_are_sent(world, module):
    with module("--trace", world.directory / "trace").host() as host:
        host.exchange("AT")
    with Person(world) as person:
        person.sees("ends it\r\n")
        person.types(b"AT+GMI\r" + END + b"AT+GMM\r")
        person.ends(0)
    trace = (world.directory / "trace").read_text()
    assert "GMI" in trace and "GMM" not in trace


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_with_the_terminal_restored(world, module, number):
    module()
    with Person(world) as person:
        person.sees("ends it\r\n")
        person.types("AT\r")
        person.sees("OK\r\n")
        person.process.send_signal(number)
        person.ends(0)


def test_the_module_ends(world, module):
    running = module()
    with Person(world) as person:
        person.sees("ends it\r\n")
        person.types("AT\r")
        person.sees("OK\r\n")
        running.stop()
        person.sees("was closed at the other end")
        person.ends(3)


def test_by_name_path_and_url(world, module):
    first, second = module("--name", "first"), module("--name", "second", "--uart", "tcp-listen:127.0.0.1:0")
    third = module("--name", "third", "--uart", "rfc2217:127.0.0.1:0", "--model", "m66")
    ask = {"stdin": None, "input": b"AT+CGMM\n"}
    for to, model in [
        ("first", b"M95"),
        (first.tty, b"M95"),
        ("second", b"M95"),
        (second.tty, b"M95"),
        ("third", b"M66"),
        (third.tty, b"M66"),
    ]:
        done = world.run("console", "--to", to, "--quiet", "200ms", **ask)
        assert done.returncode == 0 and b"Quectel_" + model in done.stdout, (to, done)
    done = world.run("console", **ask)
    assert done.returncode == 3 and b"say which: --to first" in done.stderr
    done = world.run("console", "--to", "frist", **ask)
    assert done.returncode == 3 and b'did you mean "first"?' in done.stderr


def test_a_pipe_is_sent_line_by_line(world, module):
    module()
    lines = b"ATE0\nAT+CMGF=1\r\nAT+CMGS=\"+447700900123\"\nhello\x1a\nAT+CSQ"
    done = world.run("console", "--quiet", "300ms", stdin=None, input=lines)
    assert done.returncode == 0
    assert done.stdout.startswith(b"ATE0\r\r\nOK\r\n\r\nOK\r\n\r\n> ")
    assert b"+CMGS: 1\r\n\r\nOK\r\n" in done.stdout
    done = world.run("console", "--quiet", "300ms", stdin=None, input=b"\rAT+CSQ\n")
    assert b"\r\n+CSQ: 30,0\r\n\r\nOK\r\n" in done.stdout


def test_a_pipe_waits_for_answers(world):
    """What a module would drop as typed ahead is sent when it listens again."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        program = world.start("console", "--to", f"tcp:127.0.0.1:{port}", "--quiet", "60s", stdin=subprocess.PIPE)
        peer, _ = server.accept()
        with peer:
            peer.settimeout(WATCHDOG)
            program.process.stdin.write(b"AT\nATI\n")
            program.process.stdin.close()
            assert peer.recv(100) == b"AT\r"
            peer.sendall(b"\r\nOK\r\n")
            assert peer.recv(100) == b"ATI\r"
        assert program.wait() == 3  # it went before it had answered


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        ([], 3, "error: no module is running"),
        (["--to", "/dev/nothing"], 3, 'error: no module "/dev/nothing" is running'),
        (["--quiet", "long"], 2, "error: --quiet long: not a duration"),
        (["--too", "x"], 2, 'error: unknown option "--too"; did you mean "--to"?'),
        (["m95"], 2, 'error: unknown argument "m95"'),
    ],
)
def test_wrong_use(world, arguments, code, message):
    done = world.run("console", *arguments)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.decode().splitlines()[0] == message
