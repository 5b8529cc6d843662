// SPDX-License-Identifier: Apache-2.0
// A channel whose commands ask for data in every way there is, AT+QISEND, AT+CMGS and AT+QSECWRITE among them.
#include <algorithm>

#include "atcmd/channel/channel.hpp"
#include "atcmd/table/param.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;

namespace {

constexpr std::uint8_t kCtrlZ = 0x1A;
constexpr std::uint8_t kEsc = 0x1B;
constexpr std::size_t kLimit = 20;
constexpr std::size_t kLongest = 300;

/// The peer of transparent mode; takes little at a time.
class Peer final : public Tunnel {
 public:
  explicit Peer(Bytes& taken) : taken_{taken} {}
  std::size_t send(ByteSpan from_te) override {
    const auto count = std::min(room, from_te.size());
    room -= count;
    append(taken_, from_te.first(count));
    return count;
  }
  void deliver() override {}
  void rest() override {}
  void hang_up() override {}
  Escape escape() const override { return {}; }

  std::size_t room = 50;

 private:
  Bytes& taken_;
};

class Bench final : public CommandSet {
 public:
  void type(std::uint8_t byte) {
    typed_.push_back(byte);
    channel_.receive({&byte, 1});
    check_output();
  }
  /// Everything up to the next event comes in one burst.
  void type_burst(ByteSpan bytes) {
    append(typed_, bytes);
    channel_.receive(bytes);
    check_output();
  }
  void pass(Duration time) {
    timeline_.advance(time);
    check_output();
  }
  void make_room() {
    peer_.room = 50;
    channel_.tunnel_writable();
  }
  void close() { channel_.close_tunnel("CLOSED"); }
  void drop_dtr() { channel_.leave_data_state(); }
  void announce() { channel_.unsolicited("+URC"); }
  void toggle_echo() { dialogue_.echo = !dialogue_.echo; }

  /// Whatever was asked for, and is still asked for by the rest of a line: it comes to an end, and the next command is
  /// answered.
  void finish() {
    constexpr int kMostCommandsOfALine = 256;
    for (int i = 0; i < kMostCommandsOfALine; ++i) {
      type('\r');
      channel_.close_tunnel({});
      pass(1min);
      if (channel_.mode_name() == "command") break;
      type_burst(Bytes(kLongest, 'x'));
      type(kEsc);
      pass(1min);
    }
    take();
    dialogue_.echo = 0;
    type_burst(as_bytes("AT\r"));
    pass(1s);
    fuzz::require(take() == "\r\nOK\r\n", "in the end a command is answered");
  }

  Reply run(const CommandCall& call, Channel& channel) override {
    Call on{channel};
    const auto number = call.arguments.empty() ? std::nullopt : parse_integer(call.arguments.front().text);
    if (number && (*number < 1 || *number > static_cast<std::int64_t>(kLongest))) return Reply::error();
    const auto length = number ? std::optional{static_cast<std::size_t>(*number)} : std::nullopt;
    PromptRequest prompt{.length = length, .limit = kLimit};
    if (call.name == "+P") return ask(on, prompt);
    if (call.name == "+E") {
      prompt.echo = Echo::on;
      return ask(on, prompt);
    }
    if (call.name == "+L") {
      prompt.sign_after_lines = true;
      return ask(on, prompt);
    }
    if (call.name == "+S") {
      prompt.sign = PromptSign::hidden;
      prompt.send_after = 1s;
      return ask(on, prompt);
    }
    if (call.name == "+D" && length) {
      return on.data_mode({.length = *length, .timeout = 5s}, [this, length](Call&, const IntakeOutcome& outcome) {
        check_data(*length, outcome);
        return Reply::result("TAKEN");
      });
    }
    if (call.name == "+H") {
      auto responder = on.hold(20s);
      timeline_.after(1s, [responder] { responder.finish(Reply::ok()); });
      return Reply::held();
    }
    if (call.name == "+A") {
      auto responder = on.hold(20s);
      on.on_abort([responder] { responder.finish(Reply::code(ResultCode::no_carrier)); });
      return Reply::held();
    }
    if (call.name == "+G") return Reply::through(peer_);
    if (call.name == "O" && channel.escaped_tunnel()) return Reply::through(*channel.escaped_tunnel());
    return Reply::error();
  }

 private:
  Reply ask(Call& call, const PromptRequest& request) {
    return call.prompt(request, [this, request](Call& then, const IntakeOutcome& outcome) {
      check_prompted(request, outcome);
      // One more on the same line: a prompt may lead to the next.
      if (outcome.data.size() == 3) return ask(then, {.length = 2});
      return Reply::result("TAKEN");
    });
  }

  void check_prompted(const PromptRequest& request, const IntakeOutcome& outcome) {
    using End = IntakeOutcome::End;
    check_typed(outcome.data);
    const bool by_time = request.send_after && outcome.end == End::terminated;
    if (request.length) {
      fuzz::require(outcome.end == End::complete || by_time, "a prompt with a length ends when it is there");
      if (!by_time) fuzz::require(outcome.data.size() == *request.length, "exactly the length");
      return;
    }
    fuzz::require(outcome.end == End::terminated || outcome.end == End::cancelled, "Ctrl-Z or ESC ends a prompt");
    fuzz::require(outcome.data.size() <= request.limit, "what exceeds the limit is ignored");
    const auto is_end = [](auto byte) { return byte == kCtrlZ || byte == kEsc; };
    fuzz::require(std::none_of(outcome.data.begin(), outcome.data.end(), is_end), "the end is not data");
  }

  void check_data(std::size_t length, const IntakeOutcome& outcome) {
    check_typed(outcome.data);
    if (outcome.end == IntakeOutcome::End::complete) {
      fuzz::require(outcome.data.size() == length, "exactly the size");
    } else {
      fuzz::require(outcome.end == IntakeOutcome::End::escaped || outcome.end == IntakeOutcome::End::timed_out,
                    "+++ or silence ends an upload");
      fuzz::require(outcome.data.size() < length, "an upload that was broken off is short");
    }
  }

  /// Data is a piece of what was typed, nothing added and nothing left out.
  void check_typed(ByteSpan data) {
    fuzz::require(std::search(typed_.begin(), typed_.end(), data.begin(), data.end()) != typed_.end() || data.empty(),
                  "data is what was typed");
  }

  void check_output() { output_ += to_text(channel_.take_output()); }
  std::string take() {
    check_output();
    return std::exchange(output_, {});
  }

  Timeline timeline_;
  Dialogue dialogue_;
  ErrorTexts texts_{[](int) { return std::string_view{}; }, [](int) { return std::string_view{}; }};
  Bytes typed_;
  Bytes tunnelled_;
  std::string output_;
  Channel channel_{timeline_, dialogue_, texts_, *this};
  Peer peer_{tunnelled_};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bench bench;
  Bytes burst;
  bool in_bursts = false;
  const auto flush = [&] { bench.type_burst(std::exchange(burst, {})); };
  const auto on_byte = [&](std::uint8_t byte) {
    if (in_bursts) {
      burst.push_back(byte);
    } else {
      bench.type(byte);
    }
  };
  const auto on_time = [&](Duration time) {
    flush();
    bench.pass(time);
  };
  const auto on_event = [&](char what) {
    flush();
    switch (what) {
      case 'b': in_bursts = !in_bursts; break;
      case 'c': bench.close(); break;
      case 'd': bench.drop_dtr(); break;
      case 'o': bench.make_room(); break;
      case 'u': bench.announce(); break;
      case 'v': bench.toggle_echo(); break;
      default: break;
    }
  };
  fuzz::play({data, size}, on_byte, on_time, on_event);
  flush();
  bench.finish();
  return 0;
}
