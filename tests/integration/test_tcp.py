# SPDX-License-Identifier: Apache-2.0
"""TCP as hosts use it: one session and several, pushed and polled data, names, failures, transparent mode, bulk."""

import os
import random
import socket
import struct
import threading
import time

import pytest

from support import CTRL_Z, ERROR, OK, Host, receive_exactly, refusing_port, wait_until

GUARD_TIME = 0.6  # s without a byte before and after +++; the module wants 0.5


def open_single(host, server, name="127.0.0.1", answer="\r\nCONNECT OK\r\n"):
    host.exchange(f'AT+QIOPEN="TCP","{name}",{server.port}', OK + answer)


# ---- one session, AT+QIMUX=0 ----


def test_one_session_with_pushed_data(module, tcp_server):
    """As the module comes: QIMUX 0, QINDI 0. Data goes to the UART as it is."""
    with module().host() as host:
        host.bring_up()
        open_single(host, tcp_server)
        connection = tcp_server.connection()
        host.prompted("AT+QISEND=5", b"hello")
        assert receive_exactly(connection, 5) == b"hello"
        host.prompted("AT+QISEND", b"any length" + CTRL_Z)
        assert receive_exactly(connection, 10) == b"any length"
        connection.sendall(b"pushed\r\ndata")
        host.expect(b"pushed\r\ndata")
        host.exchange("AT+QISTAT", f"{OK}\r\nSTATE: CONNECT OK\r\n")
        host.exchange('AT+QIOPEN="TCP","127.0.0.1",1', "\r\nALREADY CONNECT\r\n")
        host.exchange("AT+QICLOSE", "\r\nCLOSE OK\r\n")
        assert connection.recv(1) == b""
        host.exchange("AT+QICLOSE", ERROR)
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")


def test_one_session_with_polled_data(module, tcp_server):
    with module().host() as host:
        host.bring_up("AT+QINDI=1")
        open_single(host, tcp_server)
        connection = tcp_server.connection()
        connection.sendall(b"0123456789")
        host.expect("\r\n+QIRDI: 0,1,0\r\n")
        header = f"\r\n+QIRD: 127.0.0.1:{tcp_server.port},TCP"
        host.exchange("AT+QIRD=0,1,0,4", f"{header},4\r\n0123{OK}")
        host.exchange("AT+QIRD=0,1,0,1500", f"{header},6\r\n456789{OK}")
        host.exchange("AT+QIRD=0,1,0,1500", OK)
        connection.sendall(b"more")
        host.expect("\r\n+QIRDI: 0,1,0\r\n")
        connection.close()
        host.expect("\r\nCLOSED\r\n")
        # What came before the end is still there.
        host.exchange("AT+QIRD=0,1,0,1500", f"{header},4\r\nmore{OK}")
        host.exchange("AT+QISEND=1", ERROR)
        host.nothing_more()


# ---- several sessions, AT+QIMUX=1 ----


def test_six_sessions_with_pushed_data(module, tcp_server):
    with module().host() as host:
        host.bring_up("AT+QIMUX=1", "AT+QISDE=0")
        connections = []
        for index in range(6):
            host.open_socket(index, tcp_server)
            connections.append(tcp_server.connection())
        for index, connection in enumerate(connections):
            host.prompted(f"AT+QISEND={index},6", b"hello%d" % index)
            assert receive_exactly(connection, 6) == b"hello%d" % index
        for index, connection in reversed(list(enumerate(connections))):
            connection.sendall(b"\r\nOK\r\n")  # looks like a result, is data
            host.expect(f"\r\n+RECEIVE: {index}, 6\r\n\r\nOK\r\n")
        connections[2].close()
        host.expect("\r\n2, CLOSED\r\n")
        host.exchange("AT+QICLOSE=5", "\r\n5, CLOSE OK\r\n")
        assert connections[5].recv(1) == b""
        host.open_socket(2, tcp_server)
        host.exchange('AT+QIOPEN=3,"TCP","127.0.0.1",9', f"{OK}\r\n3, CONNECT FAIL\r\n")  # in use
        host.exchange('AT+QIOPEN=6,"TCP","127.0.0.1",9', ERROR)
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        for connection in (connections[0], connections[4]):
            assert connection.recv(1) == b""
        host.nothing_more()


def test_notice_comes_once_until_everything_was_read(module, tcp_server):
    with module().host() as host:
        host.bring_up("AT+QIMUX=1", "AT+QINDI=1")
        host.open_socket(3, tcp_server)
        connection = tcp_server.connection()
        connection.sendall(b"first")
        host.expect("\r\n+QIRDI: 0,1,3\r\n")
        connection.sendall(b"second")
        header = f"\r\n+QIRD: 127.0.0.1:{tcp_server.port},TCP"
        received = b""
        while received != b"firstsecond":
            host.send("AT+QIRD=0,1,3,2\r")
            match = host.expect_match(rf"\r\n\+QIRD: [\d.:]+,TCP,(\d)\r\n|\r\n\+QIRDI: 0,1,3\r\n|{OK}")
            if match[1]:
                received += host.read(int(match[1]))
                host.expect(OK)
            elif b"QIRDI" in match[0]:  # everything so far had been read
                assert received == b"first"
                host.expect(OK)
        host.exchange("AT+QIRD=0,1,3,1500", OK)
        connection.sendall(b"third")
        host.expect("\r\n+QIRDI: 0,1,3\r\n")
        host.exchange("AT+QIRD=0,1,3,1500", f"{header},5\r\nthird{OK}")


# ---- names and failures ----


@pytest.mark.parametrize("mode", [0, 1])
def test_host_by_name(module, tcp_server, mode):
    with module().host() as host:
        host.bring_up("AT+QIMUX=1", f"AT+QIDNSIP={mode}")
        host.open_socket(0, tcp_server, "localhost")
        host.open_socket(1, tcp_server, "LOCALHOST.")
        host.open_socket(2, tcp_server, "127.0.0.1")


def test_name_of_the_modules_world(module, tcp_server):
    with module(f"--map=broker.test=127.0.0.1:{tcp_server.port}").host() as host:
        host.bring_up("AT+QIMUX=1", "AT+QIDNSIP=1")
        for port in (1883, 8883):
            host.exchange(f'AT+QIOPEN=0,"TCP","broker.test",{port}', f"{OK}\r\n0, CONNECT OK\r\n")
            host.exchange("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n")


@pytest.fixture
def slow_name(interposer, tmp_path):
    """`slow.test`, whose look-up takes until the gate is opened."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    return gate, {"environment": interposer(SLOW_NAME="slow.test", GATE=gate)}


def test_look_up_does_not_hold_anything_up(module, tcp_server, slow_name):
    gate, options = slow_name
    running = module(**options)
    with running.host() as host:
        host.bring_up("AT+QIMUX=1", "AT+QIDNSIP=1", "AT+QINDI=1")
        host.exchange(f'AT+QIOPEN=0,"TCP","slow.test",{tcp_server.port}')
        host.nothing_more()
        host.open_socket(1, tcp_server)
        tcp_server.connection().sendall(b"meanwhile")
        host.expect("\r\n+QIRDI: 0,1,1\r\n")
        with open(gate, "wb"):  # waits in its turn until the look-up has begun
            host.expect("\r\n0, CONNECT OK\r\n")
    running.stop()


def test_stop_during_a_look_up(module, tcp_server, slow_name):
    gate, options = slow_name
    running = module(**options)
    with running.host() as host:
        host.bring_up("AT+QIMUX=1", "AT+QIDNSIP=1")
        host.exchange(f'AT+QIOPEN=0,"TCP","slow.test",{tcp_server.port}')
        host.nothing_more()
        running.stop()


def test_socket_closed_during_its_look_up(module, tcp_server, slow_name):
    gate, options = slow_name
    with module(**options).host() as host:
        host.bring_up("AT+QIMUX=1", "AT+QIDNSIP=1")
        host.exchange(f'AT+QIOPEN=0,"TCP","slow.test",{tcp_server.port}')
        host.exchange("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n")
        with open(gate, "wb"):
            host.nothing_more()
        host.open_socket(0, tcp_server)
        host.nothing_more()
        assert tcp_server.connection() and tcp_server.accepted.empty()


@pytest.mark.parametrize("multiple", [0, 1])
def test_refused(module, multiple):
    prefix, words = ("0,", "0, ") if multiple else ("", "")
    with module().host() as host, refusing_port() as port:
        host.bring_up(f"AT+QIMUX={multiple}")
        for _ in range(3):
            host.exchange(f'AT+QIOPEN={prefix}"TCP","127.0.0.1",{port}', f"{OK}\r\n{words}CONNECT FAIL\r\n")
        host.nothing_more()


def test_unreachable(module, tcp_server):
    options = ["--map=nowhere.test=255.255.255.255:9", f"--allow=127.0.0.1:{tcp_server.port}"]
    with module(*options).host() as host:
        host.bring_up("AT+QIMUX=1", "AT+QIDNSIP=1")
        for peer in ("nowhere.test", "forbidden.test", "127.0.0.2", "1.2", "no such name"):
            host.exchange(f'AT+QIOPEN=0,"TCP","{peer}",80', f"{OK}\r\n0, CONNECT FAIL\r\n")
        host.exchange('AT+QIOPEN=0,"TCP","127.0.0.1",1', f"{OK}\r\n0, CONNECT FAIL\r\n")
        host.open_socket(0, tcp_server)  # allowed


def test_reset_by_the_peer(module, tcp_server):
    with module().host() as host:
        host.bring_up("AT+QIMUX=1")
        host.open_socket(0, tcp_server)
        connection = tcp_server.connection()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        host.expect("\r\n0, CLOSED\r\n")
        host.exchange("AT+QISEND=0,1", ERROR)
        host.nothing_more()


def test_last_words_before_the_peer_closes(module, tcp_server):
    with module().host() as host:
        host.bring_up("AT+QIMUX=1")
        host.open_socket(0, tcp_server)
        connection = tcp_server.connection()
        connection.sendall(b"goodbye")
        connection.close()
        host.expect("\r\n+RECEIVE: 0, 7\r\ngoodbye\r\n0, CLOSED\r\n")


def test_without_a_context(module, tcp_server):
    """AT+QIOPEN brings the context up by itself; without a SIM it cannot."""
    with module("--sim", "none").host() as host:
        host.exchange("AT+QIREGAPP")
        host.exchange("AT+QIACT", ERROR)
        host.exchange(f'AT+QIOPEN="TCP","127.0.0.1",{tcp_server.port}', ERROR)
        host.nothing_more()


# ---- transparent mode ----


def transparent(host, server, *settings):
    host.bring_up(*settings, "AT+QIMODE=1")
    open_single(host, server, answer="\r\nCONNECT\r\n")
    return server.connection()


def leave_data_mode(host):
    """The one place where time has to pass: the guard time is silence. It begins once the module has got everything."""
    time.sleep(GUARD_TIME)
    host.send("+++")
    host.expect(OK)


def test_transparent_mode(module, tcp_server):
    with module().host() as host:
        connection = transparent(host, tcp_server)
        commands = b"AT+CGMM\r\n+++ is data here\r\n\x1a\x1b\x00"
        host.send(commands)
        assert receive_exactly(connection, len(commands)) == commands
        connection.sendall(b"\r\nOK\r\n")
        host.expect(b"\r\nOK\r\n")
        leave_data_mode(host)
        host.exchange("AT+QISTAT", f"{OK}\r\nSTATE: CONNECT OK\r\n")
        connection.sendall(b"while in command mode")
        host.exchange("ATO", "\r\nCONNECT\r\nwhile in command mode")
        host.send(b"again")
        assert receive_exactly(connection, 5)[-5:] == b"again"
        leave_data_mode(host)
        host.exchange("AT+QICLOSE", "\r\nCLOSE OK\r\n")
        assert connection.recv(1) == b""
        host.exchange("ATO", "\r\nNO CARRIER\r\n")
        host.nothing_more()


def test_peer_closes_in_transparent_mode(module, tcp_server):
    with module().host() as host:
        connection = transparent(host, tcp_server)
        connection.sendall(b"goodbye")
        connection.close()
        host.expect("goodbye\r\nCLOSED\r\n")
        host.nothing_more()
        host.exchange("ATO", "\r\nNO CARRIER\r\n")


def test_transparent_connection_fails(module):
    with module().host() as host, refusing_port() as port:
        host.bring_up("AT+QIMODE=1")
        host.exchange(f'AT+QIOPEN="TCP","127.0.0.1",{port}', f"{OK}\r\nCONNECT FAIL\r\n")
        host.nothing_more()


def test_plus_signs_that_are_data(module, tcp_server):
    """After a silence, but too many, too few, or with something behind them."""
    with module().host() as host:
        connection = transparent(host, tcp_server)
        for text in (b"++++", b"+++x", b"++"):
            time.sleep(GUARD_TIME)
            host.send(text)
            assert receive_exactly(connection, len(text)) == text


@pytest.mark.parametrize("dtr", [0, 1, 2])
def test_host_closes_the_port_in_transparent_mode(module, tcp_server, dtr):
    """Closing is the DTR of a pseudo terminal: AT&D says what it does."""
    running = module("--verbose")
    with running.host() as host:
        host.exchange(f"AT&D{dtr}")
        connection = transparent(host, tcp_server)
        connection.sendall(b"x")
        host.expect(b"x")
    wait_until(lambda: "no TE has" in running.log(), "the module to notice")
    with Host(running.tty, echo=False) as host:
        if dtr == 0:
            host.send(b"still connected")
            assert receive_exactly(connection, 15) == b"still connected"
            connection.sendall(b"indeed")
            host.expect(b"indeed")
        elif dtr == 1:
            host.nothing_more()
            host.exchange("ATO", "\r\nCONNECT\r\n")
            host.send(b"back")
            assert receive_exactly(connection, 4) == b"back"
        else:
            assert connection.recv(1) == b""
            host.exchange("ATO", "\r\nNO CARRIER\r\n")


# ---- bulk ----

MEGABYTES_5 = 5_000_000


def test_bulk_through_send_and_read(module, echo_server):
    """5 MB there and back, 1460 bytes at a time, every byte compared."""
    data = random.Random(3).randbytes(MEGABYTES_5)
    notice = r"(?:\r\n\+QIRDI: 0,1,0\r\n)*"
    with module().host() as host:
        host.bring_up("AT+QIMUX=1", "AT+QINDI=1", "AT+QISDE=0")
        host.open_socket(0, echo_server)
        sent, received = 0, 0
        while received < len(data):
            block = data[sent : sent + 1460]
            if block:
                host.send(b"AT+QISEND=0,%d\r" % len(block))
                host.expect_match(rf"{notice}\r\n> ")
                host.send(block)
                host.expect("\r\nSEND OK\r\n")
                sent += len(block)
            count = 1
            while count:
                host.send("AT+QIRD=0,1,0,1500\r")
                header = host.expect_match(rf"{notice}(?:\r\n\+QIRD: [\d.]+:\d+,TCP,(\d+)\r\n|\r\nOK\r\n)")
                count = int(header[1] or 0)
                if count:
                    host.expect(data[received : received + count] + b"\r\nOK\r\n")
                    received += count
        host.exchange("AT+QISACK=0", f"\r\n+QISACK: {len(data)}, {len(data)}, 0\r\n{OK}")


def test_bulk_through_transparent_mode(module, echo_server):
    """5 MB there and back at once, every byte compared."""
    data = random.Random(4).randbytes(MEGABYTES_5).replace(b"+++", b"++-")
    with module().host() as host:
        transparent(host, echo_server)
        writer = host.send_in_background(data)
        for at in range(0, len(data), 100_000):
            host.expect(data[at : at + 100_000])
        writer.join()
        leave_data_mode(host)
        host.exchange("AT+QISACK", f"\r\n+QISACK: {len(data)}, {len(data)}, 0\r\n{OK}")


def test_bulk_of_pushed_data(module, tcp_server):
    """1 MB from the peer with AT+QINDI=0: every byte once, in order, between its headers."""
    data = random.Random(5).randbytes(1_000_000)
    with module().host() as host:
        host.bring_up("AT+QIMUX=1")
        host.open_socket(0, tcp_server)
        connection = tcp_server.connection()
        threading.Thread(target=connection.sendall, args=[data], daemon=True).start()
        received = 0
        while received < len(data):
            count = int(host.expect_match(r"\r\n\+RECEIVE: 0, (\d+)\r\n")[1])
            assert 0 < count <= 1460
            host.expect(data[received : received + count])
            received += count
        host.nothing_more()


# ---- how libraries bring the module up: clients.md 2.1 and 2.5, as far as the commands exist ----


class LineFeedHost(Host):
    """Ends its lines with CR LF."""

    line_end = "\r\n"


def respond(*lines):
    return "".join(f"\r\n{line}\r\n" for line in lines[:1]) + "".join(f"{line}\r\n" for line in lines[1:]) + OK


def test_bring_up_like_tinygsm(module, echo_server):
    with LineFeedHost(module().tty) as host:
        host.exchange("AT")
        host.exchange("ATE0")
        host.echo = False
        host.exchange("AT+CMEE=0")
        host.exchange("AT+QNITZ=1")
        host.exchange("AT+CPIN?", respond("+CPIN: READY"))
        host.exchange("AT+CGMI", respond("Quectel_Ltd", "Quectel_M95", "Revision: MTK 0828"))
        host.exchange("ATI", respond("Quectel_Ltd", "Quectel_M95", "Revision: M95FAR02A08"))
        host.exchange("AT+GSN", respond("001010000000008"))
        host.send("AT+QCCID\r\n")
        host.expect_match(r"\r\n\+QCCID: \d{19}[\dA-F]\r\n\r\nOK\r\n")
        host.exchange("AT+CREG?", respond("+CREG: 0,1"))
        host.send("AT+CSQ\r\n")
        host.expect_match(r"\r\n\+CSQ: \d+,\d+\r\n\r\nOK\r\n")
        # gprsConnect
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        host.exchange("AT+QIFGCNT=0")
        host.exchange('AT+QICSGP=1,"apn","user","pass"')
        host.exchange("AT+QIMODE=0")
        host.exchange("AT+QIMUX=1")
        host.exchange('AT+QIREGAPP="apn","user","pass"')
        host.exchange("AT+QIACT")
        host.exchange("AT+QILOCIP", "\r\n10.1.83.188\r\n")
        host.exchange("AT+QINDI=1")
        host.exchange("AT+CGATT?", respond("+CGATT: 1"))
        # connect, send, read at most 255 bytes at a time, close
        host.exchange("AT+QICLOSE=0", ERROR)
        host.open_socket(0, echo_server)
        data = bytes(range(256)) * 2
        # The LF behind the command is not the first byte of the data.
        host.prompted(f"AT+QISEND=0,{len(data)}", data)
        host.expect("\r\n+QIRDI: 0,1,0\r\n")
        received = b""
        while len(received) < len(data):
            host.send("AT+QIRD=0,1,0,255\r\n")
            match = host.expect_match(
                r"(?:\r\n\+QIRDI: 0,1,0\r\n)?(?:\r\n\+QIRD: 127\.0\.0\.1:\d+,TCP,(\d+)\r\n|\r\nOK\r\n)"
            )
            if match[1]:
                received += host.read(int(match[1]))
                host.expect(OK)
        assert received == data
        host.exchange("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n")
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        host.exchange("AT+QPOWD=1", "\r\nNORMAL POWER DOWN\r\n")


def test_bring_up_like_rt_thread(module, echo_server):
    with LineFeedHost(module().tty) as host:
        host.exchange("AT")
        host.exchange("ATE0")
        host.echo = False
        host.exchange("ATI", respond("Quectel_Ltd", "Quectel_M95", "Revision: M95FAR02A08"))
        host.exchange("AT+CPIN?", respond("+CPIN: READY"))
        host.exchange("AT+CREG?", respond("+CREG: 0,1"))
        host.exchange("AT+CGREG?", respond("+CGREG: 0,1"))
        host.exchange("AT+QIFGCNT=0")
        host.exchange('AT+QICSGP=1, "CMNET"')
        host.exchange("AT+QIMODE?", respond("+QIMODE: 0"))
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        host.exchange("AT+QIMUX?", respond("+QIMUX: 0"))
        host.exchange("AT+QIMUX=1")
        host.exchange("AT+QIREGAPP")
        host.exchange("AT+QIACT")
        host.exchange("AT+QILOCIP", "\r\n10.1.83.188\r\n")
        host.exchange("AT+GSN", respond("001010000000008"))
        host.send("AT+QIDNSCFG?\r\n")
        host.expect_match(r"\r\nPrimaryDns: [\d.]+\r\nSecondaryDns: [\d.]+\r\n\r\nOK\r\n")
        host.exchange("AT+QNSTATUS", respond("+QNSTATUS: 0"))
        host.exchange('AT+QIDNSGIP="localhost"', f"{OK}\r\n127.0.0.1\r\n")
        # QINDI is left at 0: received data is pushed.
        host.open_socket(5, echo_server)
        host.prompted("AT+QISEND=5,6", b"\nhello")
        host.expect("\r\n+RECEIVE: 5, 6\r\n\nhello")
        host.send("AT+QISACK=5\r\n")
        host.expect_match(r"\r\n\+QISACK: 6, \d, \d\r\n\r\nOK\r\n")
        host.exchange("AT+QICLOSE=5", "\r\n5, CLOSE OK\r\n")
