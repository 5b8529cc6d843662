// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bytes.hpp"
#include "storage/memory_flash.hpp"

namespace quasimodem::library {

/// All records of a flash in a row of bytes, the same for the same records.
Bytes image_of(const storage::MemoryFlash& flash);
/// The flash of such an image. Throws Refusal with QM_INVALID_ARGUMENT when it is none.
storage::MemoryFlash flash_of(ByteSpan image);

}  // namespace quasimodem::library
