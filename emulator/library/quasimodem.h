/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quasimodem as a library: a Quectel GSM module in the memory of your process, for unit tests of host firmware.
 *
 *     qm_module *module;
 *     qm_open("[module]\nmodel = \"m66\"\n", &module);
 *     qm_serve_tcp(module, "example.com", 80, NULL);       // a server that echoes
 *     qm_write(module, "AT\r", 3);                         // what your driver writes to its UART
 *     qm_wait(module, 1000000);                            // a second of the module's time, at most
 *     qm_read(module, buffer, sizeof buffer, &size);       // what your driver reads from its UART
 *     qm_close(module);
 *
 * No socket, no thread, no clock: time passes in qm_advance and qm_wait only, as fast as the processor can. The same calls
 * give the same bytes on every run.
 *
 * Results. Functions that can fail return a qm_result; qm_error_text says what was wrong, and what to do instead. What an
 * output parameter points to is changed on QM_OK only. No C++ exception leaves the library.
 *
 * Threads. One module belongs to one thread at a time. Modules share nothing: others may run in other threads.
 *
 * Time is in microseconds of the module's own time. It begins with qm_open and never goes back.
 *
 * Text is UTF-8 and ends with a NUL.
 */
#ifndef QUASIMODEM_H
#define QUASIMODEM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define QM_API __attribute__((visibility("default")))
#else
#define QM_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum qm_result {
  QM_OK = 0,
  QM_INVALID_ARGUMENT = 1,      /* a NULL where none is allowed, a value out of its range, a text that says nothing */
  QM_INVALID_CONFIGURATION = 2, /* qm_open: the text names the line */
  QM_FULL = 3,                  /* qm_write: QM_INPUT_LIMIT; nothing was taken */
  QM_TIMED_OUT = 4,             /* qm_wait: nothing came */
  QM_IMPOSSIBLE = 5,            /* not in this state: the connection has ended, say */
  QM_BUSY = 6,                  /* called from a callback of a server, which may not do this */
  QM_OUT_OF_MEMORY = 7,
  QM_INTERNAL = 8 /* a bug of this library; the module is to be closed */
} qm_result;

/* What went wrong in the last call of this thread that did not end well; empty before the first. Valid until the next
 * one. */
QM_API const char *qm_error_text(void);

/* `0.1.0`, with the commit behind a + where it is no release. Never ends. */
QM_API const char *qm_version(void);

/* Gives back what qm_call, qm_take_message and qm_save_flash have given. NULL is fine. */
QM_API void qm_free(void *memory);

/* ---- the module ---- */

typedef struct qm_module qm_module;

/*
 * A module that is being switched on, or is off with `power = "off"`. `configuration` is the text of a quasimodem.toml
 * (docs/configuration.md) with the sections [module], [network] and [test]; NULL or "" is an M95 in profile "lab".
 * Keys of the real world are refused, and the text says what stands in their place: uart, count, nvram, time_scale,
 * allow, map, and "host" as a time. Where `rtc` is not given the module's clock begins in 2004, as on delivery.
 */
QM_API qm_result qm_open(const char *configuration, qm_module **module);

/* Ends it, and its connections. NULL is fine. Does nothing in a callback. */
QM_API void qm_close(qm_module *module);

/* ---- UART ---- */

#define QM_INPUT_LIMIT ((size_t)1048576) /* bytes that have not reached the module */
#define QM_OUTPUT_LIMIT ((size_t)65536)  /* bytes that the host has not read */

/*
 * The host sends. The bytes travel at the baud rate (in profiles with `paced`), and wait as long as the module's CTS is
 * off. All of them are taken or, with QM_FULL, none.
 */
QM_API qm_result qm_write(qm_module *module, const void *bytes, size_t size);

/*
 * The host takes what has arrived by now, `capacity` bytes at most; *size is 0 when there is nothing. Time does not
 * pass. While QM_OUTPUT_LIMIT bytes wait the module is held back, as by RTS: nothing is lost.
 */
QM_API qm_result qm_read(qm_module *module, void *buffer, size_t capacity, size_t *size);

/* How many bytes qm_read would give; 0 without a module. */
QM_API size_t qm_readable(const qm_module *module);

/* Names of the host's side: DTR and RTS are the host's, and on at first; the others are the module's. */
enum { QM_DTR, QM_RTS, QM_CTS, QM_DSR, QM_DCD, QM_RI };

/* `signal` is QM_DTR or QM_RTS; `level` 0 is off. */
QM_API qm_result qm_set_line(qm_module *module, int signal, int level);

/* 1: on, 0: off, -1: no module, or no such line. */
QM_API int qm_line(const qm_module *module, int signal);

/* The host's baud rate, 115200 at first. The module follows it while AT+IPR is 0; 75 to 4000000. */
QM_API qm_result qm_set_baud(qm_module *module, int baud);

/* ---- time ---- */

#define QM_NEVER UINT64_MAX
#define QM_LONGEST_ADVANCE ((uint64_t)31622400000000) /* 366 days */

/* Lets time pass: all that is due happens, each at its own time. QM_LONGEST_ADVANCE at a time. */
QM_API qm_result qm_advance(qm_module *module, uint64_t microseconds);

/* The same, but ends as soon as qm_read has something; at once when it has already. QM_TIMED_OUT: all of it has passed. */
QM_API qm_result qm_wait(qm_module *module, uint64_t microseconds);

/* Time since qm_open; 0 without a module. */
QM_API uint64_t qm_now(const qm_module *module);

/* How long until something happens by itself, rounded up; QM_NEVER: nothing, whatever time passes. */
QM_API uint64_t qm_next_event(const qm_module *module);

/* ---- watching and disturbing ---- */

/*
 * Carries out a request of docs/control.md, {"id":1,"method":"network","params":{"deny":true}}. *answer is the answer,
 * without an end of line: {"id":1,"result":…} or {"id":1,"error":{…}}, which is QM_OK here. It is for qm_free.
 * A request that waits (`wait`) sets it to NULL: its answer comes by qm_take_message while time passes.
 */
QM_API qm_result qm_call(qm_module *module, const char *request, char **answer);

/*
 * What a client of the control socket would be sent by itself, oldest first: answers to requests that had to wait, and
 * the records of `subscribe`. *message is NULL when there is none, otherwise for qm_free. When more than 8 MiB wait the
 * oldest make room.
 */
QM_API qm_result qm_take_message(qm_module *module, char **message);

/* ---- memory ---- */

/* What the module remembers without power: certificates, files, saved settings, messages. For qm_free. */
QM_API qm_result qm_save_flash(qm_module *module, void **image, size_t *size);

/*
 * Cuts the power, puts an image of qm_save_flash in the place of the memory, and switches the module on. What qm_open was
 * told and what serves it stay. QM_INVALID_ARGUMENT: it is no image; then nothing happened.
 */
QM_API qm_result qm_load_flash(qm_module *module, const void *image, size_t size);

/* ---- the network ---- */

/* One conversation of the module with a server. Valid until qm_close, also when it has ended. */
typedef struct qm_connection qm_connection;

/*
 * A server's code. Each function may be NULL. They are called while qm_advance, qm_wait, qm_write or qm_call runs, and may
 * call qm_send, qm_hang_up, qm_now and qm_error_text; all else gives QM_BUSY. They must return: no longjmp, no exception.
 */
typedef struct qm_server {
  void *user;
  void (*connected)(void *user, qm_connection *connection); /* over TLS: after the handshake */
  void (*received)(void *user, qm_connection *connection, const void *bytes, size_t size);
  void (*closed)(void *user, qm_connection *connection); /* by the module, or its bearer is gone; never for UDP */
} qm_server;

/*
 * Somebody listens at host:port. `host` is a dotted IPv4 address or a name; a name that qm_set_address did not give one gets
 * one. `port` is 1 to 65535. A server in the same place is replaced; its connections go on. `server` is copied; NULL is one
 * that echoes. With UDP a connection begins with the first datagram, and each qm_send is a datagram.
 */
QM_API qm_result qm_serve_tcp(qm_module *module, const char *host, int port, const qm_server *server);
QM_API qm_result qm_serve_udp(qm_module *module, const char *host, int port, const qm_server *server);

enum { QM_ANY_VERSION, QM_SSL_3_0, QM_TLS_1_0, QM_TLS_1_1, QM_TLS_1_2 };

/* How a server speaks TLS. All zero: all versions and suites, the throw-away certificate (CN=localhost), no question for
 * the client's. */
typedef struct qm_tls {
  const char *certificate; /* PEM; its chain may follow. NULL: the throw-away one, whose key everybody knows */
  const char *key;         /* PEM, RSA; NULL together with `certificate` */
  const char *client_authority; /* PEM: who does not show a certificate that this one has signed is refused. NULL: no */
  int lowest;  /* QM_SSL_3_0 … */
  int highest;
  const unsigned *suites; /* best first, as in AT+QSSLCFG="ciphersuite": 0x0035 … NULL: all */
  size_t suite_count;
} qm_tls;

/* `tls` is copied; NULL is one that is all zero. QM_INVALID_ARGUMENT also when nothing can be served by it. */
QM_API qm_result qm_serve_tls(qm_module *module, const char *host, int port, const qm_server *server, const qm_tls *tls);

/* Nobody answers there: a SYN gets lost. (An address that is known, at a port where nobody listens, refuses at once.) */
QM_API qm_result qm_ignore(qm_module *module, const char *host, int port);

/* What the name server says. A name that it does not know does not exist. */
QM_API qm_result qm_set_address(qm_module *module, const char *name, const char *address);

/* The server sends. QM_IMPOSSIBLE: one side has ended the connection, or its TLS handshake is not done. */
QM_API qm_result qm_send(qm_connection *connection, const void *bytes, size_t size);

/* The server ends the connection, after what it has sent. It may have ended already. */
QM_API qm_result qm_hang_up(qm_connection *connection);

#ifdef __cplusplus
}
#endif

#endif
