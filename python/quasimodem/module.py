# SPDX-License-Identifier: Apache-2.0
"""A module as a process of its own."""

from __future__ import annotations

import contextlib
import datetime
import math
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, Generator, Iterable, List, Mapping, Optional, Tuple, Type, Union

from .commands import Listener, Position, like, means, nearest, plain
from .control import Client, Deadline, Events, Record, milliseconds, parameters
from .dialogue import dialogue, line_of
from .errors import ControlError, ModuleEnded, ProgramNotFound, QuasimodemError, StartFailed, Timeout

if TYPE_CHECKING:
    import serial

Path = Union[str, "os.PathLike[str]"]
Words = Union[str, Iterable[str]]
Time = Union[float, str, datetime.timedelta]

# The command that `quasimodem run -- CMD` runs: it says where everything is once the module is ready, and the module
# ends with it. It waits for a line or for the end of its standard input. So the module ends when this process does,
# however that ends: the kernel closes the pipe. (PR_SET_PDEATHSIG would follow the thread, not the process.)
# Then nobody else is there to remove the directory, which is $0.
_WATCH = """
printf '%s\\n' "tty=$QUASIMODEM_TTY" "ctl=$QUASIMODEM_CTL" "tcp=$QUASIMODEM_TCP" "rfc2217=$QUASIMODEM_RFC2217" ready=
read -r _ || rm -rf -- "$0"
exit 0
"""
# How long an end may take before the next signal. [s]
_GRACE = 20.0
# sockaddr_un's path, with its zero.
_LONGEST_SOCKET = 107
# The most the module keeps; journal gives 1000 unless told.
_JOURNAL = 10000
# Where a relative $QUASIMODEM was meant: a test may be somewhere else by then. Empty when that directory is gone.
_FROM = ""
with contextlib.suppress(OSError):
    _FROM = os.getcwd()


def find_program(program: Optional[Path] = None) -> str:
    """The path of the program quasimodem: `program`, else $QUASIMODEM, else what is on the PATH.

    A word without a slash is looked for on the PATH. $QUASIMODEM may be relative to the directory where this process
    imported quasimodem. Raises ProgramNotFound.
    """
    advice = "Install it (docs/installing.md), or name it: Module(program=...), $QUASIMODEM, pytest --quasimodem"
    given = os.fspath(program) if program is not None else os.environ.get("QUASIMODEM", "")
    source = "program" if program is not None else "$QUASIMODEM"
    if program is None and os.sep in given:
        given = os.path.join(_FROM, given)
    found = shutil.which(given or "quasimodem")
    if found:
        return os.path.abspath(found)
    if not given:
        raise ProgramNotFound(f"there is no quasimodem on the PATH, and $QUASIMODEM is not set. {advice}")
    if os.sep not in given:
        why = "is not on the PATH"
    else:
        why = "is not executable" if os.path.exists(given) else "does not exist"
    raise ProgramNotFound(f"{source} is {given}, which {why}. {advice}")


def _option(name: str, value: Any) -> List[str]:
    """`profile="lab"` is --profile lab; a list says the option again and again, True says it alone."""
    option = "--" + name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [option]
    if isinstance(value, datetime.timedelta):
        return [option, milliseconds(value.total_seconds())]
    if isinstance(value, (list, tuple)):
        return [word for item in value for word in _option(name, item)]
    return [option, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]


def _words(value: Words) -> List[str]:
    return [value] if isinstance(value, str) else list(value)


def _duration(time: Time) -> str:
    if isinstance(time, datetime.timedelta):
        time = time.total_seconds()
    if isinstance(time, str):
        return time
    if not math.isfinite(time) or time < 0:
        raise ValueError(f'{time} is no duration; write seconds, or text like "90s"')
    return milliseconds(time)


def _end(process: "subprocess.Popen[bytes]") -> int:
    """The exit code. What does not end in order is told to, and then ended."""
    assert process.stdin is not None and process.stdout is not None
    with contextlib.suppress(OSError):
        process.stdin.write(b"\n")
    process.stdin.close()
    try:
        for end in (process.terminate, process.kill):
            try:
                return process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                end()
        return process.wait()
    finally:
        process.stdout.close()


def _abandon(process: "subprocess.Popen[bytes]", directory: str, owner: int) -> None:
    """For a module that nobody stopped. Popen alone would keep the pipe open as long as the process lives."""
    if os.getpid() != owner:  # in a forked child, whose parent has the module
        return
    _end(process)
    shutil.rmtree(directory, ignore_errors=True)


def _group_lives(group: int) -> bool:
    """Whether a process of that group runs. killpg() would count those that ended and that nobody waits for, which
    stay for ever in a container without an init."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                # The name of the program stands in brackets, and may have blanks and brackets in it.
                state, _, of = file.read().rpartition(")")[2].split()[:3]
            if int(of) == group and state not in "ZX":
                return True
    return False


def _end_host(process: "subprocess.Popen[Any]", whole: bool) -> None:
    """SIGTERM, then SIGKILL. `whole`: for all of its process group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if whole:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        deadline = Deadline(_GRACE)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(deadline.left())
            while whole and _group_lives(process.pid) and deadline.left():
                time.sleep(0.01)
        if process.returncode is not None and not (whole and _group_lives(process.pid)):
            return


def _exit(code: int) -> str:
    return f"with exit code {code}" if code >= 0 else f"by signal {-code}"


class Fault:
    """A fault that strikes from now on; as a context manager it is taken away at the end of the block."""

    def __init__(self, module: "Module", spec: str, number: int) -> None:
        self._module = module
        self.spec = spec
        #: Its number, as `fault.list` shows it.
        self.id = number

    @property
    def fired(self) -> int:
        """How often it struck; 0 as well when it is gone."""
        return next((int(fault["fired"]) for fault in self._module.ctl("fault.list") if fault["id"] == self.id), 0)

    def clear(self) -> None:
        """Takes it away and undoes what it did. Nothing happens when it is gone already, with the module or alone."""
        try:
            self._module.ctl("fault.clear", id=self.id)
        except ModuleEnded:
            return
        except ControlError:
            if any(fault["id"] == self.id for fault in self._module.ctl("fault.list")):
                raise

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.clear()


class Module:
    """A running module.

        with Module(model="m66", faults="at.error match=AT+QIACT count=1") as module: ...

    It starts with the block, or with start(), and ends with the block, with stop(), or with this process, however that
    ends. Each module has a temporary directory for its UART, its control socket and its trace, and keeps its NVRAM in
    memory. So tests that run at the same time never meet.

    `arguments`: more words of the command line of `quasimodem run`. `program`: see find_program(). `model`: "m10",
    "m66", "m85", "m95", "m26" or "mc60". `profile`: how long everything takes; the program's default is "instant" here.
    `faults`: lines of docs/faults.md. `maps`: where a host of the module's world is on this machine, "FROM=TO" or a
    dict. `uart`: ways to the UART beside the pty of `tty`, like "rfc2217:127.0.0.1:0". `nvram`: a directory that
    outlives the module.
    `trace`: where everything that happens is written; without it the trace goes with the module. `environment`: added
    to that of this process. `start_timeout`: seconds. Every other option by its name: `apn_local="10.0.0.9"`,
    `firmware=["close-index=off"]`, `power="off"`; a list says it again and again, True is an option without a value.

    $QUASIMODEM_PROFILE and the like, and ./quasimodem.toml, count for what is not said here.
    """

    def __init__(
        self,
        *arguments: str,
        program: Optional[Path] = None,
        model: Optional[str] = None,
        profile: Optional[Path] = None,
        faults: Words = (),
        maps: Union[Words, Mapping[str, str]] = (),
        uart: Words = (),
        nvram: Optional[Path] = None,
        trace: Optional[Path] = None,
        environment: Optional[Mapping[str, str]] = None,
        start_timeout: float = 60.0,
        **options: Any,
    ) -> None:
        for name in ("count", "ephemeral", "ready_fd", "json"):
            if name in options:
                raise TypeError(f"Module says {name} itself; for several modules make several of them")
        uarts = _words(uart)
        if "stdio" in uarts:
            raise ValueError("uart: the module's standard input and output are taken; use tcp-listen:127.0.0.1:0")
        if isinstance(maps, Mapping):
            maps = [f"{place}={here}" for place, here in maps.items()]
        self._uarts = uarts
        self._options: List[str] = [
            *_option("model", model),
            *_option("profile", profile),
            *_option("fault", _words(faults)),
            *_option("map", _words(maps)),
            *(_option("nvram", nvram) if nvram is not None else ["--ephemeral"]),
        ]
        for name, value in options.items():
            self._options += _option(name, value)
        self._options += arguments
        self._program = program
        self._environment = dict(environment or {})
        self._trace = trace
        #: Where the trace is: a JSON object a line, as in docs/control.md. Empty before the start.
        self.trace = ""
        self._start_timeout = start_timeout
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._directory: Optional[str] = None
        self._owner = os.getpid()
        self._hosts: List[Tuple[str, "subprocess.Popen[Any]"]] = []
        self._log = ""
        self._client: Optional[Client] = None
        self._abandoned: Any = None  # a weakref.finalize; what its type takes differs between type checkers
        self._reset()

    def _reset(self) -> None:
        self._places: Dict[str, str] = {}
        self._listener = Listener()
        self._position: Position = (0, 0)  # the first command that may count for what waits next
        self._answered = 0  # `seq` of the last answer that was given

    # -- start and end --

    def start(self) -> Module:
        """Starts it and waits until it hears its UART.

        Raises ProgramNotFound, or StartFailed with what the program said.
        """
        if self._process is not None:
            raise QuasimodemError("this module runs already; make another one")
        program = find_program(self._program)
        self._reset()
        self._directory = self._new_directory()
        self._owner = os.getpid()
        try:
            self._launch(program, self._directory)
        except BaseException:
            self.stop()
            raise
        return self

    @staticmethod
    def _new_directory() -> str:
        directory = tempfile.mkdtemp(prefix="quasimodem-")
        # The name of the module goes into it, too; 32 characters are left for that.
        if len(os.fsencode(directory)) + len("/quasimodem/.ctl") + 32 > _LONGEST_SOCKET:
            os.rmdir(directory)
            directory = tempfile.mkdtemp(prefix="quasimodem-", dir="/tmp")
        return directory

    def _launch(self, program: str, directory: str) -> None:
        self.trace = os.path.abspath(os.fspath(self._trace) if self._trace else os.path.join(directory, "trace.jsonl"))
        words = [program, "run", "--uart", "pty:" + os.path.join(directory, "tty")]
        words += [word for uart in self._uarts for word in ("--uart", uart)]
        words += ["--count", "1", "--trace", self.trace, *self._options, "--", "/bin/sh", "-c", _WATCH, directory]
        environment = {**os.environ, **self._environment}
        environment["XDG_RUNTIME_DIR"] = directory
        environment.pop("NOTIFY_SOCKET", None)  # it is not for us to say that somebody's service is ready
        with open(os.path.join(directory, "log"), "wb") as log:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                bufsize=0,
                # Ctrl-C is for the tests; the module lives until they have said their last.
                start_new_session=True,
            )
        self._abandoned = weakref.finalize(self, _abandon, self._process, directory, self._owner)
        self._read_places(self._process)
        if not self._places.get("ctl"):
            raise StartFailed("quasimodem has no control socket", None, self.log())
        self._client = Client(self._places["ctl"])

    def _read_places(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        deadline = Deadline(self._start_timeout)
        unread = b""
        while b"ready=\n" not in unread:
            if not select.select([process.stdout], [], [], deadline.left())[0]:
                process.terminate()  # it has had its time; stop() would give it some more
                raise StartFailed(f"quasimodem was not ready after {self._start_timeout:g} s", None, self.log())
            block = os.read(process.stdout.fileno(), 4096)
            if not block:
                code = process.wait()
                raise StartFailed(f"quasimodem did not start (exit code {code})", code, self.log())
            unread += block
        for line in os.fsdecode(unread).splitlines():
            name, _, value = line.partition("=")
            self._places[name] = value

    def stop(self) -> int:
        """Ends it in order, and gives the program's exit code: 0, or 1 when --expect, --fail or --scenario failed.

        Nothing happens, and 0 comes, when it does not run; also in a forked child of the process that started it.
        """
        if os.getpid() != self._owner:
            return 0
        process, self._process = self._process, None
        code = 0
        try:
            if self._client is not None:
                self._client.close()
                self._client = None
            if process is not None:
                code = _end(process)
        except BaseException:  # Ctrl-C meanwhile: no time for an end in order
            if process is not None:
                process.kill()
                process.wait()
            raise
        finally:
            if self._abandoned is not None:
                self._abandoned.detach()
            self._log = self.log()
            if self._directory is not None:
                shutil.rmtree(self._directory, ignore_errors=True)
                self._directory = None
        return code

    def __enter__(self) -> Module:
        return self.start()

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        """Raises ModuleEnded when the program ended with another code than 0, unless an exception is on its way."""
        code = self.stop()
        if code != 0 and kind is None:
            raise ModuleEnded(f"quasimodem ended with exit code {code}", code, self._log)

    @property
    def running(self) -> bool:
        """Whether the program runs; a module that is switched off runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self._running().pid

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise ModuleEnded("the module does not run; use `with Module() as module:` or start()")
        return self._process

    def _path(self, name: str) -> str:
        self._running()
        return self._places[name]

    # -- the UART --

    @property
    def tty(self) -> str:
        """Path of the serial port, for the program under test. Raises ModuleEnded when the module does not run."""
        return self._path("tty")

    @property
    def tcp(self) -> Optional[str]:
        """HOST:PORT of the first `tcp-listen:` in `uart`, or None."""
        return self._path("tcp") or None

    @property
    def rfc2217(self) -> Optional[str]:
        """HOST:PORT of the first `rfc2217:` in `uart`, or None."""
        return self._path("rfc2217") or None

    def serial(self, **settings: Any) -> "serial.Serial":
        """The serial port, opened with pyserial: 115200 baud and a read timeout of 10 s unless `settings` say others.

        Raises QuasimodemError when pyserial is not installed.
        """
        try:
            import serial
        except ImportError:
            raise QuasimodemError(
                "Module.serial() needs pyserial: `apt install python3-serial` or `pip install pyserial`. "
                "Module.tty is the path, for whatever else opens it"
            ) from None
        return serial.Serial(self.tty, **{"baudrate": 115200, "timeout": 10.0, **settings})

    @contextlib.contextmanager
    def host(self, *command: Path, **settings: Any) -> Generator["subprocess.Popen[Any]", None, None]:
        """Runs the program under test during a block, and ends it with SIGTERM if it still runs then:

            with module.host("./my-device", module.tty): ...

        The command has `tty` and `control` in $QUASIMODEM_TTY and $QUASIMODEM_CTL too. It has a session of its own, and
        what it started there ends with it; `start_new_session=False` leaves it in ours and ends it alone. `settings`:
        of subprocess.Popen. Raises what that raises, like FileNotFoundError.
        """
        environment = {**os.environ, "QUASIMODEM_TTY": self.tty, "QUASIMODEM_CTL": self.control}
        environment.update(settings.pop("env", None) or {})
        whole = bool(settings.setdefault("start_new_session", True))
        process = subprocess.Popen(command, env=environment, **settings)
        with process:
            named = (os.fspath(command[0]), process)
            self._hosts.append(named)
            try:
                yield process
            finally:
                self._hosts.remove(named)
                if os.getpid() == self._owner:  # else a forked child leaves the block
                    _end_host(process, whole)

    # -- the control socket --

    @property
    def control(self) -> str:
        """Path of the control socket, for `quasimodem ctl --to` and the like."""
        return self._path("ctl")

    def ctl(self, method: str, *flags: str, **params: Any) -> Any:
        """Does what `quasimodem ctl METHOD` does: `ctl("network", "deny")`, `ctl("clock", advance="90s")`.

        Gives the result as Python values. Parameters that are words of Python get an underscore: `from_`, `for_`. A
        timedelta is a DURATION. Raises ControlError, or Timeout when no answer comes for a minute (`wait` has a
        timeout of its own, in module time), or ModuleEnded.
        """
        self._running()
        client = self._client
        if client is None:
            client = self._client = Client(self.control)
        values = {**{flag: True for flag in flags}, **parameters(params)}
        try:
            if method == "wait":  # a connection of its own: other threads need not wait for it
                with Client(self.control) as waiting:
                    return waiting.call(method, values, timeout=None)
            return client.call(method, values)
        except ModuleEnded:
            raise self._why_ended() from None

    def _why_ended(self) -> ModuleEnded:
        process = self._running()
        code: Optional[int] = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(_GRACE)
        ending = "" if code is None else f" {_exit(code)}"
        return ModuleEnded(f"quasimodem has ended{ending}", code, self.log())

    def state(self) -> Dict[str, Any]:
        """Everything about the module, as `quasimodem ctl --json state` shows it."""
        state = self.ctl("state")
        assert isinstance(state, dict)
        return state

    def power(self, action: str = "key", *more: str) -> str:
        """Switches it: "key" (a pulse on PWRKEY), "on", "off", "cut", or "under_voltage", "over_voltage", which may be
        followed by "shutdown". Gives what it is then: "on", "off", "starting"."""
        return str(self.ctl("power", action, *more)["power"])

    def advance(self, time: Time) -> None:
        """Lets so much module time pass at once: seconds, a timedelta, or text like "90s"; at most a year."""
        self.ctl("clock", advance=_duration(time))

    def deliver_sms(self, from_: str, text: str) -> None:
        """A message arrives. `from_`: a number, or a name of up to 11 characters. Raises ControlError with code 1 when
        the module is off or not registered."""
        self.ctl("sms.deliver", from_=from_, text=text)

    def fault(self, spec: str, **words: Any) -> Fault:
        """Something goes wrong from now on, or in a block:

            with module.fault("bearer.outage"): ...
            module.fault("at.error", match="AT+QIACT", cme=3, count=1)

        `spec`: a line of docs/faults.md; its words may be parameters too (`for_="6s"`). Raises ControlError for one
        that does not exist.
        """
        return Fault(self, spec, int(self.ctl("fault.add", spec=spec, **words)["id"]))

    # -- what happens --

    def journal(self, kind: Optional[str] = None, since: int = 0) -> List[Record]:
        """What has happened, oldest first: at most the last 10000 records. `kind`: only these kinds, separated by
        commas. `since`: only records with a higher `seq`."""
        records = self.ctl("journal", kind=kind, since=since, limit=_JOURNAL)["records"]
        assert isinstance(records, list)
        return records

    def events(self, kind: Optional[str] = None, timeout: Optional[float] = None) -> Events:
        """The records from now on, as an iterator; `kind` as with journal().

        Raises Timeout when nothing comes for `timeout` seconds; None waits as long as it takes.
        """
        try:
            return Events(self.control, kind, timeout)
        except ModuleEnded:
            raise self._why_ended() from None

    def _since(self) -> int:
        """What has a higher `seq` counts for what waits next."""
        seq, index = self._position
        return max(self._answered, seq if index > 0 else seq - 1)

    def _records(self, kind: Optional[str], since: int, deadline: Deadline) -> Generator[Record, None, None]:
        """The journal after `since`, then what comes, until the time is over."""
        with self.events(kind) as events:
            last = since
            for record in self.journal(kind, since):
                last = record["seq"]
                yield record
            while True:
                # Not its iterator: that the time is over is no error here, and that the module has ended is one.
                try:
                    record_or_none = events.next_until(deadline)
                except ModuleEnded:
                    raise self._why_ended() from None
                if record_or_none is None:
                    return
                if record_or_none["seq"] > last:
                    yield record_or_none

    def expect_command(self, command: str, answer: Optional[str] = None, timeout: float = 30.0) -> Record:
        """Waits until the host sends this command, and gives the record; other commands before it do not matter.

        What counts is what came after the last record that expect_command() or wait_for() gave. So it does not matter
        whether the host was faster. After an answer, that is what the host sent behind the command that was answered,
        which may have been before the answer; after wait_for() it is what was sent after the record.

        `command`: `AT+QSSLOPEN` is any form of it; with parameters, `?` or `*` the whole command must be like it, and
        `*` is anything: `AT+QISEND=1,*`. Case and blanks do not matter, except between quotes. `answer`: only with this
        final result, like "OK" or "+CME ERROR: *"; the record is then that of the answer, of kind `at`. Else it is that
        of the host's bytes, of kind `uart.rx`, with the whole command in `command`. `timeout`: seconds.

        Raises Timeout, which says what the host sent instead, or ModuleEnded.
        """
        if answer is not None:
            if plain(command) == "AT":
                raise ValueError("AT alone has no record of its answer; leave out answer")
            return self._expect_answer(command, answer, timeout)
        after = self._position
        seen = 0
        with contextlib.closing(self._hear(Deadline(timeout))) as hearing:
            for _ in hearing:
                for heard in self._listener.commands[seen:]:
                    seen += 1
                    if heard.position >= after and means(command, heard.text):
                        self._position = (heard.position[0], heard.position[1] + 1)
                        return {**heard.record, "command": heard.text}
        instead = [heard.text for heard in self._listener.commands if heard.position >= after]
        raise self._in_vain(command, timeout, "the host sent", instead, nearest(command, instead))

    def _hear(self, deadline: Deadline) -> Generator[None, None, None]:
        """Comes back at once for what is known already, then for each new piece of the UART."""
        yield None
        with contextlib.closing(self._records(Listener.KINDS, self._listener.last_seq, deadline)) as records:
            for record in records:
                self._listener.hear(record)
                yield None

    def _expect_answer(self, command: str, answer: str, timeout: float) -> Record:
        instead: List[str] = []
        with contextlib.closing(self._records("at", self._since(), Deadline(timeout))) as records:
            for record in records:
                if means(command, record["command"]) and like(answer, record["result"]):
                    self._pass(record["seq"])
                    return record
                instead.append(f"{record['command']}: {record['result']}")
        raise self._in_vain(f'{command} with the answer "{answer}"', timeout, "the host sent", instead, None)

    def _pass(self, answered: int) -> None:
        """What a host sent behind the command that was answered, in the same breath, is still to come."""
        self._answered = answered
        for record in self.journal(Listener.KINDS, self._listener.last_seq):
            self._listener.hear(record)
        at = self._listener.answered.get(answered)
        if at is None:
            self._position = (answered + 1, 0)
        else:
            seq, index = self._listener.commands[at].position
            self._position = (seq, index + 1)

    def wait_for(self, text: str, kind: Optional[str] = None, timeout: float = 30.0) -> Record:
        """Waits for a record with this text in one of its fields, and gives it: `wait_for("CONNECT OK")`.

        What counts is what came after the last record that wait_for() or expect_command() gave. `text`: bytes of the
        UART as records show them, CR as `\\r` of two characters. `kind`: only records of these kinds, separated by
        commas. `timeout`: seconds. Raises Timeout, which says what came instead, or ModuleEnded.
        """
        instead: List[str] = []
        with contextlib.closing(self._records(kind, self._since(), Deadline(timeout))) as records:
            for record in records:
                values = [str(value) for name, value in record.items() if name not in ("seq", "t", "modem", "kind")]
                if any(text in value for value in values):
                    self._position = (record["seq"] + 1, 0)
                    return record
                instead.append(line_of(record).lstrip())
        raise self._in_vain(f'"{text}"', timeout, "there was", instead, None)

    def _in_vain(self, what: str, timeout: float, who: str, instead: List[str], near: Optional[str]) -> Timeout:
        shown = instead[-20:]
        text = f"waited {timeout:g} s for {what}; {who} " + ("instead:" if instead else "nothing")
        if len(instead) > len(shown):
            text += f"\n    ... {len(instead) - len(shown)} before"
        text += "".join(f"\n    {line}" for line in shown)
        if near is not None:
            text += f"\nnearest match: {near}"
        for name, process in self._hosts:
            code = process.poll()
            if code is not None:
                text += f"\n{name} had ended {_exit(code)}"
        return Timeout(text)

    # -- afterwards --

    def log(self) -> str:
        """What the program wrote to standard error; after the end of the module too."""
        if self._directory is None:
            return self._log
        try:
            with open(os.path.join(self._directory, "log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def dialogue(self, last: int = 50) -> str:
        """The last so many records of the trace, for people: a line each, with the module time in seconds."""
        return dialogue(self.trace, last)
