// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <CLI/CLI.hpp>

#include "emulator/app/arguments.hpp"
#include "emulator/app/doctor/doctor.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem doctor [OPTIONS]
)";

constexpr const char* kFooter = R"(Every cell of the TLS table is proved by a handshake and data in memory.
Exit codes: 0 a module runs here with the default options, 2 usage, 3 something it needs is broken.)";

}  // namespace

std::string argument_library_version() { return CLI11_VERSION; }

DoctorInvocation read_doctor_options(const std::vector<std::string>& arguments) {
  bool json = false, tls = false;
  std::string color = "auto";
  CLI::App app{"What this machine and this build can do, each thing tried.", "quasimodem doctor"};
  set_usage(app, kUsage);
  app.footer(kFooter);
  app.set_help_flag("-h,--help", "show this and exit");
  app.add_flag("--json", json, "one JSON object instead of text");
  app.add_flag("--tls", tls, "only TLS: versions and cipher suites");
  app.add_option("--color", color, "default auto, which heeds NO_COLOR")
      ->type_name("auto|always|never")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (auto help = read_arguments(app, arguments)) return {.doctor = {}, .text = std::move(*help)};
  return {.doctor = DoctorOptions{.form = json ? DoctorOptions::Form::json : DoctorOptions::Form::text,
                                  .extent = tls ? DoctorOptions::Extent::tls : DoctorOptions::Extent::everything,
                                  .color = read_color(color)},
          .text = {}};
}

}  // namespace quasimodem::app
