// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string.h>

#include "core/bytes.hpp"

namespace quasimodem::storage {

/// Overwrites key or certificate bytes in memory; the compiler may not leave it out.
inline void wipe(Bytes& bytes) {
  if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

}  // namespace quasimodem::storage
