# SPDX-License-Identifier: Apache-2.0
"""`quasimodem record`: between a host and a module, here an emulated one on another pty."""

import json
import os
import signal
import socket
import termios

import pytest

from endpoint_support import PlainSocketHost, rfc2217_host
from support import OK, Host, Program, qsec_sum, wait_until

KEY = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"S3cr3t0fTheModule" * 60 + b"\n-----END RSA PRIVATE KEY-----\n"


class Recorder(Program):
    """`quasimodem record`, ready; `tty` is where the host comes to."""

    def __init__(self, arguments, environment, log_path, **options):
        super().__init__(arguments, environment, log_path, **options)
        word, self.name, self.tty = self.read_line("the ready line").split(" ", 2)
        assert word == "ready"


@pytest.fixture
def recorder(world, tmp_path):
    """`recorder(module, *options)` records what is said to it; `.recording` is the file."""

    def start(module, *options):
        out = tmp_path / f"recording-{len(world.programs)}.jsonl"
        started = world._started(Recorder, ("record", "--dce", module, "--out", out, *options), {})
        started.recording = out
        return started

    return start


def records(path, *kinds):
    all_records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [each["seq"] for each in all_records] == list(range(1, len(all_records) + 1))
    return [each for each in all_records if not kinds or each["kind"] in kinds]


def test_what_is_recorded_passes_against_a_fresh_module(world, module, recorder):
    real = module("--name", "real")
    recording = recorder(real.tty)
    with Host(recording.tty) as host:
        host.exchange("ATI", "\r\nQuectel_Ltd\r\nQuectel_M95\r\nRevision: M95FAR02A08\r\n\r\nOK\r\n")
        host.echo_off()
        host.exchange("AT+CSQ", "\r\n+CSQ: 30,0\r\n\r\nOK\r\n")
        host.bring_up("AT+QIMUX=1")
        host.exchange("AT+NOSUCH", "\r\nERROR\r\n")
    recording.stop()
    said = records(recording.recording, "uart.rx", "uart.tx")
    assert [each["text"] for each in said[:2]] == [
        r"ATI\r",
        r"ATI\r\r\nQuectel_Ltd\r\nQuectel_M95\r\nRevision: M95FAR02A08\r\n\r\nOK\r\n",
    ]
    assert {each["modem"] for each in said} == {"module"}
    times = [each["t"] for each in said]
    assert times == sorted(times)

    done = world.run("play", recording.recording)
    assert (done.returncode, done.stderr) == (0, b""), done.stdout
    done = world.run("play", "--model", "m66", "--json", recording.recording)
    assert done.returncode == 1
    differences = json.loads(done.stdout)["differences"]
    assert [each["after"] for each in differences] == [r"ATI\r"]
    assert "Quectel_M66" in differences[0]["got"] and "Quectel_M95" in differences[0]["expected"]


def test_certificates_are_withheld(world, module, recorder, tmp_path):
    (tmp_path / "key").write_bytes(KEY)
    recording = recorder(module().tty)
    with Host(recording.tty) as host:
        host.echo_off()
        host.upload("RAM:key.pem", KEY)
        host.check_file("RAM:key.pem", KEY)
    recording.stop()
    text = recording.recording.read_text()
    assert "S3cr3t" not in text and "PRIVATE KEY" not in text
    assert qsec_sum(KEY) in text
    assert [each["withheld"] for each in records(recording.recording) if "withheld" in each] == [len(KEY)]
    assert world.run("play", recording.recording).returncode == 2
    done = world.run("play", "--file", f"RAM:key.pem={tmp_path / 'key'}", recording.recording)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("echo", [False, True])
def test_a_key_that_the_module_did_not_ask_for(module, recorder, echo):
    """An upload that is refused, and a host that sends the key all the same: the module may echo all of it."""
    recording = recorder(module().tty)
    with Host(recording.tty) as host:
        if not echo:
            host.echo_off()
        host.exchange('AT+QSECWRITE="RAM:k",99999', "\r\n+CME ERROR: 4011\r\n")
        host.send(KEY + b"\r")
        host.send(b"\x1b\r")
        host.port.reset_input_buffer()
        host.send(b"AT+CSQ\r")
        host.expect_match(r"(?s:.*)\+CSQ: 30,0\r\n\r\nOK\r\n")
    recording.stop()
    text = recording.recording.read_text()
    assert "S3cr3t" not in text and "PRIVATE KEY" not in text


def test_with_payload(world, module, recorder):
    recording = recorder(module().tty, "--with-payload")
    with Host(recording.tty) as host:
        host.echo_off()
        host.upload("RAM:key.pem", KEY)
    recording.stop()
    assert "S3cr3t" in recording.recording.read_text()
    assert world.run("play", recording.recording).returncode == 0


def test_data_goes_through_whole(module, recorder, echo_server):
    """Every byte value, more than any buffer, a module that answers while it is spoken to; the recording is bounded."""
    recording = recorder(module().tty)
    data = bytes(range(256)) * 1024
    with Host(recording.tty) as host:
        host.echo_off()
        host.bring_up("AT+QIMODE=1")
        host.exchange(f'AT+QIOPEN="TCP","127.0.0.1",{echo_server.port}', f"{OK}\r\nCONNECT\r\n")
        before = recording.peak_kilobytes()
        writer = host.send_in_background(data)
        assert host.read(len(data)) == data
        writer.join()
        assert recording.peak_kilobytes() - before < 40_000
    recording.stop()


def test_the_rate_of_the_host_is_followed(module, recorder):
    real = module()
    device = os.open(real.tty, os.O_RDWR | os.O_NOCTTY)
    recording = recorder(f"tty:{real.tty},9600")
    with Host(recording.tty) as host:
        assert termios.tcgetattr(device)[4] == termios.B9600
        host.exchange("AT")
        host.port.baudrate = 57600
        host.exchange("AT")
        wait_until(lambda: termios.tcgetattr(device)[4] == termios.B57600, "the rate")
    recording.stop()
    os.close(device)
    assert [each["state"] for each in records(recording.recording, "state") if each["what"] == "rate"] == ["57600"]


def test_a_host_without_a_rate_agrees_on_one_with_ipr(module, recorder, tmp_path):
    real = module()
    device = os.open(real.tty, os.O_RDWR | os.O_NOCTTY)
    recording = recorder(f"tty:{real.tty},115200", "--dte", f"unix:{tmp_path}/host")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(f"{tmp_path}/host")
        host = PlainSocketHost(connection)
        host.exchange("AT+IPR=9600")
        wait_until(lambda: termios.tcgetattr(device)[4] == termios.B9600, "the rate")
        host.exchange("AT+CSQ", "\r\n+CSQ: 30,0\r\n\r\nOK\r\n")
    recording.stop()
    os.close(device)


def test_lines_go_through_rfc2217(world, module, recorder):
    """pyserial's DTR drop reaches the module, which leaves transparent mode; its DCD is seen by pyserial."""
    real = module("--uart", "rfc2217:127.0.0.1:0")
    recording = recorder(real.tty, "--dte", "rfc2217:127.0.0.1:0")
    host = rfc2217_host(recording.tty)
    host.exchange("AT&D1")
    host.exchange("AT&C0")
    wait_until(lambda: host.port.cd, "DCD")
    host.port.dtr = False
    wait_until(lambda: json.loads(world.run("ctl", "line", "--json").stdout)["dtr"] is False, "DTR")
    host.close()
    recording.stop()
    states = {(each["what"], each["state"]) for each in records(recording.recording, "state")}
    assert {("dtr", "on"), ("dtr", "off"), ("dcd", "on")} <= states


def test_standard_output_and_tcp(world, module):
    real = world.module("--uart", "tcp-listen:127.0.0.1:0")
    program = world.start("record", "--dce", real.tty, "--dte", f"pty:{world.directory}/host")
    wait_until(lambda: "ready" in program.log(), "the ready line on standard error")
    with Host(f"{world.directory}/host") as host:
        host.exchange("AT")
    program.signal(signal.SIGINT)
    lines = program.rest_of_output().splitlines()
    assert program.wait() == 0
    assert json.loads(lines[1])["kind"] == "state" and json.loads(lines[2])["text"] == r"AT\r"


def test_standard_streams_as_the_host(world, module, tmp_path):
    real = module()
    out = tmp_path / "out"
    done = world.run("record", "--dce", real.tty, "--dte", "stdio", "--out", out, stdin=None, input=b"AT+CSQ\r")
    assert (done.returncode, done.stdout) == (0, b"AT+CSQ\r\r\n+CSQ: 30,0\r\n\r\nOK\r\n"), done.stderr
    assert records(out, "uart.rx")[0]["text"] == r"AT+CSQ\r"


def test_the_module_is_unplugged(world, module, recorder):
    real = module()
    recording = recorder(real.tty)
    with Host(recording.tty) as host:
        host.exchange("AT")
        real.stop()
        assert recording.wait() == 3
    assert f"error: the module at tty:{real.tty},115200 is gone" in recording.log()
    assert len(records(recording.recording, "uart.rx")) == 1


def test_the_disk_is_full(world, module, tmp_path):
    real = module()
    with open("/dev/full", "wb") as full:
        done = world.run("record", "--dce", real.tty, "--dte", f"pty:{tmp_path}/host", stdout=full)
    assert done.returncode == 3 and b"the recording cannot be written any more" in done.stderr


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        ([], 2, "error: where is the module?"),
        (["--dce", "/dev/nothing"], 3, "error: cannot open /dev/nothing: No such file or directory"),
        (["--dce", "tcp:127.0.0.1:1"], 3, "error: cannot connect to tcp:127.0.0.1:1: Connection refused"),
        (["--dce", "tty:/dev/x,12345"], 2, 'error: --dce tty:/dev/x,12345: "12345" is no baud rate of a tty'),
        (["--dce", "/dev/x", "--dte", "pyt:"], 2, 'error: --dte pyt:: not a way to the UART; did you mean "pty"?'),
        (["--dce", "/dev/x", "--name", "a/b"], 2, "error: --name a/b: not a name"),
        (["--dce", "/dev/x", "--dte", "stdio"], 2, "error: standard output cannot be the host's line and the recording"),
        (["--dce", "/dev/x", "--oot", "f"], 2, 'error: unknown option "--oot"; did you mean "--out"?'),
    ],
)
def test_wrong_use(world, arguments, code, message):
    done = world.run("record", *arguments)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.decode().splitlines()[0] == message


def test_a_recording_is_not_written_over(world, module, tmp_path):
    out = tmp_path / "out"
    out.write_text("precious")
    done = world.run("record", "--dce", module().tty, "--out", out)
    assert done.returncode == 3 and b"a recording is not written over" in done.stderr
    assert out.read_text() == "precious"
