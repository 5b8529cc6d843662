// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace quasimodem::commands {

/// The size that a command line announces for a certificate or key, 0 when it cannot be read; nothing for every other
/// line. The journal must not see what follows, whether the module takes it or not.
std::optional<std::size_t> announced_upload(std::string_view line);

}  // namespace quasimodem::commands
