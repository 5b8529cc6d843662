# SPDX-License-Identifier: Apache-2.0
"""An example of a device test. Your firmware would be started with `m95.tty` as its serial port."""


def test_attach(m95):
    m95.ask("ATE0")
    for command in ("AT+QIREGAPP", "AT+QIACT"):
        assert m95.ask(command) == b"\r\nOK\r\n"
    assert m95.ask("AT+QILOCIP", last=b"188\r\n") == b"\r\n10.1.83.188\r\n"
    assert b"STATE: IP STATUS" in m95.ask("AT+QISTAT", last=b"IP STATUS\r\n")


def test_an_error_is_an_error(m95):
    m95.ask("ATE0")
    assert m95.ask("AT+NOSUCH", last=b"ERROR\r\n") == b"\r\nERROR\r\n"
