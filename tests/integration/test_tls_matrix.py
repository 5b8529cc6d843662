# SPDX-License-Identifier: Apache-2.0
"""Every <sslversion> with every <ciphersuite> (SSL 1.1, Tables 1 and 2), typed at the UART, against servers that are
not mbedTLS. 21 cells connect and echo; 0x003D below TLS 1.2 cannot exist and is refused."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from support import World
from tls_support import ALL_VERSIONS, KINDS, SUITES, VERSIONS, Nss, OpenSsl, SecureHost, allowed

CELLS = [(version, suite) for version in range(len(VERSIONS)) for suite in SUITES]
ENOUGH = 2  # independent implementations per cell
LACKS_SSL3 = "SSL3.0 is not in the mbedTLS this program was built with"

needs_nss = pytest.mark.skipif(not Nss.installed(), reason="no selfserv (libnss3-tools)")


@pytest.fixture(scope="module")
def bench(tmp_path_factory, pki):
    """One module, one process of each peer, for all cells."""
    directory = tmp_path_factory.mktemp("matrix")
    world = World(directory)
    peers = []
    try:
        for kind in KINDS:
            if kind.installed():
                peers.append(kind(directory, pki))
        module = world.module("--rtc", "2016-02-29T12:00:00Z")
        with module.host() as host:
            host.bring_up("AT+QIMUX=1")
            host.upload("RAM:ca_cert.pem", (pki / "ca.crt").read_bytes())
            host.exchange('AT+QSSLCFG="cacert",0,"RAM:ca_cert.pem"')
            yield SimpleNamespace(
                directory=directory,
                pki=pki,
                peers=peers,
                module=module,
                host=SecureHost(host),
                count={peer: 0 for peer in peers},
            )
            host.nothing_more()
    finally:
        for peer in peers:
            peer.close()
        world.close()


@pytest.fixture(scope="module")
def table(request):
    """What happened in each cell; shown when all is done, and kept for tools/test to show."""
    cells = {}
    yield cells
    if len(cells) < len(CELLS):
        return  # somebody chose single tests
    good = sum(bool(text) for text in cells.values())
    width = max(map(len, cells.values()))
    lines = [f"{good} of {len(CELLS)} cells of <sslversion> and <ciphersuite>:"]
    lines.append("         " + "".join(f"{name:{width + 2}}" for name in VERSIONS).rstrip())
    for suite in SUITES:
        row = "".join(f"{cells[version, suite] or 'FAILED':{width + 2}}" for version in range(len(VERSIONS)))
        lines.append(f"  0x{suite:04X} {row}".rstrip())
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("", *lines, sep="\n")
    if "QUASIMODEM_TLS_MATRIX" in os.environ:
        Path(os.environ["QUASIMODEM_TLS_MATRIX"]).write_text("\n".join(lines) + "\n")


def connect(bench, peer, ssid=0):
    """Opens, checks that both sides are of one mind about the handshake, exchanges data; (version, suite)."""
    code = bench.host.open(ssid, "127.0.0.1", peer.port)
    if code == -1 and LACKS_SSL3 in bench.module.log():
        pytest.skip(LACKS_SSL3)
    assert code == 0, (peer.name, code, bench.module.log(), peer.said())
    bench.host.exchange_with(peer, ssid)
    bench.count[peer] += 1
    return peer.negotiated(bench.count[peer])


def choose(bench, version, suites, seclevel=1):
    bench.host.configure(sslversion=version, seclevel=seclevel, ciphersuite=f'"{suites}"')


@pytest.mark.parametrize("version, suite", CELLS, ids=[f"{VERSIONS[v]}-{s:04X}" for v, s in CELLS])
def test_cell(bench, table, version, suite):
    table[version, suite] = ""
    choose(bench, version, f"0X{suite:04X}")
    if not allowed(version, suite):
        for peer in bench.peers:
            assert bench.host.open(0, "127.0.0.1", peer.port) == -1
            assert peer.handshakes()[bench.count[peer] :] == []
        log = bench.module.log()
        assert f"TLS_RSA_WITH_AES_256_CBC_SHA256 cannot be used with {VERSIONS[version]}" in log or LACKS_SSL3 in log
        table[version, suite] = "refused"
        return
    peers = [peer for peer in bench.peers if peer.speaks(version, suite)]
    if len(peers) < ENOUGH:
        pytest.skip(f"{len(peers)} of {ENOUGH} servers that speak {VERSIONS[version]} with 0x{suite:04X}")
    for peer in peers:
        assert connect(bench, peer) == (version, suite)
    table[version, suite] = " ".join(peer.name for peer in peers)


@pytest.mark.parametrize("version", range(1, 4), ids=VERSIONS[1:])
def test_list_of_suites(bench, version):
    """The module offers all of the list, and nothing else."""
    for peer in bench.peers:
        for offered in ([0x0035, 0x002F], [0x002F, 0x000A, 0x0005], [0x003D, 0x0035], [0x0004, 0x0005]):
            usable = [suite for suite in offered if peer.speaks(version, suite)]
            choose(bench, version, ",".join(f"0X{suite:04X}" for suite in offered))
            if usable:
                assert connect(bench, peer) in [(version, suite) for suite in usable]


@pytest.mark.parametrize("version", range(1, 4), ids=VERSIONS[1:])
def test_all_suites(bench, version):
    choose(bench, version, "0XFFFF")
    for peer in bench.peers:
        assert connect(bench, peer)[0] == version


def test_all_versions_and_suites(bench):
    """As the module comes from the factory: the highest version both have."""
    choose(bench, ALL_VERSIONS, "0XFFFF", seclevel=0)
    for peer in bench.peers:
        assert connect(bench, peer)[0] == 3


def test_all_versions_with_one_suite(bench):
    for suite in SUITES:
        choose(bench, ALL_VERSIONS, f"0X{suite:04X}")
        for peer in bench.peers:
            if suite in peer.suites:
                assert connect(bench, peer) == (3, suite)


@pytest.mark.parametrize(
    "kind, highest",
    [(Nss, version) for version in range(4)] + [(OpenSsl, version) for version in range(1, 3)],
    ids=lambda value: value.name if isinstance(value, type) else VERSIONS[value],
)
def test_all_versions_with_an_older_server(bench, kind, highest):
    if not kind.installed():
        pytest.skip(f"no {kind.program}")
    choose(bench, ALL_VERSIONS, "0XFFFF")
    with kind(bench.directory, bench.pki, highest=highest) as peer:
        bench.count[peer] = 0
        assert connect(bench, peer)[0] == highest


@needs_nss
@pytest.mark.parametrize("version", range(1, 4), ids=VERSIONS[1:])
def test_a_version_above_the_server_is_refused(bench, version):
    """<sslversion> 0 to 3 is exactly that version."""
    choose(bench, version, "0XFFFF")
    with Nss(bench.directory, bench.pki, highest=version - 1) as peer:
        assert bench.host.open(0, "127.0.0.1", peer.port) == -1
        assert peer.handshakes() == []
    assert "the peer chose a version that is not allowed here" in bench.module.log()


def test_settings_are_taken_over_when_the_connection_is_opened(bench):
    """SSL 2.2.1: a change is for new connections; an open one goes on as it was made."""
    peer = next((peer for peer in bench.peers if peer.echoes and peer.binary), None)
    if not peer:
        pytest.skip("no server that echoes")
    choose(bench, 3, "0X0035")
    assert bench.host.open(1, "127.0.0.1", peer.port) == 0
    bench.count[peer] += 1
    choose(bench, 1, "0X002F")
    assert connect(bench, peer, ssid=0) == (1, 0x002F)
    assert peer.handshakes()[-2] == (3, 0x0035)
    bench.host.exchange_with(peer, 1)
