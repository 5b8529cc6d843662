# SPDX-License-Identifier: Apache-2.0
"""AT+QHTTP* against web servers that are not ours: nginx, with TLS and client certificates, and Python's http.server;
and against our own, for what those do not speak any more."""

import contextlib
import http.server
import subprocess
import threading

import pytest

from peer_support import EchoServer
from support import OK, free_port, listens, wait_until
from tls_support import SERVED_ENVIRONMENT, served

SPRING_2015 = "15/04/08,12:00:00+00"
BODIES = {"none": b"", "one": b"\x00", "some": b"0123456789" * 3000, "firmware": bytes(range(256)) * 19532}


@pytest.fixture
def site(tmp_path):
    """A folder with BODIES."""
    folder = tmp_path / "site"
    folder.mkdir()
    for name, body in BODIES.items():
        (folder / name).write_bytes(body)
    return folder


class Nginx:
    """nginx as anybody may start it, in a folder of its own."""

    def __init__(self, folder, site, pki):
        self.folder = folder / "nginx"
        self.folder.mkdir()
        self.port, self.secure_port, self.strict_port = free_port(), free_port(), free_port()
        identity = f"ssl_certificate {pki}/server.crt; ssl_certificate_key {pki}/server.key;"
        old = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;"
        paths = " ".join(
            f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "conf").write_text(
            f"""
            daemon off; master_process off; pid {self.folder}/pid; error_log {self.folder}/error.log info;
            events {{ worker_connections 64; }}
            http {{
              access_log {self.folder}/access.log; {paths} root {site}; client_max_body_size 1m;
              server {{
                listen 127.0.0.1:{self.port};
                location = /moved {{ return 301 /some; }}
                location = /echo {{ client_body_in_single_buffer on; client_body_buffer_size 64k; return 200 posted; }}
                location = /chunked {{ ssi on; ssi_types *; alias {site}/some; chunked_transfer_encoding on; }}
              }}
              server {{ listen 127.0.0.1:{self.secure_port} ssl; {identity} {old} }}
              server {{
                listen 127.0.0.1:{self.strict_port} ssl; {identity} {old}
                ssl_client_certificate {pki}/ca.crt; ssl_verify_client on;
              }}
            }}"""
        )
        self.process = subprocess.Popen(
            [served("nginx"), "-p", self.folder, "-c", self.folder / "conf", "-e", self.folder / "error.log"],
            env=SERVED_ENVIRONMENT,
        )
        wait_until(lambda: self.process.poll() is not None or listens(self.strict_port), "nginx")
        assert self.process.poll() is None, (self.folder / "error.log").read_text()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def nginx(tmp_path, site, pki):
    with Nginx(tmp_path, site, pki) as server:
        yield server


class WebHost:
    """A host that knows AT+QHTTPURL, AT+QHTTPGET, AT+QHTTPPOST and AT+QHTTPREAD."""

    def __init__(self, host):
        self.host = host
        host.exchange("AT+CMEE=1")

    def url(self, url):
        self.host.exchange(f"AT+QHTTPURL={len(url)},30", "\r\nCONNECT\r\n")
        self.host.send(url)
        self.host.expect(OK)

    def get(self, url, answer=OK):
        self.url(url)
        self.host.exchange("AT+QHTTPGET=60", answer)

    def post(self, url, body, answer=OK):
        self.url(url)
        self.host.exchange(f"AT+QHTTPPOST={len(body)},50,30", "\r\nCONNECT\r\n")
        self.host.send(body)
        self.host.expect(answer)

    def read(self, body):
        """Exactly this, byte for byte."""
        self.host.exchange("AT+QHTTPREAD=60", "\r\nCONNECT\r\n")
        assert self.host.read(len(body), "the body") == body
        self.host.expect(OK)

    def fetch(self, url, body):
        self.get(url)
        self.read(body)


def test_nginx_bodies(module, nginx):
    with module().host() as host:
        web = WebHost(host)
        for name, body in BODIES.items():
            web.fetch(f"http://127.0.0.1:{nginx.port}/{name}", body)
        web.fetch(f"http://127.0.0.1:{nginx.port}/chunked", BODIES["some"])
        web.get(f"http://127.0.0.1:{nginx.port}/missing", "\r\n+CME ERROR: 3822\r\n")
        web.get(f"http://127.0.0.1:{nginx.port}/moved", "\r\n+CME ERROR: 3829\r\n")
        host.nothing_more()


def test_nginx_takes_what_is_posted(module, nginx):
    with module().host() as host:
        web = WebHost(host)
        for size in (1, 1460, 29696):
            web.post(f"http://127.0.0.1:{nginx.port}/echo", b"x" * size)
            web.read(b"posted")
        host.nothing_more()
    lines = (nginx.folder / "access.log").read_text()
    assert lines.count('"POST /echo HTTP/1.1" 200') == 3


def test_a_download_goes_into_files(module, nginx):
    with module().host() as host:
        web = WebHost(host)
        body = BODIES["firmware"][:300_000]
        (nginx.folder.parent / "site/part").write_bytes(body)
        web.get(f"http://127.0.0.1:{nginx.port}/part")
        host.exchange('AT+QHTTPDL="UFS:part",400000')
        host.expect("\r\n+QHTTPDL: 300000,300000,0\r\n")
        host.exchange('AT+QFOPEN="UFS:part",2', f"\r\n+QFOPEN: 1\r\n{OK}")
        for at in range(0, len(body), 100_000):
            host.exchange("AT+QFREAD=1,100000", "\r\nCONNECT 100000\r\n")
            assert host.read(100_000) == body[at : at + 100_000]
            host.expect(OK)
        host.exchange("AT+QFCLOSE=1")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_nginx_with_client_certificates(module, nginx, pki, version):
    """<seclevel> 2, by a host that sets the context and then knows QHTTPURL, QHTTPGET and QHTTPREAD only."""
    program = module()
    with program.host() as host:
        host.exchange(f'AT+CCLK="{SPRING_2015}"')
        for name, file in (("RAM:ca", "ca.crt"), ("RAM:cert", "client.crt"), ("RAM:key", "client.key")):
            host.upload(name, (pki / file).read_bytes())
        for setting in (
            f'"sslversion",1,{version}',
            '"seclevel",1,2',
            '"cacert",1,"RAM:ca"',
            '"clientcert",1,"RAM:cert"',
            '"clientkey",1,"RAM:key"',
            '"https",1',
            '"httpsctxi",1',
        ):
            host.exchange(f"AT+QSSLCFG={setting}")
        web = WebHost(host)
        web.fetch(f"https://127.0.0.1:{nginx.strict_port}/some", BODIES["some"])
        if version == 3:
            web.fetch(f"https://127.0.0.1:{nginx.secure_port}/firmware", BODIES["firmware"])
        # Without its certificate the module is not let in: the server says so with status 400.
        host.exchange('AT+QSSLCFG="seclevel",1,1')
        web.get(f"https://127.0.0.1:{nginx.strict_port}/some", "\r\n+CME ERROR: 3822\r\n")
        # And a CA that signed nothing is no CA of this server.
        host.exchange('AT+QSSLCFG="cacert",1,"RAM:cert"')
        web.get(f"https://127.0.0.1:{nginx.secure_port}/some", "\r\n+CME ERROR: 3815\r\n")
    assert "not issued by a configured CA certificate" in program.log()


def test_python_http_server(module, site):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(site))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.headers["Content-Type"].encode() + b" " + body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with contextlib.closing(server.socket), module().host() as host:
        web = WebHost(host)
        place = f"http://127.0.0.1:{server.server_port}"
        for name in ("none", "one", "some"):
            web.fetch(f"{place}/{name}", BODIES[name])
        web.post(f"{place}/form", b"user=quasimodem&n=1")
        web.read(b"application/x-www-form-urlencoded user=quasimodem&n=1")  # until the server closes
        server.shutdown()


def test_ssl_3_with_rc4_from_our_own_server(world, module, pki):
    """What nobody in Debian speaks any more."""
    server = EchoServer(world, "http", "--tls", "--versions", "ssl3", "--suites", "0x0005")
    with module().host() as host:
        for setting in ('"sslversion",0,0', '"ciphersuite",0,"0X0005"', '"ignorertctime",1', '"https",1', '"httpsctxi",0'):
            host.exchange(f"AT+QSSLCFG={setting}")
        WebHost(host).fetch(f"https://127.0.0.1:{server.port}/hello", b"hello")
    assert "SSL3.0 TLS_RSA_WITH_RC4_128_SHA" in server.connections(1)[0]


def test_our_own_server(world, module, site, tmp_path):
    server = EchoServer(world, "http")
    with module().host() as host:
        web = WebHost(host)
        place = f"http://127.0.0.1:{server.port}"
        web.fetch(f"{place}/", b"hello from quasimodem\n")
        web.fetch(f"{place}/chunked", b"hello, world")
        web.fetch(f"{place}/close", b"until the end")
        web.fetch(f"{place}/bytes/100000", b"0123456789" * 10_000)
        web.get(f"{place}/moved", "\r\n+CME ERROR: 3829\r\n")
        web.get(f"{place}/status/503", "\r\n+CME ERROR: 3822\r\n")
        web.post(f"{place}/", b"what is posted")
        web.read(b"what is posted")
    (tmp_path / "secret").write_text("not below the folder")
    (site / "way-out").symlink_to(tmp_path / "secret")
    server = EchoServer(world, "http", "--root", site)
    with module("--name", "second").host() as host:
        web = WebHost(host)
        place = f"http://127.0.0.1:{server.port}"
        web.fetch(f"{place}/one", BODIES["one"])
        for path in ("missing", "../secret", "way-out"):
            web.get(f"{place}/{path}", "\r\n+CME ERROR: 3822\r\n")


def test_why_it_failed_is_told(world, module):
    """In the log and in `ctl state`, in one plain line."""
    server = EchoServer(world, "http")
    program = module("--name", "web")
    with program.host() as host:
        WebHost(host).get(f"http://127.0.0.1:{server.port}/nothing", "\r\n+CME ERROR: 3822\r\n")
    line = f"http://127.0.0.1:{server.port}/nothing: the server answered 404 Not Found"
    wait_until(lambda: line in program.log(), "the reason")
    state = world.run("ctl", "--to", "web", "state")
    assert line in state.stdout.decode()
