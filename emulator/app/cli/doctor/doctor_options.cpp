// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/cli/doctor/doctor.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem doctor [OPTIONS]
)";

constexpr const char* kFooter = R"(Every cell of the TLS table is proved by a handshake and data in memory.
Exit codes: 0 a module runs here with the default options, 2 usage, 3 something it needs is broken.)";

struct DoctorWords {
  bool json = false, tls = false;
  std::string color = "auto";

  CommandLine line() {
    CommandLine line{{.name = "quasimodem doctor",
                      .description = "What this machine and this build can do, each thing tried.",
                      .usage = kUsage,
                      .footer = kFooter}};
    line.flag("--json", json, "one JSON object instead of text");
    line.flag("--tls", tls, "only TLS: versions and cipher suites");
    line.option("--color", color, "auto|always|never", "default auto, which heeds NO_COLOR");
    return line;
  }
};

}  // namespace

Declaration declare_doctor() { return DoctorWords{}.line().declaration(); }

DoctorInvocation read_doctor_options(const std::vector<std::string>& arguments) {
  DoctorWords words;
  if (auto help = words.line().read(arguments)) return {.doctor = {}, .text = std::move(*help)};
  return {.doctor = DoctorOptions{.form = words.json ? DoctorOptions::Form::json : DoctorOptions::Form::text,
                                  .extent = words.tls ? DoctorOptions::Extent::tls : DoctorOptions::Extent::everything,
                                  .color = read_color(words.color)},
          .text = {}};
}

}  // namespace quasimodem::app
