# SPDX-License-Identifier: Apache-2.0
"""ctl, wait, the control socket, --trace and --expect, from outside the program."""

import json
import os
import re
import shlex
import signal
import stat

import pytest
from control_support import client, control_of  # noqa: F401: a fixture
from support import OK, PROGRAM, PYTHON, SOURCE, Deadline

KEY = b"-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0c2VjcmV0c2VjcmV0\n-----END RSA PRIVATE KEY-----\n"
SECRET = "c2VjcmV0"


@pytest.fixture
def module(world):
    module = world.module("--ephemeral")
    yield module
    if module.process.poll() is None:
        module.stop()


def test_state_tells_what_the_uart_tells(module, client):
    with module.host() as host:
        host.bring_up()
        state = client.result("state")
        host.send("AT+GSN\r")
        imei = host.expect_match(r"\r\n(\d{15})\r\n\r\nOK\r\n")[1].decode()
    assert (state["name"], state["model"], state["imei"]) == ("m95", "M95", imei)
    assert (state["power"], state["ready"]) == ("on", True)
    assert state["network"]["registration"] == state["network"]["attachment"] == "home"
    assert state["contexts"][0]["apn"] == "CMNET"
    assert state["uart"]["address"] == module.tty
    assert state["uart"]["echo"] is False


def test_state_tells_of_everything(module, client, echo_server):
    with module.host() as host:
        host.bring_up("AT+QIMUX=1")
        host.upload("RAM:ca.pem", b"x" * 10)
        host.exchange('AT+QFUPL="RAM:notes.txt",4,100', "\r\nCONNECT\r\n")
        host.send(b"note")
        host.expect_match(r"\r\n\+QFUPL: 4,[0-9a-f]+\r\n\r\nOK\r\n")
        host.exchange('AT+QSSLCFG="seclevel",3,2')
        host.exchange("AT+ICF=3,3")
        host.open_socket(2, echo_server)
        state = client.result("state")
    (opened,) = state["contexts"][0]["sockets"]
    assert (opened["socket"], opened["transport"], opened["host"], opened["port"], opened["state"]) == (
        *(2, "TCP", "127.0.0.1", echo_server.port),
        "CONNECTED",
    )
    assert state["contexts"][0]["state"] == "IP PROCESSING" and state["contexts"][1]["state"] == "IP INITIAL"
    assert [context["seclevel"] for context in state["ssl_contexts"]] == [0, 0, 0, 2, 0, 0]
    assert [(each["name"], each["size"]) for each in state["certificates"]] == [("RAM:ca.pem", 10)]
    assert [(each["name"], each["size"]) for each in state["files"]] == [("RAM:notes.txt", 4)]
    assert all(each["checksum"] for each in state["certificates"] + state["files"])
    assert (state["sim"]["status"], state["sim"]["pin_tries"]) == ("ready", 3)
    assert {name: state["uart"][name] for name in ("icf", "ifc", "dtr", "cts", "dsr", "dcd")} == {
        **{"icf": "3,3", "ifc": "0,0", "dtr": True, "cts": True, "dsr": True, "dcd": False},
    }
    assert state["rtc"].startswith("20") and state["t"] > 0


def test_reset_forgets_what_was_done(module, client):
    """Between two tests: settings, SIM, network, faults; NVRAM only on demand."""
    with module.host() as host:
        host.upload("NVRAM:CA0", b"x" * 10)
        host.exchange("AT+CMEE=2")
        client.result("sim", remove=True)
        client.result("signal", rssi=3)
        client.result("network", deny=True)
        client.result("fault.add", spec="at.error match=AT+CSQ")
        assert client.result("reset") is True
        client.result("wait")
        state = client.result("state")
        assert (state["sim"]["status"], state["network"]["rssi"], state["uart"]["errors"]) == ("ready", 30, 1)
        assert client.result("fault.list") == []
        assert [each["name"] for each in state["certificates"]] == ["NVRAM:CA0"]
        client.result("reset", forget=True)
        client.result("wait")
        assert client.result("state")["certificates"] == []


def test_line_of_the_host(module, client, tcp_server):
    """A pty has no DTR: here it is let go."""
    with module.host() as host:
        host.exchange("AT&D2")
        host.bring_up("AT+QIMODE=1")
        host.exchange(f'AT+QIOPEN="TCP","127.0.0.1",{tcp_server.port}', f"{OK}\r\nCONNECT\r\n")
        connection = tcp_server.connection()
        assert client.result("line")["dcd"] is True
        lines = client.result("line", dtr=False)
        assert lines["dtr"] is False and set(lines) == {"dtr", "rts", "cts", "dsr", "dcd", "ri"}
        assert connection.recv(1) == b""
        assert client.result("line", dtr=True)["dcd"] is False


def test_sim(module, client):
    with module.host() as host:
        assert client.result("sim", remove=True) == {"sim": "not inserted"}
        host.expect("\r\n+CPIN: NOT INSERTED\r\n")
        assert client.result("sim", lock="4711") == {"sim": "pin needed"}
        host.expect("\r\n+CPIN: SIM PIN\r\n")
        assert client.result("sim", puk=True) == {"sim": "puk needed"}
        host.expect("\r\n+CPIN: SIM PUK\r\n")
        assert client.result("sim", insert=True) == {"sim": "ready"}
        host.expect("\r\n+CPIN: READY\r\n")
        assert client.result("sim") == {"sim": "ready"}


def test_power_key_and_cut(module, client):
    with module.host() as host:
        assert client.result("power", key=True)["power"] == "off"
        host.expect("\r\nNORMAL POWER DOWN\r\n")
        assert client.result("state")["ready"] is False
        client.result("power", on=True)
        assert client.result("wait") == {"ready": True}
        host.echo = True  # as after every start
        host.echo_off()
        assert client.result("power", cut=True)["power"] == "off"
        client.result("power", key=True)
        client.result("wait")
        host.echo = True
        host.exchange("AT")  # it went without a word


def test_voltage(module, client):
    with module.host() as host:
        client.result("power", under_voltage=True)
        host.expect("\r\nUNDER_VOLTAGE WARNING \r\n")
        client.result("power", over_voltage=True)
        host.expect("\r\nOVER_VOLTAGE WARNING \r\n")
        client.result("power", under_voltage=True, shutdown=True)
        host.expect("\r\nUNDER_VOLTAGE POWER DOWN \r\n")
        assert client.result("state")["power"] == "off"
        assert client.error("power", under_voltage=True)["code"] == 1


def test_signal_network_and_context(module, client):
    with module.host() as host:
        assert client.result("signal", rssi=7, ber=3) == {"rssi": 7, "ber": 3}
        host.exchange("AT+CSQ", f"\r\n+CSQ: 7,3\r\n{OK}")
        host.exchange("AT+CREG=1")
        client.result("network", deny=True)
        host.expect("\r\n+CREG: 3\r\n")
        client.result("network", register=True)
        host.expect("\r\n+CREG: 1\r\n")
        while client.result("network")["attachment"] != "home":
            pass
        host.bring_up()
        assert client.result("pdp", deactivate=True)["state"] == "PDP DEACT"
        host.expect("\r\n+PDP DEACT\r\n")
        assert client.error("pdp", deactivate=True)["code"] == 1


def test_messages_calls_and_any_line(module, client):
    with module.host() as host:
        host.exchange("AT+CMGF=1")
        assert client.result("sms.deliver", **{"from": "+447700900123", "text": "hello"}) == {"delivery": "stored"}
        host.expect('\r\n+CMTI: "SM",1\r\n')
        client.result("urc", text="+QFOO: 1")
        host.expect("\r\n+QFOO: 1\r\n")
        client.result("call.ring", **{"from": "+447700900123"})
        host.expect("\r\nRING\r\n")
        client.result("call.ring", hang_up=True)
        host.expect_match(r"(?:\r\nRING\r\n)*\r\nNO CARRIER\r\n")


def test_clock(module, client):
    assert client.result("clock", set="2015-04-08T12:00:00Z")["rtc"] == "2015-04-08T12:00:00+00:00"
    before = client.result("clock")["t"]
    client.result("clock", advance="1h")
    assert client.result("clock")["t"] >= before + 3600
    with module.host() as host:
        host.send("AT+CCLK?\r")
        assert host.expect_match(r'\r\n\+CCLK: "([^"]*)"\r\n\r\nOK\r\n')[1].startswith(b"15/04/08,13:0")


def test_journal_wait_and_subscribe(module, client):
    with module.host() as host:
        start = client.result("journal")["last"]
        client.result("subscribe", kind="at")
        client.send('{"id":"w","method":"wait","params":{"match":"AT+CSQ","kind":"at"}}')
        host.exchange("AT+CREG?", f"\r\n+CREG: 0,1\r\n{OK}")
        host.exchange("AT+CSQ", f"\r\n+CSQ: 30,0\r\n{OK}")
        lines = [client.line() for _ in range(3)]
    waited = [line["result"] for line in lines if line.get("id") == "w"]
    events = [line for line in lines if "id" not in line]
    assert [(e["kind"], e["command"], e["result"]) for e in events] == [("at", "AT+CREG?", "OK"), ("at", "AT+CSQ", "OK")]
    assert [w["seq"] for w in waited] == [events[1]["seq"]]
    journal = client.result("journal", since=start, kind="uart.rx")
    assert "".join(r["text"] for r in journal["records"]) == "AT+CREG?\\rAT+CSQ\\r"
    assert client.error("wait", match="never", timeout="10ms")["code"] == 2


def test_snapshot_and_journal_hold_no_key(module, client):
    with module.host() as host:
        host.upload("RAM:k.pem", KEY)
        snapshot = client.result("snapshot")
        assert snapshot["certificates"][0]["name"] == "RAM:k.pem"
        host.exchange("AT+CMEE=2")
        restored = client.result("restore", snapshot=snapshot)
        assert restored == {"missing_certificates": [], "missing_files": [], "missing_attachments": []}
        host.exchange("AT+CMEE?", f"\r\n+CMEE: 1\r\n{OK}")
    for method in ("snapshot", "state", "journal"):
        assert SECRET not in json.dumps(client.result(method))


def test_wrong_requests_leave_the_connection_open(client):
    wrong = client.error("pwer")
    assert wrong["code"] == -32601 and 'did you mean "power"?' in wrong["message"]
    wrong = client.error("network", denny=True)
    assert wrong["code"] == -32602 and 'did you mean "deny"?' in wrong["message"]
    client.send("x" * (1 << 20))
    assert client.line()["error"]["code"] == -32600
    client.send("{")
    assert client.line()["error"]["code"] == -32700
    assert client.result("wait") == {"ready": True}


def test_socket_is_the_owners_alone_and_goes_with_the_module(module):
    path = control_of(module)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    module.stop()
    assert not os.path.lexists(path)


def test_quit(module, client):
    assert client.result("quit") is True
    assert module.wait() == 0


def test_ctl_in_words_and_as_json(world, module):
    assert world.run("ctl", "signal", "rssi=9").stdout == b"rssi  9\nber   0\n"
    done = world.run("ctl", "--to", "m95", "signal", "--json")
    assert json.loads(done.stdout) == {"rssi": 9, "ber": 0}
    assert world.run("ctl", "--to", module.tty, "urc", "text=HI").stdout == b"OK\n"
    done = world.run("ctl", "pwer")
    assert done.returncode == 2 and b'did you mean "power"?' in done.stderr
    assert world.run("ctl", "pdp", "deactivate").returncode == 1
    assert world.run("ctl", "wait", "match=never", "timeout=10ms").returncode == 124
    assert world.run("wait").returncode == 0
    with module.host(echo=True) as host:
        host.expect("\r\nHI\r\n")
        host.exchange("AT+CSQ", f"\r\n+CSQ: 9,0\r\n{OK}")
    assert b"AT+CSQ" in world.run("ctl", "wait", "AT+CSQ", "since=0").stdout


def test_both_spellings_of_a_fault(world, module):
    """`fault add X --for 6s` is what the first screen shows."""
    for words in (["fault", "add", "bearer.outage", "for=6s"], ["fault.add", "bearer.outage", "--for", "6s"]):
        assert world.run("ctl", *words).stdout.startswith(b"id  ")
    specs = [each["spec"] for each in json.loads(world.run("ctl", "fault", "list", "--json").stdout)]
    assert specs == ["bearer.outage for=6s"] * 2
    assert world.run("ctl", "fault", "clear", "1").stdout == b"OK\n"
    assert world.run("ctl", "help", "fault", "add").stdout.startswith(b"fault.add ")
    done = world.run("ctl", "fault", "add", "bearer.outage", "--fro", "6s")
    assert done.returncode == 2 and b'did you mean "for"?' in done.stderr
    done = world.run("ctl", "fault", "add", "bearer.outrage")
    assert done.returncode == 2 and b"bearer.outage" in done.stderr


@pytest.mark.parametrize("page", ["control.md", "faults.md"])
def test_what_the_page_shows_works(world, page):
    lines = [line.removeprefix("$ ") for line in (SOURCE / "docs" / page).read_text().splitlines()]
    shown = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("quasimodem ctl ")]
    assert len(shown) >= 3
    module = world.module("--ephemeral")
    for words in shown:
        if words[1:3] == ["power", "key"] or words[1] == "wait":
            continue  # it would be off, and nobody is there who would open a socket
        world.run("ctl", "network", "register")  # after the line that denies it
        done = world.run(*words)
        assert done.returncode == 0, (words, done.stderr)
    module.stop()


def test_without_a_module(world):
    assert world.run("ctl", "state").returncode == 3
    assert world.run("wait", "--timeout", "10ms").returncode == 124


def test_module_that_starts_off(world):
    module = world.module("--ephemeral", "--power", "off")
    assert world.run("ctl", "power", "key").returncode == 0
    assert world.run("wait").returncode == 0
    with module.host():
        pass
    module.stop()


def test_each_of_several_modules_has_its_own(world):
    program = world.start("-p", "instant", "--ephemeral", "--count", "2", "--trace", world.directory / "trace")
    names = [program.read_line().split(" ")[1] for _ in range(2)]
    assert names == ["m95-0", "m95-1"]
    done = world.run("ctl", "state")
    assert done.returncode == 3 and b"m95-0" in done.stderr
    for name in names:
        assert json.loads(world.run("ctl", "--to", name, "state", "--json").stdout)["name"] == name
    program.stop()
    traced = {json.loads(line)["modem"] for line in (world.directory / "trace").read_text().splitlines()}
    assert traced == set(names)


def test_command_finds_the_socket(world):
    done = world.run("run", "--ephemeral", "--", "sh", "-c", '"$0" ctl signal rssi=5 --json', PROGRAM)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"rssi": 5, "ber": 0}), done.stderr


def test_trace(world):
    trace = world.directory / "trace.jsonl"
    module = world.module("--ephemeral", "--trace", trace)
    with module.host() as host:
        host.upload("RAM:k.pem", KEY)
    module.stop()
    text = trace.read_text()
    records = [json.loads(line) for line in text.splitlines()]
    assert [r["seq"] for r in records] == list(range(1, len(records) + 1))
    assert {"power", "uart.rx", "uart.tx", "at", "file"} <= {r["kind"] for r in records}
    assert SECRET not in text and "PRIVATE KEY" not in text


SEND_AT = """
import os, sys
tty = os.open(os.environ["QUASIMODEM_TTY"], os.O_RDWR | os.O_NOCTTY)
os.write(tty, b"AT+CSQ\\r")
os.read(tty, 100)
if len(sys.argv) > 1:
    import signal
    signal.pause()
"""


@pytest.mark.parametrize(
    "options, waits, code",
    [
        (["--expect", "+CSQ: "], True, 0),
        (["--expect", "AT+CSQ\r"], True, 0),
        (["--fail", "+CSQ: "], True, 1),
        (["--expect", "never"], False, 1),
        (["--expect", "never", "--timeout", "300ms"], True, 124),
    ],
)
def test_ends_by_what_the_uart_shows(world, options, waits, code):
    command = [PYTHON, "-c", SEND_AT, *(["waits"] if waits else [])]
    done = world.run("run", "--ephemeral", *options, "--", *command)
    assert done.returncode == code, done.stderr
    assert (b"FAIL: " in done.stderr) == (code != 0)


def test_expectation_without_a_command(world):
    module = world.module("--ephemeral", "--expect", "SEND OK", "--fail", "+CMS ERROR")
    with module.host() as host:
        host.exchange("AT+QFOO", "\r\nERROR\r\n")
        host.exchange("AT")
    module.signal(signal.SIGTERM)
    assert module.wait() == 1
    assert "FAIL: the UART did not show \"SEND OK\"" in module.log()


FIELDS = {  # docs/control.md, "Records"
    "uart.rx": {"text"},
    "uart.tx": {"text"},
    "at": {"command", "result", "took_ms"},
    "urc": {"text"},
    "state": {"what", "state"},
    "bearer": {"event", "context", "apn", "address"},
    "socket": {"event", "context", "socket", "transport", "host", "port", "peer", "reason"},
    "tls": {"event", "context", "socket", "version", "suite", "subject", "reason"},
    "file": {"event", "name"},
    "sms": {"event"},
    "fault": {"id", "name", "subject"},
    "power": {"event"},
    "ctl": {"method", "params"},
}


def test_a_trace_has_every_kind_of_record(world, tls_server):
    server = tls_server("-tls1_2", client_certificate=False)
    trace = world.directory / "trace.jsonl"
    module = world.module("--ephemeral", "--trace", trace, "--fault", "at.error match=AT+QNSTATUS")
    with module.host() as host:
        host.upload("RAM:k.pem", KEY)
        host.bring_up("AT+QIMUX=1", 'AT+QSSLCFG="sslversion",0,3')
        host.exchange(f'AT+QSSLOPEN=1,0,"127.0.0.1",{server.port},0', f"{OK}\r\n+QSSLOPEN: 1,0\r\n")
        host.exchange("AT+QNSTATUS", "\r\nERROR\r\n")
        assert world.run("ctl", "sms.deliver", "from=+49", "text=hi").returncode == 0
        host.expect_match(r"\r\n\+CMTI: [^\r]*\r\n")
    module.stop()
    records = [json.loads(line) for line in trace.read_text().splitlines()]
    assert [r["seq"] for r in records] == list(range(1, len(records) + 1))
    assert [r["t"] for r in records] == sorted(r["t"] for r in records)
    assert {r["modem"] for r in records} == {"m95"}
    assert {r["kind"] for r in records} == set(FIELDS)
    for record in records:
        assert FIELDS[record["kind"]] <= set(record), record
    page = (SOURCE / "docs/control.md").read_text()
    for kind in FIELDS:
        assert re.search(rf"^\| .*`{re.escape(kind)}`", page, re.M), kind
