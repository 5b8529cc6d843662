// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace quasimodem::device {

/// A cell that the module hears, AT+QENG and AT+QOPS.
struct Cell {
  std::string_view network;  ///< MCC and MNC
  std::string_view area;     ///< location area, four hex digits
  std::string_view id;       ///< four hex digits
  int base_station;          ///< BSIC, 0 to 63
  int strength;              ///< dBm
  int channel;               ///< ARFCN
};

/// The serving cell first; those of one network stand together. ASSUMED: all figures.
std::span<const Cell> cells();

}  // namespace quasimodem::device
