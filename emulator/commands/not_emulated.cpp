// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/not_emulated.hpp"

namespace quasimodem::commands {
namespace {

constexpr NotEmulated kNotEmulated[] = {
    {"+CMUX", "several channels on one UART (GSM 07.10)", "M66 3.7"},
};

}  // namespace

std::span<const NotEmulated> not_emulated() { return kNotEmulated; }

}  // namespace quasimodem::commands
