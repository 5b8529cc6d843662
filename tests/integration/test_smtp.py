# SPDX-License-Identifier: Apache-2.0
"""AT+QSMTP* against mail servers that are not ours: aiosmtpd in clear, over TLS and with STARTTLS, and exim4, whose
GnuTLS still speaks 3DES and RC4. What they got is taken apart by Python's email. And `quasimodem peer smtp`, with the
module and with Python's smtplib."""

import email
import email.policy
import re
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from peer_support import EchoServer, context
from support import OK, WATCHDOG, free_port, listens, wait_until
from tls_support import SERVED_ENVIRONMENT, served

SPRING_2015 = "15/04/08,12:00:00+00"
FILE = bytes(range(256)) * 400  # 102,400
SUBJECT = "Grüße vom Zähler, und zwar so viele, dass sie in eine Zeile nicht passen"
BODY = "All is well.\n.\n..and a dot\n"


class MailHost:
    """A host that knows AT+QSMTP*."""

    def __init__(self, host, port, style=0):
        self.host = host
        host.exchange("AT+CMEE=1")
        for line in (
            f'SRV="127.0.0.1",{port}',
            'USER="u"',
            'PWD="p"',
            'NAME="Meter 7"',
            'ADDR="meter7@example.org"',
            f'SUB=1,"{SUBJECT}"'.encode().decode("latin-1"),  # as the octets of UTF-8
        ):
            host.exchange(f"AT+QSMTP{line}")
        for count, (kind, name) in enumerate(((1, "a"), (2, "b"), (3, "c")), 1):
            host.exchange(f'AT+QSMTPDST=1,{kind},"{name}@example.org"', f"\r\n+QSMTPDST: {count}\r\n{OK}")
        host.exchange(f'AT+QSSLCFG="smtpstyle",{style}')
        host.exchange('AT+QSSLCFG="smtpsctxi",0')

    def body(self, text, charset=1):
        octets = text.encode()
        self.host.exchange(f"AT+QSMTPBODY={charset},10", f"{OK}\r\nCONNECT\r\n")
        self.host.send(octets)
        time.sleep(1.1)  # the guard times of +++
        self.host.send("+++")
        self.host.expect(f"\r\n+QSMTPBODY: {len(octets)}\r\n")

    def attach(self, name, content):
        self.host.exchange(f'AT+QSMTPATT="{name}",{len(content)},30', f"{OK}\r\nCONNECT\r\n")
        self.host.send(content)
        self.host.expect(f"\r\n+QSMTPATT: {len(content)}\r\n")

    def put(self, result=0):
        self.host.exchange("AT+QSMTPPUT")
        self.host.expect(f"\r\n+QSMTPPUT: {result}\r\n")


def check_message(octets, body, attachments):
    """Read as a mail program does."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert not message.defects
    assert message["From"].addresses[0].display_name == "Meter 7"
    addresses = {name: [a.addr_spec for a in message[name].addresses] for name in ("From", "To", "Cc")}
    assert addresses == {"From": ["meter7@example.org"], "To": ["a@example.org"], "Cc": ["b@example.org"]}
    assert message["Bcc"] is None
    assert message["Subject"] == SUBJECT
    assert b"c@example.org" not in octets
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert not any(part.defects for part in parts)
    text = parts[0].get_payload(decode=True).decode(parts[0].get_content_charset())
    assert text.replace("\r\n", "\n").rstrip("\n") == body.rstrip("\n")
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in parts[1:]] == attachments


# ---- aiosmtpd ----


class Box:
    """A handler of aiosmtpd that keeps what it gets."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, session, envelope):
        self.mails.append((session.ssl is not None, envelope))  # by STARTTLS
        return "250 kept"


def old_tls(pki):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(pki / "server.crt", pki / "server.key")
    return context


@pytest.fixture
def aiosmtpd():
    """`aiosmtpd(style, pki)` is (port, Box) of a server with user u, password p."""
    controller = pytest.importorskip("aiosmtpd.controller", reason="no python3-aiosmtpd")
    from aiosmtpd.smtp import SMTP, AuthResult

    started = []

    def authenticate(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"u", b"p"), handled=False)

    def start(style, pki, **options):
        box = Box()
        options = {"auth_required": True, "auth_require_tls": False, "authenticator": authenticate, **options}
        if style == 2:
            options |= {"tls_context": old_tls(pki), "require_starttls": True, "auth_require_tls": True}

        class Served(controller.Controller):
            def factory(self):
                return SMTP(self.handler, **options)

        server = Served(box, hostname="127.0.0.1", port=free_port(), ssl_context=old_tls(pki) if style == 1 else None)
        server.start()
        started.append(server)
        return server.port, box

    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize("style", [0, 1, 2])
def test_aiosmtpd(module, pki, aiosmtpd, style):
    port, box = aiosmtpd(style, pki)
    with module().host() as host:
        host.exchange(f'AT+CCLK="{SPRING_2015}"')
        host.upload("RAM:ca", (pki / "ca.crt").read_bytes())
        for setting in ('"seclevel",0,1', '"cacert",0,"RAM:ca"'):
            host.exchange(f"AT+QSSLCFG={setting}")
        mail = MailHost(host, port, style)
        mail.body(BODY)
        mail.put()
        mail.attach("all.bin", FILE)
        mail.attach("log.txt", b"line 1\n")
        mail.body("Grüße\n")
        mail.put()
        host.exchange('AT+QSMTPPWD="wrong"')
        mail.put(-1)
        host.nothing_more()
    assert [upgraded for upgraded, _ in box.mails] == [style == 2] * 2
    for _, envelope in box.mails:
        assert envelope.mail_from == "meter7@example.org"
        assert envelope.rcpt_tos == ["a@example.org", "b@example.org", "c@example.org"]
    check_message(box.mails[0][1].content, BODY, [])
    check_message(box.mails[1][1].content, "Grüße", [("all.bin", FILE), ("log.txt", b"line 1\n")])


@pytest.mark.parametrize("version", [1, 2, 3])
def test_starttls_with_each_version(module, pki, aiosmtpd, version):
    port, box = aiosmtpd(2, pki)
    with module().host() as host:
        host.exchange(f'AT+QSSLCFG="sslversion",0,{version}')
        mail = MailHost(host, port, 2)
        mail.body("x")
        mail.put()
    assert len(box.mails) == 1


def test_a_server_without_starttls_gets_nothing(module, pki, aiosmtpd):
    port, box = aiosmtpd(0, pki)
    program = module()
    with program.host() as host:
        MailHost(host, port, 2).put(-1)
    assert not box.mails
    assert "STARTTLS is not offered by the server" in program.log()


# ---- exim4 ----


class Exim:
    """exim4 that takes every mail of user u, password p, into its queue."""

    def __init__(self, folder, pki, ciphers):
        self.spool = folder / "spool"
        self.spool.mkdir()
        self.port, self.secure_port = free_port(), free_port()
        for name in ("server.crt", "server.key"):
            (folder / name).write_bytes((pki / name).read_bytes())
            (folder / name).chmod(0o644)
        self.log = folder / "log"
        (folder / "conf").write_text(
            f"""
exim_user = nobody
exim_group = nogroup
spool_directory = {self.spool}
log_file_path = {folder}/log-%s
primary_hostname = mail.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {self.port} : {self.secure_port}
tls_on_connect_ports = {self.secure_port}
tls_advertise_hosts = *
tls_certificate = {folder}/server.crt
tls_privatekey = {folder}/server.key
tls_require_ciphers = {ciphers}
tls_dhparam = none
keep_environment =
log_selector = +tls_cipher
queue_only
host_lookup =
rfc1413_hosts =
acl_smtp_mail = take
acl_smtp_rcpt = take
begin acl
take:
  require authenticated = *
  accept
begin authenticators
login:
  driver = plaintext
  public_name = LOGIN
  server_advertise_condition = ${{if def:tls_in_cipher}}
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{u}}}}{{eq{{$auth2}}{{p}}}}}}}}
  server_set_id = $auth1
"""
        )
        for path in (folder, self.spool):
            path.chmod(0o777)
        self.folder = folder
        # Debian's wants its user to be there, as which its package would install it: for this process it is.
        mounts = ""
        for file, entry in (("passwd", "Debian-exim:x:65534:65534::/:/bin/false"), ("group", "Debian-exim:x:65534:")):
            if f"{entry.split(':')[0]}:" not in Path(f"/etc/{file}").read_text():
                (folder / file).write_text(Path(f"/etc/{file}").read_text() + entry + "\n")
                mounts += f"mount --bind {folder}/{file} /etc/{file} && "
        exim = [served("exim4"), "-C", folder / "conf", "-bdf"]
        self.process = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", mounts + 'exec "$@"', "exim", *exim] if mounts else exim,
            env=SERVED_ENVIRONMENT,
            stdout=open(folder / "said", "wb"),
            stderr=subprocess.STDOUT,
        )
        wait_until(lambda: self.process.poll() is not None or listens(self.secure_port), "exim4")
        if self.process.poll() is not None:
            said = (folder / "said").read_text()
            self.process.wait()
            pytest.skip(f"exim4 does not start here: {said}")

    def mails(self):
        """Header and body of each, as they are in the spool."""
        found = []
        for data in sorted((self.spool / "input").rglob("*-D")):
            head = data.with_name(data.name[:-1] + "H").read_bytes()
            lines = head.split(b"\n\n", 1)[1]
            # `037P Received: …`: size, flag, header; the first one is exim's own
            header, at = b"", 0
            while at < len(lines.rstrip(b"\n")):
                size, flag = re.match(rb"(\d+)(.) ", lines[at:]).groups()
                begin = at + len(size) + 2
                if flag not in b"*":
                    header += lines[begin : begin + int(size)]
                at = begin + int(size)
            found.append(header + b"\n" + data.read_bytes().split(b"\n", 1)[1])
        return found

    def said(self):
        return (self.folder / "log-main").read_text()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def reached():
    """A folder for exim's own user, to whom one of pytest's is closed."""
    with tempfile.TemporaryDirectory(prefix="quasimodem-exim-") as folder:
        yield Path(folder)


OLD = "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+RSA:+3DES-CBC:+ARCFOUR-128:+MD5:+SHA1:+AES-256-CBC:+SHA256:%COMPAT"


@pytest.mark.parametrize(
    "style, version, suite, name",
    [
        (2, 3, "0X0035", "AES_256_CBC"),
        (2, 1, "0X000A", "3DES"),
        (2, 2, "0X0005", "ARCFOUR_128"),
        (1, 1, "0X0004", "ARCFOUR_128"),
        (1, 3, "0X003D", "AES_256_CBC"),
    ],
)
def test_exim(module, pki, reached, style, version, suite, name):
    with Exim(reached, pki, OLD) as exim, module().host() as host:
        host.exchange(f'AT+QSSLCFG="sslversion",0,{version}')
        host.exchange(f'AT+QSSLCFG="ciphersuite",0,"{suite}"')
        mail = MailHost(host, exim.secure_port if style == 1 else exim.port, style)
        mail.body(BODY)
        mail.attach("all.bin", FILE)
        mail.put()
        host.exchange('AT+QSMTPPWD="wrong"')
        mail.put(-1)
        host.nothing_more()
        mails = exim.mails()
        said = exim.said()
    assert len(mails) == 1
    check_message(mails[0], BODY, [("all.bin", FILE)])
    assert name in said.replace("-", "_")


# ---- quasimodem peer smtp ----


@pytest.fixture
def mailbox(tmp_path):
    folder = tmp_path / "mailbox"
    folder.mkdir()
    return folder


@pytest.fixture
def own(pki):
    """The options for a server with a certificate of the test CA."""
    return "--cert", pki / "server.crt", "--key", pki / "server.key"


def sent_by(client, text="Subject: x\r\n\r\n..\r\nhello\r\n"):
    client.sendmail("a@example.org", ["b@example.org", "c@example.org"], text)


class Clear:
    """A connection whose client says what it likes, when it likes."""

    def __init__(self, server):
        self.socket = server.connect()
        self.file = self.socket.makefile("rb")

    def say(self, octets):
        self.socket.sendall(octets)

    def answer(self):
        while line := self.file.readline():
            if line[3:4] == b" ":
                return line.decode().rstrip()
        return ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


@pytest.mark.parametrize("way", ["--tls", "--starttls"])
def test_ssl_3_with_rc4_from_our_own_server(world, module, mailbox, way):
    """What nobody in Debian speaks any more."""
    options = (way, "--versions", "ssl3", "--suites", "0x0005", "--user", "u:p", "--mailbox", mailbox)
    server = EchoServer(world, "smtp", *options)
    with module().host() as host:
        for setting in ('"sslversion",0,0', '"ciphersuite",0,"0X0005"', '"ignorertctime",1'):
            host.exchange(f"AT+QSSLCFG={setting}")
        mail = MailHost(host, server.port, 1 if way == "--tls" else 2)
        mail.body(BODY)
        mail.attach("all.bin", FILE)
        mail.put()
        host.exchange('AT+QSMTPPWD="wrong"')
        mail.put(-1)
        host.nothing_more()
    first, second = server.connections(2)
    assert first.startswith("SSL3.0 TLS_RSA_WITH_RC4_128_SHA, no client certificate, ")
    assert second.startswith("SSL3.0 TLS_RSA_WITH_RC4_128_SHA, ")
    (file,) = mailbox.iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("0001.eml", 0o600)
    envelope, rest = file.read_bytes().split(b"\r\nDelivered-To: c@example.org\r\n")
    assert envelope.split(b"\r\n") == [
        b"Return-Path: <meter7@example.org>",
        b"Delivered-To: a@example.org",
        b"Delivered-To: b@example.org",
    ]
    check_message(rest, BODY, [("all.bin", FILE)])
    log = server.program.log()
    to = ", ".join(f"<{name}@example.org>" for name in "abc")
    assert f"mail from <meter7@example.org> to {to}, {len(rest)} B, over TLS, user u, in {file}\n" in log
    assert "All is well" not in log and "wrong" not in log


def test_a_line_for_each_mail_and_nothing_kept(world):
    server = EchoServer(world, "smtp")
    with smtplib.SMTP("127.0.0.1", server.port, timeout=WATCHDOG) as client:
        client.ehlo()
        assert not client.has_extn("auth") and not client.has_extn("starttls")
        sent_by(client)
        sent_by(client, "Subject: the second\r\n\r\n")
    assert server.connections(1)[0].endswith(", ended by the server")
    mails = re.findall(r"mail from .*", server.program.log())
    to = "<b@example.org>, <c@example.org>"
    assert mails == [f"mail from <a@example.org> to {to}, {size} B, in clear" for size in (25, 23)]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_smtplib_with_starttls(world, pki, own, mailbox, version):
    server = EchoServer(world, "smtp", "--starttls", *own, "--user", "u:p:q", "--mailbox", mailbox)
    for mechanism in ("PLAIN", "LOGIN"):
        with smtplib.SMTP("127.0.0.1", server.port, timeout=WATCHDOG) as client:
            client.ehlo()
            assert client.has_extn("starttls") and not client.has_extn("auth")
            with pytest.raises(smtplib.SMTPSenderRefused) as refused:
                sent_by(client)
            assert refused.value.smtp_code == 530
            assert client.docmd("AUTH", "PLAIN AHUAcDpx")[0] == 502  # not in clear
            made = context(pki, version)
            made.check_hostname = False
            client.starttls(context=made)
            client.ehlo()
            assert not client.has_extn("starttls")
            assert client.esmtp_features["auth"].split() == ["LOGIN", "PLAIN"]
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("u", "wrong")
            client.esmtp_features["auth"] = mechanism
            client.login("u", "p:q")
            sent_by(client)
    files = sorted(mailbox.iterdir())
    assert [file.name for file in files] == ["0001.eml", "0002.eml"]
    for file in files:
        assert file.read_bytes().endswith(b"Delivered-To: c@example.org\r\nSubject: x\r\n\r\n..\r\nhello\r\n")
    for line in server.connections(2):
        assert line.startswith(("TLS1.0 ", "TLS1.1 ", "TLS1.2 ")[version - 1]) and line.endswith(", ended by the server")


def test_smtplib_over_tls(world, pki, own):
    server = EchoServer(world, "smtp", "--tls", *own, "--user", "u:p", "--once")
    with smtplib.SMTP_SSL("127.0.0.1", server.port, timeout=WATCHDOG, context=context(pki)) as client:
        client.login("u", "p")
        sent_by(client)
    assert server.program.wait() == 0
    assert "B, over TLS, user u\n" in server.program.log()


@pytest.mark.parametrize("piece", ["with it", "alone"])
def test_what_follows_starttls_in_clear_is_neither_command_nor_tls(world, piece):
    """As in CVE-2011-0411: somebody in between puts commands behind STARTTLS, for the server to take them as the client's."""
    server = EchoServer(world, "smtp", "--starttls", "-v")
    injected = b"EHLO y\r\nMAIL FROM:<injected@example.org>\r\n"
    with Clear(server) as client:
        assert client.answer().startswith("220 ")
        client.say(b"EHLO x\r\n")
        assert client.answer().startswith("250 ")
        if piece == "with it":
            client.say(b"STARTTLS\r\n" + injected)
            assert client.answer() == "554 nothing may follow STARTTLS"
        else:
            client.say(b"STARTTLS\r\n")
            assert client.answer().startswith("220 ")
            client.say(injected)  # read as TLS, which it is not
            client.socket.shutdown(socket.SHUT_WR)
        assert b"250" not in client.file.read()
    expected = "ended by the server" if piece == "with it" else "handshake failed: "
    assert expected in server.connections(1)[0]
    commands = re.findall(r"smtp: (EHLO.*|STARTTLS|MAIL.*)", server.program.log())
    assert commands == ["EHLO x", "STARTTLS"]


def test_a_mail_that_cannot_be_kept_is_refused(world, mailbox):
    server = EchoServer(world, "smtp", "--mailbox", mailbox)
    with smtplib.SMTP("127.0.0.1", server.port, timeout=WATCHDOG) as client:
        (mailbox / "0001.eml").write_text("was here before")
        sent_by(client)
        assert (mailbox / "0001.eml").read_text() == "was here before"
        (mailbox / "0002.eml").unlink()
        (mailbox / "0001.eml").unlink()
        mailbox.rmdir()
        with pytest.raises(smtplib.SMTPDataError) as refused:
            sent_by(client)
        assert refused.value.smtp_code == 451
    assert f"a mail cannot be kept: {mailbox}/0002.eml: No such file or directory" in server.program.log()


@pytest.mark.parametrize(
    "fault, ending",
    [
        ("reset@accept", "0 B in, 0 B out, fault reset@accept"),
        ("close@connected", "fault close@connected"),
        ("alert:internal_error@finished", "fault alert:internal_error@finished"),
        ("garbage@data", "fault garbage@data"),
    ],
)
def test_faults_with_starttls(world, module, fault, ending):
    """Each second connection is in order."""
    server = EchoServer(world, "smtp", "--starttls", "--user", "u:p", "--fault", fault, "--fault", "none")
    with module().host() as host:
        mail = MailHost(host, server.port, 2)
        mail.body("x")
        host.exchange("AT+QSMTPPUT")
        host.expect_match(rb"\r\n\+QSMTPPUT: -\d+\r\n")
        mail.put()
    assert [line.endswith(ending) for line in server.connections(2)].count(True) == 1


def test_a_stall_begins_where_it_was_asked_for(world, pki):
    server = EchoServer(world, "smtp", "--starttls", "--fault", "stall@hello")
    made = context(None)
    with Clear(server) as client:
        assert client.answer().startswith("220 ")
        client.say(b"STARTTLS\r\n")
        assert client.answer().startswith("220 ")
        client.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            made.wrap_socket(client.socket).close()
    assert server.connections(1)[0].endswith("fault stall@hello")


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        (["--tls", "--starttls"], 2, "--tls and --starttls exclude each other"),
        (["--user", "u"], 2, "--user: there is no name with a password behind it"),
        (["--user", ":p"], 2, "--user: there is no name with a password behind it"),
        (["--mailbox", "/nowhere"], 3, "--mailbox /nowhere: there is no such folder"),
        (["--suites", "0x0005"], 2, "--cert to --suites are for TLS"),
        (["--fault", "stall@hello"], 2, "--fault stall@hello: only TLS has this"),
        (["--root", "/"], 2, 'unknown option "--root"'),
        (["--starttls", "--cert", "/nowhere", "--key", "/nowhere"], 3, "cannot read --cert /nowhere: "),
    ],
)
def test_wrong_use(world, arguments, code, message):
    done = world.run("peer", "smtp", *arguments)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.decode().startswith(f"error: {message}")
