# SPDX-License-Identifier: Apache-2.0
"""A module for every test: `def test_x(m95)`. Needs python3-serial and quasimodem on the PATH, or its path in $QUASIMODEM.

Copy this file next to your tests.
"""

import os
import shutil
import subprocess
import tempfile

import pytest
import serial


class Module:
    """A running module. `tty` is the serial port for the device under test, `port` the same, opened here."""

    def __init__(self, *options):
        program = os.environ.get("QUASIMODEM", "quasimodem")
        self._directory = tempfile.mkdtemp(prefix="m95-")
        self.tty = os.path.join(self._directory, "tty")
        self._process = subprocess.Popen(
            [program, "run", "--profile", "instant", "--ephemeral", "--uart", f"pty:{self.tty}", *options],
            stdout=subprocess.PIPE,
            text=True,
        )
        # One line says that the module is ready; nobody has to sleep. Nothing comes when it could not start.
        if not self._process.stdout.readline().startswith("ready "):
            self.stop()
            raise RuntimeError("quasimodem did not start; its reason is above")
        self.port = None

    def open(self):
        self.port = serial.Serial(self.tty, 115200, timeout=10)
        return self.port

    def ask(self, command, last=b"OK\r\n"):
        """Sends a command line and gives everything up to `last`."""
        self.port.write(command.encode() + b"\r")
        answer = self.port.read_until(last)
        assert answer.endswith(last), (command, answer)
        return answer

    def stop(self):
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self._directory, ignore_errors=True)


@pytest.fixture
def m95():
    module = Module()
    try:
        with module.open():
            yield module
    finally:
        module.stop()
