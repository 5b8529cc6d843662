// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <numeric>
#include <optional>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include "core/bytes.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/paths.hpp"
#include "emulator/app/cli/doctor/report.hpp"
#include "emulator/app/host/ports/pty_port.hpp"

namespace quasimodem::app {
namespace {

using Verdict = Finding::Verdict;

constexpr auto kLoopbackTakes = std::chrono::seconds{2};
constexpr auto kTurn = std::chrono::milliseconds{5};

Bytes every_value() {
  Bytes bytes(256);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

/// A link as `run` makes it where there is a runtime directory; that there is none is another check's to say.
std::optional<std::filesystem::path> link_name() {
  try {
    return runtime_directory() / fmt::format("doctor-{}", ::getpid());
  } catch (const Problem&) {
    return std::nullopt;
  }
}

/// A pty of `run` and a host at it.
class PtyTrial {
 public:
  PtyTrial()
      : port_{io_, link_name(), PortEvents{.received = [this](ByteSpan bytes) { append(at_module_, bytes); }},
              Logger{}},
        host_{::open(port_.address().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)} {}
  ~PtyTrial() {
    if (host_ >= 0) ::close(host_);
  }
  PtyTrial(const PtyTrial&) = delete;
  PtyTrial& operator=(const PtyTrial&) = delete;

  bool opened() const { return host_ >= 0; }

  bool raw() const {
    termios settings{};
    return ::tcgetattr(host_, &settings) == 0 && (settings.c_lflag & (ICANON | ECHO | ISIG)) == 0 &&
           (settings.c_oflag & OPOST) == 0 && (settings.c_iflag & (ICRNL | INLCR | IXON | ISTRIP)) == 0;
  }

  Bytes from_host(const Bytes& bytes) {
    [[maybe_unused]] const auto written = ::write(host_, bytes.data(), bytes.size());
    run_until([&] { return at_module_.size() >= bytes.size(); });
    return at_module_;
  }

  Bytes from_module(const Bytes& bytes) {
    port_.write(bytes);
    Bytes at_host;
    run_until([&] {
      std::array<std::uint8_t, 512> piece{};
      const auto got = ::read(host_, piece.data(), piece.size());
      if (got > 0) append(at_host, {piece.data(), static_cast<std::size_t>(got)});
      return at_host.size() >= bytes.size();
    });
    return at_host;
  }

 private:
  template <class Done>
  void run_until(Done done) {
    const auto end = std::chrono::steady_clock::now() + kLoopbackTakes;
    while (!done() && std::chrono::steady_clock::now() < end) io_.run_for(kTurn);
  }

  boost::asio::io_context io_;
  Bytes at_module_;
  PtyPort port_;
  int host_;
};

}  // namespace

Finding check_pty() {
  Finding finding{.subject = "pty", .verdict = Verdict::broken};
  try {
    PtyTrial trial;
    const auto values = every_value();
    if (!trial.opened()) {
      finding.detail = "a pty can be made but not opened";
    } else if (!trial.raw()) {
      finding.detail = "the pty is not raw";
    } else if (trial.from_host(values) != values) {
      finding.detail = "what a host sends does not arrive as it was sent";
    } else if (trial.from_module(values) != values) {
      finding.detail = "what the module sends does not arrive as it was sent";
    } else {
      return {.subject = "pty", .detail = "raw, every byte value passes both ways"};
    }
  } catch (const Problem& problem) {
    finding.detail = problem.what();
    finding.way_out = problem.way_out();
  } catch (const std::exception& error) {
    finding.detail = error.what();
  }
  return finding;
}

}  // namespace quasimodem::app
