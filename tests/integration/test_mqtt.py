# SPDX-License-Identifier: Apache-2.0
"""AT+QMT* against mosquitto, plain and over TLS, with mosquitto's own clients as the other side, and against
`quasimodem peer mqtt`, which speaks what mosquitto does not speak any more."""

import contextlib
import os
import shutil
import socket
import struct
import subprocess

import pytest

from peer_support import EchoServer, context
from support import CTRL_Z, ERROR, OK, WATCHDOG, Deadline, as_bytes, free_port, receive_exactly, wait_until

BROKER = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
needs_mosquitto = pytest.mark.skipif(
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


@contextlib.contextmanager
def meter(module, *options):
    with module("--firmware", "mqtt=on", "--rtc", "2016-02-29T12:00:00Z", *options).host() as host:
        host.bring_up()
        yield host


@pytest.fixture
def host(module):
    with meter(module) as host:
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


@needs_mosquitto
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


@needs_mosquitto
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


@needs_mosquitto
def test_a_kept_session_gets_what_it_missed(host, broker):
    for setting in ('"SESSION",0,0', '"VERSION",0,1'):
        host.exchange(f"AT+QMTCFG={setting}")
    connect(host, broker.plain)
    later(host, 'AT+QMTSUB=0,1,"cmd",2', "+QMTSUB: 0,1,0,2")
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    broker.publish("cmd", "on", "-q", "2")
    connect(host, broker.plain)
    host.expect_match(r'\r\n\+QMTRECV: 0,\d+,"cmd","on"\r\n')


@needs_mosquitto
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


@needs_mosquitto
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


@needs_mosquitto
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


# ---- quasimodem peer mqtt ----


def text(words):
    return struct.pack(">H", len(words)) + as_bytes(words)


class RawClient:
    """One of MQTT 3.1.1 that says just what the test says. Its will is `last` on w/NAME."""

    def __init__(self, server, name, keep_alive_s=0, tls=None):
        self.socket = server.connect()
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        head = text("MQTT") + bytes([4, 0x02 | 0x04]) + struct.pack(">H", keep_alive_s)
        self.say(0x10, head + text(name) + text(f"w/{name}") + text("last"))
        self.hears(b"\x20\x02\0\0")

    def say(self, kind, body):
        assert len(body) < 128
        self.socket.sendall(bytes([kind, len(body)]) + body)

    def subscribe(self, topic):
        self.say(0x82, struct.pack(">H", 1) + text(topic) + b"\0")
        self.hears(b"\x90\x03\0\x01\0")

    def hears(self, octets):
        assert receive_exactly(self.socket, len(octets)) == octets

    def hears_message(self, topic, payload):
        body = text(topic) + as_bytes(payload)
        self.hears(bytes([0x30, len(body)]) + body)

    def close(self):
        self.socket.close()


@pytest.fixture
def raw():
    with contextlib.ExitStack() as stack:

        def start(*arguments, **options):
            client = RawClient(*arguments, **options)
            stack.callback(client.close)
            return client

        yield start


each_way = pytest.mark.parametrize("options, tls", (((), None), (("--tls",), context(None))), ids=("plain", "tls"))


def test_ssl_3_with_rc4_from_our_own_broker(world, host):
    """What nobody in Debian speaks any more."""
    server = EchoServer(world, "mqtt", "--tls", "--versions", "ssl3", "--suites", "0x0005")
    for setting in ('"sslversion",0,0', '"ciphersuite",0,"0X0005"', '"ignorertctime",1'):
        host.exchange(f"AT+QSSLCFG={setting}")
    host.exchange('AT+QMTCFG="SSL",0,1,0')
    connect(host, server.port)
    later(host, 'AT+QMTSUB=0,1,"t/+",2', "+QMTSUB: 0,1,0,2")
    host.exchange(f'AT+QMTPUB=0,3,2,0,"t/1",{len(BINARY)}', "\r\n> ")
    host.send(BINARY)
    # Its own message comes back when the broker likes to, before or behind the result.
    said = host.read(len(f'{OK}\r\n+QMTPUB: 0,3,0\r\n\r\n+QMTRECV: 0,1,"t/1",""\r\n') + len(BINARY))
    assert b"\r\n+QMTPUB: 0,3,0\r\n" in said
    assert b'\r\n+QMTRECV: 0,1,"t/1","' + BINARY + b'"\r\n' in said
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    assert "SSL3.0 TLS_RSA_WITH_RC4_128_SHA" in server.connections(1)[0]


def test_clients_of_our_own_broker_hear_each_other(world, module, raw):
    server = EchoServer(world, "mqtt")
    with meter(module, "--name", "first") as first, meter(module, "--name", "second") as second:
        for host, name in ((first, "one"), (second, "two")):
            connect(host, server.port, name)
            later(host, f'AT+QMTSUB=0,1,"to/{name}",1,"w/+",0', "+QMTSUB: 0,1,0,1,0")
        publish(first, '2,1,0,"to/two"', b"hello", "+QMTPUB: 0,2,0")
        second.expect('\r\n+QMTRECV: 0,1,"to/two","hello"\r\n')
        publish(second, '2,2,0,"to/one"', BINARY, "+QMTPUB: 0,2,0")
        first.expect(b'\r\n+QMTRECV: 0,1,"to/one","' + BINARY + b'"\r\n')
        raw(server, "three").close()  # without DISCONNECT
        for host in (first, second):
            host.expect('\r\n+QMTRECV: 0,0,"w/three","last"\r\n')
            later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    server.connections(3)
    log = server.program.log()
    assert "mqtt.broker: published on to/two: 5 octets, QoS 1\n" in log
    assert "hello" not in log


@each_way
def test_keep_alive_of_our_own_broker(world, raw, options, tls):
    """Nothing else happens there: the broker's own clock ends a client that keeps silent."""
    server = EchoServer(world, "mqtt", *options)
    watcher = raw(server, "watcher", tls=tls)
    watcher.subscribe("w/#")
    silent = raw(server, "silent", keep_alive_s=1, tls=tls)
    watcher.hears_message("w/silent", "last")
    assert silent.socket.recv(1) == b""


def test_users_of_our_own_broker(world, host):
    server = EchoServer(world, "mqtt", "--user", "u:right:", "--user", "other:")
    for password, answer in (("right", "4\r\n\r\n+QMTSTAT: 0,1"), ("right:", "0")):
        later(host, f'AT+QMTOPEN=0,"127.0.0.1",{server.port}', "+QMTOPEN: 0,0")
        later(host, f'AT+QMTCONN=0,"meter7","u","{password}"', f"+QMTCONN: 0,0,{answer}")
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    server.connections(2)
    assert "right" not in server.program.log()


def test_faults_of_our_own_broker(world, host):
    server = EchoServer(world, "mqtt", *("--fault", "close@data", "--fault", "stall@data", "--fault", "none"))
    host.exchange('AT+QMTCFG="TIMEOUT",0,1,0,0')
    for result in ("+QMTCONN: 0,2\r\n\r\n+QMTSTAT: 0,1", "+QMTCONN: 0,2\r\n\r\n+QMTSTAT: 0,4", "+QMTCONN: 0,0,0"):
        later(host, f'AT+QMTOPEN=0,"127.0.0.1",{server.port}', "+QMTOPEN: 0,0")
        later(host, 'AT+QMTCONN=0,"meter7"', result)
    later(host, "AT+QMTDISC=0", "+QMTDISC: 0,0")
    assert [line.split(", ")[-1] for line in server.connections(3)][:2] == ["fault close@data", "fault stall@data"]


def test_our_own_broker_refuses(world, host):
    server = EchoServer(world, "mqtt", "--refuse", "3")
    later(host, f'AT+QMTOPEN=0,"127.0.0.1",{server.port}', "+QMTOPEN: 0,0")
    later(host, 'AT+QMTCONN=0,"meter7"', "+QMTCONN: 0,0,3\r\n\r\n+QMTSTAT: 0,1")


def test_our_own_broker_does_not_answer_a_ping(world, raw):
    client = raw(EchoServer(world, "mqtt", "--no-pingresp"), "one")
    client.say(0xC0, b"")
    client.subscribe("m")  # the answer to this is the next that it says


def test_our_own_broker_acknowledges_nothing_and_hangs_up(world, host, raw):
    server = EchoServer(world, "mqtt", "--no-acks", "--hang-up-after", "3")
    listener = raw(server, "listener")
    listener.subscribe("m")
    host.exchange('AT+QMTCFG="TIMEOUT",0,1,0,0')
    connect(host, server.port)
    for qos in (1, 2):
        publish(host, f'{qos},{qos},0,"m"', str(qos), f"+QMTPUB: 0,{qos},2")
        listener.hears_message("m", str(qos))
    later(host, 'AT+QMTPUB=0,0,0,0,"m","last"', "+QMTPUB: 0,0,0\r\n\r\n+QMTSTAT: 0,1")
    listener.hears_message("m", "last")


def test_our_own_broker_hangs_up_at_once(world, host):
    server = EchoServer(world, "mqtt", "--hang-up-after", "0")
    connect(host, server.port)
    host.expect("\r\n+QMTSTAT: 0,1\r\n")


def test_our_own_broker_refuses_subscriptions(world, host):
    server = EchoServer(world, "mqtt", "--no-subscriptions")
    connect(host, server.port)
    later(host, 'AT+QMTSUB=0,1,"a",0,"b",2', "+QMTSUB: 0,1,0,128,128")


@pytest.mark.parametrize(
    "given, told",
    (
        (("--refuse", "0"), "--refuse 0: no CONNACK has this code"),
        (("--refuse", "6"), "--refuse 6: no CONNACK has this code"),
        (("--hang-up-after", "-1"), "--hang-up-after -1: not a whole number"),
    ),
)
def test_ill_manners_that_cannot_be(world, given, told):
    done = world.run("peer", "mqtt", *given)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(f"error: {told}".encode())


@each_way
def test_our_own_broker_stops_with_clients_under_way(world, raw, options, tls):
    """Those that go with it leave wills for one another."""
    server = EchoServer(world, "mqtt", *options)
    for name in ("one", "two", "three"):
        raw(server, name, tls=tls).subscribe("w/#")
    server.program.stop()


@pytest.mark.parametrize("given", ("secret", ":secret"))
def test_a_user_without_name_is_told_without_the_password(world, given):
    done = world.run("peer", "mqtt", "--user", given)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"error: --user: there is no name") and b"secret" not in done.stderr


def test_once_of_our_own_broker(world, raw):
    server = EchoServer(world, "mqtt", "--once")
    raw(server, "only").close()
    assert server.program.wait() == 0
