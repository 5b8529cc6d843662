# SPDX-License-Identifier: Apache-2.0
"""`quasimodem play`: transcripts against a module in memory and against one at the end of a line."""

import re
import socket
import threading

import pytest
from support import SOURCE

TRANSCRIPTS = SOURCE / "tests/transcripts"
IN_MEMORY = ["01_boot_fixed_baud.txt", "04_cert_ram_small.txt", "07_ssl_session_seed.txt", "13_tcp_transparent.txt"]


def test_in_memory(world):
    done = world.run("play", *(TRANSCRIPTS / name for name in IN_MEMORY))
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert lines == [f"pass  {TRANSCRIPTS / name}" for name in IN_MEMORY] + ["4 of 4 as written"]


def test_a_difference_is_told_with_its_place(world, tmp_path):
    file = tmp_path / "wrong"
    file.write_text("# start: ATE0\n> AT\\r\n< \\r\\nOK!\\r\\n\n")
    done = world.run("play", file)
    assert done.returncode == 1
    assert done.stdout.decode() == (
        f"FAIL  {file}\n{file}:3: \n  expected  \\r\\nOK!\\r\\n\n  actual    \\r\\nOK\\r\\n\n0 of 1 as written\n"
    )


def test_against_a_running_module(world, module, tmp_path):
    running = module()
    for name in ("04_cert_ram_small.txt", "06_cert_short_upload.txt"):
        done = world.run("play", "--port", running.tty, TRANSCRIPTS / name)
        assert done.returncode == 0, (done.stdout, done.stderr)


def test_every_difference_at_a_port(world, module, tmp_path):
    running = module()
    file = tmp_path / "two"
    file.write_text("# start: ATE0\n> AT\\r\n< \\r\\nNO\\r\\n\n> AT+QIMUX?\\r\n< \\r\\n+QIMUX: {MS}\\r\\n\\r\\nOK\\r\\n\n> AT\\r\n< \\r\n")
    done = world.run("play", "--port", running.tty, file)
    assert done.returncode == 1
    assert re.findall(rf"{re.escape(str(file))}:(\d+):", done.stdout.decode()) == ["3", "7"]


def test_against_a_port_of_tcp(world, tmp_path):
    file = tmp_path / "short"
    file.write_text("> AT\\r\n< \\r\\nOK\\r\\n\n")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            peer, _ = server.accept()
            with peer:
                assert peer.recv(100) == b"AT\r"
                peer.sendall(b"\r\nOK\r\n")
                peer.recv(1)

        thread = threading.Thread(target=answer)
        thread.start()
        done = world.run("play", "--port", f"tcp:127.0.0.1:{server.getsockname()[1]}", file)
        thread.join()
    assert (done.returncode, done.stdout.decode()) == (0, f"pass  {file}\n1 of 1 as written\n")


def test_values(world, tmp_path):
    (tmp_path / "what").write_text("AT+GSN")
    file = tmp_path / "file"
    file.write_text("# start: ATE0\n> {WHAT}\\r\n< \\r\\n{IMEI}\\r\\n\\r\\nOK\\r\\n\n")
    assert world.run("play", "--set", f"WHAT=@{tmp_path / 'what'}", file).returncode == 0
    done = world.run("play", file)
    assert done.returncode == 1 and b"unknown placeholder {WHAT}" in done.stdout


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        ([], 2, "error: nothing to play"),
        (["missing"], 2, "error: cannot read missing"),
        (["--model", "m9", TRANSCRIPTS / IN_MEMORY[0]], 2, 'error: unknown model "m9"; did you mean "m95"?'),
        (["--set", "X", TRANSCRIPTS / IN_MEMORY[0]], 2, "error: --set X: not NAME=VALUE"),
        (["--port", "/dev/null", TRANSCRIPTS / IN_MEMORY[0]], 3, "error: cannot open /dev/null: not a terminal device"),
        ([SOURCE / "README.md"], 2, f"error: {SOURCE / 'README.md'}:3: neither host, module nor remark"),
    ],
)
def test_wrong_use(world, arguments, code, message):
    done = world.run("play", *arguments)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.decode().splitlines()[0] == message
