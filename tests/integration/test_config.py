# SPDX-License-Identifier: Apache-2.0
"""Where settings come from, what a running module takes over, how it logs and ends (docs/configuration.md)."""

import json
import os
import pty
import re
import signal
import socket
import subprocess

import pytest

from support import OK, PROGRAM, SOURCE, Deadline, Host, wait_until

USAGE = 2


@pytest.fixture
def place(world):
    """A working directory; `write(text)` makes its quasimodem.toml."""
    directory = world.directory / "project"
    directory.mkdir()

    class Place:
        path = directory
        file = directory / "quasimodem.toml"

        def write(self, text):
            self.file.write_text(text)

        def show(self, *arguments, **environment):
            done = world.run("config", "show", "--json", *arguments, environment=environment, cwd=directory)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

    return Place()


# ---- who counts ----


def test_precedence(world, place):
    user = world.home / ".config/quasimodem"
    user.mkdir(parents=True)
    xdg = world.directory / "xdg/quasimodem"
    xdg.mkdir(parents=True)
    named = world.directory / "named.toml"

    def model(*arguments, **environment):
        shown = place.show(*arguments, **environment)
        return shown["settings"]["model"]["value"], shown["settings"]["model"]["origin"]

    assert model() == ("m95", "default")
    (user / "config.toml").write_text('[module]\nmodel = "m10"\n')
    assert model() == ("m10", f"{user / 'config.toml'}:2")
    (xdg / "config.toml").write_text('[module]\nmodel = "m66"\n')
    assert model(XDG_CONFIG_HOME=str(xdg.parent)) == ("m66", f"{xdg / 'config.toml'}:2")
    for ignored in ("", "xdg"):
        assert model(XDG_CONFIG_HOME=ignored)[0] == "m10"
    place.write('[network]\nseed = 5\n[module]\nmodel = "m85"\n')
    assert model() == ("m85", "quasimodem.toml:4")
    named.write_text('[module]\nmodel = "m66"\n')
    assert model("--config", named) == ("m66", f"{named}:2")
    assert model(QUASIMODEM_CONFIG=str(named)) == ("m66", f"{named}:2")
    assert model("--config", "/dev/null") == ("m95", "default")
    assert model("--config", named, QUASIMODEM_MODEL="m10") == ("m10", "QUASIMODEM_MODEL")
    assert model("-m", "m95", "--config", named, QUASIMODEM_MODEL="m10") == ("m95", "--model")


def test_settings_reach_the_module(world, place):
    place.write('[module]\nmodel = "m66"\nname = "meter"\nuart = ["pty:./uart"]\n[network]\nprofile = "instant"\n')
    module = world.module(profile="instant", cwd=place.path, environment={"QUASIMODEM_IMEI": "490154203237518"})
    assert module.ready_line == f"ready meter {place.path / 'uart'}"
    with module.host() as host:
        host.exchange("AT+CGMM", f"\r\nQuectel_M66\r\n{OK}")
        host.exchange("AT+GSN", f"\r\n490154203237518\r\n{OK}")


def test_nested(world):
    """What `run --` sets for its command is nothing to a quasimodem in there, and what it hears of it is not handed on."""
    inner = 'exec "$0" run -- sh -c \'test -c "$QUASIMODEM_TTY" && echo "$QUASIMODEM_TTY"\''
    reader, writer = os.pipe()
    done = world.run(
        *("run", "--count", "2", "--", "sh", "-c", f'echo "$QUASIMODEM_TTY"; {inner}', PROGRAM),
        environment={"QUASIMODEM_READY_FD": str(writer)},
        pass_fds=[writer],
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
    outer, nested = done.stdout.decode().split()
    assert outer != nested
    assert os.read(reader, 9) == b"\n"
    os.close(reader)


def test_unknown_variable(world):
    done = world.run("run", "--", "true", environment={"QUASIMODEM_PROFIL": "poor"})
    assert done.returncode == 0
    assert b"QUASIMODEM_PROFIL means nothing here" in done.stderr and b'did you mean "QUASIMODEM_PROFILE"?' in done.stderr


# ---- what is wrong ----


def test_message_for_an_unknown_key(world, place):
    place.write("#\n" * 12 + '[network]\nproflie = "realistic"\n')
    done = world.run(cwd=place.path)
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert done.stderr.decode() == (
        'error: quasimodem.toml:14: unknown key "proflie" in [network]; did you mean "profile"?\n'
        "       13 | [network]\n"
        '       14 | proflie = "realistic"\n'
        "          | ^^^^^^^\n"
    )


def test_message_for_a_value(world, place):
    place.write("[network]\nprofile = 'lab'\ntime_scale = 5000\n")
    done = world.run(cwd=place.path)
    assert done.returncode == USAGE
    assert done.stderr.decode() == (
        "error: quasimodem.toml:3: time_scale = 5000: not a factor\n"
        "       1 | [network]\n"
        "       3 | time_scale = 5000\n"
        "         |              ^^^^\n"
        "       use a number from 0.01 to 1000: 10 makes everything ten times as fast\n"
    )


def test_files_that_cannot_be_read(world, place):
    def refusal(*arguments, **options):
        done = world.run(*arguments, cwd=place.path, **options)
        assert (done.returncode, done.stdout) == (USAGE, b"")
        return done.stderr.decode()

    assert "/no/such.toml cannot be read: No such file" in refusal("--config", "/no/such.toml")
    assert "cannot be read: Is a directory" in refusal("--config", place.path)
    place.file.mkdir()
    assert "quasimodem.toml cannot be read: Is a directory" in refusal()
    place.file.rmdir()
    place.write("[module\n")
    assert re.match(r"error: quasimodem.toml:1: .*\n       1 \| \[module\n", refusal())
    place.file.write_bytes(b"\0" * 2_000_000)
    assert "larger than 1 MB" in refusal()
    assert "needs a value" in refusal("--config")


def test_file_of_somebody_else(world, as_nobody):
    directory, nobody = as_nobody
    (directory / "quasimodem.toml").write_text("")
    (directory / "quasimodem.toml").chmod(0o600)
    done = world.run("config", "show", **{**nobody, "cwd": directory})
    assert done.returncode == USAGE
    assert b"quasimodem.toml cannot be read: Permission denied" in done.stderr


# ---- config show, config check ----


def test_show_round_trip(world, place):
    given = ("--profile", "poor", "-u", "pty:./a b", "-u", "stdio", "--fault", 'at.urc text="A \\"B\\""', "-vv")
    first = world.run("config", "show", *given, cwd=place.path, environment={"QUASIMODEM_SEED": "9"})
    assert first.returncode == 0
    place.file.write_bytes(first.stdout)
    second = world.run("config", "show", cwd=place.path)
    assert second.stdout == first.stdout.replace(b"file: none.", b"file: quasimodem.toml.")
    origins = world.run("config", "show", "--origin", cwd=place.path).stdout.decode()
    assert re.search(r'^profile = "poor" +# quasimodem.toml:\d+$', origins, re.MULTILINE)
    assert re.search(r"^# count = 1 +# default$", origins, re.MULTILINE)


def test_show_knows_what_a_command_changes(place):
    assert place.show()["settings"]["profile"]["value"] == "lab"
    assert place.show("--", "true")["settings"]["profile"]["value"] == "instant"


def test_check(world, place):
    done = world.run("config", "check", SOURCE / "docs/quasimodem.toml")
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    place.write("[module]\nmodle = 1\n")
    done = world.run("config", "check", "quasimodem.toml", cwd=place.path, environment={"QUASIMODEM_SEED": "x"})
    assert done.returncode == USAGE and done.stderr.startswith(b'error: quasimodem.toml:2: unknown key "modle"')
    for arguments in ([], ["shwo"], ["check"]):
        assert world.run("config", *arguments).returncode == USAGE


# ---- signals ----


def test_hangup_takes_over_what_can_be(world, place, echo_server):
    port = echo_server.port
    place.write('[network]\nprofile = "instant"\nallow = ["192.0.2.1"]\n')
    module = world.module("--ephemeral", profile="instant", cwd=place.path)
    refused = "\r\n0, CONNECT FAIL\r\n"
    with module.host() as host:
        host.bring_up("AT+QIMUX=1")
        host.exchange(f'AT+QIOPEN=0,"TCP","127.0.0.1",{port}', f"{OK}{refused}")
        place.write(
            f'[network]\nmap = ["192.0.2.9:1=127.0.0.1:{port}"]\ntime_scale = 100\n'
            '[module]\nmodel = "m66"\n[test]\nfault = ["at.error match=AT+CSQ cme=3"]\n[output]\nverbose = 1\n'
        )
        module.signal(signal.SIGHUP)
        wait_until(lambda: "a restart is needed for a change of model" in module.log(), "the new configuration")
        assert "read again; changed: allow, fault, map, time-scale, verbose\n" in module.log()
        assert "debug" not in module.log()
        host.exchange("AT+CMEE=1")
        host.exchange("AT+CSQ", "\r\n+CME ERROR: 3\r\n")
        host.exchange(f'AT+QIOPEN=1,"TCP","192.0.2.9",1', f"{OK}\r\n1, CONNECT OK\r\n")
        host.exchange("AT+CGMM", f"\r\nQuectel_M95\r\n{OK}")
        assert "debug" in module.log()

        # A file with a mistake changes nothing.
        place.write("[network]\nproflie = 1\n")
        module.signal(signal.SIGHUP)
        message = 'the settings stay as they are: quasimodem.toml:2: unknown key "proflie" in [network]'
        wait_until(lambda: message in module.log(), "the complaint")
        host.exchange("AT+CSQ", "\r\n+CME ERROR: 3\r\n")
        place.write("")
        module.signal(signal.SIGHUP)
        wait_until(lambda: module.log().count("read again") == 2, "the third one")
        host.send("AT+CSQ\r")
        host.expect_match(rf"\r\n\+CSQ: \d+,\d\r\n{OK}")
    module.stop()


@pytest.mark.parametrize("text", ["é=1\n", "[=\n", '[network]\nprofile = "./own.toml"\n'])
def test_hangup_with_what_is_no_toml(world, place, text):
    """What toml++ has assertions for, in the configuration or in a profile, changes nothing."""
    (place.path / "own.toml").write_text("[network]\nround_trip = é\n")
    place.write('[network]\nprofile = "instant"\n[test]\nfault = ["at.error match=AT+CSQ cme=3"]\n')
    module = world.start("--ephemeral", cwd=place.path)
    tty = module.read_line().split()[2]
    place.write(text)
    module.signal(signal.SIGHUP)
    wait_until(lambda: "the settings stay as they are: " in module.log(), "the complaint")
    with Host(tty) as host:
        host.exchange("AT")
        host.exchange("AT+CMEE=1")
        host.exchange("AT+CSQ", "\r\n+CME ERROR: 3\r\n")
    module.stop()


def test_hangup_changes_profile_and_time_scale(world, place):
    """A command that would take 1000 s is answered in one, then in none."""
    (place.path / "slow.toml").write_text('[uart]\npaced = true\n[module]\ncommand = "1000s"\n')
    place.write('[network]\nprofile = "instant"\n')
    module = world.start("--ephemeral", cwd=place.path)
    tty = module.read_line().split()[2]

    def reread(settings, changed):
        place.write(f"[network]\n{settings}\n")
        module.signal(signal.SIGHUP)
        wait_until(lambda: module.log().endswith(f"changed: {changed}\n"), "the new settings")

    with Host(tty) as host:
        host.nothing_more()
        reread('profile = "./slow.toml"', "profile")
        host.send("ATE0\r")
        host.expect("ATE0\r")
        reread('profile = "./slow.toml"\ntime_scale = 1000', "time-scale")
        host.expect(OK)
        host.echo = False
        reread('profile = "instant"', "profile, time-scale")
        host.nothing_more()
    module.stop()


def test_second_interrupt(world, interposer):
    """A program that hangs, here because its disk does not answer, ends by the second SIGINT at the latest."""
    nvram, gate = world.directory / "nvram", world.directory / "gate"
    os.mkfifo(gate)
    reader = os.open(gate, os.O_RDONLY | os.O_NONBLOCK)
    module = world.start("--nvram", nvram, environment=interposer(HANG_IN=nvram, GATE=gate))
    Deadline("the hang").readable(reader)

    def interrupted():
        module.signal(signal.SIGINT)
        return module.process.poll() is not None

    wait_until(interrupted, "the end")
    assert module.wait() == -signal.SIGINT
    os.close(reader)


def test_service_manager(world, place):
    """sd_notify(3) by an abstract socket."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(f"\0quasimodem-test-{os.getpid()}")
    manager.settimeout(100)
    name = "@" + manager.getsockname()[1:].decode()
    place.write("")
    module = world.module(cwd=place.path, environment={"NOTIFY_SOCKET": name})
    assert manager.recv(99) == b"READY=1"
    module.signal(signal.SIGHUP)
    assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=\d+", manager.recv(99))
    assert manager.recv(99) == b"READY=1"
    module.stop()
    assert manager.recv(99) == b"STOPPING=1"
    # The command of `run --` must not speak in our name.
    done = world.run("run", "--", "sh", "-c", 'test -z "$NOTIFY_SOCKET"', environment={"NOTIFY_SOCKET": name})
    assert done.returncode == 0
    manager.close()


# ---- the log ----


def test_json_log(world):
    module = world.module("-v", "--log-format", "json", "--count", "2", "--name", "a.b", "--color", "always")
    module.signal(signal.SIGHUP)
    wait_until(lambda: "read again" in module.log(), "its log line")
    module.stop()
    lines = [json.loads(line) for line in module.log().splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["ts"])
        assert line["level"] in ("debug", "info", "warning", "error")
    assert [line["mono_us"] for line in lines] == sorted(line["mono_us"] for line in lines)
    assert {line.get("modem") for line in lines} == {"a.b-0", "a.b-1", None}
    assert ("a.b-1", "power on") in [(line.get("modem"), line["msg"]) for line in lines]
    assert any("modem" not in line and line["msg"].startswith("read again") for line in lines)


@pytest.mark.parametrize(
    "arguments, code",
    [(["--fail", "OK", "--", "sleep", "99"], 1), (["--timeout", "1ms", "--", "sleep", "99"], 124), (["-u", "pty:/no/x"], 3)],
)
def test_json_log_to_the_end(world, arguments, code):
    """What decides the exit code is a line of the log then, too."""
    if "--fail" in arguments:
        arguments = [*arguments[:2], "--", "sh", "-c", 'printf "AT\\r" >$QUASIMODEM_TTY; exec sleep 99']
    done = world.run("run", "--log-format=json", *arguments)
    assert done.returncode == code
    last = [json.loads(line) for line in done.stderr.splitlines()][-1]
    assert last["level"] == "error" and last["msg"]


@pytest.mark.parametrize(
    "options, environment, colored",
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
        ([], {"QUASIMODEM_COLOR": "always"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "always", "--log-format", "json"], {}, False),
    ],
)
def test_color(world, options, environment, colored):
    done = world.run("run", "-v", *options, "--", "true", environment={"NO_COLOR": "", **environment})
    assert done.stderr and (b"\x1b[" in done.stderr) == colored


@pytest.mark.parametrize("term, options, colored", [("xterm", [], True), ("dumb", [], False), ("xterm", ["--color=never"], False)])
def test_color_on_a_terminal(world, term, options, colored):
    terminal, slave = pty.openpty()
    command = f"exec {PROGRAM} run -v {' '.join(options)} -- true"
    environment = {**world.environment, "NO_COLOR": "", "TERM": term}
    subprocess.run(["sh", "-c", command], env=environment, stderr=slave, timeout=100, check=True)
    os.close(slave)
    Deadline("the log").readable(terminal)
    assert (b"\x1b[" in os.read(terminal, 9999)) == colored
    os.close(terminal)


# ---- JSON for programs ----


def test_json_of_the_other_commands(world):
    def answer(*arguments):
        done = world.run(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    version = answer("--version", "--json")
    assert world.run("--version").stdout.decode() == "{name} {version}, commit {commit}\n".format(**version)
    world.module()
    assert answer("wait", "--json") == {"ready": True}
    peer = world.start("peer", "tcp-echo", "--json")
    ready = json.loads(peer.read_line())
    assert (ready["event"], ready["name"]) == ("ready", "tcp-echo") and ready["address"].startswith("127.0.0.1:")
    good, bad = world.directory / "good.txt", world.directory / "bad.txt"
    good.write_text("# setup: ATE0\n> AT\\r\n< \\r\\nOK\\r\\n\n")
    bad.write_text("# setup: ATE0\n> AT\\r\n< \\r\\nERROR\\r\\n\n")
    done = world.run("play", "--json", good, bad)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert (first["file"], first["passed"], first["differences"]) == (str(good), True, [])
    assert not second["passed"] and len(second["differences"]) == 1


def test_modes(world):
    """Directories 0700, files and sockets 0600, whatever the umask."""
    module = world.module(preexec_fn=lambda: os.umask(0))
    with module.host() as host:
        host.exchange("AT&W")
    for path in [*world.runtime.rglob("*"), *world.state.rglob("*")]:
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("value", ["", "relative/path"])
def test_xdg_variables_that_do_not_count(world, value):
    names = ("XDG_STATE_HOME", "XDG_CONFIG_HOME")
    module = world.module(environment={name: value for name in names}, cwd=world.directory)
    with module.host() as host:
        host.exchange("AT&W")
    module.stop()
    assert (world.home / ".local/state/quasimodem/m95").is_dir()
    assert not (world.directory / "relative").exists()
