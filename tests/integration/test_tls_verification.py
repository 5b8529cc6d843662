# SPDX-License-Identifier: Apache-2.0
"""<seclevel> 1 and 2 against servers that are not mbedTLS: which certificates are accepted, on both sides."""

import pytest

from support import OK
from tls_support import VERSIONS, GnuTls, Nss, OpenSsl, SecureHost

SPRING_2015 = "15/04/08,12:00:00+00"

# certificate, chain, CA certificate, clock: why not (None = accepted)
SERVERS = [
    ("server.crt", None, "ca.crt", SPRING_2015, None),
    ("server_sha1.crt", None, "ca.crt", SPRING_2015, None),
    ("server_md5.crt", None, "ca.crt", SPRING_2015, None),
    ("server_below.crt", "intermediate.crt", "ca.crt", SPRING_2015, None),
    ("server_wrong_name.crt", None, "ca.crt", SPRING_2015, None),
    ("server_self.crt", None, "server_self.crt", SPRING_2015, None),
    ("server_expired.crt", None, "ca.crt", SPRING_2015, None),
    ("server_expired.crt", None, "ca.crt", "16/01/01,00:00:01+00", "CN=localhost: expired on 2016-01-01 00:00:00"),
    ("server_expired.crt", None, "ca.crt", "04/01/01,00:00:00+00", "CN=Test CA: not valid before 2014-01-01"),
    ("server_future.crt", None, "ca.crt", SPRING_2015, "CN=localhost: not valid before 2030-01-01"),
    ("server_future.crt", None, "ca.crt", "31/01/01,00:00:00+00", None),
    ("server_other_ca.crt", None, "ca.crt", SPRING_2015, "not issued by a configured CA certificate"),
    ("server_self.crt", None, "ca.crt", SPRING_2015, "not issued by a configured CA certificate"),
    ("server_below.crt", None, "ca.crt", SPRING_2015, "not issued by a configured CA certificate"),
    ("server_client_use.crt", None, "ca.crt", SPRING_2015, "its extended key usage does not allow this use"),
]

# client certificate, key: whether a server that demands one of "Test CA" lets the module in
CLIENTS = [("client.crt", "client.key", True), (None, None, False), ("stranger.crt", "stranger.key", False)]


@pytest.mark.parametrize("certificate, chain, ca, clock, reason", SERVERS)
def test_server_certificate(module, tmp_path, pki, certificate, chain, ca, clock, reason):
    program = module()
    with OpenSsl(tmp_path, pki, certificate=certificate, chain=chain) as peer, program.host() as plain:
        plain.bring_up("AT+QIMUX=1", f'AT+CCLK="{clock}"')
        plain.upload("RAM:ca", (pki / ca).read_bytes())
        host = SecureHost(plain)
        host.configure(cacert='"RAM:ca"')
        for version in (1, 3):
            # At seclevel 0 the same server is good enough.
            for seclevel in (0, 1):
                host.configure(sslversion=version, seclevel=seclevel)
                code = host.open(0, "127.0.0.1", peer.port)
                if seclevel == 0 or not reason:
                    assert code == 0, program.log()
                    host.exchange_with(peer, 0)
                else:
                    assert code == -1
        rejections = program.log().count("peer certificate rejected: ")
        assert rejections == (2 if reason else 0)
        assert not reason or program.log().count(reason) == 2, program.log()
        plain.nothing_more()


@pytest.mark.parametrize("certificate, key, welcome", CLIENTS)
@pytest.mark.parametrize("kind", [OpenSsl, GnuTls, Nss], ids=lambda kind: kind.name)
def test_client_certificate(module, tmp_path, pki, kind, certificate, key, welcome):
    if not kind.installed():
        pytest.skip(f"no {kind.program}")
    program = module("--rtc", "2015-04-08")
    with kind(tmp_path, pki, demand_certificate=True) as peer, program.host() as plain:
        plain.bring_up("AT+QIMUX=1")
        plain.upload("RAM:ca", (pki / "ca.crt").read_bytes())
        host = SecureHost(plain)
        host.configure(cacert='"RAM:ca"', seclevel=1)
        if certificate:
            plain.upload("RAM:cert", (pki / certificate).read_bytes())
            plain.upload("RAM:key", (pki / key).read_bytes())
            host.configure(clientcert='"RAM:cert"', clientkey='"RAM:key"', seclevel=2)
        made = 0
        for version in kind.versions:
            host.configure(sslversion=version)
            code = host.open(0, "127.0.0.1", peer.port)
            if version == 0 and "SSL3.0 is not in the mbedTLS" in program.log():
                continue
            assert code == (0 if welcome else -1), (VERSIONS[version], program.log(), peer.said())
            if welcome:
                made += 1
                host.exchange_with(peer, 0)
                assert peer.negotiated(made)[0] == version
        plain.nothing_more()


def test_the_factory_clock_refuses_until_it_is_set_or_ignored(module, tmp_path, pki):
    """Quirk Q18: after a cold boot it is 2004, whatever year it is here."""
    program = module("--rtc", "factory")
    with OpenSsl(tmp_path, pki) as peer, program.host() as plain:
        plain.bring_up("AT+QIMUX=1")
        plain.upload("RAM:ca", (pki / "ca.crt").read_bytes())
        host = SecureHost(plain)
        host.configure(cacert='"RAM:ca"', seclevel=1)
        assert host.open(0, "127.0.0.1", peer.port) == -1
        assert "the module's clock says 2004-01-01" in program.log()
        plain.exchange(f'AT+CCLK="{SPRING_2015}"')
        assert host.open(0, "127.0.0.1", peer.port) == 0
        host.exchange_with(peer, 0)
        plain.exchange('AT+CCLK="04/01/01,00:00:00+00"')
        host.command('AT+QSSLCFG="ignorertctime",1', OK)
        assert host.open(0, "127.0.0.1", peer.port) == 0
        host.exchange_with(peer, 0)
        plain.nothing_more()


def test_certificates_in_nvram_outlive_the_program(world, tmp_path, pki):
    with OpenSsl(tmp_path, pki, demand_certificate=True) as peer:
        for run in range(2):
            program = world.module("--nvram", tmp_path / "nvram", "--rtc", "2015-04-08")
            with program.host() as plain:
                plain.bring_up("AT+QIMUX=1")
                for name, file in (("CA0", "ca.crt"), ("CC0", "client.crt"), ("CK0", "client.key")):
                    if run == 0:
                        plain.upload(f"NVRAM:{name}", (pki / file).read_bytes())
                    plain.check_file(f"NVRAM:{name}", (pki / file).read_bytes())
                host = SecureHost(plain)
                host.configure(cacert='"NVRAM:CA0"', clientcert='"NVRAM:CC0"', clientkey='"NVRAM:CK0"', seclevel=2)
                assert host.open(0, "127.0.0.1", peer.port) == 0
                host.exchange_with(peer, 0)
            program.stop()


def test_a_server_with_two_names(module, tmp_path, pki):
    """Only to who calls it web.test does it show the certificate that the module trusts; its name is localhost."""
    with OpenSsl(tmp_path, pki, certificate="server_other_ca.crt", sni=("web.test", "server.crt")) as peer:
        maps = [f"--map={name}=127.0.0.1:{peer.port}" for name in ("web.test", "other.test")]
        program = module("--firmware", "sni=on", "--rtc", "2015-04-08", *maps)
        with program.host() as plain:
            plain.bring_up("AT+QIMUX=1")
            plain.upload("RAM:ca", (pki / "ca.crt").read_bytes())
            host = SecureHost(plain)
            host.configure(cacert='"RAM:ca"', seclevel=1)
            made = 0
            for version in peer.versions:
                host.configure(sslversion=version)
                for sni, name, code in ((0, "web.test", -1), (1, "other.test", -1), (1, "web.test", 0)):
                    host.configure(sni=sni)
                    assert host.open(0, name, 443) == code, (VERSIONS[version], sni, name, program.log())
                made += 1
                assert peer.negotiated(made)[0] == version
                host.exchange_with(peer, 0)
            # By its address it has no name.
            assert host.open(0, "127.0.0.1", peer.port) == -1
            plain.nothing_more()
