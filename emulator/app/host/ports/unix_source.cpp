// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/host/ports/stream_source.hpp"
#include "net/host/accept_loop.hpp"

namespace quasimodem::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::local::stream_protocol;
using boost::system::error_code;

[[noreturn]] void cannot(const fs::path& path, const std::string& why, const std::string& way_out) {
  throw Problem{ExitCode::environment, fmt::format("cannot create the UNIX socket {}: {}", path.string(), why),
                way_out};
}

std::string text_of(const error_code& error) { return error.message(); }

/// 0, or why not. Never waits: whoever listens may have stopped taking connections, and its queue be full.
int connect_at_once(int socket, const fs::path& path) {
  const stream_protocol::endpoint listener{path.string()};
  return ::connect(socket, listener.data(), static_cast<socklen_t>(listener.size())) == 0 ? 0 : errno;
}

/// A socket file outlives its process, so only a connection tells whether somebody is there.
void take_the_place(const fs::path& path) {
  std::error_code unknown;
  const auto status = fs::symlink_status(path, unknown);
  if (!fs::exists(status)) return;
  if (status.type() != fs::file_type::socket) {
    cannot(path, "there is something else with this name", "choose another path, or remove it yourself");
  }
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int refusal = connect_at_once(probe, path);
  ucred owner{};
  socklen_t size = sizeof owner;
  const bool known = refusal == 0 && ::getsockopt(probe, SOL_SOCKET, SO_PEERCRED, &owner, &size) == 0;
  ::close(probe);
  if (refusal == 0 || refusal == EAGAIN) {
    cannot(path, fmt::format("a running process listens there{}", known ? fmt::format(" (pid {})", owner.pid) : ""),
           "choose another path, or stop that process");
  }
  if (refusal != ECONNREFUSED) cannot(path, std::generic_category().message(refusal), "choose another path");
  fs::remove(path, unknown);
  if (unknown) cannot(path, unknown.message(), "choose a path in a directory you can write to");
}

stream_protocol::acceptor open_acceptor(asio::io_context& io, const fs::path& path) {
  take_the_place(path);
  error_code error;
  stream_protocol::acceptor acceptor{io};
  acceptor.open(stream_protocol{}, error);
  // Nobody else's from its first moment on.
  const auto mask = ::umask(0177);
  if (!error) acceptor.bind(stream_protocol::endpoint{path.string()}, error);
  ::umask(mask);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) cannot(path, text_of(error), "choose a path in a directory that exists and that you can write to");
  return acceptor;
}

class UnixListener final : public StreamSource {
 public:
  UnixListener(asio::io_context& io, stream_protocol::acceptor acceptor, const fs::path& path, const Logger& log)
      : path_{fs::absolute(path).lexically_normal()},
        file_{identity()},
        loop_{std::make_shared<net::AcceptLoop<stream_protocol>>(io, std::move(acceptor), log)} {}

  ~UnixListener() override { remove(); }

  void start(std::function<void(OpenEnd)> opened) override {
    loop_->start([opened = std::move(opened)](stream_protocol::socket socket) {
      error_code ignored;
      const int descriptor = socket.release(ignored);
      opened({descriptor, descriptor});
    });
  }
  bool closed() override { return true; }
  bool coming() override { return loop_->somebody_waits(); }
  void stop() override {
    loop_->stop();
    remove();
  }
  std::string address() const override { return fmt::format("unix:{}", path_.string()); }

 private:
  using Identity = std::pair<dev_t, ino_t>;

  std::optional<Identity> identity() const {
    struct stat info {};
    if (::lstat(path_.c_str(), &info) != 0) return std::nullopt;
    return Identity{info.st_dev, info.st_ino};
  }

  /// Only our own: somebody may have put something else in its place.
  void remove() {
    if (!file_ || identity() != std::exchange(file_, std::nullopt)) return;
    std::error_code ignored;
    fs::remove(path_, ignored);
  }

  fs::path path_;
  std::optional<Identity> file_;
  std::shared_ptr<net::AcceptLoop<stream_protocol>> loop_;
};

}  // namespace

Source listen_unix(asio::io_context& io, const fs::path& path, const Logger& log) {
  auto acceptor = open_acceptor(io, path);
  return std::make_shared<UnixListener>(io, std::move(acceptor), path, log);
}

}  // namespace quasimodem::app
