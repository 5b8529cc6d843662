# SPDX-License-Identifier: Apache-2.0
"""Faults and profiles through the program."""

import pytest


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
    ("bearer.outrage", ['there is no fault "bearer.outrage"', "bearer.outage"]),
    ("bearer.outage for=6", ["for=6: a time like"]),
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


def test_time_scale_divides_the_waits(world):
    """QIACT of `poor` has a median of 12 s, Call Ready of 15 s: a thousand times as fast, the watchdog sees none of it."""
    with world.module("--time-scale", "1000", profile="poor").host() as host:
        host.exchange("AT")
