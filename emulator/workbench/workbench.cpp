// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/workbench.hpp"

#include <utility>

#include "emulator/device/configuration.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::workbench {

Workbench::Workbench(Options options) : options_{std::move(options)}, random_{options_.seed} {
  plug_in();
  bring_to(options_.ready, options_.echo);
}

device::Power Workbench::power() { return me().power(); }

device::Outside& Workbench::outside() { return me().outside(); }

device::PdpContext& Workbench::context(int id) { return me().context(id); }

void Workbench::plug_in() {
  const auto journal = options_.journal ? Journal{journal_} : Journal{};
  board_.emplace(options_.configuration ? *options_.configuration : device::Configuration{},
                 device::Surroundings{timeline_, network_, faulty_flash_, random_, Logger{log_, "m95"}, journal},
                 *options_.catalogue);
}

void Workbench::replug() {
  plug_in();
  bring_to(Ready::booted, options_.echo);
}

void Workbench::bring_to(Ready ready, bool echo) {
  if (ready == Ready::powered_off) return;
  modem().power_key();
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
  auto& line = board_->line_end();
  line.receive(line.arrive(as_bytes(bytes)));
  timeline_.run_due();
  collect();
}

void Workbench::advance(Duration span) {
  timeline_.advance(span);
  collect();
}

void Workbench::collect() {
  auto& line = board_->line_end();
  for (auto bytes = line.take_output(); !bytes.empty(); bytes = line.take_output()) {
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
