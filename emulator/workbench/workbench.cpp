// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/workbench.hpp"

#include <utility>

#include "emulator/device/configuration.hpp"

namespace quasimodem::workbench {

Workbench::Workbench(Options options)
    : options_{std::move(options)},
      random_{options_.seed},
      faults_{timeline_, options_.configuration.seed, Logger{log_, "m95"},
              options_.journal ? Journal{journal_} : Journal{}},
      weather_{timeline_, faulty_bearer_, options_.configuration.timing, options_.configuration.seed,
               Logger{log_, "m95"}} {
  plug_in();
  bring_to(options_.ready, options_.echo);
}

void Workbench::plug_in() {
  weather_.end();
  line_.reset();
  modem_.reset();
  modem_ = std::make_unique<emulator::Modem>(
      options_.configuration,
      device::Surroundings{timeline_, weather_.bearer(), faulty_flash_, random_, Logger{log_, "m95"},
                           options_.journal ? Journal{journal_} : Journal{}});
  line_ = std::make_unique<uart::NoisyLine>(timeline_, faults_.book(), *modem_);
  faults_.plug_in(*modem_, weather_);
  weather_.begin(modem_->me());
}

void Workbench::replug() {
  plug_in();
  bring_to(Ready::booted, options_.echo);
}

void Workbench::bring_to(Ready ready, bool echo) {
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

void Workbench::send_raw(std::string_view bytes) {
  line_->receive(line_->arrive(as_bytes(bytes)));
  timeline_.run_due();
  collect();
}

void Workbench::advance(Duration span) {
  timeline_.advance(span);
  collect();
}

void Workbench::collect() {
  for (auto bytes = line_->take_output(); !bytes.empty(); bytes = line_->take_output()) {
    output_ += as_text(bytes);
    timeline_.run_due();
  }
}

std::string Workbench::take() { return std::exchange(output_, {}); }

std::string Workbench::ask(std::string_view line) {
  send(line);
  return take();
}

}  // namespace quasimodem::workbench
