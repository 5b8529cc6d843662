// SPDX-License-Identifier: Apache-2.0
#include "driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 128 };

static const unsigned ANSWER = 5000;       /* ms; of a command that needs no network */
static const unsigned CONNECTION = 90000;  /* the manual says 75 s, and the network has its own time */

static void say(const modem_port *port, const char *format, ...) {
  char line[LINE];
  va_list values;
  va_start(values, format);
  vsnprintf(line, sizeof line, format, values);
  va_end(values);
  port->write(port->board, line, strlen(line));
}

/* The next line that is not empty, or the prompt of a command that wants data, as "> ". */
static modem_status read_line(const modem_port *port, char *line, unsigned milliseconds) {
  size_t size = 0;
  for (;;) {
    int byte = port->read(port->board, milliseconds);
    if (byte < 0) return MODEM_TIMEOUT;
    if (byte != '\r' && byte != '\n' && size + 1 < LINE) line[size++] = (char)byte;
    line[size] = '\0';
    if (strcmp(line, "> ") == 0 || (byte == '\n' && size > 0)) break;
  }
  if (strcmp(line, "+PDP DEACT") == 0) return MODEM_LOST;
  if (strcmp(line, "0, CLOSED") == 0 || strcmp(line, "+QSSLURC: \"closed\",0") == 0) return MODEM_CLOSED;
  return MODEM_OK;
}

/* Reads on until a line begins so; it is in `line` then. */
static modem_status expect(const modem_port *port, const char *beginning, char *line, unsigned milliseconds) {
  for (;;) {
    modem_status status = read_line(port, line, milliseconds);
    if (status != MODEM_OK) return status;
    if (strncmp(line, beginning, strlen(beginning)) == 0) return MODEM_OK;
    if (strcmp(line, "ERROR") == 0 || strncmp(line, "+CME ERROR", 10) == 0) return MODEM_REFUSED;
    if (strstr(line, "CONNECT FAIL") || strncmp(line, "+QSSLOPEN: 0,", 13) == 0) return MODEM_FAILED;
  }
}

static modem_status command(const modem_port *port, const char *text, const char *answer, unsigned milliseconds) {
  char line[LINE];
  say(port, "%s\r", text);
  return expect(port, answer, line, milliseconds);
}

modem_status modem_attach(const modem_port *port) {
  static const struct {
    const char *text, *answer;
  } steps[] = {{"AT+QIREGAPP", "OK"}, {"AT+QIACT", "OK"}, {"AT+QILOCIP", "10."}, {"AT+QIMUX=1", "OK"}, {"AT+QINDI=1", "OK"}};
  modem_status status;
  int tries = 20;
  /* It hears nothing while it boots, and answers ERROR until it has found a network. */
  while ((status = command(port, "ATE0", "OK", 500)) == MODEM_TIMEOUT && --tries > 0) continue;
  while (status == MODEM_OK && command(port, "AT+CGATT?", "+CGATT: 1", 500) != MODEM_OK && --tries > 0) continue;
  if (status == MODEM_OK && tries == 0) status = MODEM_TIMEOUT;
  for (size_t i = 0; status == MODEM_OK && i < sizeof steps / sizeof *steps; ++i) {
    status = command(port, steps[i].text, steps[i].answer, 150000);
  }
  return status;
}

modem_status modem_open(const modem_port *port, modem_transport transport, const char *host, int number) {
  char line[LINE];
  if (transport == MODEM_TLS) {
    say(port, "AT+QSSLOPEN=0,0,\"%s\",%d,0\r", host, number);
    return expect(port, "+QSSLOPEN: 0,0", line, CONNECTION);
  }
  say(port, "AT+QIOPEN=0,\"TCP\",\"%s\",%d\r", host, number);
  return expect(port, "0, CONNECT OK", line, CONNECTION);
}

modem_status modem_send(const modem_port *port, modem_transport transport, const void *bytes, size_t size) {
  char line[LINE];
  modem_status status;
  say(port, "AT+%s=0,%u\r", transport == MODEM_TLS ? "QSSLSEND" : "QISEND", (unsigned)size);
  status = expect(port, "> ", line, ANSWER);
  if (status != MODEM_OK) return status;
  port->write(port->board, bytes, size);
  return expect(port, "SEND OK", line, ANSWER);
}

modem_status modem_receive(const modem_port *port, modem_transport transport, char *buffer, size_t *size, unsigned milliseconds) {
  char line[LINE];
  const char *comma;
  size_t announced, kept = 0;
  modem_status status = expect(port, transport == MODEM_TLS ? "+QSSLURC: \"recv\",0,0" : "+QIRDI: 0,1,0", line, milliseconds);
  if (status != MODEM_OK) return status;
  say(port, "AT+%s,%u\r", transport == MODEM_TLS ? "QSSLRECV=0,0" : "QIRD=0,1,0", (unsigned)*size);
  status = expect(port, transport == MODEM_TLS ? "+QSSLRECV: " : "+QIRD: ", line, ANSWER);
  if (status != MODEM_OK) return status;
  comma = strrchr(line, ',');
  for (announced = comma ? strtoul(comma + 1, NULL, 10) : 0; announced > 0; --announced) {
    int byte = port->read(port->board, ANSWER);
    if (byte < 0) return MODEM_TIMEOUT;
    if (kept < *size) buffer[kept++] = (char)byte;
  }
  *size = kept;
  return expect(port, "OK", line, ANSWER);
}
