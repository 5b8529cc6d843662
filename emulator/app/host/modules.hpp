// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/config/module_options.hpp"

namespace quasimodem::app {

/// The IMEI of the `index`th module after the one that has `imei`: the serial number counted up, with its check digit.
std::string counted_imei(const std::string& imei, int index);

/// `--count N`: what each of the modules is asked for. Names, links, socket paths and NVRAM directories end in `-0`,
/// `-1`, …; ports and IMEIs count up. With one module nothing changes.
std::vector<ModuleOptions> each_module(const ModuleOptions& options);

/// The endpoints, where a pty without a link has got one in the runtime directory. That is made when it is not there;
/// throws Problem.
std::vector<UartUrl> with_links(const ModuleOptions& options);

}  // namespace quasimodem::app
