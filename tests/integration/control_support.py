# SPDX-License-Identifier: Apache-2.0
"""The control socket as any program sees it: Python's plain socket, no part of ours."""

import json
import socket

import pytest
from support import Deadline


class Client:
    """Any program at the control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.unread = b""
        self.events = []
        self.last = 0

    def close(self):
        self.socket.close()

    def send(self, text):
        self.socket.sendall(text.encode() + b"\n")

    def line(self):
        deadline = Deadline("a line of the control socket")
        while b"\n" not in self.unread:
            deadline.readable(self.socket)
            block = self.socket.recv(65536)
            assert block, "the module hung up"
            self.unread += block
        line, _, self.unread = self.unread.partition(b"\n")
        return json.loads(line)

    def ask(self, method, /, **params):
        self.last += 1
        self.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while "id" not in (answer := self.line()):
            self.events.append(answer)
        assert answer["id"] == self.last
        return answer

    def result(self, method, /, **params):
        answer = self.ask(method, **params)
        assert "result" in answer, answer
        return answer["result"]

    def error(self, method, /, **params):
        return self.ask(method, **params)["error"]


def control_of(module):
    return module.tty + ".ctl"


@pytest.fixture
def client(module):
    """At the control socket of the `module` that the test file starts."""
    client = Client(control_of(module))
    yield client
    client.close()
