// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/report.hpp"

namespace quasimodem::bench {

// Each adds its lines to the table; tests/bench/main.cpp has the list. Throws Failure.
void measure_round_trips(Report& report);
void measure_start(Report& report);
void measure_memory(Report& report);
void measure_handshakes(Report& report);
void measure_echo(Report& report);
void measure_upload(Report& report);
void measure_download(Report& report);
void measure_engine(Report& report);
void measure_services(Report& report);

}  // namespace quasimodem::bench
