// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/peer.hpp"

#include <cstdio>
#include <memory>
#include <optional>
#include <signal.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include "emulator/app/base/json.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/host.hpp"
#include "emulator/app/base/process/readiness.hpp"
#include "emulator/app/base/process/signals.hpp"
#include "emulator/app/base/process/spdlog_sink.hpp"
#include "emulator/app/peer/echo_session.hpp"
#include "emulator/app/peer/ftp_session.hpp"
#include "emulator/app/peer/mail_box.hpp"
#include "emulator/app/peer/message_broker.hpp"
#include "emulator/app/peer/tcp_server.hpp"
#include "emulator/app/peer/tls_conversation.hpp"
#include "emulator/app/peer/udp_server.hpp"
#include "emulator/app/peer/web_site.hpp"
#include "tls/base64.hpp"

namespace quasimodem::app {
namespace {

constexpr std::uint8_t kLoopbackNet = 127;

class Peer {
 public:
  explicit Peer(const PeerOptions& options)
      : options_{options},
        sink_{stderr_sink({.lowest = options.log_level})},
        log_{*sink_, options.name},
        session_log_{options.log_level == LogLevel::debug ? log_.part("tls") : Logger{}},
        signals_{io_, Signals::SecondInterrupt::ends, [this](Signals::Signal signal) {
                   if (signal.number != SIGCHLD) io_.stop();
                 }} {}

  int run() {
    ::signal(SIGPIPE, SIG_IGN);
    if (options_.secure || options_.starts_tls) make_conversation(script({}));  // whatever is wrong is told now
    const auto address = open();
    warn(address);
    if (options_.json) {
      fmt::print("{}\n", to_text(JsonObject{{"event", "ready"}, {"name", options_.name}, {"address", address.text()}}));
    } else {
      fmt::print("ready {} {}\n", options_.name, address.text());
    }
    std::fflush(stdout);
    tell_ready(options_.ready_fd);
    io_.run();
    return static_cast<int>(ExitCode::ok);
  }

 private:
  net::Endpoint open() try {
    if (options_.kind == PeerOptions::Kind::udp_echo) {
      udp_.emplace(
          io_, options_.listen, [this] { ended(); }, log_);
      return udp_->address();
    }
    tcp_.emplace(io_, options_.listen,
                 TcpServer::Events{.met = [this](const TcpServer::Ends& ends) { return meet(ends); },
                                   .ended = [this] { ended(); }},
                 log_);
    return tcp_->address();
  } catch (const boost::system::system_error& error) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot listen at {}: {}", options_.listen.text(), error.code().message()),
                  "choose another address; port 0 takes any that is free: --listen 127.0.0.1:0"};
  }

  void warn(const net::Endpoint& address) const {
    if (options_.throwaway_identity) {
      fmt::print(
          stderr,
          "note: no --cert and --key: this server shows the built-in throw-away certificate (CN=localhost), whose "
          "key everybody knows\n");
    }
    if (address.address.octets[0] != kLoopbackNet) {
      fmt::print(stderr, "warning: other machines can reach {}, and nothing of what this server speaks is secure\n",
                 address.text());
    }
  }

  std::unique_ptr<Conversation> meet(const TcpServer::Ends& ends) {
    if (options_.once) tcp_->stop_listening();
    auto what = script(ends);
    if (!options_.faults.empty()) what.fault = options_.faults[met_++ % options_.faults.size()];
    return make_conversation(std::move(what));
  }

  Script script(const TcpServer::Ends& ends) {
    if (site_) return {.service = std::make_unique<net::http::ServerSession>(site_)};
    if (files_) return {.service = std::make_unique<FtpSession>(io_, files_, ends.here.address, ends.client.address)};
    if (broker_) return {.service = broker_->accept()};
    if (options_.kind == PeerOptions::Kind::smtp) return {.service = mail_server()};
    return {.service = std::make_unique<EchoSession>(options_.banner)};
  }

  std::unique_ptr<net::PeerSession> mail_server() {
    net::smtp::Server::Config config{.offers_tls = options_.starts_tls,
                                     .secure = options_.secure,
                                     .auth_needs_tls = options_.starts_tls,
                                     .needs_auth = !options_.users.empty(),
                                     .base64 = [](ByteSpan octets) { return tls::base64(octets); },
                                     .unbase64 = [](std::string_view text) { return tls::from_base64(text); },
                                     .deliver = [this](const auto& mail) { return take(mail); },
                                     .on_command = [this](auto line) { log_.debug("{}", escaped(line)); }};
    for (const auto& [name, password] : options_.users) config.users.push_back({name, password});
    return std::make_unique<net::smtp::Server>(std::move(config));
  }

  bool take(const net::smtp::Delivery& mail) {
    const auto file = mail_box_.keep(mail);
    if (!file) log_.warning("a mail cannot be kept: {}", file.error());
    if (file) log_.info("{}{}{}", envelope_line(mail), file->empty() ? "" : ", in ", *file);
    return file.has_value();
  }

  std::unique_ptr<Conversation> make_conversation(Script script) {
    if (!options_.secure && !options_.starts_tls) return std::make_unique<PlainConversation>(std::move(script));
    using Begin = TlsConversation::Begin;
    auto made = TlsConversation::create(options_.tls, std::move(script), random_, session_log_,
                                        options_.secure ? Begin::with_tls : Begin::in_clear);
    if (made) return std::move(*made);
    throw Problem{ExitCode::usage, made.error().reason, fmt::format("see: quasimodem peer {} --help", options_.name)};
  }

  void ended() {
    if (options_.once) io_.stop();
  }

  const PeerOptions& options_;
  std::unique_ptr<LogSink> sink_;
  Logger log_;
  Logger session_log_;  ///< what the sessions themselves say is more than the one line per connection of -v
  HostRandom random_;
  boost::asio::io_context io_{1};
  Signals signals_;
  std::optional<TcpServer> tcp_;
  std::optional<UdpServer> udp_;
  std::shared_ptr<net::http::Site> site_ = options_.kind == PeerOptions::Kind::http ? web_site(options_.root) : nullptr;
  std::shared_ptr<net::ftp::Site> files_ = options_.kind == PeerOptions::Kind::ftp ? ftp_site(options_.ftp) : nullptr;
  std::shared_ptr<MessageBroker> broker_ =
      options_.kind == PeerOptions::Kind::mqtt
          ? std::make_shared<MessageBroker>(
                io_, net::mqtt::Broker::Settings{.users = options_.users, .manners = options_.manners},
                log_.part("broker"))
          : nullptr;
  MailBox mail_box_{options_.mailbox};
  std::size_t met_ = 0;
};

}  // namespace

int peer(const PeerOptions& options) {
  check_ready_fd(options.ready_fd, "quasimodem peer tls-echo --ready-fd 3 3>ready");
  return Peer{options}.run();
}

}  // namespace quasimodem::app
