# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as classes. All of them are QuasimodemError."""

from __future__ import annotations

from typing import Optional


class QuasimodemError(Exception):
    """Whatever goes wrong here."""


class ProgramNotFound(QuasimodemError):
    """There is no program quasimodem; the message says where it was looked for."""


class StartFailed(QuasimodemError):
    """The program did not become ready.

    `exit_code`: the program's own, None when it had to be ended. `log`: what it wrote to standard error.
    """

    def __init__(self, message: str, exit_code: Optional[int] = None, log: str = "") -> None:
        super().__init__(f"{message}\n{log.rstrip()}" if log.strip() else message)
        self.exit_code = exit_code
        self.log = log


class ModuleEnded(QuasimodemError):
    """The program is gone, or was never started. `exit_code` and `log` as with StartFailed."""

    def __init__(self, message: str, exit_code: Optional[int] = None, log: str = "") -> None:
        super().__init__(f"{message}\n{log.rstrip()}" if log.strip() else message)
        self.exit_code = exit_code
        self.log = log


class ControlError(QuasimodemError):
    """The module refused a request.

    `code`: as in docs/control.md: 1 not possible now, 2 waited in vain, -32601 no such method, -32602 wrong parameter.
    """

    def __init__(self, method: str, code: int, message: str) -> None:
        # Most of the module's own words begin with the method.
        super().__init__(message if message.startswith(f"{method}:") else f"{method}: {message}")
        self.method = method
        self.code = code
        self.message = message


class Timeout(QuasimodemError, TimeoutError):
    """Something did not happen in time; the message says what happened instead."""
