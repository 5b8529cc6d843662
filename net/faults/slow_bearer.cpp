// SPDX-License-Identifier: Apache-2.0
#include "net/faults/slow_bearer.hpp"

#include <optional>
#include <utility>

#include "net/faults/slow_session.hpp"
#include "net/session_link.hpp"

namespace quasimodem::net {
namespace {

using SlowLink = SessionLink<SlowSession>;

/// An answer of the inner bearer, late.
template <class Answer>
class SlowOperation final : public Operation, private SlowCore::Stalled {
 public:
  SlowOperation(std::shared_ptr<SlowCore> core, std::function<void(Answer)> done)
      : Stalled{std::move(core)}, done_{std::move(done)}, timer_{core_->timeline} {}

  /// `begin` starts the inner operation with the callback it is given.
  template <class Begin>
  void start(const Begin& begin) {
    inner_ = begin([this](Answer answer) {
      const auto delay = core_->round_trip();
      if (delay == Duration::zero()) return tell_unless_stalled(answer);
      timer_.start(delay, [this, answer = std::move(answer)] { tell_unless_stalled(answer); });
    });
  }

 private:
  void tell_unless_stalled(const Answer& answer) {
    if (const auto rest = core_->stalled(); rest > Duration::zero()) {
      held_ = answer;
      return timer_.start(rest, [this] { stall_over(); });
    }
    tell(answer);
  }
  void stall_over() override {
    if (!held_) return;
    timer_.cancel();
    const auto answer = *std::exchange(held_, std::nullopt);
    tell_unless_stalled(answer);
  }
  void tell(const Answer& answer) {
    const auto done = std::move(done_);  // the call may destroy this
    done(answer);
  }

  std::function<void(Answer)> done_;
  Timer timer_;
  std::optional<Answer> held_;  ///< by a stall
  std::unique_ptr<Operation> inner_;
};

/// Passes on who connects; what then happens on the link is slow.
class SlowPort final : public Operation, private ListenObserver {
 public:
  SlowPort(std::shared_ptr<SlowCore> core, Transport transport, ListenObserver& observer)
      : core_{std::move(core)}, transport_{transport}, observer_{observer} {}

  void start(Bearer& inner, std::uint16_t port) { inner_ = inner.listen(transport_, port, *this); }

 private:
  void listening() override { observer_.listening(); }
  void listen_failed(NetError error) override { observer_.listen_failed(error); }
  void connection_arrived(Endpoint peer, const Accept& accept) override {
    observer_.connection_arrived(peer, [&](LinkObserver& observer) -> std::unique_ptr<Link> {
      auto session = std::make_shared<SlowSession>(core_, transport_, peer, observer);
      session->adopt(accept);
      return std::make_unique<SlowLink>(std::move(session));
    });
  }

  std::shared_ptr<SlowCore> core_;
  Transport transport_;
  ListenObserver& observer_;
  std::unique_ptr<Operation> inner_;
};

}  // namespace

SlowBearer::SlowBearer(Bearer& inner, Timeline& timeline, Radio radio)
    : inner_{inner}, core_{std::make_shared<SlowCore>(timeline, std::move(radio))} {}

SlowBearer::~SlowBearer() {
  while (!core_->lingering.empty()) std::shared_ptr {
      *core_->lingering.begin()
      } -> hurry();
}

int SlowBearer::stall(Duration length) { return core_->stall(length); }
void SlowBearer::go_on(int stall) { core_->go_on(stall); }

void SlowBearer::set_radio(Radio radio) { core_->radio = std::move(radio); }

void SlowBearer::set_rates(double down, double up) {
  core_->radio.down_kbit_s = down;
  core_->radio.up_kbit_s = up;
}

std::unique_ptr<Operation> SlowBearer::resolve(std::string_view host, std::function<void(Addresses)> done) {
  // Nobody is asked for the address of a dotted address.
  if (IpAddress::parse(host)) return inner_.resolve(host, std::move(done));
  auto operation = std::make_unique<SlowOperation<Addresses>>(core_, std::move(done));
  operation->start([&](const auto& answer) { return inner_.resolve(host, answer); });
  return operation;
}

std::unique_ptr<Operation> SlowBearer::ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) {
  auto operation = std::make_unique<SlowOperation<Echoed>>(core_, std::move(done));
  operation->start([&](const auto& answer) { return inner_.ping(peer, size, answer); });
  return operation;
}

std::unique_ptr<Operation> SlowBearer::listen(Transport transport, std::uint16_t port, ListenObserver& observer) {
  auto operation = std::make_unique<SlowPort>(core_, transport, observer);
  operation->start(inner_, port);
  return operation;
}

std::unique_ptr<Link> SlowBearer::connect(Transport transport, Endpoint peer, LinkObserver& observer) {
  auto session = std::make_shared<SlowSession>(core_, transport, peer, observer);
  session->start(inner_);
  return std::make_unique<SlowLink>(std::move(session));
}

}  // namespace quasimodem::net
