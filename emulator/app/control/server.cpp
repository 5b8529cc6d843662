// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/server.hpp"

#include <algorithm>
#include <array>
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
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

#include "emulator/app/control/dispatch.hpp"
#include "emulator/app/problem.hpp"
#include "emulator/app/record_json.hpp"

namespace quasimodem::app::control {
namespace {

namespace asio = boost::asio;
using Stream = asio::local::stream_protocol;

class Session;

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& io, std::filesystem::path where, Target& of, Enter how, Logger logger)
      : path{std::move(where)}, target{of}, enter{std::move(how)}, log{std::move(logger)}, acceptor{io} {}

  void listen();
  void accept();

  std::filesystem::path path;
  Target& target;
  Enter enter;
  Logger log;
  Stream::acceptor acceptor;
  std::set<std::shared_ptr<Session>> sessions;
};

namespace {

/// One client.
class Session final : public Subscriber, public std::enable_shared_from_this<Session> {
 public:
  Session(Stream::socket socket, Server::Impl& server) : socket_{std::move(socket)}, server_{&server} {}

  void start() { read(); }

  void end() {
    subscription_.reset();
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (auto* server = std::exchange(server_, nullptr)) server->sessions.erase(shared_from_this());
  }

  void subscribe(std::vector<RecordKind> kinds) override {
    auto& target = server_->target;
    subscription_ = target.journal().listen([this, kinds = std::move(kinds), &target](const Record& record) {
      const bool wanted = kinds.empty() || std::find(kinds.begin(), kinds.end(), record.kind) != kinds.end();
      if (wanted) send(to_text(record_json(record, target.name())));
    });
  }
  void unsubscribe() override { subscription_.reset(); }

  void send(const std::string& line) {
    if (!server_ || dropped_) return;
    if (waiting_.size() + writing_.size() + line.size() > Server::kMostUnread) {
      server_->log.warning("a client of the control socket does not read; dropped");
      dropped_ = true;
      // Not here: this may be in the middle of the module's work, or of the list of listeners.
      asio::post(socket_.get_executor(), [self = shared_from_this()] { self->end(); });
      return;
    }
    waiting_ += line;
    waiting_ += '\n';
    if (writing_.empty()) write();
  }

 private:
  // Answers that pile up stop the reading before they drop the client: who asks much and reads late is only slow.
  static constexpr std::size_t kUnreadThatStops = 1 << 20;

  void read() {
    if (reading_ || !server_ || dropped_ || waiting_.size() > kUnreadThatStops) return;
    reading_ = true;
    socket_.async_read_some(asio::buffer(block_), [self = shared_from_this()](const auto& error, std::size_t size) {
      self->reading_ = false;
      if (!self->server_) return;
      if (error) return self->end();
      self->take({self->block_.data(), size});
      self->read();
    });
  }

  void take(std::string_view block) {
    for (auto end = block.find('\n'); end != std::string_view::npos && server_; end = block.find('\n')) {
      line_ += block.substr(0, end);
      block.remove_prefix(end + 1);
      if (too_long_)
        too_long_ = false;
      else if (line_.size() > Server::kLongestRequest)
        refuse_long_line();
      else
        request(std::exchange(line_, {}));
      line_.clear();
    }
    line_ += block;
    if (!too_long_ && line_.size() > Server::kLongestRequest) {
      refuse_long_line();
      too_long_ = true;
    }
    if (too_long_) line_.clear();
  }

  void refuse_long_line() {
    send(to_text(failure_line(
        nullptr, {ErrorCode::not_a_request, fmt::format("a request has at most {} octets", Server::kLongestRequest)})));
  }

  void request(const std::string& line) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) return;
    const auto weak = std::weak_ptr{shared_from_this()};
    const auto reply = [weak](const Json& answer) {
      if (const auto self = weak.lock()) self->send(to_text(answer));
    };
    const auto answered_later = [weak] {
      if (const auto self = weak.lock()) --self->pending_;
    };
    if (pending_ >= Server::kMostWaiting) {
      return reply(failure_line(nullptr, {ErrorCode::impossible, "too many requests of this client wait already"}));
    }
    server_->enter([&] {
      if (dispatch(line, server_->target, *this, reply, answered_later) == Dispatched::waits) ++pending_;
    });
  }

  void write() {
    writing_ = std::exchange(waiting_, {});
    asio::async_write(socket_, asio::buffer(writing_), [self = shared_from_this()](const auto& error, std::size_t) {
      self->writing_.clear();
      if (!self->server_) return;
      if (error) return self->end();
      if (!self->waiting_.empty()) self->write();
      self->read();
    });
  }

  Stream::socket socket_;
  Server::Impl* server_;
  std::array<char, 4096> block_{};
  std::string line_;
  bool too_long_ = false;  ///< the rest of the line is skipped
  bool reading_ = false;
  bool dropped_ = false;
  std::string waiting_;
  std::string writing_;
  std::size_t pending_ = 0;
  JournalRing::Subscription subscription_;
};

/// Asio opens everything without it.
void keep_from_children(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

}  // namespace

void Server::Impl::listen() {
  const auto text = path.string();
  if (text.size() >= sizeof(sockaddr_un::sun_path)) {
    throw Problem{ExitCode::environment, fmt::format("the control socket's path is too long: {}", text),
                  "use a shorter --name, or set XDG_RUNTIME_DIR to a shorter path"};
  }
  if (std::error_code none; std::filesystem::is_socket(path, none) && !socket_is_alive(path)) {
    std::filesystem::remove(path, none);
  }
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
  accept();
}

void Server::Impl::accept() {
  acceptor.async_accept([weak = weak_from_this()](const auto& error, Stream::socket socket) {
    const auto self = weak.lock();
    if (!self || error == asio::error::operation_aborted) return;
    if (!error) keep_from_children(socket.native_handle());
    if (!error && self->sessions.size() < kMostClients) {
      const auto session = std::make_shared<Session>(std::move(socket), *self);
      self->sessions.insert(session);
      session->start();
    } else if (!error) {
      self->log.warning("more than {} clients at the control socket; one was turned away", kMostClients);
    }
    self->accept();
  });
}

Server::Server(asio::io_context& io, std::filesystem::path path, Target& target, Enter enter, Logger log)
    : impl_{std::make_shared<Impl>(io, std::move(path), target, std::move(enter), std::move(log))} {
  impl_->listen();
}

Server::~Server() {
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
