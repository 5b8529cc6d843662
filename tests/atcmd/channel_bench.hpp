// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "atcmd/channel/channel.hpp"
#include "core/timeline.hpp"
#include "tests/support/catch.hpp"

namespace quasimodem::atcmd::test {

/// The far side of transparent mode: takes as much as the test allows, and has what the test puts in.
class FakeTunnel final : public Tunnel {
 public:
  explicit FakeTunnel(Channel& channel) : channel_{channel} {}

  std::size_t send(ByteSpan from_te) override {
    const auto count = std::min(room, from_te.size());
    room -= count;
    sent += as_text(from_te.first(count));
    return count;
  }
  void deliver() override {
    while (!from_peer.empty() && channel_.can_write_through()) {
      const auto count = std::min<std::size_t>(from_peer.size(), 1000);
      channel_.write_through(as_bytes(std::string_view{from_peer}.substr(0, count)));
      from_peer.erase(0, count);
    }
  }
  void rest() override { ++rests; }
  void hang_up() override {}
  Escape escape() const override { return rule; }

  std::size_t room = 1'000'000;
  std::string sent;
  std::string from_peer;
  Escape rule;
  int rests = 0;

 private:
  Channel& channel_;
};

/// Takes as much of an upload as the test allows.
struct FakeSink final : Sink {
  std::size_t take(ByteSpan data) override {
    const auto count = std::min(room, data.size());
    room -= count;
    taken += as_text(data.first(count));
    return count;
  }

  std::size_t room = 1'000'000;
  std::string taken;
};

/// Has what the test puts in.
struct FakeSource final : Source {
  Bytes take(std::size_t most) override {
    const auto octets = as_bytes(std::string_view{data}.substr(0, most));
    Bytes taken{octets.begin(), octets.end()};
    data.erase(0, most);
    return taken;
  }

  std::string data;
};

/// A channel and a handful of commands, one for each way to answer.
class ChannelBench : public CommandSet {
 public:
  explicit ChannelBench(int echo = 0) { dialogue.echo = echo; }

  void send(std::string_view bytes) { channel->receive(as_bytes(bytes)); }
  std::string take() { return to_text(channel->take_output()); }
  std::string ask(std::string_view bytes) {
    send(bytes);
    return take();
  }
  void advance(Duration time) { timeline.advance(time); }

  Reply run(const CommandCall& typed, Channel& on) override {
    Call call{on};
    ran += typed.name;
    const auto number = typed.arguments.empty() ? std::nullopt : std::optional{typed.arguments[0].text};
    const auto length = number ? std::optional<std::size_t>{std::stoul(*number)} : std::nullopt;
    if (typed.name == "+OK") return Reply::ok();
    if (typed.name == "+BAD") return Reply::error();
    if (typed.name == "+CME") return Reply::cme(10);
    if (typed.name == "+BUSY") return Reply::code(ResultCode::busy);
    if (typed.name == "+DONE") return Reply::result("DONE");
    if (typed.name == "+INFO") {
      call.respond("+INFO: 1");
      return Reply::ok();
    }
    if (typed.name == "+SAID") {
      call.respond("10.1.83.188");
      return Reply::said();
    }
    if (typed.name == "+LAST") {
      call.drop_rest_of_line();
      return Reply::ok();
    }
    if (typed.name == "+STATE") {
      call.write_result(ResultCode::ok);
      call.respond("STATE: 1");
      return Reply::said();
    }
    if (typed.name == "+HOLD") {
      responders.push_back(call.hold(10s));
      return Reply::held();
    }
    if (typed.name == "+ABORTABLE") {
      auto responder = call.hold(10s);
      call.on_abort([responder] { responder.finish(Reply::code(ResultCode::no_carrier)); });
      return Reply::held();
    }
    if (typed.name == "+ATONCE") {
      call.hold(10s).finish(Reply::result("DONE"));
      return Reply::held();
    }
    if (typed.name == "+URC") {
      on.unsolicited("+URC");
      call.respond("+URC: written after this");
      return Reply::ok();
    }
    if (typed.name == "+PROMPT") {
      return call.prompt({.length = length, .limit = 10, .echo = prompt_echo, .sign = prompt_sign}, keep());
    }
    if (typed.name == "+DATA") return call.data_mode({.length = *length, .timeout = 5s}, keep());
    if (typed.name == "+SINK") return call.data_mode({.length = *length, .timeout = 5s, .sink = sink}, keep());
    if (typed.name == "+LATER") {
      call.write_result(ResultCode::ok);
      responders.push_back(call.hold(10s));
      return Reply::delivering_later(source);
    }
    if (typed.name == "+GO") return Reply::through(*tunnel);
    if (typed.name == "O") {
      auto* escaped = on.escaped_tunnel();
      return escaped ? Reply::through(*escaped) : Reply::code(ResultCode::no_carrier);
    }
    return Reply::error();
  }
  Duration latency() override { return line_latency; }
  void line_recognised() override { ++lines; }

  /// A continuation that notes what came in, and then answers as the test wants.
  Continuation keep() {
    return [this](Call& call, const IntakeOutcome& outcome) {
      data = to_text(outcome.data);
      end = outcome.end;
      return then ? then(call) : Reply::result("TAKEN");
    };
  }

  Timeline timeline;
  Dialogue dialogue;
  ErrorTexts texts{[](int) { return std::string_view{}; }, [](int) { return std::string_view{}; }};
  Duration line_latency{};
  std::string ran;  ///< names of all commands that ran
  int lines = 0;    ///< lines with a prefix
  std::vector<Responder> responders;
  Echo prompt_echo = Echo::off;
  PromptSign prompt_sign = PromptSign::shown;
  std::string data;
  std::optional<IntakeOutcome::End> end;
  std::function<Reply(Call&)> then;
  std::shared_ptr<FakeSink> sink = std::make_shared<FakeSink>();
  std::shared_ptr<FakeSource> source = std::make_shared<FakeSource>();
  std::unique_ptr<Channel> channel = std::make_unique<Channel>(timeline, dialogue, texts, *this);
  std::unique_ptr<FakeTunnel> tunnel = std::make_unique<FakeTunnel>(*channel);
};

}  // namespace quasimodem::atcmd::test
