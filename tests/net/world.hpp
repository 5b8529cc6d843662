// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "net/bearer.hpp"

namespace quasimodem::net::testing {

/// The far end of one connection, in whichever world.
class FarEnd {
 public:
  enum class End { none, in_order, reset };

  virtual ~FarEnd() = default;
  virtual Bytes received() const = 0;
  virtual std::vector<Bytes> datagrams() const = 0;
  virtual void send(ByteSpan data) = 0;
  virtual void close() = 0;
  virtual void reset() = 0;
  virtual void stop_reading() = 0;
  virtual void resume_reading() = 0;
  virtual End ended() const = 0;
  /// Bytes given to `send` that did not yet find room on the way.
  virtual std::size_t unsent() const { return 0; }

  void send(std::string_view text) { send(as_bytes(text)); }
  std::string text() const { return to_text(received()); }
};

/// A bearer under test and the peers it can reach.
class World {
 public:
  virtual ~World() = default;
  virtual Bearer& bearer() = 0;
  /// A port that accepts every connection.
  virtual Endpoint listen(Transport transport = Transport::tcp) = 0;
  /// A port that nobody listens on.
  virtual Endpoint nobody() = 0;
  /// The n-th connection accepted, or null as long as there is none.
  virtual FarEnd* accepted(std::size_t n = 0) = 0;
  /// A name that leads to the listening ports' address.
  virtual std::string name() = 0;
  /// Lets things happen until `condition` holds; false when it never does.
  virtual bool run_until(const std::function<bool()>& condition) = 0;
  /// A call to the observer is only right from an entry of the Timeline.
  virtual bool in_timeline() const = 0;
};

/// Writes down what a link tells, and holds it to the contract of LinkObserver.
class Recorder final : public LinkObserver {
 public:
  explicit Recorder(const World& world) : world_{world} {}

  bool connected = false;
  Bytes data;
  std::vector<Bytes> pieces;
  int writable = 0;
  bool closed = false;
  std::optional<NetError> error;
  std::vector<std::string> violations;

  /// What to do from within a call.
  std::function<void()> on_connected = [] {};
  std::function<void()> on_received = [] {};
  std::function<void()> on_closed = [] {};

  std::string text() const { return to_text(data); }

  void link_connected() override;
  void link_received(ByteSpan piece) override;
  void link_writable() override;
  void link_closed(std::optional<NetError> why) override;

 private:
  void check(bool right, const char* rule) {
    if (!right) violations.emplace_back(rule);
  }

  const World& world_;
};

}  // namespace quasimodem::net::testing
