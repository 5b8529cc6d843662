# SPDX-License-Identifier: Apache-2.0
"""The three examples of GSM_SSL_TCP_Application_Note_V3.1 chapter 3, as spelled there, against openssl s_server."""

import pytest

from support import CTRL_Z, OK, receive_exactly

# The note's addresses.
SSL_PEER = "116.247.104.27:465"
TCP_PEER = "116.247.104.27:6021"
OTHER_SSL_PEER = "124.74.41.170:5115"

VERSIONS = [("-tls1_1", 2), ("-tls1_2", 3)]


def leads_to(peer, server):
    return f"--map={peer}=127.0.0.1:{server.port}"


def activate(host, address="10.1.83.188"):
    host.exchange("AT+ QIFGCNT=0")
    host.exchange('AT+ QICSGP=1,"CMNET"')
    host.exchange("AT+QIREGAPP")
    host.exchange("AT+QIACT")
    host.exchange("AT+QILOCIP", f"\r\n{address}\r\n")


def exchange_data(host, server, ssid, peer, most):
    """Step 4 of each example: both ways of sending, then reading."""
    host.prompted(f"AT+QSSLSEND={ssid},12", b"hello, world")
    server.expect(b"hello, world")
    host.prompted(f"AT+QSSLSEND={ssid}", b"any length" + CTRL_Z)
    server.expect(b"any length")
    server.send(b"1234567")
    host.expect(f'\r\n+QSSLURC: "recv",0,{ssid}\r\n')
    host.exchange(f"AT+QSSLRECV=0,{ssid},{most}", f"\r\n+QSSLRECV: {peer},TCP,7\r\n1234567{OK}")


def mutual_authentication(host, server, pki, sslversion, ca, certificate, key):
    """Examples 3.1 and 3.2, which differ in where the files are. Leaves the files there and the context down."""
    files = [(ca, pki / "ca.crt"), (certificate, pki / "client.crt"), (key, pki / "client.key")]
    # Step 1: upload certificates and key
    for name, path in files:
        host.upload(name, path.read_bytes())
    # Step 2: configure and activate the PDP context
    activate(host)
    host.exchange("AT+QIMUX=1")
    # Step 3: configure SSL
    host.exchange(f'AT+QSSLCFG="sslversion",0,{sslversion}')
    host.exchange('AT+QSSLCFG="ciphersuite",0,"0XFFFF"')
    host.exchange('AT+QSSLCFG="seclevel",0,2')
    for name, path in files:
        host.check_file(name, path.read_bytes())
    host.exchange(f'AT+QSSLCFG="cacert",0,"{ca}"')
    host.exchange(f'AT+QSSLCFG="clientcert",0,"{certificate}"')
    host.exchange(f'AT+QSSLCFG="clientkey",0, "{key}"')
    # Step 4: set up the SSL connection, send and receive
    host.exchange('AT+ QSSLOPEN =1, 0,"116.247.104.27",465,0', f"{OK}\r\n+QSSLOPEN: 1,0\r\n")
    exchange_data(host, server, 1, SSL_PEER, 1500)
    # Step 5: close
    host.exchange("AT+QSSLCLOSE=1", "\r\n1, CLOSE OK\r\n")


@pytest.mark.parametrize("version, sslversion", VERSIONS)
def test_certificates_in_ram(module, tls_server, pki, version, sslversion):
    server = tls_server(version)
    with module(leads_to(SSL_PEER, server)).host() as host:
        names = ["RAM:ca_cert.pem", "RAM:client_cert.pem", "RAM:client_key.pem"]
        mutual_authentication(host, server, pki, sslversion, *names)
        for name in names:
            host.exchange(f'AT+QSECDEL="{name}"')
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        host.nothing_more()


def test_certificates_in_ram_with_echo(module, tls_server, pki):
    """As the module comes from the factory."""
    server = tls_server("-tls1_1")
    with module(leads_to(SSL_PEER, server)).host(echo=True) as host:
        mutual_authentication(host, server, pki, 2, "RAM:ca_cert.pem", "RAM:client_cert.pem", "RAM:client_key.pem")
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")


@pytest.mark.parametrize("version, sslversion", VERSIONS)
def test_certificates_in_nvram(module, tls_server, pki, version, sslversion):
    server = tls_server(version)
    with module(leads_to(SSL_PEER, server)).host() as host:
        mutual_authentication(host, server, pki, sslversion, "NVRAM:CA0", "NVRAM:CC0", "NVRAM:CK0")
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        host.nothing_more()


def tcp_and_ssl_side_by_side(host, tls, tcp, sslversion, address="10.1.83.188"):
    # Step 1: configure and activate the PDP context
    activate(host, address)
    # Step 2: normal TCP connection
    host.exchange("AT+QIMUX=1")
    host.exchange("AT+QINDI=1")
    host.exchange('AT+QIOPEN=1,"TCP","116.247.104.27",6021', f"{OK}\r\n1, CONNECT OK\r\n")
    connection = tcp.connection()
    host.prompted("AT+QISEND=1,10", b"0123456789")
    assert receive_exactly(connection, 10) == b"0123456789"
    connection.sendall(b"Abcde")
    host.expect("\r\n+QIRDI: 0,1,1\r\n")
    host.exchange("AT+QIRD=0,1,1,1024", f"\r\n+QIRD: {TCP_PEER},TCP,5\r\nAbcde{OK}")
    # Step 3: SSL connection without authentication
    host.exchange(f'AT+QSSLCFG="sslversion",0,{sslversion}')
    host.exchange('AT+QSSLCFG="seclevel",0,0')
    host.exchange('AT+QSSLCFG="ciphersuite",0,"0XFFFF"')
    host.exchange('AT+ QSSLOPEN =3,0,"124.74.41.170",5115,0', f"{OK}\r\n+QSSLOPEN: 3,0\r\n")
    exchange_data(host, tls, 3, OTHER_SSL_PEER, 1000)
    # Step 4: close both
    host.exchange("AT+QSSLCLOSE=3", "\r\n3, CLOSE OK\r\n")
    host.exchange("AT+QICLOSE=1", "\r\n1, CLOSE OK\r\n")
    host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
    host.nothing_more()


@pytest.mark.parametrize("version, sslversion", VERSIONS)
def test_tcp_and_ssl_side_by_side(module, tls_server, tcp_server, version, sslversion):
    tls = tls_server(version, client_certificate=False)
    with module(leads_to(TCP_PEER, tcp_server), leads_to(OTHER_SSL_PEER, tls)).host() as host:
        tcp_and_ssl_side_by_side(host, tls, tcp_server, sslversion)


def test_with_the_pace_of_a_module(module, tls_server, tcp_server, pki):
    """The same bytes in the same order, only later: profile lab, all three examples on one module."""
    mutual, plain = tls_server("-tls1_1"), tls_server("-tls1_2", client_certificate=False)
    options = [leads_to(SSL_PEER, mutual), leads_to(TCP_PEER, tcp_server), leads_to(OTHER_SSL_PEER, plain)]
    with module(*options, profile="lab").host() as host:
        # `AT+QIACT` before the registration is done would fail, as it does on a module.
        host.registered()
        names = ["RAM:ca_cert.pem", "RAM:client_cert.pem", "RAM:client_key.pem"]
        mutual_authentication(host, mutual, pki, 2, *names)
        for name in names:
            host.exchange(f'AT+QSECDEL="{name}"')
        host.exchange("AT+QIDEACT", "\r\nDEACT OK\r\n")
        for name, path in (("CA0", "ca.crt"), ("CC0", "client.crt"), ("CK0", "client.key")):
            host.upload(f"NVRAM:{name}", (pki / path).read_bytes())
        # The network gives another address to the second context.
        tcp_and_ssl_side_by_side(host, plain, tcp_server, 3, "10.1.83.189")


def test_server_refuses_a_module_without_certificate(module, tls_server, pki):
    """The server of the examples does look at the client certificate."""
    server = tls_server("-tls1_2")
    with module(leads_to(SSL_PEER, server)).host() as host:
        host.bring_up("AT+QIMUX=1", 'AT+QSSLCFG="sslversion",0,3', 'AT+QSSLCFG="seclevel",0,0')
        host.exchange('AT+QSSLOPEN=1,0,"116.247.104.27",465,0', f"{OK}\r\n+QSSLOPEN: 1,-1\r\n")
        host.nothing_more()
