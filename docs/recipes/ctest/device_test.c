// SPDX-License-Identifier: Apache-2.0
// An example of a device test: the port of the module is in $QUASIMODEM_TTY.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int port;

/* Reads until the answer ends with `last`. */
static int answered(const char *command, const char *last) {
  char answer[512] = "";
  size_t size = 0;
  if (write(port, command, strlen(command)) < 0) return 0;
  while (size + 1 < sizeof answer && read(port, answer + size, 1) == 1) {
    answer[++size] = '\0';
    if (size >= strlen(last) && strcmp(answer + size - strlen(last), last) == 0) return 1;
  }
  fprintf(stderr, "after \"%s\": \"%s\"\n", command, answer);
  return 0;
}

int main(void) {
  const char *tty = getenv("QUASIMODEM_TTY");
  struct termios settings;
  if (!tty || (port = open(tty, O_RDWR | O_NOCTTY)) < 0 || tcgetattr(port, &settings) != 0) {
    perror("$QUASIMODEM_TTY");
    return 2;
  }
  cfmakeraw(&settings);
  cfsetspeed(&settings, B115200);
  tcsetattr(port, TCSANOW, &settings);

  return answered("ATE0\r", "\r\nOK\r\n") && answered("AT+QIREGAPP\r", "\r\nOK\r\n") &&
                 answered("AT+QIACT\r", "\r\nOK\r\n") && answered("AT+QILOCIP\r", "\r\n10.1.83.188\r\n")
             ? 0
             : 1;
}
