# SPDX-License-Identifier: Apache-2.0
"""The pseudo terminal as hosts treat it: opened late, twice or never, flooded, not read, closed in the middle."""

import array
import fcntl
import os
import random
import select
import signal
import termios
import time
from pathlib import Path

import pytest

from support import LITTLE_MEMORY, OK, Deadline, Host, receive_exactly, wait_until

BOOT_TEXT = b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n"
ALL_BYTES = bytes(range(256))


class PlainHost(Host):
    """Opens the device and nothing else, as `cat` or a shell does: no settings, no flush."""

    def __init__(self, tty, echo=True):
        self.port = self
        self.descriptor = os.open(tty, os.O_RDWR | os.O_NOCTTY)
        self.echo = echo
        self.unread = b""

    def fileno(self):
        return self.descriptor

    def write(self, data):
        while data:
            data = data[os.write(self.descriptor, data) :]

    def close(self):
        os.close(self.descriptor)


# ---- from the first byte ----


def test_terminal_is_raw_before_anybody_sets_it(module):
    tty = module().tty
    descriptor = os.open(tty, os.O_RDWR | os.O_NOCTTY)
    input_flags, output_flags, control_flags, local_flags, _, speed, _ = termios.tcgetattr(descriptor)
    os.close(descriptor)
    assert local_flags & (termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN) == 0
    assert input_flags & (termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.ISTRIP) == 0
    assert output_flags & termios.OPOST == 0
    assert control_flags & termios.CSIZE == termios.CS8
    assert speed == termios.B115200


def store_fixed_rate(module, nvram):
    """At a fixed rate the module speaks first: AT+IPR counts from the next start on."""
    first = module("--nvram", nvram)
    with first.host(echo=True) as host:
        host.exchange("AT+IPR=115200&W")
    first.stop()


@pytest.mark.parametrize("profile", ["instant", "lab"])
def test_boot_text_waits_for_a_host_that_opens_after_the_ready_line(module, tmp_path, profile):
    """And the module does not hear itself, which the terminal's echo would bring about while nobody has it open."""
    store_fixed_rate(module, tmp_path / "nvram")
    restarted = module("--nvram", tmp_path / "nvram", profile=profile)
    with PlainHost(restarted.tty) as host:
        host.expect(BOOT_TEXT)
        host.exchange("AT")
        host.nothing_more()


def test_boot_text_is_for_the_first_host_only(module, tmp_path):
    store_fixed_rate(module, tmp_path / "nvram")
    restarted = module("--nvram", tmp_path / "nvram")
    with PlainHost(restarted.tty) as host:
        host.expect(BOOT_TEXT)
    with PlainHost(restarted.tty) as host:
        host.nothing_more()


@pytest.mark.parametrize("kind", [Host, PlainHost])
def test_every_byte_value_through_a_tcp_socket(module, echo_server, kind):
    data = (ALL_BYTES * 6)[:1460]
    with kind(module().tty) as host:
        host.echo_off()
        host.bring_up("AT+QIMUX=1", "AT+QINDI=1")
        host.open_socket(0, echo_server)
        host.prompted(f"AT+QISEND=0,{len(data)}", data)
        host.expect("\r\n+QIRDI: 0,1,0\r\n")
        received = b""
        while len(received) < len(data):
            host.send("AT+QIRD=0,1,0,1500\r")
            header = host.expect_match(rf"\r\n\+QIRD: 127\.0\.0\.1:{echo_server.port},TCP,(\d+)\r\n|\r\nOK\r\n")
            if header[1]:
                received += host.read(int(header[1]))
                host.expect(OK)
        assert received == data


def test_every_byte_value_through_a_secure_socket(module, tls_server):
    data = (ALL_BYTES * 6)[:1460]
    server = tls_server("-tls1_2", client_certificate=False)
    with module().host() as host:
        host.bring_up("AT+QIMUX=1", 'AT+QSSLCFG="sslversion",0,3')
        host.exchange(f'AT+QSSLOPEN=0,0,"127.0.0.1",{server.port},0', f"{OK}\r\n+QSSLOPEN: 0,0\r\n")
        host.prompted(f"AT+QSSLSEND=0,{len(data)}", data)
        server.expect(data)
        server.send(ALL_BYTES)
        host.expect('\r\n+QSSLURC: "recv",0,0\r\n')
        host.exchange(
            "AT+QSSLRECV=0,0,1500", b"\r\n+QSSLRECV: 127.0.0.1:%d,TCP,256\r\n%b\r\nOK\r\n" % (server.port, ALL_BYTES)
        )


# ---- opening and closing ----


@pytest.mark.parametrize("kind", [Host, PlainHost])
def test_closed_and_opened_again_many_times(module, kind):
    tty = module().tty
    for _ in range(200):
        with kind(tty) as host:
            host.exchange("AT")


def test_settings_survive_closing(module):
    running = module()
    with running.host(echo=False):
        pass
    with PlainHost(running.tty, echo=False) as host:
        host.nothing_more()


def test_command_of_a_host_that_closes_at_once_is_carried_out(module):
    """As by `printf 'ATE0\\r' >tty` in a shell."""
    running = module("--verbose")
    with PlainHost(running.tty) as host:
        host.send("ATE0\r")
    wait_until(lambda: "no TE has" in running.log(), "the module to notice")
    with PlainHost(running.tty, echo=False) as host:
        host.nothing_more()


def test_two_hosts_have_it_open(module):
    """A program and somebody who looks what it does: closing one of them is not the end."""
    running = module()
    with running.host() as first:
        second = running.open(echo=False)
        second.exchange("AT")
        first.exchange("AT")
        second.close()
        first.exchange("AT")
        first.exchange("AT+CGMM", f"\r\nQuectel_M95\r\n{OK}")


def unread_bytes(descriptor):
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, count)
    return count[0]


def test_unread_answer_is_not_for_the_next_host(module):
    running = module("--verbose")
    with PlainHost(running.tty) as host:
        host.echo_off()
        host.send("AT+CGMI\r")
        answer = f"\r\nQuectel_Ltd\r\nQuectel_M95\r\nRevision: MTK 0828\r\n{OK}"
        wait_until(lambda: unread_bytes(host.descriptor) == len(answer), "the answer")
    wait_until(lambda: "no TE has" in running.log(), "the module to notice")
    with PlainHost(running.tty, echo=False) as host:
        host.nothing_more()


def test_what_comes_while_nobody_listens_is_lost(module, tcp_server):
    """As on a cable that ends nowhere."""
    running = module("--verbose")
    with PlainHost(running.tty) as host:
        host.echo_off()
        host.bring_up("AT+QIMUX=1", "AT+QINDI=1")
        host.open_socket(0, tcp_server)
    wait_until(lambda: "no TE has" in running.log(), "the module to notice")
    connection = tcp_server.connection()
    connection.sendall(b"hello")
    connection.close()
    with PlainHost(running.tty, echo=False) as host:
        # Whether the +QIRDI got lost or not depends on who is quicker; the data is there in any case.
        host.send("AT+QIRD=0,1,0,1500\r")
        host.expect_match(rf"(?s:.*?)\+QIRD: 127\.0\.0\.1:{tcp_server.port},TCP,5\r\nhello\r\nOK\r\n")


# ---- hanging up by closing ----


def test_wire_rule_16_closing_the_port_hangs_up_as_at_and_d_says(module, tcp_server):
    """ModemManager and pppd end a data call by closing the port, and come back a second later with ATE0."""
    running = module("--verbose")

    def leave_in_data_state(setting):
        with PlainHost(running.tty, echo=False) as host:
            host.exchange(setting)
            host.exchange(f'AT+QIOPEN="TCP","127.0.0.1",{tcp_server.port}', f"{OK}\r\nCONNECT\r\n")
            connection = tcp_server.connection()
            host.send("data")
            assert receive_exactly(connection, 4) == b"data"
            left = running.log().count("no TE has")
        wait_until(lambda: running.log().count("no TE has") > left, "the module to notice")
        return connection

    with running.host() as host:
        host.bring_up("AT+QIMODE=1")
    # AT&D2: the connection is closed.
    connection = leave_in_data_state("AT&D2")
    assert connection.recv(1) == b""
    with PlainHost(running.tty, echo=False) as host:
        host.exchange("ATE0")
        host.exchange("ATO", "\r\nNO CARRIER\r\n")
    # AT&D1: command state, the connection waits.
    connection = leave_in_data_state("AT&D1")
    with PlainHost(running.tty, echo=False) as host:
        host.exchange("ATE0")
        host.exchange("ATO", "\r\nCONNECT\r\n")
        connection.sendall(b"still there")
        host.expect("still there")
        left = running.log().count("no TE has")
    wait_until(lambda: running.log().count("no TE has") > left, "the module to notice")
    with PlainHost(running.tty, echo=False) as host:
        host.exchange("AT+QICLOSE", "\r\nCLOSE OK\r\n")
    # AT&D0: nothing happens, the next host is in data state.
    connection = leave_in_data_state("AT&D0")
    with PlainHost(running.tty, echo=False) as host:
        host.send("ATE0\r")
        assert receive_exactly(connection, 5) == b"ATE0\r"
        connection.close()
        host.expect("\r\nCLOSED\r\n")
        host.exchange("ATE0")


def test_wire_rule_16_the_speed_b0_hangs_up_as_at_and_d_says(module, tcp_server):
    """pppd and ModemManager let DTR fall on an open port by the speed 0."""
    running = module("--verbose")

    def set_speed(host, speed):
        settings = termios.tcgetattr(host.descriptor)
        settings[4] = settings[5] = speed
        termios.tcsetattr(host.descriptor, termios.TCSANOW, settings)

    with running.host() as host:
        host.bring_up("AT+QIMODE=1")
    with PlainHost(running.tty, echo=False) as host:
        open_socket = f'AT+QIOPEN="TCP","127.0.0.1",{tcp_server.port}'
        # AT&D2: the connection is closed.
        host.exchange("AT&D2")
        host.exchange(open_socket, f"{OK}\r\nCONNECT\r\n")
        connection = tcp_server.connection()
        set_speed(host, termios.B0)
        assert connection.recv(1) == b""
        host.expect("\r\nNO CARRIER\r\n")
        set_speed(host, termios.B115200)
        host.exchange("AT")
        # AT&D1: command state, without a word.
        host.exchange("AT&D1")
        host.exchange(open_socket, f"{OK}\r\nCONNECT\r\n")
        connection = tcp_server.connection()
        set_speed(host, termios.B0)
        wait_until(lambda: running.log().count("the TE hangs up by the speed B0") == 2, "the module to notice")
        set_speed(host, termios.B115200)
        host.exchange("ATO", "\r\nCONNECT\r\n")
        host.send("back")
        assert receive_exactly(connection, 4) == b"back"


# ---- too much ----


def write_until_stuck(host, data, most):
    """Writes `data` over and over until nothing more is taken; how many bytes that were. A machine that is so slow that
    this gives up too early only makes the test easier."""
    os.set_blocking(host.descriptor, False)
    written = 0
    while written < most and select.select([], [host.descriptor], [], 0.3)[1]:
        at = written % len(data)
        try:
            written += os.write(host.descriptor, data[at : at + 4096])
        except BlockingIOError:
            pass
    os.set_blocking(host.descriptor, True)
    assert written < most, "the module takes everything without being read"
    return written


def test_host_that_never_reads(module):
    """The module stops listening instead of growing. Everything that was asked is answered once somebody reads."""
    running = module(environment=LITTLE_MEMORY)
    command, answer = b"AT+CGMI\r", b"\r\nQuectel_Ltd\r\nQuectel_M95\r\nRevision: MTK 0828\r\n\r\nOK\r\n"
    with PlainHost(running.tty) as host:
        before = running.peak_kilobytes()
        written = write_until_stuck(host, command * 512, 5_000_000)
        assert running.peak_kilobytes() - before < 4500
        writer = host.send_in_background(command[written % len(command) :])
        count = written // len(command) + 1
        for _ in range(count):
            host.expect(command + answer)
        writer.join()
        host.nothing_more()


def test_host_that_never_reads_and_goes(module):
    """Its answers are for nobody, and the module is there for the next one, without burning the processor."""
    running = module("--verbose", environment=LITTLE_MEMORY)
    with PlainHost(running.tty) as host:
        host.echo_off()
        write_until_stuck(host, b"AT+CGMI\r" * 512, 5_000_000)
    wait_until(lambda: "no TE has" in running.log(), "the module to notice")
    with PlainHost(running.tty, echo=False) as host:
        # The host went in the middle of a command; what it had typed of it is still there.
        host.send("\r")
        host.expect_match(r"(\r\nERROR\r\n|\r\nQuectel_Ltd\r\nQuectel_M95\r\nRevision: MTK 0828\r\n\r\nOK\r\n)?")
        host.exchange("AT+CGMM", f"\r\nQuectel_M95\r\n{OK}")


def test_module_stops_while_a_host_does_not_read(module):
    running = module()
    with PlainHost(running.tty) as host:
        write_until_stuck(host, b"AT+CGMI\r" * 512, 5_000_000)
        running.stop()


@pytest.mark.parametrize("start, megabytes, answer", [("AT+CGMM", 5, "\r\nERROR\r\n"), ("x", 2, "")])
def test_flood_without_end_of_line(module, start, megabytes, answer):
    """NUL and 8-bit bytes among them: a host at the wrong baud rate, or gone mad. Nothing of it is kept."""
    noise = random.Random(1).randbytes(megabytes * 1_000_000)
    noise = noise.replace(b"\r", b"?").replace(b"\x08", b"?")  # Backspace could take the start back
    running = module(environment=LITTLE_MEMORY)
    with running.host() as host:
        for _ in range(2):  # the first one fills the journal, which is bounded
            before = running.peak_kilobytes()
            host.send(start)
            host.send(noise)
            host.exchange("", answer)
            host.nothing_more()
        assert running.peak_kilobytes() - before < 1000


def test_flood_is_echoed(module):
    """Both directions at once, 1 MB."""
    text = random.Random(2).randbytes(1_000_000).replace(b"\r", b"?").replace(b"\x08", b"?").replace(b"A/", b"??")
    with module().host(echo=True) as host:
        writer = host.send_in_background(text + b"\r")
        host.expect(text + b"\r")
        writer.join()
        host.exchange("AT")


def test_a_thousand_commands_at_once(module):
    with module().host(echo=True) as host:
        writer = host.send_in_background(b"AT\rAT+CSQ\r" * 1000)
        host.expect(b"AT\r\r\nOK\r\nAT+CSQ\r\r\n+CSQ: 30,0\r\n\r\nOK\r\n" * 1000)
        writer.join()


def test_hangs_up_when_the_module_ends(module):
    running = module()
    with running.host() as host:
        running.kill()
        Deadline("the hang-up").readable(host.port.fileno())
        with pytest.raises(OSError):
            os.write(host.port.fileno(), b"AT\r")


# ---- a process that stalls ----


def arrived(descriptor):
    """What is there already."""
    data = b""
    while select.select([descriptor], [], [], 0)[0]:
        data += os.read(descriptor, 65536)
    return data


def is_stopped(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


@pytest.mark.parametrize("stall", [0.04, 0.08])
def test_a_stall_is_not_made_up_for_past_an_xoff(world, module, stall):
    """A UART has no memory of lost time: a library with 6 bytes of room after its XOFF must not get 60."""
    running = module(profile="lab")
    with running.host() as host:
        host.registered()  # no URC comes any more
        host.exchange("AT+IPR=9600")
        host.exchange("AT+IFC=1,1")
        host.send("AT&V\r")
        page = host.expect_match(r".*?\r\nOK\r\n")[0]
        host.send("AT&V\r")
        got = host.read(20)
        running.signal(signal.SIGSTOP)
        wait_until(lambda: is_stopped(running.pid), "the module to be stopped")
        got += host.unread + arrived(host.port.fileno())
        host.unread = b""
        host.send(b"\x13")
        time.sleep(stall)  # not a wait: the stall is what is tested
        running.signal(signal.SIGCONT)
        # Two round trips: many bytes' time at 9600 baud.
        for _ in range(2):
            assert world.run("ctl", "state").returncode == 0
        after = arrived(host.port.fileno())
        assert len(after) <= 1, after
        assert len(got + after) < len(page)
        host.send(b"\x11")
        host.expect(page[len(got + after) :])
        assert page.startswith(got + after)
        host.nothing_more()
