// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "emulator/device/configuration.hpp"
#include "emulator/workbench/workbench.hpp"

namespace quasimodem::workbench {

/// For Workbench::Options: `Workbench{{.configuration = configured({.model = device::Model::m66})}}`
inline std::shared_ptr<const device::Configuration> configured(device::Configuration configuration) {
  return std::make_shared<const device::Configuration>(std::move(configuration));
}

}  // namespace quasimodem::workbench
