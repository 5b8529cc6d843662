# SPDX-License-Identifier: Apache-2.0
"""`quasimodem demo`: what it shows is a real session; without a terminal it takes no longer than the machine needs."""

import os
import pty
import re
import subprocess

import pytest
from support import PROGRAM, Deadline

ACTS = ["tls", "tcp", "transparent", "https", "mail", "mqtt", "fault"]
ROW = re.compile(r" *(\d+\.\d{3})  (?:([<>]) )?(.*)")


def rows(text):
    """(seconds, "<", ">" or None for the network, words) of each row."""
    matches = [ROW.fullmatch(line) for line in text.splitlines()]
    return [(float(m[1]), m[2], m[3].strip()) for m in matches if m]


def said(text, who):
    return [words for _, speaker, words in rows(text) if speaker == who]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    def show(act):
        done = subprocess.run([PROGRAM, "demo", act], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode()

    return show


def test_tls_is_the_default_and_the_notes_example(world, shown):
    text = shown("tls")
    assert world.run("demo").stdout.decode() == text
    host, module, network = (said(text, who) for who in (">", "<", None))
    assert [line for line in host if "QSSL" in line] == [
        'AT+QSSLCFG="sslversion",0,2',
        'AT+QSSLCFG="ciphersuite",0,"0XFFFF"',
        'AT+QSSLCFG="seclevel",0,2',
        'AT+QSSLCFG="cacert",0,"RAM:ca_cert.pem"',
        'AT+QSSLCFG="clientcert",0,"RAM:client_cert.pem"',
        'AT+QSSLCFG="clientkey",0,"RAM:client_key.pem"',
        'AT+QSSLOPEN=1,0,"116.247.104.27",465,0',
        "AT+QSSLSEND=1,12",
        "AT+QSSLRECV=0,1,1500",
        "AT+QSSLSTATE",
        "AT+QSSLCLOSE=1",
    ]
    at = module.index("+QSSLOPEN: 1,0")
    assert module[at - 1 : at + 7] == [
        "OK",
        "+QSSLOPEN: 1,0",
        ">",
        "SEND OK",
        '+QSSLURC: "recv",0,1',
        "+QSSLRECV: 116.247.104.27:465,TCP,12",
        "hello, 2015!",
        "OK",
    ]
    assert network == [
        "PDP context active",
        "TLS1.1 TLS_RSA_WITH_AES_256_CBC_SHA",
        "client certificate: O=quasimodem throw-away\\, not a secret, CN=localhost",
        'peer got "hello, 2015!", echoes it',
    ]


def test_tcp(shown):
    module = said(shown("tcp"), "<")
    assert module[-10:] == [
        ">",
        "SEND OK",
        "+QIRDI: 0,1,0",
        "+QIRD: 116.247.104.27:6021,TCP,5",
        "hello",
        "OK",
        "+QISACK: 5, 5, 0",
        "OK",
        "CLOSE OK",
        "DEACT OK",
    ]


def test_transparent(shown):
    module = said(shown("transparent"), "<")
    at = module.index("CONNECT")
    assert module[at:] == ["CONNECT", "AT is data now", "OK", "OK", "STATE: CONNECT OK", "CONNECT", "back again", "CLOSED"]


def test_https(shown):
    text = shown("https")
    host, module, network = (said(text, who) for who in (">", "<", None))
    assert [line for line in host if "QHTTP" in line][:3] == ["AT+QHTTPURL=25,30", "AT+QHTTPGET=60", "AT+QHTTPREAD=30"]
    assert "AT+QIACT" not in host
    at = module.index("hello, 2015!")
    assert module[at - 1 : at + 2] == ["CONNECT", "hello, 2015!", "OK"]
    assert {"thank you", "+QHTTPDL: 3000,-1,0", "+CME ERROR: http response fail"} <= set(module)
    assert network == [
        "GET /hello HTTP/1.1",
        "TLS1.2 TLS_RSA_WITH_AES_256_CBC_SHA",
        "POST /hello HTTP/1.1",
        'body "t=21.5"',
        "GET /fw.bin HTTP/1.1",
        "GET /missing HTTP/1.1",
        "the server answered 404",
    ]


def test_mqtt(shown):
    text = shown("mqtt")
    host, module, network = (said(text, who) for who in (">", "<", None))
    assert [line for line in host if "QMT" in line] == [
        'AT+QMTCFG="WILL",0,1,1,1,"meter/7/state","lost"',
        'AT+QMTOPEN=0,"mqtt.example",1883',
        'AT+QMTCONN=0,"meter7"',
        'AT+QMTSUB=0,1,"meter/7/set/#",1',
        'AT+QMTPUB=0,2,1,0,"meter/7/t",4',
    ]
    assert [line for line in module if "QMT" in line or "PDP" in line] == [
        "+QMTOPEN: 0,0",
        "+QMTCONN: 0,0,0",
        "+QMTSUB: 0,1,0,1",
        "+QMTPUB: 0,2,0",
        '+QMTRECV: 0,1,"meter/7/set/interval","60"',
        "+QMTSTAT: 0,1",
        "+PDP DEACT",
    ]
    assert network == [
        "PDP context active",
        "connected: meter7",
        'published on meter/7/t: "21.5"',
        "another client publishes",
        'published on meter/7/set/interval: "60"',
        "the network takes the PDP context away",
        'published on meter/7/state: "lost"',
    ]


def test_mail(shown):
    text = shown("mail")
    host, module, network = (said(text, who) for who in (">", "<", None))
    at = host.index("All is well.")
    assert host[at - 1 : at + 2] == ["AT+QSMTPBODY=1,30", "All is well.", "+++   (half a second of silence before and after)"]
    results = [line for line in module if line.startswith("+QSMTP")]
    assert results == ["+QSMTPDST: 1", "+QSMTPDST: 2", "+QSMTPBODY: 12", "+QSMTPATT: 22", "+QSMTPPUT: 0"]
    hello, *rest = network
    assert re.fullmatch(r"EHLO \[10\.1\.83\.\d+\]", hello)
    size, boundary = (re.search(pattern, "\n".join(network))[1] for pattern in (r"SIZE=(\d+)", r'boundary="(.*)"'))
    assert rest == [
        "STARTTLS",
        "TLS1.2 TLS_RSA_WITH_AES_256_CBC_SHA",
        hello,
        "AUTH LOGIN",
        f"MAIL FROM:<meter7@example.org> SIZE={size}",
        "RCPT TO:<a@example.org>",
        "RCPT TO:<b@example.org>",
        "DATA",
        "Subject: =?utf-8?B?WsOkaGxlciA3?=",
        f'Content-Type: multipart/mixed; boundary="{boundary}"',
        "Content-Type: text/plain; charset=utf-8",
        'Content-Type: application/octet-stream',
        'Content-Disposition: attachment; filename="log.txt"',
        f"{size} octets, over TLS",
        "QUIT",
    ]
    assert "secret" not in "".join(network)


def test_weather_that_ends_an_act_is_told_of(world):
    """Whatever comes in the way: no act ends in an error of ours."""
    for act in ACTS:
        done = world.run("demo", act, "--profile", "poor")
        assert (done.returncode, done.stderr) == (0, b""), act


def test_fault(shown):
    text = shown("fault")
    results = [line for line in said(text, "<") if line.startswith("+QSSLOPEN") or "PDP DEACT" in line or "closed" in line or line == "ERROR"]
    assert results == [
        "+QSSLOPEN: 1,-1",
        "+QSSLOPEN: 1,0",
        '+QSSLURC: "closed",1',
        "+PDP DEACT",
        "+QSSLSTATE: PDP DEACT",
        "ERROR",
        "+QSSLOPEN: 1,0",
    ]


@pytest.mark.parametrize("act", ACTS)
def test_ends_with_what_to_try_next(world, shown, act):
    """And that can be tried."""
    *_, following, weather, own, breaking = shown(act).splitlines()
    assert following.startswith("  Next: ")
    words = {line: line[line.index("quasimodem ") :].split()[1:] for line in (following, weather, own, breaking)}
    if words[following][0] == "demo":
        assert words[following][1] in ACTS and words[following][1] != act
    else:
        assert words[following] == ["run", "--", "your-tests"]
    done = world.run(*words[weather])
    assert done.returncode == 0 and done.stdout
    module = world.module(*words[own][1:])
    assert world.run(*words[breaking]).stdout == b"id  1\n"
    module.stop()


@pytest.mark.parametrize("act", ACTS)
def test_time_goes_on_and_stays_below_half_a_minute(shown, act):
    times = [time for time, _, _ in rows(shown(act))]
    assert times == sorted(times) and times[0] == 0 and 0.5 < times[-1] < 30


def test_color_on_a_terminal(world):
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "demo", "--at-once", "tcp"],
        stdout=slave,
        stderr=slave,
        stdin=subprocess.DEVNULL,
        env={**world.environment, "TERM": "xterm", "NO_COLOR": ""},
    )
    os.close(slave)
    deadline, text = Deadline("the end of the demo"), b""
    try:
        while True:
            deadline.readable(master)
            text += os.read(master, 65536)
    except OSError:  # the last writer is gone
        pass
    os.close(master)
    assert process.wait(100) == 0
    assert b"\x1b[32m< CONNECT OK\x1b[0m" in text


def test_the_last_of_an_option_counts(world, shown):
    done = world.run("demo", "tcp", "--profile", "poor", "--color", "always", "--profile", "lab", "--color", "never")
    assert (done.returncode, done.stdout.decode()) == (0, shown("tcp"))


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["tsl"], 'error: unknown demo "tsl"; did you mean "tls"?'),
        (["--at-onec"], 'error: unknown option "--at-onec"; did you mean "--at-once"?'),
        (["--color", "alway"], 'error: --color alway: not a choice; did you mean "always"?'),
    ],
)
def test_wrong_use(world, arguments, message):
    done = world.run("demo", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines()[0] == message
