// SPDX-License-Identifier: Apache-2.0
// Measures the program and, in the same run, yardsticks beside it. docs/benchmarks.md tells what the lines mean.
// Timings are no tests: the exit code is 0 whatever they are.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <signal.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/report.hpp"

namespace quasimodem::bench {
namespace {

struct Measurement {
  std::string_view name;
  void (*run)(Report&);
};

constexpr std::array kMeasurements{
    Measurement{"at", &measure_round_trips},    Measurement{"start", &measure_start},
    Measurement{"memory", &measure_memory},     Measurement{"handshake", &measure_handshakes},
    Measurement{"echo", &measure_echo},         Measurement{"upload", &measure_upload},
    Measurement{"download", &measure_download}, Measurement{"engine", &measure_engine},
    Measurement{"services", &measure_services},
};

// A system call that is still waiting then is interrupted, and the measurement given up.
constexpr unsigned kLongestMeasurement_s = 120;

void interrupt_system_calls() {
  struct sigaction action {};
  action.sa_handler = [](int) {};  // without SA_RESTART
  ::sigaction(SIGALRM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

/// Sockets and links of the modules under measurement, apart from those of the user's own.
class RuntimeDirectory {
 public:
  RuntimeDirectory() : path_{fmt::format("/tmp/quasimodem-bench-{}", ::getpid())} {
    std::filesystem::create_directory(path_);
    ::setenv("XDG_RUNTIME_DIR", path_.c_str(), 1);
  }
  ~RuntimeDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  RuntimeDirectory(const RuntimeDirectory&) = delete;
  RuntimeDirectory& operator=(const RuntimeDirectory&) = delete;

 private:
  std::filesystem::path path_;
};

std::string machine() {
  std::string model = "unknown processor", load;
  std::ifstream cpu{"/proc/cpuinfo"};
  for (std::string row; std::getline(cpu, row);) {
    if (row.starts_with("model name")) model = row.substr(row.find(": ") + 2);
  }
  std::ifstream{"/proc/loadavg"} >> load;
  return fmt::format("{}, {} processors, load {} at the start", model, ::sysconf(_SC_NPROCESSORS_ONLN), load);
}

}  // namespace
}  // namespace quasimodem::bench

int main(int argc, char** argv) {
  using namespace quasimodem::bench;
  const std::vector<std::string_view> wanted{argv + 1, argv + argc};
  interrupt_system_calls();
  const RuntimeDirectory directory;
  Report report;
  report.heading(machine());
  for (const auto& measurement : kMeasurements) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), measurement.name) == wanted.end()) continue;
    ::alarm(kLongestMeasurement_s);
    try {
      measurement.run(report);
    } catch (const std::exception& error) {
      report.failed(measurement.name, error.what());
    }
  }
  report.summary();
  return 0;
}
