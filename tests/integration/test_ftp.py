# SPDX-License-Identifier: Apache-2.0
"""AT+QFTP* against vsftpd and pyftpdlib: both modes, resume, and every body octet by octet."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from support import OK, PYTHON, WATCHDOG, free_port, listens, wait_until

VSFTPD = shutil.which("vsftpd") or shutil.which("vsftpd", path="/usr/sbin")
# Whoever logs in is this user: pyftpdlib's own, or with vsftpd whoever is anonymous.
USER, PASSWORD = "u", "p"

PYFTPDLIB = """
import sys
import tempfile
from pathlib import Path
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
authorizer = DummyAuthorizer()
authorizer.add_user("u", "p", sys.argv[1], perm="elradfmwMT")
FTPHandler.authorizer = authorizer
FTPHandler.permit_foreign_addresses = False
server = FTPServer(("127.0.0.1", 0), FTPHandler)
print(server.socket.getsockname()[1], flush=True)
server.serve_forever()
"""


def content(size):
    return random.Random(size).randbytes(size)


class Server:
    """An FTP server over a folder; `root` is what it shows, `port` where it listens."""

    def __init__(self, process, root, port, user, password, writable=""):
        self.process, self.root, self.port = process, root, port
        self.user, self.password, self.writable = user, password, writable

    def folder(self):
        return self.root / self.writable if self.writable else self.root

    def path(self):
        return f"/{self.writable}/" if self.writable else "/"


def pyftpdlib(directory):
    root = directory / "ftp"
    root.mkdir()
    found = subprocess.run([PYTHON, "-c", "import pyftpdlib"], capture_output=True)
    if found.returncode:
        pytest.skip("python3-pyftpdlib is not installed")
    process = subprocess.Popen([PYTHON, "-c", PYFTPDLIB, root], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return Server(process, root, int(process.stdout.readline()), USER, PASSWORD)


def vsftpd(directory):
    if not VSFTPD:
        pytest.skip("vsftpd is not installed")
    if os.getuid() != 0:
        pytest.skip("vsftpd wants to be root")
    reached = Path(tempfile.mkdtemp(prefix="quasimodem-ftp-"))  # by its own user, as a folder of pytest's is not
    os.chmod(reached, 0o755)
    root = reached / "ftp"
    (root / "in").mkdir(parents=True)
    os.chmod(root, 0o555)
    shutil.chown(root / "in", "ftp")
    port = free_port()
    empty = directory / "empty"
    empty.mkdir()
    settings = directory / "vsftpd.conf"
    settings.write_text(
        f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nanonymous_enable=YES\n"
        f"local_enable=NO\nwrite_enable=YES\nanon_upload_enable=YES\nanon_mkdir_write_enable=YES\n"
        f"anon_other_write_enable=YES\nanon_umask=022\nanon_root={root}\nsecure_chroot_dir={empty}\n"
        f"pasv_address=127.0.0.1\nconnect_from_port_20=NO\nport_enable=YES\nseccomp_sandbox=NO\n"
        f"ftp_username=ftp\nxferlog_enable=NO\n"
    )
    os.chmod(settings, 0o600)
    process = subprocess.Popen([VSFTPD, settings], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_until(lambda: process.poll() is not None or listens(port), "vsftpd")
    if process.poll() is not None:
        shutil.rmtree(reached)
        pytest.skip(f"vsftpd does not run here: {process.stdout.read()!r}")
    return Server(process, root, port, "anonymous", "", "in")


@pytest.fixture(params=[pyftpdlib, vsftpd], ids=["pyftpdlib", "vsftpd"])
def server(request, tmp_path):
    running = request.param(tmp_path)
    yield running
    running.process.terminate()
    running.process.wait(WATCHDOG)
    running.process.stdout.close()
    if running.writable:
        shutil.rmtree(running.root.parent)


def result(host, command, line):
    host.exchange(command, f"{OK}\r\n{line}\r\n")


def log_in(host, server, mode=1):
    result(host, f"AT+QFTPCFG=1,{mode}", "+QFTPCFG:0")
    host.exchange(f'AT+QFTPUSER="{server.user}"')
    host.exchange(f'AT+QFTPPASS="{server.password}"')
    result(host, f'AT+QFTPOPEN="127.0.0.1",{server.port}', "+QFTPOPEN:0")
    result(host, f'AT+QFTPPATH="{server.path()}"', "+QFTPPATH:0")


def fetched(host, name, size):
    host.send(f'AT+QFTPGET="{name}"\r')
    host.expect(f"{OK}\r\nCONNECT\r\n")
    data = host.read(size)
    host.expect(f"\r\n+QFTPGET:{size}\r\n")
    return data


def put(host, name, data):
    host.send(f'AT+QFTPPUT="{name}",{len(data)},60\r')
    host.expect(f"{OK}\r\nCONNECT\r\n")
    writer = host.send_in_background(data)
    host.expect(f"\r\n+QFTPPUT:{len(data)}\r\n")
    writer.join(WATCHDOG)


@pytest.mark.parametrize("mode", [1, 0], ids=["passive", "active"])
def test_files_come_and_go_octet_by_octet(module, server, mode):
    bodies = {name: content(size) for name, size in (("none", 0), ("one", 1), ("some", 29_696), ("large", 1_000_000))}
    for name, data in bodies.items():
        (server.folder() / name).write_bytes(data)
    with module().host() as host:
        log_in(host, server, mode)
        for name, data in bodies.items():
            result(host, f'AT+QFTPSIZE="{name}"', f"+QFTPSIZE:{len(data)}")
            assert fetched(host, name, len(data)) == data
        for name, data in bodies.items():
            if not data:
                continue
            put(host, f"up-{name}", data)
            assert (server.folder() / f"up-{name}").read_bytes() == data
        host.exchange("AT+QFTPLEN", f"\r\n+QFTPLEN: 1000000\r\n{OK}")
        result(host, "AT+QFTPCLOSE", "+QFTPCLOSE:0")
        host.exchange("AT+QFTPSTAT", f"\r\n+QFTPSTAT:CLOSED\r\n{OK}")


@pytest.mark.parametrize("mode", [1, 0], ids=["passive", "active"])
def test_a_download_in_pieces_into_a_file(module, server, mode):
    data = content(100_000)
    (server.folder() / "fw.bin").write_bytes(data)
    with module().host() as host:
        log_in(host, server, mode)
        result(host, 'AT+QFTPCFG=4,"/RAM/"', "+QFTPCFG:0")
        result(host, 'AT+QFTPGET="fw.bin",60000', "+QFTPGET:60000")
        result(host, "AT+QFTPCFG=3,60000", "+QFTPCFG:0")
        result(host, 'AT+QFTPCFG=4,"/RAM/rest"', "+QFTPCFG:0")
        result(host, 'AT+QFTPGET="fw.bin"', "+QFTPGET:40000")
        host.exchange('AT+QFOPEN="RAM:rest",2', f"\r\n+QFOPEN: 1\r\n{OK}")
        host.send("AT+QFREAD=1,40000\r")
        host.expect("\r\nCONNECT 40000\r\n")
        assert host.read(40_000) == data[60_000:]
        host.expect(OK)
        host.exchange("AT+QFCLOSE=1")
        # And back: the second half behind the first.
        result(host, 'AT+QFTPCFG=4,"/RAM/fw.bin"', "+QFTPCFG:0")
        result(host, 'AT+QFTPPUT="copy.bin",60000', "+QFTPPUT:60000")
        result(host, "AT+QFTPCFG=3,60000", "+QFTPCFG:0")
        result(host, 'AT+QFTPCFG=4,"/RAM/rest"', "+QFTPCFG:0")
        result(host, 'AT+QFTPPUT="copy.bin",40000', "+QFTPPUT:40000")
        assert (server.folder() / "copy.bin").read_bytes() == data


def test_names_directories_and_refusals(module, server):
    (server.folder() / "a.txt").write_bytes(b"hello")
    with module().host() as host:
        log_in(host, server)
        result(host, 'AT+QFTPMKDIR="new"', "+QFTPMKDIR:0")
        result(host, 'AT+QFTPRENAME="a.txt","b.txt"', "+QFTPRENAME:0")
        host.send("AT+QFTPNLST\r")
        host.expect(f"{OK}\r\nCONNECT\r\n")
        listing = host.expect_match(rb"(.*?)\r\n\+QFTPNLST:(\d+)\r\n")
        assert int(listing[2]) == len(listing[1])
        assert sorted(name.rsplit(b"/", 1)[-1] for name in listing[1].split()) == [b"b.txt", b"new"]
        result(host, 'AT+QFTPRMDIR="new"', "+QFTPRMDIR:0")
        result(host, 'AT+QFTPDELETE="b.txt"', "+QFTPDELETE:0")
        assert not list(server.folder().iterdir())
        for command in ("SIZE", "GET", "DELETE"):
            result(host, f'AT+QFTP{command}="nosuch"', f"+QFTP{command}:-1")
        result(host, 'AT+QFTPPATH="/nowhere/"', "+QFTPPATH:-1")
        host.exchange("AT+QFTPSTAT", f"\r\n+QFTPSTAT:OPENED\r\n{OK}")
        result(host, "AT+QFTPCLOSE", "+QFTPCLOSE:0")


def test_a_wrong_password(module, server):
    with module().host() as host:
        result(host, "AT+QFTPCFG=1,1", "+QFTPCFG:0")
        host.exchange('AT+QFTPUSER="nobody"')
        host.exchange('AT+QFTPPASS="s3cret"')
        result(host, f'AT+QFTPOPEN="127.0.0.1",{server.port}', "+QFTPOPEN:-1")
        host.exchange("AT+QFTPSTAT", f"\r\n+QFTPSTAT:CLOSED\r\n{OK}")


def test_the_server_goes_away(module, server):
    with module().host() as host:
        log_in(host, server)
        server.process.kill()
        server.process.wait(WATCHDOG)
        if sys.platform == "linux" and server.writable:
            return  # vsftpd's own child goes on
        def closed():
            host.send("AT+QFTPSTAT\r")
            return host.expect_match(rb"\r\n\+QFTPSTAT:(\w+)\r\n\r\nOK\r\n")[1] == b"CLOSED"

        wait_until(closed, "the end of the connection")
        result(host, 'AT+QFTPSIZE="x"', "+QFTPSIZE:-1")
