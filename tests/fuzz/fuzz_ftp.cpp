// SPDX-License-Identifier: Apache-2.0
// What an FTP server sends, with what the owner of the client does and what becomes of the data connections in between
// (see `happens`). A line feed stands for CR LF. The same text is then what a client sends to a server of ours.
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "net/ftp/client.hpp"
#include "net/ftp/server.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using namespace quasimodem::net;
using namespace quasimodem::net::ftp;

namespace {

constexpr IpAddress kServer{{203, 0, 113, 7}}, kOther{{203, 0, 113, 200}};
constexpr Client::Transfer kPassive{}, kActive{.mode = Client::Mode::active};

/// What is sent is whole lines with nothing in them that would end one.
void check_lines(std::string_view sent) {
  while (!sent.empty()) {
    const auto end = sent.find("\r\n");
    fuzz::require(end != sent.npos, "every command is a whole line");
    fuzz::require(sent.substr(0, end).find_first_of("\r\n") == sent.npos, "and one line");
    sent.remove_prefix(end + 2);
  }
}

/// One client and what it did, in order.
class Dialogue {
 public:
  explicit Dialogue(std::size_t piece) : piece_{piece} {
    client_.on_change = [this] { look(); };
    start(client_.log_in("u", "p"));
    look();
  }

  void says(ByteSpan text) {
    for (; !text.empty(); text = text.subspan(std::min(piece_, text.size()))) {
      client_.receive(text.first(std::min(piece_, text.size())));
    }
    look();
  }

  void pass(Duration time) { timeline_.advance(time); }

  void happens(char what) {
    switch (what) {
      case 'g': start(client_.get("f", 0, kPassive)); break;
      case 'o': start(client_.get("f", 4, kPassive)); break;
      case 'G': start(client_.get("f", 4, kActive)); break;
      case 'p': start(client_.put("f", kPassive)); break;
      case 'P': start(client_.append_to("f", kActive)); break;
      case 'l': start(client_.list("", Client::Mode::passive)); break;
      case 's': start(client_.size("f")); break;
      case 'r': start(client_.rename("a", "b")); break;
      case 'd': start(client_.remove("f")); break;
      case 'q': start(client_.quit()); break;
      case 'u': client_.data_connected(); break;
      case 'L': client_.data_listening({kOther, 1025}); break;
      case 'f': client_.data_failed(NetError::refused); break;
      case 'e': client_.data_ended({}); break;
      case 'x': client_.data_ended(NetError::reset); break;
      case 'm': client_.data_moved(); break;
      case 'h': client_.data_held(true); break;
      case 'H': client_.data_held(false); break;
      case 'E': client_.data_enough(); break;
      case 'i': client_.input_ended({}); break;
      case 'I': client_.input_ended(NetError::reset); break;
      default: return;
    }
    look();
  }

  /// Whatever happened before, it comes to an end.
  void finish() {
    client_.data_held(false);
    timeline_.advance(30min);
    fuzz::require(!client_.busy(), "no job lasts for ever");
    fuzz::require(timeline_.idle(), "no time-out is left");
    fuzz::require(jobs_ == outcomes_, "one outcome for each job");
  }

  const std::string& story() const { return story_; }

 private:
  void start(const Client::Started& started) {
    if (started) ++jobs_;
    story_ += started ? "started\n" : started.error().line() + "\n";
  }

  void look() {
    const auto sent = client_.take_outgoing();
    fuzz::require(sent.size() <= 2 * Client::kArgumentLimit, "what waits to be sent is bounded");
    check_lines(as_text(sent));
    story_ += as_text(sent);
    if (const auto order = client_.take_data_order()) story_ += "data " + std::to_string(order->index()) + "\n";
    const auto outcome = client_.take_outcome();
    fuzz::require(outcome.has_value() + client_.busy() + outcomes_ == jobs_, "an outcome ends a job");
    if (!outcome) return;
    ++outcomes_;
    story_ += *outcome ? std::to_string((*outcome)->size) + "\n" : outcome->error().line() + "\n";
    fuzz::require(*outcome || outcome->error().text.size() <= ReplyReader::kLineLimit, "what is kept is bounded");
  }

  std::size_t piece_;
  Timeline timeline_;
  Client client_{timeline_, {}, {.server = kServer}};
  int jobs_ = 0;
  int outcomes_ = 0;
  std::string story_;
};

struct NoWires final : DataCarrier {
  std::optional<std::uint16_t> listen() override { return 1025; }
  void connect(Endpoint) override {}
  void data_ready() override {}
  void close(bool) override {}
};

/// A server and what it answered.
class Answers {
 public:
  explicit Answers(std::size_t piece) : piece_{piece} {
    site_->users["u"] = "p";
    append(*site_->files.create("/f"), "0123456789");
    site_->files.make_directory("/d");
    server_.start();
  }

  void hears(ByteSpan text) {
    for (; !text.empty(); text = text.subspan(std::min(piece_, text.size()))) {
      server_.receive(text.first(std::min(piece_, text.size())));
    }
    look();
  }

  void happens(char what) {
    switch (what) {
      case 'u': server_.data_connected(); break;
      case 'f': server_.data_failed(); break;
      case 'e': server_.data_ended(true); break;
      case 'x': server_.data_ended(false); break;
      case 'm': server_.data_received(as_bytes("some")); break;
      case 'g': fuzz::require(server_.take_data(4).size() <= 4, "no more than there is room for"); break;
      case 'i': server_.input_ended(); break;
      default: return;
    }
    look();
  }

  const std::string& story() const { return story_; }

 private:
  void look() {
    const auto said = server_.take_outgoing();
    check_lines(as_text(said));
    story_ += as_text(said);
  }

  std::size_t piece_;
  std::shared_ptr<Site> site_ = std::make_shared<Site>();
  NoWires carrier_;
  Server server_{site_, kServer, carrier_};
  std::string story_;
};

template <class Each>
void in_parts(ByteSpan script, const Each& bytes_come, const std::function<void(Duration)>& time_passes,
              const std::function<void(char)>& happens) {
  Bytes text;
  const auto flush = [&] { bytes_come(ByteSpan{std::exchange(text, {})}); };
  fuzz::play(
      script,
      [&](std::uint8_t byte) {
        text.push_back(byte);
        if (byte == '\r') text.push_back('\n');
      },
      [&](Duration time) {
        flush();
        time_passes(time);
      },
      [&](char what) {
        flush();
        happens(what);
      });
  flush();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Dialogue whole{size + 1}, single{1}, odd{7};
  const auto each = [&](const auto& does) {
    for (auto* one : {&whole, &single, &odd}) does(*one);
  };
  in_parts(
      {data, size}, [&](ByteSpan text) { each([&](Dialogue& d) { d.says(text); }); },
      [&](Duration time) { each([&](Dialogue& d) { d.pass(time); }); },
      [&](char what) { each([&](Dialogue& d) { d.happens(what); }); });
  each([](Dialogue& d) { d.finish(); });
  fuzz::require(whole.story() == single.story(), "pieces make no difference to the client");
  fuzz::require(whole.story() == odd.story(), "nor do odd ones");

  Answers at_once{size + 1}, slowly{1};
  in_parts(
      {data, size},
      [&](ByteSpan text) {
        at_once.hears(text);
        slowly.hears(text);
      },
      [](Duration) {},
      [&](char what) {
        at_once.happens(what);
        slowly.happens(what);
      });
  fuzz::require(at_once.story() == slowly.story(), "pieces make no difference to the server");
  return 0;
}
