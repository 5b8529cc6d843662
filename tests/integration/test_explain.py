# SPDX-License-Identifier: Apache-2.0
"""`quasimodem explain`: words for a line of the dialogue. What it knows is tested in tests/emulator/explain_test.cpp."""

import json

import pytest


def test_words_of_the_command_line_are_one_line(world):
    done = world.run("explain", "+CME", "ERROR:", "3")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (
        "+CME ERROR: 3\n"
        "  error: the command failed in the module, the SIM or the network\n"
        "    cme  3  Operation not allowed\n"
        "  manual: M66 16.7\n"
    )


def test_every_line_of_standard_input(world, tmp_path):
    lines = tmp_path / "lines"
    lines.write_text("AT+QIMUX=1\r\n\r\nOK\r\nwhat?\r\n")
    with open(lines) as stdin:
        done = world.run("explain", "--json", stdin=stdin)
    assert done.returncode == 1
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["line"], each["kind"]) for each in said] == [("AT+QIMUX=1", "command"), ("OK", "result")]
    assert said[0]["fields"] == [{"name": "mode", "value": "1", "meaning": "six sessions, with an index; 0-1"}]
    assert b'cannot explain "what?' in done.stderr


@pytest.mark.parametrize(
    "line, suggestion",
    [
        ("+QSLOPEN: 1,0", '; did you mean "AT+QSSLOPEN"?'),
        ("At+QSLOPEN=1", '; did you mean "AT+QSSLOPEN"?'),
        ("QIOPEN: 1", ""),
        ("< hello", ""),
    ],
)
def test_of_standard_input_only_what_resembles_a_command_gets_a_suggestion(world, tmp_path, line, suggestion):
    lines = tmp_path / "lines"
    lines.write_text(line + "\n")
    with open(lines) as stdin:
        done = world.run("explain", stdin=stdin)
    assert done.returncode == 1
    assert done.stderr.decode() == f'cannot explain "{line}": these modules neither know nor say it{suggestion}\n'


def test_lines_of_traces_and_transcripts(world):
    record = r'{"seq":4,"t":0.2,"modem":"m95","kind":"uart.tx","text":"\\r\\n+CME ERROR: 3\\r\\n"}'
    done = world.run("explain", "--json", record)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [(each["kind"], each["line"]) for each in said] == [("record", record), ("error", "+CME ERROR: 3")]
    assert {"name": "t", "value": "0.2", "meaning": ""} in said[0]["fields"]
    done = world.run("explain", r"< \r\n+CSQ: 30,0\r\n\r\nOK\r\n")
    assert b"signal quality" in done.stdout and b"the command was carried out" in done.stdout
    done = world.run("explain", '{"kind":"nothing"}')
    assert done.returncode == 1


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        (["+QSLOPEN: 1,0"], 1, 'error: cannot explain "+QSLOPEN: 1,0"'),
        (["--jsom", "OK"], 2, 'error: unknown option "--jsom"; did you mean "--json"?'),
    ],
)
def test_wrong_use(world, arguments, code, message):
    done = world.run("explain", *arguments)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.decode().splitlines()[0] == message


def test_a_near_miss_is_suggested(world):
    assert b'did you mean "AT+QSSLOPEN"?' in world.run("explain", "+QSLOPEN: 1,0").stderr
