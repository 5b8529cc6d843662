# SPDX-License-Identifier: Apache-2.0
"""Device tests. The fixture `modem` comes with the Python package: docs/python.md.

Your firmware in the place of ./device.
"""

import pytest


def test_attach(modem):
    with modem.host("./device", modem.tty):
        modem.expect_command("AT+QIACT", answer="OK")


@pytest.mark.modem(model="m66", faults="at.error match=AT+QIACT count=1")
def test_it_tries_again(modem):
    with modem.host("./device", modem.tty):
        modem.expect_command("AT+QIACT", answer="ERROR")
        modem.expect_command("AT+QIACT", answer="OK")
