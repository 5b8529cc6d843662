# SPDX-License-Identifier: Apache-2.0
"""What the README shows is what happens."""

import os
import re
import socket
import ssl
import subprocess
import threading

from support import PROGRAM, SOURCE, WATCHDOG

README = (SOURCE / "README.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def tls_echo(pki):
    """One connection of an echo server on Python's own TLS. Returns its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-SHA:@SECLEVEL=0")
    context.load_cert_chain(pki / "server.crt", pki / "server.key")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with listener, context.wrap_socket(listener.accept()[0], server_side=True) as connection:
            while block := connection.recv(4096):
                connection.sendall(block)

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def test_the_session_is_as_it_really_looks(module, pki):
    session = next(block for block in blocks("console") if "QSSLOPEN" in block)
    started, typed = session.split("$ picocom", 1)
    assert "--map your.server.test:8883=" in started and "ready m95 /" in started
    # What a person typed, and the lines that followed on the screen.
    steps = [part.splitlines() for part in typed.split("\n> ")[1:]]
    assert len(steps) > 5

    with module("--map", f"your.server.test:8883=127.0.0.1:{tls_echo(pki)}").host(echo=True) as host:
        for line, *answers in steps:
            data_at_prompt = not line.startswith("AT")
            host.send(line if data_at_prompt else line + "\r")
            for answer in filter(None, answers):
                host.expect_match(rf".*?{re.escape(answer)}\r\n")


def test_the_line_for_ci_works_as_printed(world, tmp_path):
    script = next(block for block in blocks("sh") if "quasimodem run --" in block)
    places = tmp_path / "bin"
    places.mkdir()
    (places / "quasimodem").symlink_to(PROGRAM)
    (places / "python3").symlink_to("/usr/bin/python3")
    environment = {**world.environment, "PATH": f"{places}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-e"], input=script, text=True, env=environment, timeout=WATCHDOG)
    assert done.returncode == 0


def test_every_file_it_points_to_exists():
    for target in re.findall(r"\]\(([^)#]+)\)", README) + re.findall(r"`((?:emulator|tls|tests|docs)/[\w./]*)`", README):
        assert (SOURCE / target).exists(), target


def test_the_two_commands_are_there():
    for tool in ("tools/run", "tools/test"):
        assert f"$ {tool}" in README and os.access(SOURCE / tool, os.X_OK)
