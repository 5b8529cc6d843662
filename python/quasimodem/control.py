# SPDX-License-Identifier: Apache-2.0
"""A client of the control socket: a JSON object a line (docs/control.md)."""

from __future__ import annotations

import collections
import datetime
import json
import select
import socket
import threading
import time
from types import TracebackType
from typing import Any, Deque, Dict, Optional, Type

from .errors import ControlError, ModuleEnded, Timeout

#: A record of the journal: `seq`, `t` (seconds of module time), `modem`, `kind`, and what belongs to the kind.
Record = Dict[str, Any]

#: How long an answer may take, as with `quasimodem ctl`. [s]
PATIENCE = 60.0


class Deadline:
    """A point in time; None is never."""

    def __init__(self, seconds: Optional[float]) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> Optional[float]:
        """Seconds, not below 0; None is for ever."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())


def milliseconds(seconds: float) -> str:
    """A DURATION of the control socket."""
    return f"{round(seconds * 1000)}ms"


def parameters(params: Dict[str, Any]) -> Dict[str, Any]:
    """As the socket wants them: `from_` is from, `for_` is for, a timedelta is a DURATION, None is not said."""
    result = {}
    for name, value in params.items():
        if isinstance(value, datetime.timedelta):
            value = milliseconds(value.total_seconds())
        if value is not None:
            result[name[:-1] if name.endswith("_") else name] = value
    return result


class Client:
    """One connection to the control socket of a module.

    `path`: the socket's. Raises ModuleEnded when nobody listens there. Threads may share it: one request at a time.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._unread = b""
        self._records: Deque[Record] = collections.deque()
        self._last_id = 0
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise ModuleEnded(f"no module listens at {path}: {error.strerror or error}") from None

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, method: str, params: Optional[Dict[str, Any]] = None, timeout: Optional[float] = PATIENCE) -> Any:
        """The result of a request.

        `timeout`: seconds until Timeout is raised; None waits until the module answers. Raises ControlError when the
        module refuses, ModuleEnded when it hangs up.
        """
        with self._lock:
            self._last_id += 1
            request = {"id": self._last_id, "method": method, "params": params or {}}
            deadline = Deadline(timeout)
            try:
                self._socket.sendall(json.dumps(request).encode() + b"\n")
            except OSError:
                raise ModuleEnded(f"{method}: the module has ended") from None
            while True:
                answer = self._line(deadline)
                if answer is None:
                    raise Timeout(f"{method}: no answer within {timeout:g} s")
                if "seq" in answer:  # a record; that of a fault has an id of its own
                    self._records.append(answer)
                elif answer["id"] == self._last_id:
                    break  # any other is the late answer to a request that was given up
        if "error" in answer:
            raise ControlError(method, answer["error"]["code"], answer["error"]["message"])
        return answer.get("result")

    def record(self, deadline: Deadline) -> Optional[Record]:
        """The next record of a subscription, or None when the time is over."""
        with self._lock:
            while not self._records:
                line = self._line(deadline)
                if line is None:
                    return None
                if "seq" in line:
                    self._records.append(line)
            return self._records.popleft()

    def _line(self, deadline: Deadline) -> Optional[Dict[str, Any]]:
        while b"\n" not in self._unread:
            try:
                if not select.select([self._socket], [], [], deadline.left())[0]:
                    return None
                block = self._socket.recv(65536)
            except (OSError, ValueError):  # hung up, or closed by another thread meanwhile
                block = b""
            if not block:
                raise ModuleEnded("the module has ended")
            self._unread += block
        line, _, self._unread = self._unread.partition(b"\n")
        value = json.loads(line)
        assert isinstance(value, dict)
        return value


class Events:
    """Records from the call of Module.events() on, as an iterator; ends when the module ends.

    Raises Timeout when no record comes for `timeout` seconds; None waits as long as it takes. It is a context manager
    too: the subscription ends with the block.
    """

    def __init__(self, path: str, kind: Optional[str], timeout: Optional[float]) -> None:
        self._timeout = timeout
        self._client = Client(path)
        try:
            self._client.call("subscribe", parameters({"kind": kind}))
        except BaseException:
            self._client.close()
            raise

    def __iter__(self) -> Events:
        return self

    def __next__(self) -> Record:
        try:
            record = self._client.record(Deadline(self._timeout))
        except ModuleEnded:
            raise StopIteration from None
        if record is None:
            raise Timeout(f"no record came for {self._timeout:g} s")
        return record

    def next_until(self, deadline: Deadline) -> Optional[Record]:
        """The next record, or None when the time is over. Raises ModuleEnded."""
        return self._client.record(deadline)

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Events:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()
