// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/service_peers.hpp"

#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "core/bytes.hpp"
#include "core/whole_number.hpp"
#include "emulator/workbench/pattern.hpp"
#include "emulator/workbench/transcript_player.hpp"
#include "tls/base64.hpp"

namespace quasimodem::workbench {
namespace {

using net::http::Resource;

/// `/hello "hello"`, `/chunked chunked "hel" "lo"`, `/close until-close "…"`, `/missing 404`, `/moved 301 {URL}`,
/// `/silent silent`
Resource resource_of(const Needs::Content& content) {
  Resource resource;
  for (const auto& word : content.words) {
    const auto status = whole_number<int>(word.text);
    if (word.quoted) {
      resource.content += word.text;
      if (resource.framing == Resource::Framing::chunked && resource.chunk == 0) resource.chunk = word.text.size();
    } else if (word.text == "chunked") {
      resource.framing = Resource::Framing::chunked;
    } else if (word.text == "until-close") {
      resource.framing = Resource::Framing::until_close;
    } else if (word.text == "silent") {
      resource.silent = true;
    } else if (status) {
      resource.status = *status;
    } else if (word.text.find("://") != std::string::npos) {
      resource.location = word.text;
    } else {
      throw Unplayable{content.line, fmt::format("a server cannot hold \"{}\": a \"text\", a status, chunked, "
                                                 "until-close, silent, or where it moved",
                                                 word.text)};
    }
  }
  return resource;
}

/// `/pub directory`, `/pub/f "hello"`; of the server's data connections: `breaks 4` (the first, after so many octets),
/// `stalls 0` (each).
void put(net::ftp::Site& site, const Needs::Content& content) {
  auto& how = site.misbehaviour;
  std::string text, last;
  bool directory = false;
  for (const auto& word : content.words) {
    const auto number = whole_number<std::size_t>(word.text);
    if (word.quoted) {
      text += word.text;
    } else if (word.text == "directory") {
      directory = true;
    } else if (number && last == "breaks") {
      how.break_data_after = number;
      how.breaks = 1;
    } else if (number && last == "stalls") {
      how.stall_data_after = number;
    } else if (word.text != "breaks" && word.text != "stalls") {
      throw Unplayable{content.line, fmt::format("an FTP server cannot hold \"{}\": a \"text\", directory, breaks 4, "
                                                 "stalls 4",
                                                 word.text)};
    }
    last = word.text;
  }
  for (auto slash = content.path.find('/', 1); slash != std::string::npos; slash = content.path.find('/', slash + 1))
    site.files.make_directory(content.path.substr(0, slash));
  if (directory) {
    site.files.make_directory(content.path);
  } else if (const auto file = site.files.create(content.path)) {
    append(*file, text);
  }
}

/// A server that says nothing while it is told to keep silent.
class PatientSession final : public net::PeerSession {
 public:
  PatientSession(std::unique_ptr<net::PeerSession> session, const bool& silent)
      : session_{std::move(session)}, silent_{silent}, goes_on_{std::make_shared<std::function<void()>>([this] {
          if (on_outgoing) on_outgoing();
        })} {}

  std::weak_ptr<std::function<void()>> goes_on() const { return goes_on_; }

  void start() override { session_->start(); }
  void receive(ByteSpan bytes) override { session_->receive(bytes); }
  void input_ended() override { session_->input_ended(); }
  Bytes take_outgoing() override { return silent_ ? Bytes{} : session_->take_outgoing(); }
  bool wants_input() const override { return session_->wants_input(); }
  bool over() const override { return !silent_ && session_->over(); }
  bool starts_tls() override { return session_->starts_tls(); }

 private:
  std::unique_ptr<net::PeerSession> session_;
  const bool& silent_;
  std::shared_ptr<std::function<void()>> goes_on_;
};

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

}  // namespace

ServicePeers::ServicePeers(Timeline& timeline, net::SimNetwork& network, tls::ServerConfig tls,
                           std::vector<Needs::Content> contents)
    : timeline_{timeline}, network_{network}, tls_{std::move(tls)}, contents_{std::move(contents)} {}

bool ServicePeers::add(const NeededPeer& peer, const std::string& host, std::uint16_t port) {
  using Kind = NeededPeer::Kind;
  switch (peer.kind) {
    case Kind::http:
    case Kind::https: add_web(host, port, peer.kind == Kind::https); return true;
    case Kind::ftp: add_ftp(host, port); return true;
    case Kind::mqtt:
    case Kind::mqtts: serve({host, port}, meet_broker(peer.refuses), peer.kind == Kind::mqtts); return true;
    case Kind::smtp:
    case Kind::smtp_starttls:
    case Kind::smtps: add_mail(host, port, peer.kind); return true;
    default: return false;
  }
}

void ServicePeers::serve(ServicePeer::Address address, ServicePeer::Meet meet, bool secure) {
  peers_.push_back(secure ? std::make_unique<ServicePeer>(network_, address, std::move(meet), tls_)
                          : std::make_unique<ServicePeer>(network_, address, std::move(meet)));
}

void ServicePeers::add_web(const std::string& host, std::uint16_t port, bool secure) {
  for (const auto& content : contents_) site_->resources[content.path] = resource_of(content);
  serve(
      {host, port}, [site = site_](auto&) { return std::make_unique<net::http::ServerSession>(site); }, secure);
}

ServicePeer::Meet ServicePeers::meet_broker(int refuses) {
  if (refuses == 0) return [this](auto&) { return broker_.accept(); };
  net::mqtt::Broker::Settings settings;
  settings.manners.connect_code = static_cast<net::mqtt::ConnectCode>(refuses);
  auto* const broker =
      refusing_.emplace_back(std::make_unique<net::mqtt::Broker>(timeline_, std::move(settings), Logger{})).get();
  return [broker](auto&) { return broker->accept(); };
}

/// User u, password p.
void ServicePeers::add_ftp(const std::string& host, std::uint16_t port) {
  auto& peer = ftp_peers_.emplace_back(std::make_unique<FtpPeer>(network_, ServicePeer::Address{host, port}));
  peer->site().users["u"] = "p";
  for (const auto& content : contents_) put(peer->site(), content);
}

std::unique_ptr<net::PeerSession> ServicePeers::mail_server(bool secure, bool starts_tls) {
  net::smtp::Server::Config config{.users = {{"u", "p"}},
                                   .offers_tls = starts_tls,
                                   .secure = secure,
                                   .auth_needs_tls = starts_tls,
                                   .needs_auth = true,
                                   .base64 = [](ByteSpan octets) { return tls::base64(octets); },
                                   .unbase64 = [](std::string_view text) { return tls::from_base64(text); },
                                   .deliver =
                                       [this](const auto& mail) {
                                         mails_.push_back(mail);
                                         return true;
                                       }};
  auto session = std::make_unique<PatientSession>(std::make_unique<net::smtp::Server>(std::move(config)), silent_);
  waiting_.push_back(session->goes_on());
  return session;
}

void ServicePeers::add_mail(const std::string& host, std::uint16_t port, NeededPeer::Kind kind) {
  using Kind = NeededPeer::Kind;
  const bool secure = kind == Kind::smtps, upgrades = kind == Kind::smtp_starttls;
  const auto meet = [this, secure, upgrades](auto&) { return mail_server(secure, upgrades); };
  if (!upgrades) return serve({host, port}, meet, secure);
  peers_.push_back(std::make_unique<ServicePeer>(network_, ServicePeer::Address{host, port}, meet, tls_,
                                                 ServicePeer::Tls::when_asked));
}

void ServicePeers::keep_silent(bool silent) {
  silent_ = silent;
  for (const auto& each : waiting_) {
    const auto goes_on = each.lock();
    if (goes_on && !silent_) (*goes_on)();
  }
}

std::optional<std::string> ServicePeers::check(const std::string& phrase) const {
  static const Pattern kReceived{R"(\S+ received (\S+ \S+ HTTP/1\.1) with (.+) and (.*))"};
  if (const auto received = kReceived.whole(phrase))
    return check_request((*received)[1], (*received)[2], (*received)[3]);
  static const Pattern kMail{R"(\S+ received (in clear|over TLS) from (\S+) to (.+) with (.+) and (.*))"};
  if (const auto mail = kMail.whole(phrase))
    return check_mail((*mail)[1], (*mail)[2], (*mail)[3], (*mail)[4], (*mail)[5]);
  return std::nullopt;
}

std::optional<std::string> ServicePeers::happen(const std::string& phrase) {
  static const Pattern kPublishes{R"re(another client publishes "(.*)" to (\S+) with QoS ([0-2]))re"};
  static const Pattern kCloses{R"(the broker closes (\S+))"};
  static const Pattern kSilent{R"(\S+ (keeps silent|answers))"};
  if (const auto publishes = kPublishes.whole(phrase)) {
    broker_.publish({.topic = (*publishes)[2],
                     .payload = unescaped((*publishes)[1]),
                     .qos = static_cast<net::mqtt::Qos>((*publishes)[3].front() - '0')});
    return "";
  }
  if (const auto closes = kCloses.whole(phrase)) {
    return broker_.close((*closes)[1]) ? "" : "nobody of this name is connected";
  }
  if (const auto silent = kSilent.whole(phrase)) {
    keep_silent((*silent)[1] == "keeps silent");
    return "";
  }
  return std::nullopt;
}

std::string ServicePeers::check_mail(const std::string& way, const std::string& sender, const std::string& recipients,
                                     const std::string& field, const std::string& words) const {
  if (mails_.empty()) return "it has received nothing";
  const auto& mail = mails_.back();
  if (mail.secure != (way == "over TLS")) return "it has, but not so";
  if (mail.sender != sender) return "it is from " + mail.sender;
  if (joined(mail.recipients) != recipients) return "it is to " + joined(mail.recipients);
  const bool all = mail.text.find(field + "\r\n") != std::string::npos && mail.text.find(words) != std::string::npos;
  return all ? "" : fmt::format("it is \"{}\"", escaped(mail.text));
}

std::string ServicePeers::check_request(const std::string& line, const std::string& field,
                                        const std::string& body) const {
  if (site_->received.empty()) return "it has received nothing";
  const auto& request = site_->received.back();
  if (request.line != line) return fmt::format("it has received \"{}\"", request.line);
  if (request.head.find(field + "\r\n") == std::string::npos)
    return fmt::format("its head is \"{}\"", escaped(request.head));
  if (as_text(request.body) != body) return fmt::format("its body is \"{}\"", escaped(request.body));
  return {};
}

}  // namespace quasimodem::workbench
