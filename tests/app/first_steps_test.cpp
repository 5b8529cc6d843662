// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/program_name.hpp"
#include "emulator/app/cli/run/ready_lines.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::app;

namespace {

std::string steps_for(UartUrl uart, std::string address) {
  return first_steps({{"m95", {std::move(uart)}, {std::move(address)}, "/run/quasimodem/m95-7.ctl"}}, "quasimodem");
}

constexpr const char* kWatch = "watch  quasimodem watch --to m95-7\n";

}  // namespace

TEST_CASE("the first steps name the module as ctl finds it", "[app]") {
  CHECK(steps_for(PtyUrl{}, "/run/quasimodem/m95") ==
        std::string{"talk   quasimodem console --to m95-7   (or: picocom -b 115200 /run/quasimodem/m95)\n"} + kWatch);
  CHECK(steps_for(PtyUrl{}, "/home/you/a b") ==
        std::string{"talk   quasimodem console --to m95-7   (or: picocom -b 115200 '/home/you/a b')\n"} + kWatch);
  CHECK(steps_for(TcpListenUrl{}, "tcp:127.0.0.1:7000") ==
        std::string{"talk   quasimodem console --to m95-7\n"} + kWatch);
}

TEST_CASE("no step leads to where nobody can be", "[app]") {
  CHECK(steps_for(TtyUrl{}, "tty:/dev/ttyUSB0") == kWatch);
  CHECK(steps_for(TcpUrl{}, "tcp:127.0.0.1:7000") == kWatch);
  CHECK(first_steps({{"m95", {PtyUrl{}}, {"/tmp/m95"}, ""}}, "quasimodem").empty());
}

TEST_CASE("of many modules the first is told about", "[app]") {
  const auto steps = first_steps({{"m95-0", {PtyUrl{}}, {"/tmp/m95-0"}, "/tmp/m95-0.ctl"},
                                  {"m95-1", {PtyUrl{}}, {"/tmp/m95-1"}, "/tmp/m95-1.ctl"}},
                                 "./quasimodem");
  CHECK(steps ==
        "talk   ./quasimodem console --to m95-0   (or: picocom -b 115200 /tmp/m95-0)\n"
        "watch  ./quasimodem watch --to m95-0\n");
}

TEST_CASE("a word is as the shell reads it back", "[app]") {
  CHECK(shell_word("/tmp/m95") == "/tmp/m95");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("$HOME") == "'$HOME'");
}
