// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/bench_target.hpp"

namespace quasimodem::test {

/// A module in memory under control, and a client of its control socket.
class ControlDesk : public BenchTarget, public app::control::Subscriber {};

}  // namespace quasimodem::test
