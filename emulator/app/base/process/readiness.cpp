// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/readiness.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/core.h>

#include "core/whole_number.hpp"
#include "emulator/app/base/problem.hpp"

namespace quasimodem::app {

int read_descriptor(const std::string& text, const char* example) {
  if (const auto number = whole_number<int>(text); number && *number >= 0) return *number;
  throw Problem{ExitCode::usage, fmt::format("--ready-fd {}: not the number of a descriptor", text),
                fmt::format("as here: {}", example)};
}

void check_ready_fd(std::optional<int> descriptor, const char* example) {
  if (!descriptor) return;
  const int flags = ::fcntl(*descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) return;
  throw Problem{ExitCode::usage,
                fmt::format("--ready-fd {}: {}", *descriptor,
                            flags < 0 ? "no such open descriptor" : "this descriptor is open for reading only"),
                fmt::format("open it for writing before: {}", example)};
}

/// sd_notify(3), without its library: one datagram. Who does not listen does not need to know.
void tell_service_manager(std::string_view state) {
  const char* where = std::getenv("NOTIFY_SOCKET");
  if (!where || (where[0] != '/' && where[0] != '@')) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path{where};
  if (path.size() >= sizeof address.sun_path) return;
  path.copy(address.sun_path, path.size());
  if (path.front() == '@') address.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
  ::close(socket);
}

void tell_ready(std::optional<int> descriptor) {
  tell_service_manager("READY=1");
  if (!descriptor) return;
  // Who does not listen any more does not need to know.
  [[maybe_unused]] const auto written = ::write(*descriptor, "\n", 1);
  if (*descriptor > STDERR_FILENO) ::close(*descriptor);
}

}  // namespace quasimodem::app
