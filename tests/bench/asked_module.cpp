// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/asked_module.hpp"

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <malloc.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <fmt/core.h>

#include "emulator/app/base/process/spdlog_sink.hpp"
#include "emulator/app/cli/run/invocation.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/host/modem_host.hpp"
#include "tests/bench/measure.hpp"

namespace quasimodem::bench {

AskedModule::AskedModule(std::vector<std::string> options)
    : device_{fmt::format("{}/asked", std::getenv("XDG_RUNTIME_DIR"))}, options_{std::move(options)}, process_{[this] {
        live();
      }} {
  heap();  // it is there now
  host_.emplace(device_);
  host_->greet();
}

double AskedModule::heap() {
  const std::uint8_t question = '?';
  std::uint64_t answer = 0;
  write_all(questions_.writing.get(), {&question, 1});
  if (::read(answers_.reading.get(), &answer, sizeof answer) != sizeof answer) fail_with_errno("asking for the heap");
  return static_cast<double>(answer);
}

void AskedModule::live() {
  std::vector<std::string> words{"--ephemeral", "--profile", "instant", "--name", "asked", "--uart", "pty:" + device_};
  words.insert(words.end(), options_.begin(), options_.end());
  const auto invocation = app::read_command_line(words);
  const auto& options = *invocation.run;
  const auto sink = app::stderr_sink({.lowest = LogLevel::error});
  boost::asio::io_context io{1};
  app::ModemHost host{io, options, *sink, {}};
  boost::asio::posix::stream_descriptor questions{io, questions_.reading.get()};
  std::uint8_t question = 0;
  std::function<void()> wait = [&] {
    questions.async_read_some(boost::asio::buffer(&question, 1), [&](const auto& error, std::size_t) {
      if (error) return io.stop();
      const std::uint64_t used = ::mallinfo2().uordblks;
      write_all(answers_.writing.get(), {reinterpret_cast<const std::uint8_t*>(&used), sizeof used});
      wait();
    });
  };
  wait();
  io.run();
}

}  // namespace quasimodem::bench
