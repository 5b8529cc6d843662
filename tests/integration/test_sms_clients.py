# SPDX-License-Identifier: Apache-2.0
"""Debian's own programs for short messages, unchanged, against the program's UART: gammu, gnokii, smsd."""

import contextlib
import os
import re
import shutil
import signal
import subprocess

import pytest

from support import CTRL_Z, WATCHDOG, wait_until

NUMBER = "+8615021012496"
# SMS-DELIVER from +4917, 2010/09/25 17:25:01+32, "hellohello"
ARRIVED = "0891683108200105F004049194710000019052715210230AE8329BFD4697D9EC37"


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def tty_of(module):
    """Short enough for gnokii, which takes no more than 31 characters."""
    return os.path.realpath(module.tty)


def arrive(host, index):
    """An unread message lies on the SIM."""
    host.prompted("AT+CMGW=24,0", ARRIVED.encode() + CTRL_Z, answer=f"\r\n+CMGW: {index}\r\n\r\nOK\r\n")


def run(world, *command):
    done = subprocess.run(
        command,
        env=world.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=WATCHDOG,
    )
    return done.stdout.decode(errors="replace")


@pytest.fixture
def gammu(world, module):
    ready = module("--verbose")
    configuration = world.directory / "gammurc"
    configuration.write_text(f"[gammu]\ndevice = {tty_of(ready)}\nconnection = at115200\n")

    def call(*arguments):
        return run(world, "gammu", "-c", str(configuration), *arguments)

    call.module = ready
    return call


@needs("gammu")
def test_gammu_identifies_the_module(gammu):
    said = gammu("identify")
    assert re.search(r"IMEI\s*: 001010000000008\b", said), said
    assert "Quectel" in said, said
    assert "460001234567890" in said, said


@needs("gammu")
def test_gammu_shows_the_network(gammu):
    said = gammu("networkinfo")
    assert re.search(r"^Network state\s*: home network$", said, re.MULTILINE), said
    assert re.search(r"LAC 1878, CID 0873$", said, re.MULTILINE), said
    assert re.search(r"^GPRS\s*: attached$", said, re.MULTILINE), said


@needs("gammu")
def test_gammu_sends(gammu):
    said = gammu("sendsms", "TEXT", NUMBER, "-text", "hello")
    assert re.search(r"message reference=1\b", said), said
    said = gammu("sendsms", "TEXT", NUMBER, "-unicode", "-text", "h\u00e9llo \u4f60")
    assert re.search(r"message reference=2\b", said), said
    said = gammu("sendsms", "TEXT", NUMBER, "-len", "400", "-text", "x" * 300)
    assert re.search(r"message reference=4\b", said), said
    assert [f"message {n} sent to {NUMBER}" in gammu.module.log() for n in range(1, 6)] == [True] * 4 + [False]


@needs("gammu")
def test_gammu_reads_what_arrived(gammu):
    with gammu.module.host() as host:
        arrive(host, 1)
    said = gammu("getallsms")
    assert "hellohello" in said, said
    assert "+4917" in said, said
    assert "Sat" in said and "2010" in said, said


@needs("gammu")
def test_gammu_writes_and_reads_the_phonebook(gammu):
    with gammu.module.host() as host:
        host.exchange('AT+CPBW=3,"+4917",145,"Nina"')
    said = gammu("getmemory", "SM", "3")
    assert "Nina" in said, said
    assert "+4917" in said, said


@needs("gammu")
def test_gammu_dials_and_asks_the_network(gammu):
    said = gammu("dialvoice", "10086")
    assert "rror" not in said, said
    with gammu.module.host() as host:
        host.exchange("AT+CLCC", '\r\n+CLCC: 1,0,0,0,0,"10086",129,""\r\n\r\nOK\r\n')
        host.exchange("ATH")


@pytest.fixture
def gnokii(world, module):
    ready = module("--verbose")
    configuration = world.directory / "gnokiirc"
    configuration.write_text(
        f"[global]\nport = {tty_of(ready)}\nmodel = AT\nconnection = serial\nserial_baudrate = 115200\n"
        "use_locking = no\nsmsc_timeout = 10\n[gnokiid]\n[logging]\n"
    )

    def call(*arguments):
        return run(world, "gnokii", "--config", str(configuration), *arguments)

    call.module = ready
    return call


@needs("gnokii")
def test_gnokii_identifies_the_module(gnokii):
    said = gnokii("--identify")
    assert "001010000000008" in said, said
    assert "Quectel" in said, said


@needs("gnokii")
def test_gnokii_sends(world, gnokii):
    done = subprocess.run(
        ["gnokii", "--config", str(world.directory / "gnokiirc"), "--sendsms", NUMBER],
        env=world.environment,
        input=b"hello",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=WATCHDOG,
    )
    said = done.stdout.decode(errors="replace")
    assert "Send succeeded" in said, said
    assert f"message 1 sent to {NUMBER}" in gnokii.module.log()


@needs("gnokii")
def test_gnokii_reads_what_arrived(gnokii):
    with gnokii.module.host() as host:
        arrive(host, 1)
    said = gnokii("--getsms", "SM", "1")
    assert "hellohello" in said, said


@needs("gnokii")
def test_gnokii_watches_the_module(gnokii):
    said = gnokii("--monitor", "once").splitlines()
    assert "Network: China Mobile, China (460 00)" in said, said
    assert "LAC: 1878 (6264), CellID: 00000873 (2163)" in said, said
    assert "RFLevel: 30" in said, said
    assert "SIM: Used 0, Free 250" in said, said
    assert "SMS Messages: Unread 0, Number 0" in said, said
    assert said[-1] == "Leaving monitor mode...", said


class Smsd:
    """smsd with folders of its own and the module as its one modem."""

    def __init__(self, world, module, *settings):
        self.spool = world.directory / "spool"
        self.folders = {name: self.spool / name for name in ("outgoing", "checked", "incoming", "sent", "failed")}
        for folder in self.folders.values():
            folder.mkdir(parents=True)
        lines = [f"{name} = {folder}" for name, folder in self.folders.items()]
        lines += [f"logfile = {self.spool}/log", f"infofile = {self.spool}/running", f"pidfile = {self.spool}/pid"]
        lines += [f"stats = {self.spool}", "devices = GSM1", "loglevel = 7", "delaytime = 1"]
        lines += ["[GSM1]", f"device = {tty_of(module)}", "init = AT", "baudrate = 115200", *settings]
        self.configuration = world.directory / "smsd.conf"
        self.configuration.write_text("\n".join([*lines, ""]))
        self.environment = world.environment

    def files(self, folder):
        return sorted(path for path in self.folders[folder].iterdir() if path.suffix != ".LOCK")

    def log(self):
        log = self.spool / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def run_until(self, condition, what):
        daemon = subprocess.Popen(
            ["smsd", "-t", "-c", str(self.configuration)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until(condition, what)
        finally:
            # Asked to end, it first finishes moving the file that it has in hand.
            os.killpg(daemon.pid, signal.SIGTERM)
            daemon.wait(WATCHDOG)


@needs("smsd")
def test_smsd_sends(world, module):
    ready = module("--verbose")
    smsd = Smsd(world, ready, "incoming = no")
    (smsd.folders["outgoing"] / "message").write_text(f"To: {NUMBER[1:]}\n\nhello\n")
    # By name: smsd begins with a test file in each of its folders.
    done = [smsd.folders[folder] / "message" for folder in ("sent", "failed")]
    smsd.run_until(lambda: any(path.exists() for path in done), "smsd to be done")
    assert [path.name for path in smsd.files("sent")] == ["message"], smsd.log()
    assert f"message 1 sent to {NUMBER}" in ready.log()


@needs("smsd")
def test_smsd_gets_the_report_on_a_message(world, module):
    smsd = Smsd(world, module("--verbose"), "incoming = yes", "report = yes", "init2 = AT+CNMI=2,1,0,2,0")
    (smsd.folders["outgoing"] / "message").write_text(f"To: {NUMBER[1:]}\nReport: yes\n\nhello\n")

    def reports():
        texts = []
        for path in smsd.files("incoming"):
            with contextlib.suppress(FileNotFoundError):  # a name that smsd had for a moment
                texts.append(path.read_text(errors="replace"))
        return [text for text in texts if "SMS STATUS REPORT" in text]

    smsd.run_until(lambda: len(reports()) == 1, "smsd to have the report")
    (report,) = reports()
    assert f"From: {NUMBER[1:]}" in report.splitlines(), report
    assert "Message_id: 1" in report and "Status: 0," in report, report


@needs("smsd")
def test_smsd_receives(world, module):
    """Without a network that delivers: two messages that lie on the SIM unread, as after a time without power."""
    ready = module()
    with ready.host() as host:
        arrive(host, 1)
        arrive(host, 2)
    smsd = Smsd(world, ready, "incoming = yes")
    smsd.run_until(lambda: re.search(r"-> AT\+CMGD=2\n.*<- OK\n", smsd.log(), re.DOTALL), "smsd to fetch both messages")
    received = [path.read_text(errors="replace") for path in smsd.files("incoming")]
    assert len(received) == 2, smsd.log()
    for text in received:
        head, _, body = text.partition("\n\n")
        assert "From: 4917" in head.splitlines(), text
        assert "Sent: 10-09-25 17:25:01" in head.splitlines(), text
        assert body.rstrip("\n") == "hellohello", text
    with ready.open(echo=False) as host:  # smsd has switched it off
        host.exchange("AT+CPMS?", '\r\n+CPMS: "SM",0,50,"SM",0,50,"SM",0,50\r\n\r\nOK\r\n')
