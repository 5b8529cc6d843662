# SPDX-License-Identifier: Apache-2.0
"""Failures over real sockets: one result for every AT+QSSLOPEN, one URC for every end."""

import contextlib
import socket

import pytest

from support import free_port, receive_exactly
from tls_support import CuttingProxy, GnuTls, OpenSsl, PythonTls, SecureHost, hang_up, reset


@pytest.fixture
def program(module):
    return module("--allow", "127.0.0.1")


@pytest.fixture
def host(program):
    with program.host() as plain:
        plain.bring_up("AT+QIMUX=1")
        yield SecureHost(plain)
        plain.nothing_more()


def check_that_it_works(host, pki, tmp_path):
    with OpenSsl(tmp_path, pki) as peer:
        assert host.open(1, "127.0.0.1", peer.port) == 0
        host.exchange_with(peer, 1)


def test_refused_and_unreachable(host, program, pki, tmp_path):
    assert host.open(1, "127.0.0.1", free_port()) == -1
    assert "connection refused" in program.log()
    assert host.open(1, "198.51.100.7", 443) == -1  # not among those that --allow names
    assert "198.51.100.7:443: unreachable" in program.log()
    check_that_it_works(host, pki, tmp_path)


@pytest.mark.parametrize("end", [hang_up, reset], ids=["closed", "reset"])
@pytest.mark.parametrize("limit", [0, 1, 5, 60, 500, 1000])
def test_cut_off_in_the_handshake(host, program, pki, tmp_path, limit, end):
    with OpenSsl(tmp_path, pki) as peer, CuttingProxy(peer.port, limit, end) as proxy:
        assert host.open(1, "127.0.0.1", proxy.port) == -1
        # A reset may arrive before the connection is known to be made; then no handshake has begun.
        reasons = (" during the handshake\n", ": connection reset\n")
        assert sum(program.log().count(reason) for reason in reasons) == 1
    check_that_it_works(host, pki, tmp_path)


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(100), bytes(range(256)) * 40])
def test_something_else_than_tls(host, program, tcp_server, pki, tmp_path, words):
    host.command(f'AT+QSSLOPEN=1,0,"127.0.0.1",{tcp_server.port},0')
    connection = tcp_server.connection()
    assert connection.recv(1)
    with contextlib.suppress(OSError):  # the module may hang up in the middle
        connection.sendall(words)
    host.answer(r"\r\n\+QSSLOPEN: 1,-1\r\n")
    assert "socket1.tls: not a record of this protocol" in program.log()
    check_that_it_works(host, pki, tmp_path)


def test_no_common_suite(host, program, pki, tmp_path):
    with OpenSsl(tmp_path, pki) as peer:
        host.configure(ciphersuite='"0X0005"')
        assert host.open(1, "127.0.0.1", peer.port) == -1
        assert "the peer refused with the alert handshake_failure (40)" in program.log()
        host.configure(ciphersuite='"0XFFFF"')
    check_that_it_works(host, pki, tmp_path)


@pytest.mark.parametrize(
    "kind, alert",
    [(OpenSsl, "handshake_failure (40)"), (GnuTls, "decode_error (50)")],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_reason_is_known_although_the_peer_hangs_up(host, program, pki, tmp_path, kind, alert):
    """The peer sends its alert and closes while the module's flight is under way."""
    if not kind.installed():
        pytest.skip(f"no {kind.program}")
    host.configure(sslversion=3)
    with kind(tmp_path, pki, demand_certificate=True) as peer:
        for _ in range(10):
            assert host.open(1, "127.0.0.1", peer.port) == -1
    assert program.log().count(f"the peer refused with the alert {alert}") == 10, program.log()


def ends(host, ssid, unread):
    host.wait_for(ssid, "closed")
    assert host.receive_some(ssid) == unread
    assert host.receive_some(ssid) == b""
    host.command(f"AT+QSSLSEND={ssid},1", "\r\nERROR\r\n")
    host.command(f"AT+QSSLCLOSE={ssid}", "\r\nERROR\r\n")
    assert host.heard[ssid] == []


@pytest.mark.parametrize("kind", ["close_notify", "fin", "reset", "damaged"])
@pytest.mark.parametrize("unread", [b"", b"last words"])
def test_ends(host, pki, kind, unread, tmp_path):
    with PythonTls(pki) as server:
        assert host.open(2, "127.0.0.1", server.port) == 0
        connection = server.connection()
        assert host.send(2, b"hello")
        assert receive_exactly(connection, 5) == b"hello"
        if unread:
            connection.sendall(unread)
            host.wait_for(2, "recv")
        if kind == "close_notify":
            with contextlib.suppress(OSError):
                connection.unwrap()
        elif kind == "fin":
            connection.shutdown(socket.SHUT_RDWR)
        elif kind == "reset":
            reset(connection)
        else:
            wire = socket.socket(fileno=connection.detach())
            server.connections[-1] = wire
            wire.sendall(b"\x17\x03\x03\x00\x40" + bytes(64))
        ends(host, 2, unread)
    check_that_it_works(host, pki, tmp_path)


def test_deactivation_while_connecting(host, program, tcp_server, pki, tmp_path):
    for ssid in range(3):
        host.command(f'AT+QSSLOPEN={ssid},0,"127.0.0.1",{tcp_server.port},0')
        assert tcp_server.connection().recv(5)  # a ClientHello begins
    host.command("AT+QIDEACT", "\r\nDEACT OK\r\n")
    for ssid in range(3):
        host.answer(rf"\r\n\+QSSLOPEN: {ssid},-1\r\n")
    for command in ("AT+QIREGAPP", "AT+QIACT"):
        host.command(command)
    host.command("AT+QILOCIP", "\r\n10.1.83.189\r\n")
    check_that_it_works(host, pki, tmp_path)
