# SPDX-License-Identifier: Apache-2.0
"""AT+QMT* against mosquitto, plain and over TLS, with mosquitto's own clients as the other side."""

import contextlib
import os
import shutil
import socket
import subprocess

import pytest

from support import CTRL_Z, ERROR, OK, WATCHDOG, Deadline, as_bytes, free_port, wait_until

BROKER = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(
    not BROKER or not shutil.which("mosquitto_sub"), reason="no mosquitto (mosquitto, mosquitto-clients)"
)
BINARY = bytes(range(256)) * 5 + b"\x1a\x1b\r\n\0"


class Broker:
    """mosquitto with a plain listener, one of TLS, and one of TLS that demands a certificate."""

    def __init__(self, directory, pki, *settings):
        self.plain, self.secure, self.mutual = free_port(), free_port(), free_port()
        lines = ["per_listener_settings false", "user root", *(settings or ["allow_anonymous true"])]
        lines.append(f"listener {self.plain} 127.0.0.1")
        for port, demands in ((self.secure, "false"), (self.mutual, "true")):
            lines.append(f"listener {port} 127.0.0.1")
            lines += [f"cafile {pki / 'ca.crt'}", f"certfile {pki / 'server.crt'}", f"keyfile {pki / 'server.key'}"]
            lines.append(f"require_certificate {demands}")
        config = directory / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        self.log = directory / "mosquitto.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([BROKER, "-v", "-c", config], stdout=log, stderr=log)
        for port in (self.plain, self.secure, self.mutual):
            wait_until(lambda: self._listens(port), f"mosquitto at {port}: {self.log}")

    def _listens(self, port):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False

    def subscriptions(self):
        return self.log.read_bytes().count(b"Sending SUBACK")

    def publish(self, topic, payload, *options):
        command = ["mosquitto_pub", "-p", str(self.plain), "-t", topic, "-s", *options]
        subprocess.run(command, input=as_bytes(payload), check=True, timeout=WATCHDOG)

    def close(self):
        self.process.terminate()
        self.process.wait(WATCHDOG)


class Listener:
    """mosquitto_sub: each message as topic, QoS, retain flag and payload."""

    def __init__(self, broker, topic, qos=2):
        before = broker.subscriptions()
        command = ["mosquitto_sub", "-p", str(broker.plain), "-t", topic, "-q", str(qos), "-F", "got %t %q %r %x"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
        wait_until(lambda: broker.subscriptions() > before, "the subscription of mosquitto_sub")

    def _line(self):
        line = b""
        deadline = Deadline("a message at mosquitto_sub")
        while not line.endswith(b"\n"):
            deadline.readable(self.process.stdout)
            block = self.process.stdout.read(1)
            assert block, "mosquitto_sub ended"
            line += block
        return line

    def next(self):
        _, topic, qos, retain, *payload = self._line().split()
        return topic.decode(), int(qos), int(retain), bytes.fromhex(b"".join(payload).decode())

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def broker(tmp_path, pki):
    broker = Broker(tmp_path, pki)
    yield broker
    broker.close()


@pytest.fixture
def listen(broker):
    with contextlib.ExitStack() as stack:

        def start(*arguments):
            listener = Listener(broker, *arguments)
            stack.callback(listener.close)
            return listener

        yield start


@pytest.fixture
def host(module):
    with module("--firmware", "mqtt=on", "--rtc", "2016-02-29T12:00:00Z").host() as host:
        host.bring_up()
        yield host


def later(host, command, line):
    host.exchange(command, f"{OK}\r\n{line}\r\n")


def connect(host, port, client="meter7", answer=0):
    later(host, f'AT+QMTOPEN=0,"127.0.0.1",{port}', "+QMTOPEN: 0,0")
    later(host, f'AT+QMTCONN=0,"{client}"', f"+QMTCONN: 0,0,{answer}")


def publish(host, head, payload, line):
    """By its length, and so every byte."""
    host.exchange(f"AT+QMTPUB=0,{head},{len(payload)}", "\r\n> ")
    host.send(payload)
    host.expect(f"{OK}\r\n{line}\r\n")


@pytest.mark.parametrize("version", (0, 1))
def test_messages_of_every_qos_both_ways(host, broker, listen, version):
    host.exchange(f'AT+QMTCFG="VERSION",0,{version}')
    listener = listen("up/#")
    connect(host, broker.plain)
    later(host, 'AT+QMTSUB=0,1,"down/0",0,"down/1",1,"down/2",2', "+QMTSUB: 0,1,0,0,1,2")
    for qos in range(3):
        number = 10 + qos if qos else 0
        publish(host, f'{number},{qos},0,"up/{qos}"', BINARY, f"+QMTPUB: 0,{number},0")
        assert listener.next() == (f"up/{qos}", qos, 0, BINARY)
        broker.publish(f"down/{qos}", BINARY, "-q", "2")
        host.expect_match(rf'\r\n\+QMTRECV: 0,{r"[1-9]" if qos else 0},"down/{qos}","')
        host.expect(BINARY + b'"\r\n')
    host.exchange('AT+QMTPUB=0,0,0,0,"up/typed"', "\r\n> ")
    host.send(b"21.5" + CTRL_Z)
    host.expect(f"{OK}\r\n+QMTPUB: 0,0,0\r\n")
    assert listener.next() == ("up/typed", 0, 0, b"21.5")
    later(host, 'AT+QMTPUB=0,9,1,0,"up/at/once","x"', "+QMTPUB: 0,9,0")
    assert listener.next() == ("up/at/once", 1, 0, b"x")
    later(host, 'AT+QMTUNS=0,5,"down/0"', "+QMTUNS: 0,5,0")
    broker.publish("down/0", "unheard")
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    host.nothing_more()


def test_will_and_retained_messages(host, broker, listen):
    listener = listen("m/#")
    host.exchange('AT+QMTCFG="WILL",0,1,1,1,"m/7/state","lost"')
    connect(host, broker.plain)
    publish(host, '1,1,1,"m/7/state"', b"up", "+QMTPUB: 0,1,0")
    assert listener.next() == ("m/7/state", 1, 0, b"up")
    later(host, 'AT+QMTSUB=0,2,"m/7/state",1', "+QMTSUB: 0,2,0,1")
    host.expect('\r\n+QMTRECV: 0,1,"m/7/state","up"\r\n')
    later(host, "AT+QMTCLOSE=0", "+QMTCLOSE: 0,0")
    assert listener.next() == ("m/7/state", 1, 0, b"lost")
    connect(host, broker.plain)
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    late = listen("m/7/state")
    assert late.next() == ("m/7/state", 1, 1, b"lost")


def test_a_kept_session_gets_what_it_missed(host, broker):
    for setting in ('"SESSION",0,0', '"VERSION",0,1'):
        host.exchange(f"AT+QMTCFG={setting}")
    connect(host, broker.plain)
    later(host, 'AT+QMTSUB=0,1,"cmd",2', "+QMTSUB: 0,1,0,2")
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    broker.publish("cmd", "on", "-q", "2")
    connect(host, broker.plain)
    host.expect_match(r'\r\n\+QMTRECV: 0,\d+,"cmd","on"\r\n')


def test_tls_that_verifies(host, broker, listen, pki):
    host.upload("RAM:ca.pem", (pki / "ca.crt").read_bytes())
    for setting in ('"cacert",2,"RAM:ca.pem"', '"seclevel",2,1', '"sslversion",2,4', '"ciphersuite",2,"0XFFFF"'):
        host.exchange(f"AT+QSSLCFG={setting}")
    host.exchange('AT+QMTCFG="SSL",0,1,2')
    listener = listen("t")
    connect(host, broker.secure)
    publish(host, '3,2,0,"t"', BINARY, "+QMTPUB: 0,3,0")
    assert listener.next() == ("t", 2, 0, BINARY)
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    # Without a certificate of its own the module is not let in where one is demanded.
    later(host, f'AT+QMTOPEN=0,"127.0.0.1",{broker.mutual}', "+QMTOPEN: 0,-1")


def test_tls_with_a_client_certificate(host, broker, pki):
    for name, file in (("ca", "ca.crt"), ("client", "client.crt"), ("key", "client.key")):
        host.upload(f"RAM:{name}.pem", (pki / file).read_bytes())
    for setting in (
        '"cacert",1,"RAM:ca.pem"',
        '"clientcert",1,"RAM:client.pem"',
        '"clientkey",1,"RAM:key.pem"',
        '"seclevel",1,2',
        '"sslversion",1,3',
    ):
        host.exchange(f"AT+QSSLCFG={setting}")
    host.exchange('AT+QMTCFG="SSL",0,1,1')
    connect(host, broker.mutual)
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")


def test_a_broker_that_wants_a_password(host, tmp_path, pki):
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "u", "right"], check=True, timeout=WATCHDOG)
    broker = Broker(tmp_path, pki, "allow_anonymous false", f"password_file {passwords}")
    try:
        later(host, f'AT+QMTOPEN=0,"127.0.0.1",{broker.plain}', "+QMTOPEN: 0,0")
        later(host, 'AT+QMTCONN=0,"meter7","u","wrong"', "+QMTCONN: 0,0,5\r\n\r\n+QMTSTAT: 0,1")
        later(host, f'AT+QMTOPEN=0,"127.0.0.1",{broker.plain}', "+QMTOPEN: 0,0")
        later(host, 'AT+QMTCONN=0,"meter7","u","right"', "+QMTCONN: 0,0,0")
    finally:
        broker.close()
    host.expect("\r\n+QMTSTAT: 0,1\r\n")
    host.exchange('AT+QMTPUB=0,0,0,0,"x"', ERROR)
    later(host, f'AT+QMTOPEN=0,"127.0.0.1",{broker.plain}', "+QMTOPEN: 0,-1")
