// SPDX-License-Identifier: Apache-2.0
// Many secure sockets, much data, slow and fast ends: nothing is lost, mixed up, or kept without bounds
// (SSL 1.3, 2.2.4).
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "emulator/device/pdp_context.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/stream.hpp"
#include "tests/emulator_tls/secure_bench.hpp"
#include "tests/support/catch.hpp"
#include "tls/capabilities.hpp"
#include "tls/client_session.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr std::size_t kPiece = 1460;
constexpr std::size_t kMegabyte = 1'000'000;

/// One secure socket and its server; each side knows what the other should say.
class Stream {
 public:
  Stream(SecureBench& bench, int ssid, int context, std::size_t total)
      : bench_{bench},
        ssid_{ssid},
        context_{context},
        total_{total},
        port_{static_cast<std::uint16_t>(4430 + ssid)},
        peer_{bench.network(), kHost, port_} {
    peer_.on_plaintext = [this](std::string_view plaintext) { hear(plaintext); };
  }

  void open() { bench_.connect(ssid_, {.port = port_, .context = context_}); }

  /// One portion up, which the server answers with as much of its own, and that down.
  void exchange() {
    const auto size = std::min(kPiece, total_ - up_);
    bench_.send(fmt::format("AT+QSSLSEND={},{}", ssid_, size));
    bench_.send_raw(pattern(size, up_offset() + up_));
    up_ += size;
    says(fmt::format("\r\n> \r\nSEND OK\r\n\r\n+QSSLURC: \"recv\",0,{}\r\n", ssid_));
    bench_.send(fmt::format("AT+QSSLRECV=0,{},1500", ssid_));
    says(fmt::format("\r\n+QSSLRECV: 198.51.100.1:{},TCP,{}\r\n{}\r\nOK\r\n", port_, size,
                     pattern(size, down_offset() + down_)));
    down_ += size;
  }
  bool done() const { return down_ == total_; }

  void close() {
    CHECK(heard_ == total_);
    bench_.close(ssid_);
  }

 private:
  std::size_t up_offset() const { return static_cast<std::size_t>(ssid_) * 7'000'003; }
  std::size_t down_offset() const { return up_offset() + 60'000'011; }

  /// Without the words of an assertion that holds: there are tens of thousands.
  void says(std::string_view expected) {
    const auto said = bench_.take();
    if (said != expected) FAIL("socket " << ssid_ << ": " << difference(said, expected));
  }

  void hear(std::string_view plaintext) {
    if (plaintext != pattern(plaintext.size(), up_offset() + heard_))
      FAIL("server of " << ssid_ << " got another word");
    peer_.send(pattern(plaintext.size(), down_offset() + heard_));
    heard_ += plaintext.size();
  }

  SecureBench& bench_;
  int ssid_;
  int context_;
  std::size_t total_;
  std::uint16_t port_;
  std::size_t up_ = 0;
  std::size_t down_ = 0;
  std::size_t heard_ = 0;
  TlsPeer peer_;
};

/// Six sockets: they open one after the other while the others work, and close as they get done.
void run_six(SecureBench& bench, const std::array<int, device::kSockets>& contexts, std::size_t total) {
  std::vector<std::unique_ptr<Stream>> streams;
  std::size_t round = 0;
  for (bool busy = true; busy; ++round) {
    busy = streams.size() < contexts.size();
    if (busy && round % 20 == 0) {
      const auto ssid = static_cast<int>(streams.size());
      streams.push_back(std::make_unique<Stream>(bench, ssid, contexts[streams.size()], total));
      streams.back()->open();
    }
    for (auto& stream : streams) {
      if (!stream) continue;
      busy = true;
      stream->exchange();
      if (!stream->done()) continue;
      stream->close();
      stream.reset();
    }
  }
  bench.expect_nothing();
  bench.expect_no_leftovers();
}

}  // namespace

TEST_CASE("six secure sockets on one context carry 5 MB each way", "[ssl][SSL 1.3]") {
  SecureBench bench;
  bench.set_clock(kGoodTime);
  bench.trust("ca.crt", 2);
  run_six(bench, {2, 2, 2, 2, 2, 2}, 5 * kMegabyte);
}

TEST_CASE("six secure sockets on six contexts carry 5 MB each way", "[ssl][SSL 1.3]") {
  SecureBench bench;
  constexpr std::string_view kSuites[] = {"0X0035", "0X002F", "0X0005", "0X0004", "0X000A", "0X003D"};
  for (int context = 0; context < device::kSslContexts; ++context) {
    bench.configure("ciphersuite", fmt::format("\"{}\"", kSuites[context]), context);
    const int version = context == 5 ? 3 : context % 4;
    const bool spoken = tls::speaks(static_cast<tls::Version>(version));
    bench.configure("sslversion", std::to_string(spoken ? version : static_cast<int>(device::SslVersion::all)),
                    context);
  }
  run_six(bench, {0, 1, 2, 3, 4, 5}, 5 * kMegabyte);
}

TEST_CASE("a host that does not fetch closes the peer's window; nothing is lost and little is kept",
          "[ssl][SSL 2.2.5]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  const auto words = pattern(2 * kMegabyte);
  for (std::size_t at = 0; at < words.size(); at += 10'000) peer.send(words.substr(at, 10'000));
  bench.settle();
  bench.expect("+QSSLURC: \"recv\",0,1");
  bench.expect_nothing();

  const auto* socket = bench.context(0).socket(1);
  constexpr auto kBuffer = device::Stream::kReceiveBuffer;
  CHECK(socket->available() >= kBuffer);
  CHECK(socket->available() <= kBuffer + 4096);
  // Whatever the module holds, decrypted or not: its buffer, one record and what TCP brought last.
  CHECK(words.size() - peer.wire().undelivered() < kBuffer + 16'384 + 8'192);

  // … and it stays so, byte by byte.
  std::string received = bench.receive(1, 1);
  bench.settle();
  CHECK(socket->available() <= kBuffer + 4096);
  while (received.size() < words.size()) {
    const auto some = bench.receive(1, static_cast<int>(1 + received.size() % 1500));
    REQUIRE_FALSE(some.empty());
    received += some;
    bench.settle();
    if (socket->available() > kBuffer + 4096) FAIL("holds " << socket->available() << " bytes");
  }
  bench.take();
  CHECK(difference(received, words) == "");
  CHECK(bench.receive(1).empty());
}

TEST_CASE("a peer that does not read makes the module say SEND FAIL; a retry later works", "[ssl][SSL 2.2.4]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  std::string accepted;
  for (int stall = 0; stall < 3; ++stall) {
    CAPTURE(stall);
    peer.wire().stop_reading();
    const auto before = accepted.size();
    for (;;) {
      const auto piece = pattern(kPiece, accepted.size());
      bench.send(fmt::format("AT+QSSLSEND=1,{}", piece.size()));
      bench.expect_prompt();
      bench.send_raw(piece);
      const auto result = bench.take();
      if (result == "\r\nSEND FAIL\r\n") break;
      REQUIRE(result == "\r\nSEND OK\r\n");
      accepted += piece;
      if (accepted.size() - before > 200'000) FAIL("never blocked");
    }
    // The window and a queue of records, not more.
    CHECK(accepted.size() - before > 60'000);
    CHECK(accepted.size() - before <
          net::SimConnection::kDefaultWindow + tls::ClientSession::kOutgoingLimit + 2 * kPiece);
    for (int i = 0; i < 3; ++i) bench.send_data(1, pattern(kPiece, accepted.size()), "SEND FAIL");
    bench.send_data(1, "x", "SEND FAIL");
    // The connection is as good as before.
    peer.send("are you there?");
    bench.settle();
    bench.expect("+QSSLURC: \"recv\",0,1");
    CHECK(bench.receive(1) == "are you there?");

    peer.wire().resume_reading();
    bench.settle();
    CHECK(difference(peer.received(), accepted) == "");
    const auto piece = pattern(kPiece, accepted.size());
    bench.send_data(1, piece);
    accepted += piece;
    CHECK(difference(peer.received(), accepted) == "");
  }
  bench.close(1);
  bench.expect_no_leftovers();
}

TEST_CASE("both ends stuffed at once: all data arrives when they go on", "[ssl][SSL 2.2.4]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  peer.wire().stop_reading();
  const auto down = pattern(300'000, 5);
  for (std::size_t at = 0; at < down.size(); at += 10'000) peer.send(down.substr(at, 10'000));
  bench.settle();
  bench.expect("+QSSLURC: \"recv\",0,1");
  std::string up;
  for (std::string result = "\r\nSEND OK\r\n"; result == "\r\nSEND OK\r\n"; result = bench.take()) {
    const auto piece = pattern(kPiece, up.size());
    bench.send(fmt::format("AT+QSSLSEND=1,{}", piece.size()));
    bench.expect_prompt();
    up += piece;
    bench.send_raw(piece);
  }
  up.resize(up.size() - kPiece);
  std::string received;
  while (received.size() < down.size()) {
    const auto some = bench.receive(1);
    REQUIRE_FALSE(some.empty());
    received += some;
    bench.settle();
    bench.take();
  }
  CHECK(difference(received, down) == "");
  peer.wire().resume_reading();
  bench.settle();
  CHECK(difference(peer.received(), up) == "");
}

TEST_CASE("an index is used a thousand times", "[ssl][SSL 2.2.2]") {
  SecureBench bench;
  // A short key, for the time's sake.
  TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_1024.crt", "weak.key")};
  bench.network().refuse("refusing.test", kPort);
  peer.on_plaintext = [&](std::string_view plaintext) { peer.send(plaintext); };
  for (int i = 0; i < 1000; ++i) {
    CAPTURE(i);
    bench.connect(4);
    const auto data = fmt::format("number {}", i);
    bench.send_data(4, data);
    bench.expect("+QSSLURC: \"recv\",0,4");
    CHECK(bench.receive(4) == data);
    switch (i % 3) {
      case 0: bench.close(4); break;
      case 1:
        peer.close();
        bench.settle();
        bench.expect("+QSSLURC: \"closed\",4");
        break;
      default:
        peer.wire().reset();
        bench.settle();
        bench.expect("+QSSLURC: \"closed\",4");
    }
    if (i % 50 == 0) {
      bench.open(4, {.host = "refusing.test"});
      bench.expect("+QSSLOPEN: 4,-1");
    }
    bench.expect_no_leftovers();
    bench.log().text.clear();
  }
  CHECK(peer.connections() == 1000);
}

TEST_CASE("all sockets of both contexts at once", "[ssl][SSL 2.2.5]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  for (int ssid = 0; ssid < device::kSockets; ++ssid) bench.connect(ssid);
  bench.ok("AT+QIFGCNT=1");
  bench.activate();
  for (int ssid = 0; ssid < device::kSockets; ++ssid) bench.connect(ssid);
  CHECK(bench.network().open_links() == 12);
  bench.send_data(3, "in the foreground");
  CHECK(peer.received().empty());
  for (std::size_t i = 0; i < 12; ++i) CHECK(peer.listener().connections[i]->open());
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  CHECK(bench.network().open_links() == 6);
  bench.ok("AT+QIFGCNT=0");
  bench.send_data(3, "still there");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.expect_no_leftovers();
}
