// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/line/line_port.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"

namespace quasimodem::app {
namespace {

bool ready(int fd, short events, std::chrono::milliseconds patience) {
  pollfd waiting{fd, events, 0};
  return ::poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
}

}  // namespace

LinePort::LinePort(const LineAddress& address) : where_{address.where}, fd_{open_line(address)} {
  if (address.kind != LineAddress::Kind::rfc2217) return;
  rfc2217_.emplace(Rfc2217Client::Events{.data = [this](ByteSpan data) { append(received_, data); },
                                         .send = [this](ByteSpan bytes) { write_raw(bytes); }},
                   address.baud);
}

LinePort::~LinePort() { ::close(fd_); }

void LinePort::write(ByteSpan bytes) { rfc2217_ ? rfc2217_->write(bytes) : write_raw(bytes); }

void LinePort::write_raw(ByteSpan bytes) {
  constexpr std::chrono::seconds kPatience{30};  // with a module that holds the line
  while (!bytes.empty()) {
    const auto count = ::write(fd_, bytes.data(), bytes.size());
    if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == EINTR) {
      if (!ready(fd_, POLLOUT, kPatience))
        throw Problem{ExitCode::environment, fmt::format("{} takes nothing any more", where_)};
    } else {
      throw Problem{ExitCode::environment, fmt::format("writing to {}: {}", where_, std::strerror(errno))};
    }
  }
}

Duration LinePort::now() { return std::chrono::steady_clock::now().time_since_epoch(); }

Bytes LinePort::read(Duration patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (!ready(fd_, POLLIN, std::max(left, std::chrono::milliseconds{0}))) return {};
    std::array<std::uint8_t, 4096> buffer{};
    const auto count = ::read(fd_, buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (count <= 0) throw Problem{ExitCode::environment, fmt::format("{} was closed at the other end", where_)};
    const ByteSpan bytes{buffer.data(), static_cast<std::size_t>(count)};
    if (!rfc2217_) return {bytes.begin(), bytes.end()};
    // A negotiation alone is nothing that the caller waits for.
    rfc2217_->receive(bytes);
    if (!received_.empty()) return std::exchange(received_, {});
  }
}

}  // namespace quasimodem::app
