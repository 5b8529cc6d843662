# SPDX-License-Identifier: Apache-2.0
"""Which commands the host sent: without a module."""

import pytest

from quasimodem.commands import Listener, commands_of, means, nearest, plain, unescaped


@pytest.mark.parametrize(
    "line, commands",
    [
        ("AT", ["AT"]),
        ("AT+CREG?", ["AT+CREG?"]),
        ("ATE0;+CMEE=1", ["ATE0", "AT+CMEE=1"]),
        ("ATE0V1", ["ATE0", "ATV1"]),
        ("at&f", ["AT&f"]),
        ("ATS3=13", ["ATS3=13"]),
        ("ATD*99#", ["ATD*99#"]),
        ('AT+QIOPEN=0,"TCP","a;b",1;+CSQ', ['AT+QIOPEN=0,"TCP","a;b",1', "AT+CSQ"]),
        ('AT+CUSD=1,"open', ['AT+CUSD=1,"open']),
    ],
)
def test_commands_of_a_line(line, commands):
    assert commands_of(line) == commands


@pytest.mark.parametrize(
    "pattern, command, same",
    [
        ("AT+CREG", "AT+CREG", True),
        ("AT+CREG", "at + creg?", True),
        ("AT+CREG", "AT+CREG=1", True),
        ("AT+CREG", "AT+CREGX", False),
        ("AT+CREG?", "AT+CREG=1", False),
        ("AT+QISEND=1,*", "AT+QISEND=1,5", True),
        ("AT+QISEND=1,*", "AT+QISEND=2,5", False),
        ("AT+CREG=[1]", "AT+CREG=1", False),
        ('AT+X="a b"', 'AT+X="ab"', False),
        ('AT+X="a"', 'AT+X="A"', False),
    ],
)
def test_what_a_pattern_means(pattern, command, same):
    assert means(pattern, command) is same


def test_plain_and_nearest():
    assert plain('at+qsslopen=1, 0,"My host"') == 'AT+QSSLOPEN=1,0,"My host"'
    assert nearest("AT+QSSLOPEN", ["AT", "AT+QIOPEN", "AT+QSSLOPN"]) == "AT+QSSLOPN"
    assert nearest("AT+QSSLOPEN", ["AT"]) is None


def test_unescaped():
    assert unescaped(r"AT\r\n\x1a\\r") == "AT\r\n\x1a\\r"


def heard(*records):
    listener = Listener()
    for seq, (kind, text) in enumerate(records, 1):
        listener.hear({"seq": seq, "t": 0.0, "kind": f"uart.{kind}", "text": text})
    return [command.text for command in listener.commands]


def test_a_line_may_come_in_pieces():
    assert heard(("rx", "AT+CR"), ("tx", "AT+CR"), ("rx", r"EG?\rAT\r")) == ["AT+CREG?", "AT"]


def test_a_urc_between_the_pieces_does_not_matter():
    assert heard(("rx", "AT+CR"), ("tx", r"\r\nRING\r\n"), ("rx", r"EG?\r")) == ["AT+CREG?"]


def test_a_deleted_character():
    assert heard(("rx", r"ATX\x080\r")) == ["AT0"]


def test_what_stands_behind_a_prompt_is_no_command():
    payload = [("rx", r"AT+QISEND=5\r"), ("tx", r"\r\n> "), ("rx", "hello"), ("tx", r"\r\nSEND OK\r\n")]
    assert heard(*payload, ("rx", r"AT+QICLOSE\r")) == ["AT+QISEND=5", "AT+QICLOSE"]
    assert heard(("rx", r"hello\x1aAT+CSQ\r")) == ["AT+CSQ"]
    assert heard(("rx", r"hello\r")) == []


def test_a_payload_that_begins_with_at():
    """The last place where AT stands, not the first."""
    text = [("rx", r'AT+CMGS="+44770"\r'), ("tx", r"\r\n> "), ("rx", r"At home\x1a"), ("tx", r"\r\nOK\r\n")]
    assert heard(*text, ("rx", r"AT+CREG?\r")) == ['AT+CMGS="+44770"', "AT+CREG?"]
    data = [("rx", r"AT+QISEND=6\r"), ("tx", r"\r\n> "), ("rx", "AT+xyz"), ("tx", r"\r\nSEND OK\r\n")]
    assert heard(*data, ("rx", r"AT+CGATT?\r")) == ["AT+QISEND=6", "AT+CGATT?"]


def test_which_command_an_answer_is_for():
    """The first that waits; what was passed over is never answered."""
    listener = Listener()
    listener.hear({"seq": 1, "t": 0.0, "kind": "uart.rx", "text": r"AT\rat + creg?\rAT+CSQ\rAT+CSQ\r"})
    for seq, command in ((2, "AT+ creg?"), (3, "AT+CSQ"), (4, "AT+CREG?"), (5, "AT+CSQ")):
        listener.hear({"seq": seq, "t": 0.0, "kind": "at", "command": command, "result": "OK"})
    assert listener.answered == {2: 1, 3: 2, 5: 3}


def test_a_record_counts_once():
    listener = Listener()
    for _ in range(2):
        listener.hear({"seq": 1, "t": 0.0, "kind": "uart.rx", "text": r"AT\r"})
    assert [command.position for command in listener.commands] == [(1, 0)]
