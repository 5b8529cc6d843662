// SPDX-License-Identifier: Apache-2.0
#include "net/faults/slow_bearer.hpp"

#include <algorithm>
#include <utility>

#include "net/faults/slow_session.hpp"

namespace quasimodem::net {
namespace {

class SlowLink final : public Link {
 public:
  explicit SlowLink(std::shared_ptr<SlowSession> session) : session_{std::move(session)} {}
  ~SlowLink() override { session_->leave(); }

  std::size_t send(ByteSpan data) override { return session_->send(data); }
  void pause() override { session_->pause(); }
  void resume() override { session_->resume(); }
  std::size_t unacknowledged() const override { return session_->unacknowledged(); }
  void abort() override { session_->abort(); }
  Endpoint peer() const override { return session_->peer(); }

 private:
  std::shared_ptr<SlowSession> session_;
};

class SlowLookUp final : public Operation {
 public:
  SlowLookUp(std::shared_ptr<SlowCore> core, std::function<void(Bearer::Addresses)> done)
      : core_{std::move(core)}, done_{std::move(done)}, timer_{core_->timeline} {}

  void start(Bearer& inner, std::string_view host) {
    inner_ = inner.resolve(host, [this](Bearer::Addresses addresses) {
      const auto delay = std::max(core_->round_trip(), Duration::zero());
      if (delay == Duration::zero()) return answer(addresses);
      timer_.start(delay, [this, addresses = std::move(addresses)] { answer(addresses); });
    });
  }

 private:
  void answer(const Bearer::Addresses& addresses) {
    const auto done = std::move(done_);  // the call may destroy this
    done(addresses);
  }

  std::shared_ptr<SlowCore> core_;
  std::function<void(Bearer::Addresses)> done_;
  Timer timer_;
  std::unique_ptr<Operation> inner_;
};

}  // namespace

SlowBearer::SlowBearer(Bearer& inner, Timeline& timeline, RoundTrip round_trip)
    : inner_{inner}, core_{std::make_shared<SlowCore>(SlowCore{timeline, std::move(round_trip), {}})} {}

SlowBearer::~SlowBearer() {
  while (!core_->lingering.empty()) std::shared_ptr {
      *core_->lingering.begin()
      } -> hurry();
}

std::unique_ptr<Operation> SlowBearer::resolve(std::string_view host, std::function<void(Addresses)> done) {
  auto operation = std::make_unique<SlowLookUp>(core_, std::move(done));
  operation->start(inner_, host);
  return operation;
}

std::unique_ptr<Link> SlowBearer::connect(Transport transport, Endpoint peer, LinkObserver& observer) {
  auto session = std::make_shared<SlowSession>(core_, transport, peer, observer);
  session->start(inner_);
  return std::make_unique<SlowLink>(std::move(session));
}

}  // namespace quasimodem::net
