// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/stable_link.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/paths.hpp"

namespace quasimodem::app {
namespace {

namespace fs = std::filesystem;

/// Who uses a link is told by a socket in Linux's abstract name space: it is gone when its process is, however that
/// ended, and it knows the owner's process id.
sockaddr_un claim_address(const fs::path& link, socklen_t& length) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // Abstract names are as short as paths in a sockaddr, so a long link is told by its hash and its end.
  auto name = fmt::format("quasimodem-link:{:016x}:{}", fs::hash_value(link), link.string());
  name.resize(std::min(name.size(), sizeof(address.sun_path) - 1));
  std::copy(name.begin(), name.end(), address.sun_path + 1);
  length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  return address;
}

/// None when it cannot be told: it has ended meanwhile, or so many have asked that its queue is full. Nobody takes from
/// that queue, so a connect that blocks would wait for ever.
std::optional<ucred> owner(const sockaddr_un& address, socklen_t length) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return std::nullopt;
  ucred credentials{};
  socklen_t size = sizeof credentials;
  const bool known = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), length) == 0 &&
                     ::getsockopt(probe, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0;
  ::close(probe);
  return known ? std::optional{credentials} : std::nullopt;
}

}  // namespace

StableLink::StableLink(const fs::path& link, const fs::path& device)
    : link_{fs::absolute(link).lexically_normal()}, device_{device} {
  std::error_code unknown;
  const auto folder = fs::canonical(link_.parent_path(), unknown);
  if (unknown) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot create the UART link {}: {}", link.string(), unknown.message()),
                  fmt::format("create the directory {} first, or choose another link", link_.parent_path().string())};
  }
  link_ = folder / link_.filename();
  claim();
  try {
    check_what_is_there();
    const auto temporary = fs::path{fmt::format("{}.{}.tmp", link_.string(), ::getpid())};
    fs::remove(temporary);
    fs::create_symlink(device_, temporary);
    fs::rename(temporary, link_);
  } catch (const fs::filesystem_error& error) {
    ::close(claim_);
    throw Problem{ExitCode::environment,
                  fmt::format("cannot create the UART link {}: {}", link.string(), error.code().message()),
                  "choose a link in a directory you can write to: --uart pty:/tmp/m95"};
  } catch (...) {
    ::close(claim_);
    throw;
  }
}

void StableLink::claim() {
  socklen_t length = 0;
  const auto address = claim_address(link_, length);
  claim_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (claim_ >= 0 && ::bind(claim_, reinterpret_cast<const sockaddr*>(&address), length) == 0 &&
      ::listen(claim_, SOMAXCONN) == 0)
    return;
  const int problem = errno;
  if (claim_ >= 0) ::close(claim_);
  if (problem != EADDRINUSE) throw std::system_error{problem, std::generic_category(), "claiming the UART link"};
  const auto other = owner(address, length);
  const auto another_name = fmt::format("use another name (--uart pty:{}b)", link_.string());
  const auto cannot = fmt::format("cannot create the UART link {}: it belongs to", link_.string());
  if (!other) {
    throw Problem{ExitCode::environment, cannot + " a running quasimodem", another_name + ", or stop that one"};
  }
  if (other->pid == ::getpid()) {
    throw Problem{ExitCode::environment, cannot + " another endpoint of this command", another_name};
  }
  if (other->uid != ::geteuid()) {
    throw Problem{ExitCode::environment,
                  fmt::format("{} a quasimodem of {} (pid {})", cannot, user_text(other->uid), other->pid),
                  another_name};
  }
  throw Problem{ExitCode::environment, fmt::format("{} a running quasimodem (pid {})", cannot, other->pid),
                fmt::format("{}, or stop that one: kill {}", another_name, other->pid)};
}

void StableLink::check_what_is_there() const {
  const auto status = fs::symlink_status(link_);
  if (!fs::exists(status)) return;
  const bool to_a_pty = fs::is_symlink(status) && fs::read_symlink(link_).string().starts_with("/dev/pts/");
  if (to_a_pty) return;  // left behind by a module that was killed
  throw Problem{ExitCode::environment,
                fmt::format("cannot create the UART link {}: there is something else with this name", link_.string()),
                "choose another link, or remove it yourself"};
}

StableLink::~StableLink() {
  std::error_code ignored;
  // Only our own: somebody may have put something else in its place.
  if (fs::read_symlink(link_, ignored) == device_) fs::remove(link_, ignored);
  ::close(claim_);
}

}  // namespace quasimodem::app
