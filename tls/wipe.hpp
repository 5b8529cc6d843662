// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/bytes.hpp"

namespace quasimodem::tls {

/// Overwrites key material with zeros in a way the compiler may not leave out.
void wipe(std::span<std::uint8_t> secret);

/// Overwrites and empties.
void wipe(Bytes& secret);

}  // namespace quasimodem::tls
