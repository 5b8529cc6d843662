// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/doctor/doctor.hpp"

#include <cstdio>
#include <fstream>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <boost/version.hpp>
#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/base/process/host.hpp"
#include "emulator/app/base/process/spdlog_sink.hpp"
#include "emulator/app/base/version.hpp"
#include "emulator/app/cli/doctor/report.hpp"

namespace quasimodem::app {
namespace {

std::string compiler() {
#if defined(__clang__)
  return fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::string three_numbers(int a, int b, int c) { return fmt::format("{}.{}.{}", a, b, c); }

Report::Facts build_facts() {
  const auto mbedtls = tls::library();
  return {
      {"commit", std::string{program_commit()}},
      {"compiler", compiler()},
      {"mbedTLS", fmt::format("{}, {}", mbedtls.version,
                              mbedtls.from_source ? "built from its source" : "the distribution's library")},
      {"Boost", three_numbers(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
      {"fmt", three_numbers(FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"spdlog", log_library_version()},
      {"CLI11", CommandLine::library_version()},
  };
}

std::string first_word(const char* path) {
  std::ifstream file{path};
  std::string word;
  return file >> word ? word : "?";
}

std::string kernel() {
  utsname names{};
  return ::uname(&names) == 0 ? fmt::format("{} {} {}", names.sysname, names.release, names.machine) : "?";
}

std::string descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return "?";
  return limit.rlim_cur == RLIM_INFINITY ? "no limit" : fmt::format("{}", limit.rlim_cur);
}

Report::Facts system_facts() {
  return {
      {"kernel", kernel()},
      {"ptys",
       fmt::format("{} of {} in use", first_word("/proc/sys/kernel/pty/nr"), first_word("/proc/sys/kernel/pty/max"))},
      {"open files", fmt::format("{} for each process", descriptor_limit())},
  };
}

Report examine(DoctorOptions::Extent extent) {
  HostRandom random;
  Report report{.version = std::string{program_version()}, .build = build_facts(), .tls = tls::probe(random)};
  if (extent == DoctorOptions::Extent::tls) return report;
  report.system = system_facts();
  report.findings = {
      check_pty(),   check_inotify(), check_runtime_directory(), check_state_directory(), check_tcp(), check_udp(),
      check_route(), check_key_log()};
  return report;
}

constexpr const char* kFooter = R"(Every cell of the TLS table is proved by a handshake and data in memory.
Exit codes: 0 a module runs here with the default options, 2 usage, 3 something it needs is broken.)";

struct DoctorWords {
  bool json = false, tls = false;
  std::string color = "auto";

  CommandLine line() {
    CommandLine line{{.name = "quasimodem doctor",
                      .description = "What this machine and this build can do, each thing tried.",
                      .usage = "\nUsage: quasimodem doctor [OPTIONS]\n",
                      .footer = kFooter}};
    line.flag("--json", json, "one JSON object instead of text");
    line.flag("--tls", tls, "only TLS: versions and cipher suites");
    line.option("--color", color, "auto|always|never", "default auto, which heeds NO_COLOR");
    return line;
  }
};

}  // namespace

Finding check_key_log() {
  if (tls::library().exports_keys) return {.subject = "key log", .detail = "--keylog and SSLKEYLOGFILE work"};
  return {.subject = "key log",
          .verdict = Finding::Verdict::limited,
          .detail = "the mbedTLS of this build exports no keys: --keylog is refused"};
}

Declaration declare_doctor() { return DoctorWords{}.line().declaration(); }

tl::expected<DoctorOptions, std::string> read_doctor_options(const std::vector<std::string>& arguments) {
  DoctorWords words;
  if (auto help = words.line().read(arguments)) return tl::unexpected{std::move(*help)};
  return DoctorOptions{.form = words.json ? DoctorOptions::Form::json : DoctorOptions::Form::text,
                       .extent = words.tls ? DoctorOptions::Extent::tls : DoctorOptions::Extent::everything,
                       .color = read_color(words.color)};
}

int doctor(const DoctorOptions& options) {
  const auto report = examine(options.extent);
  const auto text = options.form == DoctorOptions::Form::json
                        ? report_json(report, options.extent)
                        : report_text(report, options.extent, coloring(options.color, STDOUT_FILENO));
  fmt::print("{}", text);
  std::fflush(stdout);
  return static_cast<int>(report.usable() ? ExitCode::ok : ExitCode::environment);
}

}  // namespace quasimodem::app
