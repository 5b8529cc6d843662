# SPDX-License-Identifier: Apache-2.0
"""Faults and profiles through the program."""

import time

import pytest
from control_support import Client, control_of
from support import OK


def test_faults_of_the_command_line_strike(world):
    module = world.module("--fault", "at.error match=AT+CSQ count=1", "--fault", 'at.answer match=AT+QGSN text="+QGSN: x y"',
                          "--verbose")
    with module.host() as host:
        host.exchange("AT+CSQ", b"\r\nERROR\r\n")
        host.exchange("AT+CSQ", b"\r\n+CSQ: 30,0\r\n\r\nOK\r\n")
        host.exchange("AT+QGSN", b"\r\n+QGSN: x y\r\n\r\nOK\r\n")
    assert "at.error: AT+CSQ" in module.log()


def test_output_in_pieces_arrives_whole(world):
    with world.module("--fault", "uart.split size=1 gap=1ms").host() as host:
        host.exchange("AT+CSQ", b"\r\n+CSQ: 30,0\r\n\r\nOK\r\n")


@pytest.mark.parametrize("fault, names", [
    ("bearer.outrage", ['there is no fault "bearer.outrage"', 'did you mean "bearer.outage"?', "quasimodem help faults"]),
    ("bearer.outage for=6m", ["for=6m: a time (500ms, "]),
    ("at.error text=x", ['at.error has no "text"', "cme"]),
])
def test_bad_faults_are_refused(world, fault, names):
    done = world.run("run", "--fault", fault, "--", "true")
    assert done.returncode == 2
    for name in names:
        assert name in done.stderr.decode()


def test_profile_of_ones_own(world):
    profile = world.directory / "own.toml"
    profile.write_text('base = "lab"\n[modul]\nboot = "1s"\n')
    done = world.run("run", "--profile", profile, "--", "true")
    assert done.returncode == 2
    assert f'{profile}:2: unknown key "modul"; did you mean "module"?' in done.stderr.decode()
    profile.write_text('base = "instant"\n[module]\ncommand = "100ms"\n')
    with world.module(profile=str(profile)).host() as host:
        host.exchange("AT")


def test_time_scale_is_the_factor_between_the_clocks(world):
    """Registration of `poor` has a median of 35 s, QIACT of 12 s; and whatever the machine does, a second is a thousand."""
    module = world.module("--ephemeral", "--time-scale", "1000", profile="poor")
    client = Client(control_of(module))
    with module.host(echo=True) as host:
        earliest = time.monotonic()
        begin = client.result("clock")["t"]
        begun = time.monotonic()
        host.send("AT\r")
        host.expect_match(r".*?\r\nOK\r\n")
        while client.result("network")["attachment"] != "home":
            pass
        for command in ("AT+QIREGAPP", "AT+QIACT"):
            host.send(command + "\r")
            host.expect_match(r".*?\r\n(OK|ERROR)\r\n")
        ending = time.monotonic()
        passed = client.result("clock")["t"] - begin
        latest = time.monotonic()
    assert 1000 * (ending - begun) - 0.01 <= passed <= 1000 * (latest - earliest) + 0.01
    client.close()
    module.stop()


def test_fault_comes_and_goes_while_the_module_runs(world):
    module = world.module("--ephemeral")
    client = Client(control_of(module))
    with module.host() as host:
        added = client.result("fault.add", name="at.error", match="AT+CSQ", cme=3, count=5)["id"]
        host.exchange("AT+CSQ", "\r\n+CME ERROR: 3\r\n")
        assert client.result("fault.list") == [{"id": added, "spec": "at.error match=AT+CSQ count=5 cme=3", "fired": 1}]
        (record,) = client.result("journal", kind="fault")["records"]
        assert (record["id"], record["name"], record["subject"]) == (added, "at.error", "AT+CSQ")
        client.result("fault.clear", id=added)
        host.exchange("AT+CSQ", f"\r\n+CSQ: 30,0\r\n{OK}")
        client.result("fault.add", spec="sim.removed")
        host.expect("\r\n+CPIN: NOT INSERTED\r\n")
        client.result("fault.clear")
        host.expect("\r\n+CPIN: READY\r\n")
    client.close()
    module.stop()


def test_outage_begins_and_is_over_by_command(world, tcp_server):
    """What the first screen proposes to try."""
    module = world.module("--ephemeral")
    with module.host() as host:
        host.bring_up("AT+QIMUX=1")
        host.open_socket(0, tcp_server)
        connection = tcp_server.connection()
        assert world.run("ctl", "fault", "add", "bearer.outage", "--for", "1h").returncode == 0
        connection.sendall(b"late")
        host.nothing_more()
        assert world.run("ctl", "fault", "clear").returncode == 0
        host.expect("\r\n+RECEIVE: 0, 4\r\nlate")
    module.stop()


def course(client, host):
    """What the host hears."""
    client.result("fault.add", spec="at.error match=AT+CSQ probability=0.5")
    client.result("fault.add", spec="at.error match=AT+CREG probability=0.5")
    heard = []
    for command in ["AT+CSQ", "AT+CREG?"] * 30:
        host.send(command + "\r")
        heard.append(host.expect_match(r"(?:\r\n\+C[^\r]*\r\n)?\r\n(OK|ERROR)\r\n")[1])
    assert len(client.result("journal", kind="fault")["records"]) >= heard.count(b"ERROR") > 15
    return heard


def test_same_seed_same_firings(world):
    courses = []
    for seed in (7, 7, 8):
        module = world.module("--ephemeral", "--seed", seed)
        client = Client(control_of(module))
        with module.host() as host:
            courses.append(course(client, host))
        if seed == 7:  # and as often as the module is put back to its beginning
            client.result("reset")
            client.result("wait")
            with module.host() as host:
                courses.append(course(client, host))
        client.close()
        module.stop()
    assert courses[0] == courses[1] == courses[2] == courses[3] != courses[4]
