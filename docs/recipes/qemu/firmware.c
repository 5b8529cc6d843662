// SPDX-License-Identifier: Apache-2.0
// An example of firmware: asks the module at the first UART for its address and ends QEMU with 0 when it gets one.
//   clang --target=armv7m-none-eabi -mcpu=cortex-m3 -ffreestanding -nostdlib -fuse-ld=lld -Wl,-T,firmware.ld,-e,0 \
//     -o firmware.elf firmware.c
//   ./run qemu-system-arm -M lm3s6965evb -display none -semihosting-config enable=on,target=native -kernel firmware.elf
#include <stdint.h>

// Of the LM3S6965's UART0, a PL011.
static volatile uint32_t *const data = (uint32_t *)0x4000C000;
static volatile uint32_t *const flags = (uint32_t *)0x4000C018;
static volatile uint32_t *const control = (uint32_t *)0x4000C030;
enum { kReceiveEmpty = 1 << 4, kEnabled = 0x301 };

static void send(const char *text) {
  while (*text) *data = (uint32_t)*text++;
}

static char receive(void) {
  while (*flags & kReceiveEmpty) continue;
  return (char)*data;
}

/* How much of `text` has come, with one character more. It must not begin again inside itself, as "OK\r\n" does not. */
static const char *follow(const char *text, const char *next, char c) {
  if (!*next) return next;
  return c == *next ? next + 1 : c == *text ? text + 1 : text;
}

/* Reads until `text` has come. */
static void expect(const char *text) {
  for (const char *next = text; *next;) next = follow(text, next, receive());
}

/* Sends a command and reads its answer to the end, OK or ERROR. Whether `wanted` was in it. */
static int says(const char *command, const char *wanted) {
  static const char kOk[] = "OK\r\n", kError[] = "ERROR\r\n";
  const char *found = wanted, *ok = kOk, *error = kError;
  send(command);
  while (*ok && *error) {
    const char c = receive();
    found = follow(wanted, found, c);
    ok = follow(kOk, ok, c);
    error = follow(kError, error, c);
  }
  return !*found;
}

static __attribute__((noreturn)) void reset(void) {
  *control = kEnabled;
  says("ATE0\r", "OK\r\n");
  // A module takes seconds to find its network, and an activation may fail: as long as it takes.
  while (!says("AT+CGREG?\r", "+CGREG: 0,1\r\n")) continue;
  while (!says("AT+QIREGAPP\r", "OK\r\n") || !says("AT+QIACT\r", "OK\r\n")) says("AT+QIDEACT\r", "OK\r\n");
  send("AT+QILOCIP\r");
  expect("10.1.83.188\r\n");
  // Semihosting: SYS_EXIT, ADP_Stopped_ApplicationExit.
  __asm__ volatile("mov r0, #0x18\n ldr r1, =0x20026\n bkpt 0xAB" ::: "r0", "r1");
  for (;;) continue;
}

__attribute__((used, section(".vectors"))) static const uintptr_t vectors[] = {0x20010000, (uintptr_t)&reset};
