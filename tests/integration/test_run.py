# SPDX-License-Identifier: Apache-2.0
"""`quasimodem run`, with and without a command: readiness, exit codes, signals, and what is left behind."""

import fcntl
import os
import pty
import re
import signal
import subprocess
import termios
import textwrap

import pytest

from support import OK, PYTHON, Deadline, Host, wait_until

TALK = """
    import os, serial, sys
    with serial.Serial(os.environ["QUASIMODEM_TTY"], 115200, timeout=60) as port:
        port.write(b"AT\\r")
        answer = port.read_until(b"OK\\r\\n")
    print(answer)
    sys.exit(7)
"""


def script(text):
    return ["--", PYTHON, "-c", textwrap.dedent(text)]


# ---- run -- CMD ----


def test_command_talks_to_the_module_and_its_exit_code_is_handed_on(world):
    done = world.run("run", *script(TALK))
    assert done.stdout == b"b'AT\\r\\r\\nOK\\r\\n'\n"
    assert done.returncode == 7


@pytest.mark.parametrize("code", [0, 1, 3, 124, 255])
def test_every_exit_code_is_handed_on(world, code):
    assert world.run("run", "--", "sh", "-c", f"exit {code}").returncode == code


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGINT])
def test_command_that_is_ended_by_a_signal(world, number):
    assert world.run("run", "--", "sh", "-c", f"kill -{int(number)} $$").returncode == 128 + number


def test_command_that_does_not_exist(world):
    done = world.run("run", "--", "no-such-command-here")
    assert done.returncode == 127
    assert b"error: cannot run no-such-command-here" in done.stderr
    assert world.runtime_files() == []


def test_command_that_may_not_be_executed(world):
    file = world.directory / "not-executable"
    file.write_text("#!/bin/sh\n")
    done = world.run("run", "--", file)
    assert done.returncode == 126
    assert str(file).encode() in done.stderr
    assert world.runtime_files() == []


def test_standard_output_is_the_commands_own(world):
    done = world.run("run", "--verbose", "--", "printf", "only this")
    assert done.stdout == b"only this"


def test_standard_input_is_the_commands_own(world):
    text = bytes(range(256)) * 1000
    done = world.run("run", "--", "cat", stdin=None, input=text)
    assert done.stdout == text
    assert done.returncode == 0


def test_arguments_after_the_dashes_are_the_commands_own(world):
    done = world.run("run", "--", "printf", "[%s]", "--model", "--", "-v", "a b", "")
    assert done.stdout == b"[--model][--][-v][a b][]"


def test_environment_of_the_command(world):
    """The caller's variables stay, an old QUASIMODEM_TTY does not."""
    environment = {"OTHER": "kept", "QUASIMODEM_TTY": "/old"}
    done = world.run("run", "--", "env", environment=environment)
    variables = done.stdout.decode().splitlines()
    assert "OTHER=kept" in variables
    assert [v for v in variables if v.startswith("QUASIMODEM_TTY=") and "/old" not in v]
    assert "QUASIMODEM_TTY=/old" not in variables


def test_command_inherits_no_descriptor_of_the_program(world):
    done = world.run("run", "--nvram", world.directory / "nvram", "--", "sh", "-c", "ls /proc/$$/fd")
    assert done.stdout.split() == [b"0", b"1", b"2"]


def test_command_starts_with_signals_as_usual(world):
    """None blocked and none ignored: a test runner under `run --` must hear Ctrl-C and SIGPIPE."""
    done = world.run("run", "--", "cat", "/proc/self/status")
    for field in ("SigBlk", "SigIgn"):
        signals = int(re.search(rf"^{field}:\s+(\w+)$", done.stdout.decode(), re.MULTILINE)[1], 16)
        assert signals & 0x7FFFFFFF == 0  # the others are glibc's own


def test_nothing_is_left_behind(world):
    done = world.run("run", "--", "sh", "-c", 'test -L "$QUASIMODEM_TTY" && test -c "$QUASIMODEM_TTY"')
    assert done.returncode == 0
    assert world.runtime_files() == []
    assert list(world.state.iterdir()) == []  # ephemeral
    assert list(world.home.iterdir()) == []


def test_nvram_when_asked_for(world):
    nvram = world.directory / "nvram"
    answer = b"ATE0&W\r\r\nOK\r\n"
    store = f'exec 3<>"$QUASIMODEM_TTY"; printf "ATE0&W\\r" >&3; head -c {len(answer)} <&3'
    done = world.run("run", "--nvram", nvram, "--", "bash", "-c", store)
    assert done.stdout == answer
    assert (nvram / "profile").exists()


def test_two_at_once_with_default_names(world):
    """Many tests of a CI machine may run side by side."""
    first, second = (world.start("run", *script(READY_THEN_TALK), stdin=subprocess.PIPE) for _ in range(2))
    ttys = {program.read_line() for program in (first, second)}  # both are up now
    assert len(ttys) == 2
    for program in (first, second):
        program.process.stdin.write(b"\n")
    for program in (first, second):
        assert program.rest_of_output() == b"b'AT\\r\\r\\nOK\\r\\n'\n"
        assert program.wait() == 0
    assert world.runtime_files() == []


READY_THEN_TALK = """
    import os, serial, sys
    print(os.environ["QUASIMODEM_TTY"], flush=True)
    sys.stdin.readline()
    with serial.Serial(os.environ["QUASIMODEM_TTY"], 115200, timeout=60) as port:
        port.write(b"AT\\r")
        print(port.read_until(b"OK\\r\\n"))
"""

COUNT_SIGNALS = """
    import os, serial, signal, sys
    heard = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _: heard.append(signal.Signals(n).name))
    port = serial.Serial(os.environ["QUASIMODEM_TTY"], 115200, timeout=60)
    print("up", flush=True)
    while not heard:
        signal.pause()
    # What else the program had to hand on, it has handed on before it answers.
    for _ in range(3):
        port.write(b"AT\\r")
        assert port.read_until(b"OK\\r\\n")
    print(*heard)
    sys.exit(42)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_are_forwarded(world, number):
    program = world.start("run", *script(COUNT_SIGNALS))
    assert program.read_line() == "up"
    program.signal(number)
    assert program.rest_of_output().decode() == f"{number.name}\n"
    assert program.wait() == 42  # the command decides when it is over
    assert world.runtime_files() == []


def test_ctrl_c_reaches_the_command_once(world):
    """The terminal sends SIGINT to both; a second one would cut the clean-up of a test runner short."""
    terminal, slave = pty.openpty()
    program = world.start("run", *script(COUNT_SIGNALS), stdin=slave, preexec_fn=lambda: take_terminal(slave))
    os.close(slave)
    assert program.read_line() == "up"
    os.write(terminal, b"\x03")
    assert program.rest_of_output() == b"SIGINT\n"
    assert program.wait() == 42
    os.close(terminal)


def take_terminal(descriptor):
    os.setsid()
    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


def test_signal_before_the_command_was_started(world):
    """Profile lab needs 300 ms until RDY; whenever the signal comes, the command has not succeeded."""
    program = world.start("run", "--profile", "lab", "--verbose", "--", "sleep", "1000")
    wait_until(lambda: "power on" in program.log(), "the start")
    program.signal(signal.SIGTERM)
    assert program.wait() == 128 + signal.SIGTERM
    assert world.runtime_files() == []


# ---- run without a command ----


def test_ready_line(world):
    module = world.module()
    link = world.runtime / "quasimodem" / "m95"
    assert module.ready_line == f"ready m95 {link}"
    assert os.readlink(link).startswith("/dev/pts/")
    module.stop()
    assert module.rest_of_output() == b""


def test_ready_line_with_a_name(world):
    module = world.module("--name", "tracker")
    assert module.ready_line == f"ready tracker {world.runtime / 'quasimodem' / 'tracker'}"
    module.stop()
    assert world.runtime_files() == []


@pytest.mark.parametrize("model", ["m10", "M66", "m85", "m26", "MC60"])
def test_name_is_the_models(world, model):
    module = world.module("--model", model)
    assert module.name == model.lower()
    with module.host() as host:
        host.exchange("AT+CGMM", f"\r\nQuectel_{model.upper()}\r\n{OK}")


def test_relative_link_becomes_absolute(world):
    (world.directory / "bench").mkdir()
    module = world.module("--uart", "pty:./m95", cwd=world.directory / "bench")
    assert module.tty == str(world.directory / "bench" / "m95")
    module.stop()
    assert list((world.directory / "bench").iterdir()) == []


def test_link_behind_a_symbolic_link_to_its_directory(world):
    (world.directory / "real").mkdir()
    (world.directory / "alias").symlink_to("real")
    module = world.module("--uart", f"pty:{world.directory}/alias/m95")
    with module.host() as host:
        host.nothing_more()
    module.stop()
    assert list((world.directory / "real").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_clean_stop(world, number):
    module = world.module()
    with module.host() as host:
        module.signal(number)
        assert module.wait() == 0
        assert world.runtime_files() == []
        # The host sees the line go dead instead of waiting for ever.
        Deadline("the hang-up").readable(host.port.fileno())


def test_clean_stop_when_the_terminal_is_gone(world):
    """A SIGHUP from somebody reads the configuration again; from the kernel it means that nobody is there any more."""
    terminal, slave = pty.openpty()
    module = world.module(stdin=slave, preexec_fn=lambda: take_terminal(slave))
    os.close(slave)
    os.close(terminal)
    assert module.wait() == 0
    assert world.runtime_files() == []


def test_nohup(world):
    module = world.module(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    module.signal(signal.SIGHUP)
    with module.host() as host:
        host.nothing_more()
    module.stop()


def test_link_that_somebody_replaced_is_not_removed(world):
    module = world.module()
    link = world.runtime / "quasimodem" / "m95"
    link.unlink()
    link.write_text("mine")
    module.stop()
    assert link.read_text() == "mine"


def test_runtime_directory_is_private(world):
    world.module()
    assert (world.runtime / "quasimodem").stat().st_mode & 0o777 == 0o700


def test_two_modules_with_two_names(world):
    modules = [world.module("--name", name) for name in ("one", "two")]
    for module, imei in zip(modules, ("001010000000008",) * 2):
        with module.host() as host:
            host.exchange("AT+GSN", f"\r\n{imei}\r\n{OK}")


# ---- readiness ----


def test_ready_descriptor(world):
    reader, writer = os.pipe()
    program = world.start("--profile", "instant", "--ready-fd", writer, pass_fds=[writer])
    os.close(writer)
    deadline = Deadline("the newline")
    deadline.readable(reader)
    assert os.read(reader, 100) == b"\n"
    deadline.readable(reader)
    assert os.read(reader, 100) == b""  # closed, so that who reads to the end gets on
    os.close(reader)
    assert program.read_line().startswith("ready m95 ")
    program.stop()


def test_ready_descriptor_with_a_command_that_goes_on(world):
    reader, writer = os.pipe()
    program = world.start("run", "--ready-fd", writer, "--", "cat", stdin=subprocess.PIPE, pass_fds=[writer])
    os.close(writer)
    deadline = Deadline("the newline and the end")
    data = b""
    while block := (deadline.readable(reader), os.read(reader, 100))[1]:
        data += block
    assert data == b"\n"
    os.close(reader)
    program.process.stdin.close()
    assert program.wait() == 0


def test_ready_means_that_the_module_answers(world):
    """Also in profile lab, where the module needs its time to boot: nothing sent after the ready line is lost."""
    with world.module(profile="lab").open() as host:
        host.exchange("AT")


def test_reader_of_the_ready_line_may_go_away(world):
    reader, writer = os.pipe()
    os.close(reader)
    program = world.start("--profile", "instant", "--ready-fd", writer, pass_fds=[writer])
    os.close(writer)
    tty = program.read_line().split(" ", 2)[2]
    with Host(tty) as host:
        host.exchange("AT")
    program.stop()


def test_closed_standard_output(world):
    """Its number must not go to the pty: the ready line would arrive at the host."""
    link = world.directory / "m95"
    reader, writer = os.pipe()
    program = world.start(
        *("--profile", "instant", "--uart", f"pty:{link}", "--ready-fd", writer),
        pass_fds=[writer],
        preexec_fn=lambda: (os.close(0), os.close(1)),
    )
    os.close(writer)
    Deadline("the module").readable(reader)  # before that nobody hears the host
    os.close(reader)
    with Host(str(link)) as host:
        host.exchange("AT")
        host.exchange("AT")
    program.stop()
