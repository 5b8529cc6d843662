// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/run/fleet.hpp"

#include <fmt/core.h>

#include "emulator/app/host/key_log.hpp"
#include "emulator/app/host/modules.hpp"

namespace quasimodem::app {

Fleet::Fleet(boost::asio::io_context& io, RunOptions options, LogSink& sink, const Events& events) {
  const auto ends = [failed = events.output_failed](std::string_view what, const std::filesystem::path& file) {
    return [failed, what, name = file.string()](const std::string& why) {
      failed(fmt::format("the {} {} ends here, it cannot be written: {}", what, name, why));
    };
  };
  if (options.key_log) options.module.key_log = open_key_log(*options.key_log, ends("key log", *options.key_log));
  for (const auto& module : each_module(options)) {
    uarts_.push_back(module.uarts);
    modules_.push_back(std::make_unique<ModemHost>(
        io, module, sink,
        ModemHost::Events{.ready = [this] { ++ready_; }, .finished = events.finished, .quit = events.quit}));
  }
  if (!options.trace) return;
  trace_.emplace(*options.trace, ends("trace", *options.trace));
  for (const auto& module : modules_) trace_->follow(module->journal(), module->name());
}

std::vector<ModuleEndpoints> Fleet::endpoints() const {
  std::vector<ModuleEndpoints> all;
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    all.push_back({modules_[i]->name(), uarts_[i], modules_[i]->addresses(), modules_[i]->control_path().string()});
  }
  return all;
}

void Fleet::reconfigure(const RunOptions& options, const std::set<std::string_view>& changed) {
  for (const auto& module : modules_) module->reconfigure(options, changed);
}

}  // namespace quasimodem::app
