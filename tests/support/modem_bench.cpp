// SPDX-License-Identifier: Apache-2.0
#include "tests/support/modem_bench.hpp"

#include <utility>

#include "tests/support/catch.hpp"

namespace quasimodem::test {

ModemBench::ModemBench(Options options) : options_{std::move(options)}, random_{options_.seed} {
  plug_in();
  bring_to(options_.ready, options_.echo);
}

void ModemBench::plug_in() {
  modem_.reset();
  modem_ = std::make_unique<emulator::Modem>(
      options_.configuration, device::Surroundings{timeline_, network_, faulty_flash_, random_, Logger{log_, "m95"}});
}

void ModemBench::replug() {
  plug_in();
  bring_to(Ready::booted, options_.echo);
}

void ModemBench::bring_to(Ready ready, bool echo) {
  if (ready == Ready::powered_off) return;
  modem_->power_key();
  advance(1min);
  if (!echo) {
    send("ATE0");
    take();
  }
  const auto step = [&](Ready wanted, std::string_view command) {
    if (ready < wanted) return;
    send(command);
    advance(10s);
    take();
  };
  step(Ready::ip_start, "AT+QIREGAPP");
  step(Ready::ip_gprsact, "AT+QIACT");
  step(Ready::ip_status, "AT+QILOCIP");
  take();
}

void ModemBench::send_raw(std::string_view bytes) {
  modem_->receive(as_bytes(bytes));
  timeline_.run_due();
  collect();
}

void ModemBench::advance(Duration span) {
  timeline_.advance(span);
  collect();
}

void ModemBench::collect() {
  for (auto bytes = modem_->take_output(); !bytes.empty(); bytes = modem_->take_output()) {
    output_ += as_text(bytes);
    timeline_.run_due();
  }
}

std::string ModemBench::take() { return std::exchange(output_, {}); }

void ModemBench::expect_raw(std::string_view bytes) {
  INFO("output: " << escaped(output_));
  REQUIRE(escaped(std::string_view{output_}.substr(0, bytes.size())) == escaped(bytes));
  output_.erase(0, bytes.size());
}

void ModemBench::expect_nothing() { REQUIRE(escaped(output_) == ""); }

void ModemBench::exchange(std::string_view line, std::initializer_list<std::string_view> answers) {
  INFO("command: " << line);
  send(line);
  for (const auto answer : answers) expect(answer);
  expect_nothing();
}

std::string ModemBench::ask(std::string_view line) {
  send(line);
  return take();
}

}  // namespace quasimodem::test
