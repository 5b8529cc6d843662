#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Many modules in transparent mode for minutes, every line at its limit.

    QUASIMODEM=build/release/quasimodem tests/bench/soak.py --modules 64 --minutes 10

Each module has a line of 115200 baud with XON/XOFF (AT+IFC=1,1) and a peer that sends as much as its socket takes, TCP
and TLS in turn. The host of each reads and writes all the time, sends XOFF once a second and XON a quarter of a second
later, and leaves with `+++` every few seconds: OK, AT, ATO, CONNECT. Every byte of both directions is compared. Only
loopback is used. It ends by itself: with 0 when no byte was lost or changed and every escape was answered, else with 1.
"""

import argparse
import contextlib
import os
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import tty
from pathlib import Path

RATE = 115200
TICK = 0.01  # s between two looks at everything
GUARD = 0.5  # s of silence before and after +++ that the module wants
XON, XOFF, STUFF = 0x11, 0x13, 0x77
OK = b"\r\nOK\r\n"
CONNECT = b"\r\nCONNECT\r\n"
PATIENCE = 30.0  # s for an answer
OBEDIENCE = 0.1  # s of line time that may still come after XOFF: what a pty and a loaded machine have under way


class Wrong(Exception):
    """Something that must not happen."""


class Stream:
    """Endless bytes of all values but CR, so that the module's own words can be told from them."""

    def __init__(self, seed):
        noise = random.Random(seed).randbytes(70_000).replace(b"\r", b"")
        self.block = noise[:65_521]
        self.doubled = self.block * 2
        self.position = 0

    def next(self, size):
        at = self.position % len(self.block)
        self.position += size
        return self.doubled[at : at + size]

    def back(self, size):
        self.position -= size


def stuffed(data):
    return re.sub(rb"[\x11\x13\x77]", lambda match: bytes([STUFF, match[0][0] ^ 0xFF]), data)


class Host:
    """The host at one module: a generator that goes on at every tick."""

    def __init__(self, path, number, peer_port, secure):
        self.file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.file)
        self.name = f"module {number} ({'TLS' if secure else 'TCP'})"
        self.secure = secure
        self.peer_port = peer_port
        self.random = random.Random(1000 + number)
        self.up, self.down = Stream(f"up {number}"), Stream(f"down {number}")
        self.flow = False  # XON/XOFF is agreed upon
        self.may_send = True
        self.raw = b""
        self.unread = b""
        self.unwritten = b""
        self.last_write = 0.0
        self.stopped_at = None
        self.after_stop = 0
        self.next_stop = time.monotonic() + self.random.random()
        self.escapes = self.answers = self.stops = 0
        self.slowest = 0.0
        self.most_after_stop = 0
        self.in_data_state = False

    # ---- the line ----

    def write(self, data):
        self.unwritten += stuffed(data) if self.flow else data

    def write_now(self, byte):
        """XON and XOFF overtake what has not gone out yet."""
        with contextlib.suppress(BlockingIOError):
            return os.write(self.file, bytes([byte])) == 1
        return False

    def look(self):
        with contextlib.suppress(BlockingIOError):
            while block := os.read(self.file, 65536):
                self.raw += block
                if self.stopped_at is not None:
                    self.after_stop += len(block)
        self.decode()
        if self.unwritten and self.may_send:
            with contextlib.suppress(BlockingIOError):
                done = os.write(self.file, self.unwritten)
                self.unwritten = self.unwritten[done:]
                self.last_write = time.monotonic()

    def decode(self):
        if not self.flow:
            self.unread += self.raw
            self.raw = b""
            return
        raw, self.raw = self.raw, b""
        if raw.endswith(b"\x77"):
            raw, self.raw = raw[:-1], raw[-1:]
        for control in re.findall(rb"[\x11\x13]", raw):
            self.may_send = control[0] == XON
        self.unread += re.sub(
            rb"[\x11\x13]|\x77(.)", lambda match: bytes([match[1][0] ^ 0xFF]) if match[1] else b"", raw, flags=re.DOTALL
        )

    def stop_and_go(self):
        """XOFF once a second, XON a quarter of a second later."""
        now = time.monotonic()
        if self.stopped_at is None and now >= self.next_stop:
            self.look()  # what is here already came before
            if self.write_now(XOFF):
                self.stopped_at, self.after_stop = now, 0
                self.stops += 1
        elif self.stopped_at is not None and now >= self.stopped_at + 0.25:
            if self.write_now(XON):
                self.next_stop = self.stopped_at + 1.0
                self.stopped_at = None
                self.most_after_stop = max(self.most_after_stop, self.after_stop)
                if self.after_stop > RATE / 10 * OBEDIENCE:
                    raise Wrong(f"{self.after_stop} bytes came after XOFF")

    # ---- what it hears ----

    def hear_stream(self):
        """Takes what belongs to the peer's stream; what begins with CR is the module's."""
        end = self.unread.find(b"\r")
        data = self.unread if end < 0 else self.unread[:end]
        at = self.down.position
        while data:
            part, data = data[:60_000], data[60_000:]
            if part != self.down.next(len(part)):
                raise Wrong(f"the peer's bytes differ from byte {at} on")
        self.unread = b"" if end < 0 else self.unread[end:]

    def wait_for(self, words, what):
        """The module's words, and nothing but the peer's stream before them while that still runs."""
        end = time.monotonic() + PATIENCE
        while True:
            if self.in_data_state:
                self.hear_stream()
            if len(self.unread) >= len(words):
                if not self.unread.startswith(words):
                    raise Wrong(f"{what}: {self.unread[:60]!r} in the place of {words!r}")
                self.unread = self.unread[len(words) :]
                return
            if time.monotonic() > end:
                raise Wrong(f"{what}: no answer in {PATIENCE:.0f} s, only {self.unread[:60]!r}")
            yield

    def command(self, line, words=OK):
        self.write(line.encode() + b"\r")
        yield from self.wait_for(words, line)

    # ---- what it does ----

    def bring_up(self):
        yield from self.command("ATE0", b"ATE0\r" + OK)
        yield from self.registered()
        for line in (f"AT+IPR={RATE}", "AT+QIFGCNT=0", 'AT+QICSGP=1,"soak"', "AT+QIMODE=1"):
            yield from self.command(line)
        yield from self.command("AT+IFC=1,1")
        self.flow = True
        for line in ("AT+QIREGAPP", "AT+QIACT"):
            yield from self.command(line)
        yield from self.command("AT+QILOCIP", b"\r\n10.1.83.188\r\n")
        if self.secure:
            for line in ('"sslversion",0,3', '"seclevel",0,0', '"ciphersuite",0,"0XFFFF"'):
                yield from self.command(f"AT+QSSLCFG={line}")
            yield from self.command(f'AT+QSSLOPEN=0,0,"127.0.0.1",{self.peer_port},1', OK + CONNECT)
        else:
            yield from self.command(f'AT+QIOPEN="TCP","127.0.0.1",{self.peer_port}', OK + CONNECT)
        self.in_data_state = True

    def registered(self):
        while True:
            yield from self.pause(0.3)
            self.unread = b""
            self.write(b"AT+CGREG?\r")
            end = time.monotonic() + PATIENCE
            while OK not in self.unread and time.monotonic() < end:
                yield
            done = b"+CGREG: 0,1" in self.unread
            if done:
                yield from self.pause(1.5)  # Call Ready
                self.unread = b""
                return

    def pause(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            yield

    def converse(self, end):
        """Data both ways, and the way out and back in again every few seconds, until `end`."""
        while True:
            leave_at = time.monotonic() + self.random.uniform(1.5, 3.5)
            while time.monotonic() < leave_at:
                if len(self.unwritten) < 1000:
                    self.write(self.up.next(self.random.randrange(20, 400)))
                talk_at = time.monotonic() + self.random.uniform(0.02, 0.3)
                while time.monotonic() < talk_at:
                    self.hear_stream()
                    yield
            yield from self.leave()
            yield from self.command("AT")
            if time.monotonic() >= end:
                return
            yield from self.command("ATO", CONNECT)
            self.in_data_state = True

    def leave(self):
        while self.unwritten or time.monotonic() < self.last_write + GUARD + 0.3:
            self.hear_stream()
            yield
        self.escapes += 1
        self.write(b"+++")
        begin = time.monotonic()
        yield from self.wait_for(OK, "+++")
        self.in_data_state = False
        self.answers += 1
        self.slowest = max(self.slowest, time.monotonic() - begin - GUARD)

    def hang_up(self):
        yield from self.pause(1.0)  # the last packet's waiting time
        if self.secure:
            yield from self.command("AT+QSSLCLOSE=0", b"\r\nCLOSE OK\r\n")
        else:
            yield from self.command("AT+QICLOSE", b"\r\nCLOSE OK\r\n")

    def live(self, seconds):
        yield from self.bring_up()
        yield from self.converse(time.monotonic() + seconds)
        yield from self.hang_up()


class Peer:
    """Sends without end as much as its socket takes, and compares what comes."""

    def __init__(self, number, certificate):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.minimum_version = self.context.maximum_version = ssl.TLSVersion.TLSv1_2
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.load_cert_chain(certificate)
        self.up, self.down = Stream(f"up {number}"), Stream(f"down {number}")
        self.connection = None
        self.shaken = False
        self.refused = b""

    def look(self):
        if self.connection is None:
            with contextlib.suppress(BlockingIOError):
                connection, _ = self.listener.accept()
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
                connection.setblocking(False)
                if self.context:
                    connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                self.connection = connection
            return
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError, ConnectionResetError):
            if self.context and not self.shaken:
                self.connection.do_handshake()
            self.shaken = True
        if not self.shaken:
            return
        # Whether a read or a write has to wait says nothing about the other.
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError, OSError):
            while data := self.connection.recv(16384):
                at = self.up.position
                if data != self.up.next(len(data)):
                    raise Wrong(f"the host's bytes differ from byte {at} on")
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError, OSError):
            for _ in range(16):  # the others want their turn
                # A TLS write that had to wait is repeated with the same bytes.
                data, self.refused = self.refused or self.down.next(4096), b""
                try:
                    sent = self.connection.send(data)
                except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    self.refused = data
                    raise
                self.refused = data[sent:]


def certificate_in(directory):
    path = Path(directory) / "peer.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=soak.test"]
        + ["-keyout", path, "-out", Path(directory) / "peer.crt"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    path.write_text(path.read_text() + (Path(directory) / "peer.crt").read_text())
    return path


@contextlib.contextmanager
def modules(program, count, directory, seconds):
    """`quasimodem run --count`, ready; and it ends in time even if this script does not."""
    command = [program, "run", "--quiet", "--count", str(count), "--profile", "lab", "--ephemeral"]
    command += ["--allow", "127.0.0.1"]
    command += ["--name", f"soak-{os.getpid()}", "--uart", f"pty:{directory}/uart"]
    command += ["--timeout", f"{int(seconds) + 300}s"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr)
    try:
        for _ in range(count):
            if not process.stdout.readline():
                raise Wrong(f"the program ended with {process.wait()}")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def processor_seconds(pid):
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def run(hosts, peers, seconds):
    """The troubles; none is well."""
    troubles = []
    living = [(host, host.live(seconds)) for host in hosts]
    while living:
        begin = time.monotonic()
        for peer, host in zip(peers, hosts):
            try:
                peer.look()
            except Wrong as wrong:
                troubles.append(f"{host.name}: {wrong}")
                living = [entry for entry in living if entry[0] is not host]
                peer.shaken = False
        for host, life in list(living):
            try:
                if host.flow:
                    host.stop_and_go()
                host.look()
                next(life)
            except StopIteration:
                living.remove((host, life))
            except (Wrong, OSError) as wrong:
                troubles.append(f"{host.name}: {wrong}")
                living.remove((host, life))
        time.sleep(max(0.0, begin + TICK - time.monotonic()))
    for _ in range(100):  # what the last packets carry
        for peer in peers:
            peer.look()
        time.sleep(TICK)
    for peer, host in zip(peers, hosts):
        if peer.up.position != host.up.position and not any(text.startswith(host.name) for text in troubles):
            troubles.append(f"{host.name}: {host.up.position} bytes sent, {peer.up.position} arrived at the peer")
    return troubles


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--modules", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--program", default=os.environ.get("QUASIMODEM", "build/release/quasimodem"))
    arguments = parser.parse_args()
    seconds = arguments.minutes * 60
    with tempfile.TemporaryDirectory(prefix="soak-") as directory:
        certificate = certificate_in(directory)
        peers = [Peer(number, certificate if number % 2 else None) for number in range(arguments.modules)]
        with modules(arguments.program, arguments.modules, directory, seconds) as process:
            path = f"{directory}/uart-{{}}" if arguments.modules > 1 else f"{directory}/uart"
            hosts = [Host(path.format(i), i, peer.port, bool(i % 2)) for i, peer in enumerate(peers)]
            begin = time.monotonic()
            troubles = run(hosts, peers, seconds)
            took = time.monotonic() - begin
            load = processor_seconds(process.pid) / took
    down, up = sum(host.down.position for host in hosts), sum(host.up.position for host in hosts)
    print(f"{arguments.modules} modules, {took:.0f} s, {100 * load:.0f} % of a core")
    print(f"peers to hosts   {down / 1e6:.1f} MB, {down / took / len(hosts):.0f} B/s a module")
    print(f"hosts to peers   {up / 1e6:.2f} MB")
    escapes, answers = sum(host.escapes for host in hosts), sum(host.answers for host in hosts)
    slowest = max(host.slowest for host in hosts)
    print(f"+++              {escapes}, answered {answers}, the slowest {slowest:.2f} s after its guard time")
    stops, most = sum(host.stops for host in hosts), max(host.most_after_stop for host in hosts)
    print(f"XOFF             {stops}, at most {most} bytes after one")
    for trouble in troubles:
        print(f"WRONG  {trouble}")
    print("no byte lost, every escape answered" if not troubles else f"{len(troubles)} of {len(hosts)} modules failed")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
