// SPDX-License-Identifier: Apache-2.0
// Unit tests of driver.c: its UART is a module in this process. Nobody waits for anything.
#include <quasimodem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "driver.h"

#define CHECK(condition) ((condition) ? (void)0 : failed(#condition, __LINE__))

static int failures;

static void failed(const char *condition, int line) {
  fprintf(stderr, "test_driver.c:%d: %s   (%s)\n", line, condition, qm_error_text());
  ++failures;
}

/* Everything the driver has read, with the module's time before it: the same on every run. */
typedef struct transcript {
  char *text;
  size_t size, room;
} transcript;

static void note(transcript *all, uint64_t now, char byte) {
  if (all->size + 32 > all->room) {
    all->room = 2 * all->room + 4096;
    all->text = realloc(all->text, all->room);
    if (!all->text) abort();
  }
  all->size += (size_t)snprintf(all->text + all->size, 32, "%llu %02x\n", (unsigned long long)now, (unsigned char)byte);
}

/* ---- the board ---- */

typedef struct board {
  qm_module *module;
  transcript *said;
} board;

static void board_write(void *context, const void *bytes, size_t size) {
  CHECK(qm_write(((board *)context)->module, bytes, size) == QM_OK);
}

static int board_read(void *context, unsigned milliseconds) {
  board *self = context;
  unsigned char byte;
  size_t size = 0;
  if (qm_wait(self->module, (uint64_t)milliseconds * 1000) != QM_OK) return -1;
  CHECK(qm_read(self->module, &byte, 1, &size) == QM_OK && size == 1);
  note(self->said, qm_now(self->module), (char)byte);
  return byte;
}

/* ---- tests ---- */

static void an_echo(board *self, const modem_port *port) {
  char answer[32];
  size_t size = sizeof answer;
  CHECK(qm_serve_tcp(self->module, "echo.test", 7, NULL) == QM_OK);
  CHECK(modem_open(port, MODEM_TCP, "echo.test", 7) == MODEM_OK);
  CHECK(modem_send(port, MODEM_TCP, "hello", 5) == MODEM_OK);
  CHECK(modem_receive(port, MODEM_TCP, answer, &size, 10000) == MODEM_OK);
  CHECK(size == 5 && memcmp(answer, "hello", 5) == 0);
}

static void an_echo_over_tls(board *self, const modem_port *port) {
  static const unsigned suites[] = {0x0035, 0x002F};
  const qm_tls tls = {.lowest = QM_TLS_1_2, .suites = suites, .suite_count = 2};
  char answer[32];
  size_t size = sizeof answer;
  CHECK(qm_serve_tls(self->module, "secure.test", 8883, NULL, &tls) == QM_OK);
  board_write(self, "AT+QSSLCFG=\"sslversion\",0,3\r", 28);
  CHECK(modem_open(port, MODEM_TLS, "secure.test", 8883) == MODEM_OK);
  CHECK(modem_send(port, MODEM_TLS, "hello", 5) == MODEM_OK);
  CHECK(modem_receive(port, MODEM_TLS, answer, &size, 10000) == MODEM_OK);
  CHECK(size == 5 && memcmp(answer, "hello", 5) == 0);
}

/* A server of one's own: answers each question, and hangs up on "bye". */
static void answer_and_hang_up(void *user, qm_connection *connection, const void *bytes, size_t size) {
  int *questions = user;
  char answer[32];
  ++*questions;
  if (size == 3 && memcmp(bytes, "bye", 3) == 0) {
    CHECK(qm_hang_up(connection) == QM_OK);
  } else {
    CHECK(qm_send(connection, answer, (size_t)snprintf(answer, sizeof answer, "answer %d", *questions)) == QM_OK);
  }
}

static void a_server_that_answers(board *self, const modem_port *port) {
  int questions = 0;
  const qm_server server = {.user = &questions, .received = answer_and_hang_up};
  char answer[32];
  size_t size = sizeof answer;
  CHECK(qm_serve_tcp(self->module, "server.test", 1000, &server) == QM_OK);
  CHECK(modem_open(port, MODEM_TCP, "server.test", 1000) == MODEM_OK);
  CHECK(modem_send(port, MODEM_TCP, "question", 8) == MODEM_OK);
  CHECK(modem_receive(port, MODEM_TCP, answer, &size, 10000) == MODEM_OK);
  CHECK(size == 8 && memcmp(answer, "answer 1", 8) == 0);
  CHECK(modem_send(port, MODEM_TCP, "bye", 3) == MODEM_OK);
  size = sizeof answer;
  CHECK(modem_receive(port, MODEM_TCP, answer, &size, 10000) == MODEM_CLOSED);
  CHECK(questions == 2);
}

static void nobody_listens(board *self, const modem_port *port) {
  CHECK(qm_set_address(self->module, "closed.test", "192.0.2.1") == QM_OK);
  CHECK(modem_open(port, MODEM_TCP, "closed.test", 80) == MODEM_FAILED);
}

/* The server takes the question and never answers: the driver gives up after 90 seconds. */
static void a_silence_of_90_seconds(board *self, const modem_port *port) {
  const qm_server silent = {0};
  char answer[32];
  size_t size = sizeof answer;
  uint64_t start;
  clock_t processor;
  CHECK(qm_serve_tcp(self->module, "silent.test", 80, &silent) == QM_OK);
  CHECK(modem_open(port, MODEM_TCP, "silent.test", 80) == MODEM_OK);
  CHECK(modem_send(port, MODEM_TCP, "question", 8) == MODEM_OK);
  start = qm_now(self->module);
  processor = clock();
  CHECK(modem_receive(port, MODEM_TCP, answer, &size, 90000) == MODEM_TIMEOUT);
  processor = clock() - processor;
  CHECK(qm_now(self->module) - start >= 90000000);
  printf("90 s took %.0f us\n", 1e6 * (double)processor / CLOCKS_PER_SEC);
}

/* The network takes the context away in the middle of it, and the driver starts again. */
static void the_context_is_lost(board *self, const modem_port *port) {
  char answer[32], *told = NULL;
  size_t size = sizeof answer;
  CHECK(qm_serve_tcp(self->module, "echo.test", 7, NULL) == QM_OK);
  CHECK(modem_open(port, MODEM_TCP, "echo.test", 7) == MODEM_OK);
  CHECK(qm_call(self->module, "{\"id\":1,\"method\":\"pdp\",\"params\":{\"deactivate\":true}}", &told) == QM_OK);
  CHECK(told && strstr(told, "\"result\""));
  qm_free(told);
  CHECK(modem_receive(port, MODEM_TCP, answer, &size, 10000) == MODEM_LOST);
  CHECK(modem_send(port, MODEM_TCP, "hello", 5) == MODEM_REFUSED);
}

/* ---- */

static void run(void (*test)(board *, const modem_port *), transcript *said) {
  board self = {NULL, said};
  const modem_port port = {&self, board_write, board_read};
  CHECK(qm_open("[module]\nmodel = \"m66\"\n[network]\nprofile = \"realistic\"\n", &self.module) == QM_OK);
  if (!self.module) return;
  CHECK(modem_attach(&port) == MODEM_OK);
  test(&self, &port);
  qm_close(self.module);
}

int main(void) {
  static const struct {
    const char *name;
    void (*test)(board *, const modem_port *);
  } tests[] = {{"an echo", an_echo},
               {"an echo over TLS", an_echo_over_tls},
               {"a server that answers", a_server_that_answers},
               {"nobody listens", nobody_listens},
               {"a silence of 90 seconds", a_silence_of_90_seconds},
               {"the context is lost", the_context_is_lost}};
  for (size_t i = 0; i < sizeof tests / sizeof *tests; ++i) {
    transcript once = {NULL, 0, 0}, again = {NULL, 0, 0};
    printf("%s\n", tests[i].name);
    run(tests[i].test, &once);
    run(tests[i].test, &again);
    CHECK(once.size > 0 && once.size == again.size && memcmp(once.text, again.text, once.size) == 0);
    free(once.text);
    free(again.text);
  }
  printf("%s\n", failures ? "failed" : "all well, twice, with the same bytes at the same times");
  return failures ? 1 : 0;
}
