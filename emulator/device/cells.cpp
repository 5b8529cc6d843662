// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/cells.hpp"

#include <array>

namespace quasimodem::device {
namespace {

constexpr std::array kCells{
    Cell{"46000", "1878", "0873", 34, -53, 62},  Cell{"46000", "1878", "0874", 43, -71, 70},
    Cell{"46000", "1879", "1A20", 17, -84, 23},  Cell{"46001", "A5C2", "51D0", 28, -77, 110},
    Cell{"46001", "A5C2", "51D3", 55, -92, 118},
};

}  // namespace

std::span<const Cell> cells() { return kCells; }

}  // namespace quasimodem::device
