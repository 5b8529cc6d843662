// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/local/stream_protocol.hpp>

#include "core/journal_ring.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/socket/server.hpp"
#include "emulator/app/control/target.hpp"

namespace quasimodem::app::control {

/// One client of the control socket: its requests in order, its answers and events.
///
/// A client that only sends no more (`echo '{…}' | socat - UNIX:m95.ctl`) still gets its answers, then the end.
class Session final : public Subscriber, public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  struct Surroundings {
    Target& target;
    Server::Enter enter;
    Logger log;
    std::function<void(const std::shared_ptr<Session>&)> ended;
  };

  Session(Socket socket, const Surroundings& around) : socket_{std::move(socket)}, around_{&around} {}

  void start() { read(); }
  /// Closes the connection; nothing waits for the client any more.
  void end();

  void subscribe(std::vector<RecordKind> kinds) override;
  void unsubscribe() override { subscription_.reset(); }
  void awaits(const Answer& answer) override;

 private:
  void read();
  void read_all_there_was();
  bool too_much_waits() const;
  void work();
  void refuse_long_line();
  void request(const std::string& line);
  void send(const std::string& line);
  void drop();
  void write();
  void end_when_done();

  Socket socket_;
  const Surroundings* around_;  ///< null once it has ended
  std::array<char, 4096> block_{};
  std::string unread_;     ///< lines, and the beginning of one
  bool too_long_ = false;  ///< the rest of the line is skipped
  bool reading_ = false;
  bool heard_all_ = false;  ///< the client sends no more
  bool dropped_ = false;
  std::string waiting_;
  std::string writing_;
  std::vector<Answer> to_come_;
  JournalRing::Subscription subscription_;
};

}  // namespace quasimodem::app::control
