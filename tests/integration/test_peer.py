# SPDX-License-Identifier: Apache-2.0
"""`quasimodem peer`: the project's own test servers, judged by clients of other people's."""

import contextlib
import hashlib
import os
import random
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import threading

import pytest
from peer_support import (
    NAMES,
    SUITES,
    VERSIONS,
    EchoServer,
    Wire,
    context,
    gnutls_client,
    hexadecimal,
    nss_echo,
    records,
    s_client,
    secure,
)
from support import WATCHDOG, Deadline, receive_exactly
from tls_support import SecureHost

KINDS = ("tls-echo", "tcp-echo", "udp-echo")
NOISE = random.Random(1).randbytes(1 << 20)
ANY = 0x0035
NAME_OF_OPENSSL = {0x0035: "AES256-SHA", 0x002F: "AES128-SHA", 0x003D: "AES256-SHA256"}  # what Debian's has

needs_nss = pytest.mark.skipif(not shutil.which("tstclnt"), reason="no tstclnt (libnss3-tools)")
needs_gnutls = pytest.mark.skipif(not shutil.which("gnutls-cli"), reason="no gnutls-cli (gnutls-bin)")


@pytest.fixture
def serve(world):
    """`serve(kind, *options)` starts an echo server and waits until it listens."""
    return lambda *arguments: EchoServer(world, *arguments)


@pytest.fixture
def own(pki):
    """The options for a server with a certificate of the test CA."""
    return "--cert", pki / "server.crt", "--key", pki / "server.key"


def lines(text):
    return text.decode().splitlines()


# ---- starting and stopping ----


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ready_line_and_clean_stop(serve, kind, number):
    server = serve(kind)
    assert server.host == "127.0.0.1" and server.port > 0
    server.program.signal(number)
    assert server.program.wait() == 0
    assert server.program.rest_of_output() == b""


def test_stop_with_connections_under_way(serve, own, pki):
    server = serve("tls-echo", *own)
    with server.connect(), secure(server, context(pki)) as connection:
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
        server.program.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_ready_descriptor(world, kind):
    reading, writing = os.pipe()
    try:
        server = world.start("peer", kind, "--ready-fd", writing, pass_fds=[writing])
        os.close(writing)
        Deadline("the newline").readable(reading)
        assert os.read(reading, 10) == b"\n"
        server.stop()
    finally:
        os.close(reading)


@pytest.mark.parametrize("kind", KINDS)
def test_busy_port(world, serve, kind):
    server = serve(kind)
    done = world.run("peer", kind, "--listen", f"127.0.0.1:{server.port}")
    assert done.returncode == 3
    assert done.stdout == b""
    assert lines(done.stderr)[0] == f"error: cannot listen at 127.0.0.1:{server.port}: Address already in use"


def test_chosen_port_and_name(serve):
    first = serve("tcp-echo")
    port = first.port
    first.program.stop()
    assert serve("tcp-echo", "--listen", f"localhost:{port}").ready_line == f"ready tcp-echo 127.0.0.1:{port}"


@pytest.mark.parametrize("kind", KINDS)
def test_warning_when_others_can_reach_it(serve, kind):
    server = serve(kind, "--listen", "0.0.0.0:0")
    warning = f"warning: other machines can reach 0.0.0.0:{server.port}, and nothing of what this server speaks is secure"
    assert warning in server.program.log().splitlines()


def test_no_warning_on_loopback(serve, own):
    server = serve("tls-echo", *own, "--listen", "127.3.2.1:0")
    server.program.stop()
    assert server.program.log() == ""


def test_throwaway_identity_is_told_and_known(serve):
    server = serve("tls-echo")
    assert server.program.log().startswith("note: no --cert and --key:")
    certificate = ssl.get_server_certificate(("127.0.0.1", server.port))
    made = context(None)
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(cadata=certificate)
    with secure(server, made) as connection:
        assert ("commonName", "localhost") in [part for rdn in connection.getpeercert()["subject"] for part in rdn]


WRONG = [
    ([], "which server?"),
    (["tls"], 'unknown server "tls"'),
    (["tls-ecko"], 'unknown server "tls-ecko"; did you mean "tls-echo"?'),
    (["tls-echo", "--listne", "x"], 'unknown option "--listne"; did you mean "--listen"?'),
    (["tls-echo", "more"], 'unknown argument "more"'),
    (["tcp-echo", "--cert", "x"], 'unknown option "--cert"'),
    (["udp-echo", "--fault", "stall@data"], 'unknown option "--fault"'),
    (["tls-echo", "--listen", "localhost"], 'cannot listen at "localhost"'),
    (["tls-echo", "--listen", "example.test:1"], 'cannot listen at "example.test:1"'),
    (["tls-echo", "--listen", "127.0.0.1:65536"], 'cannot listen at "127.0.0.1:65536"'),
    (["tls-echo", "--listen", "127.0.0.1:1x"], 'cannot listen at "127.0.0.1:1x"'),
    (["tls-echo", "--cert", "server.crt"], "--cert and --key go together"),
    (["tls-echo", "--client-auth", "require"], "--client-auth require needs to know whose clients are welcome"),
    (["tls-echo", "--client-auth", "maybe"], 'unknown --client-auth "maybe"'),
    (["tls-echo", "--versions", "tls1.3"], 'unknown version "tls1.3"; did you mean "tls1.0"?'),
    (["tls-echo", "--versions", "tls1.0,tls1.2"], "--versions tls1.0,tls1.2: there is a gap"),
    (["tls-echo", "--versions", ""], 'unknown version ""'),
    (["tls-echo", "--suites", "0x0036"], 'unknown cipher suite "0x0036"'),
    (["tls-echo", "--versions", "tls1.1", "--suites", "0x003D"], f"{SUITES[0x003D]} cannot be used with TLS1.1"),
    (["tls-echo", "--fault", "stall"], "--fault stall: a fault is KIND@STEP, like stall@hello, or none"),
    (["tls-echo", "--fault", "stall@hullo"], '--fault stall@hullo: unknown step "hullo"; did you mean "hello"?'),
    (["tcp-echo", "--fault", "alert@data"], "--fault alert@data: only TLS has this"),
    (["tcp-echo", "--fault", "stall@hello"], "--fault stall@hello: only TLS has this"),
    (["mqtt", "--cert", "x"], "--cert to --suites are for TLS"),
    (["mqtt", "--banner", "x"], 'unknown option "--banner"'),
    (["mqtt", "--fault", "stall@hello"], "--fault stall@hello: only TLS has this"),
    (["mqtt", "--user", "u:1", "--user", "u:2"], "--user: u stands twice"),
    (["http", "--user", "u:1"], 'unknown option "--user"'),
    (["tcp-echo", "--ready-fd", "99"], "--ready-fd 99: no such open descriptor"),
]


@pytest.mark.parametrize("arguments, message", WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_use(world, arguments, message):
    done = world.run("peer", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    said = lines(done.stderr)
    assert said[0] == f"error: {message}"
    assert len(said) == 2 and said[1].startswith("       ")


@pytest.mark.parametrize(
    "name, content, code, message",
    [
        ("missing.crt", None, 3, "cannot read --cert {}: No such file or directory"),
        ("directory", "directory", 3, "cannot read --cert {}: Is a directory"),
        ("empty.crt", b"", 3, "cannot read --cert {}: it is empty"),
        ("broken.crt", b"nonsense", 2, "server certificate: "),
    ],
)
def test_certificate_of_no_use(world, pki, tmp_path, name, content, code, message):
    file = tmp_path / name
    if content == "directory":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    done = world.run("peer", "tls-echo", "--cert", file, "--key", pki / "server.key")
    assert done.returncode == code
    assert lines(done.stderr)[0].startswith("error: " + message.format(file))


def test_key_of_another_certificate(world, pki):
    done = world.run("peer", "tls-echo", "--cert", pki / "server.crt", "--key", pki / "client.key")
    assert done.returncode == 2
    assert lines(done.stderr)[0].startswith("error: server key: ")


@pytest.mark.parametrize("arguments", [["peer", "--help"], ["help", "peer"], ["peer", "-h"]])
def test_help(world, arguments):
    done = world.run(*arguments)
    assert done.returncode == 0 and done.stderr == b""
    for kind in KINDS:
        assert f"quasimodem peer {kind} [OPTIONS]" in done.stdout.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_help_of_each(world, kind):
    done = world.run("peer", kind, "--help")
    assert done.returncode == 0 and done.stderr == b""
    text = done.stdout.decode()
    assert f"Usage: quasimodem peer {kind} [OPTIONS]" in text
    assert max(len(line) for line in text.splitlines()) <= 120
    # Every step and kind of fault is explained.
    for word in "stall alert reset close garbage accept certificate key-exchange finished connected data none".split():
        assert bool(re.search(rf"\b{word}\b", text)) == (kind == "tls-echo" or (kind == "tcp-echo" and word in TCP_WORDS)), word


TCP_WORDS = "stall reset close garbage accept data none".split()


# ---- TLS: versions and suites ----


@pytest.fixture(scope="module")
def cells():
    return [(version, suite) for version in range(4) for suite in SUITES if suite != 0x003D or version == 3]


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("suite", NAME_OF_OPENSSL)
def test_openssl(serve, own, pki, version, suite):
    if suite == 0x003D and version < 3:
        pytest.skip("not in the protocol")
    server = serve("tls-echo", *own)
    with secure(server, context(pki, version, NAME_OF_OPENSSL[suite])) as connection:
        assert (connection.version(), connection.cipher()[0]) == (NAMES[version], NAME_OF_OPENSSL[suite])
        connection.sendall(bytes(range(256)))
        assert connection.recv(256) == bytes(range(256))
    assert server.connections(1)[0].startswith(f"{VERSIONS[version]} {SUITES[suite]}, no client certificate, 256 B in, 256")


@needs_gnutls
@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("suite, priority", [(0x000A, "+3DES-CBC:+SHA1"), (0x0005, "+ARCFOUR-128:+SHA1"), (0x0004, "+ARCFOUR-128:+MD5")])
def test_gnutls(serve, own, version, suite, priority):
    server = serve("tls-echo", *own, "--once")
    said = gnutls_client(server, f"+VERS-TLS1.{version - 1}:{priority}", b"to and fro\n")
    assert b"\nto and fro\n" in said, said
    assert server.connections(1)[0].startswith(f"{VERSIONS[version]} {SUITES[suite]}, no client certificate, 11 B in, 11")


@needs_nss
def test_nss_in_every_cell(world, serve, own, cells):
    if b"SSL3.0  no" in world.run("doctor", "--tls").stdout:
        cells = [cell for cell in cells if cell[0] > 0]
    server = serve("tls-echo", *own)
    for version, suite in cells:
        assert nss_echo(server, version, suite), (VERSIONS[version], SUITES[suite])
    ended = server.connections(len(cells))
    assert [line.split(",")[0] for line in ended] == [f"{VERSIONS[v]} {SUITES[s]}" for v, s in cells]


def test_versions_are_limits(serve, own):
    server = serve("tls-echo", *own, "--versions", "tls1.0,TLS1.1")
    assert "unsupported protocol" in s_client(server, "-tls1_2")
    assert "Protocol  : TLSv1.1" in s_client(server)
    assert "Protocol  : TLSv1\n" in s_client(server, "-tls1")
    first = server.connections(3)[0]
    assert first == "0 B in, 0 B out, handshake failed: the peer refused with the alert protocol_version (70)"

    server = serve("tls-echo", *own, "--versions", "tls1.2")
    assert "SSL alert number 70" in s_client(server, "-tls1_1")
    assert "Protocol  : TLSv1.2" in s_client(server)


def test_suites_are_limits_and_preferences(serve, own):
    server = serve("tls-echo", *own, "--suites", f"0x002f,{SUITES[0x0035]}")
    assert "Cipher    : AES128-SHA\n" in s_client(server, "-cipher", "AES256-SHA:AES128-SHA:@SECLEVEL=0")
    assert "Cipher    : AES256-SHA\n" in s_client(server, "-cipher", "AES256-SHA:@SECLEVEL=0")
    assert "SSL alert number 40" in s_client(server, "-cipher", "AES256-SHA256:@SECLEVEL=0")


def test_what_a_client_calls_the_server_is_logged(serve):
    server = serve("tls-echo")
    s_client(server, "-servername", "meter.test")
    s_client(server, "-noservername")
    first, second = server.connections(2)
    assert ", called meter.test, " in first and "called" not in second


# ---- TLS: client certificates ----


@pytest.mark.parametrize(
    "wanted, certificate, outcome",
    [
        ("none", None, "no client certificate"),
        ("none", "client", "no client certificate"),
        ("request", None, "no client certificate"),
        ("request", "client", "client certificate O=quasimodem tests, CN=Test client"),
        ("request", "stranger", None),
        ("require", None, None),
        ("require", "client", "client certificate O=quasimodem tests, CN=Test client"),
        ("require", "stranger", None),
        (None, None, None),  # with --ca alone: require
    ],
)
@pytest.mark.parametrize("version", [1, 3])
def test_client_authentication(serve, own, pki, wanted, certificate, outcome, version):
    server = serve("tls-echo", *own, "--ca", pki / "ca.crt", *(["--client-auth", wanted] if wanted else []))
    made = context(pki, version, certificate=certificate)
    if outcome is None:
        with pytest.raises((ssl.SSLError, ConnectionError)), secure(server, made) as connection:
            connection.sendall(b"x")
            connection.recv(1)
        assert "handshake failed: " in server.connections(1)[0]
        return
    with secure(server, made) as connection:
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
    assert f", {outcome}, 1 B in, 1 B out, " in server.connections(1)[0]


def test_refusal_reaches_s_client(serve, own, pki):
    server = serve("tls-echo", *own, "--ca", pki / "ca.crt", "--client-auth", "require")
    said = s_client(server, "-cert", pki / "stranger.crt", "-key", pki / "stranger.key", typed=b"x")
    assert "SSL alert number 48" in said  # unknown_ca


# ---- data ----


def echo_all(connection, data):
    """Sends in one thread and receives in the other, so that neither end waits for the other."""
    sender = threading.Thread(target=connection.sendall, args=[data])
    sender.start()
    echo = receive_exactly(connection, len(data))
    sender.join(WATCHDOG)
    return echo


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_megabyte_over_tls(serve, own, pki, version):
    server = serve("tls-echo", *own)
    with secure(server, context(pki, version)) as connection:
        # One at a time: Python's ssl object is not for two threads at once.
        echo = b""
        for at in range(0, len(NOISE), 65536):
            connection.sendall(NOISE[at : at + 65536])
            echo += receive_exactly(connection, 65536)
        assert echo == NOISE
        connection.unwrap()  # waits for the server's close_notify
    assert server.connections(1)[0].endswith("1048576 B in, 1048576 B out, close_notify by the client")


def test_a_megabyte_over_tcp(serve):
    server = serve("tcp-echo")
    with server.connect() as connection:
        assert echo_all(connection, NOISE) == NOISE
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert server.connections(1) == ["1048576 B in, 1048576 B out, ended by the client"]


def blocked(connection):
    return not select.select([], [connection], [], 0.3)[1]


@pytest.mark.parametrize("kind", ["tcp-echo", "tls-echo"])
def test_client_that_does_not_read_is_not_read(serve, own, pki, kind):
    """The server does not pile up what a client will not take; later everything comes back."""
    server = serve(kind, *(own if kind == "tls-echo" else []))
    enough = 64  # MB; the operating system's buffers hold much less
    with server.connect() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection = context(pki).wrap_socket(plain) if kind == "tls-echo" else plain
        with connection:
            connection.setblocking(False)
            sent = 0
            expected = hashlib.sha256()
            while sent < enough * len(NOISE):
                # The rest of NOISE, so that TLS's "the same bytes again after want-write" is kept.
                at = sent % len(NOISE)
                try:
                    count = connection.send(NOISE[at : at + 16384])
                except (BlockingIOError, ssl.SSLWantWriteError):
                    if blocked(connection):
                        break
                    continue
                expected.update(NOISE[at : at + count])
                sent += count
            assert 0 < sent < enough * len(NOISE)

            got, pending = 0, sent
            echo = hashlib.sha256()
            while pending:
                try:
                    block = connection.recv(min(65536, pending))
                except (BlockingIOError, ssl.SSLWantReadError):
                    Deadline("the echo").readable(connection)
                    continue
                assert block
                echo.update(block)
                got, pending = got + len(block), pending - len(block)
            assert (got, echo.digest()) == (sent, expected.digest())


@pytest.mark.parametrize("kind", ["tcp-echo", "tls-echo"])
def test_many_at_once(serve, own, pki, kind):
    server = serve(kind, *(own if kind == "tls-echo" else []))
    count = 50
    with contextlib.ExitStack() as stack:
        connections = [
            stack.enter_context(secure(server, context(pki)) if kind == "tls-echo" else server.connect())
            for _ in range(count)
        ]
        for turn in range(3):
            for number, connection in enumerate(connections):
                connection.sendall(b"%d/%d" % (turn, number))
            for number, connection in reversed(list(enumerate(connections))):
                expected = b"%d/%d" % (turn, number)
                assert receive_exactly(connection, len(expected)) == expected
    assert len(server.connections(count)) == count


def test_end_without_close_notify(serve, own, pki):
    server = serve("tls-echo", *own)
    with secure(server, context(pki)) as connection:
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
        connection.shutdown(socket.SHUT_WR)  # from here on Python's connection is without TLS
        assert records(connection.recv(1000)) == ["alert"]
        assert connection.recv(1) == b""
    assert server.connections(1)[0].endswith("1 B in, 1 B out, ended by the client without close_notify")


def test_reset_by_the_client(serve, own, pki):
    server = serve("tls-echo", *own)
    with secure(server, context(pki)) as connection:
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert server.connections(1)[0].endswith("1 B in, 1 B out, reset by the client")


def test_what_is_no_tls(serve, own):
    server = serve("tls-echo", *own)
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass
    assert server.connections(1)[0].startswith("0 B in, 0 B out, handshake failed: ")


def test_banner(serve, own, pki):
    server = serve("tls-echo", *own, "--banner", r"220 hello\r\n\x00")
    with secure(server, context(pki)) as connection:
        assert receive_exactly(connection, 12) == b"220 hello\r\n\0"
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
    server = serve("tcp-echo", "--banner", "hello")
    with server.connect() as connection:
        assert receive_exactly(connection, 5) == b"hello"


@pytest.mark.parametrize("kind", ["tcp-echo", "tls-echo"])
def test_once(serve, own, pki, kind):
    server = serve(kind, "--once", *(own if kind == "tls-echo" else []))
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(secure(server, context(pki)) if kind == "tls-echo" else server.connect())
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
        with pytest.raises(ConnectionRefusedError):
            server.connect()
    assert server.program.wait() == 0
    assert len(server.connections(1)) == 1


def test_quiet_without_v(world, own):
    server = world.start("peer", "tcp-echo")
    port = int(server.read_line().rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"x")
        assert connection.recv(1) == b"x"
    server.stop()
    assert server.log() == ""


def test_udp(serve):
    server = serve("udp-echo")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        for each in (client, other):
            each.settimeout(WATCHDOG)
            each.connect(("127.0.0.1", server.port))
        for size in (1, 0, 512, 1472, 9000, 65507):
            client.send(NOISE[:size])
            other.send(b"other")
            assert client.recv(65536) == NOISE[:size]
            assert other.recv(65536) == b"other"
    assert [line for line in server.connections(12) if line != "5 B"] == ["1 B", "0 B", "512 B", "1472 B", "9000 B", "65507 B"]


def test_udp_goes_on_when_a_client_is_gone(serve):
    server = serve("udp-echo")
    for _ in range(20):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"nobody waits for this", ("127.0.0.1", server.port))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(WATCHDOG)
        client.connect(("127.0.0.1", server.port))
        client.send(b"x")
        assert client.recv(10) == b"x"


def test_udp_once(serve):
    server = serve("udp-echo", "--once")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(WATCHDOG)
        client.connect(("127.0.0.1", server.port))
        client.send(b"x")
        assert client.recv(10) == b"x"
    assert server.program.wait() == 0


# ---- faults ----

HANDSHAKE_STEPS = ("accept", "hello", "certificate", "key-exchange", "finished")
STEPS = (*HANDSHAKE_STEPS, "connected", "data")
SENT_BEFORE = {
    "accept": [],
    "hello": [],
    "certificate": ["ServerHello", "Certificate"],
    "key-exchange": ["ServerHello", "Certificate", "ServerHelloDone"],
    "finished": ["ServerHello", "Certificate", "ServerHelloDone"],
    "connected": ["ServerHello", "Certificate", "ServerHelloDone", "ChangeCipherSpec", "Finished"],
    "data": ["ServerHello", "Certificate", "ServerHelloDone", "ChangeCipherSpec", "Finished"],
}


@pytest.mark.parametrize("step", STEPS)
def test_stall(serve, own, pki, step):
    server = serve("tls-echo", *own, "--fault", f"stall@{step}")
    with Wire(server, context(pki, 3)) as wire:
        for _ in range({"accept": 0, "hello": 1, "certificate": 1}.get(step, 2)):
            wire.flight()
        if step not in HANDSHAKE_STEPS:
            wire.finish_handshake()
        if step == "data":
            wire.send(b"x")
        assert wire.all_records() == SENT_BEFORE[step]
    assert server.connections(1)[0].endswith(f" fault stall@{step}")


def test_stall_with_client_authentication_withholds_the_request(serve, own, pki):
    server = serve("tls-echo", *own, "--ca", pki / "ca.crt", "--fault", "stall@certificate", "--fault", "stall@hello")
    with Wire(server, context(pki, 3)) as wire:
        wire.flight()
        assert wire.all_records() == ["ServerHello", "Certificate"]


@pytest.mark.parametrize("step", STEPS)
def test_alert(serve, own, step):
    server = serve("tls-echo", *own, "--fault", f"alert@{step}", "--fault", f"alert:unknown_ca@{step}")
    assert "SSL alert number 40" in s_client(server, typed=b"x")
    assert "SSL alert number 48" in s_client(server, typed=b"x")
    assert [line.rpartition(", ")[2] for line in server.connections(2)] == [
        f"fault alert@{step}",
        f"fault alert:unknown_ca@{step}",
    ]


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_alert_in_older_versions(serve, own, version):
    server = serve("tls-echo", *own, *(word for step in STEPS for word in ("--fault", f"alert:bad_certificate@{step}")))
    for _ in STEPS:
        assert "SSL alert number 42" in s_client(server, version, typed=b"x")


@pytest.mark.parametrize("step", STEPS)
def test_reset(serve, own, step):
    server = serve("tls-echo", *own, "--fault", f"reset@{step}")
    assert "errno=104" in s_client(server, typed=b"x")
    assert server.connections(1)[0].endswith(f", fault reset@{step}")


@pytest.mark.parametrize("step", STEPS)
def test_close(serve, own, step):
    server = serve("tls-echo", *own, "--fault", f"close@{step}")
    assert "unexpected eof while reading" in s_client(server, typed=b"x")
    assert server.connections(1)[0].endswith(f", fault close@{step}")


@pytest.mark.parametrize("step", STEPS)
def test_garbage(serve, own, step):
    server = serve("tls-echo", *own, "--fault", f"garbage@{step}")
    assert "wrong version number" in s_client(server, typed=b"x")
    assert server.connections(1)[0].endswith(f", fault garbage@{step}")


def test_faults_take_turns(serve, own):
    server = serve("tls-echo", *own, "--fault", "alert@hello", "--fault", "none", "--fault", "close@hello")
    for _ in range(2):
        assert "SSL alert number 40" in s_client(server)
        assert "Protocol  : TLSv1.2" in s_client(server)
        assert "unexpected eof while reading" in s_client(server)


@pytest.mark.parametrize("step", ["accept", "data"])
@pytest.mark.parametrize("kind", ["stall", "close", "garbage"])
def test_faults_of_tcp(serve, kind, step):
    server = serve("tcp-echo", "--banner", "hi", "--fault", f"{kind}@{step}")
    with server.connect() as connection:
        if step == "data":
            assert receive_exactly(connection, 2) == b"hi"
            connection.sendall(b"x")
        if kind == "garbage":
            assert receive_exactly(connection, 64)[0] == 0xFF
        if kind != "close":
            connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert server.connections(1) == [f"{1 if step == 'data' else 0} B in, 0 B out, fault {kind}@{step}"]


@pytest.mark.parametrize("step", ["accept", "data"])
def test_reset_of_tcp(serve, step):
    server = serve("tcp-echo", "--banner", "hi", "--fault", f"reset@{step}")
    with pytest.raises(ConnectionResetError):  # a quick one is seen by connect() already
        with server.connect() as connection:
            if step == "data":
                assert receive_exactly(connection, 2) == b"hi"
                connection.sendall(b"x")
            connection.recv(1)
    assert server.connections(1) == [f"{1 if step == 'data' else 0} B in, 0 B out, fault reset@{step}"]


# ---- a module at them ----


@pytest.fixture
def host(module):
    with module("--ephemeral").host() as host:
        host.bring_up("AT+QIMUX=1")
        yield SecureHost(host)


def test_module_echoes_through_tls(host, serve, pki, own):
    server = serve("tls-echo", *own, "--ca", pki / "ca.crt")
    for name, file in (("ca", "ca.crt"), ("cert", "client.crt"), ("key", "client.key")):
        host.host.upload(f"RAM:{name}.pem", (pki / file).read_bytes())
    host.configure(seclevel=2, cacert='"RAM:ca.pem"', clientcert='"RAM:cert.pem"', clientkey='"RAM:key.pem"')
    assert host.open(1, "127.0.0.1", server.port) == 0
    assert host.send(1, NOISE[:1000])
    assert host.receive(1, 1000) == NOISE[:1000]
    host.close(1)
    assert ", client certificate O=quasimodem tests, CN=Test client, 1000 B in, 1000 B out, " in server.connections(1)[0]


@pytest.mark.parametrize("step", HANDSHAKE_STEPS)
@pytest.mark.parametrize("kind", ["alert", "reset", "close", "garbage"])
def test_module_reports_a_failed_handshake(host, serve, own, kind, step):
    server = serve("tls-echo", *own, "--fault", f"{kind}@{step}", "--fault", "none")
    assert host.open(1, "127.0.0.1", server.port) == -1
    assert host.open(1, "127.0.0.1", server.port) == 0  # and goes on as if nothing had been


@pytest.mark.parametrize("step", ["connected", "data"])
@pytest.mark.parametrize("kind", ["alert", "reset", "close", "garbage"])
def test_module_reports_the_end_of_a_connection(host, serve, own, kind, step):
    server = serve("tls-echo", *own, "--fault", f"{kind}@{step}")
    code = host.open(1, "127.0.0.1", server.port)
    if step == "connected" and code == -1:
        return  # the end came together with the server's Finished
    assert code == 0
    if step == "data":
        assert host.send(1, b"x")
    host.wait_for(1, "closed")
