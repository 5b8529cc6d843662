// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/workbench/ftp_peer.hpp"
#include "emulator/workbench/service_peer.hpp"
#include "emulator/workbench/transcript.hpp"
#include "net/http/server.hpp"
#include "net/mqtt/broker.hpp"
#include "net/sim/sim_network.hpp"
#include "net/smtp/server.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::workbench {

/// The servers of HTTP, FTP, mail and MQTT that a transcript's head names, with what it says that they hold.
class ServicePeers {
 public:
  ServicePeers(Timeline& timeline, net::SimNetwork& network, tls::ServerConfig tls,
               std::vector<Needs::Content> contents);

  /// False: it is no service. Throws Unplayable when a `# content:` says nothing that such a server can hold.
  bool add(const NeededPeer& peer, const std::string& host, std::uint16_t port);
  /// `web.example received POST /form HTTP/1.1 with Content-Length: 19 and a=1`, `mail.example received in clear from
  /// a@b to c@d e@f with Subject: Report and some words`: why it has not, or nothing when it has. No answer: the phrase
  /// is not about a service.
  std::optional<std::string> check(const std::string& phrase) const;
  /// `another client publishes "on" to m/7/cmd with QoS 1`, `the broker closes meter7`, `mail.example keeps silent` and
  /// `mail.example answers`. The same answers.
  std::optional<std::string> happen(const std::string& phrase);

 private:
  void serve(ServicePeer::Address address, ServicePeer::Meet meet, bool secure);
  void add_web(const std::string& host, std::uint16_t port, bool secure);
  void add_ftp(const std::string& host, std::uint16_t port);
  std::string check_mail(const std::string& way, const std::string& sender, const std::string& recipients,
                         const std::string& field, const std::string& words) const;
  void add_mail(const std::string& host, std::uint16_t port, NeededPeer::Kind kind);
  std::unique_ptr<net::PeerSession> mail_server(bool secure, bool starts_tls);
  void keep_silent(bool silent);
  std::string check_request(const std::string& line, const std::string& field, const std::string& body) const;

  ServicePeer::Meet meet_broker(int refuses);

  Timeline& timeline_;
  net::SimNetwork& network_;
  tls::ServerConfig tls_;
  std::shared_ptr<net::http::Site> site_ = std::make_shared<net::http::Site>();
  net::mqtt::Broker broker_{timeline_, {}, {}};
  std::vector<std::unique_ptr<net::mqtt::Broker>> refusing_;
  std::vector<Needs::Content> contents_;
  std::vector<net::smtp::Delivery> mails_;
  bool silent_ = false;
  std::vector<std::weak_ptr<std::function<void()>>> waiting_;  ///< what a mail server has to say when it may
  std::vector<std::unique_ptr<ServicePeer>> peers_;
  std::vector<std::unique_ptr<FtpPeer>> ftp_peers_;
};

}  // namespace quasimodem::workbench
