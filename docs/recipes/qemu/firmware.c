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

/* Reads until `text` has come. It must not begin again inside itself, as "\r\nOK\r\n" does not. */
static void expect(const char *text) {
  for (const char *next = text; *next;) {
    while (*flags & kReceiveEmpty) continue;
    const char c = (char)*data;
    next = c == *next ? next + 1 : c == *text ? text + 1 : text;
  }
}

static __attribute__((noreturn)) void reset(void) {
  *control = kEnabled;
  send("ATE0\r");
  expect("OK\r\n");
  send("AT+QIREGAPP\r");
  expect("OK\r\n");
  send("AT+QIACT\r");
  expect("OK\r\n");
  send("AT+QILOCIP\r");
  expect("10.1.83.188\r\n");
  // Semihosting: SYS_EXIT, ADP_Stopped_ApplicationExit.
  __asm__ volatile("mov r0, #0x18\n ldr r1, =0x20026\n bkpt 0xAB" ::: "r0", "r1");
  for (;;) continue;
}

__attribute__((used, section(".vectors"))) static const uintptr_t vectors[] = {0x20010000, (uintptr_t)&reset};
