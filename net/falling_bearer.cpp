// SPDX-License-Identifier: Apache-2.0
#include "net/falling_bearer.hpp"

#include <set>
#include <utility>

#include "net/relayed_link.hpp"

namespace quasimodem::net {

struct FallingBearer::Core {
  Timeline& timeline;
  bool up = false;
  std::set<Passenger*> passengers{};
};

class FallingBearer::Passenger {
 public:
  explicit Passenger(std::shared_ptr<Core> core) : core_{std::move(core)} { core_->passengers.insert(this); }
  Passenger(const Passenger&) = delete;
  Passenger& operator=(const Passenger&) = delete;
  virtual ~Passenger() { core_->passengers.erase(this); }

  virtual void fall() = 0;

 protected:
  std::shared_ptr<Core> core_;
};

namespace {

using Passenger = FallingBearer::Passenger;

/// A look-up or an echo request.
template <class Answer>
class FallingOperation final : public Operation, private Passenger {
 public:
  FallingOperation(std::shared_ptr<FallingBearer::Core> core, std::function<void(Answer)> done)
      : Passenger{std::move(core)}, done_{std::move(done)}, failure_{core_->timeline} {}

  template <class Begin>
  void start(const Begin& begin) {
    if (!core_->up) return fall();
    inner_ = begin([this](const Answer& answer) { tell(answer); });
  }

 private:
  void fall() override {
    if (!done_) return;
    inner_.reset();
    failure_.start({}, [this] { tell(tl::unexpected{NetError::no_bearer}); });
  }
  void tell(const Answer& answer) {
    // The call may destroy this.
    if (const auto done = std::exchange(done_, {})) done(answer);
  }

  std::function<void(Answer)> done_;
  std::unique_ptr<Operation> inner_;
  Timer failure_;
};

class FallingLink final : public RelayedLink, private Passenger {
 public:
  FallingLink(std::shared_ptr<FallingBearer::Core> core, Endpoint peer, LinkObserver& observer)
      : RelayedLink{core->timeline, peer, observer}, Passenger{std::move(core)} {}

  void start(Bearer& inner, Transport transport) { core_->up ? connect(inner, transport) : fall(); }

 private:
  void fall() override {
    drop_inner();
    end_soon(NetError::no_bearer);
  }
};

/// A port of the module, and who comes in through it.
class FallingPort final : public Operation, private ListenObserver, private Passenger {
 public:
  FallingPort(std::shared_ptr<FallingBearer::Core> core, ListenObserver& observer)
      : Passenger{std::move(core)}, observer_{&observer}, failure_{core_->timeline} {}

  void start(Bearer& inner, Transport transport, std::uint16_t port) {
    if (!core_->up) return fall();
    inner_ = inner.listen(transport, port, *this);
  }

 private:
  void fall() override {
    inner_.reset();
    if (observer_) failure_.start({}, [this] { listen_failed(NetError::no_bearer); });
  }
  void listening() override { observer_->listening(); }
  void listen_failed(NetError error) override { std::exchange(observer_, nullptr)->listen_failed(error); }
  void connection_arrived(Endpoint peer, const Accept& accept) override {
    observer_->connection_arrived(peer, [&](LinkObserver& observer) -> std::unique_ptr<Link> {
      auto link = std::make_unique<FallingLink>(core_, peer, observer);
      link->adopt(accept);
      return link;
    });
  }

  ListenObserver* observer_;  ///< null after the last call
  std::unique_ptr<Operation> inner_;
  Timer failure_;
};

}  // namespace

FallingBearer::FallingBearer(Timeline& timeline, Bearer& inner)
    : inner_{inner}, core_{std::make_shared<Core>(Core{timeline})} {}

FallingBearer::~FallingBearer() = default;

void FallingBearer::rise() { core_->up = true; }

void FallingBearer::fall() {
  if (!std::exchange(core_->up, false)) return;
  for (auto* each : std::set{core_->passengers}) {
    if (core_->passengers.contains(each)) each->fall();
  }
}

std::unique_ptr<Operation> FallingBearer::resolve(std::string_view host, std::function<void(Addresses)> done) {
  auto operation = std::make_unique<FallingOperation<Addresses>>(core_, std::move(done));
  operation->start([&](auto answer) { return inner_.resolve(host, std::move(answer)); });
  return operation;
}

std::unique_ptr<Link> FallingBearer::connect(Transport transport, Endpoint peer, LinkObserver& observer) {
  auto link = std::make_unique<FallingLink>(core_, peer, observer);
  link->start(inner_, transport);
  return link;
}

std::unique_ptr<Operation> FallingBearer::ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) {
  auto operation = std::make_unique<FallingOperation<Echoed>>(core_, std::move(done));
  operation->start([&](auto answer) { return inner_.ping(peer, size, std::move(answer)); });
  return operation;
}

std::unique_ptr<Operation> FallingBearer::listen(Transport transport, std::uint16_t port, ListenObserver& observer) {
  auto operation = std::make_unique<FallingPort>(core_, observer);
  operation->start(inner_, transport, port);
  return operation;
}

}  // namespace quasimodem::net
