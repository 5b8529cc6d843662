// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace quasimodem::net::mqtt {

/// May be published to: not empty, no wildcard (MQTT 3.1.1 4.7).
bool is_topic(std::string_view text);

/// May be subscribed to: not empty, `+` alone in its level, `#` alone in the last.
bool is_filter(std::string_view text);

/// Both as above. A filter that begins with a wildcard matches no topic that begins with `$` (4.7.2).
bool matches(std::string_view filter, std::string_view topic);

}  // namespace quasimodem::net::mqtt
