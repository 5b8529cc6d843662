// SPDX-License-Identifier: Apache-2.0
// A small driver of the module, as firmware has one: it knows AT commands, and of its board only what is in modem_port.
#ifndef DRIVER_H
#define DRIVER_H

#include <stddef.h>

typedef struct modem_port {
  void *board;
  void (*write)(void *board, const void *bytes, size_t size);
  int (*read)(void *board, unsigned milliseconds); /* the next byte; -1: none in that time */
} modem_port;

typedef enum modem_status {
  MODEM_OK,
  MODEM_REFUSED,  /* ERROR, +CME ERROR */
  MODEM_TIMEOUT,  /* the module said nothing, for longer than it may */
  MODEM_FAILED,   /* no connection could be made */
  MODEM_CLOSED,   /* by the server */
  MODEM_LOST      /* the network has taken the context away: modem_attach again */
} modem_status;

typedef enum modem_transport { MODEM_TCP, MODEM_TLS } modem_transport;

/* From power-on to an IP address. */
modem_status modem_attach(const modem_port *port);

modem_status modem_open(const modem_port *port, modem_transport transport, const char *host, int number);
modem_status modem_send(const modem_port *port, modem_transport transport, const void *bytes, size_t size);
/* Waits that long for data. *size: of the buffer, then of what came. */
modem_status modem_receive(const modem_port *port, modem_transport transport, char *buffer, size_t *size, unsigned milliseconds);

#endif
