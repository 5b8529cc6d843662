# SPDX-License-Identifier: Apache-2.0
"""`run --scenario`: the examples of docs/scenarios with real hosts, exit codes, messages, JUnit's file."""

import json
import re
import signal
import textwrap
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

from support import PYTHON, SOURCE

EXAMPLES = SOURCE / "docs/scenarios"

# A host as firmware is: it waits for the ends of answers and does not care what else comes.
HOST = """
    import os, re, serial, sys

    port = serial.Serial(os.environ["QUASIMODEM_TTY"], 115200, timeout=60)
    unread = b""

    def until(*ends):
        global unread
        pattern = re.compile("|".join(ends).encode())
        while not (match := pattern.search(unread)):
            block = port.read(max(1, port.in_waiting))
            assert block, unread
            unread += block
        said, unread = unread[: match.end()], unread[match.end() :]
        return said.decode()

    def ask(line, *ends):
        port.write(line.encode() + b"\\r")
        return until(*(ends or (r"\\r\\nOK\\r\\n", "ERROR.*\\r\\n")))
"""

BRING_UP = """
    def bring_up():
        for line in ("AT+QIREGAPP", "AT+QIACT"):
            assert "OK" in ask(line)
        ask("AT+QILOCIP", r"\\d\\r\\n")
        assert "CONNECT OK" in ask(f'AT+QIOPEN="TCP","127.0.0.1",{sys.argv[1]}', "CONNECT OK\\r\\n", "CONNECT FAIL\\r\\n")
"""


def script(*parts, arguments=()):
    code = "\n".join(textwrap.dedent(part) for part in parts)
    return ["--", PYTHON, "-c", code, *map(str, arguments)]


@pytest.fixture
def scenario(world):
    """`scenario(text)` is a file with it."""

    def write(text, name="t.yaml"):
        path = world.directory / name
        path.write_text(textwrap.dedent(text))
        return path

    return write


def failure(done):
    """What was printed after FAIL:, without the program's own log."""
    return re.search(rb"^FAIL:  (.*?)(?=^\S|\Z)", done.stderr, re.MULTILINE | re.DOTALL)[1].decode()


def cases(path):
    """Of each test case in JUnit's file: its name and what became of it."""
    root = xml.parse(path).getroot()
    assert root.tag == "testsuites"
    return [
        (case.get("name"), case[0].tag if len(case) else "passed") for suite in root for case in suite.iter("testcase")
    ]


# ---- the examples ----

SENDS_TWO = """
    def send(data):
        said = ask(f"AT+QISEND={len(data)}", "> ", "ERROR.*\\r\\n", r"\\+PDP DEACT\\r\\n")
        if "> " not in said:
            return False
        port.write(data)
        return "SEND OK" in until("SEND OK\\r\\n", "SEND FAIL\\r\\n", "ERROR.*\\r\\n")

    ask("ATE0")
    bring_up()
    for data in (b"first", b"second"):
        while not send(data):
            if RESTARTS:
                ask("AT+QIDEACT", "DEACT OK\\r\\n")
            bring_up()
"""


def bearer_loss(world, server, restarts, *options):
    settings = f"RESTARTS = {restarts}"
    return world.run(
        "run",
        *("--scenario", EXAMPLES / "bearer-loss.yaml", *options),
        *script(HOST, BRING_UP, settings, SENDS_TWO, arguments=[server.port]),
    )


def test_bearer_loss(world, echo_server):
    done = bearer_loss(world, echo_server, True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_bearer_loss_is_not_noticed(world, echo_server):
    report = world.directory / "report.xml"
    done = bearer_loss(world, echo_server, False, "--junit", report)
    assert done.returncode == 1
    said = failure(done)
    assert "bearer-loss.yaml step 6 (line 15, it gives the context up before it asks for a new one): " in said
    assert "expected AT+QIDEACT" in said
    assert re.search(r"^ +nearest match +AT\+QIACT +differs in the command name$", said, re.MULTILINE), said
    assert ("6 it gives the context up before it asks for a new one", "failure") in cases(report)


SIM_PIN = """
    ask("ATE0")
    if "SIM PIN" in ask("AT+CPIN?"):
        assert "OK" in ask(f'AT+CPIN="{sys.argv[1]}"')
    while "+CREG: 0,1" not in ask("AT+CREG?"):
        pass
"""


def sim_pin(world, pin):
    options = ("--sim", "pin:1234", "--scenario", EXAMPLES / "sim-pin.yaml")
    return world.run("run", *options, *script(HOST, SIM_PIN, arguments=[pin]))


def test_sim_pin(world):
    done = sim_pin(world, "1234")
    assert (done.returncode, done.stderr) == (0, b"")


def test_sim_pin_is_wrong(world):
    done = sim_pin(world, "1111")
    assert done.returncode == 1
    assert "step 1 (line 6): expected no AT+CPIN=* answered +CME ERROR: *, got AT+CPIN=" in failure(done)


# It asks until somebody answers who has forgotten what he was told, which the echo shows.
SETS_AGAIN = """
    port.timeout = 0.05

    def ask_once(line):
        port.reset_input_buffer()
        port.write(line.encode() + b"\\r")
        return port.read_until(b"OK\\r\\n")

    for _ in range(3):
        while not ask_once("AT").startswith(b"AT\\r\\r\\nOK"):
            pass
        ask_once("ATE0")
        ask_once("AT+CMEE=2")
"""


def test_brown_out(world):
    done = world.run("run", "--scenario", EXAMPLES / "brown-out.yaml", *script(HOST, SETS_AGAIN))
    assert (done.returncode, done.stderr) == (0, b"")


def test_sms(world):
    host = """
        ask("ATE0")
        ask("AT+CMGF=1")
        ask("AT+CNMI=2,1")
        until('\\\\+CMTI: "SM",1\\r\\n')
        assert "STATUS?" in ask("AT+CMGR=1")
        ask("AT+CMGD=1")
        assert "RESET" in ask("AT+CMGR=2")
        ask("AT+CMGD=2")
    """
    done = world.run("run", "--scenario", EXAMPLES / "sms.yaml", *script(HOST, host))
    assert (done.returncode, done.stderr) == (0, b"")


def test_every_example_is_run_here():
    text = Path(__file__).read_text()
    for example in EXAMPLES.glob("*.yaml"):
        assert f'"{example.name}"' in text, example


# ---- exit codes ----


@pytest.mark.parametrize("code", [0, 7])
def test_the_commands_own_code_when_nothing_fails(world, scenario, code):
    file = scenario("steps: [{wait-at: AT+CSQ}]")
    done = world.run("run", "--scenario", file, *script(HOST, f'ask("AT+CSQ"); sys.exit({code})'))
    assert (done.returncode, done.stderr) == (code, b"")


def test_command_that_ends_too_early(world, scenario):
    file = scenario("steps: [{wait-at: AT+CSQ}]")
    done = world.run("run", "--scenario", file, *script(HOST, 'ask("AT+CREG?"); sys.exit(7)'))
    assert done.returncode == 1
    assert "expected AT+CSQ, but the command ended with 7\n" in failure(done)


def test_what_the_command_sends_at_its_very_end_is_heard(world, scenario):
    file = scenario("steps: [{wait-at: AT+CSQ}, {wait-host: bye}]")
    done = world.run("run", "--scenario", file, *script(HOST, 'ask("AT"); port.write(b"AT+CSQ\\rbye")'))
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_failing_step_ends_the_command(world, scenario):
    file = scenario("steps: [{expect-at: ATE0}]")
    done = world.run("run", "--scenario", file, *script(HOST, 'ask("AT+CSQ")\nuntil("never")'))
    assert done.returncode == 1
    assert "expected ATE0 next, got AT+CSQ\n" in failure(done)


def test_without_a_command_it_ends_after_the_last_step(world, scenario):
    file = scenario("steps: [{wait-at: AT+CSQ, within: 100s}, {signal: {rssi: 3}}, {urc: '+BYE'}]")
    module = world.module("--scenario", file)
    with module.open() as host:
        host.send("AT+CSQ\r")
        assert module.wait() == 0
    assert "FAIL" not in module.log()


def test_without_a_command_it_ends_with_1_at_the_first_failure(world, scenario):
    done = world.run("run", "--profile", "instant", "--scenario", scenario("steps: [{wait-at: AT, within: 10ms}]"))
    assert done.returncode == 1
    assert failure(done) == (
        f"scenario {world.directory}/t.yaml step 1 (line 1): expected AT within 10ms, got nothing for 10ms\n"
        "       last from host   nothing so far\n"
    )


def test_time_out_counts_more_than_an_unfinished_scenario(world, scenario):
    report = world.directory / "report.xml"
    file = scenario("steps: [{wait-at: AT}]")
    done = world.run("run", "--scenario", file, "--junit", report, "--timeout", "100ms")
    assert done.returncode == 124
    assert cases(report) == [("1 wait-at AT", "failure")]


def test_signal_in_the_middle(world, scenario):
    report = world.directory / "report.xml"
    module = world.module("--scenario", scenario("steps: [{delay: 1us}, {wait-at: AT, within: 1h}]"), "--junit", report)
    module.signal(signal.SIGTERM)
    assert module.wait() == 1
    assert "expected AT, but the program ended" in module.log()
    assert [what for _, what in cases(report)][1] == "failure"


def test_expectation_of_the_command_line_counts_too(world, scenario):
    file = scenario("steps: [{wait-at: AT+CSQ}]")
    done = world.run("run", "--scenario", file, "--expect", "NOTHING LIKE THIS", *script(HOST, 'ask("AT+CSQ")'))
    assert done.returncode == 1
    assert b'the UART did not show "NOTHING LIKE THIS"' in done.stderr


# ---- messages ----


def test_failure_says_what_the_host_did_and_where_more_is(world, scenario):
    file = scenario(
        """
        steps:
          - wait-at: AT+QIACT
            answer: ERROR
          - wait-at: AT+QSSLOPEN
            within: 50ms
        """
    )
    trace = world.directory / "t.jsonl"
    host = """
        ask("AT+QIREGAPP")
        ask('AT+QIOPEN="TCP","127.0.0.1",1')
        ask("AT+QIACT")
        until("never")
    """
    fault = ("--fault", "at.error match=AT+QIACT")
    done = world.run("run", "--scenario", file, "--trace", trace, *fault, *script(HOST, host))
    assert done.returncode == 1
    first, *more = failure(done).splitlines()
    assert first == f"scenario {file} step 2 (line 5): expected AT+QSSLOPEN within 50ms, got nothing for 50ms"
    assert re.fullmatch(r" +last from host +AT\+QIACT  \(\d\.\d s ago, answered ERROR by fault \"at\.error\"\)", more[0])
    assert re.fullmatch(r" +nearest match +AT\+QIOPEN=.*  differs in the command name", more[1])
    assert more[2].split() == ["full", "trace", str(trace)]
    assert any(json.loads(line)["kind"] == "fault" for line in trace.read_text().splitlines())


@pytest.mark.parametrize(
    "text, what",
    [
        ("steps:\n  - wiat-at: AT\n", '2:5: unknown step "wiat-at"; did you mean "wait-at"?'),
        ("steps:\n  - power: {kut: true}\n", '2:13: power has no parameter "kut"; did you mean "cut"?; it takes'),
        ("steps:\n  - signal: {rssi: strong}\n", "2:14: signal: rssi must be NUMBER, not strong"),
        ("steps:\n  - fault: bearer.outge\n", '2:12: there is no fault "bearer.outge" (all of them: quasimodem help faults); did you mean'),
        ("steps:\n  - wait-at: AT\n    wait-at: AT\n", '3:5: "wait-at" stands twice; first in line 2'),
        ("steps: {\n", "2:1: not YAML: "),
        ("", "1:1: the file is empty; a scenario begins with steps:"),
        ("steps:\n  - expect-state: {simm.status: ready}\n", '2:20: the module\'s state has no "simm"; did you mean "sim"?'),
    ],
)
def test_wrong_file(world, scenario, text, what):
    file = scenario(text)
    done = world.run("run", "--scenario", file, "--", "touch", world.directory / "started")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().startswith(f"error: {file}:{what}")
    assert not (world.directory / "started").exists()
    assert world.runtime_files() == []


@pytest.mark.parametrize("name", ["no-such-file.yaml", "."])
def test_file_that_cannot_be_read(world, name):
    done = world.run("run", "--scenario", world.directory / name)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"cannot be read" in done.stderr


def test_junit_needs_a_scenario_and_a_place(world, scenario):
    alone = world.run("run", "--junit", world.directory / "report.xml")
    assert (alone.returncode, alone.stdout) == (2, b"")
    assert b"--scenario FILE" in alone.stderr
    file = scenario("steps: [{delay: 1ms}]")
    nowhere = world.run("run", "--scenario", file, "--junit", world.directory / "no/such/report.xml")
    assert (nowhere.returncode, nowhere.stdout) == (3, b"")
    assert b"report.xml: No such file or directory" in nowhere.stderr


# ---- JUnit ----


def test_junit_tells_of_each_step(world, scenario):
    file = scenario(
        """
        name: <tags> & "quotes"
        steps:
          - wait-at: AT+CSQ
          - when-at: ATI
            do:
              - urc: +NEVER
          - wait-at: AT+QICSGP=1,"<&>"
            name: the \\x01 <APN>
            within: 50ms
          - urc: +UNREACHED
        """
    )
    report = world.directory / "report.xml"
    done = world.run("run", "--scenario", file, "--junit", report, *script(HOST, 'ask("AT+CSQ"); until("never")'))
    assert done.returncode == 1
    root = xml.parse(report).getroot()
    (suite,) = root
    assert suite.attrib["name"] == '<tags> & "quotes"'
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("5", "1", "2")
    assert cases(report) == [
        ("1 wait-at AT+CSQ", "passed"),
        ("2 when-at ATI", "passed"),
        ("2.1 urc text=+NEVER", "skipped"),
        ("3 the \\x01 <APN>", "failure"),
        ("4 urc text=+UNREACHED", "skipped"),
    ]
    failed = suite[3]
    assert failed[0].get("message").startswith('expected AT+QICSGP=1,"<&>" within 50ms, got nothing')
    assert failed[0].text + "\n" == failure(done)
    assert (failed.get("file"), failed.get("line")) == (str(file), "8")
    assert 0.05 <= float(failed.get("time")) < 60


def test_junit_is_there_even_when_the_program_is_killed(world, scenario):
    report = world.directory / "report.xml"
    module = world.module("--scenario", scenario("steps: [{wait-at: AT, within: 1h}]"), "--junit", report)
    module.kill()
    assert cases(report) == [("1 wait-at AT", "skipped")]


def test_many_modules_each_play_it(world, scenario):
    file = scenario("steps: [{wait-at: AT+CSQ}, {expect-at: ATI}]")
    report = world.directory / "report.xml"
    host = """
        for index, line in ((0, "ATI"), (1, "AT+CREG?"), (2, "ATI")):
            port = serial.Serial(os.environ[f"QUASIMODEM_TTY_{index}"], 115200, timeout=60)
            ask("AT+CSQ")
            ask(line)
    """
    done = world.run("run", "--count", "3", "--scenario", file, "--junit", report, *script(HOST, host))
    assert done.returncode == 1
    assert failure(done).startswith(f"m95-1: scenario {file} step 2 (line 1): expected ATI next, got AT+CREG?\n")
    suites = {suite.get("name"): suite for suite in xml.parse(report).getroot()}
    assert list(suites) == ["t.yaml m95-0", "t.yaml m95-1", "t.yaml m95-2"]
    assert [suites[f"t.yaml m95-{i}"].get("failures") for i in (0, 1)] == ["0", "1"]


def test_modules_without_a_command_all_come_to_their_end(world, scenario):
    file = scenario("steps: [{wait-at: AT, within: 20ms}]")
    done = world.run("run", "--profile", "instant", "--count", "2", "--scenario", file)
    assert done.returncode == 1
    assert {line.split(b":")[1].strip() for line in done.stderr.splitlines() if line.startswith(b"FAIL")} == {
        b"m95-0",
        b"m95-1",
    }
