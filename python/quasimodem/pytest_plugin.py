# SPDX-License-Identifier: Apache-2.0
"""The pytest plugin: a module for a test, and what it did in the report of a test that failed."""

from __future__ import annotations

import os
from typing import Any, Dict, Generator, List, Protocol

import pytest

from .module import Module

# How much of the dialogue a report shows. The whole of it is in the trace, whose path stands there too.
_RECORDS = 50
_LOG_LINES = 20

_modules = pytest.StashKey[List[Module]]()


class ModemFactory(Protocol):
    """What the fixture modem_factory is: `modem_factory(model="m66")` starts a module, which ends with the test."""

    def __call__(self, *arguments: str, **options: Any) -> Module: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("quasimodem", "emulated GSM modules")
    group.addoption(
        "--quasimodem", metavar="PROGRAM", help="the program that emulates modules; default $QUASIMODEM, then the PATH"
    )
    parser.addini("quasimodem", "the program that emulates modules, as --quasimodem; relative to the ini file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", 'modem(**options): of the fixture modem, what Module() takes: @pytest.mark.modem(model="m66")'
    )


def _beside(folder: "os.PathLike[str]", program: str) -> str:
    """A word without a slash is looked for on the PATH."""
    return os.path.join(folder, program) if os.sep in program else program


def _program(config: pytest.Config) -> Dict[str, Any]:
    given = config.getoption("--quasimodem")
    if given:
        # A test may be in another directory by then.
        return {"program": _beside(config.invocation_params.dir, given)}
    written = str(config.getini("quasimodem") or "")
    if not written:
        return {}
    return {"program": _beside(config.inipath.parent, written) if config.inipath is not None else written}


@pytest.fixture
def modem_factory(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[ModemFactory, None, None]:
    """Starts modules: `modem_factory(model="m66")`, with what Module() takes. They end with the test.

    A test fails at its end when one of their programs ended with another code than 0.
    """
    modules = request.node.stash.setdefault(_modules, [])
    started: List[Module] = []

    def start(*arguments: str, **options: Any) -> Module:
        if "trace" not in options:
            options["trace"] = tmp_path_factory.mktemp("quasimodem") / "trace.jsonl"
        module = Module(*arguments, **{**_program(request.config), **options})
        module.start()
        modules.append(module)
        started.append(module)
        return module

    yield start
    # All of them first: one that went wrong does not keep the others alive.
    for code, module in [(module.stop(), module) for module in reversed(started)]:
        if code != 0:
            pytest.fail(f"quasimodem ended with exit code {code}\n{module.log()}", pytrace=False)


@pytest.fixture
def modem(request: pytest.FixtureRequest, modem_factory: ModemFactory) -> Module:
    """A module that is ready; `@pytest.mark.modem(...)` says what kind, with what Module() takes. One at a function
    adds to one at its class or file."""
    options: Dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers("modem"))):
        if mark.args:
            wrong = repr(mark.args[0])
            raise pytest.UsageError(f'@pytest.mark.modem takes words with a name, like model="m66"; not {wrong}')
        options.update(mark.kwargs)
    return modem_factory(**options)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    modules: List[Module] = item.stash.get(_modules, [])
    for number, module in enumerate(modules, 1):
        which = f" of module {number}" if len(modules) > 1 else ""
        text = f"{module.dialogue(_RECORDS)}\nwhole trace: {module.trace}"
        report.sections.append((f"quasimodem dialogue{which}", text))
        log = module.log().splitlines()[-_LOG_LINES:]
        if log:
            report.sections.append((f"quasimodem log{which}", "\n".join(log)))
