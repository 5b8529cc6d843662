# SPDX-License-Identifier: Apache-2.0
"""`quasimodem watch` on a terminal and in a pipe, and the two lines after `ready` that lead to it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

import pytest

from control_support import Client, control_of
from peer_support import EchoServer
from support import OK, PROGRAM, WATCHDOG, Deadline, OnTerminal, as_bytes

ROW = re.compile(r" *(\d+\.\d{3})  (.*)")


class Terminal(OnTerminal):
    """The program on a terminal of its own."""

    def __init__(self, world, *arguments, columns=200, environment={}, **streams):
        self.master, self.slave = pty.openpty()
        self.resize(columns)
        attributes = termios.tcgetattr(self.slave)
        attributes[1] &= ~termios.OPOST  # LF stays LF
        termios.tcsetattr(self.slave, termios.TCSANOW, attributes)
        variables = {**world.environment, "TERM": "xterm", **environment}
        self.process = subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            env={name: value for name, value in variables.items() if value is not None},
            preexec_fn=self._takes_terminal,
            start_new_session=True,
            **{"stdin": self.slave, "stdout": self.slave, "stderr": self.slave, **streams},
        )
        self.seen = ""

    def _takes_terminal(self):
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def resize(self, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def sees(self, text):
        """Everything up to this text, which must come."""
        deadline = Deadline(f"{text!r} on the screen, after {self.seen!r}")
        while text not in self.seen:
            deadline.readable(self.master)
            self.seen += os.read(self.master, 65536).decode()
        before, found, self.seen = self.seen.partition(text)
        return before + found

    def ends(self, code):
        assert self.process.wait(WATCHDOG) == code


def rows(text):
    """What stands behind the time of each row, blanks as one."""
    return [" ".join(match[2].split()) for match in map(ROW.fullmatch, text.splitlines()) if match]


def in_order(shown, *wanted):
    rest = iter(shown)
    for row in wanted:
        assert row in rest, f"{row!r} is not in its place in\n" + "\n".join(shown)


@pytest.fixture
def watching(world):
    """`watching(*arguments)`: a terminal with the view, which has begun."""
    terminals = []

    def start(*arguments, **options):
        terminals.append(Terminal(world, "watch", *arguments, **options))
        terminals[-1].sees("< module")
        terminals[-1].sees("\n")
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


# ---- what a module does ----


def test_a_session_with_tls_and_a_fault(world, module, watching):
    peer = EchoServer(world, "tls-echo")
    running = module()
    view = watching("--lines", "0")
    with running.open() as host:
        host.exchange("AT+CSQ", f"\r\n+CSQ: 30,0\r\n{OK}")
        host.bring_up('AT+QIMUX=1', 'AT+QSSLCFG="sslversion",0,3')
        host.exchange(f'AT+QSSLOPEN=1,0,"127.0.0.1",{peer.port},0', f"{OK}\r\n+QSSLOPEN: 1,0\r\n")
        host.exchange("AT+QSSLSEND=1,5", "\r\n> ")
        host.send("hello")
        host.expect('\r\nSEND OK\r\n\r\n+QSSLURC: "recv",0,1\r\n')
        host.exchange("AT+QSSLRECV=0,1,1500", f"\r\n+QSSLRECV: 127.0.0.1:{peer.port},TCP,5\r\nhello{OK}")
        client = Client(control_of(running))
        client.result("fault.add", spec="pdp.drop")
        client.close()
        host.expect_match(r".*?\r\n\+PDP DEACT\r\n")  # the connection ends as well
        host.exchange("AT+NOSUCH", "\r\nERROR\r\n")
    shown = rows(view.sees("< ERROR\n"))
    at = f"127.0.0.1:{peer.port}"
    in_order(
        shown,
        "> AT+CSQ",
        "< AT+CSQ",
        "< +CSQ: 30,0",
        "< OK",
        "> AT+QIACT",
        "tcpip 0: IP GPRSACT",
        "bearer 0: up 10.1.83.188, apn CMNET",
        f'> AT+QSSLOPEN=1,0,"127.0.0.1",{peer.port},0',
        f"socket 1: opening ssl {at}",
        "tls 1: connected TLS1.2 TLS_RSA_WITH_AES_256_CBC_SHA, O=quasimodem throw-away\\, not a secret, CN=localhost",
        f"socket 1: connected ssl {at}",
        "< +QSSLOPEN: 1,0",
        "> AT+QSSLSEND=1,5",
        "< >",
        "> hello",
        "< SEND OK",
        '< +QSSLURC: "recv",0,1',
        f"< +QSSLRECV: {at},TCP,5",
        "< hello",
        "< OK",
        'ctl fault.add {"spec":"pdp.drop"}',
        "fault pdp.drop",
        "< +PDP DEACT",
        "> AT+NOSUCH",
        "< ERROR",
    )


def test_a_plain_socket(module, watching, echo_server):
    running = module()
    view = watching("--lines", "0", "--to", running.tty)
    with running.host() as host:
        host.bring_up("AT+QIMUX=1")
        host.open_socket(0, echo_server)
        host.exchange("AT+QICLOSE=0", "\r\n0, CLOSE OK\r\n")
    at = f"127.0.0.1:{echo_server.port}"
    shown = rows(view.sees("CLOSE OK\n"))
    in_order(shown, f"socket 0: opening tcp {at}", f"socket 0: connected tcp {at}", "< 0, CONNECT OK", "< 0, CLOSE OK")
    assert [row for row in shown if row.startswith(f"socket 0: closed tcp {at}")]


def test_content_of_certificates_is_withheld(module, watching, pki):
    running = module()
    view = watching("--lines", "0")
    content = (pki / "ca.crt").read_bytes()
    with running.host() as host:
        host.upload("RAM:ca.pem", content)
        host.nothing_more()
    text = view.sees("> AT\n")
    assert f"> <{len(content)} bytes of certificate>" in text
    assert f"file stored: RAM:ca.pem, {len(content)} octets" in text
    assert "BEGIN" not in text and content.splitlines()[1].decode() not in text


def test_the_module_goes_off_and_on(module, watching):
    running = module()
    view = watching("--lines", "0")
    client = Client(control_of(running))
    for _ in range(2):
        client.result("power", key=True)
    client.close()
    in_order(rows(view.sees("call ready\n")), "power: off", "power: on", "sim: ready", "call ready")
    assert view.process.poll() is None


def test_a_line_without_an_end_is_shown_after_a_silence(module, watching):
    running = module()
    view = watching("--lines", "0")
    with running.host() as host:
        view.sees("< OK\n")
        host.send("half")
        assert rows(view.sees("> half\n"))[-1] == "> half"


# ---- what was before ----


def test_it_begins_with_what_was_last(module, watching):
    running = module()
    with running.host() as host:
        host.exchange("AT+GMM", f"\r\nQuectel_M95\r\n{OK}")
        view = watching("--lines", "2")
        assert rows(view.sees("< OK\n")) == ["< Quectel_M95", "< OK"]
        host.exchange("AT+CSQ", f"\r\n+CSQ: 30,0\r\n{OK}")
        assert rows(view.sees("< OK\n")) == ["> AT+CSQ", "< +CSQ: 30,0", "< OK"]


def test_a_line_that_was_typed_key_by_key_is_one_row(module, watching):
    """Each key is a record of its own, and so is its echo, when a person types."""
    running = module("--time-scale", "1000")  # much time for the module between two keys
    with running.host(echo=True) as host:
        for key in "AT+GMM":
            host.send(key)
            host.expect(key)
        host.send("\r")
        host.expect(f"\r\r\nQuectel_M95\r\n{OK}")
    view = watching("--lines", "4")
    shown = rows(view.sees("< OK\n"))
    assert shown == ["> AT+GMM", "< AT+GMM", "< Quectel_M95", "< OK"]


def test_nothing_is_lost_or_shown_twice_where_history_ends(world, module):
    """A host that goes on talking while the view begins."""
    with module().host() as host, Terminal(world, "watch", "--lines", "10000") as view:
        deadline = Deadline("the view")
        sent, after = 0, 0
        while after < 100:
            deadline.left()
            host.exchange(f"AT+NO{sent}", "\r\nERROR\r\n")
            sent += 1
            after += bool(after or select.select([view.master], [], [], 0)[0])
        shown = rows(view.sees(f"> AT+NO{sent - 1}\n"))
        assert [row for row in shown if row.startswith("> AT+NO")] == [f"> AT+NO{n}" for n in range(sent)]


# ---- on which module, and to its end ----


def test_messages_are_those_of_ctl(world, module):
    def both_say(*to):
        ours, theirs = world.run("watch", *to), world.run("ctl", *to, "state")
        assert (ours.returncode, ours.stdout) == (3, b"")
        assert ours.stderr == theirs.stderr
        return ours.stderr.decode()

    assert "no module is running" in both_say()
    module("--name", "first")
    assert 'did you mean "first"?' in both_say("--to", "frist")
    module("--name", "second")
    assert "2 modules are running: first, second" in both_say()


@pytest.mark.parametrize("lines", ["-1", "10001", "many"])
def test_wrong_number_of_rows(world, lines):
    done = world.run("watch", "--lines", lines)
    assert done.returncode == 2 and b"--lines" in done.stderr


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_it_ends_with_the_module(module, watching, how):
    running = module()
    view = watching("--lines", "0")
    with running.host() as host:
        view.sees("< OK\n")
        host.send("half")
        getattr(running, how)()
    view.sees("the module has ended\n")
    view.ends(0)


@pytest.mark.parametrize("end", ["\x03", signal.SIGTERM, signal.SIGHUP], ids=["Ctrl-C", "SIGTERM", "SIGHUP"])
def test_ctrl_c_ends_it_and_not_the_module(module, watching, end):
    running = module()
    view = watching("--lines", "0")
    with running.host() as host:
        view.sees("< OK\n")  # it follows by now
        view.types(end) if isinstance(end, str) else view.process.send_signal(end)
        view.ends(0)
        host.nothing_more()


def test_a_pipe_whose_reader_goes_ends_it_quietly(world, module):
    module()
    view = world.start("watch")
    view.read_line()
    view.process.stdout.close()
    assert view.wait() == 0
    assert view.log() == ""
    view.process.stdout = open(os.devnull)  # for World.close


# ---- how it looks ----


def test_rows_are_cut_to_the_terminal_and_follow_its_size(module, watching):
    running = module()
    view = watching("--lines", "0", columns=60)
    long = "AT+" + 90 * "X"
    with running.host() as host:
        host.exchange(long, "\r\nERROR\r\n")
        text = view.sees("< ERROR\n")
        assert max(map(len, text.splitlines())) == 60 and "X…\n" in text
        view.resize(200)
        host.exchange(long, "\r\nERROR\r\n")
        assert f"> {long}\n" in view.sees("< ERROR\n")
        view.resize(0)  # a serial console does not know its size, and COLUMNS is not set
        host.exchange(long, "\r\nERROR\r\n")
        assert f"> {long}\n" in view.sees("< ERROR\n")


def test_columns_where_the_terminal_does_not_know(module, watching):
    running = module()
    view = watching("--lines", "0", columns=0, environment={"COLUMNS": "50"})
    with running.host() as host:
        host.exchange("AT+" + 90 * "X", "\r\nERROR\r\n")
        assert max(map(len, view.sees("< ERROR\n").splitlines())) == 50


def test_colour_is_for_terminals_and_not_for_no_color(world, module, watching):
    with module().host() as host:
        host.exchange("AT+NOSUCH", "\r\nERROR\r\n")
    colored = "\x1b[1;31m< ERROR\x1b[0m\n"
    watching(environment={"NO_COLOR": None}).sees(colored)
    watching("--color", "always").sees(colored)
    for plain in (watching(), watching("--color", "never", environment={"NO_COLOR": None})):
        assert "\x1b" not in plain.sees("< ERROR\n")
    piped = world.start("watch", environment={"NO_COLOR": ""})
    lines = []
    while not lines or "ERROR" not in lines[-1]:
        lines.append(piped.read_line())
    assert "\x1b" not in "".join(lines)


# ---- the lines after ready ----


def test_after_ready_a_person_is_told_how_to_talk_and_watch(world):
    with Terminal(world, "run", "--profile", "instant", environment={"PATH": "/usr/bin:/bin"}) as terminal:
        text = terminal.sees("watch --to m95\n")
        tty = world.runtime / "quasimodem/m95"
        steps = text[text.index("ready m95 ") :].splitlines()
        assert steps[0] == f"ready m95 {tty}"
        match = re.fullmatch(rf"talk   (\S+) console --to m95   \(or: picocom -b 115200 {tty}\)", steps[1])
        assert match and os.path.samefile(match[1], PROGRAM)
        assert steps[2:] == [f"watch  {match[1]} watch --to m95"]
        done = world.run("console", "--to", "m95", stdin=None, input=b"AT\n")
        assert done.stdout == b"AT\r" + as_bytes(OK)


def test_the_name_alone_where_the_path_leads_to_it(world, tmp_path):
    places = tmp_path / "bin"
    places.mkdir()
    (places / "quasimodem").symlink_to(PROGRAM)
    with Terminal(world, "--profile", "instant", environment={"PATH": f"{places}:/usr/bin"}) as terminal:
        assert "\ntalk   quasimodem console --to m95 " in terminal.sees("watch  quasimodem watch --to m95\n")


def test_many_modules_have_two_lines_in_all(world):
    with Terminal(world, "--profile", "instant", "--count", 3) as terminal:
        terminal.sees("ready m95-2 ")
        text = terminal.sees("watch --to m95-0\n")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.ends(0)
        assert "console --to m95-0 " in text


@pytest.mark.parametrize(
    "arguments",
    [["--quiet"], ["--json"], ["--log-format", "json"], ["--", "echo", "ready"]],
    ids=lambda words: words[0],
)
def test_programs_are_not_told(world, arguments):
    with Terminal(world, "run", "--profile", "instant", *arguments) as terminal:
        text = terminal.sees("ready")
        if arguments[0] != "--":
            text += terminal.sees("\n")
            terminal.process.send_signal(signal.SIGTERM)
        terminal.ends(0)
        assert "watch" not in text + rest_of(terminal)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_nor_anybody_who_has_only_one_of_the_streams(world, stream):
    with open(world.directory / "stream", "wb") as file:
        with Terminal(world, "--profile", "instant", **{stream: file}) as terminal:
            control = world.runtime / "quasimodem/m95.ctl"
            assert world.run("wait", "--timeout", "60s").returncode == 0, control
            terminal.process.send_signal(signal.SIGTERM)
            terminal.ends(0)
            assert "watch" not in rest_of(terminal) + (world.directory / "stream").read_text()


def rest_of(terminal):
    """What a program that has ended has left on the terminal."""
    os.set_blocking(terminal.master, False)
    rest = b""
    try:
        while block := os.read(terminal.master, 65536):
            rest += block
    except BlockingIOError:
        pass
    return terminal.seen + rest.decode()
