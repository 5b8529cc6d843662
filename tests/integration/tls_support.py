# SPDX-License-Identifier: Apache-2.0
"""TLS servers that are not mbedTLS, and secure sockets as a host uses them."""

import contextlib
import os
import queue
import re
import select
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
from collections import defaultdict
from pathlib import Path

import pytest

from support import OK, SOURCE, WATCHDOG, TcpServer, as_bytes, free_port, wait_until

VERSIONS = ("SSL3.0", "TLS1.0", "TLS1.1", "TLS1.2")  # <sslversion> 0 to 3
SUITES = (0x0035, 0x002F, 0x0005, 0x0004, 0x000A, 0x003D)
ALL_VERSIONS = 4
PEERS = Path(__file__).resolve().parent / "peers"


def allowed(version, suite):
    """SHA-256 MACs came with TLS 1.2; every other cell exists."""
    return suite != 0x003D or version == 3


# ---- peers ----


class Peer:
    """A server process. What it says goes into a file, where `negotiated` finds the handshakes in their order."""

    name = ""
    program = ""
    versions = range(4)
    suites = SUITES
    echoes = True  # sends back what it gets; otherwise it answers HTTP requests
    binary = True  # also NUL

    def __init__(self, directory, pki, **options):
        self.pki = pki
        self.directory = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=directory))
        self.log = self.directory / "log"
        self.port = free_port()
        with open(self.log, "wb") as log:
            self.process = self.start(log, **options)
        wait_until(self._listens_or_died, self.name)

    @classmethod
    def installed(cls):
        return shutil.which(cls.program) is not None

    @classmethod
    def speaks(cls, version, suite):
        return allowed(version, suite) and version in cls.versions and suite in cls.suites

    def start(self, log, **options):
        raise NotImplementedError

    def run(self, arguments, log, stdin=subprocess.DEVNULL, stdout=None):
        return subprocess.Popen(
            [str(argument) for argument in arguments], stdin=stdin, stdout=stdout or log, stderr=log
        )

    def _listens_or_died(self):
        assert self.process.poll() is None, f"{self.name} did not start:\n{self.said()}"
        return self.listening()

    def listening(self):
        listener = re.compile(rf":{self.port:04X} 0+:0000 0A")
        return any(listener.search(Path(f"/proc/net/{table}").read_text()) for table in ("tcp", "tcp6"))

    def said(self):
        return self.log.read_text(errors="replace")

    def handshakes(self):
        """(version, suite) of each."""
        raise NotImplementedError

    def negotiated(self, count):
        """The newest handshake, once there were `count`."""
        wait_until(lambda: len(self.handshakes()) >= count, f"handshake {count} at {self.name}")
        assert len(self.handshakes()) == count, self.said()
        return self.handshakes()[-1]

    def close(self):
        self.process.kill()
        self.process.wait(WATCHDOG)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Nss(Peer):
    name = "NSS"
    program = "selfserv"
    echoes = False

    VERSION_NAMES = ("ssl3", "tls1.0", "tls1.1", "tls1.2")
    CIPHERS = {
        "256-bit AES with 160-bit SHA1": 0x0035,
        "128-bit AES with 160-bit SHA1": 0x002F,
        "128-bit RC4 with 160-bit SHA1": 0x0005,
        "128-bit RC4 with 128-bit MD5": 0x0004,
        "112-bit 3DES with 160-bit SHA1": 0x000A,
        "256-bit AES with 256-bit SHA256": 0x003D,
    }

    def start(self, log, highest=3, demand_certificate=False):
        database = self.directory
        bundle = database / "server.p12"
        for command in (
            f"openssl pkcs12 -export -name server -in {self.pki}/server.crt -inkey {self.pki}/server.key -certfile"
            f" {self.pki}/ca.crt -passout pass:secret -out {bundle}",
            f"certutil -N -d sql:{database} --empty-password",
            f"pk12util -d sql:{database} -i {bundle} -W secret -K",
            f"certutil -A -d sql:{database} -n authority -t CT,C,C -i {self.pki}/ca.crt",
        ):
            words = command.split() + ([""] if command.endswith("-K") else [])
            subprocess.run(words, check=True, stdout=log, stderr=log, timeout=WATCHDOG)
        return self.run(
            [
                *("selfserv", "-v", "-d", f"sql:{database}", "-n", "server", "-p", self.port),
                *("-V", f"ssl3:{self.VERSION_NAMES[highest]}", "-c", ":0035:002F:0005:0004:000A:003D"),
                *(["-r", "-r"] if demand_certificate else []),
            ],
            log,
        )

    def handshakes(self):
        reports = re.findall(r"SSL version 3\.(\d) using (.*) MAC", self.said())
        return [(int(version), self.CIPHERS[cipher]) for version, cipher in reports]


class Pike(Peer):
    name = "Pike"
    program = "pike8.0"

    def start(self, log):
        self.port = None
        return self.run(["pike8.0", PEERS / "echo.pike", self.pki / "server.crt", self.pki / "server.key"], log)

    def listening(self):
        first_line, end, _ = self.said().partition("\n")
        if end:
            self.port = int(first_line)
        return bool(end)

    def handshakes(self):
        reports = re.findall(r"connected 03(\w\w) (\w{4})\n", self.said())
        return [(int(version, 16), int(suite, 16)) for version, suite in reports]


class GnuTls(Peer):
    name = "GnuTLS"
    program = "gnutls-serv"
    versions = range(1, 4)
    binary = False

    CIPHERS = {
        "(AES-256-CBC)-(SHA1)": 0x0035,
        "(AES-128-CBC)-(SHA1)": 0x002F,
        "(ARCFOUR-128)-(SHA1)": 0x0005,
        "(ARCFOUR-128)-(MD5)": 0x0004,
        "(3DES-CBC)-(SHA1)": 0x000A,
        "(AES-256-CBC)-(SHA256)": 0x003D,
    }

    def start(self, log, demand_certificate=False):
        priority = (
            "NONE:+VERS-TLS1.0:+VERS-TLS1.1:+VERS-TLS1.2:+RSA:+AES-256-CBC:+AES-128-CBC:+3DES-CBC:+ARCFOUR-128"
            ":+SHA256:+SHA1:+MD5:+SIGN-ALL:+COMP-NULL:%VERIFY_ALLOW_BROKEN"
        )
        demand = ["--x509cafile", self.pki / "ca.crt", "--require-client-cert", "--verify-client-cert"]
        return self.run(
            [
                *("stdbuf", "-oL", "gnutls-serv", "--echo", "--port", self.port, "--priority", priority),
                *("--x509certfile", self.pki / "server.crt", "--x509keyfile", self.pki / "server.key"),
                *(demand if demand_certificate else []),
            ],
            log,
        )

    def handshakes(self):
        reports = re.findall(r"- Description: \(TLS1\.(\d)-X\.509\)-\(RSA\)-(.*)\n", self.said())
        return [(int(version) + 1, self.CIPHERS[cipher]) for version, cipher in reports]


class OpenSsl(Peer):
    """Echoes because its input is its own output: what the client sends is typed to the client."""

    name = "OpenSSL"
    program = "openssl"
    versions = range(1, 4)
    suites = (0x0035, 0x002F, 0x003D)  # the distribution's has neither RC4 nor 3DES

    PROTOCOLS = (None, "TLSv1", "TLSv1.1", "TLSv1.2")

    def start(
        self, log, highest=3, certificate="server.crt", key="server.key", chain=None, demand_certificate=False, sni=None
    ):
        """`sni` is a name, and the certificate for who calls the server that."""
        called = ["-servername", sni[0], "-cert2", self.pki / sni[1], "-key2", self.pki / key] if sni else []
        self.messages = self.directory / "messages"
        demand = ["-Verify", "2", "-verify_return_error", "-CAfile", self.pki / "ca.crt"]
        out, into = os.pipe()
        try:
            return self.run(
                [
                    *("openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{self.port}"),
                    *("-msg", "-msgfile", self.messages, "-no_ticket", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"),
                    *("-min_protocol", "TLSv1", "-max_protocol", self.PROTOCOLS[highest]),
                    *("-cert", self.pki / certificate, "-key", self.pki / key),
                    *(["-cert_chain", self.pki / chain] if chain else []),
                    *(demand if demand_certificate else []),
                    *called,
                ],
                log,
                stdin=out,
                stdout=into,
            )
        finally:
            os.close(out)
            os.close(into)

    def handshakes(self):
        """The ServerHello has version and suite in it; only a connection that was made has a second Finished."""
        text = self.messages.read_text() if self.messages.exists() else ""
        made = []
        hello = None
        for direction, kind, body in re.findall(r"(<<<|>>>) [^\n]*, (\w+)\n((?:    [^\n]*\n)+)", text):
            octets = bytes.fromhex("".join(body.split()))
            if kind == "ServerHello":
                session_id = octets[38]
                hello = octets[5], int.from_bytes(octets[39 + session_id : 41 + session_id], "big")
            elif kind == "Finished" and direction == ">>>":
                made.append(hello)
        return made


KINDS = (Nss, Pike, GnuTls, OpenSsl)


class PythonTls(TcpServer):
    """OpenSSL as a TLS 1.2 server in the test's own process. Each connection, after its handshake, is for the test to
    play."""

    def __init__(self, pki, receive_buffer=None):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
        self.context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(pki / "server.crt", pki / "server.key")
        self.listener = socket.socket()
        if receive_buffer:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        self.accepted = queue.Queue()
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                wire, _ = self.listener.accept()
                wire.settimeout(WATCHDOG)
                self.accepted.put(self.context.wrap_socket(wire, server_side=True, suppress_ragged_eofs=False))

    def connection(self):
        self.connections.append(self.accepted.get(timeout=WATCHDOG))
        return self.connections[-1]


def hang_up(connection):
    """The end by FIN."""
    connection.close()


def reset(connection):
    """The end by RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class CuttingProxy:
    """Stands before a server and ends the connection once the server has said `limit` bytes, with `end(socket)`."""

    def __init__(self, port, limit, end):
        self.target = port
        self.limit = limit
        self.end = end
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                module, _ = self.listener.accept()
                with socket.create_connection(("127.0.0.1", self.target)) as server:
                    self._carry(module, server)
                self.end(module)

    def _carry(self, module, server):
        left = self.limit
        while left > 0:
            readable, _, _ = select.select([module, server], [], [], WATCHDOG)
            if module in readable:
                block = module.recv(65536)
                if not block:
                    return
                server.sendall(block)
            if server in readable:
                block = server.recv(left)
                if not block:
                    return
                module.sendall(block)
                left -= len(block)

    def close(self):
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# ---- the host's side ----


class SecureHost:
    """A host with secure sockets: keeps the URCs that come between its commands."""

    URC = rb'\r\n\+QSSLURC: "(recv|closed)",(?:0,)?(\d)\r\n'

    def __init__(self, host):
        self.host = host
        self.heard = defaultdict(list)

    def answer(self, pattern):
        """The next bytes match this; URCs before it are kept."""
        while True:
            match = self.host.expect_match(rb"(?:%s|%s)" % (self.URC, as_bytes(pattern)))
            if match[1] is None:
                return match
            self.heard[int(match[2])].append(match[1].decode())

    def command(self, line, answer=OK):
        self.host.send(as_bytes(line) + b"\r")
        return self.answer(re.escape(as_bytes(answer)))

    def configure(self, context=0, **settings):
        for name, value in settings.items():
            self.command(f'AT+QSSLCFG="{name}",{context},{value}')

    def open(self, ssid, host, port, context=0, timeout=90):
        """<connectcode>"""
        self.command(f'AT+QSSLOPEN={ssid},{context},"{host}",{port},0,{timeout}')
        return int(self.answer(rf"\r\n\+QSSLOPEN: {ssid},(-?\d)\r\n")[3])

    def send(self, ssid, data):
        """True for SEND OK, False for SEND FAIL."""
        self.command(f"AT+QSSLSEND={ssid},{len(data)}", "\r\n> ")
        self.host.send(data)
        return self.answer(rb"\r\nSEND (OK|FAIL)\r\n")[3] == b"OK"

    def receive_some(self, ssid, most=1500):
        """What has come; empty when nothing waits."""
        self.host.send(f"AT+QSSLRECV=0,{ssid},{most}\r")
        match = self.answer(rb"\r\n(?:OK\r\n|\+QSSLRECV: [0-9.]+:\d+,TCP,(\d+)\r\n)")
        if match[3] is None:
            return b""
        data = self.host.read(int(match[3]))
        self.host.expect(OK)
        return data

    def wait_for(self, ssid, urc):
        while urc not in self.heard[ssid]:
            match = self.host.expect_match(self.URC)
            self.heard[int(match[2])].append(match[1].decode())
        self.heard[ssid].remove(urc)

    def receive(self, ssid, count):
        """Exactly `count` bytes."""
        data = b""
        while len(data) < count:
            some = self.receive_some(ssid, min(1500, count - len(data)))
            if not some:
                self.wait_for(ssid, "recv")
            data += some
        return data

    def receive_until_closed(self, ssid):
        self.wait_for(ssid, "closed")
        data = b""
        while some := self.receive_some(ssid):
            data += some
        return data

    def close(self, ssid):
        self.command(f"AT+QSSLCLOSE={ssid}", f"\r\n{ssid}, CLOSE OK\r\n")
        self.heard.pop(ssid, None)

    def exchange_with(self, peer, ssid):
        """Data both ways as far as this peer can, then the end."""
        if not peer.echoes:
            request = b"GET /matrix HTTP/1.0\r\nX: " + bytes(range(0x21, 0x7F)) * 4 + b"\r\n\r\n"
            assert self.send(ssid, request)
            answer = self.receive_until_closed(ssid)
            # NSS shows the request in its answer.
            assert answer.startswith(b"HTTP/1.0 200 OK\r\n") and request in answer, answer
            self.heard.pop(ssid, None)
            return
        data = bytes(range(256)) * 5 if peer.binary else bytes(range(0x20, 0x7F)) * 10 + b"\n"
        assert self.send(ssid, data)
        assert self.receive(ssid, len(data)) == data
        self.close(ssid)


# ---- servers that tools/setup unpacks and the tests start themselves ----

UNPACKED = SOURCE / ".cache/peers"
SERVED_ENVIRONMENT = {**os.environ, "LD_LIBRARY_PATH": str(UNPACKED / f"usr/lib/{os.uname().machine}-linux-gnu")}


def served(program):
    """The path of a server or client of Debian's; skips the test where it is not there."""
    for folder in ("usr/sbin", "usr/bin"):
        if (UNPACKED / folder / program).exists():
            return UNPACKED / folder / program
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not found:
        pytest.skip(f"{program} is not there (tools/setup unpacks it)")
    return found
