// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "emulator/app/cli/doctor/doctor.hpp"
#include "emulator/app/cli/doctor/report.hpp"

namespace quasimodem::app {

/// For people, 100 columns at most unless a path is long.
std::string report_text(const Report& report, DoctorOptions::Extent extent, Coloring coloring);

/// One object, one line:
///   {"program":{"name","version",build facts…},"system":{…},
///    "tls":{"works":21,"not_in_protocol":3,"missing":0,"cells":[{"version","suite","name","state","why_not"}…]},
///    "checks":[{"subject","verdict","detail","way_out"}…],"usable":true}
/// `state` is works, not_in_protocol or missing; `verdict` is fine, limited or broken.
std::string report_json(const Report& report, DoctorOptions::Extent extent);

}  // namespace quasimodem::app
