// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "core/timeline.hpp"
#include "net/host/asio_bearer.hpp"
#include "tests/net/world.hpp"

namespace quasimodem::net::testing {

class HostListener;

/// AsioBearer and real sockets on the loopback interface. The far ends are plain non-blocking sockets, so that Asio is
/// not tested against itself.
class HostWorld final : public World {
 public:
  HostWorld() : HostWorld{BearerRules{}} {}
  explicit HostWorld(BearerRules rules, Logger log = {});
  ~HostWorld() override;

  Bearer& bearer() override { return *bearer_; }
  Endpoint listen(Transport transport = Transport::tcp) override;
  Endpoint nobody() override;
  FarEnd* accepted(std::size_t n = 0) override;
  std::string name() override { return "peer.test"; }
  bool run_until(const std::function<bool()>& condition) override;
  bool in_timeline() const override { return inside_; }

  Timeline& timeline() { return timeline_; }
  void destroy_bearer() { bearer_.reset(); }
  /// Another name service for this world. It is called in other threads and may be running when the world ends.
  void set_look_up(AsioBearer::LookUp look_up) { *look_up_ = std::move(look_up); }

 private:
  void enter(const std::function<void()>& body);
  void turn();

  Timeline timeline_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::shared_ptr<AsioBearer::LookUp> look_up_;
  std::unique_ptr<AsioBearer> bearer_;
  std::vector<std::unique_ptr<HostListener>> listeners_;
  std::vector<std::unique_ptr<class HostFarEnd>> far_ends_;
  std::vector<int> reserved_;
  bool inside_ = false;
};

}  // namespace quasimodem::net::testing
