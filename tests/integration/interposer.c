// SPDX-License-Identifier: Apache-2.0
// Loaded into the program with LD_PRELOAD by tests that need the operating system to misbehave at a given moment.
//
//   INTERPOSE_SLOW_NAME=NAME, INTERPOSE_GATE=FIFO   looking up NAME takes until somebody opens FIFO for writing; the
//                                                   answer is then 127.0.0.1
//   INTERPOSE_DIE_IN=DIRECTORY, INTERPOSE_DIE_AT=N  the process is gone, as by kill -9, at the N-th change it makes to
//                                                   files in DIRECTORY; a write gets half its bytes out
//   INTERPOSE_HANG_IN=DIRECTORY, INTERPOSE_GATE=FIFO   bringing a file in DIRECTORY to the disk never ends; who reads
//                                                      FIFO gets a byte when it has begun
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

int getaddrinfo(const char* name, const char* service, const struct addrinfo* hints, struct addrinfo** result) {
  const char* slow = getenv("INTERPOSE_SLOW_NAME");
  if (slow && name && strcmp(name, slow) == 0) {
    close(open(getenv("INTERPOSE_GATE"), O_RDONLY));
    name = "127.0.0.1";
  }
  return REAL(getaddrinfo)(name, service, hints, result);
}

static int is_in_directory(const char* variable, int file) {
  const char* directory = getenv(variable);
  char link[64], path[PATH_MAX];
  if (!directory) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  return size >= (ssize_t)strlen(directory) && strncmp(path, directory, strlen(directory)) == 0;
}

static int is_the_last_change(void) {
  static int changes;
  return ++changes == atoi(getenv("INTERPOSE_DIE_AT"));
}

static void die_before_change_of(int file) {
  if (is_in_directory("INTERPOSE_DIE_IN", file) && is_the_last_change()) raise(SIGKILL);
}

ssize_t write(int file, const void* bytes, size_t size) {
  const ssize_t (*const real)(int, const void*, size_t) = (void*)REAL(write);
  if (is_in_directory("INTERPOSE_DIE_IN", file) && is_the_last_change()) {
    real(file, bytes, size / 2);
    raise(SIGKILL);
  }
  return real(file, bytes, size);
}

static void hang(void) {
  const int gate = open(getenv("INTERPOSE_GATE"), O_WRONLY);
  if (REAL(write)(gate, "", 1) == 1) {
    for (;;) pause();
  }
}

int fsync(int file) {
  die_before_change_of(file);
  if (is_in_directory("INTERPOSE_HANG_IN", file)) hang();
  return REAL(fsync)(file);
}

int renameat(int from_directory, const char* from, int to_directory, const char* to) {
  die_before_change_of(from_directory);
  return REAL(renameat)(from_directory, from, to_directory, to);
}

int unlinkat(int directory, const char* name, int flags) {
  die_before_change_of(directory);
  return REAL(unlinkat)(directory, name, flags);
}

int openat(int directory, const char* name, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (flags & O_CREAT) die_before_change_of(directory);
  return REAL(openat)(directory, name, flags, mode);
}
