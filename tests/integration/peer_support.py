# SPDX-License-Identifier: Apache-2.0
"""`quasimodem peer` as a process, and TLS clients that are not mbedTLS: openssl, gnutls-cli, NSS and Python's ssl."""

import contextlib
import os
import re
import socket
import ssl
import subprocess
import warnings

from support import WATCHDOG, Deadline, wait_until

VERSIONS = ("SSL3.0", "TLS1.0", "TLS1.1", "TLS1.2")
SUITES = {
    0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
    0x0005: "TLS_RSA_WITH_RC4_128_SHA",
    0x0004: "TLS_RSA_WITH_RC4_128_MD5",
    0x000A: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    0x002F: "TLS_RSA_WITH_AES_128_CBC_SHA",
    0x003D: "TLS_RSA_WITH_AES_256_CBC_SHA256",
}
NAMES = ("", "TLSv1", "TLSv1.1", "TLSv1.2")  # of OpenSSL


class EchoServer:
    """One server, listening. `connections` are the lines it logs, each without time and address."""

    def __init__(self, world, kind, *options):
        self.program = world.start("peer", kind, "-v", *options)
        self.ready_line = self.program.read_line("the ready line")
        word, name, address = self.ready_line.split(" ")
        assert (word, name) == ("ready", kind), self.ready_line
        self.host, _, port = address.rpartition(":")
        self.port = int(port)

    def connections(self, count):
        """The log lines of the first `count` connections, once they have all ended."""
        names = "(?:tls|tcp|udp)-echo|http|ftp|smtp|mqtt"
        pattern = re.compile(rf"^\S+ info +(?:{names}): 127\.0\.0\.1:\d+: (.*)$", re.MULTILINE)
        wait_until(lambda: len(pattern.findall(self.program.log())) >= count, f"the end of {count} connections")
        lines = pattern.findall(self.program.log())
        assert len(lines) == count, self.program.log()
        return lines

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), WATCHDOG)


def context(pki, version=None, ciphers="ALL:COMPLEMENTOFALL", certificate=None):
    """OpenSSL as a client that is content with what was good in 2015."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.set_ciphers(ciphers + ":@SECLEVEL=0")
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that is what they are here for
        made.minimum_version = ssl.TLSVersion.TLSv1
        if version is not None:
            made.minimum_version = made.maximum_version = ssl.TLSVersion[NAMES[version].replace(".", "_")]
    if pki is None:
        made.verify_mode = ssl.CERT_NONE
    else:
        made.load_verify_locations(pki / "ca.crt")
    if certificate:
        made.load_cert_chain(pki / f"{certificate}.crt", pki / f"{certificate}.key")
    return made


@contextlib.contextmanager
def secure(server, made):
    with server.connect() as plain, made.wrap_socket(plain) as connection:
        yield connection


def s_client(server, *options, typed=b""):
    """What `openssl s_client` says. It leaves after the handshake, or when the server does if something was typed."""
    version = [] if any(str(option).startswith("-tls1") for option in options) else ["-no_tls1_3"]
    done = subprocess.run(
        [
            *("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", *version),
            *("-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", *(["-ign_eof"] if typed else []), *map(str, options)),
        ],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=WATCHDOG,
    )
    return done.stdout.decode(errors="replace")


def gnutls_client(server, priority, typed):
    done = subprocess.run(
        [
            *("gnutls-cli", "--insecure", "--port", str(server.port)),
            *("--priority", f"NONE:{priority}:+RSA:+SIGN-ALL:+COMP-NULL", "127.0.0.1"),
        ],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=WATCHDOG,
    )
    return done.stdout


def nss_echo(server, version, suite, text=b"to and fro\n"):
    """NSS's client sends a line with exactly these and waits for its echo. It never ends by itself."""
    name = ("ssl3", "tls1.0", "tls1.1", "tls1.2")[version]
    client = subprocess.Popen(
        [
            *("tstclnt", "-D", "-o", "-h", "127.0.0.1", "-p", str(server.port)),
            *("-V", f"{name}:{name}", "-c", f":{suite:04X}"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    try:
        client.stdin.write(text)
        deadline = Deadline(f"the echo of {name} {suite:04X}")
        echo = b""
        while len(echo) < len(text):
            deadline.readable(client.stdout)
            block = os.read(client.stdout.fileno(), 4096)
            if not block:
                return False
            echo += block
        return echo == text
    finally:
        client.kill()
        client.wait(WATCHDOG)
        client.stdin.close()
        client.stdout.close()


def hexadecimal(suite):
    return f"0x{suite:04X}"


class Wire:
    """A TLS client that shows what is on the wire: each `flight` sends all that the client has to say by then."""

    def __init__(self, server, made):
        self.socket = server.connect()
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.session = made.wrap_bio(self.incoming, self.outgoing)
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flight(self):
        """Reads until the client has something to say in the handshake, and says it."""
        while not self.outgoing.pending:
            try:
                self.session.do_handshake()
            except ssl.SSLWantReadError:
                if not self.outgoing.pending:
                    self._receive()
        self.socket.sendall(self.outgoing.read())

    def finish_handshake(self):
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                self.session.do_handshake()
                return
            self._receive()

    def send(self, data):
        self.session.write(data)
        self.socket.sendall(self.outgoing.read())

    def _receive(self):
        block = self.socket.recv(65536)
        assert block, "the server ended the stream"
        self.received += block
        self.incoming.write(block)

    def all_records(self):
        """Ends the client's side; what the server has sent in all until it left: handshake messages by name."""
        self.socket.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while block := self.socket.recv(65536):
                self.received += block
        return records(self.received)


MESSAGES = {2: "ServerHello", 11: "Certificate", 13: "CertificateRequest", 14: "ServerHelloDone"}


def records(data):
    names = []
    encrypted = False
    while len(data) >= 5:
        kind, size = data[0], int.from_bytes(data[3:5], "big")
        if kind == 20:
            names.append("ChangeCipherSpec")
            encrypted = True
        elif kind == 22:
            names.append("Finished" if encrypted else MESSAGES[data[5]])
        else:
            names.append({21: "alert", 23: "data"}[kind])
        data = data[5 + size :]
    assert not data, data
    return names
