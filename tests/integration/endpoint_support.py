# SPDX-License-Identifier: Apache-2.0
"""Hosts that reach the UART in other ways than a pty: pyserial's URLs, plain sockets, programs."""

import os
import socket
import subprocess

import serial
import serial.rfc2217

from support import WATCHDOG, Host, as_bytes

DCD, RI, DSR, CTS = 0x80, 0x40, 0x20, 0x10
RI_ENDED = 0x04


def host_and_port(url):
    """Of `tcp-listen:HOST:PORT` and the like."""
    name, port = url.split(":", 1)[1].rsplit(":", 1)
    return name, int(port)


class RecordingRfc2217(serial.rfc2217.Serial):
    """pyserial's client, which also keeps every state of the modem lines it is told: a pulse is not missed."""

    def __init__(self, *arguments, **options):
        self.states = []
        super().__init__(*arguments, **options)

    def _telnet_process_subnegotiation(self, suboption):
        if suboption[:2] == serial.rfc2217.COM_PORT_OPTION + serial.rfc2217.SERVER_NOTIFY_MODEMSTATE:
            self.states.append(suboption[2])
        super()._telnet_process_subnegotiation(suboption)


class UrlHost(Host):
    """A host at a pyserial URL."""

    def __init__(self, port, echo=True):
        self.port = port
        self.port.timeout = WATCHDOG
        self.echo = echo
        self.unread = b""

    def _receive(self, deadline):
        deadline.left()
        block = self.port.read(1)
        assert block, f"nothing came; the last was {self.unread!r}"
        self.unread += block + self.port.read(self.port.in_waiting)


def rfc2217_host(url, **options):
    name, port = host_and_port(url)
    return UrlHost(RecordingRfc2217(f"rfc2217://{name}:{port}", 115200, **options))


def tcp_host(url):
    name, port = host_and_port(url)
    return UrlHost(serial.serial_for_url(f"socket://{name}:{port}"))


class PlainSocketHost(Host):
    """A host at a connected socket."""

    def __init__(self, connection, echo=True):
        self.port = connection
        self.port.setblocking(True)
        self.echo = echo
        self.unread = b""

    def send(self, data):
        self.port.sendall(as_bytes(data))


def unix_host(url):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(url.removeprefix("unix:"))
    return PlainSocketHost(connection)


class ProgramHost(Host):
    """A host that speaks through the standard streams of a program."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(
            [*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, **options
        )
        self.port = self.process.stdout
        self.echo = True
        self.unread = b""

    def send(self, data):
        os.write(self.process.stdin.fileno(), as_bytes(data))

    def close(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
