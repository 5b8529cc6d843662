// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "emulator/app/base/json.hpp"
#include "emulator/app/cli/run/invocation.hpp"

namespace quasimodem::app {

enum class ShowOrigin { no, yes };

/// The settings in force as a configuration file that says the same; what is not set stands there as a comment.
std::string settings_text(const Invocation& invocation, ShowOrigin origin);

/// `{"configuration":FILE,"settings":{NAME:{"value":…,"origin":…}}}`; null for what has no value.
Json settings_json(const Invocation& invocation);

}  // namespace quasimodem::app
