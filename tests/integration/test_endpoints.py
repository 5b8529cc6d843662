# SPDX-License-Identifier: Apache-2.0
"""Every way to the UART, each with a client that is not ours: pyserial, gensio, socat."""

import json
import os
import shutil
import socket
import stat
import subprocess

import pytest

from control_support import Client
from endpoint_support import (
    CTS,
    DCD,
    DSR,
    RI,
    RI_ENDED,
    PlainSocketHost,
    ProgramHost,
    host_and_port,
    rfc2217_host,
    tcp_host,
    unix_host,
)
from support import LITTLE_MEMORY, OK, PROGRAM, WATCHDOG, Deadline, Host, free_port, receive_exactly, wait_until

ENVIRONMENT = 3
ALL_BYTES = bytes(range(256))


def need(program):
    if not shutil.which(program):
        pytest.skip(f"no {program}")


def control_in(world):
    """Where the endpoint is no file beside which it could lie."""
    (socket_file,) = world.runtime.rglob("*.ctl")
    return socket_file


def transparent(host, server):
    host.bring_up("AT+QIMODE=1")
    host.exchange(f'AT+QIOPEN="TCP","127.0.0.1",{server.port}', f"{OK}\r\nCONNECT\r\n")
    return server.connection()


# ---- each endpoint ----


def test_tcp_server(module):
    running = module("--uart", "tcp-listen::0")
    name, port = host_and_port(running.tty)
    assert running.ready_line == f"ready m95 tcp-listen:127.0.0.1:{port}" and port != 0
    for _ in range(2):  # one host after the other
        with tcp_host(running.tty) as host:
            host.exchange("AT+CGMM", "\r\nQuectel_M95\r\n\r\nOK\r\n")
    assert "listens on" not in running.log()


def test_second_host_is_turned_away(module):
    running = module("--uart", "tcp-listen::0")
    with tcp_host(running.tty) as host:
        host.exchange("AT")
        with socket.create_connection(host_and_port(running.tty)) as second:
            assert second.recv(1) == b""
        host.exchange("AT")
    assert "in use" in running.log()


def test_every_byte_passes_a_tcp_server(module, tcp_server):
    running = module("--uart", "tcp-listen::0")
    with tcp_host(running.tty) as host:
        host.echo_off()
        connection = transparent(host, tcp_server)
        host.send(ALL_BYTES)
        assert receive_exactly(connection, 256) == ALL_BYTES
        connection.sendall(ALL_BYTES)
        host.expect(ALL_BYTES)


def test_warning_where_others_can_reach_it(module):
    running = module("--uart", "tcp-listen:0.0.0.0:0", "--uart", "rfc2217:0.0.0.0:0", "--uart", "rfc2217:localhost:0")
    warnings = [line for line in running.log().splitlines() if "warning" in line]
    assert len(warnings) == 2 and all("listens on 0.0.0.0" in line for line in warnings)


def test_tcp_client_connects_and_connects_again(world, module):
    """As to Renode: the other side listens, later than the module starts, and may go away."""
    port = free_port()
    running = module("--uart", f"tcp:localhost:{port}")
    assert running.ready_line == f"ready m95 tcp:localhost:{port}"
    wait_until(lambda: "trying again" in running.log(), "the first failure")
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(WATCHDOG)
        for _ in range(2):
            connection, _ = listener.accept()
            with PlainSocketHost(connection) as host:
                host.exchange("AT")


def test_socat_listens_for_the_module(module):
    need("socat")
    port = free_port()
    with ProgramHost("socat", "-", f"TCP-LISTEN:{port},reuseaddr") as host:
        module("--uart", f"tcp:127.0.0.1:{port}")
        host.exchange("AT")
        host.exchange("AT+CGMM", "\r\nQuectel_M95\r\n\r\nOK\r\n")


def test_unix_socket(world, module):
    need("socat")
    path = world.directory / "uart"
    running = module("--uart", f"unix:{path}")
    assert running.ready_line == f"ready m95 unix:{path}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with ProgramHost("socat", "-", f"UNIX:{path}") as host:
        host.exchange("AT")
    # Who sends no more gets its answer all the same, then the end.
    answer = subprocess.run(["socat", "-t", str(WATCHDOG), "-", f"UNIX:{path}"], input=b"AT\r", stdout=subprocess.PIPE)
    assert answer.stdout == b"AT\r\r\nOK\r\n"
    running.stop()
    assert not path.exists()


def test_unix_socket_that_a_killed_module_left(world, module):
    path = world.directory / "uart"
    module("--uart", f"unix:{path}").kill()
    assert path.is_socket()
    with unix_host(module("--uart", f"unix:{path}").tty) as host:
        host.exchange("AT")


def test_stdio(world):
    need("socat")
    command = f"{PROGRAM} run --ephemeral --profile lab --quiet --uart stdio"
    with ProgramHost("socat", "-", f"EXEC:{command}", env=world.environment) as host:
        host.exchange("AT")
        host.exchange("AT+CGMM", "\r\nQuectel_M95\r\n\r\nOK\r\n")


@pytest.mark.parametrize("profile", ["instant", "lab"])
def test_pipe_into_stdio_and_out_of_it(world, profile):
    """Nothing but the UART is on standard output, and the end of the input ends the module, answers and all."""
    done = world.run("--ephemeral", "-p", profile, "--uart", "stdio", "--json", stdin=None, input=b"AT\rATE0\rAT+CGMM\r")
    assert done.stdout == b"AT\r\r\nOK\r\nATE0\r\r\nOK\r\n\r\nQuectel_M95\r\n\r\nOK\r\n"
    assert done.returncode == 0
    ready = [line for line in done.stderr.decode().splitlines() if line.startswith("{")]
    assert json.loads(ready[0]) == {"event": "ready", "name": "m95", "uart": "stdio", "uarts": ["stdio"]}


@pytest.fixture
def pty_pair(world):
    """Two ttys, a cable between them."""
    need("socat")
    ends = [world.directory / "board", world.directory / "adapter"]
    process = subprocess.Popen(["socat", *(f"PTY,link={end},raw,echo=0" for end in ends)])
    wait_until(lambda: all(end.exists() for end in ends), "socat")
    yield ends
    process.kill()
    process.wait()


def test_real_tty(module, pty_pair):
    board, adapter = pty_pair
    running = module("--uart", f"tty:{adapter},9600")
    assert running.ready_line == f"ready m95 tty:{adapter},9600"
    with Host(str(board)) as host:
        host.exchange("AT")
    assert "has no lines" in running.log()


def test_two_modules_at_one_tty(world, module, pty_pair):
    module("--uart", f"tty:{pty_pair[1]}")
    done = world.run("--ephemeral", "--uart", f"tty:{pty_pair[1]}")
    assert done.returncode == ENVIRONMENT and b"locked" in done.stderr


def test_rfc2217(module):
    running = module("--uart", "rfc2217::0")
    name, port = host_and_port(running.tty)
    assert running.ready_line == f"ready m95 rfc2217:127.0.0.1:{port}"
    with rfc2217_host(running.tty) as host:
        host.exchange("AT")
        host.port.baudrate = 9600
        host.port.bytesize, host.port.parity, host.port.stopbits = 7, "E", 1
        host.port.send_break(0.01)
        host.port.reset_output_buffer()
        host.exchange("AT")


def test_every_byte_passes_rfc2217(module, tcp_server):
    running = module("--uart", "rfc2217::0")
    with rfc2217_host(running.tty) as host:
        host.echo_off()
        connection = transparent(host, tcp_server)
        host.send(ALL_BYTES * 20)
        assert receive_exactly(connection, 256 * 20) == ALL_BYTES * 20
        connection.sendall(ALL_BYTES * 20)
        host.expect(ALL_BYTES * 20)


def test_boot_text_waits_for_the_first_rfc2217_host(module, tmp_path):
    """pyserial throws away what comes while it opens a port."""
    first = module("--nvram", tmp_path / "nvram")
    with first.host(echo=True) as host:
        host.exchange("AT+IPR=115200&W")
    first.stop()
    running = module("--nvram", tmp_path / "nvram", "--uart", "rfc2217::0")
    with rfc2217_host(running.tty) as host:
        host.expect(b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n")


def test_gensio_over_rfc2217(module):
    need("gensiot")
    running = module("--uart", "rfc2217::0")
    name, port = host_and_port(running.tty)
    url = f"serialdev,telnet(rfc2217),tcp,{name},{port}"
    with ProgramHost("gensiot", "-i", "stdio(self)", url.removeprefix("serialdev,")) as host:
        host.exchange("AT")
        host.exchange("AT+CGMM", "\r\nQuectel_M95\r\n\r\nOK\r\n")


# ---- lines ----


@pytest.fixture
def lines(module):
    """A host that has every line."""
    running = module("--uart", "rfc2217::0", "--verbose")
    with rfc2217_host(running.tty) as host:
        host.running = running
        yield host


@pytest.mark.parametrize("dtr", [0, 1, 2])
def test_dtr_leaves_transparent_mode(lines, tcp_server, dtr):
    lines.echo_off()
    lines.exchange(f"AT&D{dtr}")
    connection = transparent(lines, tcp_server)
    wait_until(lambda: lines.port.cd, "DCD")
    lines.port.dtr = False
    if dtr == 0:
        lines.send("still data")
        assert receive_exactly(connection, 10) == b"still data"
        assert lines.port.cd
    elif dtr == 1:
        wait_until(lambda: not lines.port.cd, "the end of DCD")
        lines.nothing_more()
        lines.port.dtr = True
        lines.exchange("ATO", "\r\nCONNECT\r\n")
        wait_until(lambda: lines.port.cd, "DCD")
        lines.send("back")
        assert receive_exactly(connection, 4) == b"back"
    else:
        assert connection.recv(1) == b""
        wait_until(lambda: not lines.port.cd, "the end of DCD")
        lines.exchange("ATO", "\r\nNO CARRIER\r\n")


def test_dcd_is_always_on_with_and_c_0(lines):
    assert not lines.port.cd
    lines.exchange("AT&C0")
    wait_until(lambda: lines.port.cd, "DCD")
    lines.exchange("AT&C1")
    wait_until(lambda: not lines.port.cd, "the end of DCD")


@pytest.mark.parametrize("reported", [0, 1])
def test_ri_at_a_urc(lines, tcp_server, reported):
    lines.echo_off()
    lines.bring_up("AT+QIMUX=1")
    lines.exchange(f"AT+QINDRI={reported}")
    lines.open_socket(0, tcp_server)
    tcp_server.connection().close()
    lines.expect("\r\n0, CLOSED\r\n")
    if reported:
        wait_until(lambda: any(state & RI for state in lines.port.states), "RI")
        wait_until(lambda: lines.port.states[-1] & RI_ENDED, "the end of the pulse")
        assert lines.port.states[-1] & (RI | DSR | CTS | DCD) == DSR | CTS
    else:
        lines.exchange("AT&C0")  # a line that does change comes after what did not
        wait_until(lambda: lines.port.cd, "DCD")
        assert not any(state & RI for state in lines.port.states)


def test_ri_while_a_call_rings_and_at_a_message(lines, world):
    lines.echo_off()
    lines.exchange("AT+QINDRI=0")  # what is told is neither a call nor a message
    world.run("ctl", "call.ring", "from=+447700900123")
    lines.expect("\r\nRING\r\n")
    wait_until(lambda: lines.port.ri, "RI")
    assert not lines.port.states[-1] & RI_ENDED
    lines.exchange("ATA")
    wait_until(lambda: not lines.port.ri, "the end of RI")
    assert lines.port.states[-1] & RI_ENDED
    lines.exchange("ATH")

    lines.port.states.clear()
    world.run("ctl", "sms.deliver", "from=+447700900123", "text=hello")
    lines.expect('\r\n+CMTI: "SM",1\r\n')
    wait_until(lambda: any(state & RI for state in lines.port.states), "RI")
    wait_until(lambda: lines.port.states[-1] & RI_ENDED, "the end of the pulse")
    assert not lines.port.ri


def test_rts_stops_the_module(lines):
    lines.exchange("AT+IFC=2,2")
    lines.port.rts = False
    lines.send("AT\r")
    lines.port.dtr = False  # what the module had said would come before the answer to this
    assert lines.port.in_waiting == 0
    lines.port.rts = True
    lines.expect("AT\r\r\nOK\r\n")


def test_rts_means_nothing_without_ifc(lines):
    lines.port.rts = False
    lines.exchange("AT")


def test_host_that_goes_drops_dtr(lines, tcp_server):
    lines.exchange("AT&D2")
    lines.echo_off()
    connection = transparent(lines, tcp_server)
    lines.close()
    assert connection.recv(1) == b""


def test_nonsense_at_an_rfc2217_port(module):
    running = module("--uart", "rfc2217::0")
    nonsense = b"\xff\xfa\x2c\x01" + b"x" * 100_000 + b"\xff\xf0" + b"\xff\xfd\x63\xff\xfa\xff\xf0" * 1000
    with socket.create_connection(host_and_port(running.tty)) as client:
        client.sendall(nonsense + b"AT\r")
        answer = b""
        deadline = Deadline("the answer")
        while b"AT\r\r\nOK\r\n" not in answer:
            deadline.left()
            answer += client.recv(65536)
    assert running.log().count("telnet: ignored") <= 20
    with rfc2217_host(running.tty) as host:
        host.exchange("AT")


@pytest.mark.parametrize("commands, told", [("AT&D2", True), ("AT&D0", False)])
def test_fault_drops_dtr_whatever_the_host_does_with_its_lines(world, lines, tcp_server, commands, told):
    lines.echo_off()
    lines.exchange(commands)
    connection = transparent(lines, tcp_server)
    client = Client(control_in(world))
    client.result("fault.add", spec="uart.dtr for=1h")
    if told:
        assert connection.recv(1) == b""
    lines.port.rts = False
    lines.port.rts = True
    assert client.result("line")["dtr"] is False
    client.result("fault.clear")
    assert client.result("line")["dtr"] is True
    client.close()


def test_note_where_a_pty_has_no_lines(module):
    running = module()
    with Host(running.tty) as host:
        host.port.rtscts = True
        host.exchange("AT")
        # A pty tells nobody that its settings changed: the module looks now and then.
        wait_until(lambda: "the host asks for RTS/CTS" in running.log(), "the note")
        assert "--uart rfc2217:HOST:PORT" in running.log()


# ---- several ----


def test_several_endpoints_at_once(module, world):
    link = world.directory / "m95"
    options = ["--uart", f"pty:{link}", "--uart", "tcp-listen::0", "--uart", f"unix:{world.directory}/u", "--json"]
    program = world.start("-p", "instant", "--ephemeral", *options)
    ready = json.loads(program.read_line())
    assert (ready["name"], ready["uart"], ready["uarts"][0]) == ("m95", str(link), str(link))
    with Host(str(link)) as one, tcp_host(ready["uarts"][1]) as two, unix_host(ready["uarts"][2]) as three:
        everybody = (one, two, three)
        for sender in everybody:
            sender.send("AT+CGMM\r")
            for host in everybody:
                host.expect("AT+CGMM\r\r\nQuectel_M95\r\n\r\nOK\r\n")
        one.send("AT")  # the halves of a line from two of them
        for host in everybody:
            host.expect("AT")
        two.send("\r")
        for host in everybody:
            host.expect("\r\r\nOK\r\n")


def started(world, *options):
    """The program, and where it says that it can be reached."""
    program = world.start("-p", "instant", "--ephemeral", "--json", *options)
    return program, json.loads(program.read_line())["uarts"]


def test_lines_of_one_endpoint_count_while_another_watches(world, tcp_server):
    _, (pty, lines) = started(world, "--uart", "pty:", "--uart", "rfc2217::0")
    with Host(pty) as watcher, rfc2217_host(lines) as host:
        host.exchange("ATE0&D2")
        watcher.expect("ATE0&D2\r\r\nOK\r\n")
        host.echo = False
        connection = transparent(host, tcp_server)
        host.port.dtr = False
        assert connection.recv(1) == b""


def connection_with_little_room(url):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(host_and_port(url))
    return client


@pytest.mark.parametrize("kind", ["tcp-listen", "rfc2217"])
def test_host_that_does_not_read_stops_nobody(world, kind):
    """Beside another one: what is too much for it is lost for it, and the log says so."""
    program = world.start(
        *("-p", "instant", "--ephemeral", "--json", "--verbose", "--uart", "pty:", "--uart", f"{kind}::0"),
        environment=LITTLE_MEMORY,
    )
    pty, url = json.loads(program.read_line())["uarts"]
    with connection_with_little_room(url):  # the first one is given all that was said before
        wait_until(lambda: "a TE is at" in program.log(), "a host to be seen")
    wait_until(lambda: "no TE is at" in program.log(), "it to be gone")
    with Host(pty) as host:
        host.echo_off()
        host.fill_journal()
        host.send("AT&V\r")
        page = host.expect_match(r".*?\r\nOK\r\n")[0]
        before = program.peak_kilobytes()
        with connection_with_little_room(url) as stuck:
            wait_until(lambda: program.log().count("a TE is at") == 2, "another one to be seen")
            rounds = 0
            deadline = Deadline("the loss")
            while "does not read" not in program.log():
                deadline.left()
                host.exchange("AT&V", page)
                rounds += 1
            for _ in range(200):
                host.exchange("AT&V", page)
            assert program.peak_kilobytes() - before < 8000
            if kind == "tcp-listen":
                missing = page * rounds
                got = receive_exactly(stuck, len(missing) - 2 * len(page))
                assert got == missing[: len(got)]


def test_host_alone_that_does_not_read_loses_nothing(module):
    running = module("--uart", "tcp-listen::0")
    client = connection_with_little_room(running.tty)
    with PlainSocketHost(client) as host:
        host.echo_off()
        writer = host.send_in_background(b"AT\r" * 50_000)
        assert host.read(6 * 50_000) == b"\r\nOK\r\n" * 50_000
        writer.join()


@pytest.fixture(params=["pty", "tcp-listen", "unix", "rfc2217"])
def second_way(world, request):
    """The option of a second endpoint, and how a host comes to it."""
    hosts = {"pty": Host, "tcp-listen": tcp_host, "unix": unix_host, "rfc2217": rfc2217_host}
    places = {"pty": "", "tcp-listen": ":0", "unix": f"{world.directory}/second", "rfc2217": ":0"}
    return f"{request.param}:{places[request.param]}", hosts[request.param]


def test_what_was_said_to_one_host_is_not_for_the_first_of_another_endpoint(world, second_way):
    option, to_second = second_way
    _, (first, second) = started(world, "--uart", "pty:", "--uart", option)
    with Host(first) as host:
        host.echo_off()
        for _ in range(20):
            host.exchange("AT+CGMM", "\r\nQuectel_M95\r\n\r\nOK\r\n")
        with to_second(second) as late:
            late.echo = False
            late.nothing_more()
            host.expect(OK)


def test_what_was_said_before_any_host_came_waits_at_each_endpoint(world):
    setup = world.module("--nvram", world.directory / "nvram")
    with setup.host(echo=True) as host:
        host.exchange("AT+IPR=115200&W")
    setup.stop()
    trace = world.directory / "trace.jsonl"
    ways = ["--uart", "pty:", "--uart", "tcp-listen::0", "--trace", trace]
    program = world.start("-p", "instant", "--nvram", world.directory / "nvram", "--json", *ways)
    first, second = json.loads(program.read_line())["uarts"]
    said = lambda: any("uart.tx" in line and "Call Ready" in line for line in trace.read_text().splitlines())
    wait_until(said, "all to be said")
    assert world.run("ctl", "state").returncode == 0  # and written
    boot_text = "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n"
    with Host(first) as host:
        host.expect(boot_text)
        host.echo_off()
        host.exchange("AT+CGMM", "\r\nQuectel_M95\r\n\r\nOK\r\n")
        # pyserial would throw away what it finds.
        with PlainSocketHost(socket.create_connection(host_and_port(second)), echo=False) as late:
            late.expect(boot_text)
            late.nothing_more()


# ---- what cannot be had ----


def refused(world, *arguments, names):
    done = world.run("--ephemeral", *arguments)
    message = done.stderr.decode()
    assert done.returncode == ENVIRONMENT, message
    assert len(message.splitlines()) == 2 and message.startswith("error: "), message
    for name in names:
        assert str(name) in message, message


@pytest.mark.parametrize("kind", ["tcp-listen", "rfc2217"])
def test_port_that_is_taken(world, kind):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(world, "--uart", f"{kind}::{port}", names=[port, "in use", f"{kind}:127.0.0.1:0"])


def test_address_of_another_machine(world):
    refused(world, "--uart", "tcp-listen:192.0.2.1:0", names=["192.0.2.1", "127.0.0.1"])


def test_socket_of_somebody_who_lives(world):
    path = world.directory / "uart"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        refused(world, "--uart", f"unix:{path}", names=[path, f"pid {os.getpid()}"])
    assert path.is_socket()


def test_socket_of_somebody_whose_queue_is_full(world):
    """It lives, and a start does not wait until it takes a connection."""
    path = world.directory / "somebody"
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(str(path))
        listener.listen(0)
        client.connect(str(path))
        refused(world, "--uart", f"unix:{path}", names=[path, "a running process listens there", "another path"])
    assert path.exists()


def test_something_else_at_the_place_of_the_socket(world):
    path = world.directory / "uart"
    path.write_text("mine")
    refused(world, "--uart", f"unix:{path}", names=[path, "something else"])
    assert path.read_text() == "mine"


def test_directory_of_the_socket_is_missing(world):
    refused(world, "--uart", f"unix:{world.directory}/none/uart", names=["none/uart", "directory"])


def test_missing_device(world):
    refused(world, "--uart", "tty:/dev/ttyUSB99", names=["/dev/ttyUSB99", "ls /dev/ttyUSB*"])


def test_device_that_is_no_tty(world):
    refused(world, "--uart", "tty:/dev/null", names=["/dev/null", "no terminal", "pty:/dev/null"])


# ---- run -- ----


def test_variables_of_the_command(world):
    program = 'import os; print(*(os.environ.get("QUASIMODEM_" + x, "-") for x in ("TTY", "TCP", "RFC2217")))'
    command = ("--", "/usr/bin/env", "python3", "-c", program)
    outer = {"QUASIMODEM_TTY": "/outer", "QUASIMODEM_TCP": "outer:1"}
    done = world.run("run", "--uart", "rfc2217::0", *command, environment=outer)
    tty, tcp, rfc2217 = done.stdout.decode().split()
    assert (tty, tcp) == ("-", "-") and rfc2217.startswith("127.0.0.1:")
    done = world.run("run", "--uart", "tcp-listen::0", "--uart", "pty:", *command)
    tty, tcp, rfc2217 = done.stdout.decode().split()
    assert tty.startswith(str(world.runtime)) and tcp.startswith("127.0.0.1:") and rfc2217 == "-"
