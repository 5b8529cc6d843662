# SPDX-License-Identifier: Apache-2.0
"""`quasimodem doctor`: what it says is what is."""

import json
import os
import pty
import re
import shutil
import subprocess

import pytest
from peer_support import SUITES, VERSIONS, EchoServer, hexadecimal, nss_echo, s_client
from support import PROGRAM, Deadline

CODES = [hexadecimal(suite) for suite in SUITES]


@pytest.fixture
def report(world):
    """`report(*options, **environment)` is the JSON of a doctor who is content."""

    def examine(*options, environment={}):
        done = world.run("doctor", "--json", *options, environment=environment)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.count(b"\n") == 1
        return json.loads(done.stdout)

    return examine


def table(text):
    """{version: cells or reason} of the text's TLS table."""
    rows = {}
    for line in text.splitlines():
        version, _, rest = line.strip().partition(" ")
        if version in VERSIONS:
            rows[version] = rest.strip()
    return rows


def expected_state(report, version, suite):
    if suite == 0x003D and version < 3:
        return "not_in_protocol"
    legacy = "source" in report["program"]["mbedTLS"]
    return "works" if version > 0 or legacy else "missing"


# ---- JSON ----


def test_every_cell_is_there_once_and_as_the_build_has_it(report):
    said = report()
    cells = [(cell["version"], cell["suite"]) for cell in said["tls"]["cells"]]
    assert cells == [(version, code) for version in VERSIONS for code in CODES]
    for cell, (version, suite) in zip(said["tls"]["cells"], [(v, s) for v in range(4) for s in SUITES]):
        assert cell["state"] == expected_state(said, version, suite), cell
        assert cell["name"] == SUITES[suite]
        assert (cell["why_not"] == "") == (cell["state"] == "works")
    states = [cell["state"] for cell in said["tls"]["cells"]]
    for state in ("works", "not_in_protocol", "missing"):
        assert said["tls"][state] == states.count(state)
    assert said["usable"] is True


def test_versions_are_those_of_the_program_and_its_libraries(world, report):
    program = report()["program"]
    version = world.run("--version").stdout.decode()
    assert version == f"quasimodem {program['version']}, commit {program['commit']}\n"
    assert f"\n  commit      {program['commit']}\n" in world.run("doctor").stdout.decode()
    assert program["name"] == "quasimodem"
    linked = subprocess.run(["ldd", PROGRAM], stdout=subprocess.PIPE, text=True).stdout
    for library in ("fmt", "spdlog"):
        soname = re.search(rf"lib{library}\.so\.(\d+(?:\.\d+)?)", linked)
        assert soname is None or program[library].startswith(soname[1]), library
    assert re.match(r"2\.28\.\d+, ", program["mbedTLS"])
    assert re.match(r"1\.\d+\.\d+$", program["Boost"])


def test_checks(world, report):
    checks = {check["subject"]: check for check in report()["checks"]}
    assert list(checks) == ["pty", "inotify", "runtime directory", "state directory", "TCP", "UDP", "route", "key log"]
    for subject in ("pty", "inotify", "runtime directory", "state directory", "TCP", "UDP", "key log"):
        assert checks[subject]["verdict"] == "fine", checks[subject]
    assert checks["runtime directory"]["detail"] == str(world.runtime / "quasimodem")
    assert checks["state directory"]["detail"] == str(world.state / "quasimodem/m95") + " (can be made)"


def test_only_tls(report):
    assert sorted(report("--tls")) == ["program", "tls", "usable"]


def test_path_that_is_no_utf_8(world):
    strange = os.fsencode(world.directory) + b"/\xff\"\\"
    os.mkdir(strange)
    done = world.run("doctor", "--json", environment={"XDG_RUNTIME_DIR": strange})
    detail = {check["subject"]: check["detail"] for check in json.loads(done.stdout)["checks"]}["runtime directory"]
    assert detail == str(world.directory) + '/\ufffd"\\/quasimodem'


# ---- the truth ----


@pytest.mark.skipif(not shutil.which("tstclnt"), reason="no tstclnt (libnss3-tools)")
def test_what_works_is_what_a_server_of_this_build_accepts(world, report, pki):
    server = EchoServer(world, "tls-echo", "--cert", pki / "server.crt", "--key", pki / "server.key")
    for cell in report("--tls")["tls"]["cells"]:
        version, suite = VERSIONS.index(cell["version"]), int(cell["suite"], 16)
        assert nss_echo(server, version, suite) == (cell["state"] == "works"), cell


def test_what_works_is_what_openssl_connects_with(world, report):
    server = EchoServer(world, "tls-echo")
    names = {"0x0035": "AES256-SHA", "0x002F": "AES128-SHA", "0x003D": "AES256-SHA256"}
    flags = {"TLS1.0": "-tls1", "TLS1.1": "-tls1_1", "TLS1.2": "-tls1_2"}
    tried = 0
    for cell in report("--tls")["tls"]["cells"]:
        if cell["suite"] in names and cell["version"] in flags:
            name = names[cell["suite"]]
            said = s_client(server, flags[cell["version"]], "-cipher", f"{name}:@SECLEVEL=0")
            assert (f"Cipher    : {name}\n" in said) == (cell["state"] == "works"), cell
            tried += 1
    assert tried == 9


def test_missing_ssl_3_is_refused_by_the_server_too(world, report):
    if report("--tls")["tls"]["missing"] == 0:
        pytest.skip("this build has SSL 3.0")
    done = world.run("peer", "tls-echo", "--versions", "ssl3")
    assert done.returncode == 3
    assert b"error: this build does not speak SSL3.0\n       what it can do, and why not more" in done.stderr


# ---- text ----


def test_text_says_what_json_says(world, report):
    said = report()
    done = world.run("doctor")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    rows = table(text)
    assert list(rows) == list(VERSIONS)
    words = {"works": "yes", "not_in_protocol": "-", "missing": "no"}
    for version in VERSIONS:
        cells = [cell for cell in said["tls"]["cells"] if cell["version"] == version]
        if any(cell["state"] == "works" for cell in cells):
            assert rows[version].split() == [words[cell["state"]] for cell in cells]
        else:
            assert rows[version] == "no: " + cells[0]["why_not"]
    total = f"  {said['tls']['works']} yes, each proved by a handshake; {said['tls']['not_in_protocol']} not in the protocol"
    assert total in text
    for check in said["checks"]:
        assert check["detail"] in text
    assert text.endswith("\nA module runs here.\n")
    assert text.startswith(f"quasimodem {said['program']['version']}\n")


def test_text_is_aligned(world):
    lines = world.run("doctor").stdout.decode().splitlines()
    header = next(line for line in lines if line.startswith("TLS "))
    columns = [header.index(code) for code in CODES]
    names, *rows = [line for line in lines if line.startswith("          AES") or line.strip()[:3] in ("TLS", "SSL")][1:]
    for column in columns:
        assert names[column - 1] == " " and names[column] != " "
    for row in rows:
        if ": " not in row:
            assert [match.start() for match in re.finditer(r"\S+", row)][1:] == columns
    assert not any(line != line.rstrip() for line in lines)


def test_only_tls_as_text(world):
    text = world.run("doctor", "--tls").stdout.decode()
    assert "TLS1.2" in text and "pty" not in text


# ---- colour ----


def through_a_terminal(world, *options, environment={}):
    """What the program writes to a terminal."""
    master, slave = pty.openpty()
    variables = {k: v for k, v in world.environment.items() if k not in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")}
    process = subprocess.Popen(
        [PROGRAM, "doctor", *options],
        env={**variables, "TERM": "xterm", **environment},
        stdin=subprocess.DEVNULL,
        stdout=slave,
    )
    os.close(slave)
    deadline = Deadline("the end of doctor")
    text = b""
    try:
        while True:
            deadline.readable(master)
            text += os.read(master, 65536)
    except OSError:  # how Linux says that nobody has the other side open any more
        pass
    finally:
        os.close(master)
    assert process.wait() == 0
    return text


@pytest.mark.parametrize(
    "options, environment, colored",
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),
        ([], {"TERM": "dumb"}, False),
        (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_color_on_a_terminal(world, options, environment, colored):
    text = through_a_terminal(world, *options, environment=environment)
    assert (b"\x1b[" in text) == colored
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", text).replace(b"\r\n", b"\n")
    cut = plain.index(b"\nTLS"), plain.index(b"\nMachine")
    assert plain[cut[0] : cut[1]] in world.run("doctor").stdout


@pytest.mark.parametrize(
    "options, environment, colored",
    [
        ([], {"NO_COLOR": ""}, False),
        ([], {"NO_COLOR": "", "CLICOLOR_FORCE": "1"}, True),
        ([], {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
        ([], {"NO_COLOR": "", "CLICOLOR_FORCE": "0"}, False),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (["--color", "always"], {}, True),
        (["--color=auto"], {"NO_COLOR": ""}, False),
    ],
)
def test_color_elsewhere(world, options, environment, colored):
    assert (b"\x1b[" in world.run("doctor", *options, environment=environment).stdout) == colored


# ---- what is broken ----


def test_nothing_is_left_behind(world):
    assert world.run("doctor").returncode == 0
    assert world.runtime_files() == []
    assert list(world.state.iterdir()) == []


def test_state_directory_that_cannot_be_used(world):
    (world.state / "quasimodem").write_text("a file where a directory should be")
    done = world.run("doctor")
    assert done.returncode == 3
    text = done.stdout.decode()
    assert re.search(r"\n  broken   state directory    .*/quasimodem: Not a directory\n", text)
    assert "\n" + " " * 30 + "use --nvram DIR, or --ephemeral" in text
    assert text.endswith("\nA module does not run here with the default options: something above is broken.\n")
    said = json.loads(world.run("doctor", "--json").stdout)
    assert said["usable"] is False
    # And so it is.
    assert world.run("run", "--profile", "instant").returncode == 3


def test_runtime_directory_that_cannot_be_used(world):
    file = world.directory / "file"
    file.write_text("")
    environment = {"XDG_RUNTIME_DIR": str(file)}
    done = world.run("doctor", environment=environment)
    assert done.returncode == 3
    assert re.search(r"\n  broken   runtime directory  ", done.stdout.decode())
    assert re.search(r"\n  ok       pty ", done.stdout.decode())
    assert world.run("run", "--profile", "instant", environment=environment).returncode == 3


def test_nowhere_to_keep_state(world):
    environment = {"HOME": "", "XDG_STATE_HOME": ""}
    done = world.run("doctor", environment=environment)
    assert done.returncode == 3
    assert b"there is no place for the module's NVRAM" in done.stdout


# ---- the command line ----


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--jsom"], 'unknown option "--jsom"; did you mean "--json"?'),
        (["tls"], 'unknown argument "tls"'),
        (["--color", "alway"], '--color alway: not a choice; did you mean "always"?'),
    ],
)
def test_wrong_use(world, arguments, message):
    done = world.run("doctor", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines()[0] == f"error: {message}"


@pytest.mark.parametrize("arguments", [["doctor", "--help"], ["help", "doctor"]])
def test_help(world, arguments):
    done = world.run(*arguments)
    assert done.returncode == 0 and done.stderr == b""
    assert "Usage: quasimodem doctor [OPTIONS]" in done.stdout.decode()


def test_commands_are_in_the_help_of_the_program(world):
    text = world.run("--help").stdout.decode()
    for command in ("run", "peer", "doctor"):
        assert re.search(rf"\n  {command} +\S", text)


@pytest.mark.parametrize("word, meant", [("docter", "doctor"), ("per", "peer"), ("peers", "peer")])
def test_unknown_command(world, word, meant):
    done = world.run(word)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines()[0] == f'error: unknown command "{word}"; did you mean "{meant}"?'
