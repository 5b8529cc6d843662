# SPDX-License-Identifier: Apache-2.0
"""What the integration tests share: the program as a process, a host at its UART, peers for its sockets.

No wait here is a guess: everything waits for bytes, for a process or for a state, and WATCHDOG only ends what would
hang. A test that passes never waits for it.
"""

import contextlib
import os
import queue
import re
import select
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import serial

SOURCE = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("QUASIMODEM", str(SOURCE / "build/release/quasimodem"))
PYTHON = "/usr/bin/python3"  # the one that sees python3-serial, whatever else is first on the PATH
WATCHDOG = 100.0  # s
OK = "\r\nOK\r\n"
ERROR = "\r\nERROR\r\n"
CTRL_Z = b"\x1a"
# AddressSanitizer keeps freed memory for a while; to a test of memory it would look like a leak.
LITTLE_MEMORY = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def difference(got, expected):
    """Where two byte strings part, with what stands around it."""
    at = next((i for i, pair in enumerate(zip(got, expected)) if pair[0] != pair[1]), min(len(got), len(expected)))
    place = slice(max(0, at - 60), at + 60)
    return f"at byte {at} of {len(expected)}:\n     got {got[place]!r}\nexpected {expected[place]!r}"


class Deadline:
    """A point in time that a test which works never reaches."""

    def __init__(self, what, seconds=WATCHDOG):
        self.what = what
        self.end = time.monotonic() + seconds

    def left(self):
        left = self.end - time.monotonic()
        if left <= 0:
            raise AssertionError(f"waited in vain for {self.what}")
        return left

    def readable(self, descriptor):
        while not select.select([descriptor], [], [], self.left())[0]:
            pass


def wait_until(condition, what):
    """For states that nobody announces (a process is gone, a port listens). Looks often; never waits a fixed time."""
    deadline = Deadline(what)
    while not condition():
        deadline.left()
        time.sleep(0.001)


def qsec_sum(content):
    """The <checksum> of AT+QSECWRITE, computed independently of the program."""
    padded = content + b"\0" * (len(content) % 2)
    value = 0
    for at in range(0, len(padded), 2):
        value ^= padded[at] << 8 | padded[at + 1]
    return f"{value:x}"


# ---- the program ----


class Program:
    """One started process: standard output as lines, standard error in a file."""

    def __init__(self, arguments, environment, log_path, stdin=subprocess.DEVNULL, pass_fds=(), **options):
        self.log_path = log_path
        self.unread = b""
        with open(log_path, "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, *map(str, arguments)],
                env=environment,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=pass_fds,
                bufsize=0,
                **options,
            )

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return self.log_path.read_text(errors="replace")

    def read_line(self, what="a line on standard output"):
        deadline = Deadline(what)
        out = self.process.stdout.fileno()
        while b"\n" not in self.unread:
            deadline.readable(out)
            block = os.read(out, 4096)
            if not block:
                raise AssertionError(f"ended ({self.wait()}) before {what}:\n{self.unread!r}\n{self.log()}")
            self.unread += block
        line, _, self.unread = self.unread.partition(b"\n")
        return line.decode()

    def rest_of_output(self):
        deadline = Deadline("the end of standard output")
        out = self.process.stdout.fileno()
        while True:
            deadline.readable(out)
            block = os.read(out, 65536)
            if not block:
                rest, self.unread = self.unread, b""
                return rest
            self.unread += block

    def wait(self):
        return self.process.wait(WATCHDOG)

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """The clean end."""
        self.signal(signal.SIGTERM)
        code = self.wait()
        assert code == 0, f"ended with {code}\n{self.log()}"

    def kill(self):
        """The unclean end, as by a power cut."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait()

    def peak_kilobytes(self):
        """The most memory it ever used."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))


class Module(Program):
    """`quasimodem [OPTIONS]`, ready."""

    def __init__(self, arguments, environment, log_path, **options):
        super().__init__(arguments, environment, log_path, **options)
        self.ready_line = self.read_line("the ready line")
        word, self.name, self.tty = self.ready_line.split(" ", 2)
        assert word == "ready", self.ready_line

    def open(self, echo=True):
        return Host(self.tty, echo)

    @contextlib.contextmanager
    def host(self, echo=False):
        """A host that has opened the UART; with `echo` false it has sent ATE0."""
        host = Host(self.tty)
        try:
            if not echo:
                host.echo_off()
            yield host
        finally:
            host.close()


class World:
    """A place of its own for runtime and state files, and the programs that were started in it."""

    def __init__(self, directory):
        self.directory = directory
        self.runtime = directory / "runtime"
        self.state = directory / "state"
        self.home = directory / "home"
        for path in (self.runtime, self.state, self.home):
            path.mkdir(mode=0o700)
        foreign = ("XDG_CONFIG_HOME", "SSLKEYLOGFILE", "NOTIFY_SOCKET", "CLICOLOR_FORCE", "FORCE_COLOR")
        self.environment = {
            k: v for k, v in os.environ.items() if not k.startswith("QUASIMODEM_") and k not in foreign
        }
        self.environment.update(
            XDG_RUNTIME_DIR=str(self.runtime), XDG_STATE_HOME=str(self.state), HOME=str(self.home), NO_COLOR="1"
        )
        self.programs = []

    def _started(self, kind, arguments, environment, **options):
        log = self.directory / f"log-{len(self.programs)}"
        program = kind.__new__(kind)
        self.programs.append(program)
        program.__init__(arguments, {**self.environment, **environment}, log, **options)
        return program

    def start(self, *arguments, environment={}, **options):
        return self._started(Program, arguments, environment, **options)

    def module(self, *arguments, profile="instant", environment={}, **options):
        return self._started(Module, ("--profile", profile, *arguments), environment, **options)

    def run(self, *arguments, environment={}, **options):
        """Runs the program to its end."""
        done = subprocess.run(
            [PROGRAM, *(a if isinstance(a, bytes) else str(a) for a in arguments)],
            env={**self.environment, **environment},
            stderr=subprocess.PIPE,
            timeout=WATCHDOG,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **options},
        )
        sanitizer_is_silent(done.stderr.decode(errors="replace"))
        return done

    def runtime_files(self):
        return sorted(str(path.relative_to(self.runtime)) for path in self.runtime.rglob("*") if not path.is_dir())

    def close(self):
        for program in self.programs:
            if hasattr(program, "process"):
                program.kill()
                program.process.stdout.close()
        for program in self.programs:
            sanitizer_is_silent(program.log())


def sanitizer_is_silent(log):
    """UndefinedBehaviorSanitizer only writes, it does not change the exit code."""
    assert "Sanitizer" not in log and "runtime error:" not in log, log


# ---- the host ----


class HungUp(OSError):
    pass


class Host:
    """A host computer at the UART: pyserial, and comparing with what has to come."""

    line_end = "\r"

    def __init__(self, tty, echo=True):
        self.port = serial.Serial(tty, 115200, timeout=0, write_timeout=WATCHDOG)
        self.echo = echo
        self.unread = b""

    def close(self):
        self.port.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.port.write(as_bytes(data))

    def _receive(self, deadline):
        deadline.readable(self.port.fileno())
        block = os.read(self.port.fileno(), 65536)
        if not block:
            raise HungUp(f"the module is gone; the last it said is {self.unread!r}")
        self.unread += block

    def send_in_background(self, data):
        """For more than the line can hold: `data` goes out while the test reads."""
        writer = threading.Thread(target=self.send, args=[data], daemon=True)
        writer.start()
        return writer

    def read(self, count, what=None):
        """Exactly `count` bytes."""
        deadline = Deadline(what or f"{count} bytes")
        while len(self.unread) < count:
            self._receive(deadline)
        data, self.unread = self.unread[:count], self.unread[count:]
        return data

    def expect(self, expected):
        """The next bytes are these."""
        expected = as_bytes(expected)
        deadline = Deadline(repr(expected))
        while len(self.unread) < len(expected) and expected.startswith(self.unread):
            self._receive(deadline)
        got, self.unread = self.unread[: len(expected)], self.unread[len(expected) :]
        if got != expected:
            raise AssertionError(difference(got + self.unread, expected))

    def expect_match(self, pattern):
        """The next bytes match this, as short as possible."""
        deadline = Deadline(repr(pattern))
        compiled = re.compile(as_bytes(pattern), re.DOTALL)
        while not (match := compiled.match(self.unread)):
            try:
                self._receive(deadline)
            except AssertionError:
                raise AssertionError(f"got {self.unread!r}, expected {pattern!r}") from None
        self.unread = self.unread[match.end() :]
        return match

    def exchange(self, command, expected=OK):
        """Sends a command line; exactly its echo, when it is on, and `expected` come back."""
        command = as_bytes(command)
        self.send(command + as_bytes(self.line_end))
        self.expect((command + b"\r" if self.echo else b"") + as_bytes(expected))

    def echo_off(self):
        self.exchange("ATE0")
        self.echo = False

    def nothing_more(self):
        """Whatever should not have come would stand before this answer."""
        self.exchange("AT")

    # -- what many tests do --

    def fill_journal(self):
        """So that its memory, which is bounded, is in use before anything is measured."""
        writer = self.send_in_background(b"AT\r" * 10_000)
        assert self.read(6 * 10_000) == as_bytes(OK) * 10_000
        writer.join()

    def registered(self):
        """Waits for the network in a profile where that takes time. The SIM and Call Ready come before it."""
        deadline = Deadline("registration")
        state = b""
        while state != b"1":
            deadline.left()
            self.send("AT+CREG?\r")
            urc = r"(?:\r\n(?:\+CPIN: READY|Call Ready)\r\n)*"
            state = self.expect_match(rf"{urc}\r\n\+CREG: 0,(\d)\r\n{urc}\r\nOK\r\n")[1]

    def bring_up(self, *settings):
        """The context, as in the note."""
        for command in ("AT+QIFGCNT=0", 'AT+QICSGP=1,"CMNET"', *settings, "AT+QIREGAPP", "AT+QIACT"):
            self.exchange(command)
        self.exchange("AT+QILOCIP", "\r\n10.1.83.188\r\n")

    def prompted(self, command, data, answer="\r\nSEND OK\r\n"):
        self.exchange(command, "\r\n> ")
        self.send(data)
        self.expect(answer)

    def open_socket(self, index, server, host="127.0.0.1"):
        """A TCP socket with several sessions (AT+QIMUX=1)."""
        self.exchange(f'AT+QIOPEN={index},"TCP","{host}",{server.port}', f"{OK}\r\n{index}, CONNECT OK\r\n")

    def upload(self, name, content):
        self.exchange(f'AT+QSECWRITE="{name}",{len(content)},100', "\r\nCONNECT\r\n")
        self.send(content)
        self.expect(f"\r\n+QSECWRITE: {len(content)},{qsec_sum(content)}\r\n{OK}")

    def check_file(self, name, content):
        self.exchange(f'AT+QSECREAD="{name}"', f"\r\n+QSECREAD: 1,{qsec_sum(content)}\r\n{OK}")


# ---- peers ----


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def refusing_port():
    """A port that is nobody else's and refuses connections."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def listens(port):
    """Without connecting: that would be a client more than the test counts on."""
    listening = f":{port:04X} 00000000:0000 0A"
    return listening in Path("/proc/net/tcp").read_text()


class OpensslServer:
    """`openssl s_server`: `send` is its keyboard, `receive` its screen."""

    def __init__(self, pki, version="-tls1_1", client_certificate=True):
        options = ["-Verify", "2", "-verify_return_error", "-CAfile", pki / "ca.crt"] if client_certificate else []
        for _ in range(5):  # somebody else may take the port first
            self.port = free_port()
            self.process = subprocess.Popen(
                [
                    *("openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-quiet", version),
                    *("-cert", pki / "server.crt", "-key", pki / "server.key", "-cipher", "ALL:@SECLEVEL=0"),
                    *options,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
            wait_until(lambda: self._ended() or listens(self.port), "openssl s_server")
            if not self._ended():
                return
            self.close()
        raise AssertionError("openssl s_server does not start")

    def _ended(self):
        return self.process.poll() is not None

    def send(self, data):
        self.process.stdin.write(as_bytes(data))

    def receive(self, count):
        deadline = Deadline(f"{count} bytes at openssl s_server")
        data = b""
        while len(data) < count:
            deadline.readable(self.process.stdout)
            block = os.read(self.process.stdout.fileno(), count - len(data))
            assert block, "openssl s_server ended"
            data += block
        return data

    def expect(self, expected):
        assert self.receive(len(expected)) == as_bytes(expected)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class TcpServer:
    """Accepts TCP connections on 127.0.0.1 and hands them out one by one; with `echo` each sends back what it gets."""

    def __init__(self, echo=False):
        self.echo = echo
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.accepted = queue.Queue()
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                connection.settimeout(WATCHDOG)
                self.connections.append(connection)
                self.accepted.put(connection)
                if self.echo:
                    threading.Thread(target=self._echo, args=[connection], daemon=True).start()

    @staticmethod
    def _echo(connection):
        with contextlib.suppress(OSError):
            while block := connection.recv(65536):
                connection.sendall(block)

    def connection(self):
        return self.accepted.get(timeout=WATCHDOG)

    def close(self):
        # shutdown wakes the thread in accept; close alone would not.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class OnTerminal:
    """A program whose streams are a terminal of its own: `process`, at the two ends `master` and `slave` of a pty."""

    def types(self, keys):
        os.write(self.master, as_bytes(keys))

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def receive_exactly(connection, count):
    data = b""
    while len(data) < count:
        block = connection.recv(count - len(data))
        assert block, f"the peer's connection ended after {len(data)} of {count} bytes"
        data += block
    return data
