// SPDX-License-Identifier: Apache-2.0
// AT+QSSLCFG and the test, read and execution forms of the nine commands (SSL 2.2).
#include <string>

#include "emulator/workbench/configured.hpp"
#include "tests/emulator/ssl_bench.hpp"
#include "tls/capabilities.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

const std::string kError = "\r\nERROR\r\n";

std::string query(ModemBench& bench, const std::string& what) { return bench.ask("AT+QSSLCFG=" + what); }
std::string shown(const std::string& what) { return "\r\n+QSSLCFG: " + what + "\r\n\r\nOK\r\n"; }

}  // namespace

// ---- the forms of all nine commands ----

TEST_CASE("the test forms are the note's lines, word for word", "[SSL 2.2]") {
  ModemBench bench;
  bench.exchange("AT+QSSLCFG=?", {"+QSSLCFG: \"type\",(0-5),\"value\"", "OK"});
  bench.exchange("AT+QSSLOPEN=?",
                 {"+QSSLOPEN: <ssid>,<ctxindex>,<ipaddr/domainname>,<port>,<connectmode>[,<timeout>]", "OK"});
  bench.exchange("AT+QSSLCLOSE=?", {"+QSSLCLOSE: (0-5)[,(0,1)]", "OK"});
  bench.exchange("AT+QSSLSEND=?", {"+QSSLSEND: (0-5)[,(1-1460)]", "OK"});
  bench.exchange("AT+QSSLRECV=?", {"+QSSLRECV: (0,1),(0-5),(1-1500)", "OK"});
  bench.exchange("AT+QSSLSTATE=?", {"OK"});
  bench.exchange("AT+QSECWRITE=?", {"+QSECWRITE: <filename>,<filesize>[,(3,200)]", "OK"});
  bench.exchange("AT+QSECREAD=?", {"+QSECREAD: <filename>", "OK"});
  bench.exchange("AT+QSECDEL=?", {"+QSECDEL: <filename>", "OK"});
}

TEST_CASE("the read forms that the note has answer OK", "[SSL 2.2]") {
  ModemBench bench;
  for (const auto* command : {"AT+QSSLOPEN?", "AT+QSSLCLOSE?", "AT+QSSLSEND?", "AT+QSSLSTATE?", "AT+QSECWRITE?",
                              "AT+QSECREAD?", "AT+QSECDEL?"}) {
    bench.ok(command);
  }
}

TEST_CASE("forms that the note does not have are errors", "[SSL 2.2]") {
  ModemBench bench;
  for (const auto* command : {"AT+QSSLCFG?", "AT+QSSLCFG", "AT+QSSLOPEN", "AT+QSSLCLOSE", "AT+QSSLSEND", "AT+QSSLRECV",
                              "AT+QSSLRECV?", "AT+QSSLSTATE=1"}) {
    INFO(command);
    CHECK(bench.ask(command) == kError);
  }
}

// ---- defaults and values ----

TEST_CASE("the factory's settings of every context", "[SSL 2.2.1]") {
  const auto context = std::to_string(GENERATE(range(0, 6)));
  ModemBench bench;
  CHECK(query(bench, "\"ctxindex\"," + context) == shown(context + ",4,0,0XFFFF,\"\",\"\",\"\""));
  CHECK(query(bench, "\"sslversion\"," + context) == shown("\"sslversion\",4"));
  CHECK(query(bench, "\"ciphersuite\"," + context) == shown("\"ciphersuite\",0XFFFF"));
  CHECK(query(bench, "\"seclevel\"," + context) == shown("\"seclevel\",0"));
  CHECK(query(bench, "\"cacert\"," + context) == shown("\"cacert\",\"\""));
  CHECK(query(bench, "\"clientcert\"," + context) == shown("\"clientcert\",\"\""));
  CHECK(query(bench, "\"clientkey\"," + context) == shown("\"clientkey\",\"\""));
}

TEST_CASE("the factory's settings of the module", "[SSL 2.2.1]") {
  ModemBench bench;
  CHECK(query(bench, "\"ignorertctime\"") == shown("\"ignorertctime\",0"));
  CHECK(query(bench, "\"https\"") == shown("\"https\",0"));
  CHECK(query(bench, "\"httpsctxi\"") == shown("\"httpsctxi\",-1"));
  CHECK(query(bench, "\"smtpstyle\"") == shown("\"smtpstyle\",0"));
  CHECK(query(bench, "\"smtpsctxi\"") == shown("\"smtpctxi\",-1"));  // sic
}

TEST_CASE("numbers of a context: every value, and those beside the range", "[SSL 2.2.1]") {
  const auto [type, highest, standard] =
      GENERATE(table<std::string, int, int>({{"sslversion", 4, 4}, {"seclevel", 2, 0}}));
  ModemBench bench;
  for (int value = 0; value <= highest; ++value) {
    bench.ok(fmt::format("AT+QSSLCFG=\"{}\",3,{}", type, value));
    CHECK(query(bench, fmt::format("\"{}\",3", type)) == shown(fmt::format("\"{}\",{}", type, value)));
  }
  for (const auto* value : {"-1", "5", "x", "\"\"", "", "1.0", "256", "4294967296"}) {
    if (type == "sslversion" && std::string_view{value} == "5") continue;
    INFO(value);
    CHECK(query(bench, fmt::format("\"{}\",3,{}", type, value)) == kError);
  }
  CHECK(query(bench, fmt::format("\"{}\",3,{}", type, highest + 1)) == kError);
  CHECK(query(bench, fmt::format("\"{}\",3", type)) == shown(fmt::format("\"{}\",{}", type, highest)));
  CHECK(query(bench, fmt::format("\"{}\",2", type)) == shown(fmt::format("\"{}\",{}", type, standard)));
}

TEST_CASE("numbers of the module: every value, and those beside the range", "[SSL 2.2.1]") {
  const auto [type, reply, highest] =
      GENERATE(table<std::string, std::string, int>({{"ignorertctime", "ignorertctime", 1},
                                                     {"https", "https", 1},
                                                     {"httpsctxi", "httpsctxi", 5},
                                                     {"smtpstyle", "smtpstyle", 2},
                                                     {"smtpsctxi", "smtpctxi", 5}}));
  ModemBench bench;
  for (int value = 0; value <= highest; ++value) {
    bench.ok(fmt::format("AT+QSSLCFG=\"{}\",{}", type, value));
    CHECK(query(bench, "\"" + type + "\"") == shown(fmt::format("\"{}\",{}", reply, value)));
  }
  for (const auto& value : {std::string{"-1"}, std::to_string(highest + 1), std::string{"x"}, std::string{""}}) {
    INFO(value);
    CHECK(query(bench, fmt::format("\"{}\",{}", type, value)) == kError);
  }
  // They have no context number: with one there is a parameter too many (OBSERVED M66, quirk Q21).
  CHECK(query(bench, fmt::format("\"{}\",0,1", type)) == kError);
  CHECK(query(bench, "\"" + type + "\"") == shown(fmt::format("\"{}\",{}", reply, highest)));
}

TEST_CASE("the context number must be 0 to 5", "[SSL 2.2.1]") {
  ModemBench bench;
  for (const auto* type : {"ctxindex", "sslversion", "ciphersuite", "seclevel", "cacert", "clientcert", "clientkey"}) {
    for (const auto* context : {",-1", ",6", ",x", ",", "", ",\"\""}) {
      INFO(type << context);
      CHECK(query(bench, fmt::format("\"{}\"{}", type, context)) == kError);
    }
  }
  CHECK(query(bench, "\"sslversion\",6,3") == kError);
  CHECK(query(bench, "\"cacert\",-1,\"RAM:a\"") == kError);
}

TEST_CASE("too many parameters are errors and set nothing", "[SSL 2.2.1]") {
  ModemBench bench;
  for (const auto* line : {"\"ctxindex\",0,1", "\"sslversion\",0,1,2", "\"seclevel\",0,1,", "\"cacert\",0,\"RAM:a\",1",
                           "\"clientcert\",0,\"RAM:a\",\"\"", "\"https\",1,", "\"ignorertctime\",1,1"}) {
    INFO(line);
    CHECK(query(bench, line) == kError);
  }
  CHECK(query(bench, "\"ctxindex\",0") == shown("0,4,0,0XFFFF,\"\",\"\",\"\""));
  CHECK(query(bench, "\"https\"") == shown("\"https\",0"));
}

TEST_CASE("unknown types are errors, known ones are written in any case", "[SSL 2.2.1]") {
  ModemBench bench;
  for (const auto* line : {"\"\"", "\"ssl\",0", "\"sslversions\",0", "\"smtpctxi\"", "\"sni\",0,1",
                           "\"negotiatetime\",0,60", "0", "", ",0"}) {
    INFO(line);
    CHECK(query(bench, line) == kError);
  }
  bench.ok("AT+QSSLCFG=\"SSLVersion\",0,3");
  bench.ok("AT+QSSLCFG=\"IGNORERTCTIME\",1");
  CHECK(query(bench, "\"sslversion\",0") == shown("\"sslversion\",3"));
  CHECK(query(bench, "\"CTXINDEX\",0") == shown("0,3,0,0XFFFF,\"\",\"\",\"\""));
}

// ---- cipher suites ----

TEST_CASE("all cipher suites of the note, in every spelling that drivers use", "[SSL 2.2.1]") {
  ModemBench bench;
  for (const std::string code : {"0035", "002F", "0005", "0004", "000A", "003D", "FFFF"}) {
    std::string lower = code;
    for (auto& c : lower) c = static_cast<char>(std::tolower(c));
    for (const auto& value : {"\"0X" + code + "\"", "\"0x" + code + "\"", "\"0x" + lower + "\"", "0X" + code}) {
      bench.ok("AT+QSSLCFG=\"ciphersuite\",0," + value);
      CHECK(query(bench, "\"ciphersuite\",0") == shown("\"ciphersuite\",0X" + code));
    }
  }
}

TEST_CASE("lists of cipher suites keep their order", "[SSL 2.2.1]") {
  const std::string shown_list = "\"ciphersuite\",0X0035,0X0005,0X003D";
  ModemBench bench;
  for (const auto* value : {"\"0X0035\",\"0X0005\",\"0X003D\"", "0X0035,0X0005,0X003D", "\"0X0035,0X0005,0X003D\"",
                            "\"0X0035:0X0005:0X003D\"", "\"0x0035;0x5;0x3d\""}) {
    INFO(value);
    bench.ok("AT+QSSLCFG=\"ciphersuite\",1,\"0XFFFF\"");
    bench.ok(fmt::format("AT+QSSLCFG=\"ciphersuite\",1,{}", value));
    CHECK(query(bench, "\"ciphersuite\",1") == shown(shown_list));
  }
  CHECK(query(bench, "\"ctxindex\",1") == shown("1,4,0,0X0035,0X0005,0X003D,\"\",\"\",\"\""));
  bench.ok("AT+QSSLCFG=\"ciphersuite\",1,\"0X0035\",\"0XFFFF\"");
  CHECK(query(bench, "\"ciphersuite\",1") == shown("\"ciphersuite\",0XFFFF"));
}

TEST_CASE("codes that are no cipher suite of the note", "[SSL 2.2.1]") {
  ModemBench bench;
  bench.ok("AT+QSSLCFG=\"ciphersuite\",0,\"0X0035\"");
  for (const auto* value :
       {"\"0X0036\"", "\"0XC02F\"", "\"0X0000\"", "\"0X\"", "\"35\"", "0035", "\"\"", "\"0X10035\"", "\"0X-FFCB\"",
        "\"0X+35\"", "\"0X35Z\"", "\"0X0035\",\"0X0036\"", "\"0X0035,,0X0005\"", "\"TLS_RSA\"", "\"0XFFFF0\""}) {
    INFO(value);
    CHECK(query(bench, fmt::format("\"ciphersuite\",0,{}", value)) == kError);
  }
  CHECK(query(bench, "\"ciphersuite\",0") == shown("\"ciphersuite\",0X0035"));
}

// ---- files ----

TEST_CASE("file names are stored whether the file exists or not", "[SSL 2.2.1]") {
  const std::string type = GENERATE("cacert", "clientcert", "clientkey");
  ModemBench bench;
  const std::string in_nvram = type == "cacert" ? "NVRAM:CA0" : type == "clientcert" ? "NVRAM:CC0" : "NVRAM:CK0";
  for (const std::string& name : {std::string{"RAM:ca_cert.pem"}, std::string{"RAM:CK0"}, in_nvram}) {
    bench.ok(fmt::format("AT+QSSLCFG=\"{}\",5,\"{}\"", type, name));
    CHECK(query(bench, fmt::format("\"{}\",5", type)) == shown(fmt::format("\"{}\",\"{}\"", type, name)));
  }
  for (const auto* name : {"\"ca_cert.pem\"", "\"NVRAM:CA2\"", "\"UFS:a\"", "\"RAM:\"", ""}) {
    INFO(name);
    CHECK(query(bench, fmt::format("\"{}\",5,{}", type, name)) == kError);
  }
  bench.ok(fmt::format("AT+QSSLCFG=\"{}\",5,\"\"", type));
  CHECK(query(bench, fmt::format("\"{}\",5", type)) == shown(fmt::format("\"{}\",\"\"", type)));
}

TEST_CASE("in NVRAM the name says what the file is", "[SSL 2.2.1]") {
  const auto [type, own] = GENERATE(table<std::string, std::string>(
      {{"cacert", "NVRAM:CA0 NVRAM:CA1"}, {"clientcert", "NVRAM:CC0"}, {"clientkey", "NVRAM:CK0"}}));
  const bool free = GENERATE(false, true);
  ModemBench bench{{.configuration = workbench::configured({.firmware = {.nvram_names = free}})}};
  for (const std::string name : {"NVRAM:CA0", "NVRAM:CA1", "NVRAM:CC0", "nvram:CK0"}) {
    INFO(type << " " << name << (free ? ", names are free" : ""));
    const bool suits = free || own.find(name.substr(name.find(':'))) != std::string::npos;
    CHECK(bench.ask(fmt::format("AT+QSSLCFG=\"{}\",0,\"{}\"", type, name)) == (suits ? "\r\nOK\r\n" : kError));
    if (!suits) CHECK(query(bench, fmt::format("\"{}\",0", type)).find(name) == std::string::npos);
  }
}

TEST_CASE("all settings of a context on one line", "[SSL 2.2.1]") {
  ModemBench bench;
  bench.ok("AT+QSSLCFG=\"sslversion\",2,1;+QSSLCFG=\"seclevel\",2,2;+QSSLCFG=\"ciphersuite\",2,\"0X0004\"");
  bench.ok(
      "AT+QSSLCFG=\"cacert\",2,\"RAM:a\";+QSSLCFG=\"clientcert\",2,\"NVRAM:CC0\";+QSSLCFG=\"clientkey\",2,\"RAM:k\"");
  CHECK(query(bench, "\"ctxindex\",2") == shown("2,1,2,0X0004,\"RAM:a\",\"NVRAM:CC0\",\"RAM:k\""));
  CHECK(query(bench, "\"ctxindex\",1") == shown("1,4,0,0XFFFF,\"\",\"\",\"\""));
}

TEST_CASE("settings are there in every state of the stack", "[SSL 2.2.1]") {
  ModemBench bench{{.ready = GENERATE(Ready::booted, Ready::ip_start, Ready::ip_gprsact, Ready::ip_status)}};
  bench.ok("AT+QSSLCFG=\"sslversion\",0,3");
  CHECK(query(bench, "\"sslversion\",0") == shown("\"sslversion\",3"));
}

// ---- what the settings do to a connection ----

TEST_CASE("<sslversion> 0 to 3 is exactly that version, 4 the best of both", "[SSL 2.2.1]") {
  const auto version = GENERATE(0, 1, 2, 3, 4);
  if (version == 0 && !tls::speaks(tls::Version::ssl3_0)) {
    WARN("SSL3.0 is not in this build");
    return;
  }
  SslBench bench;
  bench.ok(fmt::format("AT+QSSLCFG=\"sslversion\",0,{}", version));
  bench.open(1);
  CHECK(static_cast<int>(bench.peer.session().version()) == std::min(version, 3));
  bench.send_data(1, "hello");
  CHECK(bench.peer.received() == "hello");
}

TEST_CASE("a server that does not speak the version refuses", "[SSL 2.2.1]") {
  auto server = tls_server();
  server.lowest = server.highest = tls::Version::tls1_0;
  SslBench bench{server};
  bench.ok("AT+QSSLCFG=\"sslversion\",0,3");
  bench.open(1, -1);
  bench.ok("AT+QSSLCFG=\"sslversion\",0,4");
  bench.open(1);
}

TEST_CASE("<ciphersuite> decides the suite", "[SSL 2.2.1]") {
  const auto [code, suite] = GENERATE(table<std::string, tls::CipherSuite>({
      {"0X0035", tls::CipherSuite::rsa_aes_256_cbc_sha},
      {"0X002F", tls::CipherSuite::rsa_aes_128_cbc_sha},
      {"0X0005", tls::CipherSuite::rsa_rc4_128_sha},
      {"0X0004", tls::CipherSuite::rsa_rc4_128_md5},
      {"0X000A", tls::CipherSuite::rsa_3des_ede_cbc_sha},
      {"0X003D", tls::CipherSuite::rsa_aes_256_cbc_sha256},
  }));
  SslBench bench;
  bench.ok("AT+QSSLCFG=\"ciphersuite\",0,\"" + code + "\"");
  bench.open(1);
  CHECK(bench.peer.session().suite() == suite);
}

TEST_CASE("a suite that the server does not have is a failure", "[SSL 2.2.1]") {
  auto server = tls_server();
  server.suites = {tls::CipherSuite::rsa_aes_128_cbc_sha};
  SslBench bench{server};
  bench.ok("AT+QSSLCFG=\"ciphersuite\",0,\"0X0035\"");
  bench.open(1, -1);
  bench.ok("AT+QSSLCFG=\"ciphersuite\",0,\"0X0035\",\"0X002F\"");
  bench.open(1);
}

TEST_CASE("a suite that the version does not have is a failure", "[SSL 2.2.1]") {
  SslBench bench;
  bench.ok("AT+QSSLCFG=\"ciphersuite\",0,\"0X003D\";+QSSLCFG=\"sslversion\",0,2");
  bench.open(1, -1);
}

TEST_CASE("each connection has the settings of its own context", "[SSL 2.2.1]") {
  SslBench bench;
  bench.ok("AT+QSSLCFG=\"sslversion\",0,1;+QSSLCFG=\"sslversion\",5,3");
  bench.open(0, 0, 0);
  CHECK(bench.peer.session().version() == tls::Version::tls1_0);
  bench.open(1, 0, 5);
  CHECK(bench.peer.session().version() == tls::Version::tls1_2);
  bench.open(2, 0, 0);
  CHECK(bench.peer.session().version() == tls::Version::tls1_0);
}

TEST_CASE("settings are taken over at the opening, later changes are for later connections", "[SSL 2.2.1]") {
  SslBench bench;
  bench.network().set_latency(100ms);
  bench.ok("AT+QSSLCFG=\"sslversion\",0,1");
  bench.exchange(bench.open_command(1), {"OK"});
  // While the handshake is under way, and again when it is done.
  bench.ok("AT+QSSLCFG=\"sslversion\",0,3;+QSSLCFG=\"seclevel\",0,2;+QSSLCFG=\"ciphersuite\",0,\"0X0004\"");
  bench.advance(2s);
  bench.expect("+QSSLOPEN: 1,0");
  CHECK(bench.peer.session().version() == tls::Version::tls1_0);
  bench.ok("AT+QSSLCFG=\"sslversion\",0,0");
  bench.send_data(1, "still the old ones");
  bench.advance(2s);
  CHECK(bench.peer.received() == "still the old ones");
}

// ---- the server's name, of later firmware ----

namespace {

const ModemBench::Options kWithNames{.configuration = workbench::configured({.firmware = {.sni = true}}),
                                     .ready = Ready::ip_status};

}  // namespace

TEST_CASE("later firmware has \"sni\", for each context", "[SSL 2.2.1]") {
  ModemBench bench{kWithNames};
  CHECK(query(bench, "\"sni\",3") == shown("\"sni\",0"));
  bench.ok("AT+QSSLCFG=\"SNI\",3,1");
  CHECK(query(bench, "\"sni\",3") == shown("\"sni\",1"));
  CHECK(query(bench, "\"sni\",2") == shown("\"sni\",0"));
  for (const auto* line : {"\"sni\"", "\"sni\",6", "\"sni\",6,1", "\"sni\",3,2", "\"sni\",3,", "\"sni\",3,0,0"}) {
    INFO(line);
    CHECK(query(bench, line) == kError);
  }
  CHECK(query(bench, "\"sni\",3") == shown("\"sni\",1"));
  CHECK(query(bench, "\"ctxindex\",3") == shown("3,4,0,0XFFFF,\"\",\"\",\"\""));
}

TEST_CASE("\"sni\" by model and firmware", "[SSL 2.2.1]") {
  using device::FirmwareDate;
  using device::Model;
  const auto [model, date, has] = GENERATE(table<Model, std::optional<FirmwareDate>, bool>({
      {Model::mc60, std::nullopt, true},
      {Model::mc60, FirmwareDate{2018, 3}, true},
      {Model::mc60, FirmwareDate{2018, 2}, false},
      {Model::m95, std::nullopt, false},
      {Model::m95, FirmwareDate{2017, 6}, true},
      {Model::m26, FirmwareDate{2017, 6}, true},
      {Model::m10, FirmwareDate{2020, 1}, false},
  }));
  ModemBench bench{{.configuration = workbench::configured({.model = model, .firmware_date = date})}};
  CAPTURE(static_cast<int>(model), has);
  CHECK(query(bench, "\"sni\",0,1") == (has ? "\r\nOK\r\n" : kError));
  CHECK(query(bench, "\"sni\",0") == (has ? shown("\"sni\",1") : kError));
}

TEST_CASE("with \"sni\" 1 the server hears its name, if it was opened by name", "[SSL 2.2.1]") {
  SslBench bench{tls_server(), kWithNames};
  bench.network().add_name("peer.example", {*net::IpAddress::parse(kPeerAddress)});
  const auto open = [&bench](std::string_view host) {
    bench.exchange(fmt::format("AT+QSSLOPEN=1,2,\"{}\",443,0", host), {"OK", "+QSSLOPEN: 1,0"});
    const auto heard = bench.peer.session().server_name();
    bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
    return heard;
  };
  CHECK_FALSE(open("peer.example"));
  bench.ok("AT+QSSLCFG=\"sni\",2,1");
  CHECK(open("peer.example") == "peer.example");
  CHECK_FALSE(open(kPeerAddress));
  bench.ok("AT+QSSLCFG=\"sni\",2,0");
  CHECK_FALSE(open("peer.example"));
}

TEST_CASE("\"sni\" 1 compares no names", "[SSL 2.2.1]") {
  auto server = tls_server();
  server.certificate = pki("server_wrong_name.crt");
  SslBench bench{server, kWithNames};
  bench.network().add_name("peer.example", {*net::IpAddress::parse(kPeerAddress)});
  bench.upload("RAM:ca", "ca.crt");
  bench.ok("AT+CCLK=\"15/06/15,12:00:00+00\"");
  bench.ok("AT+QSSLCFG=\"sni\",0,1;+QSSLCFG=\"seclevel\",0,1;+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
  bench.exchange("AT+QSSLOPEN=1,0,\"peer.example\",443,0", {"OK", "+QSSLOPEN: 1,0"});
  CHECK(bench.peer.session().server_name() == "peer.example");
}

// ---- authentication ----

TEST_CASE("<seclevel> 0 takes any server and has no certificate", "[SSL 2.2.1]") {
  auto server = tls_server();
  server.certificate = pki("server_self.crt");
  server.client_authentication = tls::ClientAuthentication::request;
  server.client_authorities = pki("ca.crt");
  SslBench bench{server};
  bench.upload("RAM:c", "client.crt");
  bench.upload("RAM:k", "client.key");
  bench.ok("AT+QSSLCFG=\"clientcert\",0,\"RAM:c\";+QSSLCFG=\"clientkey\",0,\"RAM:k\"");
  bench.open(1);
  CHECK(!bench.peer.session().peer_subject());
}

TEST_CASE("<seclevel> 0 fails where the server insists on a certificate", "[SSL 2.2.1]") {
  SslBench bench{tls_server_demanding_certificates()};
  bench.exchange(bench.open_command(1), {"OK", "+QSSLOPEN: 1,-1"});
}

TEST_CASE("<seclevel> 1 wants the server's chain to end in <cacert>", "[SSL 2.2.1]") {
  SslBench bench;
  bench.ok("AT+CCLK=\"15/06/15,12:00:00+00\"");
  bench.ok("AT+QSSLCFG=\"seclevel\",0,1");
  bench.open(1, -1);  // none configured
  bench.ok("AT+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
  bench.open(1, -1);  // not there
  CHECK(bench.peer.connections() == 0);
  bench.upload("RAM:ca", "other_ca.crt");
  bench.open(1, -1);
  bench.ok("AT+QSECDEL=\"RAM:ca\"");
  bench.upload("RAM:ca", "server.key");  // no certificate at all
  bench.open(1, -1);
  bench.ok("AT+QSECDEL=\"RAM:ca\"");
  bench.upload("RAM:ca", "ca.crt");
  bench.open(1);
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  bench.ok("AT+QSECDEL=\"RAM:ca\"");
  bench.upload("NVRAM:CA1", "ca.der");
  bench.ok("AT+QSSLCFG=\"cacert\",0,\"NVRAM:CA1\"");
  bench.open(1);
}

TEST_CASE("a server whose certificate is refused hears why", "[SSL 2.2.1]") {
  SslBench bench;
  bench.ok("AT+QSSLCFG=\"ignorertctime\",1;+QSSLCFG=\"seclevel\",0,1;+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
  bench.upload("RAM:ca", "other_ca.crt");
  bench.open(1, -1);
  REQUIRE(bench.peer.connections() == 1);
  CHECK(bench.peer.session().state() == tls::ServerSession::State::failed);
  CHECK(bench.peer.session().error().failure == tls::TlsFailure::alert);
  CHECK(bench.peer.wire().ended_by_module());
}

TEST_CASE("dates are compared with the module's clock unless <ignorertctime> is 1", "[SSL 2.2.1]") {
  SslBench bench;
  bench.upload("RAM:ca", "ca.crt");
  bench.ok("AT+QSSLCFG=\"seclevel\",0,1;+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
  bench.open(1, -1);  // 2004: the certificate is not valid yet
  bench.ok("AT+QSSLCFG=\"ignorertctime\",1");
  bench.open(1);
  bench.ok("AT+QSSLCFG=\"ignorertctime\",0");
  bench.open(2, -1);
  bench.ok("AT+CCLK=\"15/06/15,12:00:00+00\"");
  bench.open(2);
  bench.ok("AT+CCLK=\"36/01/01,00:00:00+00\"");
  bench.open(3, -1);
}

TEST_CASE("<seclevel> 2 shows the client's certificate if the server asks", "[SSL 2.2.1]") {
  SslBench bench{tls_server_demanding_certificates()};
  bench.upload("RAM:ca", "ca.crt");
  bench.upload("RAM:c", "client.crt");
  bench.upload("RAM:k", "client.key");
  bench.ok("AT+QSSLCFG=\"ignorertctime\",1;+QSSLCFG=\"seclevel\",0,2;+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
  bench.open(1, -1);  // all three files are needed
  bench.ok("AT+QSSLCFG=\"clientcert\",0,\"RAM:c\"");
  bench.open(1, -1);
  bench.ok("AT+QSSLCFG=\"clientkey\",0,\"RAM:k\"");
  bench.open(1);
  REQUIRE(bench.peer.session().peer_subject());
  CHECK(bench.peer.session().peer_subject()->find("Test client") != std::string::npos);
  bench.ok("AT+QSSLCFG=\"clientkey\",0,\"RAM:ca\"");
  bench.open(2, -1);
}

TEST_CASE("<seclevel> 2 needs all three files even when the server asks for none", "[SSL 2.2.1]") {
  SslBench bench;
  bench.upload("RAM:ca", "ca.crt");
  bench.ok("AT+QSSLCFG=\"ignorertctime\",1;+QSSLCFG=\"seclevel\",0,2;+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
  bench.open(1, -1);
  CHECK(bench.peer.connections() == 0);
}

TEST_CASE("a damaged file is not used", "[SSL 2.2.8]") {
  SslBench bench;
  bench.upload("NVRAM:CA0", "ca.crt");
  bench.ok("AT+QSSLCFG=\"ignorertctime\",1;+QSSLCFG=\"seclevel\",0,1;+QSSLCFG=\"cacert\",0,\"NVRAM:CA0\"");
  auto stored = **bench.flash().read("CA0");
  stored.back() ^= 1;
  REQUIRE(bench.flash().write("CA0", stored));
  bench.open(1, -1);
  CHECK(bench.peer.connections() == 0);
  CHECK(bench.log().contains("is damaged"));
}

TEST_CASE("a file may be deleted while a connection made with it is open", "[SSL 2.2.1]") {
  SslBench bench;
  bench.upload("RAM:ca", "ca.crt");
  bench.ok("AT+QSSLCFG=\"ignorertctime\",1;+QSSLCFG=\"seclevel\",0,1;+QSSLCFG=\"cacert\",0,\"RAM:ca\"");
  bench.open(1);
  bench.ok("AT+QSECDEL=\"RAM:ca\"");
  bench.send_data(1, "hello");
  CHECK(bench.peer.received() == "hello");
}
