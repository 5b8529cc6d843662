# SPDX-License-Identifier: Apache-2.0
"""Scripts of `chat`, the dialler's assistant of pppd, and a human at `picocom`, whose screen tmux shows us."""

import os
import shutil
import subprocess

import pytest

from support import OK, WATCHDOG, receive_exactly, wait_until

ABORTS = ("ABORT", "ERROR", "ABORT", "NO CARRIER")  # as in every dial-up script
READY = "Terminal ready\n"  # the last that picocom says itself
FIRST_ABORT, SECOND_ABORT = 4, 5  # chat(8): the exit code tells which abort string came


# ---- chat ----


@pytest.fixture
def chat(world, module):
    """`chat(*script)` runs the script on the module's UART; the exit code and what was received."""
    if not shutil.which("chat"):
        pytest.skip("chat (package ppp) is not installed")
    ready = module("--verbose")

    def call(*script):
        descriptor = os.open(ready.tty, os.O_RDWR | os.O_NOCTTY)
        try:
            done = subprocess.run(
                ["chat", "-v", "-s", "-S", "-t", str(int(WATCHDOG)), *script],
                env=world.environment,
                stdin=descriptor,
                stdout=descriptor,
                stderr=subprocess.PIPE,
                timeout=WATCHDOG,
            )
        finally:
            os.close(descriptor)
        return done.returncode, done.stderr.decode(errors="replace")

    call.module = ready
    return call


def test_chat_sets_the_module_up(chat):
    """What every dial-up script sends before it dials."""
    code, said = chat(*ABORTS, "", "AT", "OK", "ATZ", "OK", "ATE0", "OK", r'AT+CGDCONT=1,"IP","internet"', "OK")
    assert code == 0, said
    with chat.module.open(echo=False) as host:
        host.exchange("AT+CGDCONT?", f'\r\n+CGDCONT: 1,"IP","internet","",0,0\r\n{OK}')


def test_chat_carries_a_tcp_session(chat, tcp_server):
    script = ["", "ATE0", "OK", 'AT+QICSGP=1,"CMNET"', "OK", "AT+QIREGAPP", "OK", "AT+QIACT", "OK"]
    script += ["AT+QILOCIP", "10.1.83.188", f'AT+QIOPEN="TCP","127.0.0.1",{tcp_server.port}', "CONNECT OK"]
    script += ["AT+QISEND", "> ", "hello^Z\\c", "SEND OK", "AT+QICLOSE", "CLOSE OK", "AT+QIDEACT", "DEACT OK"]
    code, said = chat(*ABORTS, *script)
    assert code == 0, said
    connection = tcp_server.connection()
    assert receive_exactly(connection, 5) == b"hello"
    assert connection.recv(1) == b""


def test_chat_sends_a_message(chat):
    script = ["", "ATE0", "OK", "AT+CMGF=1", "OK", 'AT+CMGS="+8615021012496"', "> ", "hello^Z\\c", "+CMGS: 1", "\\c", "OK"]
    code, said = chat(*ABORTS, *script)
    assert code == 0, said
    assert "message 1 sent to +8615021012496" in chat.module.log()


def test_chat_is_told_what_does_not_work(chat):
    code, said = chat(*ABORTS, "", "ATE0", "OK", "AT+NOSUCH", "OK")
    assert code == FIRST_ABORT, said
    # And when the far end does not answer the call:
    code, said = chat(*ABORTS, "", "ATX0", "OK", "ATD10086;", "OK", "ATH", "OK", "ATO", "CONNECT")
    assert code == SECOND_ABORT, said


# ---- picocom ----


class Screen:
    """A terminal whose keys and screen are ours, with picocom in it."""

    def __init__(self, world, tty):
        self.tmux = ["tmux", "-f", "/dev/null", "-S", str(world.directory / "tmux")]
        self.environment = {**world.environment, "TERM": "xterm"}
        self._call("new-session", "-d", "-x", "100", "-y", "90", "picocom", "-b", "115200", tty)
        wait_until(lambda: READY in self._text(), "picocom")  # what is typed earlier gets lost

    def _call(self, *arguments):
        return subprocess.run(
            [*self.tmux, *arguments], env=self.environment, stdout=subprocess.PIPE, check=True, timeout=WATCHDOG
        ).stdout.decode(errors="replace")

    def type(self, text, *keys):
        self._call("send-keys", "-l", text)
        self.press(*keys)

    def press(self, *keys):
        if keys:
            self._call("send-keys", *keys)

    def _text(self):
        return self._call("capture-pane", "-p")

    def lines(self):
        text = self._text().partition(READY)[2].rstrip("\n")
        return [line.rstrip() for line in text.split("\n")]

    def shows(self, *lines):
        """Sooner or later the screen is exactly this."""
        try:
            wait_until(lambda: self.lines() == list(lines), "the screen")
        except AssertionError:
            raise AssertionError(f"the screen shows {self.lines()}, expected {list(lines)}") from None

    def is_over(self):
        done = subprocess.run(
            [*self.tmux, "has-session"], env=self.environment, stderr=subprocess.DEVNULL, timeout=WATCHDOG
        )
        return done.returncode != 0

    def close(self):
        subprocess.run([*self.tmux, "kill-server"], env=self.environment, stderr=subprocess.DEVNULL, timeout=WATCHDOG)


@pytest.fixture
def picocom(world, module):
    for program in ("picocom", "tmux"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    ready = module("--verbose")
    screens = []

    def start():
        screens.append(Screen(world, ready.tty))
        return screens[-1]

    start.module = ready
    yield start
    for screen in screens:
        screen.close()


def test_picocom_session(picocom, tcp_server):
    """As in the README: the module is typed at, echoes, answers, and a socket works."""
    screen = picocom()
    screen.type("AT", "Enter")
    shown = ["AT", "OK"]
    screen.shows(*shown)
    screen.type("ATX", "C-h")  # S5: backspace
    screen.type("I", "Enter")
    shown += ["ATI", "Quectel_Ltd", "Quectel_M95", "Revision: M95FAR02A08", "", "OK"]
    screen.shows(*shown)
    for command, answer in (("AT+QIREGAPP", "OK"), ("AT+QIACT", "OK"), ("AT+QILOCIP", "10.1.83.188")):
        screen.type(command, "Enter")
        shown += [command, answer]
        screen.shows(*shown)
    command = f'AT+QIOPEN="TCP","127.0.0.1",{tcp_server.port}'
    screen.type(command, "Enter")
    shown += [command, "OK", "", "CONNECT OK"]
    screen.shows(*shown)
    screen.type("AT+QISEND", "Enter")
    screen.shows(*shown, "AT+QISEND", ">")
    screen.type("hello", "C-z")
    shown += ["AT+QISEND", "> hello", "SEND OK"]
    screen.shows(*shown)
    connection = tcp_server.connection()
    assert receive_exactly(connection, 5) == b"hello"
    connection.close()
    screen.shows(*shown, "", "CLOSED")


def test_picocom_leaves_and_comes_back(picocom):
    """Leaving closes the port; what was set stays set."""
    screen = picocom()
    screen.type("ATE0", "Enter")
    screen.shows("ATE0", "OK")
    screen.press("C-a", "C-x")
    wait_until(screen.is_over, "picocom to leave")
    wait_until(lambda: "no TE has" in picocom.module.log(), "the module to notice")
    screen = picocom()
    screen.type("AT+CGMM", "Enter")
    screen.shows("", "Quectel_M95", "", "OK")
