# SPDX-License-Identifier: Apache-2.0
"""A module as a process. Needs the program: $QUASIMODEM, or on the PATH."""

import datetime
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

import quasimodem
from quasimodem import ControlError, Module, ModuleEnded, ProgramNotFound, QuasimodemError, StartFailed, Timeout

# Long enough for the slowest machine; a test that passes never waits for it. [s]
WATCHDOG = 100.0


def say(module, text):
    """The host, without pyserial."""
    port = os.open(module.tty, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(port, text.encode())
    finally:
        os.close(port)


def tell(module, text):
    """The same, and the module has answered it. Nothing that is waited for later begins behind that."""
    before = module.state()["journal"]
    say(module, text)
    module.ctl("wait", match="OK", kind="at", since=before, timeout=f"{WATCHDOG}s")


def has_ended(pid_descriptor):
    """Whether the process of a pidfd ends; a zombie has ended."""
    try:
        return bool(select.select([pid_descriptor], [], [], WATCHDOG)[0])
    finally:
        os.close(pid_descriptor)


# ---- start and end ----


def test_it_is_ready_and_ends_with_the_block():
    with Module(model="m66", name="mine") as module:
        assert module.running and module.state()["model"] == "M66" and module.state()["name"] == "mine"
        places = [module.tty, module.control, module.trace]
        assert all(os.path.exists(place) for place in places)
        process = os.pidfd_open(module.pid)
    assert has_ended(process) and not module.running
    assert not any(os.path.exists(place) for place in places)
    assert module.stop() == 0


def test_it_says_what_was_asked_for(tmp_path):
    options = dict(faults=["at.late time=1s", "at.no_ok"], maps={"a.test:1": "127.0.0.1:2"}, power="off", seed=7)
    with Module("--quiet", **options) as module:
        assert module.state()["power"] == "off"
        assert [fault["spec"].split()[0] for fault in module.ctl("fault.list")] == ["at.late", "at.no_ok"]
        words = open(f"/proc/{module.pid}/cmdline", "rb").read().decode().split("\0")
    for option, value in (("--map", "a.test:1=127.0.0.1:2"), ("--seed", "7"), ("--power", "off")):
        assert words[words.index(option) + 1] == value
    assert "--quiet" in words and "--ephemeral" in words


def test_nvram_outlives_the_module(tmp_path):
    for _ in range(2):
        with Module(nvram=tmp_path / "nvram"):
            pass
        assert (tmp_path / "nvram/seal.key").exists()


def test_the_trace_stays_where_it_was_wanted(tmp_path):
    with Module(trace=tmp_path / "t.jsonl") as module:
        tell(module, "AT+CSQ\r")
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    assert "uart.rx" in kinds and "at" in kinds
    assert "host    AT+CSQ\\r" in module.dialogue()


def test_the_dialogue_is_cut(tmp_path):
    with Module(trace=tmp_path / "t.jsonl") as module:
        tell(module, "AT+CSQ\r")
        whole = len((tmp_path / "t.jsonl").read_text().splitlines())
        assert module.dialogue(last=2).splitlines()[0] == f"... {whole - 2} records before"
        assert len(module.dialogue(last=2).splitlines()) == 3


def test_more_ways_to_the_uart():
    with Module(uart=["rfc2217:127.0.0.1:0", "tcp-listen:127.0.0.1:0"]) as module:
        host, _, port = module.tcp.partition(":")
        with socket.create_connection((host, int(port)), WATCHDOG) as uart:
            uart.sendall(b"AT\r")
            assert uart.recv(1) == b"A"
        assert module.rfc2217.startswith("127.0.0.1:")
    with Module() as module:
        assert module.tcp is None and module.rfc2217 is None


def test_a_temporary_directory_with_a_long_name(tmp_path, monkeypatch):
    """Paths of sockets are at most 107 bytes long."""
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with Module(name="n" * 32) as module:
        assert module.state()["power"] == "on"
    assert list(deep.iterdir()) == []


def test_modules_side_by_side_do_not_meet():
    with Module() as one, Module() as other:
        assert one.tty != other.tty and one.control != other.control
        one.power("off")
        assert other.state()["power"] == "on"


def test_the_environment_of_an_outer_run_does_not_matter(monkeypatch, tmp_path):
    for name, value in (("COUNT", "2"), ("TRACE", str(tmp_path / "x")), ("NVRAM", str(tmp_path / "nvram"))):
        monkeypatch.setenv(f"QUASIMODEM_{name}", value)
    with Module() as module:
        assert module.state()["power"] == "on"
    assert list(tmp_path.iterdir()) == []


def test_the_environment_says_what_is_not_said_here(monkeypatch):
    monkeypatch.setenv("QUASIMODEM_MODEL", "m10")
    with Module() as module:
        assert module.state()["model"] == "M10"
    with Module(model="m85") as module:
        assert module.state()["model"] == "M85"
    with Module(environment={"QUASIMODEM_MODEL": "m66"}) as module:
        assert module.state()["model"] == "M66"


def test_an_exception_ends_it():
    with pytest.raises(KeyboardInterrupt):
        with Module() as module:
            process = os.pidfd_open(module.pid)
            raise KeyboardInterrupt
    assert has_ended(process)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_a_process_that_is_killed(number):
    script = (
        "import sys, quasimodem\nmodule = quasimodem.Module().start()\n"
        "print(module.pid, module.tty, flush=True)\nsys.stdin.read()"
    )
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with subprocess.Popen([sys.executable, "-c", script], **pipes) as python:
        pid, tty = python.stdout.readline().split()
        process = os.pidfd_open(int(pid))
        python.send_signal(number)
        assert has_ended(process)
    assert not os.path.exists(os.path.dirname(tty))  # removed by the module's side, or by Python's end


def test_it_ends_when_nobody_has_it_any_more():
    module = Module().start()
    process = os.pidfd_open(module.pid)
    directory = os.path.dirname(module.tty)
    del module
    assert has_ended(process) and not os.path.exists(directory)


def test_a_start_that_fails():
    with pytest.raises(StartFailed) as failed:
        Module(model="m9").start()
    assert failed.value.exit_code == 2
    assert 'unknown model "m9"' in failed.value.log and failed.value.log.strip() in str(failed.value)


@pytest.fixture
def slow_program(tmp_path):
    """A program that never becomes ready, and says which it is."""
    program = tmp_path / "slow"
    program.write_text("#!/bin/sh\necho starting >&2\nread -r _\n")
    program.chmod(0o755)
    return program


def test_a_forked_child_that_exits_leaves_it_alone():
    """By its finalizers, and out of the block."""
    for leave in ("import weakref; weakref.finalize._exitfunc(); os._exit(0)", "raise SystemExit"):
        script = f"""if 1:
            import os, quasimodem
            with quasimodem.Module() as module, module.host("sleep", "1000") as host:
                child = os.fork()
                if child == 0:
                    {leave}
                os.waitpid(child, 0)
                assert host.poll() is None
                print(module.state()["power"])
        """
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=WATCHDOG)
        assert (done.stdout, done.stderr, done.returncode) == ("on\n", "", 0)


def test_an_interrupt_while_it_ends(monkeypatch):
    """Nobody will call stop() again."""

    def interrupted(process):
        raise KeyboardInterrupt

    module = Module().start()
    process, directory = os.pidfd_open(module.pid), os.path.dirname(module.tty)
    monkeypatch.setattr("quasimodem.module._end", interrupted)
    with pytest.raises(KeyboardInterrupt):
        module.stop()
    assert has_ended(process) and not os.path.exists(directory) and module.stop() == 0


def test_a_program_that_says_nothing_is_not_waited_for(tmp_path):
    program = tmp_path / "silent"
    program.write_text("#!/bin/sh\nexec sleep 1000\n")
    program.chmod(0o755)
    before = time.monotonic()
    with pytest.raises(StartFailed, match="was not ready after 0.01 s"):
        Module(program=program, start_timeout=0.01).start()
    assert time.monotonic() < before + quasimodem.module._GRACE


def test_a_relative_program_and_a_test_elsewhere(tmp_path):
    """$QUASIMODEM is relative to where Python was started."""
    (tmp_path / "qm").symlink_to(quasimodem.find_program())
    script = "import os, quasimodem; os.chdir('/'); print(quasimodem.find_program())"
    environment = {**os.environ, "QUASIMODEM": "./qm", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=WATCHDOG)
    assert done.stdout == f"{tmp_path}/qm\n", done.stderr


def test_a_start_that_takes_too_long(slow_program):
    with pytest.raises(StartFailed, match="was not ready after 0.01 s"):
        Module(program=slow_program, start_timeout=0.01).start()


def test_a_program_that_cannot_be_found(tmp_path, monkeypatch):
    with pytest.raises(ProgramNotFound, match="program is .*/nothing, which does not exist.* pytest --quasimodem"):
        Module(program=tmp_path / "nothing").start()
    with pytest.raises(ProgramNotFound, match="program is nosuch, which is not on the PATH"):
        Module(program="nosuch").start()
    (tmp_path / "plain").write_text("")
    monkeypatch.setenv("QUASIMODEM", str(tmp_path / "plain"))
    with pytest.raises(ProgramNotFound, match=r"\$QUASIMODEM is .*/plain, which is not executable"):
        quasimodem.find_program()
    monkeypatch.delenv("QUASIMODEM")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramNotFound, match="no quasimodem on the PATH"):
        quasimodem.find_program()
    (tmp_path / "quasimodem").write_text("#!/bin/sh\n")
    (tmp_path / "quasimodem").chmod(0o755)
    assert quasimodem.find_program() == str(tmp_path / "quasimodem")


def test_what_cannot_be_asked_for():
    with pytest.raises(TypeError, match="make several of them"):
        Module(count=2)
    with pytest.raises(ValueError, match="tcp-listen"):
        Module(uart="stdio")
    with Module() as module:
        with pytest.raises(QuasimodemError, match="runs already"):
            module.start()
    with pytest.raises(ModuleEnded, match="does not run"):
        module.tty
    with pytest.raises(ModuleEnded, match="does not run"):
        Module().state()


def test_it_can_be_started_again():
    module = Module()
    for _ in range(2):
        with module:
            say(module, "AT+CSQ\r")
            module.expect_command("AT+CSQ", timeout=WATCHDOG)


def test_a_module_that_ends_by_itself():
    with pytest.raises(ModuleEnded, match="exit code 1") as ended:
        with Module(fail="FATAL") as module:
            say(module, "FATAL\r")
            module.expect_command("AT+CSQ", timeout=WATCHDOG)
    assert ended.value.exit_code == 1 and 'the UART showed "FATAL"' in ended.value.log
    assert 'the UART showed "FATAL"' in module.log()


def test_the_exit_code_is_seen_at_the_end_of_the_block():
    with pytest.raises(ModuleEnded) as ended:
        with Module(expect="never said"):
            pass
    assert ended.value.exit_code == 1
    with pytest.raises(LookupError):  # what was wrong before goes before
        with Module(expect="never said"):
            raise LookupError
    module = Module(expect="never said").start()
    assert module.stop() == 1


# ---- the program under test ----


def test_a_host():
    with Module() as module:
        with module.host("sh", "-c", 'printf "AT+CSQ\\r" >"$QUASIMODEM_TTY"; exec sleep 1000') as process:
            module.expect_command("AT+CSQ", timeout=WATCHDOG)
        assert process.returncode == -signal.SIGTERM
        command = 'test -S "$QUASIMODEM_CTL"; echo $? "$MINE"'
        with module.host("sh", "-c", command, env={"MINE": "1"}, stdout=subprocess.PIPE) as process:
            assert process.stdout.read() == b"0 1\n" and process.wait(WATCHDOG) == 0


def test_a_host_ends_whatever_happens():
    with Module() as module, pytest.raises(LookupError):
        with module.host("sleep", "1000") as process:
            raise LookupError
    assert process.returncode == -signal.SIGTERM


def test_what_a_host_started_ends_with_it():
    """Also when the host has ended before, and when SIGTERM does not matter."""
    with Module() as module:
        for end in ("wait", "exit 0"):
            with module.host("sh", "-c", f"sleep 1000 & echo $!; {end}", stdout=subprocess.PIPE) as process:
                child = os.pidfd_open(int(process.stdout.readline()))
            assert has_ended(child)


def test_a_host_in_our_session():
    with Module() as module:
        with module.host("sleep", "1000", start_new_session=False) as process:
            assert os.getpgid(process.pid) == os.getpgid(0)
        assert process.returncode == -signal.SIGTERM


def test_a_host_that_does_not_want_to_end(monkeypatch):
    monkeypatch.setattr("quasimodem.module._GRACE", 0.1)
    with Module() as module:
        command = "trap '' TERM; sleep 1000 & echo $!; wait"
        with module.host("sh", "-c", command, stdout=subprocess.PIPE) as process:
            child = os.pidfd_open(int(process.stdout.readline()))
        assert has_ended(child) and process.returncode == -signal.SIGKILL


def test_a_host_that_has_died_is_named():
    with Module() as module:
        for command, ending in (("exit 1", "with exit code 1"), ("kill -9 $$", "by signal 9")):
            with module.host("sh", "-c", command) as process:
                process.wait(WATCHDOG)
                for wait in (lambda: module.expect_command("AT", timeout=0), lambda: module.wait_for("x", timeout=0)):
                    with pytest.raises(Timeout, match=f"\nsh had ended {ending}$"):
                        wait()
        with pytest.raises(Timeout, match="nothing$"):
            module.expect_command("AT", timeout=0)


def test_a_host_that_does_not_exist():
    with Module() as module, pytest.raises(FileNotFoundError):
        with module.host("./nothing"):
            pass


# ---- the control socket ----


def test_ctl():
    with Module() as module:
        assert module.ctl("network", "deny")["registration"] == "denied"
        assert module.ctl("network", register=True)["registration"] == "home"
        module.ctl("urc", text="+HELLO: 1")
        module.wait_for("+HELLO: 1", kind="urc", timeout=WATCHDOG)
        assert module.ctl("wait", match="+HELLO", since=1, timeout=datetime.timedelta(seconds=5))["kind"] == "urc"


def test_refusals_have_code_and_message():
    with Module(power="off") as module:
        with pytest.raises(ControlError, match='did you mean "power"') as refused:
            module.ctl("pwer")
        assert (refused.value.code, refused.value.method) == (-32601, "pwer")
        with pytest.raises(ControlError) as refused:
            module.deliver_sms("+447700900123", "hello")
        assert refused.value.code == 1
        assert str(refused.value) == "sms.deliver: the module cannot be reached: it is off or not registered"
        with pytest.raises(ControlError, match="^sms.deliver: from=") as refused:
            module.deliver_sms("+" + "1" * 30, "hello")
        assert refused.value.code == -32602
        assert module.state()["power"] == "off"


def test_power_and_time():
    with Module() as module:
        assert module.power("off") == "off"
        assert module.power() in ("starting", "on")
        before = module.state()["t"]
        module.advance(90)
        module.advance("90s")
        module.advance(datetime.timedelta(minutes=1.5))
        assert module.state()["t"] >= before + 270
        with pytest.raises(ValueError, match="no duration"):
            module.advance(-1)
        with pytest.raises(ControlError):
            module.advance("soon")


def test_a_message_arrives():
    with Module() as module:
        module.deliver_sms(from_="+447700900123", text="hello")
        assert module.wait_for("stored", kind="sms", timeout=WATCHDOG)["memory"] == "SM"


def test_threads_share_a_module():
    with Module() as module:
        states = []
        threads = [threading.Thread(target=lambda: states.append(module.state()["name"])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert states == ["m95"] * 8


def test_a_wait_holds_up_nobody():
    """And stop() meanwhile is its end, in words of ours."""
    with Module() as module:
        errors = []

        def wait():
            try:
                module.ctl("wait", match="never", timeout="1000s")
            except Exception as error:
                errors.append(error)

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        time.sleep(0.2)  # that it waits already is not to be seen from outside
        states = []
        other = threading.Thread(target=lambda: states.append(module.state()), daemon=True)
        other.start()
        other.join(10)
        assert len(states) == 1
    thread.join(WATCHDOG)
    assert [type(error) for error in errors] == [ModuleEnded]


def test_a_client_that_is_closed_while_it_waits():
    with Module() as module:
        client = quasimodem.Client(module.control)
        client.close()
        with pytest.raises(ModuleEnded):
            client.record(quasimodem.control.Deadline(0.0))


# ---- faults ----


def test_a_fault_of_a_block():
    with Module() as module:
        with module.fault("at.error", match="AT+CSQ", cme=3) as fault:
            assert fault.fired == 0
            say(module, "AT+CSQ\r")
            module.expect_command("AT+CSQ", answer="*ERROR*", timeout=WATCHDOG)
            assert fault.fired == 1
        assert module.ctl("fault.list") == [] and fault.fired == 0
        say(module, "AT+CSQ\r")
        module.expect_command("AT+CSQ", answer="OK", timeout=WATCHDOG)


def test_a_fault_as_a_call():
    with Module() as module:
        fault = module.fault("bearer.outage", for_="6s", after=datetime.timedelta(seconds=1))
        assert [found["id"] for found in module.ctl("fault.list")] == [fault.id]
        fault.clear()
        fault.clear()
        assert module.ctl("fault.list") == []


def test_a_fault_in_a_block_that_fails():
    with Module() as module:
        with pytest.raises(LookupError):
            with module.fault("at.silence"):
                raise LookupError
        assert module.ctl("fault.list") == []


def test_a_fault_that_does_not_exist():
    with Module() as module, pytest.raises(ControlError, match="there is no fault"):
        module.fault("nonsense")


# ---- what happens ----


def test_a_command_that_was_sent_before():
    with Module() as module:
        tell(module, "ATE0;+CMEE=1\rAT+CSQ\r")
        assert module.expect_command("AT+CMEE", timeout=0)["command"] == "AT+CMEE=1"
        assert module.expect_command("AT+CSQ", timeout=0)["kind"] == "uart.rx"
        with pytest.raises(Timeout):  # what was given once does not count again
            module.expect_command("AT+CMEE", timeout=0)


def test_a_command_that_is_sent_later():
    with Module() as module:
        thread = threading.Thread(target=say, args=[module, 'AT+QSSLOPEN=1,0,"a.test",8883,0\r'])
        thread.start()
        record = module.expect_command("AT+QSSLOPEN=1,*", timeout=WATCHDOG)
        thread.join()
        assert record["command"] == 'AT+QSSLOPEN=1,0,"a.test",8883,0' and record["kind"] == "uart.rx"


def test_a_command_in_vain():
    with Module() as module:
        tell(module, "AT+CSQ\r")
        tell(module, "AT+QIACT?\r")
        with pytest.raises(Timeout) as waited:
            module.expect_command("AT+QIACTX", timeout=0)
        assert str(waited.value).splitlines() == [
            "waited 0 s for AT+QIACTX; the host sent instead:",
            "    AT+CSQ",
            "    AT+QIACT?",
            "nearest match: AT+QIACT?",
        ]
        assert isinstance(waited.value, TimeoutError)


def test_nothing_was_sent():
    with Module() as module:
        with pytest.raises(Timeout, match="the host sent nothing$"):
            module.expect_command("AT", timeout=0)
        with pytest.raises(ValueError, match="leave out answer"):
            module.expect_command("at", answer="OK")


def test_an_answer():
    with Module(faults="at.error match=AT+CSQ cme=3 count=1") as module:
        tell(module, "AT+CMEE=1\r")
        say(module, "AT+CSQ\rAT+CSQ\r")
        record = module.expect_command("AT+CSQ", answer="OK", timeout=WATCHDOG)
        assert (record["kind"], record["command"], record["result"]) == ("at", "AT+CSQ", "OK")
        with pytest.raises(Timeout, match=r'AT\+CSQ with the answer "\+CME ERROR: \*"; the host sent nothing'):
            module.expect_command("AT+CSQ", answer="+CME ERROR: *", timeout=0)


def test_a_host_that_does_not_wait_for_answers():
    """What was sent with the command that was answered, and behind it, is still to come."""
    with Module() as module:
        tell(module, "AT+CREG?\rAT+CSQ\r")
        module.expect_command("AT+CREG?", answer="OK", timeout=WATCHDOG)
        module.expect_command("AT+CSQ", timeout=WATCHDOG)
        with pytest.raises(Timeout):
            module.expect_command("AT+CREG?", timeout=0)
        tell(module, "AT+CSQ\rAT+CSQ\rAT+CREG?\r")
        module.expect_command("AT+CREG?", answer="OK", timeout=WATCHDOG)
        with pytest.raises(Timeout):
            module.expect_command("AT+CSQ", timeout=0)


def test_of_two_that_are_alike_the_second_is_still_to_come():
    with Module() as module:
        tell(module, "AT+CSQ\rAT+CSQ\rAT+CREG?\r")
        for _ in range(2):
            module.expect_command("AT+CSQ", answer="OK", timeout=WATCHDOG)
        with pytest.raises(Timeout):
            module.expect_command("AT+CSQ", timeout=0)
        module.expect_command("AT+CREG?", answer="OK", timeout=WATCHDOG)


def test_a_command_that_is_never_answered():
    with Module(faults="at.silence match=AT+CSQ") as module:
        say(module, "AT+CSQ\r")
        module.expect_command("AT+CSQ", timeout=WATCHDOG)


def test_wait_for_goes_on_where_it_was():
    with Module() as module:
        for text in ("+ONE", "+TWO", "+ONE"):
            module.ctl("urc", text=text)
        first = module.wait_for("+ONE", kind="urc", timeout=WATCHDOG)
        second = module.wait_for("+ONE", kind="urc", timeout=WATCHDOG)
        assert second["seq"] > first["seq"]
        with pytest.raises(Timeout, match='waited 0 s for "\\+TWO"; there was nothing'):
            module.wait_for("+TWO", kind="urc", timeout=0)


def test_events_begin_with_the_call():
    with Module() as module:
        with module.events("urc", timeout=WATCHDOG) as events:
            module.ctl("urc", text="+ONE")
            module.ctl("urc", text="+TWO")
            assert [next(events)["text"] for _ in range(2)] == ["+ONE", "+TWO"]
        with module.events("urc", timeout=0.001) as events, pytest.raises(Timeout, match="no record came"):
            next(events)


def test_events_of_a_fault():
    """Their record has an id, as answers have."""
    with Module() as module, module.fault("at.error", match="AT+CSQ", cme=3) as fault:
        with module.events("fault", timeout=WATCHDOG) as events:
            say(module, "AT+CSQ\r")
            record = next(events)
            assert (record["name"], record["id"]) == ("at.error", fault.id)


def test_events_end_with_the_module():
    with Module() as module:
        events = module.events("power")
        module.power("off")
        module.stop()
        assert [record["event"] for record in events][-1] == "off"


def test_the_journal():
    with Module() as module:
        records = module.journal("power")
        assert {record["kind"] for record in records} == {"power"}
        assert module.journal("power", since=records[-1]["seq"]) == []


# ---- pyserial ----


def test_serial():
    pytest.importorskip("serial", reason="python3-serial is not installed")
    with Module() as module, module.serial() as port:
        assert (port.baudrate, port.timeout) == (115200, 10.0)
        port.timeout = WATCHDOG
        port.write(b"AT\r")
        assert port.read_until(b"OK\r\n") == b"AT\r\r\nOK\r\n"
        with module.serial(timeout=1, baudrate=9600) as other:
            assert (other.baudrate, other.timeout) == (9600, 1)


def test_without_pyserial(monkeypatch):
    monkeypatch.setitem(sys.modules, "serial", None)
    with Module() as module, pytest.raises(QuasimodemError, match="apt install python3-serial.*Module.tty"):
        module.serial()
