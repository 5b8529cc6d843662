// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "net/faults/slow_bearer.hpp"

namespace quasimodem::net {

class SlowSession;

/// What a SlowBearer shares with its links.
struct SlowCore {
  enum Direction { down, up };

  /// Somebody whom the end of a stall concerns.
  class Stalled {
   public:
    Stalled(const Stalled&) = delete;
    Stalled& operator=(const Stalled&) = delete;
    virtual void stall_over() = 0;

   protected:
    explicit Stalled(std::shared_ptr<SlowCore> core) : core_{std::move(core)} { core_->concerned.insert(this); }
    ~Stalled() { core_->concerned.erase(this); }

    const std::shared_ptr<SlowCore> core_;
  };

  SlowCore(Timeline& line, Radio link) : timeline{line}, radio{std::move(link)}, going_on{line} {}

  /// The next round trip, and half of one.
  Duration round_trip() { return std::max(radio.round_trip(), Duration::zero()) + wake(); }
  Duration one_way() { return std::max(radio.round_trip(), Duration::zero()) / 2 + wake(); }
  /// How long it takes from now until so many bytes are over, after those that wait already.
  Duration on_air(Direction direction, std::size_t size);
  Duration stalled() const { return stalled_until - timeline.now(); }
  int stall(Duration length);
  void go_on(int number);

  Timeline& timeline;
  Radio radio;
  Instant stalled_until{};
  std::map<int, Instant> stalls;  ///< by number: until when
  int stall_count = 0;
  std::set<Stalled*> concerned;
  Timer going_on;
  std::optional<Instant> last_packet;
  std::array<Instant, 2> busy_until{};
  /// Sessions whose Link is gone and that still have something under way.
  std::set<std::shared_ptr<SlowSession>> lingering;

 private:
  Duration wake();
};

/// What is under way between the module and an inner Link. It may outlive the module's Link to hand over the rest.
class SlowSession final : public LinkObserver,
                          private SlowCore::Stalled,
                          public std::enable_shared_from_this<SlowSession> {
 public:
  SlowSession(std::shared_ptr<SlowCore> core, Transport transport, Endpoint peer, LinkObserver& observer);
  SlowSession(const SlowSession&) = delete;
  SlowSession& operator=(const SlowSession&) = delete;

  void start(Bearer& inner);
  /// Takes a connection that arrived instead of making one.
  void adopt(const ListenObserver::Accept& accept) { inner_ = accept(*this); }

  // As in Link.
  std::size_t send(ByteSpan data);
  void pause();
  void resume();
  std::size_t unacknowledged() const;
  void abort();
  Endpoint peer() const { return peer_; }

  /// The module's Link is destroyed.
  void leave();
  /// Hands over at once what is still under way, and ends.
  void hurry();

  // Told by the inner link.
  void link_connected() override;
  void link_received(ByteSpan data) override;
  void link_writable() override;
  void link_closed(std::optional<NetError> error) override;

 private:
  enum class Phase { connecting, connected, over };  // as far as the module knows

  struct Arrival {
    enum class Kind { connected, data, closed };
    Instant due;
    Kind kind;
    Bytes data;
    std::optional<NetError> error;
  };
  struct Departure {
    Instant due;
    Duration way_back;  ///< of the acknowledgement
    Bytes data;
    bool last = false;  ///< the end of the connection
  };
  struct Acknowledgement {
    Instant due;
    std::size_t size;
  };

  void stall_over() override;
  void arrives(Arrival::Kind kind, ByteSpan data, std::optional<NetError> error, Duration delay);
  void deliver();
  void tell(const Arrival& arrival);
  void hold_peer_back();
  std::size_t departs(ByteSpan data, Duration delay);
  bool hand_over_front();
  void hand_over();
  void tell_writable();
  void end();

  const Transport transport_;
  const Endpoint peer_;
  LinkObserver* observer_;  ///< null once the Link is gone or the last call was made
  std::unique_ptr<Link> inner_;
  bool inner_up_ = false;
  Phase phase_ = Phase::connecting;
  bool paused_ = false;
  bool starved_ = false;  ///< a send took less than it was given

  std::deque<Arrival> arrivals_;
  std::size_t arriving_ = 0;  ///< bytes in arrivals_
  bool held_back_ = false;    ///< too many of them: the inner link is paused
  Instant last_arrival_{};
  Timer arrival_timer_;

  std::deque<Departure> departures_;
  std::size_t departing_ = 0;  ///< bytes in departures_
  Instant last_departure_{};
  Timer departure_timer_;
  std::deque<Acknowledgement> acknowledgements_;

  Timer linger_limit_;
};

}  // namespace quasimodem::net
