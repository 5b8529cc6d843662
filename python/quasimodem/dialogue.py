# SPDX-License-Identifier: Apache-2.0
"""A trace, for people to read."""

from __future__ import annotations

import collections
import json
import os
import stat
from typing import Iterator, List

from .control import Record

# Between the kinds of a record and the words of docs/control.md.
_WHO = {"uart.rx": "host", "uart.tx": "module"}


def line_of(record: Record) -> str:
    """One record in one line: module time in seconds, who, what."""
    kind = record["kind"]
    fields = {key: value for key, value in record.items() if key not in ("seq", "t", "modem", "kind")}
    if kind in _WHO:
        what = fields.pop("text", "")
        if "withheld" in fields:
            what += f"({fields.pop('withheld')} bytes withheld)"
    elif kind == "at":
        what = f"{fields.pop('command', '')}: {fields.pop('result', '')}"
    else:
        what = ""
    rest = " ".join(f"{key}={value}" for key, value in fields.items() if value != "")
    return f"{record['t']:10.3f}  {_WHO.get(kind, kind):<8}{what}{' ' if what and rest else ''}{rest}".rstrip()


def records_of(path: str) -> Iterator[Record]:
    """The records of a trace file; nothing when there is none. A last line that is not whole yet is left out."""
    try:
        # A FIFO may have been named, and a read of that would wait or take what is somebody else's.
        if not stat.S_ISREG(os.stat(path).st_mode):
            return
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.endswith("\n"):
                    yield json.loads(line)
    except FileNotFoundError:
        return


def dialogue(path: str, last: int) -> str:
    """The last so many records of a trace file, a line each, and how many were before them."""
    lines: "collections.deque[Record]" = collections.deque(maxlen=last)
    count = 0
    for record in records_of(path):
        lines.append(record)
        count += 1
    text: List[str] = [f"... {count - len(lines)} records before"] if count > len(lines) else []
    text += [line_of(record) for record in lines]
    return "\n".join(text)
