# SPDX-License-Identifier: Apache-2.0
"""AT+QSMTP* against mail servers that are not ours: aiosmtpd in clear, over TLS and with STARTTLS, and exim4, whose
GnuTLS still speaks 3DES and RC4. What they got is taken apart by Python's email."""

import email
import email.policy
import re
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from support import OK, free_port, listens, wait_until
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
def test_exim(module, pki, tmp_path, style, version, suite, name):
    folder = tmp_path / "exim"
    folder.mkdir()
    for parent in tmp_path.parents[:3]:
        parent.chmod(0o755)
    tmp_path.chmod(0o755)
    with Exim(folder, pki, OLD) as exim, module().host() as host:
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
