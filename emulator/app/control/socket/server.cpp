// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/socket/server.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/control/dispatch.hpp"

namespace quasimodem::app::control {
namespace {

namespace asio = boost::asio;
using Stream = asio::local::stream_protocol;

/// Asio opens everything without it.
void keep_from_children(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

/// Says why before it hangs up. What does not fit into the buffer of a new connection is not worth waiting for.
void turn_away(Stream::socket socket) {
  const auto line = to_text(failure_line(nullptr, {ErrorCode::impossible, "too many clients are here already"})) + "\n";
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(line), ignored);
}

}  // namespace

Server::Server(asio::io_context& io, std::filesystem::path path, Target& target, Session::Enter enter, Logger log)
    : io_{io}, path_{std::move(path)}, around_{target, std::move(enter), std::move(log), {}} {
  listen();
}

Server::~Server() {
  clients_->stop();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  for (const auto sessions = std::exchange(sessions_, {}); const auto& session : sessions) session->end();
}

void Server::listen() {
  const auto text = path_.string();
  if (text.size() >= sizeof(sockaddr_un::sun_path)) {
    throw Problem{ExitCode::environment, fmt::format("the control socket's path is too long: {}", text),
                  "use a shorter --name, or set XDG_RUNTIME_DIR to a shorter path"};
  }
  if (std::error_code none; std::filesystem::is_socket(path_, none) && !socket_is_alive(path_)) {
    std::filesystem::remove(path_, none);
  }
  Stream::acceptor acceptor{io_};
  const auto before = ::umask(0177);
  boost::system::error_code error;
  acceptor.open(Stream{}, error);
  if (!error) keep_from_children(acceptor.native_handle());
  if (!error) acceptor.bind(Stream::endpoint{text}, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  ::umask(before);
  if (error) {
    throw Problem{ExitCode::environment, fmt::format("cannot make the control socket {}: {}", text, error.message()),
                  "use another --name, or remove the file if nothing uses it"};
  }
  around_.ended = [this](const auto& session) { sessions_.erase(session); };
  clients_ = std::make_shared<net::AcceptLoop<Stream>>(io_, std::move(acceptor), around_.log);
  clients_->start([this](Stream::socket socket) { accepted(std::move(socket)); });
}

void Server::accepted(Stream::socket socket) {
  keep_from_children(socket.native_handle());
  if (sessions_.size() >= Session::kMostClients) {
    around_.log.warning("more than {} clients at the control socket; one was turned away", Session::kMostClients);
    return turn_away(std::move(socket));
  }
  const auto session = std::make_shared<Session>(std::move(socket), around_);
  sessions_.insert(session);
  session->start();
}

bool socket_is_alive(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto text = path.string();
  if (text.size() >= sizeof(address.sun_path)) return false;
  text.copy(address.sun_path, text.size());
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return false;
  const bool connected = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  const int problem = errno;
  ::close(probe);
  return connected || problem == EAGAIN;  // EAGAIN: it listens, its queue is full
}

}  // namespace quasimodem::app::control
