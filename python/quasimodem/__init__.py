# SPDX-License-Identifier: Apache-2.0
"""Emulated Quectel GSM modules in Python tests.

    from quasimodem import Module

    with Module(model="m66") as module:
        with module.serial() as port:
            port.write(b"AT\\r")
            assert port.read_until(b"OK\\r\\n") == b"AT\\r\\r\\nOK\\r\\n"

With pytest the fixtures `modem` and `modem_factory` do the same. Nothing but Python's own library is needed;
Module.serial() wants pyserial. Every time is in seconds of the host's clock unless it says module time.
"""

from .control import Client, Events, Record
from .errors import ControlError, ModuleEnded, ProgramNotFound, QuasimodemError, StartFailed, Timeout
from .module import Fault, Module, find_program

__version__ = "0.1.0"

__all__ = [
    "Client",
    "ControlError",
    "Events",
    "Fault",
    "Module",
    "ModuleEnded",
    "ProgramNotFound",
    "QuasimodemError",
    "Record",
    "StartFailed",
    "Timeout",
    "find_program",
]
