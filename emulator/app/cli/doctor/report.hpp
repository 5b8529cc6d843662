// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "emulator/app/cli/doctor/doctor.hpp"
#include "tls/capabilities.hpp"

namespace quasimodem::app {

/// One thing that was tried.
struct Finding {
  enum class Verdict {
    fine,
    limited,  ///< a module runs, but something is missing
    broken,   ///< `quasimodem run` with its default options fails
  };
  std::string subject;  ///< `pty`
  Verdict verdict = Verdict::fine;
  std::string detail;   ///< what was found, or what is wrong
  std::string way_out;  ///< what to do about it
};

/// All that `quasimodem doctor` knows.
struct Report {
  using Facts = std::vector<std::pair<std::string, std::string>>;

  std::string version;  ///< of this program
  Facts build;          ///< compiler, libraries
  Facts system;
  std::vector<tls::Capability> tls;
  std::vector<Finding> findings;

  bool usable() const;
};

/// What a cell of the TLS table comes to.
enum class CellState {
  works,
  not_in_protocol,
  missing,  ///< in this build; Capability::why_not says why
};
CellState state_of(const tls::Capability& cell);

// Each does what a module would do, and undoes it.

/// A pty as `run` makes it: raw, and every byte value passes both ways.
Finding check_pty();
/// Tells the pty that a host has come.
Finding check_inotify();
Finding check_runtime_directory();
/// The directory of the default module; it is not made when it is not there.
Finding check_state_directory();
/// Listens and connects on the loopback interface.
Finding check_tcp();
Finding check_udp();
/// Whether there is a way out of this machine. Sends nothing.
Finding check_route();
Finding check_key_log();

/// For people, 100 columns at most unless a path is long.
std::string report_text(const Report& report, DoctorOptions::Extent extent, Coloring coloring);

/// One object, one line:
///   {"program":{"name","version",build facts…},"system":{…},
///    "tls":{"works":21,"not_in_protocol":3,"missing":0,"cells":[{"version","suite","name","state","why_not"}…]},
///    "checks":[{"subject","verdict","detail","way_out"}…],"usable":true}
/// `state` is works, not_in_protocol or missing; `verdict` is fine, limited or broken.
std::string report_json(const Report& report, DoctorOptions::Extent extent);

}  // namespace quasimodem::app
