# SPDX-License-Identifier: Apache-2.0
"""README and docs/ typed as written: each console and sh block, in order, by somebody who has nothing yet.

A document gets a home directory, a runtime directory and terminals of its own. What keeps running stays in its terminal,
and the next command goes to another one; the end of its section is its Ctrl-C. Under a command of a console block stands
exactly what comes, but for BY_NATURE; a command of an sh block ends with 0.

README is typed in a clone of this tree, by the address it gives. There tools/run is a stand-in that builds nothing: the
program under test is built. That tools/run builds it is what tools/fresh tries, which types the same lines on a bare system.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from control_support import Client, control_of
from support import PROGRAM, PYTHON, SOURCE, WATCHDOG, wait_until
from typing_support import CTRL_C, Block, ReservedPort, Terminal, blocks_of, goes_on, pattern_of

DOCUMENTS = ["README.md", *sorted(str(path.relative_to(SOURCE)) for path in (SOURCE / "docs").rglob("*.md"))]
BUILD = Path(PROGRAM).resolve().parent

# What differs each time. What the typist himself chose (home, runtime directory, ports) is put back instead.
BY_NATURE = [
    (r"\b\d\d:\d\d:\d\d\.\d{3}\b", "HH:MM:SS.mmm"),
    (r"\bquasimodem \d+\.\d+\.\d+[^\s,]*(?:, commit \S+)?", "quasimodem VERSION"),
    (r"/dev/pts/\d+", "/dev/pts/N"),
    (r"\b(process|pid) \d+", r"\1 PID"),
]

# (document, beginning of the command): why it is not typed. An entry that fits no command any more is an error.
NOT_TYPED = {
    ("README.md", "tools/test"): "is what runs this; tools/fresh types it",
    ("docs/installing.md", "tools/setup run"): "wants root, and changes the machine; tools/fresh types what runs it",
    ("docs/installing.md", "cmake --preset"): "builds for minutes; tools/run does the same, and tools/fresh types that",
    ("docs/installing.md", "sudo cmake --install"): "wants root; test_install installs under another prefix",
    ("docs/installing.md", "tools/package"): "builds for minutes; tools/fresh --package tries what it makes",
    ("docs/installing.md", "tar xJf"): "there is no release here; tools/fresh --package unpacks one",
    ("docs/installing.md", "quasimodem-0.1.0-linux-x86_64/bin/"): "the same",
    ("docs/installing.md", "docker "): "there is no Docker here; test_recipes starts what the image would",
    ("docs/benchmarks.md", "cmake --preset"): "builds for minutes",
    ("docs/benchmarks.md", "tests/bench/soak.py"): "measures for minutes; no test depends on the machine's speed",
}


@dataclass
class Given:
    """What a document takes for granted: what its reader has."""

    module: bool = False  # one that runs, as m95
    files: dict = field(default_factory=dict)  # name: content; executable when it begins with #!
    clone: bool = False  # typed in a clone of this tree
    meanwhile: dict = field(default_factory=dict)  # beginning of a command: what the host sends until it ends


YOURS = """#!/usr/bin/python3
import os, serial
port = serial.Serial(os.environ["QUASIMODEM_TTY"], 115200, timeout=100)
port.write(b"AT\\r")
assert port.read_until(b"OK\\r\\n").endswith(b"\\r\\nOK\\r\\n")
"""
DIALOGUE = "> AT\\r\n< AT\\r\\r\\nOK\\r\\n\n"


def first_block(document, language):
    return next(block.text for block in blocks_of((SOURCE / document).read_text()) if block.language == language)


GIVEN = {
    "README.md": Given(files={"your-dialogue.txt": DIALOGUE}),
    "docs/control.md": Given(module=True, meanwhile={"quasimodem ctl wait AT+QSSLOPEN": 'AT+QSSLOPEN=1,0,"x",1,0\r'}),
    "docs/faults.md": Given(module=True),
    "docs/using.md": Given(module=True),
    # CMD and your-tests are the reader's own.
    "docs/profiles.md": Given(files={"ours.toml": first_block("docs/profiles.md", "toml"), "bin/CMD": YOURS}),
    "docs/scenarios.md": Given(
        files={
            "bearer-loss.yaml": "within: 20s\nsteps:\n  - wait-at: AT\n    answer: OK\n",
            "your-tests": YOURS,
        }
    ),
    "docs/installing.md": Given(clone=True),
    "docs/python.md": Given(clone=True),
    "docs/reporting.md": Given(clone=True),
}


def given(document):
    return GIVEN.get(document, Given())


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """This tree as somebody would clone it, as it is now, with a tools/run that does not build."""
    tree = tmp_path_factory.mktemp("published") / "quasimodem"
    left_out = shutil.ignore_patterns("build", ".cache", ".git", "__pycache__", ".venv")
    shutil.copytree(SOURCE, tree, symlinks=True, ignore=left_out)
    run = tree / "tools/run"
    run.write_text(
        f'#!/bin/sh\n# See test_documentation.py.\ncd_to=$(dirname "$(readlink -f "$0")")/..\nmkdir -p "$cd_to/build"\n'
        f'ln -sfn "{BUILD}" "$cd_to/build/release"\nexec "{PROGRAM}" "$@"\n'
    )
    run.chmod(0o755)
    git = ["git", "-C", tree, "-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "as it is"]):
        subprocess.run([*git, *words], check=True, env=environment, timeout=WATCHDOG)
    return tree


class Typist:
    def __init__(self, document, place, repository, world_environment):
        self.document = document
        self.given = given(document)
        self.place = Path(place)
        self.home = self.place / "home"
        self.runtime = self.place / "run"
        self.hardware = self.place / "ttyUSB0"
        self.programs = self.place / "bin"
        for directory in (self.home, self.runtime, self.programs):
            directory.mkdir(mode=0o700)
        (self.programs / "python3").symlink_to(PYTHON)
        keep = {name: value for name, value in world_environment.items() if not name.startswith(("XDG_", "LC_"))}
        self.environment = {
            **keep,
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "PATH": f"{self.programs}:/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": str(self.place / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.directory = self.home
        if self.given.clone:
            self.directory = self.home / "quasimodem"
            shutil.copytree(repository, self.directory, symlinks=True)
        self.ports = {}  # as documented: the one it is here
        self.terminals = []
        self.free = None  # the terminal that waits for a command
        self.running = {}  # kind: (terminal, section)
        self.left_out = []

    # ---- terminals ----

    def terminal(self):
        if not self.free:
            environment = dict(self.environment)
            if (self.home / ".local/bin").is_dir():  # as Debian's ~/.profile has it
                environment["PATH"] = f"{self.home}/.local/bin:{environment['PATH']}"
            # As a terminal's "new tab" does.
            directory = self.terminals[-1].directory() if self.terminals else self.directory
            self.terminals.append(Terminal(environment, directory))
            self.free = self.terminals[-1]
        return self.free

    def interrupt(self, kind):
        terminal, _ = self.running.pop(kind)
        terminal.press("\x03")
        terminal.to_prompt(f"the end of {kind}")
        self.free = self.free or terminal

    def section(self, name):
        """What a section has started ends with it."""
        for kind in [kind for kind, (_, section) in self.running.items() if section != name]:
            self.interrupt(kind)

    def close(self):
        for terminal in self.terminals:
            terminal.close()
        for port in self.ports.values():
            port.close()

    # ---- what is typed, and what is shown ----

    def as_typed(self, command):
        for number in re.findall(r"127\.0\.0\.1:(\d+)", command):
            if number not in self.ports:
                self.ports[number] = ReservedPort()
        command = re.sub(r"127\.0\.0\.1:(\d+)", lambda match: f"127.0.0.1:{self.ports[match[1]].number}", command)
        return command.replace("/dev/ttyUSB0", str(self.hardware))

    def as_documented(self, line):
        for documented, port in self.ports.items():
            line = line.replace(f"127.0.0.1:{port.number}", f"127.0.0.1:{documented}")
        line = line.replace(str(self.hardware), "/dev/ttyUSB0")
        return by_nature(line.replace(str(self.home), "/home/you").replace(str(self.runtime), "/run/user/1000"))

    def matches(self, shown):
        pattern = pattern_of([by_nature(line) for line in shown])
        return lambda lines: pattern.fullmatch("".join(self.as_documented(line) + "\n" for line in lines))

    def compare(self, command, shown, lines):
        assert self.matches(shown)(lines), (
            f"{self.document}:{command.line}: $ {command.text}\n--- it shows\n"
            + "\n".join(shown)
            + "\n--- what comes\n"
            + "\n".join(map(self.as_documented, lines))
        )

    # ---- the module ----

    def state(self):
        done = subprocess.run(
            [PROGRAM, "ctl", "state", "--json"], env=self.environment, stdout=subprocess.PIPE, timeout=WATCHDOG, check=True
        )
        return json.loads(done.stdout)

    def module_is_up(self):
        """A person is slower than the module on its way into the network."""

        def done():
            state = self.state()
            registered = state["network"]["registration"] in ("home", "roaming", "denied")
            return state["power"] == "off" or (state["ready"] and registered)

        wait_until(done, "the network")

    # ---- typing ----

    def type(self, command, section):
        words = command.text.split()
        if words[0] == "picocom":
            self.picocom(command)
            return
        if "run" in self.running and ("ctl" in words or "console" in words):
            self.module_is_up()
        kind = goes_on(command.text)
        if kind in self.running:
            self.interrupt(kind)
        terminal = self.terminal()
        self.put_down(command, Path(terminal.directory()))
        terminal.press(self.as_typed(command.text) + "\n")
        what = f"{self.document}:{command.line}: $ {command.text}"
        if not kind:
            with self.meanwhile(command):
                lines, code = terminal.to_prompt(what)
            if command.shown is None:
                assert code == 0, f"{what} ended with {code}:\n" + "\n".join(lines)
            else:
                self.compare(command, command.shown, lines)
                assert (code == 0) != any(line.startswith("error:") for line in lines), f"{what} ended with {code}"
            return
        before = list(command.shown or ["…"])
        ended = CTRL_C in before
        if ended:
            assert before[-1] == CTRL_C, f"{what}: nothing is shown after {CTRL_C}"
            before.pop()
        if command.shown is None:
            terminal.shows(lambda lines: any(line.startswith("ready ") for line in lines), what)
        else:
            terminal.shows(self.matches(before), what)
        self.running[kind] = (terminal, section)
        self.free = None
        if ended:
            self.interrupt(kind)

    def put_down(self, command, directory):
        """The reader's own files, where he types: those that the command names."""
        for name, content in self.given.files.items():
            if Path(name).name in command.text:
                path = (self.programs if name.startswith("bin/") else directory) / Path(name).name
                path.write_text(content)
                path.chmod(0o755 if content.startswith("#!") else 0o644)

    @contextlib.contextmanager
    def meanwhile(self, command):
        """A host that sends the text again and again until the command has ended: it cannot come too early."""
        text = next((text for start, text in self.given.meanwhile.items() if command.text.startswith(start)), None)
        if not text:
            yield
            return
        over = threading.Event()

        def send():
            link = os.open(self.runtime / "quasimodem/m95", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            while not over.wait(0.02):
                with contextlib.suppress(BlockingIOError):
                    os.write(link, text.encode())
                with contextlib.suppress(BlockingIOError):
                    os.read(link, 65536)
            os.close(link)

        host = threading.Thread(target=send, daemon=True)
        host.start()
        try:
            yield
        finally:
            over.set()
            host.join(WATCHDOG)

    def picocom(self, command):
        """The screen of a serial terminal: lines that begin with AT are typed, and what the text before it names at `>`."""
        if not shutil.which("picocom"):
            self.left_out.append("picocom is not installed")
            return
        (data,) = re.findall(r"at its `>` you type `(\w+)`", (SOURCE / self.document).read_text())
        self.module_is_up()
        terminal = self.terminal()
        terminal.press(command.text + "\n")
        link = terminal.directory() + "/" + command.text.split()[-1]
        wait_until(lambda: somebody_has(os.path.realpath(link), "picocom") and terminal.is_raw(), "picocom")
        for at, line in enumerate(command.shown):
            if line.startswith("AT"):
                terminal.press(line + "\r")
            elif line == ">":
                terminal.press(data)
            else:
                continue
            answers = [index for index in range(at + 1, len(command.shown)) if command.shown[index].startswith(("AT", ">"))]
            until = answers[0] + (command.shown[answers[0]] == ">") if answers else len(command.shown)
            shown = command.shown[:until]
            # At the prompt the cursor stands behind it, without a line end.
            terminal.shows(self.matches(shown), f"{self.document}:{command.line}: the answer to {line}")
        terminal.press("\x01\x18")
        lines, code = terminal.to_prompt("the end of picocom")
        self.compare(command, command.shown, lines)
        assert code == 0


def by_nature(line):
    for pattern, name in BY_NATURE:
        line = re.sub(pattern, name, line)
    return line


def somebody_has(device, program):
    """Whether a process of this name has opened the device."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "comm").read_text().strip() == program:
                if any(os.readlink(descriptor) == device for descriptor in (process / "fd").iterdir()):
                    return True
    return False


def reason_not_to_type(document, command):
    for (where, start), reason in NOT_TYPED.items():
        if where == document and command.text.startswith(start):
            return reason
    return None


def typed_blocks(document) -> list[Block]:
    return [block for block in blocks_of((SOURCE / document).read_text()) if block.commands]


@pytest.fixture
def typist(world, repository):
    """`typist(document)` is somebody who begins to read it."""
    with contextlib.ExitStack() as stack:

        def sit_down(document):
            # Short: the path of a UNIX socket has 107 characters.
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="typed-"))
            made = Typist(document, place, repository, world.environment)
            stack.callback(made.close)
            (Path(place) / "gitconfig").write_text(
                f'[url "{repository}"]\n\tinsteadOf = https://github.com/quasimodem/quasimodem\n'
            )
            # The reader's hardware: another module of ours, which ctl and console do not see.
            text = (SOURCE / document).read_text()
            if "/dev/ttyUSB0" in text:
                world.module("--uart", f"pty:{made.hardware}", "--name", "hardware")
            if document == "README.md":
                if not (BUILD / "CMakeCache.txt").exists():
                    pytest.skip("the program is not in its build directory; tools/install installs from there")
            else:
                (made.programs / "quasimodem").symlink_to(PROGRAM)
            if made.given.module:
                world.module("--ephemeral", environment={"XDG_RUNTIME_DIR": str(made.runtime)})
            return made

        yield sit_down


@pytest.mark.parametrize("document", [document for document in DOCUMENTS if typed_blocks(document)])
def test_typed_as_written(document, typist):
    person = typist(document)
    for block in typed_blocks(document):
        person.section(block.section)
        for command in block.commands:
            if not reason_not_to_type(document, command):
                person.type(command, block.section)
    person.section(None)
    if person.left_out:
        pytest.skip("typed, but for this: " + ", ".join(person.left_out))


@pytest.mark.parametrize("document, start", NOT_TYPED)
def test_what_is_not_typed_is_there(document, start):
    """An entry of NOT_TYPED that nothing needs any more has to go."""
    commands = [command for block in typed_blocks(document) for command in block.commands]
    assert any(command.text.startswith(start) for command in commands)


@pytest.mark.parametrize("document", GIVEN)
def test_what_is_given_is_asked_for(document):
    """The same for GIVEN: whatever a document does not name has to go."""
    commands = [command.text for block in typed_blocks(document) for command in block.commands]
    for name in GIVEN[document].files:
        assert any(Path(name).name in command for command in commands), name
    for start in GIVEN[document].meanwhile:
        assert any(command.startswith(start) for command in commands), start


def test_every_block_says_what_it_is():
    """A command in a block without a language would be typed by nobody."""
    for document in DOCUMENTS:
        for block in blocks_of((SOURCE / document).read_text()):
            assert block.language, f"{document}:{block.line}"
            if block.language not in ("console", "sh"):
                assert not re.search(r"^\$ |^(?:quasimodem|tools/\w+) ", block.text, re.MULTILINE), f"{document}:{block.line}"


def test_the_dialogue_with_the_control_socket(module):
    """docs/control.md: what is asked and answered there."""
    (dialogue,) = [block.text for block in blocks_of((SOURCE / "docs/control.md").read_text()) if "→ " in block.text]
    client = Client(control_of(module()))
    for line in dialogue.splitlines():
        arrow, _, text = line.partition(" ")
        if arrow == "→":
            client.send(text)
        else:
            assert client.line() == json.loads(text)
    client.close()


def test_where_the_control_socket_lies(world):
    """docs/control.md: in the runtime directory, wherever the link is; ctl finds it by the link."""
    link = world.directory / "m95"
    world.module("--uart", f"pty:{link}", "--ephemeral")
    assert link.is_char_device() and not list(world.directory.glob("*.ctl"))
    assert (world.runtime / "quasimodem/m95.ctl").is_socket()
    assert world.run("ctl", "--to", link, "state").returncode == 0
    said = " ".join(world.run("help", "files").stdout.decode().split())
    assert "$XDG_RUNTIME_DIR/quasimodem/NAME.ctl control socket, mode 0600; here too when the link is elsewhere" in said
