# SPDX-License-Identifier: Apache-2.0
"""The command line: what it understands, and what it says when it does not (ecosystem.md 5.3)."""

import os
import re

import pytest

from support import OK, SOURCE

USAGE, ENVIRONMENT = 2, 3


def refused(world, *arguments, code, names=(), **options):
    """Exit code, and a message of the form `error: what`, way out below; it contains each of `names`."""
    done = world.run(*arguments, **options)
    message = done.stderr.decode()
    assert done.returncode == code, (done.returncode, message)
    assert done.stdout == b""
    lines = message.splitlines()
    assert 1 <= len(lines) <= 4, message
    assert re.match(r"error: \S", lines[0]), message
    assert all(re.match(r" {7}\S", line) for line in lines[1:]), message
    for name in names:
        assert str(name) in message, message
    assert "internal error" not in message and "terminate" not in message and "what()" not in message, message
    assert world.runtime_files() == []
    return message


# ---- what is shown ----


def test_version(world):
    done = world.run("--version")
    assert (done.returncode, done.stderr) == (0, b"")
    assert re.fullmatch(rb"quasimodem \d+\.\d+\.\d+(\+[a-z0-9.]+)?, commit ([0-9a-f]{40}|unknown)\n", done.stdout)


def documented_options():
    """The options of run in the tables of docs/configuration.md, which tests/app/config_test.cpp keeps as the program is."""
    text = (SOURCE / "docs" / "configuration.md").read_text()
    rows = [line.split("|")[1] for line in text.split("## Signals")[0].splitlines() if line.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    short = {name for name in names if re.fullmatch("-[a-z]", name)}
    long = {name if name.startswith("--") else "--" + name.replace("_", "-") for name in set(names) - short}
    assert len(long) > 30
    return long | {"--help", "--version"}, short | {"-h"}


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"], ["run", "--help"], ["--model", "m66", "--help"]])
def test_help(world, arguments):
    done = world.run(*arguments)
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert text.count("Usage:") == 1 and "quasimodem run [OPTIONS] -- CMD" in text
    assert "Examples:" in text and "quasimodem run -- pytest -q" in text and "Exit codes:" in text
    shown = [re.match(r" +(?:(-\w),)?(--[\w-]+)", line) for line in text.splitlines()]
    long, short = documented_options()
    assert {option[2] for option in shown if option} == long
    assert {option[1] for option in shown if option and option[1]} == short


def test_examples_of_the_help_work(world):
    """Each line under Examples starts a module, or a command; pytest may be missing, the option may not."""
    text = world.run("--help").stdout.decode()
    examples = re.findall(r"^  (quasimodem.*?)(?:  |$)", text.split("Examples:")[1], re.MULTILINE)
    assert len(examples) >= 3
    for example in examples:
        arguments = example.split()[1:]
        if "--" in arguments:
            assert world.run(*arguments[: arguments.index("--") + 1], "true").returncode == 0
        elif arguments and arguments[0] not in ("run",) and not arguments[0].startswith("-"):
            assert world.run(arguments[0], "--help").returncode == 0
        else:
            program = world.start(*arguments, cwd=world.directory)
            assert program.read_line().startswith("ready ")
            program.stop()


# ---- options and values ----

@pytest.mark.parametrize("option", ["--nonsense", "--web"])
@pytest.mark.parametrize("value", [["x"], []])
def test_unknown_options(world, option, value):
    refused(world, option, *value, code=USAGE, names=[option, "--help"])


@pytest.mark.parametrize("command", ["demonstrate", "terminal", "nonsense", ""])
def test_unknown_commands(world, command):
    refused(world, command, code=USAGE, names=[f'"{command}"'])


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("--modle", "--model"),
        ("--profil", "--profile"),
        ("--ephemral", "--ephemeral"),
        ("--nvrma=x", "--nvram"),
        ("--readyfd", "--ready-fd"),
        ("--verbos", "--verbose"),
        ("rnu", "run"),
        ("hlep", "help"),
    ],
)
def test_suggestions(world, typed, meant):
    refused(world, typed, code=USAGE, names=[typed.split("=")[0], f'did you mean "{meant}"'])


def test_no_suggestion_where_nothing_is_near(world):
    for typed in ("--xyzzy", "-x", "nonsense"):
        assert "did you mean" not in refused(world, typed, code=USAGE, names=[typed])


def test_a_program_without_dashes_before_it(world):
    names = ['unknown command "pytest"', "quasimodem run --profile lab -- pytest -q"]
    refused(world, "run", "--profile", "lab", "pytest", "-q", code=USAGE, names=names)


def test_a_module_of_another_user(world, tmp_path):
    """Its link can be seen; its control socket is in a folder that is not ours."""
    foreign = tmp_path / "m95"
    foreign.touch()
    if os.geteuid() == 0:
        os.chown(foreign, 65534, 65534)
    else:
        foreign = "/dev/null"
    for command in (["ctl", "--to", foreign, "state"], ["wait", "--timeout", "1ms", "--to", foreign]):
        done = world.run(*command)
        assert f"{foreign} belongs to the user " in done.stderr.decode() and "no permission" in done.stderr.decode()
        assert "start one" not in done.stderr.decode()


def test_variables_of_flags(world):
    """As under a CLI11 that counts a default as given they were not heeded, and a command left its state on the disk."""
    shown = world.run("config", "show", environment={"QUASIMODEM_EPHEMERAL": "1", "QUASIMODEM_QUIET": "true"})
    assert b"ephemeral = true\n" in shown.stdout and b"quiet = true\n" in shown.stdout
    assert world.run("run", "--", "true").returncode == 0
    assert b"ephemeral = true\n" in world.run("config", "show", "--", "true").stdout


def test_command_in_the_wrong_place(world):
    message = refused(world, "--name", "x", "run", code=USAGE, names=['"run"'])
    assert "did you mean" not in message


@pytest.mark.parametrize(
    "arguments, names",
    [
        (["--model", "m96"], ['"m96"', "m10", "m66", "m85", "m95", "m26", "mc60"]),
        (["--model", "mc6o"], ['"mc6o"', 'did you mean "mc60"?']),
        (["play", "--model", "m62", "x"], ['"m62"', "did you mean", "m10, m66, m85, m95, m26 and mc60"]),
        (["--model", ""], ['""', "m95"]),
        (["--profile", "instnat"], ['"instnat"', 'did you mean "instant"', "lab"]),
        (["--profile", "fast"], ['"fast"', "instant", "lab", "realistic", "poor"]),
        (["--profile", "./no-such.toml"], ["./no-such.toml: cannot be read", "realistic"]),
        (["--seed", "one"], ["--seed one", "not a whole number"]),
        (["--map", "foo"], ["HOST[:PORT]=HOST:PORT", "use --map mqtt.example.com=127.0.0.1:1883"]),
        (["--allow", "http://a.example/"], ["is a URL", "use --allow mqtt.example.com"]),
        (["--fault", "bearer.outge"], ['did you mean "bearer.outage"?', "quasimodem help faults"]),
        (["--timeout", "5m"], ["--timeout 5m: not a duration", "a number alone is seconds"]),
        (["--quiet=loud"], ["--quiet=loud: the option takes no value"]),
        (["--uart", "pty:./m", "--uart", "pty:././m"], ["/m stands twice", "a link, path or port of its own"]),
        (["--trace", ""], ['--trace ""', "use --trace trace.jsonl"]),
        (["--keylog", ""], ['--keylog ""', "use --keylog keys.txt"]),
        (["--time-scale", "0"], ["--time-scale 0", "not a factor"]),
        (["--uart", "tcp-lisen:127.0.0.1:7000"], ['did you mean "tcp-listen"?', "rfc2217:HOST:PORT"]),
        (["--uart", "stdoi"], ['did you mean "stdio"?']),
        (["--uart", "/dev/ttyUSB0"], ["pty:/dev/ttyUSB0", "tty:/dev/ttyUSB0", "unix:/dev/ttyUSB0"]),
        (["--uart", "tcp-listen:localhost"], ["there is no port", "tcp-listen:HOST:PORT"]),
        (["--uart", "tcp:host:0"], ["port 0"]),
        (["--uart", "rfc2217:127.0.0.1:65536"], ["65536"]),
        (["--uart", "rfc2217:127.0.0.1:x"], ['"x"']),
        (["--uart", "tcp-listen:::1:7000"], ["[::1]:7000"]),
        (["--uart", "unix:"], ["unix:PATH"]),
        (["--uart", "unix:/" + "x" * 108], ["109", "107"]),
        (["--uart", "tty:"], ["tty:PATH"]),
        (["--uart", "tty:/dev/ttyS0,123"], ['"123"']),
        (["--uart", "stdio:x"], ["stdio"]),
        (["--uart", "stdio", "--uart", "stdio"], ["only one"]),
        (["--uart", "stdio", "--", "true"], ["stdio"]),
        (["--count", "2", "--uart", "stdio"], ["--count"]),
        (["--count", "2", "--uart", "tty:/dev/ttyS0"], ["--count"]),
        (["--count", "3", "--uart", "tcp-listen::65534"], ["65534"]),
        (["--count", "0"], ["--count", "10000"]),
        (["--count", "many"], ["many"]),
        (["--rtc", "yesterday"], ["--rtc", "yesterday", "host", "factory", "2015-04-08T12:00:00Z"]),
        (["--network-time", "now"], ["--network-time", "now", "host", "2015-04-08T12:00:00Z"]),
        (["--firmware", "transparent-sll=on"], ["--firmware", 'did you mean "transparent-ssl"', "help firmware"]),
        (["--firmware", ""], ["--firmware", "transparent-ssl"]),
        (["--firmware", "close-index"], ["--firmware close-index=on"]),
        (["--firmware", "close-index=maybe"], ["close-index=maybe", "--firmware close-index=off"]),
        (["--service-error", "ftp.login=-2"], ["--service-error ftp.login=-2", 'did you mean "ftp.log-in"', "help service-errors"]),
        (["--service-error", ""], ["--service-error", "smtp.refused"]),
        (["--service-error", "ftp.log-in"], ["not a number of an error", "--service-error ftp.log-in=-2"]),
        (["--service-error", "ftp.log-in=0"], ["ftp.log-in=0", "-1 to -32768"]),
        (["--service-error", "ftp.log-in=530"], ["ftp.log-in=530", "negative"]),
        (["--service-error", "ftp.log-in=-32769"], ["-32769", "-1 to -32768"]),
        (["--service-error", "ftp.log-in=-1x"], ["-1x", "-1 to -32768"]),
        (["--firmware-date", "2017"], ["--firmware-date 2017", "2017-06"]),
        (["--firmware-date", "2017-13"], ["--firmware-date 2017-13"]),
        (["--firmware-date", "17-6"], ["--firmware-date 17-6"]),
        (["--rtc", "2015-13-01"], ["--rtc", "2015-13-01"]),
        (["--rtc", "2015-02-29"], ["--rtc", "2015-02-29"]),
        (["--rtc", "2015-04-08T24:00:00"], ["--rtc"]),
        (["--rtc", "2015-04-08T12:00"], ["--rtc"]),
        (["--rtc", "2015-04-08T12:00:00+1"], ["--rtc"]),
        (["--rtc", "2015-04-08T12:00:00Zulu"], ["--rtc"]),
        (["--rtc", ""], ["--rtc", "factory"]),
        (["--sim", "pin"], ["--sim", "pin:1234"]),
        (["--sim", "pin:12"], ["--sim", "pin:12", "pin:1234"]),
        (["--sim", "pin:123456789"], ["--sim"]),
        (["--sim", "pin:12a4"], ["--sim"]),
        (["--imei", "12345"], ["--imei", "12345", "15 digits"]),
        (["--imei", "12345678901234x"], ["--imei", "15 digits"]),
        (["--imei", "1234567890123456"], ["--imei", "15 digits"]),
        (["--apn-local", "10.0.0"], ["--apn-local", "10.0.0"]),
        (["--apn-local", "10.0.0.256"], ["--apn-local"]),
        (["--apn", ""], ["--apn", "no name"]),
        (["--apn", "internet,"], ["--apn", "internet,", '""']),
        (["--apn", "inter net"], ["--apn", "inter net"]),
        (["--allow", "host:99999"], ["--allow", "99999", "65535"]),
        (["--allow", ":80"], ["--allow", ":80"]),
        (["--allow", ""], ["--allow"]),
        (["--map", "a"], ["--map", "HOST[:PORT]=HOST:PORT"]),
        (["--map", "a=b"], ["--map", "a=b", "HOST:PORT"]),
        (["--map", "a=b:0"], ["--map", '"0"']),
        (["--map", "a:x=b:1"], ["--map", '"x"']),
        (["--map", "=b:1"], ["--map"]),
        (["--map", "a=b=c:1"], ["--map"]),
        (["--ussd", "Your balance"], ["--ussd", "*100#="]),
        (["--ussd", "*100#,6=x"], ["--ussd", "*100#,6=x"]),
        (["--ussd", "*100#,=x"], ["--ussd"]),
        (["--name", "a/b"], ["--name", "a/b"]),
        (["--name", "../m95"], ["--name", "../m95"]),
        (["--name", "."], ["--name"]),
        (["--name", ""], ["--name"]),
        (["--name", "a b"], ["--name", "a b"]),
        (["--name", "a\n\x1bb"], ["--name", r"a\x0a\x1bb"]),
        (["--nvram", ""], ["--nvram"]),
        (["--imei", ""], ["--imei"]),
        (["--profile", ""], ["instant"]),
        (["--apn-local", ""], ["--apn-local"]),
        (["--ready-fd", "abc"], ["--ready-fd", "abc"]),
        (["--ready-fd", "-1"], ["--ready-fd", "-1"]),
        (["--ready-fd", "3x"], ["--ready-fd", "3x"]),
        (["--ready-fd", "99999999999"], ["--ready-fd"]),
        (["--nvram", "x", "--ephemeral"], ["--nvram", "--ephemeral"]),
        (["--model"], ["--model", "value"]),
        (["--map"], ["--map", "value"]),
        (["-n", "--", "true"], ["--name", "value"]),
        (["--"], ['"--"', "CMD"]),
        (["run", "--"], ['"--"', "CMD"]),
        (["--allow", "a", "b"], ['"b"']),
        (["--model", "m95", "more"], ['"more"']),
    ],
)
def test_bad_values(world, arguments, names):
    refused(world, *arguments, code=USAGE, names=names)


@pytest.mark.parametrize("descriptor", [3, 5, 8, 77])
def test_ready_descriptor_that_is_not_open(world, descriptor):
    """Low numbers will soon be files of the program itself."""
    refused(world, "--ready-fd", descriptor, code=USAGE, names=["--ready-fd", descriptor, "3>ready"])


def test_ready_descriptor_for_reading_only(world):
    descriptor = os.open("/dev/null", os.O_RDONLY)
    refused(world, "--ready-fd", descriptor, code=USAGE, names=["--ready-fd", "reading"], pass_fds=[descriptor])
    os.close(descriptor)


def test_non_printing_arguments_do_no_harm(world):
    for argument in (b"\xff\xfe", b"--\xff", b"--model=\x80", "-\N{SNOWMAN}".encode(), b"%n%s{}"):
        done = world.run(argument)
        assert done.returncode == USAGE, done


@pytest.mark.parametrize(
    "arguments, command, answer",
    [
        (["--imei", "490154203237518"], "AT+GSN", f"\r\n490154203237518\r\n{OK}"),
        (["--model", "m10", "--model", "m66"], "AT+CGMM", f"\r\nQuectel_M66\r\n{OK}"),  # the last one counts
        (["--sim", "none"], "AT+CPIN?", "\r\n+CME ERROR: 10\r\n"),
        (["--sim", "ready"], "AT+CPIN?", f"\r\n+CPIN: READY\r\n{OK}"),
        (["--sim", "pin:1234"], "AT+CPIN?", f"\r\n+CPIN: SIM PIN\r\n{OK}"),
        (["--sim=pin:1234"], "AT+CPIN=1234", f"\r\n+CPIN: READY\r\n{OK}"),
        (["-qm", "m85"], "AT+CGMM", f"\r\nQuectel_M85\r\n{OK}"),
    ],
)
def test_options_reach_the_module(module, arguments, command, answer):
    with module(*arguments).host() as host:
        host.exchange(command, answer)


@pytest.mark.parametrize(
    "clock, shown",
    [
        ("factory", "04/01/01,00:00:0"),
        ("2015-04-08T12:34:50Z", "15/04/08,12:34:5"),
        ("2015-04-08T12:34:50+02:00", "15/04/08,12:34:5"),
        ("2015-04-08", "15/04/08,00:00:0"),
    ],
)
def test_clock(module, clock, shown):
    with module("--rtc", clock).host() as host:
        host.send("AT+CCLK?\r")
        host.expect_match(rf'\r\n\+CCLK: "{shown}\d[+-]\d\d"\r\n\r\nOK\r\n')


def test_network_time(module):
    """Without a look at the clock of this machine: the network's time is a day that no RTC has by itself."""
    with module("--rtc", "factory", "--network-time", "2018-06-23T11:42:28+05:30").host() as host:
        host.send("AT+QLTS\r")
        host.expect_match(r'\r\n\+QLTS: "18/06/23,11:4\d:\d\d\+22,0"\r\n\r\nOK\r\n')
        host.send("AT+CCLK?\r")
        host.expect_match(r'\r\n\+CCLK: "04/01/01,00:0\d:\d\d\+00"\r\n\r\nOK\r\n')
    with module("--name", "without").host() as host:
        host.exchange("AT+QLTS", '\r\n+QLTS: ""\r\n\r\nOK\r\n')


def test_transparent_ssl_can_be_missing(module):
    command = 'AT+QSSLOPEN=0,0,"127.0.0.1",1,1'
    with module("--firmware", "transparent-ssl=off").host() as host:
        host.exchange("AT+QIREGAPP")
        host.exchange("AT+QIACT")
        host.exchange(command, "\r\nERROR\r\n")


@pytest.mark.parametrize("options, answer", [((), "0, CLOSE OK"), (("--firmware", "close-index=off"), "CLOSE OK")])
def test_index_can_be_missing_in_close_ok(module, tcp_server, options, answer):
    with module(*options).host() as host:
        host.bring_up("AT+QIMUX=1")
        host.open_socket(0, tcp_server)
        host.exchange("AT+QICLOSE=0", f"\r\n{answer}\r\n")


def test_local_address(module):
    with module("--apn-local", "10.64.0.9").host() as host:
        for command in ("AT+QIFGCNT=0", "AT+QIREGAPP", "AT+QIACT"):
            host.exchange(command)
        host.exchange("AT+QILOCIP", "\r\n10.64.0.9\r\n")


def test_access_points(module):
    running = module("--apn", "internet,iot", "--apn", "m2m.example")
    with running.host() as host:
        for command in ("AT+QIFGCNT=0", 'AT+QICSGP=1,"intrenet"', "AT+QIREGAPP"):
            host.exchange(command)
        host.exchange("AT+QIACT", "\r\nERROR\r\n")
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        for command in ('AT+QICSGP=1,"M2M.example"', "AT+QIREGAPP", "AT+QIACT"):
            host.exchange(command)
    assert 'the network does not know the APN "intrenet", only internet,iot,m2m.example' in running.log()


def test_quiet_and_verbose(world):
    quiet, usual, verbose = (world.module("-n", f"m{i}", *options) for i, options in enumerate((["-q"], [], ["-v"])))
    for running in (quiet, usual, verbose):
        with running.host():
            pass
        running.stop()
    assert quiet.log() == ""
    assert "power on" in usual.log() and "debug" not in usual.log()
    assert "debug" in verbose.log()
    assert "\x1b" not in verbose.log()


# ---- the environment ----


def test_link_of_a_running_module(world):
    link = world.directory / "m95"
    running = world.module("--ephemeral", "--uart", f"pty:{link}")
    refusal = world.run("--ephemeral", "--uart", f"pty:{link}")
    message = refusal.stderr.decode()
    assert refusal.returncode == ENVIRONMENT
    assert message.startswith(f"error: cannot create the UART link {link}: it belongs to a running quasimodem")
    assert str(running.pid) in message and "another name" in message
    with running.host() as host:
        host.nothing_more()


def test_forty_starts_at_once_on_a_taken_link(world):
    """Nobody may wait for the owner, which does not answer: it only is."""
    link = world.directory / "m95"
    running = world.module("--ephemeral", "--uart", f"pty:{link}")
    for late in [world.start("--ephemeral", "--uart", f"pty:{link}") for _ in range(40)]:
        assert late.wait() == ENVIRONMENT
        assert f"it belongs to a running quasimodem (pid {running.pid})" in late.log()
    with running.host() as host:
        host.nothing_more()


def test_same_link_by_another_path(world):
    """The directory has two names; the link is the same."""
    (world.directory / "real").mkdir()
    (world.directory / "alias").symlink_to("real")
    running = world.module("--ephemeral", "--uart", f"pty:{world.directory}/real/m95")
    done = world.run("--ephemeral", "--uart", "pty:m95", cwd=world.directory / "alias")
    assert done.returncode == ENVIRONMENT
    assert str(running.pid) in done.stderr.decode()


def test_link_of_a_killed_module_is_replaced(world):
    link = world.directory / "m95"
    first = world.module("--ephemeral", "--uart", f"pty:{link}")
    first.kill()
    assert link.is_symlink()
    with world.module("--ephemeral", "--uart", f"pty:{link}").host() as host:
        host.nothing_more()


def test_two_start_at_once_with_one_link(world):
    """One of them gets it, whoever is first."""
    link = world.directory / "m95"
    programs = [world.start("--ephemeral", "-p", "instant", "--uart", f"pty:{link}") for _ in range(6)]
    winners = []
    for program in programs:
        try:
            winners.append(program.read_line() and program)
        except AssertionError:
            assert program.wait() == ENVIRONMENT
    assert len(winners) == 1
    winners[0].stop()
    assert not link.is_symlink()


@pytest.mark.parametrize("kind", ["file", "directory", "link to a file", "dangling link"])
def test_something_else_at_the_place_of_the_link(world, kind):
    link = world.directory / "m95"
    if kind == "file":
        link.write_text("mine")
    elif kind == "directory":
        link.mkdir()
    else:
        link.symlink_to(world.directory / "target")
        if kind == "link to a file":
            (world.directory / "target").write_text("mine")
    before = os.lstat(link)
    refused(world, "--ephemeral", "--uart", f"pty:{link}", code=ENVIRONMENT, names=[link, "another link"])
    after = os.lstat(link)
    assert (after.st_mode, after.st_ino, after.st_mtime) == (before.st_mode, before.st_ino, before.st_mtime)
    if kind == "file":
        assert link.read_text() == "mine"


def test_directory_of_the_link_is_missing(world):
    names = [world.directory / "no" / "m95", "create the directory"]
    refused(world, "--ephemeral", "--uart", f"pty:{names[0]}", code=ENVIRONMENT, names=names)


def test_directory_of_the_link_cannot_be_written(world, as_nobody):
    place, nobody = as_nobody
    names = [f"{place}/m95", "Permission denied", "directory you can write to"]
    refused(world, "--ephemeral", "--uart", f"pty:{place}/m95", code=ENVIRONMENT, names=names, **nobody)


def test_runtime_directory_of_somebody_else(world, as_nobody):
    place, nobody = as_nobody
    (place / "quasimodem").mkdir(mode=0o777)
    world.environment["XDG_RUNTIME_DIR"] = str(place)
    names = [place / "quasimodem", "XDG_RUNTIME_DIR"]
    refused(world, "--ephemeral", code=ENVIRONMENT, names=names, **nobody)


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_runtime_directory_that_is_open_to_others(world, mode):
    place = world.runtime / "quasimodem"
    place.mkdir()
    place.chmod(mode)
    refused(world, "--ephemeral", code=ENVIRONMENT, names=[f"{place} is open to others", f"chmod 700 {place}"])
    place.chmod(0o700)
    world.module("--ephemeral").stop()


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--config", "FIFO"], None),
        (["--scenario", "FIFO"], None),
        (["--profile", "FIFO"], None),
        (["play", "FIFO"], None),
        (["--trace", "FIFO"], ENVIRONMENT),
        (["--keylog", "FIFO"], ENVIRONMENT),
        (["--scenario", "SCENARIO", "--junit", "FIFO"], ENVIRONMENT),
    ],
)
def test_a_fifo_in_the_place_of_a_file(world, arguments, code):
    """Nobody may ever be at its other end."""
    fifo = world.directory / "fifo.toml"
    os.mkfifo(fifo)
    scenario = world.directory / "scenario.yaml"
    scenario.write_text("name: nothing\nsteps:\n  - never-unknown\n")
    places = {"FIFO": fifo, "SCENARIO": scenario}
    options = [] if arguments[0] == "play" else ["--ephemeral"]
    done = world.run(*(places.get(word, word) for word in arguments), *options)
    assert "it is a FIFO, not a file" in done.stderr.decode(), done.stderr
    assert str(fifo) in done.stderr.decode()
    assert done.returncode == code if code else done.returncode in (2, ENVIRONMENT)


def test_a_pipe_of_the_shell_is_no_fifo(world):
    """`--config <(command)`, `--trace >(command)`."""
    reader, writer = os.pipe()
    os.write(writer, b"[module]\nname = \"piped\"\n")
    os.close(writer)
    running = world.module("--ephemeral", "--config", f"/dev/fd/{reader}", "--trace", "/dev/stderr", pass_fds=[reader])
    os.close(reader)
    assert running.name == "piped"


def test_a_trace_is_for_its_owner(world):
    old, new = world.directory / "old.jsonl", world.directory / "new.jsonl"
    old.touch(mode=0o644)
    for trace in (old, new):
        world.module("--ephemeral", "--trace", trace).stop()
        assert trace.stat().st_mode & 0o777 == 0o600


def test_runtime_directory_that_does_not_exist(world):
    missing = world.directory / "missing"
    world.environment["XDG_RUNTIME_DIR"] = str(missing)
    refused(world, "--ephemeral", code=ENVIRONMENT, names=[missing, "XDG_RUNTIME_DIR"])


def test_runtime_directory_that_is_a_symbolic_link(world):
    """In a place like /tmp anybody may have put it there."""
    (world.directory / "elsewhere").mkdir()
    (world.runtime / "quasimodem").symlink_to(world.directory / "elsewhere")
    done = world.run("--ephemeral")
    assert done.returncode == ENVIRONMENT
    assert str(world.runtime / "quasimodem") in done.stderr.decode()


def test_no_home(world):
    for name in ("HOME", "XDG_STATE_HOME"):
        world.environment.pop(name)
    refused(world, code=ENVIRONMENT, names=["HOME", "--nvram", "--ephemeral"])
