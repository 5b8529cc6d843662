// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "emulator/app/cli/manual/candidates.hpp"

namespace quasimodem::app {

/// What can stand where --help says `value`: `MODEL`, `FILE`, `auto|always|never`. `word` is what is there of it so
/// far, `earlier` the words of the same list before it (`ctl METHOD key=value …`). Not filtered by `word`.
Candidates candidates_for(const std::string& value, const std::string& word, std::span<const std::string> earlier);

}  // namespace quasimodem::app
