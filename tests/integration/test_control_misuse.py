# SPDX-License-Identifier: Apache-2.0
"""Whatever a client of the control socket sends, or does not read: it gets an error, and the module goes on."""

import contextlib
import json
import os
import subprocess

import pytest
from control_support import Client, client, control_of  # noqa: F401: a fixture
from support import LITTLE_MEMORY, WATCHDOG, Deadline, wait_until

NOT_JSON, NOT_A_REQUEST, NO_METHOD, WRONG_PARAMETER, IMPOSSIBLE, TIMED_OUT = -32700, -32600, -32601, -32602, 1, 2
WRONG_VALUES = {
    "true|false": [1, "true", [], {}],
    "NUMBER": ["1", True, [1]],
    "TEXT": [1, True, ["x"]],
    "DURATION": ["soon", "-1s", -1, "1e30s", True, []],
    "JSON": [],
}


@pytest.fixture
def module(world):
    module = world.module("--ephemeral", environment=LITTLE_MEMORY)
    yield module
    with module.host(echo=True) as host:
        host.send("AT\r")
        host.expect_match(r".*?\r\nOK\r\n")
    module.stop()


def test_every_method_refuses_what_it_does_not_know(client):
    """The list is the program's own: a new method or parameter is tried without a word here."""
    methods = client.result("help")
    assert {"state", "power", "fault.add", "wait", "restore", "sms.deliver"} <= {each["method"] for each in methods}
    before = client.result("state")
    for method in methods:
        name = method["method"]
        wrong = client.error(name, nonsense=1)
        assert wrong["code"] == WRONG_PARAMETER and '"nonsense"' in wrong["message"], name
        client.send(json.dumps({"id": "list", "method": name, "params": [1]}))
        assert client.line() == {
            "id": "list",
            "error": {"code": WRONG_PARAMETER, "message": f"{name}: params must be an object"},
        }
        for param in method["params"]:
            for value in WRONG_VALUES[param["type"]]:
                wrong = client.error(name, **{param["name"]: value})
                assert wrong["code"] == WRONG_PARAMETER, (name, param["name"], value)
                assert name in wrong["message"] and param["name"] in wrong["message"], wrong
            if param["required"]:
                others = {p["name"]: "x" for p in method["params"] if p["required"] and p is not param and p["type"] == "TEXT"}
                assert f"{name} needs {param['name']}" in client.error(name, **others)["message"]
    after = client.result("state")
    for each in (before, after):
        each.pop("t"), each.pop("journal"), each.pop("rtc")
    assert after == before


@pytest.mark.parametrize(
    "method, params, code",
    [
        ("power", {}, WRONG_PARAMETER),
        ("power", {"key": True, "cut": True}, WRONG_PARAMETER),
        ("power", {"key": True, "shutdown": True}, WRONG_PARAMETER),
        ("clock", {"set": "yesterday"}, WRONG_PARAMETER),
        ("clock", {"advance": "9000h"}, WRONG_PARAMETER),
        ("sim", {"insert": True, "remove": True}, WRONG_PARAMETER),
        ("sim", {"lock": "12"}, WRONG_PARAMETER),
        ("sim", {"lock": "123456789"}, WRONG_PARAMETER),
        ("sim", {"lock": "12a4"}, WRONG_PARAMETER),
        ("network", {"register": True, "deny": True}, WRONG_PARAMETER),
        ("signal", {"rssi": 32}, WRONG_PARAMETER),
        ("signal", {"ber": -1}, WRONG_PARAMETER),
        ("location", {"longitude": 180.5}, WRONG_PARAMETER),
        ("location", {"latitude": -91}, WRONG_PARAMETER),
        ("signal", {"rssi": 1 << 62}, WRONG_PARAMETER),
        ("pdp", {"deactivate": False}, WRONG_PARAMETER),
        ("pdp", {"deactivate": True, "context": 2}, WRONG_PARAMETER),
        ("pdp", {"deactivate": True}, IMPOSSIBLE),
        ("sms.deliver", {"from": "", "text": "x"}, WRONG_PARAMETER),
        ("sms.deliver", {"from": "a name that is too long", "text": "x"}, WRONG_PARAMETER),
        ("call.ring", {"from": "somebody"}, WRONG_PARAMETER),
        ("call.ring", {"from": "1\r\nOK"}, WRONG_PARAMETER),
        ("call.ring", {"hang_up": True}, IMPOSSIBLE),
        ("urc", {"text": ""}, WRONG_PARAMETER),
        ("urc", {"text": "x" * 1025}, WRONG_PARAMETER),
        ("urc", {"text": "two\r\nlines"}, WRONG_PARAMETER),
        ("fault.add", {}, WRONG_PARAMETER),
        ("fault.add", {"spec": "bearer.outrage"}, WRONG_PARAMETER),
        ("fault.add", {"name": "bearer.outage", "probability": 2}, WRONG_PARAMETER),
        ("fault.clear", {"id": 7}, WRONG_PARAMETER),
        ("journal", {"since": -1}, WRONG_PARAMETER),
        ("journal", {"limit": 0}, WRONG_PARAMETER),
        ("journal", {"kind": "uart"}, WRONG_PARAMETER),
        ("subscribe", {"kind": "urcs"}, WRONG_PARAMETER),
        ("wait", {"match": "x", "kind": "urcs"}, WRONG_PARAMETER),
        ("wait", {"match": "x", "timeout": 0}, TIMED_OUT),
        ("restore", {"snapshot": {}}, WRONG_PARAMETER),
        ("restore", {"snapshot": "x"}, WRONG_PARAMETER),
        ("help", {"method": "nothing"}, NO_METHOD),
    ],
)
def test_wrong_values(client, method, params, code):
    wrong = client.error(method, **params)
    assert wrong["code"] == code and method in wrong["message"] or code == NO_METHOD


@pytest.mark.parametrize(
    "line, code",
    [
        (b"{", NOT_JSON),
        (b"\xff\xfe\x00", NOT_JSON),
        (b'{"id":1,"method":"state"', NOT_JSON),
        (b"[" * 1000, NOT_JSON),
        (b'{"id":1,"method":"\xc3\x28"}', NOT_JSON),
        (b"[1,2]", NOT_A_REQUEST),
        (b"null", NOT_A_REQUEST),
        (b'"state"', NOT_A_REQUEST),
        (b"{}", NOT_A_REQUEST),
        (b'{"method":null}', NOT_A_REQUEST),
        (b'{"id":1,"method":"state","param":{}}', NOT_A_REQUEST),
        (b'{"id":1,"method":""}', NO_METHOD),
        (b'{"id":1,"method":"state\\u0000"}', NO_METHOD),
        (b"x" * 300_000, NOT_A_REQUEST),
        (b'{"id":1,"method":"urc","params":{"text":"' + b"x" * 300_000 + b'"}}', NOT_A_REQUEST),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_lines_that_are_no_request(client, line, code):
    client.socket.sendall(line + b"\n")
    assert client.line()["error"]["code"] == code
    assert client.result("wait") == {"ready": True}


def test_requests_in_pieces_and_in_one_go(client):
    for octet in b'{"id":1,"method":"wait"}\r\n\n  \n':
        client.socket.sendall(bytes([octet]))
    assert client.line() == {"id": 1, "result": {"ready": True}}
    client.socket.sendall(b"".join(b'{"id":%d,"method":"signal"}\n' % i for i in range(1000)))
    assert [client.line()["id"] for _ in range(1000)] == list(range(1000))


def test_client_that_sends_no_more_still_gets_its_answers(world, module):
    """`echo '…' | socat - UNIX:…`, also without the last newline; and then it is told the end."""
    with module.host() as host:
        requests = b'{"id":1,"method":"signal"}\n{"id":2,"method":"wait","params":{"match":"AT+CREG?"}}'
        address = f"UNIX-CONNECT:{control_of(module)}"
        socat = subprocess.Popen(
            ["socat", "-t", str(WATCHDOG), "-", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        socat.stdin.write(requests)
        socat.stdin.close()
        assert json.loads(socat.stdout.readline()) == {"id": 1, "result": {"rssi": 30, "ber": 0}}
        host.exchange("AT+CREG?", "\r\n+CREG: 0,1\r\n\r\nOK\r\n")
        assert json.loads(socat.stdout.readline())["id"] == 2
        assert socat.stdout.read() == b"" and socat.wait(WATCHDOG) == 0
        socat.stdout.close()


def test_client_that_goes_in_the_middle(module):
    """Of a request, of an answer, of a wait, of events: nothing of it stays."""
    descriptors = f"/proc/{module.pid}/fd"
    before = len(os.listdir(descriptors))
    for words in (
        b'{"id":1,"meth',
        b'{"id":1,"method":"journal","params":{"limit":10000}}\n' * 20,
        b'{"id":1,"method":"wait","params":{"match":"never","timeout":"1000h"}}\n' * 60,
        b'{"id":1,"method":"subscribe"}\n',
    ):
        for _ in range(10):
            client = Client(control_of(module))
            client.socket.sendall(words)
            client.close()
    wait_until(lambda: len(os.listdir(descriptors)) == before, "all of them to be gone")


def test_too_many_waits(client):
    for i in range(70):
        client.send(json.dumps({"id": i, "method": "wait", "params": {"match": "never", "timeout": "1000h"}}))
    refused = [client.line() for _ in range(6)]
    assert [(each["id"], each["error"]["code"]) for each in refused] == [(i, IMPOSSIBLE) for i in range(64, 70)]
    assert "wait already" in refused[0]["error"]["message"]
    assert client.result("signal")["rssi"] == 30


def test_hundred_clients(module):
    clients = [Client(control_of(module)) for _ in range(100)]
    for i, client in enumerate(clients):
        client.send(json.dumps({"id": i, "method": "signal"}))
    assert [client.line()["id"] for client in clients] == list(range(100))
    for client in clients:
        client.result("subscribe", kind="urc")
    clients[0].result("urc", text="+QTOALL")
    for client in clients:
        event = client.events.pop() if client.events else client.line()
        assert (event["kind"], event["text"]) == ("urc", "+QTOALL")
        client.close()


def test_one_client_too_many_is_told(module):
    clients = [Client(control_of(module)) for _ in range(128)]
    for client in clients:
        client.result("wait")
    late = Client(control_of(module))
    assert late.line() == {"id": None, "error": {"code": IMPOSSIBLE, "message": "too many clients are here already"}}
    assert late.socket.recv(1) == b""
    clients.pop().close()
    deadline = Deadline("a place")
    while True:  # the module has to see that somebody went
        deadline.left()
        again = Client(control_of(module))
        with contextlib.suppress(OSError):  # it may be turned away before it has asked
            again.send('{"id":"again","method":"wait"}')
            if again.line()["id"] == "again":
                break
        again.close()
    for client in [*clients, again, late]:
        client.close()


def test_client_that_never_reads(module):
    """Its answers and events pile up to a bound, then it is dropped; others and the UART do not notice."""
    with module.host() as host:
        host.fill_journal()
        host.send("AT&V\r")
        page = host.expect_match(r".*?\r\nOK\r\n")[0]
        deaf = Client(control_of(module))
        deaf.result("subscribe")
        asks = Client(control_of(module))
        asks.result("signal")
        before = module.peak_kilobytes()
        deadline = Deadline("the deaf client to be dropped")
        while "does not read; dropped" not in module.log():
            deadline.left()
            host.exchange("AT&V", page)
        assert asks.result("signal")["rssi"] == 30
        assert module.peak_kilobytes() - before < 40_000
        # Who asks and asks without reading is only made to wait.
        eager = Client(control_of(module))
        eager.socket.setblocking(False)
        request = b'{"id":1,"method":"journal","params":{"limit":10000}}\n'
        with pytest.raises(BlockingIOError):
            while True:
                eager.socket.send(request * 100)
        eager.socket.setblocking(True)
        host.nothing_more()
        assert asks.result("signal")["rssi"] == 30
        assert eager.line()["id"] == 1
        for client in (deaf, asks, eager):
            client.close()


def test_stale_socket_is_replaced_and_a_living_one_is_not(world):
    first = world.module("--ephemeral")
    path = control_of(first)
    first.kill()
    assert os.path.lexists(path)
    second = world.module("--ephemeral")
    client = Client(path)
    assert client.result("wait") == {"ready": True}
    third = world.module("--ephemeral", "--uart", f"pty:{world.directory}/other")
    assert f"another module is called m95; ctl finds this one as m95-{third.pid}" in third.log()
    assert client.result("state")["uart"]["address"] == second.tty
    client.close()
    third.stop()
    assert os.path.lexists(path)
    second.stop()
    assert not os.path.lexists(path)


def test_socket_is_in_a_directory_of_the_owner(world, module):
    path = control_of(module)
    assert path.startswith(str(world.runtime / "quasimodem"))
    assert os.stat(os.path.dirname(path)).st_mode & 0o077 == 0


def test_no_method_gives_a_key_away(module, client, pki):
    """With the key loaded, configured and used: every method that takes no parameter, and the snapshot's way back."""
    key = (pki / "client.key").read_bytes()
    lines = [line for line in key.decode().splitlines() if len(line) > 40]
    assert lines
    with module.host() as host:
        for name in ("RAM:k.pem", "NVRAM:CK0"):
            host.upload(name, key)
        host.exchange('AT+QSSLCFG="clientkey",0,"RAM:k.pem"')
        said = [json.dumps(client.ask(method["method"])) for method in client.result("help") if method["method"] not in ("quit", "reset", "subscribe")]
        snapshot = client.result("snapshot")
        said.append(json.dumps(client.ask("restore", snapshot=snapshot)))
        said.append(json.dumps(client.result("journal", limit=10000)))
    for line in lines:
        assert not any(line in text for text in said)


def test_time_may_be_advanced_far_but_not_for_ever(client):
    advanced = 0
    while True:
        answer = client.ask("clock", advance="8784h")
        if "error" in answer:
            break
        advanced += 1
    assert advanced == 99 or advanced == 100
    assert answer["error"]["code"] == IMPOSSIBLE
    client.result("reset")


def test_time_that_is_advanced_is_module_time(world):
    module = world.module("--ephemeral", "--time-scale", "50")
    client = Client(control_of(module))
    before = client.result("clock")["t"]
    after = client.result("clock", advance="10h")["t"]
    # Ten hours, and what has passed meanwhile at fifty times the speed; not five hundred.
    assert 36_000 <= after - before < 72_000
    client.close()
    module.stop()
