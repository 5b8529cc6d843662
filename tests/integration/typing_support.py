# SPDX-License-Identifier: Apache-2.0
"""A person who types what a document shows: its commands, their order, and a terminal with bash in it."""

import contextlib
import fcntl
import os
import re
import shlex
import signal
import socket
import struct
import subprocess
import termios
from dataclasses import dataclass, field

from support import WATCHDOG, Deadline, HungUp

ANYTHING = "…"  # in a document: a line alone is any number of lines, within a line any text
CTRL_C = "^C"  # a line of it is the key


# ---- the document ----


@dataclass
class Command:
    text: str
    shown: list = None  # the lines under it, in a console block
    line: int = 0


@dataclass
class Block:
    language: str
    text: str
    section: str
    line: int
    commands: list = field(default_factory=list)


def is_complete(text):
    """Whether bash would begin to work now, and not ask for more."""
    environment = {**os.environ, "LC_ALL": "C"}  # it says so in words
    done = subprocess.run(["bash", "-n", "-c", text], env=environment, stderr=subprocess.PIPE, timeout=WATCHDOG)
    return b"unexpected EOF" not in done.stderr and b"unexpected end of file" not in done.stderr and not text.endswith("\\")


def commands_of(block):
    found = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        begun = found and not is_complete(found[-1].text)
        if begun:
            found[-1].text += "\n" + line
        elif block.language == "console" and line.startswith("$ "):
            found.append(Command(line[2:], [], number))
        elif block.language == "console":
            assert found, f"line {number} stands before the first $"
            found[-1].shown.append(line)
        elif line.strip() and not line.startswith("#"):
            found.append(Command(line, None, number))
    for command in found:
        while command.shown and not command.shown[-1].strip():
            command.shown.pop()
    return found


def blocks_of(text):
    """The fenced blocks of a document, in order; those in lists are indented."""
    found, section, open_block = [], "", None
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r"^( *)```(\w*)\s*$", line)
        if open_block and fence and not fence[2]:
            open_block.commands = commands_of(open_block) if open_block.language in ("console", "sh") else []
            found.append(open_block)
            open_block = None
        elif open_block:
            open_block.text += line.removeprefix(indent) + "\n"
        elif fence:
            indent = fence[1]
            open_block = Block(fence[2], "", section, number)
        elif line.startswith("## "):
            section = line
    assert open_block is None, f"the block at line {open_block.line} has no end"
    return found


def pattern_of(lines):
    """What the screen has to match as a whole, a line end behind each line."""
    parts = [
        r"(?:.*\n)*?" if line.strip() == ANYTHING else ".*".join(map(re.escape, line.rstrip().split(ANYTHING))) + r"\n"
        for line in lines
    ]
    return re.compile("".join(parts))


# ---- the terminal ----

PROMPT = re.compile(rb"\x1e(\d+)\x1e")  # where the prompt would be, with the exit code
CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x07")


def screen(data):
    """The lines that a terminal would show, without colours and without blanks at their ends."""
    lines, column = [""], 0
    for char in CONTROL.sub("", PROMPT.sub(b"", data).decode(errors="replace")):
        if char == "\r":
            column = 0
        elif char == "\n":
            lines.append("")
            column = 0
        elif char == "\b":
            column = max(0, column - 1)
        else:
            lines[-1] = lines[-1][:column].ljust(column) + char + lines[-1][column + 1 :]
            column += 1
    if not lines[-1]:
        lines.pop()
    return [line.rstrip() for line in lines]


class Terminal:
    """bash, interactive, on a pty of its own. Its echo is off: what is on the screen is what programs say."""

    def __init__(self, environment, directory):
        keyboard, tty = os.openpty()
        self.keyboard = keyboard
        settings = termios.tcgetattr(tty)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(tty, termios.TCSANOW, settings)
        fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "--noediting", "-i"],
            stdin=tty,
            stdout=tty,
            stderr=tty,
            env={**environment, "PS1": "", "PS2": "", "PROMPT_COMMAND": r"printf '\036%s\036' $?", "TERM": "xterm"},
            cwd=directory,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(tty)
        self.unread = b""
        self.to_prompt()

    def _receive(self, deadline):
        deadline.readable(self.keyboard)
        try:
            block = os.read(self.keyboard, 65536)
        except OSError:  # EIO: nobody has the other side
            block = b""
        if not block:
            raise HungUp(f"the terminal is gone; its last words are {self.unread!r}")
        self.unread += block

    def press(self, keys):
        os.write(self.keyboard, keys.encode())

    def to_prompt(self, what="the prompt"):
        """Waits until the command has ended. Returns what was on the screen since the last prompt, and the exit code."""
        deadline = Deadline(what)
        while not (prompt := PROMPT.search(self.unread)):
            self._until_more(deadline)
        shown, self.unread = self.unread[: prompt.start()], self.unread[prompt.end() :]
        return screen(shown), int(prompt[1])

    def _until_more(self, deadline):
        try:
            self._receive(deadline)
        except AssertionError as problem:
            raise AssertionError(f"{problem}; the screen shows\n" + "\n".join(screen(self.unread))) from None

    def shows(self, matches, what):
        """Waits until matches(lines) while the command goes on."""
        deadline = Deadline(what)
        while not matches(screen(self.unread)):
            if PROMPT.search(self.unread):
                raise AssertionError(f"{what}: ended by itself; the screen shows\n" + "\n".join(screen(self.unread)))
            self._until_more(deadline)

    def is_raw(self):
        """A program has the keys one by one. What was pressed before it has set that so may be thrown away."""
        return not termios.tcgetattr(self.keyboard)[3] & termios.ICANON

    def directory(self):
        return os.readlink(f"/proc/{self.shell.pid}/cwd")

    def close(self):
        """As when the window is closed: whatever runs in it is hung up."""
        os.close(self.keyboard)
        with contextlib.suppress(ProcessLookupError):
            self.shell.send_signal(signal.SIGHUP)
        self.shell.wait(WATCHDOG)


def goes_on(command):
    """Which program of ours it is that runs until Ctrl-C; None for one that ends by itself."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return None
    if not words or os.path.basename(words[0]) not in ("quasimodem", "run") or "|" in words:
        return None
    if {"--", "--help", "-h", "--version", "--timeout", "--expect", "--scenario"} & set(words):
        return None
    kind = "run" if len(words) == 1 or words[1].startswith("-") else words[1]
    return kind if kind in ("run", "peer", "record", "watch") else None


class ReservedPort:
    """A port of 127.0.0.1 that nobody else gets while a program that sets SO_REUSEADDR may listen there."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.number = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()
