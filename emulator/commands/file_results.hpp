// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quasimodem::device {
enum class FileProblem;
}

namespace quasimodem::commands {

/// The +CME ERROR of a file that cannot be had, written or read.
int error_number(device::FileProblem problem);

}  // namespace quasimodem::commands
