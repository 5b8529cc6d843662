# SPDX-License-Identifier: Apache-2.0
"""Which commands the host sent, out of the records of the UART."""

from __future__ import annotations

import difflib
import re
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from .control import Record

# (seq, which one in it): a record may hold several lines, and a line several commands.
Position = Tuple[int, int]


class Command(NamedTuple):
    """A command as the host sent it, and the record with the end of its line."""

    text: str
    position: Position
    record: Record


def unescaped(text: str) -> str:
    """The characters of a record's `text`, where `\\r` stands for CR and `\\x1a` for that byte."""

    def character(match: "re.Match[str]") -> str:
        word = match[1]
        if word[0] == "x":
            return chr(int(word[1:], 16))
        return {"r": "\r", "n": "\n", "t": "\t", "0": "\0"}.get(word, word)

    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", character, text, flags=re.DOTALL)


def plain(command: str) -> str:
    """Without blanks and in capitals, except between quotes: how the module reads it."""
    parts = command.split('"')
    return '"'.join(part if at % 2 else re.sub(r"\s", "", part).upper() for at, part in enumerate(parts))


def like(pattern: str, text: str) -> bool:
    """Whether the text is the pattern, in which `*` is anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def means(pattern: str, command: str) -> bool:
    """As COMMAND in docs/scenarios.md: `AT+CREG` is any form of it; with =, ? or * all of it, and * is anything."""
    wanted, sent = plain(pattern), plain(command)
    if re.search(r"[=?*]", wanted):
        return like(wanted, sent)
    return sent == wanted or (sent.startswith(wanted) and sent[len(wanted)] in "=?")


def nearest(pattern: str, sent: Sequence[str]) -> Optional[str]:
    """Which of the commands was perhaps meant."""
    found = difflib.get_close_matches(plain(pattern), [plain(text) for text in sent], n=1, cutoff=0.75)
    return found[0] if found else None


_BASIC = re.compile(r"[DS]\d*[^;+]*=\d*|S\d+\??|D[^;]*|[&\\%]?[A-Z]\d*", re.IGNORECASE)


def commands_of(line: str) -> List[str]:
    """`ATE0;+CMEE=1` has two: ATE0 and AT+CMEE=1."""
    commands: List[str] = []
    for part in re.findall(r'(?:[^";]|"[^"]*"?)+', line[2:]):
        rest = part.strip()
        while rest and rest[0] not in "+*^$":
            basic = _BASIC.match(rest)
            if not basic:
                break
            commands.append("AT" + basic[0])
            rest = rest[basic.end() :].lstrip()
        if rest:
            commands.append("AT" + rest)
    return commands or ["AT"]


class Listener:
    """Puts the host's lines together, which come in pieces, and keeps the commands in them.

    What is sent behind a prompt is no command and need not end a line. So a line may begin wherever the module had
    just said something, or behind Ctrl-Z and ESC; what counts is the last of these places where AT stands. ASSUMED:
    no host sends data in which a line begins with AT and ends with CR; it would be taken for a command.
    """

    #: The kinds of the records that hear() wants: all of them, as one that was passed over is not heard later.
    KINDS = "uart.rx,uart.tx,at"

    def __init__(self) -> None:
        self.commands: List[Command] = []
        #: `seq` of an answer, and which of the commands it is for.
        self.answered: Dict[int, int] = {}
        self.last_seq = 0
        self._text = ""
        self._beginnings = [0]
        self._waiting = 0  # the first command that may still be answered

    def hear(self, record: Record) -> None:
        """A record of one of KINDS, in the order of the journal; one that was heard counts once."""
        if record["seq"] <= self.last_seq:
            return
        self.last_seq = record["seq"]
        if record["kind"] == "at":
            self._answer(record)
            return
        text = unescaped(record.get("text", ""))
        if record["kind"] == "uart.tx":
            if "\n" in text:
                self._beginnings.append(len(self._text))
            return
        index = 0
        for character in text:
            if character == "\r":
                for command in self._line():
                    self.commands.append(Command(command, (record["seq"], index), record))
                    index += 1
                self._text, self._beginnings = "", [0]
            elif character == "\b":
                self._text = self._text[:-1]
            else:
                self._text += character
                if character in "\x1a\x1b":
                    self._beginnings.append(len(self._text))

    def _answer(self, record: Record) -> None:
        """The module answers in the order in which it was asked. So what it passed over is never answered."""
        answered = plain(record["command"])
        for at in range(self._waiting, len(self.commands)):
            if plain(self.commands[at].text) == answered:
                self.answered[record["seq"]] = at
                self._waiting = at + 1
                return

    def _line(self) -> Iterable[str]:
        for beginning in reversed(self._beginnings):
            line = self._text[beginning:].strip()
            if line[:2].upper() == "AT":
                return commands_of(line)
        return []
