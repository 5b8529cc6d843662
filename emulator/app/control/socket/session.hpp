// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/local/stream_protocol.hpp>

#include "core/journal_ring.hpp"
#include "core/log.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/target.hpp"

namespace quasimodem::app::control {

/// One client of the control socket: its requests in order, its answers and events.
///
/// A client that only sends no more (`echo '{…}' | socat - UNIX:m95.ctl`) still gets its answers, then the end.
class Session final : public Subscriber, public std::enable_shared_from_this<Session> {
 public:
  static constexpr std::size_t kLongestRequest = 256 * 1024;
  /// Octets of answers and events; more, and the client is dropped. The longest answer is a full journal: 4 MiB.
  static constexpr std::size_t kMostUnread = 8 << 20;
  static constexpr std::size_t kMostWaiting = 64;  ///< requests of one client that wait
  static constexpr std::size_t kMostClients = 128;

  /// Runs something as an event of the module: its time is now, and what it says goes out afterwards.
  using Enter = std::function<void(const std::function<void()>&)>;

  using Socket = boost::asio::local::stream_protocol::socket;

  struct Surroundings {
    Target& target;
    Enter enter;
    Logger log;
    std::function<void(const std::shared_ptr<Session>&)> ended;
  };

  Session(Socket socket, const Surroundings& around) : socket_{std::move(socket)}, around_{&around} {}

  void start() { read(); }
  /// Closes the connection; nothing waits for the client any more.
  void end();

  void tell(const Json& record) override { send(to_text(record)); }
  void follow(JournalRing::Subscription&& subscription) override { subscription_ = std::move(subscription); }
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
