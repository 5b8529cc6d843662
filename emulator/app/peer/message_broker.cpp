// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/message_broker.hpp"

#include <utility>

namespace quasimodem::app {

/// One of the broker's sessions. Before each call the broker's time is the host's, after it the next deadline is known.
class MessageBroker::Session final : public net::PeerSession {
 public:
  explicit Session(std::shared_ptr<MessageBroker> owner)
      : owner_{std::move(owner)}, session_{owner_->broker_.accept()} {
    session_->on_outgoing = [this] {
      // Who calls takes what there is afterwards; that the time has come for something is no reason to ask twice.
      if (!called_ && on_outgoing) on_outgoing();
    };
  }

  void start() override {
    call([this] { session_->start(); });
  }
  void receive(ByteSpan bytes) override {
    call([&] { session_->receive(bytes); });
  }
  void input_ended() override {
    call([this] { session_->input_ended(); });
  }
  Bytes take_outgoing() override { return session_->take_outgoing(); }
  bool wants_input() const override { return session_->wants_input(); }
  bool over() const override { return session_->over(); }

 private:
  template <class Body>
  void call(const Body& body) {
    const bool nested = std::exchange(called_, true);
    owner_->clock_.catch_up();
    body();
    owner_->clock_.arm();
    called_ = nested;
  }

  std::shared_ptr<MessageBroker> owner_;
  std::unique_ptr<net::PeerSession> session_;
  bool called_ = false;
};

MessageBroker::MessageBroker(boost::asio::io_context& io, net::mqtt::Broker::Settings settings, const Logger& log)
    : clock_{io, timeline_,
             [this] {
               clock_.catch_up();
               clock_.arm();
             }},
      broker_{timeline_, std::move(settings), log} {
  broker_.on_published = [log](const net::mqtt::Publish& message) {
    log.info("published on {}: {} octets, QoS {}{}", message.topic, message.payload.size(),
             static_cast<int>(message.qos), message.retain ? ", retained" : "");
  };
}

std::unique_ptr<net::PeerSession> MessageBroker::accept() { return std::make_unique<Session>(shared_from_this()); }

}  // namespace quasimodem::app
