// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "emulator/device/configuration.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"

namespace quasimodem::test {

/// A number that only this cause has.
inline int own_number(std::string_view cause) {
  const auto* row = device::service_error_row(cause);
  REQUIRE(row);
  return -100 - static_cast<int>(row - device::service_error_rows().data());
}

/// With own_number() for every cause.
inline std::shared_ptr<const device::Configuration> with_own_numbers() {
  device::Configuration configuration;
  configuration.firmware.ftp_error_line = true;
  for (const auto& row : device::service_error_rows()) configuration.error_numbers.set(row, own_number(row.name));
  return workbench::configured(std::move(configuration));
}

}  // namespace quasimodem::test
