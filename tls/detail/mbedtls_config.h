/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to the default configuration of mbedTLS 2.28, included by its config.h (MBEDTLS_USER_CONFIG_FILE).
 * What a module of 2015 speaks, and nothing that would let the host shine through. */
#ifndef QUASIMODEM_MBEDTLS_CONFIG_H
#define QUASIMODEM_MBEDTLS_CONFIG_H

/* The protocol the default leaves out; with it all of <sslversion> and Table 2 work. */
#define MBEDTLS_SSL_PROTO_SSL3
#undef MBEDTLS_REMOVE_ARC4_CIPHERSUITES /* only the default list; documents intent */
#undef MBEDTLS_REMOVE_3DES_CIPHERSUITES

/* The host's clock stays out of ClientHello.random and out of X.509: the module's RTC decides (detail/chain_judge). */
#undef MBEDTLS_HAVE_TIME
#undef MBEDTLS_HAVE_TIME_DATE
#undef MBEDTLS_TIMING_C

/* The host's network, files and entropy: bytes and randomness come from the caller. */
#undef MBEDTLS_NET_C
#undef MBEDTLS_FS_IO
#undef MBEDTLS_ENTROPY_C
#undef MBEDTLS_CTR_DRBG_C
#undef MBEDTLS_HMAC_DRBG_C
#undef MBEDTLS_PSA_CRYPTO_C
#undef MBEDTLS_PSA_CRYPTO_STORAGE_C
#undef MBEDTLS_PSA_ITS_FILE_C

/* Kept: SSL_SRV_C (testing/server_session), SSL_RENEGOTIATION (servers that ask for the client certificate late),
 * SSL_EXPORT_KEYS (key log), SSL_SERVER_NAME_INDICATION (later firmware; off unless a name is set),
 * SSL_CBC_RECORD_SPLITTING (switched at run time), GCM_C (sealing at rest),
 * SHA512_C (CAs of today), X509_CHECK_(EXTENDED_)KEY_USAGE. */
#undef MBEDTLS_SSL_PROTO_DTLS
#undef MBEDTLS_SSL_DTLS_ANTI_REPLAY
#undef MBEDTLS_SSL_DTLS_HELLO_VERIFY
#undef MBEDTLS_SSL_DTLS_CLIENT_PORT_REUSE
#undef MBEDTLS_SSL_DTLS_BADMAC_LIMIT
#undef MBEDTLS_SSL_COOKIE_C
#undef MBEDTLS_SSL_CACHE_C
#undef MBEDTLS_SSL_TICKET_C
#undef MBEDTLS_SSL_SESSION_TICKETS
#undef MBEDTLS_SSL_ALPN
#undef MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
#undef MBEDTLS_SSL_TRUNCATED_HMAC
#undef MBEDTLS_SSL_FALLBACK_SCSV
#undef MBEDTLS_SSL_ENCRYPT_THEN_MAC
#undef MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#undef MBEDTLS_SSL_CONTEXT_SERIALIZATION

/* RSA key exchange only; without elliptic curves ClientHello names RSA signatures only, as a module of the time would. */
#undef MBEDTLS_KEY_EXCHANGE_PSK_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_DHE_PSK_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECDHE_PSK_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_RSA_PSK_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_DHE_RSA_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECDH_ECDSA_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECDH_RSA_ENABLED
#undef MBEDTLS_ECP_C
#undef MBEDTLS_ECDH_C
#undef MBEDTLS_ECDSA_C
#undef MBEDTLS_ECDSA_DETERMINISTIC
#undef MBEDTLS_PK_PARSE_EC_EXTENDED
#undef MBEDTLS_DHM_C

/* Never used; less to compile. */
#undef MBEDTLS_ARIA_C
#undef MBEDTLS_BLOWFISH_C
#undef MBEDTLS_CAMELLIA_C
#undef MBEDTLS_CCM_C
#undef MBEDTLS_CHACHA20_C
#undef MBEDTLS_CHACHAPOLY_C
#undef MBEDTLS_POLY1305_C
#undef MBEDTLS_XTEA_C
#undef MBEDTLS_HKDF_C
#undef MBEDTLS_RIPEMD160_C
#undef MBEDTLS_PADLOCK_C
#undef MBEDTLS_CIPHER_MODE_CFB
#undef MBEDTLS_CIPHER_MODE_CTR
#undef MBEDTLS_CIPHER_MODE_OFB
#undef MBEDTLS_CIPHER_MODE_XTS
#undef MBEDTLS_CERTS_C
#undef MBEDTLS_SELF_TEST
#undef MBEDTLS_DEBUG_C
#undef MBEDTLS_X509_CREATE_C
#undef MBEDTLS_X509_CSR_PARSE_C
#undef MBEDTLS_X509_CSR_WRITE_C
#undef MBEDTLS_X509_CRT_WRITE_C
#undef MBEDTLS_X509_CRL_PARSE_C
#undef MBEDTLS_PEM_WRITE_C
#undef MBEDTLS_PK_WRITE_C
#undef MBEDTLS_GENPRIME
#undef MBEDTLS_VERSION_FEATURES

#endif
