# SPDX-License-Identifier: Apache-2.0
"""`quasimodem play`: transcripts against a module in memory and against one at the end of a line."""

import json
import os
import re
import socket
import subprocess
import threading

import pytest
from support import OK, PROGRAM, SOURCE, WATCHDOG, Host, wait_until

TRANSCRIPTS = SOURCE / "tests/transcripts"
IN_MEMORY = ["01_boot_fixed_baud.txt", "04_cert_ram_small.txt", "07_ssl_session_seed.txt", "13_tcp_transparent.txt"]


def test_in_memory(world):
    done = world.run("play", *(TRANSCRIPTS / name for name in IN_MEMORY))
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert lines == [f"pass  {TRANSCRIPTS / name}" for name in IN_MEMORY] + ["4 of 4 as written"]


def test_files_may_stand_behind_two_dashes(world, tmp_path):
    (tmp_path / "--json").write_text("# setup: ATE0\n> AT\\r\n< \\r\\nOK\\r\\n\n")
    done = world.run("play", "--", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"pass  --json\n1 of 1 as written\n")
    done = world.run("play", "--", "--no-such-file", cwd=tmp_path)
    assert done.returncode == 2 and b"cannot read --no-such-file" in done.stderr


def test_a_folder_is_played_to_its_end(world):
    done = world.run("play", TRANSCRIPTS)
    assert (done.returncode, done.stderr) == (0, b"")
    *lines, result = done.stdout.decode().splitlines()
    names = sorted(path.name for path in TRANSCRIPTS.iterdir())
    assert [line.split()[1].removesuffix(":") for line in lines] == [str(TRANSCRIPTS / name) for name in names]
    skipped = [line for line in lines if line.startswith("skip  ")]
    assert skipped[0] == f"skip  {TRANSCRIPTS / '00_format.txt'}: no dialogue: neither a transcript nor a trace"
    assert any("20_cmux_basic.txt: the emulated module does not have AT+CMUX yet" in line for line in skipped)
    played = len(names) - len(skipped)
    assert result == f"{played} of {played} as written, {len(skipped)} skipped"


def test_what_is_wrong_with_one_file_of_a_folder_does_not_stop_the_others(world, tmp_path):
    folder = tmp_path / "dialogues"
    folder.mkdir()
    (folder / "1-prose").write_text("What this is.\n")
    (folder / "2-broken").write_text("> AT\\r\n< \\r\\nOK\\r\\n\nrubbish\n")
    (folder / "3-trace").write_text('{"kind":"x","t":0}\n')
    (folder / "4-good").write_text("# setup: ATE0\n> AT\\r\n< \\r\\nOK\\r\\n\n")
    (folder / "5-too-long").write_text("# setup: ATE0\n> AT\\r\n< \\r\\nOK\\r\\n\n# @wait 99999999999\n")
    (folder / "6-no-address").write_text("# value: IP=nonsense\n> AT\\r\n< AT\\r\\r\\nOK\\r\\n\n")
    (folder / "7-no-port").write_text("# peers: tls foo:abc\n> AT\\r\n< AT\\r\\r\\nOK\\r\\n\n")
    (folder / "8-lines-of-windows").write_bytes(b"# start: ATE0\r\n> AT\\r\r\n< \\r\\nOK\\r\\n\r\n")
    (folder / "9-other.json").write_text('{\n  "name": "x"\n}\n')
    (folder / "9-prose.md").write_text("# A title\n\n> A note for the reader.\n\nAnd more.\n")
    (folder / "deeper").mkdir()
    os.mkfifo(folder / "fifo")
    (folder / "link-to-good").symlink_to("4-good")
    (folder / "link-to-nothing").symlink_to("nothing")
    (folder / ".hidden").mkdir()
    done = world.run("play", folder)
    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [
        f"skip  {folder}/1-prose: no dialogue: neither a transcript nor a trace",
        f"FAIL  {folder}/2-broken",
        f"{folder}/2-broken:3: neither host, module nor remark",
        f"FAIL  {folder}/3-trace",
        f'{folder}/3-trace:1: "x" is no kind of record',
        f"pass  {folder}/4-good",
        f"FAIL  {folder}/5-too-long",
        f"{folder}/5-too-long:4: a time is wanted, of a day at most: 500ms, 10s, 2min or 1h; a number alone is seconds",
        f"FAIL  {folder}/6-no-address",
        f"{folder}/6-no-address: {{IP}} is no address: nonsense",
        f"FAIL  {folder}/7-no-port",
        f'{folder}/7-no-port:1: "abc" is no port: 1 to 65535, or a {{VALUE}}',
        f"pass  {folder}/8-lines-of-windows",
        f"skip  {folder}/9-other.json: no dialogue: neither a transcript nor a trace",
        f"skip  {folder}/9-prose.md: no dialogue: neither a transcript nor a trace",
        f"skip  {folder}/deeper: a folder in the folder; by its name it is played",
        f"skip  {folder}/fifo: no file",
        f"pass  {folder}/link-to-good",
        f"skip  {folder}/link-to-nothing: no file",
        "3 of 8 as written, 6 skipped",
    ]


def test_to_play_nothing_is_no_success(world, tmp_path):
    (tmp_path / "prose").write_text("What this is.\n")
    for what in (tmp_path, TRANSCRIPTS / "20_cmux_basic.txt"):
        done = world.run("play", what)
        assert done.returncode == 2 and b"error: nothing was played" in done.stderr


def test_what_a_transcript_needs(world, module, tmp_path):
    file = tmp_path / "m66"
    file.write_text(
        "# setup: ATE0\n# model: m66\n# peers: tcp {IP}:{PORT}\n# value: WHAT=@what\n"
        "> {WHAT}\\r\n< \\r\\nQuectel_M66\\r\\n\\r\\nOK\\r\\n\n"
    )
    (tmp_path / "what").write_text("AT+CGMM")
    assert world.run("play", file).returncode == 0
    assert world.run("play", "--model", "m95", file).returncode == 1
    running = module("--model", "m66")
    done = world.run("play", "--port", running.tty, "--json", file)
    report = json.loads(done.stdout)
    assert done.returncode == 0, report
    assert [each["step"] for each in report["skipped"]] == ["needs: model m66", "needs: peer tcp {IP}:{PORT}"]
    file.write_text("# model: m99\n> AT\\r\n")
    done = world.run("play", file)
    assert done.returncode == 2 and f'{file}:1: unknown model "m99"' in done.stderr.decode()


def test_a_difference_is_told_with_its_place(world, tmp_path):
    file = tmp_path / "wrong"
    file.write_text("# setup: ATE0\n> AT\\r\n< \\r\\nOK!\\r\\n\n")
    done = world.run("play", file)
    assert done.returncode == 1
    assert done.stdout.decode() == (
        f"FAIL  {file}\n"
        f"{file}:3: not the bytes expected\n"
        "  after     AT\\r\n"
        "  expected  \\r\\nOK!\\r\\n\n"
        "  got       \\r\\nOK\\r\\n\n"
        "                  ^ byte 4\n"
        "0 of 1 as written\n"
    )


def test_against_a_running_module(world, module, tmp_path):
    running = module()
    for name in ("04_cert_ram_small.txt", "06_cert_short_upload.txt"):
        done = world.run("play", "--port", running.tty, TRANSCRIPTS / name)
        assert done.returncode == 0, (done.stdout, done.stderr)


def test_every_difference_at_a_port(world, module, tmp_path):
    running = module()
    file = tmp_path / "two"
    file.write_text("# setup: ATE0\n> AT\\r\n< \\r\\nNO\\r\\n\n> AT+QIMUX?\\r\n< \\r\\n+QIMUX: {MS}\\r\\n\\r\\nOK\\r\\n\n> AT\\r\n< \\r\n")
    done = world.run("play", "--port", running.tty, file)
    assert done.returncode == 1
    assert re.findall(rf"{re.escape(str(file))}:(\d+):", done.stdout.decode()) == ["3", "7"]


def test_against_a_port_of_tcp(world, tmp_path):
    file = tmp_path / "short"
    file.write_text("> AT\\r\n< \\r\\nOK\\r\\n\n")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            peer, _ = server.accept()
            with peer:
                for _ in range(2):  # whether somebody is there; the dialogue
                    assert peer.recv(100) == b"AT\r"
                    peer.sendall(b"\r\nOK\r\n")
                peer.recv(1)

        thread = threading.Thread(target=answer)
        thread.start()
        done = world.run("play", "--port", f"tcp:127.0.0.1:{server.getsockname()[1]}", file)
        thread.join()
    assert (done.returncode, done.stdout.decode()) == (0, f"pass  {file}\n1 of 1 as written\n")


def test_what_a_real_module_cannot_be_made_to_do_is_skipped(world, module, tmp_path):
    running = module()
    file = tmp_path / "events"
    file.write_text(
        "# start: ATE0, IP STATUS, no RAM file\n> AT+QISTAT\\r\n< \\r\\nOK\\r\\n\n< \\r\\nSTATE: IP STATUS\\r\\n\n# @event incoming call\n< \\r\\nRING\\r\\n\n"
        "> AT+CMEE=1\\r\n< \\r\\nOK\\r\\n\n"
    )
    done = world.run("play", "--port", running.tty, "--json", file)
    report = json.loads(done.stdout)
    assert done.returncode == 0, report
    assert report["passed"] and report["sent"] == 2 and report["differences"] == []
    assert [(each["line"], each["step"]) for each in report["skipped"]] == [
        (0, "needs: no RAM file"),
        (5, "event: incoming call"),
        (6, r"not the bytes expected: expected \r\nRING\r\n, got "),
    ]
    assert "--attended" in report["skipped"][1]["why"]


def test_a_transcript_that_is_wrong_ends_the_play_at_a_port_as_in_memory(world, module, tmp_path):
    running = module()
    file = tmp_path / "wrong"
    for line, said in (
        ("# setup: AT+QIMUX=7", r"setup: AT+QIMUX=7 answered \r\nERROR\r\n"),
        ("> AT{WHAT}\\r", "unknown placeholder {WHAT}: --set WHAT=…"),
    ):
        file.write_text(f"# setup: ATE0\n{line}\n< \\r\\nOK\\r\\n\n> AT\\r\n< \\r\\nOK\\r\\n\n")
        for where in ([], ["--port", running.tty]):
            done = world.run("play", *where, file)
            assert (done.returncode, done.stdout.decode().splitlines()[1]) == (1, f"{file}:2: {said}")
    file.write_text("> AT\\r\n# @wait soon\n< \\r\\nOK\\r\\n\n")
    done = world.run("play", "--port", running.tty, file)
    assert done.returncode == 2 and f"{file}:2: a time is wanted" in done.stderr.decode()


def test_somebody_causes_the_events(world, module, tmp_path):
    running = module()
    file = tmp_path / "events"
    file.write_text("# setup: ATE0\n> AT\\r\n< \\r\\nOK\\r\\n\n# @event incoming call\n< \\r\\nRING\\r\\n\n")
    program = world.start("play", "--port", running.tty, "--attended", file)
    wait_until(lambda: "now: incoming call" in program.log(), "the request")
    assert world.run("ctl", "call.ring", "from=1").returncode == 0
    assert program.read_line() == f"pass  {file}"
    assert program.wait() == 0


def test_against_a_port_of_rfc2217(world, tmp_path):
    file = tmp_path / "short"
    file.write_text("# setup: ATE0\n> AT+IPR?\\r\n< \\r\\n+IPR: 0\\r\\n\\r\\nOK\\r\\n\n> AT+CSCS=\"\\xff\"\\r\n< \\r\\n+CME ERROR: 3\\r\\n\n")
    running = world.module("--uart", "rfc2217:127.0.0.1:0")
    done = world.run("play", "--port", running.tty, file)
    assert (done.returncode, done.stdout.decode()) == (0, f"pass  {file}\n1 of 1 as written\n")


def test_against_a_port_of_unix(world, tmp_path):
    file = tmp_path / "short"
    file.write_text("# setup: ATE0\n> AT\\r\n< \\r\\nOK\\r\\n\n")
    running = world.module("--uart", f"unix:{tmp_path}/uart")
    assert world.run("play", "--port", running.tty, file).returncode == 0


# ---- traces ----


def trace_of(world, tmp_path, talk, *options):
    """What a module of `run --trace` writes while `talk(host)` goes on."""
    trace = tmp_path / "trace.jsonl"
    running = world.module("--ephemeral", "--trace", trace, *options)
    with running.host(echo=True) as host:
        talk(host)
    running.stop()
    return trace


def ask(*commands):
    def talk(host):
        for command in commands:
            host.send(command + "\r")
            host.expect_match(rf"{re.escape(command)}\r(?s:.*?)\r\n(?:OK|ERROR)\r\n")

    return talk


def test_a_trace_passes_against_a_fresh_module(world, tmp_path):
    trace = trace_of(world, tmp_path, ask("ATI", "AT+CSQ", "AT+CPIN?", "AT+NOSUCH"))
    done = world.run("play", trace)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"pass  {trace}\n1 of 1 as written\n"


def test_every_difference_of_another_model_is_named(world, tmp_path):
    trace = trace_of(world, tmp_path, ask("ATI", "AT", "AT+CGMM"))
    lines = trace.read_text().splitlines()
    done = world.run("play", "--model", "m66", "--json", trace)
    assert done.returncode == 1
    differences = json.loads(done.stdout)["differences"]
    assert [each["after"] for each in differences] == [r"ATI\r", r"AT+CGMM\r"]
    for each in differences:
        assert json.loads(lines[each["line"] - 1])["text"] == each["expected"]
        assert "M66" in each["got"]
        assert each["expected"].replace(r"\r", "\r").replace(r"\n", "\n")[each["parts_at"] :].startswith("95")


def test_what_may_differ_can_be_masked(world, tmp_path):
    talk = ask("AT+CSQ", "AT+CIMI", "AT+GSN")
    trace = trace_of(world, tmp_path, talk, "--imei", "490154203237518")
    assert world.run("play", trace).returncode == 1
    assert world.run("play", "--mask", "identity", trace).returncode == 0
    assert world.run("play", "--ignore", "[0-9]{15}", trace).returncode == 0
    assert world.run("play", "--mask", "signal", trace).returncode == 1


def test_a_connection_of_a_trace_has_its_peer_again(world, tcp_server, tmp_path):
    def talk(host):
        host.echo_off()
        host.bring_up("AT+QIMUX=1", "AT+QINDI=1")
        host.open_socket(1, tcp_server)
        peer = tcp_server.connection()
        host.prompted("AT+QISEND=1,5", b"hello")
        peer.sendall(b"1234567")
        host.expect("\r\n+QIRDI: 0,1,1\r\n")
        host.exchange("AT+QIRD=0,1,1,100", f"\r\n+QIRD: 127.0.0.1:{tcp_server.port},TCP,7\r\n1234567{OK}")
        peer.close()
        host.expect("\r\n1, CLOSED\r\n")
        assert world.run("ctl", "pdp", "deactivate").returncode == 0
        host.expect("\r\n+PDP DEACT\r\n")
        assert world.run("ctl", "sms.deliver", "from=+49", "text=hi").returncode == 0
        host.expect_match(r"\r\n\+CMTI: \"SM\",1\r\n")

    trace = trace_of(world, tmp_path, talk)
    done = world.run("play", trace)
    assert (done.returncode, done.stdout.decode()) == (0, f"pass  {trace}\n1 of 1 as written\n")


def test_a_secure_connection_of_a_trace(world, tls_server, tmp_path):
    server = tls_server("-tls1_2", client_certificate=False)

    def talk(host):
        host.echo_off()
        host.bring_up("AT+QIMUX=1", 'AT+QSSLCFG="sslversion",0,3')
        host.exchange(f'AT+QSSLOPEN=1,0,"127.0.0.1",{server.port},0', f"{OK}\r\n+QSSLOPEN: 1,0\r\n")
        server.send(b"1234567")
        host.expect('\r\n+QSSLURC: "recv",0,1\r\n')
        host.exchange("AT+QSSLRECV=0,1,100", f"\r\n+QSSLRECV: 127.0.0.1:{server.port},TCP,7\r\n1234567{OK}")
        server.close()
        host.expect('\r\n+QSSLURC: "closed",1\r\n')

    trace = trace_of(world, tmp_path, talk)
    done = world.run("play", trace)
    assert (done.returncode, done.stdout.decode()) == (0, f"pass  {trace}\n1 of 1 as written\n")


def test_what_a_trace_withholds_is_supplied(world, tmp_path):
    certificate = tmp_path / "ca.pem"
    certificate.write_bytes(b"-----BEGIN CERTIFICATE-----\n" + b"QUJD" * 400 + b"\n-----END CERTIFICATE-----\n")

    def talk(host):
        host.echo_off()
        host.upload("RAM:ca.pem", certificate.read_bytes())

    trace = trace_of(world, tmp_path, talk)
    assert b"QUJDQUJD" not in trace.read_bytes()
    done = world.run("play", trace)
    size = certificate.stat().st_size
    assert done.returncode == 2
    assert f"{size} bytes of RAM:ca.pem are withheld; --file RAM:ca.pem=PATH supplies them" in done.stderr.decode()
    done = world.run("play", "--file", f"RAM:ca.pem={certificate}", trace)
    assert done.returncode == 0, done.stdout
    (tmp_path / "other").write_bytes(b"other")
    done = world.run("play", "--file", f"RAM:ca.pem={tmp_path / 'other'}", trace)
    assert done.returncode == 2 and f"had {size} bytes" in done.stderr.decode()


def test_a_trace_against_a_port(world, tmp_path):
    trace = trace_of(world, tmp_path, ask("ATI", "AT+CSQ"))
    same, other = world.module("--name", "a"), world.module("--name", "b", "--model", "m66")
    done = world.run("play", "--port", same.tty, "--json", trace)
    report = json.loads(done.stdout)
    assert done.returncode == 0, report
    assert [each["step"] for each in report["skipped"]] == ["power key"]
    done = world.run("play", "--port", other.tty, "--setup", "ATE1", trace)
    assert done.returncode == 1 and rb"after     ATI\r" in done.stdout


def test_a_module_of_several(world, tmp_path):
    trace = tmp_path / "trace"
    program = world.start("-p", "instant", "--ephemeral", "--count", "2", "--trace", trace)
    ttys = [program.read_line().split(" ")[2] for _ in range(2)]
    for tty, command in zip(ttys, ("AT+CSQ", "ATI")):
        with Host(tty) as host:
            ask(command)(host)
    program.stop()
    done = world.run("play", trace)
    assert done.returncode == 2 and b"say which: --modem m95-0" in done.stderr
    done = world.run("play", "--json", "--modem", "m95-1", trace)
    assert done.returncode == 0 and json.loads(done.stdout)["sent"] == 1


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "1: no JSON: "),
        ("{}", "1: no record of a trace: it has no kind"),
        ('{"kind":"x","t":0}', '1: "x" is no kind of record'),
        ('{"kind":"at"}', "1: there is no time t in it"),
        ('{"kind":"uart.rx","t":0}', "1: uart.rx without text"),
    ],
)
def test_no_trace(world, tmp_path, text, message):
    file = tmp_path / "trace"
    file.write_text(text + "\n")
    done = world.run("play", file)
    assert done.returncode == 2
    assert f"{file}:{message}" in done.stderr.decode().splitlines()[0]


def test_nobody_is_there(world, tmp_path):
    file = tmp_path / "short"
    file.write_text("> AT\\r\n< \\r\\nOK\\r\\n\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp:127.0.0.1:{server.getsockname()[1]}"
        done = world.run("play", "--port", address, file)
    assert done.returncode == 3 and f"nothing answers AT at {address}" in done.stderr.decode()


def test_values(world, tmp_path):
    (tmp_path / "what").write_text("AT+GSN")
    file = tmp_path / "file"
    file.write_text("# setup: ATE0\n> {WHAT}\\r\n< \\r\\n{IMEI}\\r\\n\\r\\nOK\\r\\n\n")
    assert world.run("play", "--set", f"WHAT=@{tmp_path / 'what'}", file).returncode == 0
    done = world.run("play", file)
    assert done.returncode == 1 and b"unknown placeholder {WHAT}" in done.stdout


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        ([], 2, "error: nothing to play"),
        (["missing"], 2, "error: cannot read missing: No such file or directory"),
        (["--model", "m9", TRANSCRIPTS / IN_MEMORY[0]], 2, 'error: unknown model "m9"; did you mean "m95"?'),
        (["--set", "X", TRANSCRIPTS / IN_MEMORY[0]], 2, "error: --set X: not NAME=VALUE"),
        (["--set", "X=1", "--set", "X=2", TRANSCRIPTS / IN_MEMORY[0]], 2, "error: --set X twice"),
        (["--file", "X=/dev/null", "--file", "X=/dev/null", TRANSCRIPTS / IN_MEMORY[0]], 2, "error: --file X twice"),
        (["--set", "X=@/dev/zero", TRANSCRIPTS / IN_MEMORY[0]], 2, "error: cannot read /dev/zero: it is larger than 1 MB"),
        (["/dev/zero"], 2, "error: cannot read /dev/zero: it is larger than 256 MB"),
        (["--port", "/dev/null", TRANSCRIPTS / IN_MEMORY[0]], 3, "error: cannot open /dev/null: not a terminal device"),
        (["--port", "tpc:h:1", TRANSCRIPTS / IN_MEMORY[0]], 2, 'error: --port tpc:h:1: not a way to the UART; did you mean "tcp"?'),
        (["--port", "stdio", TRANSCRIPTS / IN_MEMORY[0]], 2, "error: --port stdio: nobody else can reach this"),
        (["--mask", "clok", TRANSCRIPTS / IN_MEMORY[0]], 2, 'error: --mask clok: there is no such mask; did you mean "clock"?'),
        (["--ignore", "(", TRANSCRIPTS / IN_MEMORY[0]], 2, "error: --ignore (: no regular expression"),
        ([SOURCE / "README.md"], 2, f"error: {SOURCE / 'README.md'}: no dialogue: neither a transcript nor a trace"),
    ],
)
def test_wrong_use(world, arguments, code, message):
    done = world.run("play", *arguments)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.decode().splitlines()[0] == message


def test_a_head_in_several_lines(world, tmp_path):
    """Peers add up; blanks and capitals do not matter; a port is looked at."""
    good = tmp_path / "good.txt"
    good.write_text(
        "#Peers: tcp 1.2.3.4:80\n# peers: tcp 1.2.3.5:80\n# start: ATE0\n> AT+QIREGAPP\\r\n< \\r\\nOK\\r\\n\n"
        "> AT+QIACT\\r\n< \\r\\nOK\\r\\n\n# @wait 0.25s\n"
        '> AT+QIOPEN="TCP","1.2.3.4",80\\r\n< \\r\\nOK\\r\\n\n< \\r\\nCONNECT OK\\r\\n\n'
    )
    done = world.run("play", good)
    assert (done.returncode, done.stderr) == (0, b""), done.stdout
    wrong = tmp_path / "wrong.txt"
    for head, words in (
        ("# peers: tcp 1.2.3.4:99999999", b'"99999999" is no port'),
        ("# not yet:", b"is named"),
        ("# value: A=@/etc/hostname", b"a file beside the transcript is wanted"),
        ("# value: A=@../A", b"a file beside the transcript is wanted"),
    ):
        wrong.write_text(head + "\n> AT\\r\n< AT\\r\\r\\nOK\\r\\n\n")
        done = world.run("play", wrong)
        assert done.returncode != 0 and words in done.stdout + done.stderr, (head, done)


def test_a_full_disk_is_no_success(world):
    with open("/dev/full", "w") as full:
        for command in (["schema", "scenario"], ["help"], ["--version"], ["explain", "AT+CSQ"]):
            done = subprocess.run(
                [PROGRAM, *command], env=world.environment, stdout=full, stderr=subprocess.PIPE, timeout=WATCHDOG
            )
            assert done.returncode == 3 and b"No space left" in done.stderr, command
