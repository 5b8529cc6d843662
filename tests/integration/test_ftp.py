# SPDX-License-Identifier: Apache-2.0
"""AT+QFTP* against vsftpd, pyftpdlib and `peer ftp`: both modes, resume, and every body octet by octet; and `peer ftp`
against the client of Python."""

import contextlib
import ftplib
import io
import os
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from peer_support import EchoServer
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


def pyftpdlib(directory, _):
    root = directory / "ftp"
    root.mkdir()
    found = subprocess.run([PYTHON, "-c", "import pyftpdlib"], capture_output=True)
    if found.returncode:
        pytest.skip("python3-pyftpdlib is not installed")
    process = subprocess.Popen([PYTHON, "-c", PYFTPDLIB, root], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return Server(process, root, int(process.stdout.readline()), USER, PASSWORD)


def vsftpd(directory, _):
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


def our_own(directory, world):
    root = directory / "ftp"
    root.mkdir()
    peer = EchoServer(world, "ftp", "--root", root, "--writable", "--user", f"{USER}:{PASSWORD}")
    return Server(peer.program.process, root, peer.port, USER, PASSWORD)


@pytest.fixture(params=[pyftpdlib, vsftpd, our_own], ids=["pyftpdlib", "vsftpd", "quasimodem"])
def server(request, tmp_path, world):
    running = request.param(tmp_path, world)
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


def test_our_own_files_in_memory(world, module):
    server = EchoServer(world, "ftp")
    digits = b"0123456789" * 100_000
    with module().host() as host:
        log_in(host, Server(server.program.process, None, server.port, "whoever", "it is"))
        assert fetched(host, "hello.txt", 5) == b"hello"
        result(host, 'AT+QFTPPATH="/pub/"', "+QFTPPATH:0")
        assert fetched(host, "digits.txt", len(digits)) == digits
        assert fetched(host, "numbers.bin", 65536) == bytes(range(256)) * 256
        result(host, 'AT+QFTPPATH="/upload/"', "+QFTPPATH:0")
        put(host, "mine", content(1_000_000))
        assert fetched(host, "mine", 1_000_000) == content(1_000_000)
        result(host, "AT+QFTPCLOSE", "+QFTPCLOSE:0")
    assert server.connections(1)[0].endswith(" B out, ended by the server")


# ---- `peer ftp` and another client: ftplib ----


@contextlib.contextmanager
def client(server, passive=True, user="u", password="p"):
    with ftplib.FTP() as ftp:
        ftp.connect("127.0.0.1", server.port, WATCHDOG)
        ftp.login(user, password)
        ftp.set_pasv(passive)
        yield ftp


def download(ftp, name, rest=None):
    got = io.BytesIO()
    assert ftp.retrbinary(f"RETR {name}", got.write, rest=rest).startswith("226")
    return got.getvalue()


def upload(ftp, command, data, rest=None):
    assert ftp.storbinary(command, io.BytesIO(data), rest=rest).startswith("226")


def refused(code, call, *arguments):
    with pytest.raises(ftplib.Error, match=f"^{code} "):
        call(*arguments)


@pytest.fixture(params=["memory", "folder"])
def store(request, world, tmp_path):
    """`peer ftp` that takes uploads."""
    if request.param == "memory":
        return EchoServer(world, "ftp")
    (tmp_path / "root").mkdir()
    return EchoServer(world, "ftp", "--root", tmp_path / "root", "--writable")


@pytest.mark.parametrize("passive", [True, False], ids=["passive", "active"])
def test_ftplib_brings_and_takes(store, passive):
    with client(store, passive) as ftp:
        for size in (0, 1, 16383, 16384, 16385, 1_000_000, 5_000_000):
            data = content(size)
            upload(ftp, f"STOR f{size}", data)
            ftp.voidcmd("TYPE I")
            assert ftp.size(f"f{size}") == size
            assert download(ftp, f"f{size}") == data
        ftp.quit()


@pytest.mark.parametrize("passive", [True, False], ids=["passive", "active"])
def test_ftplib_resumes(store, passive):
    data = content(100_000)
    with client(store, passive) as ftp:
        upload(ftp, "STOR f", data[:60_000])
        upload(ftp, "APPE f", data[60_000:70_000])
        assert download(ftp, "f") == data[:70_000]
        upload(ftp, "STOR f", data[50_000:], rest=50_000)
        assert download(ftp, "f") == data
        assert download(ftp, "f", rest=99_999) == data[99_999:]
        assert download(ftp, "f", rest=100_000) == b""
        refused(554, download, ftp, "f", 100_001)
        refused(553, upload, ftp, "STOR f", b"more", 100_001)
        assert download(ftp, "f") == data
        upload(ftp, "APPE new", b"from nothing")
        assert download(ftp, "new") == b"from nothing"
        upload(ftp, "STOR f", b"anew")
        assert download(ftp, "f") == b"anew"


def test_ftplib_names_and_directories(store):
    with client(store) as ftp:
        for name in ftp.nlst():
            if "." in name:
                ftp.delete(name)
        assert ftp.mkd("/box") == "/box"
        ftp.cwd("box")
        assert ftp.pwd() == "/box"
        upload(ftp, "STOR b", b"12")
        upload(ftp, "STOR a", b"1")
        ftp.mkd("deeper")
        assert ftp.nlst() == ["a", "b", "deeper"]
        lines = []
        ftp.retrlines("LIST", lines.append)
        assert [(line[0], line.split()[4], line.split()[-1]) for line in lines] == [
            ("-", "1", "a"),
            ("-", "2", "b"),
            ("d", "0", "deeper"),
        ]
        ftp.rename("a", "deeper/c")
        assert download(ftp, "/box/deeper/c") == b"1"
        refused(553, ftp.rename, "b", "deeper/c")
        refused(550, ftp.rmd, "/box")
        refused(550, ftp.rmd, "/")
        refused(550, ftp.cwd, "/nowhere")
        refused(550, ftp.delete, "deeper")
        refused(553, upload, ftp, "STOR /no/where", b"")
        ftp.cwd("../../..")
        assert ftp.pwd() == "/"
        ftp.delete("box/b")
        ftp.delete("box/deeper/c")
        ftp.rmd("box/deeper")
        ftp.rmd("box")
        assert "box" not in ftp.nlst()


def test_who_may_log_in(world):
    server = EchoServer(world, "ftp", "--user", "me:pass:word", "-vv")
    for user, password in (("me", "password"), ("you", "pass:word"), ("anonymous", "")):
        with pytest.raises(ftplib.error_perm, match="^530 "), client(server, user=user, password=password):
            pass
    with client(server, user="me", password="pass:word") as ftp:
        assert download(ftp, "hello.txt") == b"hello"
    server.program.stop()
    assert "pass:word" not in server.program.log()


def test_nothing_outside_of_the_folder(world, tmp_path):
    root = tmp_path / "root"
    (root / "in").mkdir(parents=True)
    (root / "in/file").write_text("inside")
    (tmp_path / "root-too").mkdir()  # its name begins like the folder's
    secret = tmp_path / "root-too/secret"
    secret.write_text("outside")
    (root / "way-out").symlink_to(secret)
    (root / "folder-out").symlink_to(tmp_path / "root-too")
    (root / "dangling").symlink_to(tmp_path / "made")
    (root / "link").symlink_to("in/file")
    (root / "folder-link").symlink_to(root / "in")
    os.mkfifo(root / "pipe")
    server = EchoServer(world, "ftp", "--root", root, "--writable")
    with client(server) as ftp:
        assert ftp.nlst() == ["folder-link", "in", "link"]
        assert download(ftp, "link") == download(ftp, "folder-link/file") == b"inside"
        for path in ("way-out", "folder-out/secret", "../root-too/secret", "/../../root-too/secret", secret, "dangling", "pipe"):
            refused(550, download, ftp, path)
        for path in ("way-out", "folder-out/secret", "folder-out/new", "dangling", "pipe"):
            refused(553, upload, ftp, f"STOR {path}", b"mine")
            refused(553, upload, ftp, f"APPE {path}", b"mine")
        refused(550, ftp.cwd, "folder-out")
        refused(550, ftp.mkd, "folder-out/new")
        refused(550, ftp.delete, "folder-out/secret")
        refused(553, ftp.rename, "in/file", "folder-out/file")
        upload(ftp, "STOR link", b"written")
    assert (root / "in/file").read_text() == "written"
    assert secret.read_text() == "outside"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("root")) == ["root", "root-too"]
    assert not (tmp_path / "made").exists() and os.listdir(tmp_path / "root-too") == ["secret"]


def test_a_folder_is_only_read_without_writable(world, tmp_path):
    root = tmp_path / "root"
    (root / "box").mkdir(parents=True)
    (root / "file").write_text("as it was")
    server = EchoServer(world, "ftp", "--root", root)
    with client(server) as ftp:
        assert download(ftp, "file") == b"as it was"
        for command in ("STOR file", "STOR new", "APPE file"):
            refused(553, upload, ftp, command, b"x")
        refused(553, upload, ftp, "STOR file", b"x", 2)
        refused(553, ftp.rename, "file", "other")
        refused(550, ftp.delete, "file")
        refused(550, ftp.mkd, "new")
        refused(550, ftp.rmd, "box")
    assert sorted(os.listdir(root)) == ["box", "file"]
    assert (root / "file").read_text() == "as it was"


def passive_address(ftp):
    numbers = re.search(r"\((?:\d+,){4}(\d+),(\d+)\)", ftp.sendcmd("PASV"))
    return "127.0.0.1", int(numbers[1]) * 256 + int(numbers[2])


def everything(connection):
    received = bytearray()
    while block := connection.recv(1 << 16):
        received += block
    return bytes(received)


def test_a_client_that_does_not_read_costs_no_memory(world, tmp_path):
    """And keeps nobody waiting."""
    with open(tmp_path / "large", "wb") as file:
        file.truncate(80_000_000)
    (tmp_path / "small").write_text("small")
    server = EchoServer(world, "ftp", "--root", tmp_path)
    before = server.program.peak_kilobytes()
    with client(server) as lazy, client(server) as other:
        lazy.voidcmd("TYPE I")
        with lazy.transfercmd("RETR large") as data:
            for _ in range(20):
                assert download(other, "small") == b"small"
            select.select([data], [], [], WATCHDOG)
            assert server.program.peak_kilobytes() - before < 30_000
            count = 0
            while block := data.recv(1 << 20):
                count += len(block)
        assert count == 80_000_000
        assert lazy.voidresp().startswith("226")


def test_what_comes_before_its_command_waits_with_the_client(store):
    """The server takes nothing of it, and nothing of it is lost."""
    data = content(30_000_000)
    before = store.program.peak_kilobytes()
    with client(store) as ftp:
        with socket.create_connection(passive_address(ftp), WATCHDOG) as early:
            early.setblocking(False)
            sent = 0
            with contextlib.suppress(BlockingIOError):
                while select.select([], [early], [], 0.2)[1]:
                    sent += early.send(data[sent : sent + (1 << 20)])
            assert 0 < sent < len(data)
            assert store.program.peak_kilobytes() - before < 20_000
            ftp.putcmd("STOR /early")
            early.settimeout(WATCHDOG)
            early.sendall(data[sent:])
        assert ftp.getresp().startswith("150")
        assert ftp.voidresp().startswith("226")
        assert download(ftp, "/early") == data


def test_memory_is_bounded(world):
    server = EchoServer(world, "ftp")
    with client(server) as ftp:
        with pytest.raises((ftplib.error_temp, ConnectionResetError, BrokenPipeError)) as raised:
            upload(ftp, "STOR much", bytes(65 << 20))
        if raised.type is not ftplib.error_temp:
            refused(452, ftp.voidresp)
        ftp.voidcmd("TYPE I")
        assert 60 << 20 < ftp.size("much") < 64 << 20
        ftp.delete("much")
        upload(ftp, "STOR little", b"there is room again")
        assert download(ftp, "little") == b"there is room again"


@pytest.mark.parametrize("address", [(127, 0, 0, 2, 200, 1), (127, 0, 0, 1, 0, 25)], ids=["host", "port"])
def test_no_data_connection_to_somebody_else(store, address):
    with client(store) as ftp:
        ftp.sendcmd("PORT " + ",".join(map(str, address)))
        refused(425, ftp.sendcmd, "NLST")
        ftp.nlst()


def test_no_data_connection_from_somebody_else(world):
    server = EchoServer(world, "ftp")
    with client(server) as ftp:
        place = passive_address(ftp)
        ftp.putcmd("RETR /hello.txt")
        with socket.create_connection(place, WATCHDOG, source_address=("127.0.0.2", 0)) as thief:
            assert everything(thief) == b""
        with socket.create_connection(place, WATCHDOG) as data:
            assert everything(data) == b"hello"
        assert ftp.getresp().startswith("150") and ftp.voidresp().startswith("226")


def test_nobody_listens_for_an_active_server(store):
    with client(store) as ftp:
        port = free_port()
        ftp.sendport("127.0.0.1", port)
        refused(425, ftp.sendcmd, "NLST")
        ftp.nlst()


def test_a_client_leaves_in_the_middle(world, tmp_path):
    with open(tmp_path / "large", "wb") as file:
        file.truncate(50_000_000)
    server = EchoServer(world, "ftp", "--root", tmp_path, "--writable")
    with client(server) as ftp:
        data = ftp.transfercmd("RETR large")
        data.recv(1)
        data.close()
        refused(426, ftp.voidresp)
        data = ftp.transfercmd("STOR half")
        data.sendall(b"half")
        data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        wait_until(lambda: (tmp_path / "half").read_bytes() == b"half", "the first half")
        data.close()
        refused(426, ftp.voidresp)
        upload(ftp, "APPE half", b" and half")
        assert download(ftp, "half") == b"half and half"
        data = ftp.transfercmd("RETR large")
        ftp.close()
    # The control connection has gone; so does the data connection.
    with pytest.raises(ConnectionResetError):
        everything(data)
    data.close()
    server.connections(1)


def test_faults_of_the_control_connection(world):
    server = EchoServer(world, "ftp", "--fault", "close@accept", "--fault", "reset@data", "--fault", "none")
    with pytest.raises(EOFError), client(server):
        pass
    with pytest.raises(ConnectionResetError), client(server):
        pass
    with client(server) as ftp:
        assert download(ftp, "hello.txt") == b"hello"
        ftp.quit()
    endings = [line.rsplit(", ", 1)[-1] for line in server.connections(3)]
    assert endings == ["fault close@accept", "fault reset@data", "ended by the server"]


def test_once(world):
    server = EchoServer(world, "ftp", "--once")
    with client(server) as ftp:
        assert download(ftp, "hello.txt") == b"hello"
        ftp.quit()
    assert server.program.wait() == 0


def test_it_stops_during_a_transfer(world):
    server = EchoServer(world, "ftp")
    with client(server) as ftp, ftp.transfercmd("STOR f") as data:
        data.sendall(b"x")
        server.program.signal(signal.SIGTERM)
        assert server.program.wait() == 0


@pytest.mark.parametrize(
    "options, code, words",
    [
        (["--writable"], 2, "--writable is for the folder of --root"),
        (["--user", "me"], 2, "--user: there is no name with a password behind it"),
        (["--user", ":secret"], 2, "--user: there is no name with a password behind it"),
        (["--root", "/no/such/folder"], 3, "there is no such folder"),
        (["--fault", "stall@hello"], 2, "only TLS has this"),
    ],
)
def test_what_cannot_be_is_told(world, options, code, words):
    done = world.run("peer", "ftp", *options)
    assert done.returncode == code
    assert words in done.stderr.decode() and "secret" not in done.stderr.decode()
