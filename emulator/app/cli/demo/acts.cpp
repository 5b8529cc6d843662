// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/demo/acts.hpp"

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "emulator/device/outside.hpp"
#include "emulator/workbench/bench_play.hpp"
#include "emulator/workbench/service_peer.hpp"
#include "emulator/workbench/tls_peer.hpp"
#include "net/http/server.hpp"
#include "net/mqtt/broker.hpp"
#include "net/smtp/server.hpp"
#include "tls/base64.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kAddress = "116.247.104.27";  // that of the application note's examples
constexpr std::uint16_t kTlsPort = 465;
constexpr std::uint16_t kTcpPort = 6021;

// ---- the peers ----

/// A TLS server that asks for a client certificate and echoes; it tells what it sees.
class EchoingTlsPeer {
 public:
  explicit EchoingTlsPeer(Stage& stage)
      : stage_{stage}, peer_{stage.bench().network(), kAddress, kTlsPort, configuration()} {
    peer_.on_handshake = [this] { greet(); };
    peer_.on_plaintext = [this](std::string_view text) {
      stage_.network(fmt::format("peer got \"{}\", echoes it", escaped(text)));
      peer_.send(text);
    };
  }
  workbench::TlsPeer& peer() { return peer_; }

 private:
  static tls::ServerConfig configuration() {
    const auto world = workbench::World::throwaway();
    auto config = world.server;
    config.client_authentication = tls::ClientAuthentication::request;
    config.client_authorities = world.authority;
    return config;
  }

  void greet() {
    auto& session = peer_.session();
    stage_.network(fmt::format("{} {}", tls::name(session.version()), tls::name(session.suite())));
    stage_.network(fmt::format("client certificate: {}", session.peer_subject().value_or("none")));
  }

  Stage& stage_;
  workbench::TlsPeer peer_;
};

net::SimListener& listen_for_tcp(Stage& stage) {
  auto& listener = stage.bench().network().listen(kAddress, kTcpPort);
  listener.on_accept = [&stage](net::SimConnection& peer) {
    stage.network(fmt::format("TCP connection to {}:{}", kAddress, kTcpPort));
    peer.on_received = [&stage, &peer](ByteSpan data) {
      stage.network(fmt::format("peer got \"{}\", echoes it", escaped(data)));
      peer.send(data);
    };
    peer.on_closed = [&stage](auto) { stage.network("TCP connection closed"); };
  };
  return listener;
}

// ---- what every act begins with ----

void bring_up(Stage& stage) {
  stage.host("AT+QIFGCNT=0");
  stage.host("AT+QICSGP=1,\"CMNET\"");
  stage.host("AT+QIREGAPP");
  stage.host("AT+QIACT");
  stage.network("PDP context active");
  stage.host("AT+QILOCIP", "\r\n10.1.83.");
}

void upload(Stage& stage, std::string_view name, const Bytes& content) {
  stage.host(fmt::format("AT+QSECWRITE=\"{}\",{},100", name, content.size()), "CONNECT\r\n");
  stage.data(content, fmt::format("({} octets of PEM)", content.size()), "OK\r\n");
}

void configure_ssl(Stage& stage) {
  stage.host("AT+QIMUX=1");
  stage.host("AT+QSSLCFG=\"sslversion\",0,2");
  stage.host("AT+QSSLCFG=\"ciphersuite\",0,\"0XFFFF\"");
  stage.host("AT+QSSLCFG=\"seclevel\",0,2");
  stage.host("AT+QSSLCFG=\"cacert\",0,\"RAM:ca_cert.pem\"");
  stage.host("AT+QSSLCFG=\"clientcert\",0,\"RAM:client_cert.pem\"");
  stage.host("AT+QSSLCFG=\"clientkey\",0,\"RAM:client_key.pem\"");
}

void set_clock(Stage& stage) { stage.host("AT+CCLK=\"15/06/15,12:00:00+00\""); }

void upload_all(Stage& stage) {
  const auto world = workbench::World::throwaway();
  upload(stage, "RAM:ca_cert.pem", world.authority);
  upload(stage, "RAM:client_cert.pem", world.client_certificate);
  upload(stage, "RAM:client_key.pem", world.client_key);
}

std::string open_secure() { return fmt::format("AT+QSSLOPEN=1,0,\"{}\",{},0", kAddress, kTlsPort); }

void exchange_securely(Stage& stage, std::string_view text) {
  stage.host(fmt::format("AT+QSSLSEND=1,{}", text.size()), "> ");
  stage.data(as_bytes(text), text, "SEND OK\r\n");
  stage.wait_for("+QSSLURC: \"recv\",0,1\r\n");
  stage.host("AT+QSSLRECV=0,1,1500");
}

// ---- the acts ----

void show_tls(Stage& stage) {
  stage.title("The application note's chapter 3.1: certificates in RAM, both sides authenticated, real TLS.");
  EchoingTlsPeer peer{stage};
  set_clock(stage);
  upload_all(stage);
  bring_up(stage);
  configure_ssl(stage);
  stage.host("AT+QSECREAD=\"RAM:ca_cert.pem\"");
  stage.host(open_secure(), "+QSSLOPEN: 1,0\r\n");
  exchange_securely(stage, "hello, 2015!");
  stage.host("AT+QSSLSTATE", "OK\r\n");
  stage.host("AT+QSSLCLOSE=1", "CLOSE OK\r\n");
  stage.host("AT+QIDEACT", "DEACT OK\r\n");
}

void show_tcp(Stage& stage) {
  stage.title("A TCP socket without TLS: open, send, read, close.");
  listen_for_tcp(stage);
  bring_up(stage);
  stage.host("AT+QINDI=1");
  stage.host(fmt::format("AT+QIOPEN=\"TCP\",\"{}\",{}", kAddress, kTcpPort), "CONNECT OK\r\n");
  stage.host("AT+QISEND=5", "> ");
  stage.data(as_bytes("hello"), "hello", "SEND OK\r\n");
  stage.wait_for("+QIRDI: 0,1,0\r\n");
  stage.host("AT+QIRD=0,1,0,1500");
  stage.host("AT+QISACK");
  stage.host("AT+QICLOSE", "CLOSE OK\r\n");
  stage.host("AT+QIDEACT", "DEACT OK\r\n");
}

void show_transparent(Stage& stage) {
  stage.title("Transparent mode: after CONNECT the UART is the connection, until +++ with silence around it.");
  auto& listener = listen_for_tcp(stage);
  bring_up(stage);
  stage.host("AT+QIMODE=1");
  stage.host(fmt::format("AT+QIOPEN=\"TCP\",\"{}\",{}", kAddress, kTcpPort), "CONNECT\r\n");
  stage.data(as_bytes("AT is data now\r\n"), "AT is data now", "AT is data now\r\n");
  stage.pass(1s);
  stage.data(as_bytes("+++"), "+++   (half a second of silence before and after)", "OK\r\n");
  stage.host("AT+QISTAT", "STATE: CONNECT OK\r\n");
  stage.host("ATO", "CONNECT\r\n");
  stage.data(as_bytes("back again\r\n"), "back again", "back again\r\n");
  stage.network("the peer hangs up");
  listener.last().close();
  stage.wait_for("CLOSED\r\n");
}

void show_fault(Stage& stage) {
  stage.title("What the field does to a session: a clock that was never set, a bearer that goes away.");
  EchoingTlsPeer peer{stage};
  upload_all(stage);
  bring_up(stage);
  configure_ssl(stage);
  stage.host("AT+CCLK?");
  const auto before = stage.bench().log().text.size();
  stage.host(open_secure(), "+QSSLOPEN: 1,-1\r\n");
  const auto reasons = stage.bench().log().text.substr(before);
  for (const std::string_view words : {"not valid before", "the module's clock says"}) {
    if (reasons.find(words) == std::string::npos) throw std::runtime_error{"the log does not say why"};
  }
  stage.network("the certificate is from after the module's clock");
  set_clock(stage);
  stage.host(open_secure(), "+QSSLOPEN: 1,0\r\n");
  stage.network("the network takes the PDP context away");
  stage.bench().outside().lose_context(0);
  stage.wait_for("+PDP DEACT\r\n");
  stage.host("AT+QSSLSTATE");
  stage.host(open_secure(), "ERROR\r\n");
  stage.host("AT+QIDEACT", "DEACT OK\r\n");
  bring_up(stage);
  stage.host(open_secure(), "+QSSLOPEN: 1,0\r\n");
  exchange_securely(stage, "alive");
}

/// A web server that tells what it is asked for.
std::shared_ptr<net::http::Site> telling_site(Stage& stage) {
  auto site = std::make_shared<net::http::Site>();
  site->answers = [&stage](const net::http::ReceivedRequest& request) -> std::optional<net::http::Resource> {
    stage.network(request.line);
    if (request.body.empty()) return std::nullopt;
    stage.network(fmt::format("body \"{}\"", escaped(request.body)));
    return net::http::Resource{.content = "thank you"};
  };
  return site;
}

void give_url(Stage& stage, std::string_view url) {
  stage.host(fmt::format("AT+QHTTPURL={},30", url.size()), "CONNECT\r\n");
  stage.data(as_bytes(url), url, "OK\r\n");
}

void show_https(Stage& stage) {
  stage.title("HTTPS in three commands: the module activates its context, does TLS and speaks HTTP by itself.");
  const auto site = telling_site(stage);
  site->resources["/fw.bin"] = {.content = std::string(3000, 'x'), .framing = net::http::Resource::Framing::chunked};
  site->resources["/hello"] = {.content = "hello, 2015!"};
  const auto meet = [&site](auto&) { return std::make_unique<net::http::ServerSession>(site); };
  const auto world = workbench::World::throwaway();
  const workbench::ServicePeer web{stage.bench().network(), {"web.example", 443}, meet, world.server};
  set_clock(stage);
  upload(stage, "RAM:ca_cert.pem", world.authority);
  for (const auto* setting : {"\"seclevel\",1,1", "\"cacert\",1,\"RAM:ca_cert.pem\"", "\"https\",1", "\"httpsctxi\",1"})
    stage.host(fmt::format("AT+QSSLCFG={}", setting));
  give_url(stage, "https://web.example/hello");
  stage.host("AT+QHTTPGET=60");
  stage.network(fmt::format("{} {}", tls::name(web.tls()->version()), tls::name(web.tls()->suite())));
  stage.host("AT+QHTTPREAD=30");
  stage.host("AT+QHTTPPOST=6,30,60", "CONNECT\r\n");
  stage.data(as_bytes("t=21.5"), "t=21.5", "OK\r\n");
  stage.host("AT+QHTTPREAD=30");
  give_url(stage, "https://web.example/fw.bin");
  stage.host("AT+QHTTPGET=60");
  stage.host("AT+QHTTPDL=\"UFS:fw.bin\",10000", "+QHTTPDL: 3000,-1,0\r\n");
  give_url(stage, "https://web.example/missing");
  stage.host("AT+CMEE=2");
  stage.host("AT+QHTTPGET=60", "+CME ERROR: http response fail\r\n");
  stage.network("the server answered 404");
  stage.host("AT+QIDEACT", "DEACT OK\r\n");
}

void show_mqtt(Stage& stage) {
  using net::mqtt::Publish;
  stage.title(
      "MQTT, as later firmware has it: a meter that reports, is told something, and is missed when it is gone.");
  net::mqtt::Broker broker{stage.bench().timeline(), {}, {}};
  broker.on_published = [&stage](const Publish& message) {
    stage.network(fmt::format("published on {}: \"{}\"", message.topic, escaped(message.payload)));
  };
  const workbench::ServicePeer peer{
      stage.bench().network(), {"mqtt.example", 1883}, [&broker](auto&) { return broker.accept(); }};
  bring_up(stage);
  stage.host("AT+QMTCFG=\"WILL\",0,1,1,1,\"meter/7/state\",\"lost\"");
  stage.host("AT+QMTOPEN=0,\"mqtt.example\",1883", "+QMTOPEN: 0,0\r\n");
  stage.host("AT+QMTCONN=0,\"meter7\"", "+QMTCONN: 0,0,0\r\n");
  stage.network(fmt::format("connected: {}", fmt::join(broker.clients(), ", ")));
  stage.host("AT+QMTSUB=0,1,\"meter/7/set/#\",1", "+QMTSUB: 0,1,0,1\r\n");
  stage.host("AT+QMTPUB=0,2,1,0,\"meter/7/t\",4", "> ");
  stage.data(as_bytes("21.5"), "21.5", "+QMTPUB: 0,2,0\r\n");
  stage.network("another client publishes");
  broker.publish({.topic = "meter/7/set/interval", .payload = to_bytes("60"), .qos = net::mqtt::Qos::at_least_once});
  stage.wait_for("+QMTRECV: 0,1,\"meter/7/set/interval\",\"60\"\r\n");
  stage.network("the network takes the PDP context away");
  stage.bench().outside().lose_context(0);
  stage.wait_for("+PDP DEACT\r\n");
  stage.pass(5s);
}

/// The lines of a mail with one of these headers, unfolded: its own and those of its parts.
std::vector<std::string> headers_in(std::string_view text) {
  std::vector<std::string> headers;
  bool folded_on = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto line = text.substr(begin, text.find("\r\n", begin) - begin);
    begin += line.size() + 2;
    if (folded_on && line.starts_with(' ')) {
      headers.back() += line;
      continue;
    }
    folded_on = line.starts_with("Subject: ") || line.starts_with("Content-Type: ") ||
                line.starts_with("Content-Disposition: ");
    if (folded_on) headers.emplace_back(line);
  }
  return headers;
}

/// A mail server with STARTTLS and AUTH behind it; it tells what it hears.
class TellingMailServer {
 public:
  explicit TellingMailServer(Stage& stage)
      : stage_{stage},
        peer_{stage.bench().network(),
              {"mail.example", 587},
              [this](auto&) { return meet(); },
              workbench::World::throwaway().server,
              workbench::ServicePeer::Tls::when_asked} {}

 private:
  std::unique_ptr<net::PeerSession> meet() {
    starting_ = false;  // of an earlier connection
    return std::make_unique<net::smtp::Server>(
        net::smtp::Server::Config{.users = {{"meter7", "secret"}},
                                  .offers_tls = true,
                                  .auth_needs_tls = true,
                                  .needs_auth = true,
                                  .base64 = [](ByteSpan octets) { return tls::base64(octets); },
                                  .unbase64 = [](std::string_view text) { return tls::from_base64(text); },
                                  .deliver = [this](const auto& mail) { return take(mail); },
                                  .on_command = [this](std::string_view line) { hear(line); }});
  }

  void hear(std::string_view line) {
    if (starting_) {
      const auto& session = *peer_.tls();
      stage_.network(fmt::format("{} {}", tls::name(session.version()), tls::name(session.suite())));
    }
    starting_ = line == "STARTTLS";
    stage_.network(escaped(line));
  }

  bool take(const net::smtp::Delivery& mail) {
    for (const auto& header : headers_in(mail.text)) stage_.network(header);
    stage_.network(fmt::format("{} octets, {}", mail.text.size(), mail.secure ? "over TLS" : "in clear"));
    return true;
  }

  Stage& stage_;
  bool starting_ = false;  ///< STARTTLS was the last command
  workbench::ServicePeer peer_;
};

void address_mail(Stage& stage) {
  for (const auto* setting : {"SRV=\"mail.example\",587", "USER=\"meter7\"", "PWD=\"secret\"", "NAME=\"Meter 7\"",
                              "ADDR=\"meter7@example.org\"", "SUB=1,\"Z\xC3\xA4hler 7\"", "DST=1,1,\"a@example.org\"",
                              "DST=1,2,\"b@example.org\""})
    stage.host(fmt::format("AT+QSMTP{}", setting));
}

void write_mail(Stage& stage, std::string_view text) {
  stage.host("AT+QSMTPBODY=1,30", "CONNECT\r\n");
  stage.data(as_bytes(text), text, "");
  stage.pass(1s);
  stage.data(as_bytes("+++"), "+++   (half a second of silence before and after)",
             fmt::format("+QSMTPBODY: {}\r\n", text.size()));
}

void show_mail(Stage& stage) {
  stage.title("A mail with a file: the module turns to TLS with STARTTLS, logs in and makes the MIME parts by itself.");
  const TellingMailServer server{stage};
  set_clock(stage);
  upload(stage, "RAM:ca_cert.pem", workbench::World::throwaway().authority);
  for (const auto* setting :
       {"\"seclevel\",1,1", "\"cacert\",1,\"RAM:ca_cert.pem\"", "\"smtpstyle\",2", "\"smtpsctxi\",1"})
    stage.host(fmt::format("AT+QSSLCFG={}", setting));
  address_mail(stage);
  write_mail(stage, "All is well.");
  constexpr std::string_view kLog = "06:00 21.5\n12:00 24.0\n";
  stage.host(fmt::format("AT+QFUPL=\"UFS:log.txt\",{},30", kLog.size()), "CONNECT\r\n");
  stage.data(as_bytes(kLog), "06:00 21.5 …", "OK\r\n");
  stage.host("AT+QSMTPATT=\"/UFS/log.txt\"", fmt::format("+QSMTPATT: {}\r\n", kLog.size()));
  stage.host("AT+QSMTPPUT", "+QSMTPPUT: 0\r\n");
  stage.host("AT+QIDEACT", "DEACT OK\r\n");
}

constexpr std::array kActs{
    Act{"tls", "TLS with certificates of both sides", &show_tls, "quasimodem demo fault"},
    Act{"tcp", "a TCP socket", &show_tcp, "quasimodem demo tls"},
    Act{"transparent", "transparent mode and the way out of it", &show_transparent, "quasimodem demo fault"},
    Act{"https", "a page, a form and a download with AT+QHTTP*", &show_https, "quasimodem demo mail"},
    Act{"mail", "a mail with a file, by STARTTLS, with AT+QSMTP*", &show_mail, "quasimodem demo mqtt"},
    Act{"mqtt",
        "subscribe, publish, receive, and a last will, with AT+QMT*",
        &show_mqtt,
        "quasimodem demo fault",
        {.mqtt = true}},
    Act{"fault", "a clock never set, a bearer that goes away", &show_fault, "quasimodem run -- your-tests"},
};

}  // namespace

std::span<const Act> acts() { return kActs; }

}  // namespace quasimodem::app
