// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include "core/same_word.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/base/process/readiness.hpp"
#include "emulator/app/base/text_file.hpp"
#include "emulator/app/peer/peer.hpp"
#include "emulator/app/peer/web_site.hpp"
#include "tls/capabilities.hpp"
#include "tls/server/throwaway_identity.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem peer tls-echo [OPTIONS]   echo over TLS, incl. SSL 3.0, RC4, 3DES, client authentication
       quasimodem peer tcp-echo [OPTIONS]   echo over TCP
       quasimodem peer udp-echo [OPTIONS]   echo over UDP
       quasimodem peer http [OPTIONS]       a web server, with --tls over TLS as above
       quasimodem peer ftp [OPTIONS]        an FTP server, passive and active
       quasimodem peer mqtt [OPTIONS]       an MQTT broker, with --tls over TLS as above
       quasimodem peer smtp [OPTIONS]       a mail server, with --tls or --starttls over TLS as above
)";

constexpr const char* kFooter =
    R"(Each prints one line once it listens, `ready tls-echo 127.0.0.1:PORT`, and runs until SIGINT or SIGTERM.
The options of each: quasimodem peer tls-echo --help

Examples:
  quasimodem peer tls-echo --listen 127.0.0.1:4433 -v
  quasimodem peer tls-echo --cert server.crt --key server.key --ca ca.crt --client-auth require
  quasimodem peer tls-echo --fault alert:handshake_failure@hello --fault none    every second connection fails)";

constexpr std::string_view kTlsFooter =
    R"(Faults, KIND@STEP. Given several times, the first connection gets the first, the next the second and so on, over and
over; `none` is a connection without a fault.
  stall         nothing is read or sent any more, until the client leaves
  alert[:NAME]  a TLS alert and the end of the stream; default handshake_failure
  reset         TCP reset
  close         the end of the stream without close_notify
  garbage       64 bytes that are no TLS record, then stall
Steps; what was due before has been sent:
  accept        nothing was read
  hello         ClientHello was read; ServerHello is withheld
  certificate   ServerHello and Certificate were sent; CertificateRequest, ServerHelloDone are withheld
  key-exchange  ClientKeyExchange was read; CertificateVerify, Finished are not looked at
  finished      the client's Finished was read; ChangeCipherSpec, Finished are withheld
  connected     the handshake is done; the banner is withheld
  data          the first application data was read; its echo is withheld

Suites: 0x0035 0x0005 0x0004 0x000A 0x002F 0x003D, best first.
Exit codes: 0 stopped, 2 usage, 3 environment (port busy, file not readable, not in this build).)";

constexpr std::string_view kTcpFooter =
    R"(Faults, KIND@STEP: stall, reset, close or garbage, at accept (nothing was read) or data (the first data was read; its
echo is withheld). Given several times, the first connection gets the first, the next the second and so on, over and
over; `none` is a connection without a fault.
Exit codes: 0 stopped, 2 usage, 3 environment (port busy).)";

constexpr std::string_view kUdpFooter = "Exit codes: 0 stopped, 2 usage, 3 environment (port busy).";

const std::string kHttpFooter = fmt::format(R"(Without --root there are these pages; what is posted comes back.
{}

With --tls it speaks what tls-echo does, incl. SSL 3.0, RC4 and 3DES, and the faults of tls-echo go for it; without it
those of tcp-echo, see there. `data` is the request.
Exit codes: 0 stopped, 2 usage, 3 environment (port busy, folder not there).)",
                                            kPages);

const std::string kFtpFooter =
    fmt::format(R"(Without --root there are these files, and what is uploaded, at most 64 MB, until the server ends:
{}

With --root nothing outside of the folder is reached, by links neither. Data connections come from and go to the
client's own address only. There is no TLS, and passwords go over readable. Whoever is on this machine can read --user
too.
Faults of the control connection: those of tcp-echo, see there; `data` is the first command.
Exit codes: 0 stopped, 2 usage, 3 environment (port busy, folder not there).)",
                kFtpFiles);
constexpr std::string_view kMqttFooter =
    R"(All clients are on one broker and hear each other: MQTT 3.1 and 3.1.1, QoS 0 to 2, wildcards, retained messages, last
wills, kept sessions. Everything is forgotten when it ends. With -v it tells who comes and goes, and the topic and size
of what is published, never the message.

With --tls it speaks what tls-echo does, incl. SSL 3.0, RC4 and 3DES, and the faults of tls-echo go for it; without it
those of tcp-echo, see there. `data` is CONNECT. What a broker does wrong by itself, from --refuse to --hang-up-after, goes
for every connection.
Whoever is on this machine can read a command line: --user is for passwords that are none.

Examples:
  quasimodem peer mqtt --listen 127.0.0.1:1883 -v
  quasimodem peer mqtt --tls --versions ssl3 --suites 0x0005 --user meter7:secret
  quasimodem peer mqtt --no-acks --hang-up-after 3

Exit codes: 0 stopped, 2 usage, 3 environment (port busy, file not readable, not in this build).)";
constexpr std::string_view kSmtpFooter =
    R"(It takes every mail and sends none on. It knows EHLO, HELO, STARTTLS, AUTH LOGIN and PLAIN, MAIL, RCPT, DATA, RSET,
NOOP and QUIT; a mail has at most 4000000 octets and 100 recipients. Without --user everybody may send, with it only
who gives that name and password: with --starttls after TLS has begun, not before. The password stands in this
machine's list of processes.

A file in the mailbox is the mail as it came, behind a Return-Path and a Delivered-To for each recipient; its name is
0001.eml, or the next that is free. -v logs a line for each mail: from whom, to whom, how large; -vv each command too.

With --tls or --starttls it speaks what tls-echo does, incl. SSL 3.0, RC4 and 3DES, and the faults of tls-echo go for
it; without them those of tcp-echo, see there. `data` is the first command, with --starttls the first within TLS.
Exit codes: 0 stopped, 2 usage, 3 environment (port busy, folder not there).)";

constexpr const char* kReadyExample = "quasimodem peer tls-echo --ready-fd 3 3>ready";

struct Server {
  const char* name;
  PeerOptions::Kind kind;
  std::string_view summary, footer;
};

const Server kServers[] = {
    {"tls-echo", PeerOptions::Kind::tls_echo, "Sends back what comes over TLS.", kTlsFooter},
    {"tcp-echo", PeerOptions::Kind::tcp_echo, "Sends back what comes over TCP.", kTcpFooter},
    {"udp-echo", PeerOptions::Kind::udp_echo, "Sends back every UDP datagram.", kUdpFooter},
    {"http", PeerOptions::Kind::http, "Answers requests over HTTP or HTTPS.", kHttpFooter},
    {"ftp", PeerOptions::Kind::ftp, "Sends and takes files over FTP.", kFtpFooter},
    {"smtp", PeerOptions::Kind::smtp, "Takes mails over SMTP, in clear or over TLS.", kSmtpFooter},
    {"mqtt", PeerOptions::Kind::mqtt, "Passes messages from client to client, over MQTT.", kMqttFooter},
};

struct PeerWords {
  std::string listen = "127.0.0.1:0", banner;
  std::optional<std::string> certificate, key, authorities, client_auth, versions, suites, ready_fd, root, mailbox,
      refuse, hang_up_after;
  std::vector<std::string> faults, users;
  std::int64_t verbose = 0;
  bool once = false, json = false, tls = false, starttls = false, writable = false;
  bool no_pingresp = false, no_acks = false, no_subscriptions = false;
};

// ── single values ──

net::Endpoint read_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto host = text.substr(0, colon);
  const auto address = net::IpAddress::parse(host == "localhost" ? "127.0.0.1" : host);
  const auto port = colon == std::string::npos ? std::nullopt : whole_number<std::uint16_t>(text.substr(colon + 1));
  if (!address || !port) {
    usage(fmt::format("cannot listen at \"{}\"", text),
          "use HOST:PORT, HOST an IPv4 address or localhost, PORT 0 to 65535");
  }
  return {*address, *port};
}

Bytes read_file(const std::string& path, const char* option) {
  const auto text = read_text_file(path, kLargestHandwritten);
  const auto why = !text ? text.error() : text->empty() ? "it is empty" : "";
  if (!why.empty()) throw Problem{ExitCode::environment, fmt::format("cannot read {} {}: {}", option, path, why)};
  return to_bytes(*text);
}

tls::Version read_version(const std::string& text) {
  static const std::vector<std::pair<std::string, tls::Version>> kNames{
      {"ssl3", tls::Version::ssl3_0},   {"tls1.0", tls::Version::tls1_0}, {"tls1.1", tls::Version::tls1_1},
      {"tls1.2", tls::Version::tls1_2}, {"ssl3.0", tls::Version::ssl3_0}, {"tls1", tls::Version::tls1_0},
  };
  std::vector<std::string> names;
  for (const auto& [name, version] : kNames) {
    if (lower_case(text) == name) return version;
    names.push_back(name);
  }
  usage(fmt::format("unknown version \"{}\"{}", text, did_you_mean(lower_case(text), names)),
        "the versions are ssl3, tls1.0, tls1.1 and tls1.2");
}

void read_versions(const std::string& text, tls::ServerConfig& config) {
  std::vector<tls::Version> versions;
  for (const auto& part : split(text)) versions.push_back(read_version(part));
  std::sort(versions.begin(), versions.end());
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  for (const auto version : versions) {
    if (tls::speaks(version)) continue;
    throw Problem{ExitCode::environment, fmt::format("this build does not speak {}", tls::name(version)),
                  "what it can do, and why not more: quasimodem doctor --tls"};
  }
  config.lowest = versions.front();
  config.highest = versions.back();
  const auto span = static_cast<std::size_t>(config.highest) - static_cast<std::size_t>(config.lowest) + 1;
  if (span != versions.size()) {
    usage(fmt::format("--versions {}: there is a gap", text),
          "TLS servers speak everything from one version to another");
  }
}

std::vector<tls::CipherSuite> read_suites(const std::string& text) {
  std::vector<tls::CipherSuite> suites;
  for (const auto& part : split(text)) {
    const auto found = std::ranges::find_if(tls::kAllCipherSuites, [&](tls::CipherSuite suite) {
      return lower_case(part) == fmt::format("0x{:04x}", static_cast<unsigned>(suite)) || part == tls::name(suite);
    });
    if (found == tls::kAllCipherSuites.end()) {
      usage(fmt::format("unknown cipher suite \"{}\"", part),
            "the suites are 0x0035, 0x0005, 0x0004, 0x000A, 0x002F and 0x003D");
    }
    suites.push_back(*found);
  }
  return suites;
}

tls::ClientAuthentication read_client_auth(const std::string& text) {
  if (text == "none") return tls::ClientAuthentication::none;
  if (text == "request") return tls::ClientAuthentication::request;
  if (text == "require") return tls::ClientAuthentication::require;
  usage(fmt::format("unknown --client-auth \"{}\"{}", text, did_you_mean(text, {"none", "request", "require"})),
        "use none, request or require");
}

std::optional<Fault> read_fault_for(bool secure, const std::string& text) {
  auto fault = read_fault(text);
  if (!fault) usage(fmt::format("--fault {}: {}", text, fault.error()), "the faults: quasimodem peer tls-echo --help");
  if (*fault && !secure) {
    const bool possible = (*fault)->kind != FaultKind::alert &&
                          ((*fault)->step == FaultStep::accept || (*fault)->step == FaultStep::data);
    if (!possible) usage(fmt::format("--fault {}: only TLS has this", text), "see: quasimodem peer tcp-echo --help");
  }
  return *fault;
}

/// What is wrong is told without the password.
std::map<std::string, std::string> read_users(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> users;
  for (const auto& text : texts) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0)
      usage("--user: there is no name with a password behind it", "use --user NAME:PASSWORD");
    const auto name = text.substr(0, colon);
    if (!users.emplace(name, text.substr(colon + 1)).second)
      usage(fmt::format("--user: {} stands twice", name), "each user has one password");
  }
  return users;
}

/// Whether `--tls` is its to choose.
bool may_be_secure(PeerOptions::Kind kind) {
  return kind == PeerOptions::Kind::http || kind == PeerOptions::Kind::smtp || kind == PeerOptions::Kind::mqtt;
}
bool knows_users(PeerOptions::Kind kind) {
  return kind == PeerOptions::Kind::ftp || kind == PeerOptions::Kind::smtp || kind == PeerOptions::Kind::mqtt;
}
bool echoes(PeerOptions::Kind kind) {
  return kind == PeerOptions::Kind::tls_echo || kind == PeerOptions::Kind::tcp_echo;
}

// ── the whole line ──

void declare(CommandLine& line, PeerWords& raw, PeerOptions::Kind kind) {
  line.option("--listen", raw.listen, "HOST:PORT", "where; port 0 takes any that is free; default 127.0.0.1:0");
  if (kind == PeerOptions::Kind::http) line.option("--root", raw.root, "DIR", "serve the files of this folder");
  if (knows_users(kind))
    line.list("--user", raw.users, "NAME:PASSWORD", "let in only who says this; repeatable; default: everybody");
  if (kind == PeerOptions::Kind::ftp) {
    line.option("--root", raw.root, "DIR", "show the files of this folder");
    line.flag("--writable", raw.writable, "the folder may be changed: uploads, new directories, names, removals");
  }
  if (kind == PeerOptions::Kind::smtp) {
    line.option("--mailbox", raw.mailbox, "DIR", "put each mail into a file in this folder, mode 0600");
    line.flag("--starttls", raw.starttls, "over TLS once the client says STARTTLS; the options of --tls are for it");
  }
  if (kind == PeerOptions::Kind::mqtt) {
    line.option("--refuse", raw.refuse, "CODE", "answer every CONNECT with this code, 1 to 5, and close");
    line.flag("--no-pingresp", raw.no_pingresp, "never answer PINGREQ");
    line.flag("--no-acks", raw.no_acks, "never acknowledge a PUBLISH of QoS 1 or 2; it is passed on all the same");
    line.flag("--no-subscriptions", raw.no_subscriptions, "refuse every subscription: 0x80 in SUBACK");
    line.option("--hang-up-after", raw.hang_up_after, "N",
                "close a connection behind its Nth PUBLISH; 0: as soon as CONNECT is answered");
  }
  if (may_be_secure(kind)) line.flag("--tls", raw.tls, "over TLS; the options --cert to --suites are for it");
  if (kind == PeerOptions::Kind::tls_echo || may_be_secure(kind)) {
    line.option("--cert", raw.certificate, "FILE",
                "certificate, PEM or DER, its chain behind it; default: a throw-away one");
    line.option("--key", raw.key, "FILE", "its key, PEM or DER, not encrypted");
    line.option("--ca", raw.authorities, "FILE", "CA certificates that clients must come from");
    line.option("--client-auth", raw.client_auth, "none|request|require",
                "ask for a certificate; default none, with --ca require");
    line.option("--versions", raw.versions, "LIST", "of ssl3,tls1.0,tls1.1,tls1.2; default: all that the build speaks");
    line.option("--suites", raw.suites, "LIST", "like 0x0035,0x002F, best first; default: all six");
  }
  if (kind != PeerOptions::Kind::udp_echo) {
    line.list("--fault", raw.faults, "KIND@STEP", "what goes wrong, and where, see below; repeatable");
    if (echoes(kind)) line.option("--banner", raw.banner, "TEXT", R"(said first; \r \n \xNN stand for bytes)");
  }
  line.flag(
      "--once", raw.once,
      kind == PeerOptions::Kind::udp_echo ? "exit after the first datagram" : "one connection; exit when it has ended");
  line.flag("--json", raw.json, "print the ready line as a JSON object");
  line.option("--ready-fd", raw.ready_fd, "N", "write a newline to this descriptor once the server listens");
  line.count("-v,--verbose", raw.verbose, "log a line per connection; -vv: what TLS does too");
}

void read_identity(const PeerWords& raw, PeerOptions& options) {
  if (raw.certificate.has_value() != raw.key.has_value())
    usage("--cert and --key go together", "name both, or neither for a throw-away certificate");
  if (raw.certificate) {
    options.tls.certificate = read_file(*raw.certificate, "--cert");
    options.tls.key = read_file(*raw.key, "--key");
    return;
  }
  options.throwaway_identity = true;
  append(options.tls.certificate, tls::throwaway_certificate());
  append(options.tls.key, tls::throwaway_key());
}

void read_tls(const PeerWords& raw, PeerOptions& options) {
  read_identity(raw, options);
  if (raw.versions) read_versions(*raw.versions, options.tls);
  if (raw.suites) options.tls.suites = read_suites(*raw.suites);
  if (raw.authorities) {
    options.tls.client_authorities = read_file(*raw.authorities, "--ca");
    options.tls.client_authentication = tls::ClientAuthentication::require;
  }
  if (!raw.client_auth) return;
  options.tls.client_authentication = read_client_auth(*raw.client_auth);
  if (!raw.authorities && options.tls.client_authentication != tls::ClientAuthentication::none) {
    usage(fmt::format("--client-auth {} needs to know whose clients are welcome", *raw.client_auth),
          "name the CA certificate they come from: --ca FILE");
  }
}

void read_ftp(const PeerWords& raw, PeerOptions& options) {
  if (raw.writable && !raw.root)
    usage("--writable is for the folder of --root", "without --root files in memory are shown, which take uploads");
  options.ftp = {.root = raw.root, .writable = raw.writable, .users = options.users};
}

void read_manners(const PeerWords& raw, net::mqtt::Broker::Manners& manners) {
  using net::mqtt::ConnectCode;
  if (raw.refuse) {
    const auto code = whole_number<std::uint8_t>(*raw.refuse);
    if (!code || *code == 0 || *code > static_cast<std::uint8_t>(ConnectCode::not_authorized)) {
      usage(fmt::format("--refuse {}: no CONNACK has this code", *raw.refuse),
            "1 version, 2 identifier, 3 server unavailable, 4 user name or password, 5 not authorized");
    }
    manners.connect_code = static_cast<ConnectCode>(*code);
  }
  if (raw.hang_up_after) {
    manners.hangs_up_after_messages = whole_number<std::size_t>(*raw.hang_up_after);
    if (!manners.hangs_up_after_messages)
      usage(fmt::format("--hang-up-after {}: not a whole number", *raw.hang_up_after),
            "use --hang-up-after 3, or 0 for at once");
  }
  if (raw.no_pingresp) manners.ignored = {{net::mqtt::PacketType::pingreq, net::mqtt::Broker::kAlways}};
  manners.never_acknowledges = raw.no_acks;
  manners.refuses_subscriptions = raw.no_subscriptions;
}

CommandText text_of(const Server& server, std::string name) {
  return {.name = std::move(name),
          .description = std::string{server.summary},
          .usage = fmt::format("\nUsage: quasimodem peer {} [OPTIONS]\n", server.name),
          .footer = std::string{server.footer}};
}

PeerOptions check(const PeerWords& raw, const Server& server) {
  PeerOptions options{.kind = server.kind, .name = server.name, .listen = read_listen(raw.listen)};
  options.secure = server.kind == PeerOptions::Kind::tls_echo || raw.tls;
  options.starts_tls = raw.starttls;
  if (raw.tls && raw.starttls)
    usage("--tls and --starttls exclude each other", "TLS begins at once, or when asked for");
  if (options.secure || options.starts_tls) {
    read_tls(raw, options);
  } else if (raw.certificate || raw.key || raw.authorities || raw.client_auth || raw.versions || raw.suites) {
    usage("--cert to --suites are for TLS", fmt::format("quasimodem peer {} --tls …", server.name));
  }
  if (raw.root && !std::filesystem::is_directory(*raw.root))
    throw Problem{ExitCode::environment, fmt::format("--root {}: there is no such folder", *raw.root)};
  options.root = raw.root;
  options.users = read_users(raw.users);
  read_ftp(raw, options);
  read_manners(raw, options.manners);
  if (raw.mailbox && !std::filesystem::is_directory(*raw.mailbox))
    throw Problem{ExitCode::environment, fmt::format("--mailbox {}: there is no such folder", *raw.mailbox)};
  options.mailbox = raw.mailbox;
  for (const auto& fault : raw.faults)
    options.faults.push_back(read_fault_for(options.secure || options.starts_tls, fault));
  options.banner = unescaped(raw.banner);
  options.once = raw.once;
  options.json = raw.json;
  if (raw.ready_fd) options.ready_fd = read_descriptor(*raw.ready_fd, kReadyExample);
  options.log_level = raw.verbose > 1 ? LogLevel::debug : raw.verbose > 0 ? LogLevel::info : LogLevel::warning;
  return options;
}

/// Of all servers: what `quasimodem peer --help` shows.
CommandLine overview(PeerWords& raw) {
  CommandLine line{{.name = "quasimodem peer",
                    .description = "Test servers for a module, or for anything else.",
                    .usage = kUsage,
                    .footer = kFooter}};
  for (const auto& server : kServers) {
    auto command = line.command(text_of(server, server.name));
    declare(command, raw, server.kind);
  }
  return line;
}

const Server& server_named(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& server : kServers) {
    if (server.name == name) return server;
    names.emplace_back(server.name);
  }
  usage(fmt::format("unknown server \"{}\"{}", name, did_you_mean(name, names)),
        "there are tls-echo, tcp-echo, udp-echo, http, ftp, smtp and mqtt; see: quasimodem peer --help");
}

}  // namespace

Declaration declare_peer() {
  PeerWords raw;
  return overview(raw).declaration();
}

tl::expected<PeerOptions, std::string> read_peer_options(const std::vector<std::string>& arguments) {
  if (arguments.empty())
    usage("which server?", "quasimodem peer tls-echo|tcp-echo|udp-echo|http|ftp|smtp|mqtt [OPTIONS]");
  const auto& first = arguments.front();
  PeerWords raw;
  if (first == "--help" || first == "-h") return tl::unexpected{overview(raw).help()};

  const auto& server = server_named(arguments.front());
  CommandLine line{text_of(server, fmt::format("quasimodem peer {}", server.name))};
  declare(line, raw, server.kind);
  if (auto help = line.read({arguments.begin() + 1, arguments.end()})) return tl::unexpected{std::move(*help)};
  return check(raw, server);
}

}  // namespace quasimodem::app
