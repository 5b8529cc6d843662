# SPDX-License-Identifier: Apache-2.0
"""Many modules in one process."""

import os
import threading
from pathlib import Path

from support import Host
from tls_support import SecureHost

MANY = 64


def ready_lines(program, count):
    return [program.read_line().split(" ", 2)[1:] for _ in range(count)]


def test_modules_have_their_own_names_links_ports_and_identities(world):
    port_options = ("--uart", f"pty:{world.directory}/link", "--uart", "tcp-listen::0")
    program = world.start("-p", "instant", "--count", "3", "-n", "fleet", "--nvram", world.directory / "nvram", *port_options)
    assert ready_lines(program, 3) == [[f"fleet-{i}", f"{world.directory}/link-{i}"] for i in range(3)]
    imeis = []
    for i in range(3):
        with Host(f"{world.directory}/link-{i}") as host:
            host.echo_off()
            host.send("AT+GSN\r")
            imeis.append(host.expect_match(r"\r\n(\d{15})\r\n\r\nOK\r\n")[1])
            host.upload("NVRAM:CA0", b"certificate of %d" % i)
    assert len(set(imeis)) == 3
    for i in range(3):
        with Host(f"{world.directory}/link-{i}", echo=False) as host:
            host.check_file("NVRAM:CA0", b"certificate of %d" % i)
    program.stop()
    assert sorted(path.name for path in (world.directory / "nvram").iterdir()) == ["fleet-0", "fleet-1", "fleet-2"]
    assert not list(world.directory.glob("link-*"))


def watches(pid):
    """The inotify instances of a process, and how many files each of them watches."""
    instances = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        if os.readlink(descriptor) == "anon_inode:inotify":
            information = (Path(f"/proc/{pid}/fdinfo") / descriptor.name).read_text()
            instances.append(information.count("inotify wd:"))
    return instances


def test_one_watch_for_the_ptys_of_all_modules(world):
    """A user has but 128 of them; without one a pty has to be polled."""
    program = world.start("-p", "instant", "--ephemeral", "--count", "20")
    places = ready_lines(program, 20)
    assert watches(program.pid) == [20]
    for _, tty in places:
        with Host(tty) as host:
            host.nothing_more()
    program.stop()


def test_command_gets_all_of_them(world):
    done = world.run("run", "--count", "2", "--", "sh", "-c", 'echo "$QUASIMODEM_TTY $QUASIMODEM_TTY_0 $QUASIMODEM_TTY_1"')
    first, zero, one = done.stdout.decode().split()
    assert first == zero != one


def drive(index, tty, port, barrier, outcomes):
    """A host of its own: TLS to the peer and back, with bytes that no other host sends."""
    try:
        with Host(tty) as plain:
            plain.echo_off()
            plain.bring_up("AT+QIMUX=1")
            host = SecureHost(plain)
            host.configure(sslversion=3, ciphersuite='"0X0035"')
            assert host.open(0, "127.0.0.1", port) == 0
            barrier.wait()  # all of them are connected now
            for turn in range(5):
                data = b"%02d-%02d " % (index, turn) * 200
                assert host.send(0, data)
                assert host.receive(0, len(data)) == data
            host.close(0)
            plain.nothing_more()
        outcomes[index] = "ok"
    except BaseException as error:  # noqa: BLE001: told by the test
        barrier.abort()
        outcomes[index] = repr(error)


def test_64_modules_with_a_tls_connection_each(world):
    peer = world.start("peer", "tls-echo")
    port = int(peer.read_line().rsplit(":", 1)[1])
    program = world.start("-p", "instant", "--ephemeral", "--count", MANY)
    places = ready_lines(program, MANY)
    assert [name for name, _ in places] == [f"m95-{i}" for i in range(MANY)]
    outcomes = [None] * MANY
    barrier = threading.Barrier(MANY)
    hosts = [
        threading.Thread(target=drive, args=[i, tty, port, barrier, outcomes], daemon=True)
        for i, (_, tty) in enumerate(places)
    ]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
    assert outcomes == ["ok"] * MANY
    program.stop()
    assert world.runtime_files() == []
