// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quasimodem::device {
struct HttpDownloaded;
}

namespace quasimodem::commands {

/// `+QHTTPDL: <stored>,<content_length>,<err>`
std::string download_line(const device::HttpDownloaded& event);

}  // namespace quasimodem::commands
