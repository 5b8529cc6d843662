// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "emulator/app/base/color.hpp"
#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// What `quasimodem doctor` was asked for.
struct DoctorOptions {
  enum class Form { text, json };
  enum class Extent { everything, tls };
  Form form = Form::text;
  Extent extent = Extent::everything;
  ColorChoice color = ColorChoice::automatic;
};

/// What stands after `quasimodem doctor`, or the help that was asked for. Throws Problem.
tl::expected<DoctorOptions, std::string> read_doctor_options(const std::vector<std::string>& arguments);
/// What stands there.
Declaration declare_doctor();

/// `quasimodem doctor`: tries everything a module needs and prints what works. Returns 0 when a module can run here
/// with the default options, otherwise ExitCode::environment.
int doctor(const DoctorOptions& options);

}  // namespace quasimodem::app
