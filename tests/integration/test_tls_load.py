# SPDX-License-Identifier: Apache-2.0
"""Much data over real sockets, several connections at once, slow ends."""

import contextlib
import random
import threading

import pytest

from support import WATCHDOG, receive_exactly
from tls_support import OpenSsl, Pike, PythonTls, SecureHost

KILOBYTES = 200


def stream(seed, size):
    return random.Random(seed).randbytes(size)


@pytest.fixture
def host(module):
    with module().host() as plain:
        plain.bring_up("AT+QIMUX=1")
        yield SecureHost(plain)
        plain.nothing_more()


def run_six(host, ports, contexts):
    """Opens one after the other while the others work; portions in turn; closes as they get done."""
    size = KILOBYTES * 1000
    data = [stream(ssid, size) for ssid in range(6)]
    sent, received = [0] * 6, [0] * 6
    opened = []
    done = set()
    for turn in range(100_000):
        if turn % 5 == 0 and len(opened) < 6:
            ssid = len(opened)
            assert host.open(ssid, "127.0.0.1", ports[ssid], context=contexts[ssid]) == 0
            opened.append(ssid)
        for ssid in set(opened) - done:
            portion = data[ssid][sent[ssid] : sent[ssid] + 1 + (turn * 37 + ssid * 501) % 1460]
            if portion and host.send(ssid, portion):
                sent[ssid] += len(portion)
            back = host.receive_some(ssid)
            assert back == data[ssid][received[ssid] : received[ssid] + len(back)], f"socket {ssid}"
            received[ssid] += len(back)
            if received[ssid] == size:
                host.close(ssid)
                done.add(ssid)
        if len(done) == 6:
            return
        if len(opened) == 6 and all(sent[ssid] == size for ssid in set(range(6)) - done):
            ssid = min(set(range(6)) - done)
            received[ssid] += len(rest := host.receive(ssid, size - received[ssid]))
            assert rest == data[ssid][size - len(rest) :]
            host.close(ssid)
            done.add(ssid)
            if len(done) == 6:
                return
    raise AssertionError("did not come to an end")


def test_six_sockets_on_one_context(host, tmp_path, pki):
    with OpenSsl(tmp_path, pki) as one:
        # s_server serves one after the other, so each socket has a server of its own.
        servers = [one] + [OpenSsl(tmp_path, pki) for _ in range(5)]
        try:
            run_six(host, [server.port for server in servers], [3] * 6)
        finally:
            for server in servers:
                server.close()


def test_six_sockets_on_six_contexts(host, tmp_path, pki):
    if not Pike.installed():
        pytest.skip("no pike8.0")
    with Pike(tmp_path, pki) as server:
        settings = [(1, 0x0035), (2, 0x002F), (3, 0x0005), (1, 0x0004), (2, 0x000A), (3, 0x003D)]
        for context, (version, suite) in enumerate(settings):
            host.configure(context, sslversion=version, ciphersuite=f'"0X{suite:04X}"')
        run_six(host, [server.port] * 6, range(6))
        assert sorted(server.handshakes()) == sorted(settings)


def test_a_host_that_does_not_fetch(module, pki):
    """The peer sends 20 MB to a host that is busy elsewhere: it is kept waiting, not kept in the module's memory."""
    program = module()
    with PythonTls(pki) as server, program.host() as plain:
        plain.bring_up("AT+QIMUX=1")
        host = SecureHost(plain)
        assert host.open(0, "127.0.0.1", server.port) == 0
        connection = server.connection()
        total = 20_000_000
        before = program.peak_kilobytes()

        def send():
            with contextlib.suppress(OSError):  # the host closes in the middle
                connection.sendall(stream(1, total))

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        host.wait_for(0, "recv")
        other = PythonTls(pki)
        for _ in range(20):  # as long as 20 connections take
            assert host.open(1, "127.0.0.1", other.port) == 0
            other.connection()
            host.close(1)
        other.close()
        assert sender.is_alive()
        assert program.peak_kilobytes() - before < 10_000
        expected = stream(1, total)
        received = bytearray()
        while len(received) < 300_000:
            received += host.receive_some(0)
        assert received == expected[: len(received)]
        host.close(0)
        sender.join(WATCHDOG)


def test_a_peer_that_does_not_read(host, pki):
    """SEND FAIL when nothing more goes; what was accepted arrives, and a retry works."""
    with PythonTls(pki, receive_buffer=4096) as server:
        assert host.open(0, "127.0.0.1", server.port) == 0
        connection = server.connection()
        data = stream(2, 4_000_000)
        sent = 0
        while host.send(0, data[sent : sent + 1460]):
            sent += 1460
            assert sent < len(data) - 2920, "never blocked"
        assert sent > 50_000
        for _ in range(3):
            assert not host.send(0, b"x")
        assert receive_exactly(connection, sent) == data[:sent]
        while not host.send(0, data[sent : sent + 1460]):
            pass
        assert receive_exactly(connection, 1460) == data[sent : sent + 1460]
        host.close(0)


def test_one_index_again_and_again(host, tmp_path, pki):
    with OpenSsl(tmp_path, pki) as server:
        for count in range(50):
            assert host.open(5, "127.0.0.1", server.port) == 0
            host.exchange_with(server, 5)
        assert len(server.handshakes()) == 50
