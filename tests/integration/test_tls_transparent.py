# SPDX-License-Identifier: Apache-2.0
"""<connectmode> 1 of AT+QSSLOPEN: the UART is the connection."""

import contextlib
import random
import select
import ssl
import threading
import time

import pytest

from support import CTRL_Z, OK, WATCHDOG, Deadline, receive_exactly
from tls_support import VERSIONS, OpenSsl, Pike, PythonTls

GUARD_TIME = 0.6  # s without a byte before and after +++; the module wants 0.5
CONNECT = f"{OK}\r\nCONNECT\r\n"
ALL_VALUES = bytes(range(256))


@pytest.fixture
def host(module):
    with module().host() as plain:
        plain.bring_up()
        yield plain


def connect(host, server):
    host.exchange(f'AT+QSSLOPEN=0,0,"127.0.0.1",{server.port},1', CONNECT)


@pytest.mark.parametrize("version", range(4), ids=VERSIONS)
def test_every_value(host, tmp_path, pki, version):
    kind = Pike if version == 0 else OpenSsl
    if not kind.installed():
        pytest.skip(f"no {kind.program}")
    with kind(tmp_path, pki) as server:
        host.exchange(f'AT+QSSLCFG="sslversion",0,{version}')
        host.send(f'AT+QSSLOPEN=0,0,"127.0.0.1",{server.port},1\r')
        if host.expect_match(r"\r\nOK\r\n\r\n(CONNECT|\+QSSLOPEN: 0,-1)\r\n")[1] != b"CONNECT":
            assert version == 0
            pytest.skip("SSL3.0 is not in the mbedTLS this program was built with")
        words = ALL_VALUES * 30 + b"AT\r\r\nCLOSED\r\n" + CTRL_Z + b"+++\r+ ++"
        host.send(words)
        host.expect(words)


def both_ways(connection, out, count):
    """Sends `out` and receives `count` bytes. In one thread: Python's SSL sockets cannot be read and written at once."""
    connection.setblocking(False)
    received = b""
    deadline = Deadline("both directions")
    while out or len(received) < count:
        select.select([connection], [connection] if out else [], [], deadline.left())
        with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
            while len(received) < count:
                block = connection.recv(65536)
                assert block, f"the connection ended after {len(received)} of {count} bytes"
                received += block
        with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
            while out:
                out = out[connection.send(out[:16384]) :]
    return received


def test_megabytes_both_ways(host, pki):
    with PythonTls(pki) as server:
        connect(host, server)
        connection = server.connection()
        up, down = (random.Random(seed).randbytes(3_000_000) for seed in (1, 2))
        received = []
        server_side = threading.Thread(target=lambda: received.append(both_ways(connection, down, len(up))), daemon=True)
        server_side.start()
        writer = host.send_in_background(up)
        for at in range(0, len(down), 100_000):
            host.expect(down[at : at + 100_000])
        writer.join(WATCHDOG)
        server_side.join(WATCHDOG)
        assert received == [up]


def test_escape_and_return(host, pki):
    with PythonTls(pki) as server:
        connect(host, server)
        connection = server.connection()
        host.send("before")
        assert receive_exactly(connection, 6) == b"before"
        host.send("+++ is data")
        assert receive_exactly(connection, 11) == b"+++ is data"
        time.sleep(GUARD_TIME)  # the one place where time has to pass
        host.send("+++")
        host.expect(OK)
        connection.sendall(b"held back")
        host.exchange("AT")
        host.exchange("ATO", "\r\nCONNECT\r\nheld back")
        host.send(ALL_VALUES)
        assert receive_exactly(connection, 256) == ALL_VALUES
        connection.sendall(b"bye")
        with contextlib.suppress(ssl.SSLEOFError):  # the module answers with none of its own, OpenSSL 3.2 says so
            connection.unwrap()
        host.expect("bye\r\nCLOSED\r\n")
        host.exchange("ATO", "\r\nNO CARRIER\r\n")
        host.nothing_more()


def test_failure(host, tmp_path, pki):
    with OpenSsl(tmp_path, pki) as server:
        host.exchange('AT+QSSLCFG="ciphersuite",0,"0X0004"')
        host.exchange(f'AT+QSSLOPEN=0,0,"127.0.0.1",{server.port},1', f"{OK}\r\n+QSSLOPEN: 0,-1\r\n")
        host.exchange('AT+QSSLCFG="ciphersuite",0,"0XFFFF"')
        connect(host, server)
        host.send(ALL_VALUES)
        host.expect(ALL_VALUES)
