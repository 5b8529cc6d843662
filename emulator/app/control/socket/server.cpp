// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/socket/server.hpp"

#include <cerrno>
#include <fcntl.h>
#include <set>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/control/dispatch.hpp"
#include "emulator/app/control/socket/session.hpp"
#include "net/host/accept_loop.hpp"

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

struct Server::Impl {
  Impl(asio::io_context& context, std::filesystem::path where, Target& target, Enter enter, Logger log)
      : io{context}, path{std::move(where)}, around{target, std::move(enter), std::move(log), {}} {}

  void listen();
  void accepted(Stream::socket socket);

  asio::io_context& io;
  std::filesystem::path path;
  Session::Surroundings around;
  std::shared_ptr<net::AcceptLoop<Stream>> clients;
  std::set<std::shared_ptr<Session>> sessions;
};

void Server::Impl::listen() {
  const auto text = path.string();
  if (text.size() >= sizeof(sockaddr_un::sun_path)) {
    throw Problem{ExitCode::environment, fmt::format("the control socket's path is too long: {}", text),
                  "use a shorter --name, or set XDG_RUNTIME_DIR to a shorter path"};
  }
  if (std::error_code none; std::filesystem::is_socket(path, none) && !socket_is_alive(path)) {
    std::filesystem::remove(path, none);
  }
  Stream::acceptor acceptor{io};
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
  around.ended = [this](const auto& session) { sessions.erase(session); };
  clients = std::make_shared<net::AcceptLoop<Stream>>(io, std::move(acceptor), around.log);
  clients->start([this](Stream::socket socket) { accepted(std::move(socket)); });
}

void Server::Impl::accepted(Stream::socket socket) {
  keep_from_children(socket.native_handle());
  if (sessions.size() >= kMostClients) {
    around.log.warning("more than {} clients at the control socket; one was turned away", kMostClients);
    return turn_away(std::move(socket));
  }
  const auto session = std::make_shared<Session>(std::move(socket), around);
  sessions.insert(session);
  session->start();
}

Server::Server(asio::io_context& io, std::filesystem::path path, Target& target, Enter enter, Logger log)
    : impl_{std::make_unique<Impl>(io, std::move(path), target, std::move(enter), std::move(log))} {
  impl_->listen();
}

Server::~Server() {
  impl_->clients->stop();
  std::error_code ignored;
  std::filesystem::remove(impl_->path, ignored);
  for (const auto sessions = std::exchange(impl_->sessions, {}); const auto& session : sessions) session->end();
}

const std::filesystem::path& Server::path() const { return impl_->path; }

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
