# SPDX-License-Identifier: Apache-2.0
"""What is kept when the module is off, also after a crash: certificates, keys, settings. And that nobody can read it."""

import random
import re
import shutil

import pytest

from support import OK, Host, as_bytes, qsec_sum

NOT_FOUND = "\r\n+CME ERROR: 4010\r\n"
# Any bytes will do where nothing is connected.
CONTENT = random.Random(7).randbytes(1419)


@pytest.fixture
def nvram(tmp_path):
    return tmp_path / "nvram"


@pytest.fixture
def start(module, nvram):
    return lambda *options, **more: module("--nvram", nvram, *options, **more)


# ---- kept and not kept ----


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_certificates_survive_a_restart(start, pki, end):
    files = {"CA0": "ca.crt", "CC0": "client.crt", "CK0": "client.key"}
    first = start()
    with first.host() as host:
        for name, path in files.items():
            host.upload(f"NVRAM:{name}", (pki / path).read_bytes())
    getattr(first, end)()
    with start().host() as host:
        for name, path in files.items():
            host.check_file(f"NVRAM:{name}", (pki / path).read_bytes())
        host.exchange('AT+QSECREAD="NVRAM:CA1"', NOT_FOUND)


def test_deleted_certificate_stays_deleted(start):
    first = start()
    with first.host() as host:
        host.upload("NVRAM:CA0", CONTENT)
        host.upload("NVRAM:CA1", CONTENT[:100])
        host.exchange('AT+QSECDEL="NVRAM:CA0"')
    first.kill()
    with start().host() as host:
        host.exchange('AT+QSECREAD="NVRAM:CA0"', NOT_FOUND)
        host.check_file("NVRAM:CA1", CONTENT[:100])


def test_ram_files_are_gone_after_a_restart(start):
    first = start()
    with first.host() as host:
        host.upload("RAM:ca_cert.pem", CONTENT)
    first.stop()
    with start().host() as host:
        host.exchange('AT+QSECREAD="RAM:ca_cert.pem"', NOT_FOUND)


def test_stored_settings_survive_and_others_do_not(start):
    first = start()
    with first.host(echo=True) as host:
        host.exchange("ATE0&W", OK)
        host.echo = False
        host.exchange("AT+CMEE=2")
    first.kill()
    with Host(start().tty, echo=False) as host:
        host.exchange("AT+CMEE?", f"\r\n+CMEE: 1\r\n{OK}")


def test_ephemeral_module_keeps_nothing(world):
    first = world.module("--ephemeral")
    with first.host() as host:
        host.upload("NVRAM:CA0", CONTENT)
        host.exchange("AT&W")
    first.stop()
    assert list(world.state.iterdir()) == []
    with world.module("--ephemeral").host() as host:
        host.exchange('AT+QSECREAD="NVRAM:CA0"', NOT_FOUND)


def test_each_name_has_its_own_nvram(world):
    first, second = world.module("--name", "one"), world.module("--name", "two")
    with first.host() as host:
        host.upload("NVRAM:CA0", CONTENT)
    with second.host() as host:
        host.exchange('AT+QSECREAD="NVRAM:CA0"', NOT_FOUND)
    assert sorted(path.name for path in (world.state / "quasimodem").iterdir()) == ["one", "two"]


# ---- crashes ----


def is_whole(host, name, content=CONTENT):
    """True for the whole file, false for none; anything else is an error."""
    host.send(f'AT+QSECREAD="{name}"\r')
    whole = f"\r\n\\+QSECREAD: 1,{qsec_sum(content)}\r\n\r\nOK\r\n"
    return host.expect_match(f"{whole}|\r\n\\+CME ERROR: 4010\r\n")[0].endswith(b"OK\r\n")


@pytest.mark.parametrize("before", [[], ["NVRAM:CC0"]])
def test_killed_at_every_step_of_a_write(world, interposer, before):
    """At each change of a file, on a fresh NVRAM and on one that holds something already."""
    step, answered = 0, False
    while not answered:
        step += 1
        nvram = world.directory / f"nvram-{step}"
        if before:
            first = world.module("--nvram", nvram)
            with first.host() as host:
                for name in before:
                    host.upload(name, CONTENT)
            first.kill()
        victim = world.start(
            *("--profile", "instant", "--nvram", nvram), environment=interposer(DIE_IN=nvram, DIE_AT=step)
        )
        answered = upload_to(victim)
        victim.kill()
        survivor = world.module("--nvram", nvram)
        with survivor.host() as host:
            assert is_whole(host, "NVRAM:CA0") or not answered, f"lost after its OK, step {step}"
            for name in before:
                assert is_whole(host, name), f"{name} lost at step {step}"
        survivor.kill()
    assert step > 5, "the interposer saw nothing"


def upload_to(victim):
    """Uploads NVRAM:CA0 to a module that may die at any moment; true when it answered."""
    try:
        tty = victim.read_line().split(" ", 2)[2]
    except AssertionError:
        return False
    try:
        with Host(tty) as host:
            host.echo_off()
            host.upload("NVRAM:CA0", CONTENT)
            return True
    except OSError:
        return False


def test_killed_at_any_moment(start, nvram):
    """Not only between the steps: `kill -9` comes from outside, some time after the last byte was sent."""
    for moment in range(8):
        victim = start()
        with victim.open() as host:
            host.echo_off()
            host.exchange(f'AT+QSECWRITE="NVRAM:CA0",{len(CONTENT)},100', "\r\nCONNECT\r\n")
            host.send(CONTENT)
            for _ in range(moment * 2000):  # less than a millisecond each time
                pass
            victim.kill()
        victim = start()
        with victim.open(echo=True) as host:
            host.echo_off()
            if is_whole(host, "NVRAM:CA0"):
                host.exchange('AT+QSECDEL="NVRAM:CA0"')
        victim.kill()


def test_killed_in_the_middle_of_the_data(start):
    for sent in (0, 1, len(CONTENT) - 1):
        victim = start()
        with victim.host() as host:
            host.exchange(f'AT+QSECWRITE="NVRAM:CA0",{len(CONTENT)},100', "\r\nCONNECT\r\n")
            host.send(CONTENT[:sent])
            victim.kill()
        survivor = start()
        with survivor.host() as host:
            host.exchange('AT+QSECREAD="NVRAM:CA0"', NOT_FOUND)
        survivor.kill()


# ---- damage ----


def test_flipped_bit_in_a_certificate(start, nvram, pki, tls_server):
    """The module starts, tells that the file is bad, and does not connect with it."""
    server = tls_server("-tls1_2", client_certificate=False)
    certificate = (pki / "ca.crt").read_bytes()
    first = start()
    with first.host() as host:
        host.upload("NVRAM:CA0", certificate)
    first.stop()
    path = nvram / "CA0"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)
    with start("--map", f"peer.test=127.0.0.1:{server.port}").host() as host:
        host.send('AT+QSECREAD="NVRAM:CA0"\r')
        host.expect_match(r"\r\n\+QSECREAD: 0,[0-9a-f]{1,4}\r\n\r\nOK\r\n")
        host.bring_up("AT+QIMUX=1", 'AT+QSSLCFG="sslversion",0,3', 'AT+QSSLCFG="seclevel",0,1')
        host.exchange('AT+QSSLCFG="cacert",0,"NVRAM:CA0"')
        host.exchange(f'AT+QSSLOPEN=0,0,"peer.test",{server.port},0', f"{OK}\r\n+QSSLOPEN: 0,-1\r\n")
        # It can be replaced.
        host.exchange('AT+QSECDEL="NVRAM:CA0"')
        host.upload("NVRAM:CA0", certificate)
        host.exchange(f'AT+QSSLOPEN=0,0,"peer.test",{server.port},0', f"{OK}\r\n+QSSLOPEN: 0,0\r\n")


def offsets_to_flip(nvram):
    """Of a record file: each field of its header, and the content from its start to its end."""
    size = (nvram / "CA0").stat().st_size
    return [0, 7, 11, 15, 16, 19, 21, 22, size // 2, size - 1]


def test_flipped_bit_anywhere(world, nvram):
    """The module itself says that it is bad, and the log which file."""
    first = world.module("--nvram", nvram)
    with first.host() as host:
        host.upload("NVRAM:CA0", CONTENT)
    first.stop()
    path = nvram / "CA0"
    good = path.read_bytes()
    for offset in offsets_to_flip(nvram):
        path.write_bytes(good[:offset] + bytes([good[offset] ^ 1]) + good[offset + 1 :])
        running = world.module("--nvram", nvram)
        with running.host() as host:
            host.send('AT+QSECREAD="NVRAM:CA0"\r')
            host.expect_match(r"\r\n\+QSECREAD: 0,[0-9a-f]{1,4}\r\n\r\nOK\r\n")
        running.stop()
        assert f"the file {path} has a wrong checksum; lost: the certificate" in running.log() or offset < 16
        assert f"the file {path} " in running.log()


DAMAGES = {
    "garbage": lambda good: b"garbage" * 50,
    "empty": lambda good: b"",
    "cut short": lambda good: good[: len(good) // 2],
    "only the header": lambda good: good[:16],
    "longer": lambda good: good + b"x",
    "another bit": lambda good: good[:-1] + bytes([good[-1] ^ 1]),
    "zeros": lambda good: bytes(len(good)),
}
LOST = {
    "CA0": "the certificate NVRAM:CA0",
    "profile": "the settings of AT&W",
    "seal.key": "the key of all certificates and files",
    "phonebook-sm": "the phonebook SM",
    "file-66": "the file UFS:f",
}


@pytest.mark.parametrize("record", LOST)
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_image(world, nvram, record, damage):
    """The module starts without this one record; the log names the file and what is lost."""
    first = world.module("--nvram", nvram)
    with first.host() as host:
        host.upload("NVRAM:CA0", CONTENT)
        host.exchange('AT+CPBW=1,"+447700900123",145,"Ann"', OK)
        host.send('AT+QFUPL="f",5\r')
        host.expect("\r\nCONNECT\r\n")
        host.send("hello")
        host.expect_match(r"\r\n\+QFUPL: 5,[0-9a-f]+\r\n\r\nOK\r\n")
        host.exchange("AT+CMEE=2;&W", OK)
    first.stop()
    path = nvram / record
    damaged = DAMAGES[damage](path.read_bytes())
    path.write_bytes(damaged)
    running = world.module("--nvram", nvram)
    with running.open(echo=record == "profile") as host:
        if host.echo:
            host.echo_off()
        host.exchange("AT+CMEE?", f"\r\n+CMEE: {1 if record == 'profile' else 2}\r\n" + OK)
        entry = "" if record == "phonebook-sm" else '\r\n+CPBR: 1,"+447700900123",145,"Ann"\r\n'
        host.exchange("AT+CPBR=1", entry + OK)
        host.send('AT+QSECREAD="NVRAM:CA0"\r')
        good = 0 if record in ("CA0", "seal.key") else 1
        host.expect_match(rf"\r\n\+QSECREAD: {good},[0-9a-f]{{1,4}}\r\n\r\nOK\r\n")
        host.exchange("AT+QFLST", ("" if record == "file-66" else '\r\n+QFLST: "f",5\r\n') + OK)
    running.stop()
    assert len(re.findall(rf"warning .*the file {re.escape(str(path))} .*; lost: {re.escape(LOST[record])}", running.log())) == 1
    if record != "seal.key":
        assert path.read_bytes() == damaged


def test_files_of_the_first_version(world, nvram):
    """They had a checksum of their header alone."""
    import zlib

    first = world.module("--nvram", nvram)
    with first.host() as host:
        host.upload("NVRAM:CA0", CONTENT)
        host.exchange("AT+CMEE=2;&W", OK)
    first.stop()
    for path in nvram.iterdir():
        if path.name == ".lock":
            continue
        record = path.read_bytes()
        assert record[:8] == b"QMFL\0\0\0\2"
        header = b"QMFL\0\0\0\1" + record[8:12]
        path.write_bytes(header + zlib.crc32(header).to_bytes(4, "big") + record[16:])
    running = world.module("--nvram", nvram)
    with running.open(echo=False) as host:
        host.exchange("AT+CMEE?", "\r\n+CMEE: 2\r\n" + OK)
        host.check_file("NVRAM:CA0", CONTENT)
        host.exchange("AT&W", OK)
    running.stop()
    assert "warning" not in running.log()
    assert (nvram / "profile").read_bytes()[:8] == b"QMFL\0\0\0\2"


def test_foreign_file_in_the_directory(world, nvram):
    nvram.mkdir()
    (nvram / "letter.txt").write_text("dear diary")
    done = world.run("--nvram", nvram)
    assert done.returncode == 3
    assert str(nvram / "letter.txt") in done.stderr.decode()
    assert [path.name for path in nvram.iterdir() if path.name[0] != "."] == ["letter.txt"]


# ---- access ----


def test_in_use_by_another_module(world, nvram):
    first = world.module("--nvram", nvram)
    done = world.run("--nvram", nvram, "--name", "other")
    assert done.returncode == 3
    message = done.stderr.decode()
    assert str(nvram) in message and str(first.pid) in message and "--name" in message
    with first.host() as host:  # undisturbed
        host.upload("NVRAM:CA0", CONTENT)
    first.kill()
    with world.module("--nvram", nvram).host() as host:  # the dead do not hold it
        host.check_file("NVRAM:CA0", CONTENT)


def test_default_directory_in_use(world):
    """The same name twice: what most users will see first."""
    first = world.module()
    done = world.run()
    assert done.returncode == 3
    assert str(first.pid) in done.stderr.decode() and "--name" in done.stderr.decode()


def test_path_is_a_file(world, tmp_path):
    (tmp_path / "file").write_text("")
    done = world.run("--nvram", tmp_path / "file")
    assert done.returncode == 3
    assert str(tmp_path / "file") in done.stderr.decode()


@pytest.mark.parametrize("existing", [False, True])
def test_directory_that_cannot_be_written(world, as_nobody, existing):
    place, nobody = as_nobody
    if existing:
        (place / "nvram").mkdir(mode=0o755)
    done = world.run("--nvram", place / "nvram", **nobody)
    assert done.returncode == 3
    assert str(place / "nvram") in done.stderr.decode()
    assert "Permission denied" in done.stderr.decode()


def test_default_place_cannot_be_written(world, as_nobody):
    place, nobody = as_nobody
    world.environment["XDG_STATE_HOME"] = str(place / "state")
    done = world.run(**nobody)
    assert done.returncode == 3
    assert str(place / "state") in done.stderr.decode() and "--ephemeral" in done.stderr.decode()


def test_directory_that_disappears(start, nvram):
    """The module answers with an error and goes on."""
    with start().host() as host:
        shutil.rmtree(nvram)
        host.exchange(f'AT+QSECWRITE="NVRAM:CA0",{len(CONTENT)},100', "\r\nCONNECT\r\n")
        host.send(CONTENT)
        host.expect_match(r"\r\n\+CME ERROR: 40\d\d\r\n")
        host.exchange('AT+QSECREAD="NVRAM:CA0"', NOT_FOUND)
        host.exchange("AT&W", "\r\nERROR\r\n")


def test_files_are_private(start, nvram):
    with start().host() as host:
        host.upload("NVRAM:CA0", CONTENT)
        host.exchange("AT&W")
    assert nvram.stat().st_mode & 0o777 == 0o700
    for path in nvram.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_no_key_material_on_disk_or_in_the_log(start, nvram, pki, tls_server):
    """Neither the text of a certificate or key nor what it encodes, in any file, also with the log at its loudest."""
    server = tls_server("-tls1_2")
    files = {"CA0": "ca.crt", "CC0": "client.crt", "CK0": "client.key"}
    running = start("--verbose", "--map", f"peer.test:465=127.0.0.1:{server.port}")
    with running.host() as host:
        for name, path in files.items():
            host.upload(f"NVRAM:{name}", (pki / path).read_bytes())
            host.upload(f"RAM:{name}", (pki / path).read_bytes())
            host.send(f'AT+QFUPL="{name}",{(pki / path).stat().st_size}\r')
            host.expect("\r\nCONNECT\r\n")
            host.send((pki / path).read_bytes())
            host.expect_match(r"\r\n\+QFUPL: \d+,[0-9a-f]+\r\n\r\nOK\r\n")
        host.bring_up("AT+QIMUX=1", 'AT+QSSLCFG="sslversion",0,3', 'AT+QSSLCFG="seclevel",0,2')
        for setting, name in zip(("cacert", "clientcert", "clientkey"), files):
            host.exchange(f'AT+QSSLCFG="{setting}",0,"NVRAM:{name}"')
        host.exchange('AT+QSSLOPEN=0,0,"peer.test",465,0', f"{OK}\r\n+QSSLOPEN: 0,0\r\n")
    running.stop()
    places = [path.read_bytes() for path in nvram.iterdir()] + [as_bytes(running.log())]
    assert len(places) >= 5
    for secret in secrets_of(pki / path for path in files.values()):
        assert not any(secret in place for place in places), secret


def secrets_of(paths):
    import base64

    for path in paths:
        lines = [line.encode() for line in path.read_text().splitlines() if re.fullmatch(r"[A-Za-z0-9+/=]{20,}", line)]
        assert len(lines) > 10
        yield b"-----BEGIN"
        yield from lines
        encoded = base64.b64decode(b"".join(lines))
        yield from (encoded[at : at + 16] for at in range(0, len(encoded) - 16, 16))
        yield from (encoded[at : at + 16].hex().encode() for at in range(0, len(encoded) - 16, 16))
