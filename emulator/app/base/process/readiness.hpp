// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quasimodem::app {

/// The value of `--ready-fd`. Throws Problem when it is no number.
int read_descriptor(const std::string& text, const char* example);

/// Throws Problem when `--ready-fd` is no descriptor open for writing; `example` shows how to make it one. To be called
/// before the program opens anything: a number that nobody gave it must not name a file of its own.
void check_ready_fd(std::optional<int> descriptor, const char* example);

/// `READY=1`, `STOPPING=1`, … to the service manager of $NOTIFY_SOCKET, a path or an abstract name (@). Without one it
/// does nothing.
void tell_service_manager(std::string_view state);

/// READY=1 to the service manager of $NOTIFY_SOCKET, and a newline on `--ready-fd`: everything is open. Closes it, so
/// that who reads until the end does not wait for the end of this program, or of a command that would inherit it.
void tell_ready(std::optional<int> descriptor);

}  // namespace quasimodem::app
