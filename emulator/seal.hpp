// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/log.hpp"
#include "core/random.hpp"
#include "core/sealer.hpp"
#include "storage/flash.hpp"

namespace quasimodem::emulator {

/// The TLS library's AES-GCM. The key is made at the module's first start and kept in its flash: that protects against
/// a look at the certificate files alone; who can read the whole NVRAM folder has the key.
std::unique_ptr<Sealer> file_sealer(storage::Flash& flash, RandomSource& random, const Logger& log);

}  // namespace quasimodem::emulator
