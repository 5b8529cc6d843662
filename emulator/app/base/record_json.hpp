// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/journal_ring.hpp"
#include "emulator/app/base/json.hpp"

namespace quasimodem::app {

/// A record as the trace file, the journal and events show it: `seq`, `t`, `modem`, `kind`, then its own fields.
Json record_json(const Record& record, const std::string& modem);

}  // namespace quasimodem::app
