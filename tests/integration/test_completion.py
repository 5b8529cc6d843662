# SPDX-License-Identifier: Apache-2.0
"""Completion: what the program answers, and what bash, zsh and fish make of it, as somebody who presses TAB sees it."""

import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support import PROGRAM, WATCHDOG, Deadline

COMMANDS = "run demo console watch ctl wait peer config schema doctor play record explain help man completion".split()


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


@pytest.fixture
def asked(world):
    """`asked(word…)`: the candidates for the last word, as the scripts of the shells get them."""

    def ask(*words, **options):
        done = world.run("completion", "words", *words, **options)
        assert (done.returncode, done.stderr) == (0, b"")
        return [line.split("\t")[0] for line in done.stdout.decode().splitlines()]

    return ask


def help_options(world, *command):
    """Every option that --help of a command shows."""
    text = world.run(*command, "--help").stdout.decode()
    # Each stands at the start of its line: `-m,--model MODEL`.
    names = re.findall(r"^  (-[\w-]+(?:,--[\w-]+)*)", text, re.MULTILINE)
    return {name for group in names for name in group.split(",")}


@pytest.mark.parametrize(
    "command", [[name] for name in COMMANDS] + [["peer", kind] for kind in ("tls-echo", "tcp-echo", "udp-echo", "http", "ftp", "smtp", "mqtt")]
    + [["config", what] for what in ("show", "check")], ids=" ".join
)
def test_options_are_those_of_the_help(world, asked, command):
    shown = help_options(world, *command)
    assert "--help" in shown
    assert set(asked(*command, "-")) == shown


def test_commands_are_those_of_the_help(world, asked):
    text = world.run("--help").stdout.decode()
    listed = re.findall(r"^  (\w+) ", text[text.index("Commands;") : text.index("Options:")], re.MULTILINE)
    assert asked("") == listed
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize(
    "words, expected",
    [
        (["--model", ""], ["m10", "m66", "m85", "m95", "m26", "mc60"]),
        (["run", "-qm", "m9"], ["m95"]),
        (["--model=m8"], ["--model=m85"]),
        (["--model", "mc"], ["mc60"]),
        (["--profile", ""], ["instant", "lab", "realistic", "poor", ":files"]),
        (["--uart", ""], ["pty:", "tcp-listen:", "tcp:", "rfc2217:", "unix:", "tty:", "stdio"]),
        (["--uart", "pty:"], [":files"]),
    (["--uart", "pty:./m"], [":files"]),
        (["--rtc", ""], ["host", "factory"]),
        (["--sim", ""], ["none", "ready", "pin:"]),
        (["--firmware", "c"], ["close-index=", "ccid-prefix=", "cusd-blank="]),
        (["--firmware", "close-index=o"], ["close-index=on", "close-index=off"]),
        (["--service-error", "smtp.un"], ["smtp.unreachable=", "smtp.unreadable="]),
        (["--power", ""], ["on", "off"]),
        (["--fault", "bearer.o"], ["bearer.outage"]),
        (["--fault", "bearer.outage f"], ["bearer.outage for="]),
        (["--fault", "at.error match=AT+QIACT c"], ["at.error match=AT+QIACT cme=", "at.error match=AT+QIACT cms=", "at.error match=AT+QIACT count="]),
        (["--trace", ""], [":files"]),
        (["--nvram", ""], [":directories"]),
        (["--count", ""], []),
        (["demo", ""], ["tls", "tcp", "transparent", "https", "mail", "mqtt", "fault"]),
        (["demo", "--color", "a"], ["auto", "always"]),
        (["ctl", "sms"], ["sms.deliver", "sms.report"]),
        (["ctl", "sms.deliver", ""], ["from=", "text="]),
        (["ctl", "--json", "--to", "m95", "network", "r"], ["register", "roam"]),
        (["ctl", "help", "fault."], ["fault.add", "fault.list", "fault.clear"]),
        (["ctl", "nosuch", ""], []),
        (["peer", ""], ["tls-echo", "tcp-echo", "udp-echo", "http", "ftp", "smtp", "mqtt"]),
        (["peer", "tls-echo", "--client-auth", "re"], ["request", "require"]),
        (["peer", "tls-echo", "--fault", "st"], ["stall@"]),
        (["peer", "tls-echo", "--fault", "stall@c"], ["stall@certificate", "stall@connected"]),
        (["play", ""], [":files"]),
        (["play", "--set", "CA=@c"], [":files"]),
        (["help", "exit"], ["exit-codes"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["run", "--", "py"], [":programs"]),
        (["run", "--", "pytest", "--mo"], [":command-line"]),
        (["nosuch", "--mod"], ["--model"]),
    ],
)
def test_values(asked, words, expected):
    assert asked(*words) == expected


def test_every_listed_value_is_taken(world, asked):
    """What the completion offers for an option of `run` is no value that the program refuses."""
    for option in ("--model", "--profile", "--rtc", "--network-time", "--sim", "--power"):
        for value in asked(option, ""):
            if not value.startswith(":"):
                value += "1234" if value.endswith(":") else ""
                assert world.run("run", option, value, "--", "true").returncode == 0, (option, value)


def test_names_of_running_modules(module, asked):
    module("--name", "gate")
    module("--name", "pump")
    assert asked("ctl", "--to", "") == ["gate", "pump", ":files"]
    assert asked("wait", "--to", "p") == ["pump", ":files"]


def test_unknown_shell(world):
    done = world.run("completion", "zhs")
    assert done.returncode == 2 and b'did you mean "zsh"?' in done.stderr
    assert world.run("completion").returncode == 2


# ---- the shells ----


@pytest.fixture
def place(world):
    """An environment with the program on the PATH, in a directory with files to complete."""
    (world.directory / "work").mkdir()
    for name in ("uart one", "trace.jsonl"):
        (world.directory / "work" / name).touch()
    (world.directory / "work" / "flash").mkdir()
    world.environment.update(PATH=f"{Path(PROGRAM).parent}:{os.environ['PATH']}", TERM="xterm", HISTFILE="/dev/null")
    return {"cwd": world.directory / "work", "env": world.environment}


class Terminal:
    """An interactive shell on a pty, in which Ctrl-X shows the line that is being edited as `<LINE>`."""

    def __init__(self, command, setup, place):
        self.screen = b""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, **place)
        os.close(slave)
        os.write(self.master, setup.encode() + b"echo sh''ell is re''ady\n")
        self._until(rb"shell is ready")

    def _until(self, pattern):
        deadline = Deadline(repr(pattern))
        while not (match := re.search(pattern, self.screen)):
            deadline.readable(self.master)
            try:
                self.screen += os.read(self.master, 4096)
            except OSError as error:
                raise AssertionError(f"the shell ended: {self.screen!r}") from error
        self.screen = self.screen[match.end() :]
        return match

    def completed(self, line):
        """The line after TAB."""
        os.write(self.master, line.encode() + b"\t\x18")
        shown = self._until(rb"<<([^>\r\n]*)>>")[1].decode().replace(r"\@", "@")  # bash quotes more than it must
        os.write(self.master, b"\x15")  # Ctrl-U: an empty line again
        return shown

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


BASH = ["bash", "--norc", "--noprofile", "-i"]
BASH_SETUP = """PS1=; source <(quasimodem completion bash)
bind -x '"\\C-x": printf "<<%s>>\\n" "$READLINE_LINE"'
"""
ZSH = ["zsh", "-f", "-i"]
ZSH_SETUP = """PS1=; autoload -Uz compinit; compinit -u -D; source <(quasimodem completion zsh)
"""
ZSH_INSTALLED = """PS1=; mkdir ../zfunc; quasimodem completion zsh >../zfunc/_quasimodem
fpath+=$PWD/../zfunc; autoload -Uz compinit; compinit -u -D
"""
ZSH_SHOW = """show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey '^X' show
"""

# Typed, and what stands there after one TAB.
TYPED = {
    "quasimodem expl": "quasimodem explain ",
    "quasimodem --mod": "quasimodem --model ",
    "quasimodem --model m6": "quasimodem --model m66 ",
    "quasimodem --model=m6": "quasimodem --model=m66 ",
    "quasimodem --uart rf": "quasimodem --uart rfc2217:",
    "quasimodem --uart=rf": "quasimodem --uart=rfc2217:",
    "quasimodem --uart pty:ua": r"quasimodem --uart pty:uart\ one ",
    "quasimodem --uart=pty:ua": r"quasimodem --uart=pty:uart\ one ",
    "quasimodem play --set CA=@tr": "quasimodem play --set CA=@trace.jsonl ",
    "quasimodem --trace tr": "quasimodem --trace trace.jsonl ",
    "quasimodem --nvram fl": "quasimodem --nvram flash/",
    "quasimodem ctl sms.d": "quasimodem ctl sms.deliver ",
    "quasimodem ctl sms.deliver fr": "quasimodem ctl sms.deliver from=",
    "quasimodem peer tls-echo --fault st": "quasimodem peer tls-echo --fault stall@",
    "quasimodem peer tls-echo --fault stall@he": "quasimodem peer tls-echo --fault stall@hello ",
    "quasimodem run -- quasimod": "quasimodem run -- quasimodem ",
}


def check_typed(terminal):
    try:
        assert {line: terminal.completed(line) for line in TYPED} == TYPED
    finally:
        terminal.close()


@needs("bash")
def test_bash(place):
    check_typed(Terminal(BASH, BASH_SETUP, place))


@needs("zsh")
@pytest.mark.parametrize("setup", [ZSH_SETUP, ZSH_INSTALLED], ids=["sourced", "in fpath"])
def test_zsh(place, setup):
    check_typed(Terminal(ZSH, setup + ZSH_SHOW, place))


@needs("bash")
def test_bash_in_quotes(place):
    terminal = Terminal(BASH, BASH_SETUP, place)
    typed = 'quasimodem --fault "bearer.outage cou'
    assert terminal.completed(typed).startswith('quasimodem --fault "bearer.outage count=')
    terminal.close()


def bash_candidates(place, line):
    """Without a terminal: the completion function called as bash does, COMP_WORDBREAKS at its default."""
    words = re.findall(r"[=:]+|[^\s=:]+", line) + ([""] if line.endswith(" ") else [])
    script = (
        'source <(quasimodem completion bash); COMP_LINE=$1 COMP_POINT=${#1}; shift; COMP_WORDS=("$@"); '
        'COMP_CWORD=$(($# - 1)); _quasimodem; ((${#COMPREPLY[@]} == 0)) || printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", line, *words], stdout=subprocess.PIPE, timeout=WATCHDOG, check=True, **place
    )
    return done.stdout.decode().splitlines()


@needs("bash")
def test_bash_function(world, place):
    assert set(bash_candidates(place, "quasimodem -")) == help_options(world, "run")
    assert sorted(bash_candidates(place, "quasimodem --uart pty:")) == ["flash", "trace.jsonl", "uart one"]
    assert bash_candidates(place, "quasimodem demo --color=a") == ["auto", "always"]
    assert bash_candidates(place, "quasimodem ctl ")[0] == "state"
    assert bash_candidates(place, "quasimodem --count ") == []


@needs("fish")
def test_fish(world, place):
    def candidates(line):
        script = f"quasimodem completion fish | source; complete --do-complete {line!r}"
        done = subprocess.run(
            ["fish", "--no-config", "-c", script], stdout=subprocess.PIPE, timeout=WATCHDOG, check=True, **place
        )
        return [line.split("\t")[0] for line in done.stdout.decode().splitlines()]

    assert set(candidates("quasimodem --")) == {name for name in help_options(world, "run") if name.startswith("--")}
    assert candidates("quasimodem --model m6") == ["m66"]
    assert candidates("quasimodem --model=m6") == ["--model=m66"]
    assert candidates("quasimodem --uart rf") == ["rfc2217:"]
    assert candidates("quasimodem --uart pty:ua") == ["pty:uart one"]
    assert candidates("quasimodem --uart=pty:ua") == ["--uart=pty:uart one"]
    assert candidates("quasimodem --trace tr") == ["trace.jsonl"]
    assert candidates("quasimodem --nvram fl") == ["flash/"]
    assert candidates("quasimodem ctl sms.deliver fr") == ["from="]
    assert "quasimodem" in candidates("quasimodem run -- quasimod")
    assert candidates("quasimodem run -- cat tr") == ["trace.jsonl"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_syntax(world, shell):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = world.run("completion", shell).stdout
    done = subprocess.run([shell, "--no-execute" if shell == "fish" else "-n"], input=script, stderr=subprocess.PIPE, timeout=WATCHDOG)
    assert (done.returncode, done.stderr) == (0, b"")
